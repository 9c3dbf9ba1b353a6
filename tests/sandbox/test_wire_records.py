"""Records of the newer endpoint: the same calls, and nothing lost to a reader who makes no mistake."""

import json
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

from callkit import clock
from callkit.periods import Week
from callkit.privacy import e164
from callkit.sandbox import wire
from callkit.sandbox.truth import TrueStep, clocks

WEEK = Week(2026, 47)
ENDED_BY = {
    "disconnected_by_caller": "caller", "disconnected_by_callee": "callee", "hangup_as_per_destination": "system",
}  # fmt: skip
STATES = {"Dialed": "dialed", "Answered": "answered", "No Answer": "no_answer", "Busy": "busy"}
NAMED = {
    "TimeGroup": ("schedule_check", "schedule"), "Auto+Attendant": ("announcement", "announcement"),
    "IVR": ("menu", "menu"), "Department": ("forwarded", "ring_group"), "Inbound Queue": ("queued", "queue"),
    "Transfer": ("transferred", "extension"), "Voicemail": ("voicemail", "voicemail"),
    "Agent-Hangup": ("hangup", "extension"),
}  # fmt: skip


def sent(week=WEEK):
    return [(call, json.loads(body)) for call, body in wire.sent(week, dialect="call_records")]


def told(found, record):
    """Read one object of a flow as the step it stands for."""
    kind, at, key = found["type"], int(found["time"]), ""
    if kind == "init":
        is_ours = "id" in found
        step = (
            "received",
            "extension" if is_ours else "did",
            found["id"] if is_ours else record["did_number"][1:],
        )
    elif kind in NAMED:
        step = (*NAMED[kind], found["name"])
    elif kind == "DTMF":
        step, key = ("menu_input", "menu", found["ivr_name"]), found["input"]
    elif kind == "Agent":
        assert found["num"] == f"Extension-{found['name']}"
        step = (STATES[found["dialst"]], "extension", found["name"])
    elif kind == "Customer":
        step = (STATES[found["dialst"]], "number", found["num"][1:])
    elif kind == "ClickToCall":
        step = ("dialed", "number", unquote(found["name"]).removeprefix("PJSIP/+").partition("@")[0])
    else:
        assert kind in ("Hangup", "hangup")
        step = ("hangup", "number", found["num"][1:]) if "num" in found else ("hangup", None, None)
    return TrueStep(*step, at, key)


@pytest.mark.parametrize("week", [WEEK, Week(2026, 13), Week(2026, 43)], ids=str)
def test_a_perfect_reader_gets_the_truth_back(week):
    for call, record in sent(week):
        steps = [told(found, record) for found in record["call_flow"]]
        assert tuple(steps) == call.route
        started = int(record["call_id"].partition(".")[0])
        ended = started + record["call_duration"]
        assert (started, ended) == (call.started, call.ended)
        assert clocks(steps, ended) == (call.wait_s, call.menu_s, call.queue_s, call.ring_s)
        assert ENDED_BY.get(record["hangup_cause"], "unknown") == call.ended_by
        assert record["answered_seconds"] == call.talk_s
        assert (record["agent_name"] or None) == call.agent
        assert (record["status"] == "answered") == (call.outcome == "answered")
        assert record["direction"] == call.direction
        assert e164(record["client_number"]) == call.caller
        assert call.did in (record["did_number"], None)


def test_both_forms_tell_of_the_same_calls():
    assert [call for call, _ in wire.sent(WEEK)] == [call for call, _ in sent()]


def test_stamps_are_wall_clock_and_the_ids_hold_the_epoch():
    for call, record in sent(Week(2026, 43)):
        start, end = (
            f"{clock.wall(datetime.fromtimestamp(s, UTC), 'Europe/London'):%Y-%m-%d %H:%M:%S}"
            for s in (call.started, call.ended)
        )
        assert f"{record['date']} {record['time']}" == start
        assert record["end_stamp"] == end
        assert len(record["id"]) == 24
        assert 0 <= int(record["id"][:8], 16) - call.ended < 61
        assert len(record["uuid"]) == 13
        assert int(record["uuid"][:8], 16) == call.started


def test_ids_name_one_record():
    assert len({r["id"] for _, r in sent()}) == len({r["uuid"] for _, r in sent()}) == len(sent())


def test_times_are_text_in_the_first_object_and_whole_numbers_after_it():
    for _, record in sent():
        first, *others = record["call_flow"]
        assert isinstance(first["time"], str)
        assert {type(found["time"]) for found in others} <= {int}


def test_oddities_are_there():
    records = [record for _, record in sent()]
    assert {r["agent_ring_time"] for r in records} >= {"N.A.", ""}
    assert {type(r["charges"]) for r in records} == {int, float, str}
    assert {r["agent_name"] for r in records if r["status"] == "missed"} == {None, ""}
    assert any(r["notes"] is None for r in records)
    assert any(r["notes"] == {} for r in records)
    assert any(r["status"] == "missed" and r["recording_url"] for r in records)
    assert {r["service"].partition(":")[0] for r in records} >= {"Department", "Agent", "IVR", "TimeGroup"}
