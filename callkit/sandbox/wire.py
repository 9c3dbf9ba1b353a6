"""Simulated calls as records of ``GET /v1/call_report``.

The record has the fields, the order and the oddities of the vendor's page. What differs from record to record there
(numbers as text or not, nothing as null or empty, a unique id or none, a reason that contradicts the flow) is chosen
here by a checksum of the call id, so that a call reads the same every time it is sent.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

import msgspec
import numpy as np

from callkit import clock
from callkit.clock import Week
from callkit.sandbox.business import SEED, TIME_ZONE
from callkit.sandbox.centre import simulate
from callkit.sandbox.truth import TrueCall, TrueStep

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
_PER_MINUTE = {"447": 0.048, "44": 0.014}
_ABROAD = 0.09


class _Stamps(dict[int, str]):
    """``27-Mar-2020 06:01:57`` by epoch second, for the steps of some calls, on one zone's wall clock."""

    def __init__(self, time_zone: str, calls: Sequence[TrueCall]) -> None:
        epochs = np.array(sorted({step.at for call in calls for step in call.route}), dtype="int64")
        days, seconds = np.divmod(clock.to_wall(epochs, time_zone), 86_400)
        minutes, second = np.divmod(seconds, 60)
        parts = zip(
            days.tolist(), (minutes // 60).tolist(), (minutes % 60).tolist(), second.tolist(), strict=True
        )
        texts = (f"{_day(day)} {hour:02}:{minute:02}:{second:02}" for day, hour, minute, second in parts)
        super().__init__(zip(epochs.tolist(), texts, strict=True))


@lru_cache(maxsize=512)
def _day(days: int) -> str:
    year, month, day = str(np.datetime64(days, "D")).split("-")
    return f"{day}-{_MONTHS[int(month) - 1]}-{year}"


def _iso(stamp: str) -> str:
    return f"{stamp[7:11]}-{_MONTHS.index(stamp[3:6]) + 1:02}-{stamp[:2]}"


class Sent(NamedTuple):
    """A call, and its record as JSON."""

    call: TrueCall
    body: bytes


def sent(week: Week, seed: int = SEED, time_zone: str = TIME_ZONE) -> tuple[Sent, ...]:
    """Return the calls of a week, in order of their start, with stamps of a zone's wall clock."""
    return _sent(week, seed, time_zone)


@lru_cache(maxsize=64)
def _sent(week: Week, seed: int, time_zone: str) -> tuple[Sent, ...]:
    calls = simulate(week, seed)
    stamps = _Stamps(time_zone, calls)
    return tuple(Sent(call, msgspec.json.encode(_record(call, stamps))) for call in calls)


def record(call: TrueCall, time_zone: str = TIME_ZONE) -> Record:
    """Return the record of one call."""
    return _record(call, _Stamps(time_zone, [call]))


def status(call: TrueCall) -> str:
    """Return the vendor's status of a call: ``answered`` or ``missed``."""
    return "answered" if call.outcome == "answered" else "missed"


def bill_s(call: TrueCall) -> int:
    """Return the billed seconds of a call: the talk of those we place."""
    return call.talk_s if call.direction == "outbound" else 0


def ring_time(call: TrueCall) -> int:
    """Return the vendor's ring time, which on a missed call counts from the call's start."""
    return (call.ring_s or 0) if call.outcome == "answered" else call.duration_s


def _record(call: TrueCall, stamps: _Stamps) -> Record:
    odd = crc32(call.call_id.encode())
    date = stamps[call.started]
    is_answered = call.outcome == "answered"
    is_outbound = call.direction == "outbound"
    reason, cause = _reasons(call, odd)
    stats = {
        "inbound_sec": call.duration_s if is_answered and not is_outbound else 0,
        "outbound_sec": call.talk_s,
        "bill_sec": bill_s(call),
        "bill_calls": int(is_outbound and is_answered),
        "total_charges": _charge(call) if is_outbound else 0,
        "connection_time": date[12:],
        "ring_time": ring_time(call),
        "answer_time": call.talk_s,
        "call_flow": [_line(call, step, stamps) for step in call.route],
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
        "recording_file_link": _recording(call, odd),
        "status": status(call),
        "call_answered_by": call.agent or "",
        "service": call.service,
    }


def _line(call: TrueCall, step: TrueStep, stamps: _Stamps) -> str:
    who = f"{_KINDS.get(step.target_kind or '', '')} ({step.target})"
    words = _LINES.get(step.step) or _LINES[f"{step.step} {step.target_kind or call.ended_by}"]
    line = words.format(who=who, did=step.target, key=step.key, at=stamps[step.at])
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


def _charge(call: TrueCall) -> float:
    digits = (call.caller or "").removeprefix("+")
    rate = next((rate for prefix, rate in _PER_MINUTE.items() if digits.startswith(prefix)), _ABROAD)
    return round(rate * call.talk_s / 60, 4)


def _written(number: str | None, odd: int) -> str:
    digits = (number or "").removeprefix("+")
    return f"0{digits[2:]}" if digits.startswith("44") and odd % 4 == 0 else digits


def _source(call: TrueCall, odd: int) -> str:
    return _written(call.caller, odd) if call.caller else ("anonymous" if odd % 3 else "")


def _forward_to(call: TrueCall, odd: int) -> str | None:
    if call.did and any(step.step == "forwarded" for step in call.route):
        return f"{call.did.removeprefix('+')} {call.service}"
    return None if odd % 4 else ""


def _recording(call: TrueCall, odd: int) -> str | None:
    """Link to a recording: of every conversation, and of some menus' and announcements' words."""
    if call.outcome in ("answered", "voicemail") or (call.outcome in ("left_menu", "closed") and odd % 3):
        return f"https://recordings.example/file/recording?callId={call.call_id}&type=rec&token={odd:08x}"
    return None if odd % 2 else ""
