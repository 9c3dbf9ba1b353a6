"""Everything on paths against plain Python, a call at a time, and the laws that hold of any calls."""

import json

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from callkit.metrics import hops, paths, routes
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.tables.tidy import tidy
from tests.metrics import plain_paths as plain
from tests.metrics.ways import (
    ANN,
    BEN,
    HELP,
    SALES,
    Step,
    Way,
    tables,
    told_hops,
    told_returns,
    told_routes,
    told_transitions,
    told_variants,
)  # fmt: skip

KINDS = [("received", "did", None), ("menu", "menu", "Main"), ("announcement", "announcement", "Hold"),
         ("hangup", None, None), ("unknown", None, None), ("voicemail", "voicemail", "Main"), ("queued", *HELP),
         ("queued", None, "Park"), ("forwarded", *SALES), ("forwarded", *ANN), ("forwarded", "queue", None),
         ("transferred", *BEN), ("transferred", *SALES), ("dialed", "number", None), ("answered", "number", None),
]  # fmt: skip
KINDS += [(step, *who) for step in ("dialed", "no_answer", "busy", "answered") for who in (ANN, BEN)] * 2
STEPS = st.tuples(st.sampled_from(KINDS), st.sampled_from([0, 0, 1, 5, None]))
WAYS = st.builds(
    Way,
    st.lists(STEPS, max_size=9).map(
        lambda rows: tuple(
            Step(*of, None if s is None else float(at), "447700900417" if of[1] == "number" else None)
            for (of, s), at in zip(rows, np.cumsum([s or 0 for _, s in rows]), strict=True)
        )
    ),
    st.sampled_from(["answered", "abandoned", "voicemail", "closed", "timeout"]),
    st.sampled_from([None, 0.0, 20.0, 60.0]),
)


def close(found, wanted):
    """Hold two nested answers against each other: seconds to 1e-9, all else exactly."""
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        for one, other in zip(found[key], value, strict=True):
            assert one == (pytest.approx(other, rel=1e-9) if isinstance(other, float) else other), key


def hold(ways, data):
    """Hold everything against plain Python, and check the laws."""
    for by_target in (False, True):
        close(told_variants(data, by_target=by_target), plain.variants(ways, by_target))
        close(told_transitions(data, by_target=by_target), plain.transitions(ways, by_target))
    found = paths.variants(data)
    assert found["n"].sum() == len(ways)
    steps = paths.transitions(data)
    assert steps["n"].sum() == len(data.calls) + len(data.events)
    entered, left = steps.groupby("next_activity")["n"].sum(), steps.groupby("activity")["n"].sum()
    assert entered.drop("end").sort_index().to_dict() == left.drop("start").sort_index().to_dict()
    assert entered["end"] == left["start"] == len(ways)
    inbound = [way for way in ways if way.direction == "inbound"]
    close(told_hops(data), plain.hops(inbound))
    visits = hops.hops(data)
    assert (visits["n"] == visits[["n_answered", "n_went_on", "n_ended"]].sum(axis=1)).all()
    assert told_returns(data) == plain.returns(inbound)
    close(told_routes(data), plain.routes(inbound))
    assert routes.routes(data).table["n"].sum() == len(inbound)


@settings(max_examples=2, phases=[Phase.generate])
@given(st.lists(WAYS, min_size=30, max_size=60))
def test_many_flows_are_followed_as_plain_python_follows_them(ways):
    hold(ways, tables(*ways))


@pytest.mark.slow
@given(st.lists(WAYS, min_size=1, max_size=6))
def test_any_flow_is_followed_as_plain_python_follows_it(ways):
    hold(ways, tables(*ways))


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "week", ["2026-W47", *(pytest.param(week, marks=SLOW) for week in ("2026-W12", "2026-W43", "2026-W53"))]
)
def test_sandbox_weeks_are_those_the_simulator_knows(week):
    sent = wire.sent(Week.parse(week))
    ways = []
    for record in sent:
        call = record.call
        steps = tuple(Step(s.step, s.target_kind, *_named(s), float(s.at - call.started)) for s in call.route)
        ways.append(Way(steps, call.outcome, float(call.duration_s), call.direction))
    data = tidy([{"success": "true", "data": [json.loads(record.body) for record in sent]}])
    hold(ways, data)


def _named(step):
    return (None,) if step.target_kind in ("did", "number") else (step.target,)
