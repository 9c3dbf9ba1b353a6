"""Calls at once: every second counted in plain Python, the days of both clock changes, the busy hour by hand."""

from collections import Counter
from datetime import date, timedelta

import pandas as pd
import pytest

from callkit.clock import instant
from callkit.errors import UsageError
from callkit.metrics import busy_hours
from callkit.metrics.concurrency import KINDS, concurrency, peaks, time_at
from callkit.opening import OpeningHours
from tests.metrics.frames import MONDAY, call, calls
from tests.metrics.happened import hours_of, local, seconds_of, spans_of, week

CHANGES = ["2026-W13", "2026-W43"]
OFFICE = OpeningHours.parse(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-18:00"), "GB-ENG")


def talk(minute, seconds, **columns):
    """Tell a call answered at once, some minutes after nine on Monday."""
    at = MONDAY + timedelta(minutes=minute)
    told = {"answered_at": instant(at, "Europe/London"), "talk_s": float(seconds), "menu_s": 0.0, **columns}
    told.setdefault("ended_at", told["answered_at"] + timedelta(seconds=seconds))
    return call(wait_s=0.0, started_local=at, **told)


@pytest.mark.parametrize("name", CHANGES)
def test_every_hour_is_that_counted_second_by_second(name, held):
    told = week(name)[1].calls
    table = concurrency(held(told))
    spans = spans_of(told)
    began = {int(at.timestamp()) // 3600 * 3600 for at in told["started_at"]}
    truth = {kind: hours_of(seconds_of(spans[kind])) for kind in KINDS}
    hours = sorted(began.union(*truth.values()))
    wanted = [(kind, hour, *truth[kind].get(hour, (0, 0, None))) for kind in KINDS for hour in hours]
    assert [
        (row.kind, row.hour_at.timestamp(), round(row.mean * 3600, 6), row.peak,
         None if pd.isna(row.peak_at) else row.peak_at.timestamp())
        for row in table.itertuples()
    ] == wanted  # fmt: skip
    assert table["hour_local"].tolist() == [local(hour) for hour in hours] * 3
    assert peaks(table)["peak"].tolist() == [max(n for _, n, _ in truth[kind].values()) for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_time_at_each_number_of_calls_is_that_counted_second_by_second(kind, held):
    told = week(CHANGES[1])[1].calls
    at_once = seconds_of(spans_of(told)[kind])
    table = time_at(held(told), kind)
    hours = len(concurrency(told)) // 3
    wanted = Counter(at_once.values())
    wanted[0] = hours * 3600 - len(at_once)
    assert table["seconds"].tolist() == [wanted[k] for k in range(max(wanted) + 1)]
    assert table["share"].sum() == pytest.approx(1)


def test_half_an_hour_belongs_to_the_wall_clock_of_its_zone():
    some = calls(talk(0, 60))
    some["started_at"] = pd.Timestamp("2026-11-16 03:30", tz="UTC")  # nine o'clock in India
    some["answered_at"] = some["started_at"]
    row = concurrency(some).iloc[0]
    assert (row["hour_at"], row["hour_local"]) == (pd.Timestamp("2026-11-16 03:30", tz="UTC"), MONDAY)


def test_milliseconds_part_calls_that_follow_one_another(held):
    one, other = talk(0, 60), talk(1, 60)
    other["answered_at"] -= timedelta(milliseconds=1)
    first = concurrency(held(calls(one, other))).iloc[0]
    assert first["peak"] == 2
    assert first["peak_at"] == instant(MONDAY, "Europe/London") + timedelta(seconds=59.999)


def test_the_period_holds_what_began_before_it(held):
    night = talk(14 * 60 + 30, 3600)  # 23:30 to 00:30
    table = concurrency(held(calls(night)), since=date(2026, 11, 17), until=date(2026, 11, 18))
    talking = table[table["kind"] == "talking"]
    assert talking[["hour_local", "mean", "peak"]].to_numpy().tolist() == [
        [pd.Timestamp(2026, 11, 17), 0.5, 1]
    ]


def test_calls_whose_times_are_not_known_are_counted_beside():
    some = calls(talk(0, 60), call("answered", 5), call("abandoned"))
    assert concurrency(some).attrs["n_null"] == {"talking": 1, "waiting": 2, "lines": 2}


def test_without_calls_there_are_no_rows():
    table = concurrency(calls())
    assert table.empty
    assert [len(peaks(table)), len(time_at(calls())), len(busy_hours.busy_hour(table))] == [0, 0, 0]
    assert busy_hours.by_hour_of_day(table).empty


def test_hours_of_the_day_are_means_over_the_days_that_opened():
    monday, tuesday, sunday = 0, 24 * 60, 6 * 24 * 60
    some = calls(talk(monday, 1800), talk(monday + 5, 900), talk(tuesday + 60, 3600), talk(sunday, 3000))
    table = busy_hours.by_hour_of_day(concurrency(some), OFFICE)
    talking = table[table["kind"] == "talking"].set_index("hour")
    assert table.shape[0] == 72
    assert talking.loc[[9, 10, 11], "mean"].tolist() == pytest.approx([2700 / 3600 / 5, 1 / 5, 0])
    assert talking.loc[[9, 10, 11], "peak"].tolist() == [2, 1, 0]
    assert talking.loc[9, "mean_peak"] == pytest.approx(2 / 5)
    assert talking.loc[9, "peak_at"] == instant(MONDAY + timedelta(minutes=5), "Europe/London")
    assert set(talking["n_hours"]) == {5}


@pytest.mark.parametrize(("sunday", "n"), [(date(2026, 3, 29), 0), (date(2026, 10, 25), 2)])
def test_hours_that_passed_are_counted_on_days_of_clock_changes(sunday, n):
    table = busy_hours.by_hour_of_day(concurrency(calls()), since=sunday, until=sunday + timedelta(days=1))
    assert table.set_index(["kind", "hour"])["n_hours"].loc["talking"].tolist() == [1, n] + [1] * 22


def test_a_bank_holiday_does_not_thin_out_the_mean():
    some = calls(*(call(started_local=MONDAY.replace(month=12, day=day)) for day in (24, 25)))
    some["ended_at"] = some["started_at"] + timedelta(minutes=30)
    table = busy_hours.by_hour_of_day(concurrency(some), OFFICE)
    assert table[table["kind"] == "lines"].set_index("hour").loc[9, ["mean", "n_hours"]].tolist() == [0.5, 1]


def test_the_busy_hours_and_their_lines():
    some = calls(
        *(talk(24 * 60 * day + 60, 3600) for day in (0, 1)), *(talk(24 * 60, 1800) for _ in range(3))
    )
    found = busy_hours.busy_hour(concurrency(some), opening=OFFICE).set_index("rule")
    assert found.loc["clock_hour", ["hour", "erlangs", "n_hours"]].tolist() == [9, 1.5, 1]
    assert found.loc["clock_hour", "hour_local"] == MONDAY + timedelta(days=1)
    assert found.loc["time_consistent", ["hour", "erlangs", "n_hours"]].tolist() == [10, 1, 2]
    assert found["lines"].tolist() == [
        6,
        5,
    ]  # the first with less than 1 % lost: B(5, 1.5) 1.4 %, B(4, 1) 1.5 %


@pytest.mark.parametrize(
    "ask", [lambda: time_at(calls(), "talk"), lambda: busy_hours.busy_hour(concurrency(calls()), "talk")]
)
def test_another_kind_is_refused(ask):
    with pytest.raises(UsageError, match="kind 'talk' is not known; did you mean 'talking'"):
        ask()


def test_hours_of_the_day_need_opening_hours():
    table = concurrency(calls(call("answered", 1, talk_s=60.0)))
    with pytest.raises(UsageError, match="opening None cannot be used; give settings"):
        busy_hours.by_hour_of_day(table, None)
