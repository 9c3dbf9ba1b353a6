"""Each number on a handful of calls whose answer is seen by eye, and on published vectors."""

import pytest

from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.summary import summarise
from tests.metrics.frames import call, calls, row, times, values

DAY = calls(
    call("answered", 10, talk_s=60),
    call("answered", 20, talk_s=120),
    call("answered", 60, talk_s=300),
    call("abandoned", 3),
    call("abandoned", 40),
    call("timeout", 90),
    call("voicemail", 30),
    call("left_menu"),
    call("closed"),
    call("answered", 7, talk_s=999, direction="outbound"),
)
SEEN = {
    "n_offered": 7,
    "n_answered": 3,
    "answer_rate": 3 / 7,
    "n_abandoned": 2,
    "abandon_rate": 2 / 7,
    "n_short_abandoned": 1,
    "n_missed": 4,
    "n_left_menu": 1,
    "n_closed": 1,
    "service_level": 2 / 4,
    "service_level_strict": 2 / 5,
    "speed_of_answer": 30,
    "wait_median": 20,
    "wait_p90": 52,
    "wait_longest": 90,
    "talk_mean": 160,
    "talk_median": 120,
    "talk_total": 480,
    "n_missed_callers": 0,
    "n_unreached": 0,
}


def test_a_day_of_ten_calls(held):
    assert values(summarise(held(DAY))) == pytest.approx(SEEN)


def test_every_row_says_what_it_is():
    assert set(SEEN) == set(CATALOGUE)
    for name, number in CATALOGUE.items():
        assert number.name == name
        assert number.definition.endswith(".")
        assert number.definition.count(". ") == 0, "one sentence"
        assert (number.unit == "share") == (number.statistic == "share")
        assert (number.level is not None) == (number.statistic == "quantile")


@pytest.mark.parametrize("number", ["n_offered", "n_left_menu", "n_closed"])
def test_those_offered_and_those_not_make_up_the_inbound_calls(number):
    assert row(summarise(DAY), number)["n"] == 9


def test_icmi_vector_of_service_levels():
    # icmi.com/Resources/QueueTips/2005/March/Service-Level-Calculations.aspx
    icmi = calls(
        *times(860, call("answered", 20)),
        *times(140, call("answered", 21)),
        *times(10, call("abandoned", 5)),
        *times(10, call("abandoned", 20)),
        *times(40, call("abandoned", 21)),
    )
    found = summarise(icmi, ["service_level", "service_level_strict"])
    assert values(found) == pytest.approx({"service_level": 860 / 1050, "service_level_strict": 860 / 1060})
    assert found["value"].round(3).tolist() == [0.819, 0.811]
    assert found["n"].tolist() == [1050, 1060]


def test_cisco_vector_of_the_negative_service_level():
    cisco = calls(
        *times(70, call("answered", 20)),
        *times(10, call("abandoned", 20)),
        *times(20, call("answered", 21)),
    )
    assert values(summarise(cisco, "service_level_strict"))["service_level_strict"] == 0.7


def test_service_level_takes_its_target_and_threshold():
    both = ["service_level", "service_level_strict"]
    found = values(summarise(DAY, both, service_level_s=10, short_abandon_s=40))
    assert found == pytest.approx({"service_level": 1 / 3, "service_level_strict": 1 / 5})


def test_no_short_abandons_is_the_strict_service_level():
    at_once = calls(call("answered", 5), call("abandoned", 0))
    default = row(summarise(at_once, short_abandon_s=0), "service_level")
    assert (default["value"], default["n"]) == (0.5, 2)


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
