"""Offered calls per open hour: bank holidays, clock changes, part hours, and verdicts per cell."""

import re
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from callkit.clock import midnight
from callkit.errors import UsageError
from callkit.metrics.load import arrivals, offered_load
from callkit.metrics.staffing import agents_needed
from callkit.metrics.summary import summarise
from callkit.opening import OpeningHours
from callkit.periods import Week
from tests.metrics.frames import call, calls, spread

OFFICE = OpeningHours.parse(dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:30-18:00"), "GB-ENG")
ALWAYS = OpeningHours()
WEEK = Week(2026, 47)


def cell(table, weekday, hour):
    return table[(table["weekday"] == weekday) & (table["hour"] == hour)].iloc[0]


def test_calls_per_open_hour(held):
    monday = datetime(2026, 11, 16, 9)
    some = calls(
        *spread(6, monday), *spread(4, monday + timedelta(days=7)),
        *spread(3, monday.replace(hour=8, minute=20), step_s=300),  # 08:20 closed, 08:25 closed, 08:30 open
        *spread(2, monday.replace(hour=20)),
        call("closed", started_local=monday), call(direction="outbound", started_local=monday),
    )  # fmt: skip
    table = arrivals(held(some), OFFICE, date(2026, 11, 16), date(2026, 11, 30))
    assert table.shape[0] == 168
    assert cell(table, 0, 9)[["n", "n_open_hours", "per_open_hour"]].tolist() == [10, 2, 5]
    assert cell(table, 0, 8)[["n", "n_outside", "n_open_hours", "per_open_hour"]].tolist() == [1, 2, 1, 1]
    assert cell(table, 0, 20)[["n", "n_outside", "n_open_hours", "is_open"]].tolist() == [0, 2, 0, False]
    assert np.isnan(cell(table, 0, 20)["per_open_hour"])
    assert set(table["verdict"]) == {"none"}
    offered = summarise(some, "n_offered")["value"].iloc[0]
    assert table["n"].sum() + table["n_outside"].sum() == offered


def test_a_bank_holiday_is_closed():
    christmas = datetime(2026, 12, 25, 10)
    table = arrivals(calls(*spread(2, christmas)), OFFICE, date(2026, 12, 14), date(2026, 12, 28))
    assert cell(table, 4, 10)[["n", "n_outside", "n_open_hours"]].tolist() == [0, 2, 1]
    assert cell(table, 3, 10)["n_open_hours"] == 2


@pytest.mark.parametrize(
    ("sunday", "hours"), [(date(2026, 3, 29), 0), (date(2026, 10, 25), 2), (date(2026, 6, 7), 1)]
)
def test_clock_changes_make_an_hour_none_or_two(sunday, hours):
    table = arrivals(calls(), ALWAYS, sunday, sunday + timedelta(days=1))
    assert cell(table, 6, 1)["n_open_hours"] == hours
    assert cell(table, 6, 3)["n_open_hours"] == 1
    assert table["n_open_hours"].sum() == 23 + hours
    assert cell(table, 6, 1)["is_open"] == (hours > 0)


def test_the_zone_decides_when_clocks_change():
    table = arrivals(calls(), ALWAYS, date(2026, 11, 1), date(2026, 11, 2), time_zone="America/New_York")
    assert cell(table, 6, 1)["n_open_hours"] == 2


def weeks_of_calls(last, before=12, skip=()):
    """Tell ten calls each Tuesday at eleven, and `last` in the judged week."""
    starts = {k: midnight(WEEK.shift(k).start) + timedelta(days=1, hours=11) for k in range(-before, 1)}
    mondays = [call("answered", 5, started_local=s - timedelta(days=1)) for s in starts.values()]
    counts = {k: last if k == 0 else 0 if k in skip else 9 + k % 2 * 2 for k in starts}
    return calls(*mondays, *(c for k, s in starts.items() for c in spread(counts[k], s, step_s=30)))


@pytest.mark.parametrize(("last", "verdict"), [(10, "usual"), (20, "usual"), (22, "high"), (0, "low")])
def test_a_cell_is_judged_by_the_twelve_weeks_before(last, verdict, held):
    found = cell(arrivals(held(weeks_of_calls(last)), OFFICE, WEEK.start, WEEK.end), 1, 11)
    assert (found["verdict"], found["n_before"], found["n"]) == (verdict, 12, last)
    # 10 a week, by chance 2 to 21; the XmR limits of 9, 11, 9 … are 4.7 and 15.3
    assert found[["usual_low", "usual_high"]].tolist() == [2, 21]


def test_a_silent_cell_wakes_by_more_than_one_call():
    table = arrivals(weeks_of_calls(10), OFFICE, WEEK.start, WEEK.end)
    assert cell(table, 2, 15)[["usual_low", "usual_high", "verdict"]].tolist() == [0, 1, "usual"]


def test_weeks_that_are_not_in_the_data_give_no_verdict():
    table = arrivals(weeks_of_calls(10, before=11), OFFICE, WEEK.start, WEEK.end)
    assert set(table["verdict"]) == {"none"}
    assert set(table["n_before"]) == {0}


def test_a_cell_closed_on_a_bank_holiday_is_judged_from_the_other_weeks():
    shut = Week(2026, 43)  # twelve weeks that hold the bank holiday of 31 August
    some = calls(
        *(c for k in range(-12, 1) for c in spread(5, midnight(shut.shift(k).start) + timedelta(hours=10)))
    )
    table = arrivals(some, OFFICE, shut.start, shut.end)
    assert cell(table, 0, 10)[["n_before", "verdict"]].tolist() == [11, "usual"]
    assert cell(table, 1, 10)["n_before"] == 12
    assert cell(table, 6, 10)[["n_before", "verdict"]].tolist() == [0, "none"]


def test_a_span_of_no_days_is_refused():
    with pytest.raises(UsageError, match="until 2026-11-16 is not after since 2026-11-16"):
        arrivals(calls(), OFFICE, WEEK.start, WEEK.start)


@pytest.mark.parametrize("opening", [None, {"mon": "09:00-17:00"}])
@pytest.mark.parametrize("ask", [arrivals, offered_load, agents_needed])
def test_what_are_no_opening_hours_is_refused(ask, opening):
    with pytest.raises(
        UsageError, match=rf"opening {re.escape(repr(opening))} cannot be used; give settings"
    ):
        ask(calls(), opening, WEEK.start, WEEK.end)


def test_offered_load_is_calls_per_open_hour_times_the_mean_talk(held):
    monday = datetime(2026, 11, 16, 9)
    some = calls(
        *spread(6, monday, talk_s=120.0), *spread(2, monday.replace(hour=10), talk_s=360.0),
        call("abandoned", 9, started_local=monday.replace(hour=10)),
        call("answered", 1, started_local=monday, direction="outbound", talk_s=9999.0),
    )  # fmt: skip
    table = offered_load(held(some), OFFICE, date(2026, 11, 16), date(2026, 11, 30))
    assert table.shape[0] == 168
    assert set(table["talk_s"]) == {180}
    assert cell(table, 0, 9)[["n", "n_open_hours", "erlangs"]].tolist() == [6, 2, 3 * 180 / 3600]
    assert cell(table, 0, 10)["erlangs"] == 1.5 * 180 / 3600
    assert cell(table, 0, 11)["erlangs"] == 0
    assert np.isnan(cell(table, 0, 20)["erlangs"])


def test_offered_load_is_not_known_where_nobody_talked():
    table = offered_load(calls(call("abandoned", 9)), OFFICE, date(2026, 11, 16), date(2026, 11, 23))
    assert table["erlangs"].isna().all()
