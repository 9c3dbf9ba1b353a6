import csv
import os
import stat
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import callkit
from callkit.errors import UsageError
from callkit.metrics.summary import summarise
from callkit.privacy import Secret
from callkit.schema import CALLS, CALLS_SCHEMA, EVENTS, EVENTS_SCHEMA, TEXT, WORD
from callkit.settings import Settings
from callkit.tables import store
from callkit.tables.cells import fused
from callkit.tables.event_log import to_event_log
from callkit.tables.export import export
from tests.tables.hostile import PAYLOADS, calls_frame, events_frame, texts
from tests.tables.test_cells import begins_a_formula

ACCOUNT = Settings("shop", pseudonym_key=Secret("k"))
KEYS = {
    "call_key": "str",
    "call_id_raw": "str",
    "unique_id_raw": "str",
    "record_id_raw": "str",
    "caller": "str",
}
TIMES = ["started_at", "answered_at", "ended_at", "started_local", "fetched_at"]
WORDS_OF_CALLS = [c.name for c in CALLS if c.type in (TEXT, WORD)]
WORDS_OF_EVENTS = [c.name for c in EVENTS if c.type in (TEXT, WORD)]


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def texts_of(table):
    return [
        v
        for c in table.columns
        if not pa.types.is_timestamp(c.type)
        for v in c.to_pylist()
        if isinstance(v, str)
    ]


@pytest.mark.parametrize("audience", ["shared", "internal"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
@settings(max_examples=25)
@given(st.lists(texts, min_size=8, max_size=24), st.booleans())
@example(PAYLOADS, True)
@example(PAYLOADS, False)
def test_no_cell_of_text_is_a_formula(tmp_path_factory, audience, kind, values, is_events):
    make, names = (events_frame, WORDS_OF_EVENTS) if is_events else (calls_frame, WORDS_OF_CALLS)
    values = [value.encode("utf-8", "replace").decode() for value in values]
    frame = make(len(values), **{name: values for name in names})
    path = tmp_path_factory.getbasetemp() / f"hostile.{kind}"
    export(frame, path, ACCOUNT, audience=audience)
    if kind == "csv":
        head, *cells = rows(path)
        places = [head.index(name) for name in names]
        found = [line[place] for line in cells for place in places]
    else:
        table = pq.read_table(path)
        head, cells, found = table.column_names, range(len(table)), texts_of(table)
    assert head == list(frame.columns)
    assert len(cells) == len(values)
    assert not any(begins_a_formula(cell) for cell in found)


def test_an_internal_file_gives_every_text_back(tmp_path):
    frame = calls_frame(len(PAYLOADS), caller_raw=PAYLOADS, agent_name=PAYLOADS)
    read = pq.read_table(export(frame, tmp_path / "a.parquet", ACCOUNT, audience="internal")).to_pandas()
    wanted = [text.replace("\u202e", "�").replace("\ufeff", "�").replace("\0", "�") for text in PAYLOADS]
    wanted = [text.replace("\x1b", "�").replace("\r", "�") for text in wanted]
    assert read["caller_raw"].map(fused).tolist() == wanted
    assert read["agent_name"].astype("str").map(fused).tolist() == wanted


def test_a_csv_read_back_gives_equal_numbers(three_days, tmp_path):
    calls, events = store.load(three_days)
    for audience in ("shared", "internal"):
        path = export(calls, tmp_path / "calls.csv", three_days, audience=audience)
        read = pd.read_csv(path, dtype=KEYS, parse_dates=TIMES)
        assert list(read) == list(calls)
        for column in CALLS:
            if column.type not in (TEXT, WORD):
                pdt.assert_series_equal(
                    read[column.name], calls[column.name], check_dtype=False, check_exact=True
                )
        pdt.assert_frame_equal(summarise(read), summarise(calls))
        assert read["call_key"].tolist() == calls["call_key"].tolist()
    read = pd.read_csv(export(events, tmp_path / "events.csv", three_days), dtype=KEYS)
    for name in ("call_key", "position", "elapsed_s"):
        assert read[name].tolist() == events[name].tolist()


def test_parquet_keeps_types(three_days, tmp_path):
    for frame, schema in zip(store.load(three_days), (CALLS_SCHEMA, EVENTS_SCHEMA), strict=True):
        assert pq.read_schema(export(frame, tmp_path / "a.parquet", three_days)).types == schema.types


def test_times_numbers_and_nulls_are_written_plainly(tmp_path):
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2026-11-16 12:00:00", None], utc=True),
            "at_local": pd.to_datetime(["2026-11-16 12:00:00", None]),
            "fine_at": pd.to_datetime(["2026-11-16 12:00:00.250", None], utc=True).tz_convert(
                "Europe/London"
            ),
            "n": [-5, 7],
            "rate": [-0.25, np.nan],
            "is_so": [True, False],
            "day": [date(2026, 11, 16), None],
            "cost": [Decimal("-1.50"), None],
            "text": ["", None],
        }
    )
    assert export(frame, tmp_path / "a.csv", ACCOUNT).read_text().splitlines() == [
        '"at","at_local","fine_at","n","rate","is_so","day","cost","text"',
        '"2026-11-16T12:00:00Z","2026-11-16T12:00:00","2026-11-16T12:00:00.250Z",-5,-0.25,true,2026-11-16,-1.5,""',
        ",,,7,,false,,,",
    ]


