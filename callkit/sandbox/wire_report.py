"""Simulated calls as records of ``GET /v1/call_report``: the fields, order and oddities of the vendor's page."""

from collections.abc import Mapping, Sequence
from typing import Any

from callkit.sandbox.truth import TrueCall, TrueStep
from callkit.sandbox.wire_facts import bill_s, charge, checksum, recording, ring_time, stamps, status

Record = dict[str, Any]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_KINDS = {
    "extension": "Extension", "ring_group": "Ring Group", "queue": "Call Queue", "menu": "Virtual Receptionist",
    "voicemail": "Voicemail", "schedule": "Time Group", "announcement": "Announcement", "number": "Number",
}  # fmt: skip
_FORWARDED = "Call forwarded to {who} at {at}"
_HANGED_UP = "{who} hanged up the call at {at}"
_LINES = {  # by step, or by step and target kind, or by hang-up and who ended the call
    "received did": "Call received on {did} at {at}",
    "received extension": "Call placed by {who} at {at}",
    "schedule_check": "Call outside {who} at {at}",
    "announcement": "{who} played at {at}",
    "menu": _FORWARDED,
    "menu_input": "Option {key} selected in {who} at {at}",
    "forwarded": _FORWARDED,
    "queued": _FORWARDED,
    "dialed": "Dialed {who} at {at}",
    "answered": "Call answered by {who} at {at}",
    "no_answer": "{who} did not answer at {at}",
    "busy": "{who} is busy at {at}",
    "transferred": "Call transferred to {who} at {at}",
    "voicemail": _FORWARDED,
    "hangup extension": _HANGED_UP,
    "hangup number": _HANGED_UP,
    "hangup caller": "Caller hanged up the call",
    "hangup system": "Call ended by the system at {at}",
}
# Reason and hang-up cause by outcome; where a caller rang off, see `_reasons`.
_CLEAR = "Normal Clearing"
_BY_CALLER, _BY_CALLEE = "Call Disconnected By Caller", "Call Disconnected By Callee"
_REASONS = {
    "timeout": ("noanswer", _CLEAR),
    "no_answer": ("noanswer", "No answer from user (user alerted)"),
    "busy": ("busy", "User busy"),
    "failed": ("Channel not available", "Normal unspecified"),
}


def records(calls: Sequence[TrueCall], time_zone: str) -> list[Record]:
    """Return the record of each call, with stamps of a zone's wall clock."""
    at = stamps((step.at for call in calls for step in call.route), time_zone, _day)
    return [_record(call, at) for call in calls]


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}-{_MONTHS[int(month) - 1]}-{year}"


def _iso(stamp: str) -> str:
    return f"{stamp[7:11]}-{_MONTHS.index(stamp[3:6]) + 1:02}-{stamp[:2]}"


def _record(call: TrueCall, at: Mapping[int, str]) -> Record:
    odd = checksum(call)
    date = at[call.started]
    is_answered = call.outcome == "answered"
    is_outbound = call.direction == "outbound"
    reason, cause = _reasons(call, odd)
    stats = {
        "inbound_sec": call.duration_s if is_answered and not is_outbound else 0,
        "outbound_sec": call.talk_s,
        "bill_sec": bill_s(call),
        "bill_calls": int(is_outbound and is_answered),
        "total_charges": charge(call),
        "connection_time": date[12:],
        "ring_time": ring_time(call),
        "answer_time": call.talk_s,
        "call_flow": [_line(call, step, at) for step in call.route],
        "call_id": call.call_id,
        "unique_id": call.started * 1000 + odd % 1000,
        "call_date": _iso(date),
        "call_duration": call.duration_s,
    }
    return {
        "id": call.record_id,
        "call_stats": _as_sent(stats, odd),
        "call_hint": call.direction,
        "source": call.route[0].target if is_outbound else _source(call, odd),
        "destination": _written(call.caller, odd) if is_outbound else (None if odd % 5 else ""),
        "forward_to_number": _forward_to(call, odd),
        "reason_key": reason,
        "hangup_cause": cause,
        "date": date,
        "recording_file_link": recording(call, odd),
        "status": status(call),
        "call_answered_by": call.agent or "",
        "service": call.service,
    }


def _line(call: TrueCall, step: TrueStep, at: Mapping[int, str]) -> str:
    who = f"{_KINDS.get(step.target_kind or '', '')} ({step.target})"
    words = _LINES.get(step.step) or _LINES[f"{step.step} {step.target_kind or call.ended_by}"]
    line = words.format(who=who, did=step.target, key=step.key, at=at[step.at])
    return line if step.step == "received" else f" {line}"


def _as_sent(stats: Record, odd: int) -> Record:
    """Write numbers as the vendor does, who mixes text and numbers, and leave the unique id out at times."""
    if odd // 7 % 3 == 0:
        del stats["unique_id"]
    style = odd // 3 % 10
    if style == 9:
        return stats
    as_text = {"ring_time", "answer_time", "call_duration"}
    if style == 8:
        as_text = {name for name, value in stats.items() if isinstance(value, int | float)}
    return {name: str(value) if name in as_text else value for name, value in stats.items()}


def _reasons(call: TrueCall, odd: int) -> tuple[str, str]:
    if call.outcome == "answered":
        return (_BY_CALLEE if call.ended_by == "callee" else _BY_CALLER), _CLEAR
    if call.outcome == "abandoned":  # the vendor's own example contradicts its flow in these words
        return ("Channel not available" if odd % 3 == 0 else _BY_CALLER), _CLEAR
    return _REASONS.get(call.outcome, ("" if call.ended_by == "system" else _BY_CALLER, _CLEAR))


def _written(number: str | None, odd: int) -> str:
    digits = (number or "").removeprefix("+")
    return f"0{digits[2:]}" if digits.startswith("44") and odd % 4 == 0 else digits


def _source(call: TrueCall, odd: int) -> str:
    return _written(call.caller, odd) if call.caller else ("anonymous" if odd % 3 else "")


def _forward_to(call: TrueCall, odd: int) -> str | None:
    if call.did and any(step.step == "forwarded" for step in call.route):
        return f"{call.did.removeprefix('+')} {call.service}"
    return None if odd % 4 else ""
