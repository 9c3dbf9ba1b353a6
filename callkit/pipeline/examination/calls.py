"""What the doctor looks at in a record: who, when by the wall clock, and when by the epochs hidden in its ids."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, NamedTuple

import msgspec

from callkit.dialects.pages import UNREADABLE
from callkit.fetch.filters import value
from callkit.flow.stamps import MISSING, loose_tail

_EPOCHS = {  # ids that hold the second of a call's start, or shortly after its end
    "call_id": (re.compile(r"(?:.*\D)?(\d{10})\.\d+"), 10),
    "uuid": (re.compile(r"([0-9a-f]{8})[0-9a-f]{5}"), 16),
    "id": (re.compile(r"([0-9a-f]{8})[0-9a-f]{16}"), 16),
}
_ID_KEYS = ("call_id", "unique_id", "uuid", "id")
_SHORTEST = 7  # digits of a whole number


class Call(NamedTuple):
    """
    A record.

    Parameters
    ----------
    key, call_id
        What names the call, and its own id where there is one.
    number
        The other party's number as it is written; empty where it is withheld.
    wall, ended
        Start and end on the wall clock of the stamps; None where they cannot be read.
    stamp
        The start as it is written.
    epochs
        UTC epoch seconds by the id they are hidden in.
    """

    key: str
    call_id: str
    number: str
    wall: datetime | None
    ended: datetime | None
    stamp: str
    epochs: Mapping[str, int]


def calls(body: bytes, module: ModuleType) -> list[Call]:
    """Return the records of a page; one that is no object counts as a call without anything."""
    return [_call(raw) for raw in module.records(body)]


def _call(raw: bytes) -> Call:
    try:
        record = msgspec.json.decode(raw, type=dict[str, Any])
    except UNREADABLE:
        return Call("", "", "", None, None, "", {})
    ids = {name: _text(record, name) for name in _ID_KEYS}
    stamp = _text(record, "date")
    if not re.search(r"\d:\d", stamp):  # the day alone; the time of day stands beside it
        day, time = stamp or _text(record, "call_date"), _text(record, "time", "connection_time")
        stamp = f"{day} {time}".strip()
    wall = moment(stamp)
    return Call(
        next((f"{name} {text}" for name, text in ids.items() if text), ""),
        ids["call_id"],
        _number(record),
        wall,
        moment(_text(record, "end_stamp")) or _after(wall, value(record, "call_duration")),
        stamp,
        {name: found for name, text in ids.items() if (found := _epoch(name, text)) is not None},
    )


def moment(text: str) -> datetime | None:
    """Return a wall-clock time written like 27-Mar-2020 06:01:57 or 2020-03-27 06:01:57."""
    wall_s, _ = loose_tail(f" at {text.strip()}")
    if wall_s != MISSING:
        return datetime(1970, 1, 1) + timedelta(seconds=wall_s)
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def _text(record: Mapping[str, Any], *names: str) -> str:
    found = next((v for name in names if (v := value(record, name)) not in (None, "")), "")
    return "" if isinstance(found, dict | list) else str(found)


def _number(record: Mapping[str, Any]) -> str:
    is_outbound = "outbound" in _text(record, "call_hint", "direction").lower()
    number = _text(record, "client_number") or _text(record, "destination" if is_outbound else "source")
    return number if len(re.findall("[0-9]", number)) >= _SHORTEST else ""


def _after(wall: datetime | None, seconds: object) -> datetime | None:
    try:
        return wall + timedelta(seconds=float(str(seconds))) if wall else None
    except (ValueError, OverflowError):
        return None


def _epoch(name: str, text: str) -> int | None:
    pattern, base = _EPOCHS.get(name, (None, 10))
    found = pattern.fullmatch(text) if pattern else None
    return int(found[1], base) if found else None


def utc_wall(epoch: int) -> datetime:
    """Return what a clock in UTC shows at an epoch second."""
    return datetime.fromtimestamp(epoch, UTC).replace(tzinfo=None)
