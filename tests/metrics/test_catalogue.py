"""Each number on a handful of calls whose answer is seen by eye."""

from datetime import timedelta
from typing import get_args

import pytest

from callkit.clock import instant
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.number import GrainName
from callkit.metrics.summary import summarise
from tests.metrics.flows import flow, tables
from tests.metrics.frames import MONDAY, call, calls, row, times, values

ANN, BEN, CAT, DAN, EVE, FAY = (f"+447700900{100 + n}" for n in range(6))


def told(outcome, minutes, wait_s=None, talk_s=0.0, caller=None, steps=(), **columns):
    """Tell a call so many minutes after nine on Monday: without a menu, answered after its wait."""
    start = MONDAY + timedelta(minutes=minutes)
    answered_at = instant(start, "Europe/London") + timedelta(seconds=wait_s or 0)
    facts = {
        "answered_at": answered_at if outcome == "answered" else None,
        "menu_s": 0,
        "n_steps": len(steps),
        "charge": 0.0,
        **columns,
    }
    return flow(outcome, *steps, wait_s=wait_s, talk_s=talk_s, caller=caller, started_local=start, **facts)


def rung(who, at, answered=None):
    return [(at, "dialed", who), *([] if answered is None else [(answered, "answered", who)])]


DAY, HOUR = 24 * 60, 60
CALLS = (
    told("answered", 0, 10, 60, ANN, rung("201", 2, 10), ring_s=8, n_targets=1, n_rings=1),
    told(
        "answered", 25, 20, 120, BEN, [*rung("201", 0), *rung("202", 15, 20), *rung("203", 60, 65)],
        ring_s=20, n_targets=2, n_rings=2, n_transfers=1,
    ),
    told("answered", 20, 60, 4000, ANN, rung("203", 0, 60), ring_s=60, n_targets=1, n_rings=1),
    told("abandoned", 30, 3, 0, CAT, rung("201", 0)),
    told("abandoned", 30 + 1 / 30, 40, 0, DAN),
    told("timeout", HOUR, 90),
    told("voicemail", HOUR + 10, 30, 0, EVE),
    told("left_menu", HOUR + 20, caller=FAY),
    told("closed", HOUR + 30),
    told("answered", HOUR + 40, 7, 999, DAN, direction="outbound", charge=0.5),
    told("answered", 7 * HOUR, 5, 5, CAT, rung("201", 0, 5), ring_s=5, n_targets=1, n_rings=1),
    told("left_menu", 3 * DAY, caller=BEN),
    told("no_answer", 8 * DAY, 30, 0, EVE, direction="outbound", charge=0.1),
)  # fmt: skip
SEEN = {
    "n_inbound": 11, "n_offered": 8, "n_answered": 4, "answer_rate": 4 / 8, "n_missed": 4, "n_abandoned": 2,
    "n_timeout": 1, "n_no_answer": 0, "n_busy": 0, "n_voicemail": 1, "n_failed": 0, "n_unknown_outcome": 0,
    "n_left_menu": 2, "n_closed": 1, "n_outbound": 2, "outbound_answer_rate": 1 / 2,
    "abandon_rate": 2 / 8, "abandon_rate_net": 1 / 7, "n_short_abandoned": 1,
    "service_level": 3 / 5, "service_level_strict": 3 / 6, "service_level_positive": 4 / 6,
    "service_level_answered": 3 / 4, "service_level_ignore": 3 / 5, "service_level_credit": 4 / 6,
    "speed_of_answer": 23.75, "abandon_wait_mean": 21.5, "wait_mean": 258 / 8, "wait_median": 15, "wait_p90": 48,
    "wait_p95": 54, "abandon_wait_median": 21.5, "wait_longest": 90, "wait_longest_answered": 60,
    "wait_longest_abandoned": 40, "ring_mean": 93 / 4,
    "talk_mean": 4185 / 4, "talk_mean_trimmed": 185 / 3, "talk_median": 90, "talk_p90": 2836, "talk_total": 4185,
    "n_short_answered": 1, "short_answered_rate": 1 / 4, "outbound_talk_mean": 999,
    "n_transferred": 1, "transfer_rate": 1 / 4, "targets_per_answer": 5 / 4, "rings_per_answer": 5 / 4,
    "n_ring_attempts": 7, "n_ring_no_answer": 2, "ring_answer_rate": 5 / 7,
    "n_missed_callers": 3, "n_unreached": 1, "n_episodes": 3, "recovery_rate": 2 / 3, "recovered_by_us_rate": 1 / 3,
    "recovered_by_caller_rate": 1 / 3, "callback_rate": 1 / 3,
    "n_callers": 6, "n_new_callers": 6, "n_returning_callers": 0, "new_caller_rate": 1, "calls_per_caller": 9 / 6,
    "caller_answer_rate": 3 / 5,
    "repeat_rate_1d": 1 / 4, "repeat_rate_7d": 2 / 4, "resolution_rate_1d": 3 / 4, "resolution_rate_7d": 2 / 4,
    "talking_peak": 2, "talking_mean": 4185 / 4 / 3600, "waiting_peak": 2, "offered_erlangs": 8 / 4 * 4185 / 4 / 3600,
    "busy_hour_offered": 5, "busy_hour_erlangs": 2520 / 3600,
    "charge_total": 0.6, "charge_per_answered": 0.6 / 5, "charge_per_minute": 0.6 / 86.4,
}  # fmt: skip


