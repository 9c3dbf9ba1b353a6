"""Every simulated call comes back from its record as the simulator knows it: outcome, clocks, people and route."""

import msgspec
import pytest

from callkit.clock import Week
from callkit.sandbox import wire
from callkit.tables.tidy import tidy

FACTS = {
    "outcome": "outcome", "ended_by": "ended_by", "agent_id": "agent", "wait_s": "wait_s", "menu_s": "menu_s",
    "queue_s": "queue_s", "ring_s": "ring_s", "talk_s": "talk_s", "duration_s": "duration_s", "caller": "caller",
    "did": "did", "direction": "direction",
}  # fmt: skip
WEEKS = ["2026-W13", "2026-W43", "2026-W47"]  # clocks go forward; go back, and a bad week; an ordinary one


@pytest.fixture(scope="module", params=WEEKS)
def week(request):
    sent = wire.sent(Week.parse(request.param))
    records = [msgspec.Raw(s.body) for s in sent]
    pages = [msgspec.json.encode({"data": records[i : i + 100]}) for i in range(0, len(records), 100)]
    return [s.call for s in sent], tidy(pages)


def none_for_null(values):
    return [None if value != value else value for value in values]


@pytest.mark.parametrize("column", FACTS)
def test_each_fact_of_each_call(week, column):
    truth, tables = week
    ours = tables.calls.set_index("call_key").loc[[call.call_id for call in truth], column]
    assert none_for_null(ours.tolist()) == [getattr(call, FACTS[column]) for call in truth]


def test_starts_are_exact_on_days_of_a_clock_change_too(week):
    truth, tables = week
    ours = tables.calls.set_index("call_key").loc[[call.call_id for call in truth], "started_at"]
    assert [int(at.timestamp()) for at in ours] == [call.started for call in truth]


def test_each_step_of_each_route(week):
    truth, tables = week
    steps = zip(
        tables.events.call_key,
        tables.events.step,
        none_for_null(tables.events.target_kind),
        [int(at.timestamp()) for at in tables.events["at"]],
        strict=True,
    )
    ours = {}
    for key, *step in steps:
        ours.setdefault(key, []).append(tuple(step))
    assert ours == {call.call_id: [(s.step, s.target_kind, s.at) for s in call.route] for call in truth}
