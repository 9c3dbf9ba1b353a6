"""Callers we missed: who still waits for us, on a handful of calls."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.metrics import recovery
from callkit.metrics.summary import summarise
from callkit.opening import OpeningHours
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


def test_of_one_day_the_longest_wait_comes_first_and_priority_counts_on():
    fay, gus = "+447700900106", "+447700900107"
    some = calls(
        at(0, caller=ANN, wait_s=70), at(1, caller=BEN, wait_s=None), at(2, caller=CAT, wait_s=5),
        at(24, caller=DAN, wait_s=3), at(3, caller=fay, wait_s=50), at(4, caller=fay, wait_s=30),
        at(2, caller=gus, wait_s=5),
    )  # fmt: skip
    found = recovery.unreached(some)
    assert found["caller"].tolist() == [fay, DAN, ANN, CAT, gus, BEN]
    assert found["priority"].tolist() == [1, 2, 3, 4, 5, 6]
    assert found["longest_wait_s"].tolist()[:5] == [50, 3, 70, 5, 5]
    assert found["total_wait_s"].tolist()[:2] == [80, 3]
    assert found.loc[5, ["longest_wait_s", "total_wait_s"]].isna().all()


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


OPEN = OpeningHours.parse({"mon": "09:00-17:00", "tue": "09:00-17:00"})
FOUND = calls(
    at(0), called_back(1, "no_answer"), called_back(2), called_back(3),  # in the second try; later calls are another's
    at(7, caller=BEN), at(8.5, caller=BEN), called_back(24, caller=BEN),  # half an hour after we closed; next morning
    at(0, caller=CAT), at(4, "answered", CAT), called_back(5, caller=CAT),  # she rang first
    at(0, caller=DAN), at(30, caller=DAN), at(50, "answered", "+447700900109"),  # two episodes, both open
    at(1, caller=None),
)  # fmt: skip


def test_episodes_on_both_clocks(held):
    found = recovery.episodes(held(FOUND), OPEN)
    assert found["caller"].tolist() == [ANN, CAT, DAN, BEN, DAN]
    assert found["n_attempts"].tolist() == [1, 1, 1, 2, 1]
    assert found["n_callbacks"].tolist() == [2, 0, 0, 1, 0]
    assert found["resolved_by"].fillna("").tolist() == ["us", "caller", "", "us", ""]
    assert found["resolved_local"].dt.hour.fillna(-1).tolist() == [11, 13, -1, 9, -1]
    assert found["is_censored"].tolist() == [False, False, True, False, True]
    hours = found.filter(like="_s") / 3600
    assert hours["to_callback_s"].fillna(-1).tolist() == [1, -1, -1, 17, -1]
    assert hours["to_resolved_s"].fillna(-1).tolist() == [2, 4, -1, 17, -1]
    assert hours["observed_s"].tolist() == [2, 4, 30, 17, 20]  # until her next miss, and until the last call
    assert hours["open_to_callback_s"].fillna(-1).tolist() == [1, -1, -1, 1, -1]
    assert hours["open_observed_s"].tolist() == [2, 4, 14, 1, 2]
    assert found.attrs["n_withheld"] == 1
    without = recovery.episodes(FOUND).filter(like="open_")
    assert without.isna().all(axis=None)


def test_the_curve_of_time_to_call_back_takes_a_caller_who_rang_first_as_censored(held):
    found = recovery.callback_curve(held(FOUND), opening=OPEN)
    assert (found["after_s"] / 3600).tolist() == [1, 4, 17, 20, 30]
    assert found["n"].tolist() == [1, 0, 1, 0, 0]
    assert found["at_risk"].tolist() == [5, 4, 3, 2, 1]
    assert found["waiting"].tolist() == pytest.approx([0.8, 0.8, 0.8 * 2 / 3] + [0.8 * 2 / 3] * 2)
    assert (found["low"] <= found["waiting"]).all()
    assert (found["waiting"] <= found["high"]).all()
    assert found.attrs == {"clock": "wall", "of": "callback", "n_episodes": 5, "n_withheld": 1}
    spoken = recovery.callback_curve(FOUND, of="resolved")
    assert spoken["n"].tolist() == [1, 1, 1, 0, 0]
    assert (spoken["after_s"] / 3600).tolist() == [2, 4, 17, 20, 30]
    opened = recovery.callback_curve(recovery.episodes(FOUND, OPEN), "open")
    assert (opened["after_s"] / 3600).tolist() == [1, 2, 4, 14]
    assert opened["n"].tolist() == [2, 0, 0, 0]


def test_a_summary_of_what_became_of_them(held):
    found = recovery.callback_summary(held(FOUND), opening=OPEN)
    shares = found.set_index("number")[["numerator", "n"]].head(5)
    assert shares.to_numpy().tolist() == [[2, 5], [1, 5], [2, 5], [2, 5], [1, 3]]
    assert shares.index.tolist() == ["by_us", "by_caller", "open", "called_back", "unanswered"]
    assert (found["value"].iloc[0], found["method"].iloc[0]) == (0.4, "Wilson, taken as independent")
    assert found["low"].iloc[0] == pytest.approx(0.1176, abs=1e-4)
    medians = found[found["clock"].notna()].set_index(["number", "clock"])
    assert (medians["value"] / 3600).fillna(-1).to_dict() == {
        ("to_callback", "wall"): -1, ("to_resolved", "wall"): 17,
        ("to_callback", "open"): -1, ("to_resolved", "open"): 4,
    }  # fmt: skip
    assert medians["numerator"].tolist() == [2, 3, 2, 3]
    assert found.iloc[-1][["number", "value", "n"]].tolist() == ["withheld", 1, 1]


def test_without_opening_hours_there_is_no_clock_of_them():
    assert recovery.callback_summary(FOUND)["clock"].dropna().tolist() == ["wall", "wall"]
    with pytest.raises(UsageError, match="clock 'open' needs opening hours; give opening="):
        recovery.callback_curve(FOUND, "open")
    with pytest.raises(UsageError, match="clock 'sun' is not known; use 'wall' or 'open'"):
        recovery.callback_curve(FOUND, "sun")
    with pytest.raises(UsageError, match="of 'both' is not known; use 'callback' or 'resolved'"):
        recovery.callback_curve(FOUND, of="both")
    for ask in (recovery.episodes, recovery.callback_curve, recovery.callback_summary):
        with pytest.raises(
            UsageError, match=r"opening \{'mon': '09:00-17:00'\} cannot be used; give settings"
        ):
            ask(FOUND, opening={"mon": "09:00-17:00"})


def test_nobody_missed_gives_an_empty_curve_and_shares_of_nothing():
    nobody = calls(at(0, "answered"))
    assert recovery.callback_curve(nobody).empty
    found = recovery.callback_summary(nobody, opening=OPEN)
    assert found["n"].eq(0).all()
    assert found["value"].iloc[:-1].isna().all()


def test_summer_time_ends_between_a_miss_and_its_call_back():
    frame = calls(at(0), called_back(1))
    frame["started_local"] = [datetime(2026, 10, 25, 0, 50), datetime(2026, 10, 25, 3, 0)]
    frame["started_at"] = pd.to_datetime(["2026-10-24 23:50", "2026-10-25 03:00"], utc=True).as_unit("us")
    found = recovery.episodes(frame, OpeningHours.parse({"sun": "00:00-01:30, 02:30-12:00"}))
    assert found["to_callback_s"].tolist() == [190 * 60]
    assert found["open_to_callback_s"].tolist() == [(40 + 30 + 30) * 60]  # half past one comes twice


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
