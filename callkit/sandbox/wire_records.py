"""Simulated calls as records of ``GET /v1/call/records``: flat fields, and a flow of objects with UTC epochs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote
from zlib import crc32

from callkit.sandbox.business import DIDS
from callkit.sandbox.truth import TrueCall, TrueStep
from callkit.sandbox.wire_facts import charge, checksum, recording, stamps, status

Record = dict[str, Any]

_SERVICES = {"Ring Group": "Department", "Extension": "Agent", "Virtual Receptionist": "IVR",
             "Time Group": "TimeGroup"}  # fmt: skip
_CAUSES = {
    "caller": "disconnected_by_caller",
    "callee": "disconnected_by_callee",
    "system": "hangup_as_per_destination",
}
_REASONS = {
    "abandoned": "cancel",
    "timeout": "noanswer",
    "no_answer": "noanswer",
    "busy": "busy",
    "failed": "chanunavail",
}
_NO_CAUSE = {"busy": "User busy", "failed": "Normal unspecified"}  # where nobody ended the call
_STATES = {"dialed": "Dialed", "answered": "Answered", "no_answer": "No Answer", "busy": "Busy"}


def records(calls: Sequence[TrueCall], time_zone: str) -> list[Record]:
    """Return the record of each call, with stamps of a zone's wall clock."""
    at = stamps((s for call in calls for s in (call.started, call.ended)), time_zone, str)
    return [_record(call, at) for call in calls]


def object_id(kind: str, name: str | None) -> str:
    """Return the platform's id of a department, a queue, a menu or another thing with a name."""
    return str(10_000 + crc32(f"{kind} {name}".encode()) % 90_000)


def agent_number(extension: str) -> str:
    """Return the seat's name, which is no phone number."""
    return f"Extension-{extension}"


def our_number(call: TrueCall) -> str:
    """Return the number the call came in on, or the one we show on calls of our own."""
    return call.did or DIDS["Main"]


def service(call: TrueCall) -> str:
    """Return the service the call landed on, such as ``Department: Sales``."""
    kind, _, name = call.service.removesuffix(")").partition(" (")
    return f"{_SERVICES.get(kind, kind)}: {name}" if name else ""