def test_an_instant_of_another_zone_is_written_in_utc_however_it_is_kept(tmp_path):
    at = pd.Series(pd.to_datetime(["2026-07-01T10:00Z"]).tz_convert("Europe/London"))
    kept = at.astype(pd.ArrowDtype(pa.timestamp("us", "Europe/London")))
    path = export(pd.DataFrame({"at": at, "kept": kept}), tmp_path / "a.csv", ACCOUNT)
    assert rows(path)[1] == ["2026-07-01T10:00:00Z"] * 2


def test_row_labels_that_say_something_become_columns(tmp_path):
    def head(frame):
        return rows(export(frame, tmp_path / "a.csv", ACCOUNT))

    frame = pd.DataFrame({"n": [1, 2]})
    assert head(frame.iloc[::-1]) == [["n"], ["2"], ["1"]]
    assert head(frame.set_axis(["=a", "b"])) == [["index", "n"], ["'=a", "1"], ["b", "2"]]
    two = frame.set_axis(pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["word", "place"]))
    assert head(two) == [["word", "place", "n"], ["x", "1", "1"], ["y", "2", "2"]]
    assert head(frame.set_axis(["=n"], axis=1))[0] == ["'=n"]
    assert head(frame.set_axis(pd.MultiIndex.from_tuples([("n", "+")]), axis=1))[0] == ["n +"]


def test_a_byte_order_mark_is_there_when_asked(tmp_path):
    frame = pd.DataFrame({"name": ["Zoë"]})
    assert export(frame, tmp_path / "a.csv", ACCOUNT).read_bytes() == b'"name"\n"Zo\xc3\xab"\n'
    path = export(frame, tmp_path / "a.csv", ACCOUNT, bom=True)
    assert path.read_bytes() == b'\xef\xbb\xbf"name"\n"Zo\xc3\xab"\n'
    assert pd.read_csv(path)["name"].tolist() == ["Zoë"]


@pytest.mark.parametrize(
    ("umask", "modes"), [(0o022, (0o644, 0o600)), (0o077, (0o600, 0o600)), (0, (0o644, 0o600))]
)
def test_an_internal_file_is_only_ours_to_read_and_the_umask_is_kept(tmp_path, umask, modes):
    path, frame, before = tmp_path / "a.csv", pd.DataFrame({"n": [1]}), os.umask(umask)
    try:
        found = [
            stat.S_IMODE(export(frame, path, ACCOUNT, audience=audience).stat().st_mode)
            for audience in ("shared", "internal")
        ]
    finally:
        os.umask(before)
    assert found == list(modes)
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_what_fails_leaves_the_file_that_was_there(tmp_path, monkeypatch, kind):
    path, frame = tmp_path / f"a.{kind}", pd.DataFrame({"n": [1]})
    before = export(frame, path, ACCOUNT).read_bytes()

    def full(handle):
        assert len(list(tmp_path.iterdir())) == 2
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("callkit.tables.export.os.fsync", full)
    with pytest.raises(
        UsageError, match=rf"a\.{kind} cannot be written \(No space left on device\); name another"
    ):
        export(pd.DataFrame({"n": [2]}), path, ACCOUNT)
    monkeypatch.setattr(
        "callkit.tables.export.os.fsync", lambda handle: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        export(pd.DataFrame({"n": [2]}), path, ACCOUNT)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((calls_frame(), "calls.xlsx", ACCOUNT), {}, "'calls.xlsx' does not say which form"),
        ((calls_frame(), "nowhere/calls.csv", ACCOUNT), {}, "The folder nowhere does not exist"),
        ((calls_frame(), "folder.csv", ACCOUNT), {}, "folder.csv is a folder"),
        ((calls_frame(), 3, ACCOUNT), {}, "path is int"),
        (((1, 2), "a.csv", ACCOUNT), {}, "frame is tuple"),
        ((calls_frame(), "a.csv", "shop"), {}, "settings is str"),
        ((calls_frame(), "a.csv", ACCOUNT), {"audience": "public"}, "'public' is not 'shared' or 'internal'"),
        ((pd.DataFrame([[1, 2]], columns=["n", "n"]), "a.csv", ACCOUNT), {}, "Two columns are named 'n'"),
        (
            (calls_frame().set_index("caller", drop=False), "a.csv", ACCOUNT),
            {},
            "Two columns are named 'caller'",
        ),
        ((pd.DataFrame({"n": [2**70]}), "a.csv", ACCOUNT), {}, "The column 'n' cannot be written as object"),
        (
            (pd.DataFrame({"n": pd.arrays.SparseArray([0, 1])}), "a.csv", ACCOUNT),
            {},
            r"'n' cannot be written as Sparse.*make it text first",
        ),
        ((calls_frame(caller=["+447700900417"]).T, "a.csv", ACCOUNT), {}, r"turn the frame with \.T"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(tmp_path, monkeypatch, arguments, options, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError, match=said):
        export(*arguments, **options)
    assert [p.name for p in tmp_path.rglob("*")] == ["folder.csv"]


def test_the_front_door_has_both(three_days, tmp_path):
    calls, events = store.load(three_days)
    log = callkit.to_event_log(events, calls)
    read = pd.read_csv(
        callkit.export(log, tmp_path / "log.csv", three_days), dtype={"case:concept:name": "str"}
    )
    assert list(read) == list(to_event_log(events, calls))
    assert len(read) == len(events)
