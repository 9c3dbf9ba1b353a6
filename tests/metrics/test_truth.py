"""Numbers of a simulated week through the whole parser, against plain Python over the simulator's truth."""

import json
from statistics import fmean, median

import pytest

from callkit.clock import Week
from callkit.metrics.recovery import unreached
from callkit.metrics.summary import summarise
from callkit.sandbox import wire
from callkit.tables.tidy import tidy
from tests.metrics.frames import values


@pytest.fixture(scope="module")
def week():
    """Return the simulator's calls of a week, and the tables read back from what it sends."""
    sent = wire.sent(Week(2026, 47))
    page = {"success": "true", "data": [json.loads(record.body) for record in sent]}
    return [record.call for record in sent], tidy([page])


def test_numbers_are_those_of_the_simulated_calls(week):
    truth, tables = week
    offered = [c for c in truth if c.direction == "inbound" and c.outcome not in ("left_menu", "closed")]
    answered = [c for c in offered if c.outcome == "answered"]
    abandoned = [c for c in offered if c.outcome == "abandoned"]
    in_time = sum(c.wait_s <= 20 for c in answered)
    short = sum(c.wait_s <= 5 for c in abandoned)
    expected = {
        "n_offered": len(offered),
        "answer_rate": len(answered) / len(offered),
        "abandon_rate": len(abandoned) / len(offered),
        "service_level": in_time / (len(answered) + len(abandoned) - short),
        "service_level_strict": in_time / (len(answered) + len(abandoned)),
        "speed_of_answer": fmean(c.wait_s for c in answered),
        "wait_median": median(c.wait_s for c in answered),
        "wait_longest": max(c.wait_s for c in offered if c.wait_s is not None),
        "talk_total": sum(c.talk_s for c in answered),
    }
    assert values(summarise(tables, list(expected))) == pytest.approx(expected)


def test_callers_not_reached_are_those_the_simulator_knows(week):
    truth, tables = week
    first, last = {}, {}
    for c in sorted(truth, key=lambda c: c.started):
        is_missed = c.direction == "inbound" and c.outcome not in ("answered", "left_menu", "closed")
        if is_missed and c.caller:
            first.setdefault(c.caller, c.started)
        if c.outcome == "answered":
            last[c.caller] = c.started
    waiting = {caller for caller, at in first.items() if last.get(caller, -1) < at}
    assert set(unreached(tables)["caller"]) == waiting
    found = summarise(tables, "n_unreached").iloc[0]
    assert (found["value"], found["n"]) == (len(waiting), len(first))
