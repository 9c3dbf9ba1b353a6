"""The explorer's view of the calls: periods, picks and counts."""

from datetime import date

import pytest

from callkit.errors import NoDataError, UsageError
from callkit.explore import state
from callkit.explore.state import NONE, PRESETS, Choice

FIRST, LAST = date(2026, 10, 27), date(2026, 11, 18)
WEEK = Choice(date(2026, 11, 16), date(2026, 11, 23))
WHOLE = Choice(FIRST, date(2026, 11, 19))


def keys(calls):
    return "".join(calls["call_key"])


def test_the_span_is_the_first_and_last_day_of_the_calls(calls):
    assert state.span(calls) == (FIRST, LAST)


def test_no_calls_are_told_with_a_remedy(calls):
    with pytest.raises(NoDataError, match=r"fetch some with ck\.sync"):
        state.span(calls.iloc[:0])


@pytest.mark.parametrize(
    ("label", "start"),
    [("This week", date(2026, 11, 16)), ("4 weeks", FIRST), ("13 weeks", FIRST)],
)
def test_presets_count_back_from_the_last_day_and_stay_inside_the_data(label, start):
    assert state.preset(next(p for p in PRESETS if p.label == label), FIRST, LAST) == (start, LAST)


def test_four_weeks_are_28_days():
    assert state.preset(PRESETS[1], date(2026, 1, 1), date(2026, 11, 22))[0] == date(2026, 10, 26)


def test_a_period_is_cut_to_the_days_the_data_cover():
    assert state.period(date(2026, 1, 1), date(2026, 12, 31), FIRST, LAST) == (FIRST, date(2026, 11, 19))


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (
            None,
            LAST,
            "The first day is empty or not a date; the calls run from Tue 27 Oct to Wed 18 Nov 2026.",
        ),
        (LAST, None, "The last day is empty"),
        (LAST, FIRST, "The first day, Wed 18 Nov, is after the last day, Tue 27 Oct; swap them."),
        (
            date(2027, 1, 1),
            date(2027, 1, 2),
            "There are no calls from Fri 1 Jan to Sat 2 Jan 2027; the calls",
        ),
    ],
)
def test_a_period_that_cannot_be_used_says_why(start, end, message):
    with pytest.raises(UsageError, match=message):
        state.period(start, end, FIRST, LAST)


def test_calls_come_newest_first(calls):
    assert keys(state.newest_first(calls))[:2] in ("67", "76")
    assert keys(state.newest_first(calls))[2:] == "54321"


def test_a_choice_keeps_its_days_and_its_values(calls):
    assert keys(state.chosen(calls, WEEK)) == "4567"
    sales = Choice(WHOLE.since, WHOLE.until, {"service_name": ("Sales",), "outcome": ("answered",)})
    assert keys(state.chosen(calls, sales)) == "14"
    assert (
        keys(state.chosen(calls, Choice(LAST, LAST, {"service_name": ("Sales",)}), whole_history=True))
        == "124"
    )


def test_a_missing_value_can_be_picked(calls):
    assert keys(state.chosen(calls, Choice(WEEK.since, WEEK.until, {"service_name": (NONE,)}))) == "67"
    assert (
        keys(state.chosen(calls, Choice(WEEK.since, WEEK.until, {"service_name": (NONE, "Sales")}))) == "467"
    )


def test_no_value_picked_keeps_all(calls):
    assert keys(state.chosen(calls, Choice(WEEK.since, WEEK.until, {"service_name": ()}))) == "4567"


def test_values_come_most_frequent_first(calls):
    assert state.values(calls, "service_name") == ("Sales", "Support", NONE)


def test_counts_beside_a_value_apply_every_other_pick(calls):
    choice = Choice(WHOLE.since, WHOLE.until, {"service_name": ("Sales",), "outcome": ("answered",)})
    assert state.counts(calls, choice, "service_name") == {"Sales": 2, "Support": 1, NONE: 1}
    assert state.counts(calls, choice, "outcome") == {"answered": 2, "abandoned": 1}


def test_pages_hold_fifty_calls(calls):
    assert [state.n_pages(n) for n in (0, 1, 50, 51)] == [0, 1, 1, 2]
    assert len(state.page(calls, 0)) == 7
    assert state.page(calls, 1).empty


def test_steps_are_those_of_one_call_in_order(events):
    assert state.steps(events.iloc[::-1], "4")["position"].tolist() == list(range(8))
    assert state.steps(events, "5").empty
