"""What runs on a worker, run here: no Spark is needed for it (tests/spark has the whole on Spark)."""

import logging
import pickle
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pyarrow as pa
import pytest
from pyarrow import fs

from callkit.errors import ArchiveError, CallkitError, UsageError
from callkit.fetch import archive
from callkit.fetch.places import Place, by_day
from callkit.privacy import Secret
from callkit.settings import Person
from callkit.tables import placed, spark, upkeep
from callkit.tables.making import options
from tests.fetch.answers import record
from tests.tables.archived import LATER, MONDAY, put


@pytest.fixture
def odd_days(three_days):
    put(three_days, MONDAY, [record(0), "odd"], LATER + timedelta(hours=1))
    return three_days


def asked(settings, out):
    """Return what the worker answers for each day of an account."""
    found = by_day(Place.of(settings.folder("raw")).files(archive.PATTERN))
    rows = [
        {"day": str(d), "paths": [f.path for f in fs_], "sizes": [f.size for f in fs_]}
        for d, fs_ in found.items()
    ]
    job = spark._Job(str(settings.folder("raw")), str(out), options(settings))
    batches = spark._answers(job, iter([pa.RecordBatch.from_pylist(rows)]))
    return [row for batch in batches for row in batch.to_pylist()]


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_worker_writes_what_the_embedded_build_writes(odd_days, tmp_path):
    answers = asked(odd_days, tmp_path / "out")
    upkeep.refresh(odd_days)
    assert [(a["error"], a["is_new"]) for a in answers] == [(None, True)] * 3
    ours = contents(tmp_path / "out")
    assert "quarantine/2026-11-16.jsonl" in ours
    assert ours == contents(odd_days.folder("tables"))
    assert [a["is_new"] for a in asked(odd_days, tmp_path / "out")] == [False] * 3


def test_a_quarantine_file_goes_when_its_record_can_be_read(odd_days, tmp_path):
    asked(odd_days, tmp_path / "out")
    for hour in (2, 3):
        put(odd_days, MONDAY, [record(0), record(1)], LATER + timedelta(hours=hour))
    assert [a["is_new"] for a in asked(odd_days, tmp_path / "out")] == [True, False, False]
    assert not (tmp_path / "out" / "quarantine" / "2026-11-16.jsonl").exists()


def test_a_store_gets_whole_files(odd_days, tmp_path):
    for kind in ("calls", "events", "quarantine"):
        (tmp_path / "store" / kind).mkdir(parents=True)
    store = Place(fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem()), "store", "s3://calls")
    for day, paths in archive.files(odd_days).items():
        placed.rebuild(options(odd_days), store, day, paths)
    assert placed.known(store) == upkeep.refresh(odd_days)
    assert contents(tmp_path / "store") == contents(odd_days.folder("tables"))


def test_a_fault_of_one_day_is_told_and_the_others_are_built(odd_days, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, "callkit")
    (tmp_path / "out" / "calls" / "2026-11-17.parquet").mkdir(parents=True)
    answers = asked(odd_days, tmp_path / "out")
    assert [a["error"] for a in answers] == [None, "CallkitError", None]
    assert answers[1]["message"].startswith("The tables of 2026-11-17 could not be built (")
    assert "\n" not in answers[1]["message"]
    (trace,) = (r for r in caplog.records if r.exc_info)
    assert (
        trace.levelno == logging.DEBUG
    )  # who asks for it has the rest; nobody else's terminal fills with it


def test_tables_named_for_no_day_are_named(three_days, tmp_path):
    asked(three_days, tmp_path)
    (tmp_path / "calls" / "2026-13-45.parquet").write_bytes(b"")
    with pytest.raises(
        ArchiveError, match=r"^The name of .*/calls/2026-13-45\.parquet begins with no day of the"
    ):
        placed.known(Place.of(tmp_path))


def test_without_pyspark_the_remedy_is_told(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    said = r"^Spark needs the package pyspark; install it with pip install 'callkit\[spark\]'\.$"
    for function in (partial(spark.build, None, tmp_path, tmp_path), partial(spark.open, None, tmp_path)):
        with pytest.raises(UsageError, match=said):
            function()


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("[X] trace\nModuleNotFoundError: No module named 'callkit'", UsageError,
         "The Spark workers cannot import callkit; send them callkit"),
        ("Job aborted due to stage failure.\n\tat org.apache.spark", CallkitError,
         "Spark could not build the tables (Job aborted due to stage failure); its log says more."),
    ],
)  # fmt: skip
def test_what_spark_says_becomes_one_sentence(text, kind, says):
    error = spark._given_up(RuntimeError(text))
    assert type(error) is kind
    assert str(error).startswith(says)
    assert "\n" not in str(error)


def test_no_key_goes_to_the_workers(three_days):
    account = replace(three_days, token=Secret("kept-very-secret"), agents={"201": Person("Sam Example")})
    sent = pickle.dumps(spark._Job("raw", "out", spark._options(account, {})))
    assert b"Sam Example" in sent
    assert b"kept-very-secret" not in sent
    with pytest.raises(TypeError, match="a secret is never pickled"):
        pickle.dumps(account)
