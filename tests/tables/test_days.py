import os
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pandas.testing as pdt
import pyarrow.parquet as pq
import pytest

from callkit.errors import ArchiveError
from callkit.settings import Person
from callkit.tables import days, store
from tests.fetch.answers import record
from tests.tables.archived import LATER, MONDAY, put


def files(settings):
    return sorted(p for p in settings.folder("tables").rglob("*") if p.is_file())


def stamps(settings):
    return {p: p.stat().st_mtime_ns for p in files(settings)}


def test_tables_that_fit_are_left_alone(three_days):
    store.load(three_days)
    before = stamps(three_days)
    store.load(three_days)
    store.open(three_days)
    assert stamps(three_days) == before


def test_tables_rebuilt_from_raw_are_the_same_bytes(three_days):
    store.load(three_days)
    before = {p: p.read_bytes() for p in files(three_days)}
    for path in before:
        path.unlink()
    store.load(three_days)
    assert {p: p.read_bytes() for p in files(three_days)} == before


@pytest.mark.parametrize("harm", ["missing", "empty", "cut", "other"])
@pytest.mark.parametrize("kind", days.KINDS)
def test_half_a_day_is_built_again(three_days, kind, harm):
    before = store.load(three_days)
    path = days.path(three_days, kind, MONDAY)
    content = path.read_bytes()
    if harm == "missing":
        path.unlink()
    elif harm == "other":
        pq.write_table(pq.read_table(path).replace_schema_metadata({}), path)
    else:
        path.write_bytes(b"" if harm == "empty" else content[:100])
    after = store.load(three_days)
    pdt.assert_frame_equal(after.calls, before.calls)
    pdt.assert_frame_equal(after.events, before.events)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Asia/Kolkata"},
        {"country": "IE"},
        {"agents": {"201": Person("Sam Example")}},
        {"grammar": ({"pattern": "Call parked on (?P<target_name>.+?)", "step": "queued"},)},
    ],
)
def test_another_fingerprint_builds_the_days_again(three_days, change):
    store.load(three_days)
    before = stamps(three_days)
    changed = replace(three_days, **change)
    store.load(changed, until="2026-11-17")
    touched = {p.name for p, at in stamps(three_days).items() if at != before[p]}
    assert touched == {"2026-11-16.parquet"}
    store.load(changed)
    again = stamps(three_days)
    store.load(changed)
    assert stamps(three_days) == again


def test_a_zone_moves_the_instants(three_days):
    london = store.load(three_days).calls["started_at"]
    kolkata = store.load(replace(three_days, time_zone="Asia/Kolkata")).calls["started_at"]
    assert (london - kolkata).unique().tolist() == [pd.Timedelta(hours=5.5)]


def test_a_later_read_takes_the_day_over(three_days):
    records = [record(n, duration="99") for n in range(4)]
    put(three_days, MONDAY, records, LATER + timedelta(hours=1))
    calls = store.load(three_days, until=MONDAY + timedelta(days=1)).calls
    assert calls["duration_s"].tolist() == [99.0] * 4
    assert store.open(three_days).calls.count().execute() == 6


def test_a_later_read_that_announces_fewer_is_believed_the_second_time(three_days):
    put(three_days, MONDAY, [record(0)], LATER + timedelta(hours=1))
    once = store.statements(three_days, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    said = "it announced 1, where an earlier read brought 3; a second read will tell"
    assert (once["doubt"], once["kept"]) == (said, 3)
    put(three_days, MONDAY, [record(0)], LATER + timedelta(hours=2))
    twice = store.statements(three_days, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    assert (twice["doubt"], twice["kept"]) == ("", 1)


def test_a_proof_is_never_too_long_ago(settings):
    put(settings, MONDAY, [record(n) for n in range(3)])
    for hour in range(1, 20):
        put(settings, MONDAY, [record(0)], LATER + timedelta(hours=hour), announced=3)
    assert len(store.load(settings).calls) == 3


def test_calls_of_other_days_are_a_doubt(settings):
    put(settings, MONDAY, [record(0), record(1, "19-Nov-2026")])
    stated = store.statements(settings, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    assert stated["doubt"].startswith("1 of 2 calls are of other days")


def test_what_was_asked_for_in_another_zone_is_asked_for_again(three_days):
    moved = replace(three_days, time_zone="Asia/Kolkata")
    stated = store.statements(moved, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    assert stated["doubt"] == "it was asked for in zone Europe/London"


def test_of_short_reads_nothing_is_lost_and_the_latest_of_each_call_counts(settings):
    short = [
        [record(0, duration="11")],
        [record(0, duration="12"), record(1)],
        [record(0, duration="13"), record(1)],
    ]
    for hour, records in enumerate([*short, [record(0)]]):
        put(settings, MONDAY, records, LATER + timedelta(hours=hour), announced=3)
    assert store.load(settings).calls["duration_s"].tolist() == [9.0, 9.0]
    stated = store.statements(settings, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    assert (stated["received"], stated["duplicates"], stated["kept"]) == (6, 4, 2)
    assert stated["doubt"] == "3 records were announced and 1 came"


def test_a_proof_ends_what_short_reads_before_it_brought(settings):
    put(settings, MONDAY, [record(0), record(1)], announced=3)
    put(settings, MONDAY, [record(1), record(2)], LATER + timedelta(hours=1))
    assert len(store.load(settings).calls) == 2
    put(settings, MONDAY, [record(3)], LATER + timedelta(hours=2), announced=2)
    assert len(store.load(settings).calls) == 3


def test_a_damaged_raw_file_is_an_error_not_an_empty_day(settings):
    path = put(settings, MONDAY, [record(0)])
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ArchiveError, match="damaged"):
        store.load(settings)


def test_a_killed_writer_s_half_file_is_ignored_and_cleared(three_days):
    store.load(three_days)
    folder = three_days.folder("tables") / "calls"
    dead, living = (folder / f".2026-11-16.parquet.{pid}.partial" for pid in (2**22 + 1, os.getpid()))
    dead.write_bytes(b"half")
    living.write_bytes(b"half")
    assert len(store.load(three_days).calls) == 5
    days.clear_left_overs(three_days)
    assert (dead.exists(), living.exists()) == (False, True)
    os.utime(living, (0, 0))
    days.clear_left_overs(three_days)
    assert not living.exists()


def test_a_record_that_cannot_be_read_is_a_doubt_until_it_comes_again(settings):
    odd = [record(0), "odd"]
    put(settings, MONDAY, [record(0), record(1)])
    put(settings, MONDAY, odd, LATER + timedelta(hours=1))
    first = store.statements(settings, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    assert first["doubt"] == "1 record could not be read; a second read will tell"
    assert len(store.load(settings).calls) == 2
    put(settings, MONDAY, odd, LATER + timedelta(hours=2))
    again = store.statements(settings, MONDAY, MONDAY + timedelta(days=1)).iloc[0]
    assert (again["doubt"], again["received"], again["quarantined"], again["kept"]) == ("", 2, 1, 1)