def test_every_number_of_a_few_calls(kept_tables):
    assert values(summarise(kept_tables(tables(*CALLS)))) == pytest.approx(SEEN)


def test_every_row_says_what_it_is():
    assert list(SEEN) == list(CATALOGUE)
    assert {number.grain for number in CATALOGUE.values()} == set(get_args(GrainName))
    assert len({number.label for number in CATALOGUE.values()}) == len(CATALOGUE)
    assert len({number.definition for number in CATALOGUE.values()}) == len(CATALOGUE)
    for name, number in CATALOGUE.items():
        assert number.name == name
        assert number.definition.endswith(".")
        assert number.definition.count(". ") == 0, "one sentence"
        assert not number.label.endswith(".")
        assert number.better in ("high", "low", None)


def test_unit_and_statistic_of_every_row_fit():
    for number in CATALOGUE.values():
        assert (number.unit == "share") == (number.statistic == "share")
        assert (number.level is not None) == (number.statistic == "quantile")
        assert (number.per is not None) == (number.statistic == "ratio")
        assert not number.is_mixed or number.statistic == "share"
        assert number.is_null_if_zero == (number.unit == "charge")
        if number.statistic == "count":
            assert number.name.startswith("n_")
            assert number.unit in ("calls", "callers", "rings", "misses")
        assert number.name.endswith("_rate") <= (number.unit == "share")
        assert ("÷" in number.definition) <= (number.statistic in ("share", "ratio"))


@pytest.mark.parametrize("number", ["n_inbound", "n_offered", "n_left_menu", "n_closed"])
def test_those_offered_and_those_not_make_up_the_inbound_calls(number):
    assert row(summarise(tables(*CALLS)), number)["n"] == 11


def test_service_level_takes_its_target_and_threshold():
    both = ["service_level", "service_level_strict"]
    found = values(summarise(tables(*CALLS), both, service_level_s=10, short_abandon_s=40))
    assert found == pytest.approx({"service_level": 2 / 4, "service_level_strict": 2 / 6})


def test_no_short_abandons_is_the_strict_service_level():
    at_once = calls(call("answered", 5), call("abandoned", 0))
    found = summarise(at_once, short_abandon_s=0)
    default = row(found, "service_level")
    assert (default["value"], default["n"]) == (0.5, 2)
    assert row(found, "n_short_abandoned")["value"] == 0


def test_an_unknown_wait_is_neither_in_time_nor_late(held):
    some = calls(call("answered", 5), call("answered"), call("abandoned"), call("abandoned", 30))
    found = summarise(held(some))
    for name in ("service_level", "service_level_strict"):
        level = row(found, name)
        assert (level["numerator"], level["n"], level["n_null"]) == (1, 2, 2)
    assert (row(found, "speed_of_answer")["n"], row(found, "speed_of_answer")["n_null"]) == (1, 1)
    assert (row(found, "wait_median")["value"], row(found, "wait_median")["n_null"]) == (5, 1)
    assert row(found, "wait_longest")["n_null"] == 2
    assert row(found, "answer_rate")["n_null"] == 0


def test_a_service_level_of_those_who_gave_up_alone_is_none(held):
    unsaid = held(calls(*times(9, call("answered")), call("abandoned", 30)))
    for name in ("service_level", "service_level_strict"):
        level = row(summarise(unsaid), name)
        assert (level["n"], level["n_null"]) == (1, 9)
        assert level[["value", "low", "high"]].isna().all()
    known = calls(*times(8, call("answered", 10)), call("answered"), call("abandoned", 30))
    assert row(summarise(known), "service_level")["value"] == 8 / 9


def test_abandoning_in_the_menu_is_no_queue_abandon():
    found = values(summarise(calls(call("left_menu", 0), call("answered", 1)), ["n_abandoned", "n_offered"]))
    assert found == {"n_abandoned": 0, "n_offered": 1}
