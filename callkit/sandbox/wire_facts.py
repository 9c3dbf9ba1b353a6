"""What every wire form says of a simulated call in the same way: its status, its charge, its stamps, its links."""

from collections.abc import Callable, Iterable
from zlib import crc32

import numpy as np

from callkit import clock
from callkit.sandbox.truth import TrueCall

_PER_MINUTE = {"447": 0.048, "44": 0.014}
_ABROAD = 0.09


def checksum(call: TrueCall) -> int:
    """Return the number that chooses a call's oddities."""
    return crc32(call.call_id.encode())


def status(call: TrueCall) -> str:
    """Return the vendor's status of a call: ``answered`` or ``missed``."""
    return "answered" if call.outcome == "answered" else "missed"


def bill_s(call: TrueCall) -> int:
    """Return the billed seconds of a call: the talk of those we place."""
    return call.talk_s if call.direction == "outbound" else 0


def ring_time(call: TrueCall) -> int:
    """Return the vendor's ring time, which on a missed call counts from the call's start."""
    return (call.ring_s or 0) if call.outcome == "answered" else call.duration_s


def charge(call: TrueCall) -> float:
    """Return what a call we placed cost; those that come in cost nothing."""
    if call.direction != "outbound":
        return 0
    digits = (call.caller or "").removeprefix("+")
    rate = next((rate for prefix, rate in _PER_MINUTE.items() if digits.startswith(prefix)), _ABROAD)
    return round(rate * call.talk_s / 60, 4)


def recording(call: TrueCall, odd: int) -> str | None:
    """Link to a recording: of every conversation, and of some menus' and announcements' words."""
    if call.outcome in ("answered", "voicemail") or (call.outcome in ("left_menu", "closed") and odd % 3):
        return f"https://recordings.example/file/recording?callId={call.call_id}&type=rec&token={odd:08x}"
    return None if odd % 2 else ""


def stamps(epochs: Iterable[int], time_zone: str, written: Callable[[str], str]) -> dict[int, str]:
    """
    Return the stamp of each epoch second on one zone's wall clock: the day, a blank, the time of day.

    Parameters
    ----------
    epochs
        UTC epoch seconds.
    time_zone
        IANA zone of the wall clock.
    written
        Writes the day, given in ISO form.
    """
    moments = np.array(sorted(set(epochs)), dtype="int64")
    days, seconds = np.divmod(clock.to_wall(moments, time_zone), 86_400)
    minutes, second = np.divmod(seconds, 60)
    day = {number: written(str(np.datetime64(number, "D"))) for number in set(days.tolist())}
    parts = zip(
        days.tolist(), (minutes // 60).tolist(), (minutes % 60).tolist(), second.tolist(), strict=True
    )
    texts = (f"{day[number]} {h:02}:{m:02}:{s:02}" for number, h, m, s in parts)
    return dict(zip(moments.tolist(), texts, strict=True))