def _record(call: TrueCall, at: Mapping[int, str]) -> Record:
    odd = checksum(call)
    date, _, time = at[call.started].partition(" ")
    is_outbound = call.direction == "outbound"
    client = call.caller or ("anonymous" if odd % 3 else "")
    number, name = _agent(call, odd)
    return {
        "id": f"{call.ended + odd % 60:08x}{odd:08x}{odd >> 24:02x}{call.record_id % (1 << 24):06x}",
        "call_id": call.call_id,
        "uuid": f"{call.started:08x}{odd % 1_000_000:05x}",
        "direction": call.direction,
        "description": _description(call),
        "detailed_description": None if odd % 3 else _description(call),
        "status": status(call),
        "blocked_number_id": None,
        "recording_url": recording(call, odd),
        "service": service(call),
        "date": date,
        "time": time,
        "end_stamp": at[call.ended],
        "broadcast_id": None,
        "dtmf_input": next((s.key for s in call.route if s.key), None if odd % 2 else ""),
        "call_duration": call.duration_s,
        "answered_seconds": call.talk_s,
        "minutes_consumed": -(-call.talk_s // 60),
        "charges": charge(call) if odd % 4 else str(charge(call)),
        "department_name": next((s.target for s in call.route if s.step == "forwarded"), None if odd % 5 else ""),
        "agent_number": number,
        "agent_number_with_prefix": number,
        "agent_name": name,
        "client_number": client,
        "did_number": our_number(call),
        "caller_id_num": our_number(call) if is_outbound else client.removeprefix("+"),
        "reason": _REASONS.get(call.outcome, ""),
        "hangup_cause": _CAUSES.get(call.ended_by) or _NO_CAUSE.get(call.outcome, "Normal clearing"),
        "notes": (None, "", {})[odd % 3],
        "contact_details": None,
        "missed_agents": _missed(call),
        "call_flow": [_object(call, n) for n in range(len(call.route))],
        "agent_ring_time": _ring_time(call, odd),
        "circle": None if odd % 3 else {"operator": "", "circle": ""},
        "call_hint": "dialer" if is_outbound and odd % 4 == 0 else "",
        "lead_id": None,
        "is_whatsapp": 0,
        "voicemail_recording": any(step.step == "voicemail" for step in call.route),
        "call_tags": [],
    }  # fmt: skip


def _agent(call: TrueCall, odd: int) -> tuple[str | None, str | None]:
    if call.agent:
        return agent_number(call.agent), call.agent
    nothing = None if odd % 4 else ""
    return nothing, nothing


def _description(call: TrueCall) -> str:
    if call.outcome != "answered":
        return "Missed call"
    return "Call answered by customer" if call.direction == "outbound" else f"Call answered by {call.agent}"


def _missed(call: TrueCall) -> list[Record]:
    names = dict.fromkeys(
        s.target for s in call.route if s.target_kind == "extension" and s.step in ("no_answer", "busy")
    )
    return [{"name": name, "number": agent_number(str(name))} for name in names]


def _ring_time(call: TrueCall, odd: int) -> str:
    """Return the ring time of an answered call as text; none of the others says one, in two ways."""
    if call.outcome == "answered" and odd % 6:
        return str(call.ring_s or 0)
    return "N.A." if odd % 2 else ""


def _object(call: TrueCall, n: int) -> Record:
    step = call.route[n]
    write = _OBJECTS.get(step.step) or _OBJECTS[f"{step.step} {step.target_kind}"]
    found = write(call, n)
    return dict(sorted(found.items())) | {"time": str(step.at) if step.step == "received" else step.at}


def _named(kind: str, step: TrueStep) -> Record:
    return {"type": kind, "id": object_id(kind, step.target), "name": step.target}


def _seat(step: TrueStep) -> Record:
    return {"id": step.target, "name": step.target}


def _schedule_check(call: TrueCall, n: int) -> Record:
    leads_to = {"dstype": "auto_attendant", "dsid": object_id("Auto+Attendant", call.route[n + 1].target)}
    return _named("TimeGroup", call.route[n]) | {"tgst": "Failed"} | leads_to


def _menu_input(call: TrueCall, n: int) -> Record:
    step, menu, following = call.route[n], call.route[n - 1], call.route[n + 1]
    return {
        "type": "DTMF", "input": step.key, "optsts": "Valid", "ivr_name": step.target, "iuid": menu.at,
        "dstype": "department", "dsid": object_id("Department", following.target),
    }  # fmt: skip


def _queued(call: TrueCall, n: int) -> Record:
    step, says_nothing = call.route[n], {"dept_dialst": "Answered", "ringst": 1 + checksum(call) % 3}
    app = {"app_id": object_id("App", step.target), "app_name": step.target, "app_data": ""}
    return _named("Inbound Queue", step) | says_nothing | app


def _agent_state(call: TrueCall, n: int) -> Record:
    step = call.route[n]
    return {
        "type": "Agent",
        "dialst": _STATES[step.step],
        "num": agent_number(str(step.target)),
        **_seat(step),
    }


def _customer_state(call: TrueCall, n: int) -> Record:
    step = call.route[n]
    return {"type": "Customer", "dialst": _STATES[step.step], "num": f"+{step.target}"}


def _hangup(call: TrueCall, n: int) -> Record:
    step = call.route[n]
    if step.target_kind == "extension":
        return {"type": "Agent-Hangup", **_seat(step)}
    if step.target_kind == "number":
        return {"type": "hangup", "num": f"+{step.target}"}
    return {"type": "Hangup" if any(s.step == "queued" for s in call.route) else "hangup"}


_OBJECTS: Mapping[str, Callable[[TrueCall, int], Record]] = {  # by step, or by step and target kind
    "received did": lambda call, _: {"type": "init", "value": call.call_id},
    "received extension": lambda call, n: {"type": "init", "value": call.call_id, **_seat(call.route[n])},
    "schedule_check": _schedule_check,
    "announcement": lambda call, n: _named("Auto+Attendant", call.route[n]),
    "menu": lambda call, n: _named("IVR", call.route[n]) | {"uid": call.route[n].at},
    "menu_input": _menu_input,
    "forwarded": lambda call, n: _named("Department", call.route[n]),
    "queued": _queued,
    "dialed extension": _agent_state,
    "dialed number": lambda call, n: {
        "type": "ClickToCall", "name": quote(f"PJSIP/+{call.route[n].target}@TRUNK", safe=""),
    },
    "answered extension": _agent_state,
    "answered number": _customer_state,
    "no_answer extension": _agent_state,
    "no_answer number": _customer_state,
    "busy extension": _agent_state,
    "transferred": lambda call, n: {"type": "Transfer", "dstype": "extension", **_seat(call.route[n])},
    "voicemail": lambda call, n: _named("Voicemail", call.route[n]),
    "hangup": _hangup,
}  # fmt: skip
