"""Callers we missed: who still waits for us, on a handful of calls."""

from datetime import date, datetime, timedelta

import pytest

from callkit.metrics import recovery
from callkit.metrics.summary import summarise
from tests.metrics.frames import MONDAY, call, calls

ANN, BEN, CAT, DAN = "+447700900100", "+447700900101", "+447700900102", "+447700900103"
SINCE, UNTIL = date(2026, 11, 16), date(2026, 11, 23)


def at(hours, outcome="abandoned", caller=ANN, **columns):
    told = {"caller": caller, "started_local": MONDAY + timedelta(hours=hours), "did": "1", "wait_s": 10}
    return call(outcome, **told | columns)


def called_back(hours, outcome="answered", caller=ANN):
    return at(hours, outcome, caller, direction="outbound")


WEEK = calls(
    at(0), at(1, did="2"), called_back(2, "no_answer"), at(3, wait_s=44), called_back(4, "busy"),  # twice in vain
    at(0, caller=BEN), called_back(1, caller=BEN),  # we rang back
    at(0, caller=CAT), at(9, "answered", CAT),  # she rang again
    at(0, "answered", DAN), at(5, caller=DAN),  # spoken with before we missed him, not since
    at(6, caller=None), at(7, "timeout", None),  # withheld
    at(8, "left_menu", "+447700900104"), at(8, "closed", "+447700900105"),  # not offered
)  # fmt: skip


def numbers(data, by=None):
    found = summarise(data, ["n_unreached", "n_missed_callers"], by)
    return found[["value", "n", "n_null"]].astype(int).to_numpy().tolist()


def test_callers_not_reached(held):
    assert numbers(held(WEEK)) == [[2, 4, 2], [4, 4, 2]]
    assert recovery.n_withheld(held(WEEK), SINCE, UNTIL) == 2


def test_the_list_to_act_on(held):
    found = recovery.unreached(held(WEEK), SINCE, UNTIL)
    assert tuple(found.columns) == recovery.COLUMNS
    assert len(found) == numbers(WEEK)[0][0]
    ann, dan = found.to_dict("records")
    assert (ann["caller"], ann["n_attempts"], ann["n_callbacks"], ann["last_did"]) == (ANN, 3, 2, "1")
    assert ann["first_missed_local"] == MONDAY
    assert ann["last_tried_local"] == MONDAY + timedelta(hours=3)
    assert ann["last_callback_local"] == MONDAY + timedelta(hours=4)
    assert ann["last_wait_s"] == 44
    assert (dan["caller"], dan["n_attempts"], dan["n_callbacks"]) == (DAN, 1, 0)
    assert dan["last_callback_local"] is not ann["last_callback_local"]
    assert found["last_callback_local"].isna().tolist() == [False, True]


def test_a_try_before_the_first_miss_is_no_call_back():
    some = calls(called_back(0, "no_answer"), at(1), called_back(2, "no_answer"))
    found = recovery.unreached(some).iloc[0]
    assert (found["n_callbacks"], found["last_callback_local"]) == (1, MONDAY + timedelta(hours=2))


def test_most_attempts_come_first_then_the_latest():
    some = calls(at(0, caller=ANN), at(2, caller=BEN), at(0, caller=CAT), at(1, caller=CAT))
    assert recovery.unreached(some)["caller"].tolist() == [CAT, BEN, ANN]


def test_what_was_missed_last_is_told_also_where_it_is_null():
    some = calls(at(0), {**at(1), "did": None, "wait_s": None})
    found = recovery.unreached(some).iloc[0]
    assert found["n_attempts"] == 2
    assert found[["last_did", "last_wait_s"]].isna().all()


def test_a_call_answered_at_the_same_second_reaches():
    assert numbers(calls(at(0), called_back(0)))[0] == [0, 1, 0]


def test_the_period_ends_what_counts():
    late = calls(at(0), called_back(8 * 24))
    assert numbers(late)[0] == [0, 1, 0]
    assert numbers(late, "iso_week") == [[1, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert len(recovery.unreached(late, SINCE, UNTIL)) == 1
    assert recovery.unreached(late).empty


def test_another_lines_call_back_reaches_too():
    some = calls(at(0, service_name="Sales"), called_back(1), at(0, caller=BEN, service_name="Support"))
    found = summarise(some, "n_unreached", "service_name")
    assert found["service_name"].fillna("").tolist() == ["Sales", "Support", ""]
    assert found["value"].tolist() == [0, 1, 0]


def test_a_missed_call_without_a_start_is_counted_apart():
    undated = calls({**at(0), "started_local": None}, at(1, caller=BEN))
    assert numbers(undated)[0] == [1, 1, 1]


@pytest.mark.parametrize("frame", [WEEK.iloc[:0], WEEK[WEEK["direction"] == "outbound"]])
def test_nobody_missed_gives_an_empty_list_of_the_same_columns(frame):
    found = recovery.unreached(frame, SINCE, UNTIL)
    assert found.empty
    assert tuple(found.columns) == recovery.COLUMNS
    assert recovery.n_withheld(frame) == 0


def test_the_order_of_rows_says_nothing():
    shuffled = WEEK.sample(frac=1, random_state=3)
    assert recovery.unreached(shuffled).equals(recovery.unreached(WEEK))


def test_summer_time_ends_between_the_miss_and_the_answer():
    # missed at 01:50 summer time, answered at 01:10 winter time: twenty minutes later, earlier on the wall
    frame = calls(at(0), called_back(1))
    frame["started_local"] = [datetime(2026, 10, 25, 1, 50), datetime(2026, 10, 25, 1, 10)]
    assert numbers(frame)[0] == [0, 1, 0]
