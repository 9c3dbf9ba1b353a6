"""The same invented calls, told in both fetched dialects: the tables say the same."""

from functools import cache

import pandas as pd
import pytest

from callkit.dialects import RawPage
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.tables.calls import Options
from callkit.tables.tidy import as_frame, build

CALLS = [
    "call_key", "account", "call_id_raw", "started_at", "started_local", "answered_at", "ended_at", "direction",
    "caller", "service_name", "agent_id", "agent_name", "outcome", "ended_by", "status_raw", "duration_s", "wait_s",
    "menu_s", "queue_s", "ring_s", "talk_s", "n_steps", "n_unknown_steps", "n_targets", "n_rings",
    "n_transfers", "charge", "has_recording",
]  # fmt: skip
EVENTS = ["call_key", "position", "step", "target_kind", "target_name", "at", "elapsed_s"]


@cache
def tables(week, dialect):
    name = {"call_report": b"data", "call_records": b"results"}[dialect]
    records = b",".join(sent.body for sent in wire.sent(week, dialect=dialect))
    built = build([RawPage(b'{"%s":[%s]}' % (name, records))], Options(dialect=dialect))
    assert (built.quarantined, built.unknown_keys, built.unknown_lines, built.clock.n_off) == ([], {}, {}, 0)
    calls, events = as_frame(built.calls), as_frame(built.events)
    return calls.sort_values("call_key"), events.sort_values(["call_key", "position"])


@pytest.mark.parametrize("week", [Week(2026, 13), Week(2026, 43), Week(2026, 47)], ids=str)
def test_both_dialects_tell_of_the_same_calls(week):
    (text_calls, text_events), (calls, events) = (tables(week, d) for d in ("call_report", "call_records"))
    for names, of_text, of_objects in ((CALLS, text_calls, calls), (EVENTS, text_events, events)):
        left, right = (frame[names].astype(object).reset_index(drop=True) for frame in (of_text, of_objects))
        pd.testing.assert_frame_equal(left, right)


def test_both_dialects_know_the_same_numbers_where_both_know_one():
    (text_calls, text_events), (calls, events) = (
        tables(Week(2026, 47), d) for d in ("call_report", "call_records")
    )
    for name, of_text, of_objects in (("did", text_calls, calls), ("number", text_events, events)):
        pairs = pd.DataFrame({"a": of_text[name].to_numpy(), "b": of_objects[name].to_numpy()}).dropna()
        assert len(pairs) > 100
        assert (pairs.a.str.removeprefix("+") == pairs.b.str.removeprefix("+")).all()
