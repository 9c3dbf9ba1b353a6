"""When each call began and ended: the vendor's stamps, and the epochs that say which hour they mean."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callkit import clock
from callkit.dialects.records import Records
from callkit.errors import PageError
from callkit.flow.events import Flow
from callkit.flow.journey import Floats
from callkit.flow.marks import Flags, is_step
from callkit.flow.reading import nameless
from callkit.flow.stamps import MISSING, Ints
from callkit.tables.columns import cleaned, field
from callkit.tables.formats import read_stamps, told_seconds

EPOCH_SLACK_S = 120
_UNIQID_SLACK_S = 600
_QUARTER_S = 900
_MOST_UNREAD, _UNREAD_SHARE = 10, 0.1
_STARTS = {  # fields that tell the start; of several the first that can be read
    "call_report": (("date",), ("call_stats.call_date", "call_stats.connection_time")),
    "call_records": (("date", "time"),),
    "webhook": (("start_stamp",),),
}
_CALL_IDS = {"call_report": "call_stats.call_id"}
_CALL_ID = r"(?P<seconds>\d{10})\.\d+$"
_UNIQID = r"^(?P<seconds>[0-9a-f]{8})[0-9a-f]{5}$"


class ClockCheck(NamedTuple):
    """
    Whether the account's zone agrees with the epochs in ids and flows.

    Parameters
    ----------
    n_checked, n_off
        Calls that have both a wall clock and an epoch, and those of them where the two disagree.
    offset_s
        How far most of those are ahead of the zone, to a quarter of an hour; None where none disagrees.
    """

    n_checked: int = 0
    n_off: int = 0
    offset_s: int | None = None

    @classmethod
    def joined(cls, parts: Sequence["ClockCheck"]) -> "ClockCheck":
        """Return the check of all calls, given those of parts of them."""
        n_off = Counter[int | None]()
        for part in parts:
            n_off[part.offset_s] += part.n_off
        offset_s = n_off.most_common(1)[0][0] if n_off else None
        return cls(sum(part.n_checked for part in parts), n_off.total(), offset_s)


class Starts(NamedTuple):
    """
    When each call began.

    Parameters
    ----------
    utc_ms, wall_ms
        UTC and wall-clock milliseconds, or `MISSING`.
    flow_ms
        When its flow began: its own first instant where its steps are objects, else `utc_ms`.
    disagrees
        Whether an epoch says otherwise than the wall clock.
    check
        The same, counted.
    """

    utc_ms: Ints
    wall_ms: Ints
    flow_ms: Ints
    disagrees: Flags
    check: ClockCheck


def starts(records: Records, flow: Flow, dialect: str, time_zone: str) -> Starts:
    """
    Tell when each call began: its wall clock in the account's zone, else an epoch.

    Raises
    ------
    PageError
        So many dates or times of steps cannot be read that the vendor must be writing them in another form.
    """
    _require_times(flow)
    wall, stamped = _begun(records, dialect)
    init = _init_ms(flow, len(wall))
    epoch = told_seconds(field(records, _CALL_IDS.get(dialect, "call_id")), _CALL_ID)
    epoch = np.where((epoch == MISSING) & (init != MISSING), init // 1000, epoch)
    has_wall, has_epoch = wall != MISSING, epoch != MISSING
    utc = np.where(stamped != MISSING, stamped, epoch)
    hint = epoch if dialect == "call_report" else _with_uniqids(epoch, records, wall, time_zone)
    utc[has_wall] = clock.to_utc(wall[has_wall], time_zone, np.where(hint == MISSING, -1, hint)[has_wall])
    only_utc = ~has_wall & (utc != MISSING)
    wall[only_utc] = clock.to_wall(utc[only_utc], time_zone)
    both = has_wall & has_epoch
    apart = np.where(both, utc, 0) - np.where(both, epoch, 0)
    disagrees = np.abs(apart) > EPOCH_SLACK_S
    utc_ms = _ms(utc)
    return Starts(
        utc_ms,
        _ms(wall),
        np.where(init == MISSING, utc_ms, init),
        disagrees,
        ClockCheck(int(both.sum()), int(disagrees.sum()), _most(apart[disagrees])),
    )


def end_stamps(records: Records, start_ms: Ints, dialect: str, time_zone: str) -> Ints:
    """
    Return what the end stamps say in UTC milliseconds, `MISSING` where there is none or it is before the start.

    Raises
    ------
    PageError
        So many cannot be read that the vendor must be writing them in another form.
    """
    if dialect == "call_report":
        return np.full(len(start_ms), MISSING)
    stamps = field(records, "end_stamp")
    wall, utc = read_stamps(stamps)
    _require_read("end_stamp", stamps, (wall == MISSING) & (utc == MISSING))
    has_wall = wall != MISSING
    hint = np.where(start_ms == MISSING, -1, start_ms // 1000)[has_wall]
    utc[has_wall] = clock.to_utc(wall[has_wall], time_zone, hint)
    return np.where((utc != MISSING) & (utc >= start_ms // 1000), utc * 1000, MISSING)


def after(start_ms: Ints, seconds: Floats) -> Ints:
    """Return the moment so many seconds after each start, `MISSING` where either is not known."""
    known = (start_ms != MISSING) & np.isfinite(seconds)
    return np.where(known, start_ms + np.rint(1000 * np.where(known, seconds, 0)).astype(np.int64), MISSING)


def lasted(start_ms: Ints, end_ms: Ints) -> Floats:
    """Return the seconds between two moments, NaN where either is not known or the end is before the start."""
    known = (start_ms != MISSING) & (end_ms != MISSING) & (end_ms >= start_ms)
    return np.where(known, (np.where(known, end_ms, 0) - np.where(known, start_ms, 0)) / 1000, np.nan)


def _begun(records: Records, dialect: str) -> tuple[Ints, Ints]:
    """Return the starts that are told as wall clock, and those that are told as instants."""
    n = len(records.page_of)
    wall, utc = np.full(n, MISSING), np.full(n, MISSING)
    for paths in _STARTS[dialect]:
        rest = np.flatnonzero((wall == MISSING) & (utc == MISSING))
        if not len(rest):
            return wall, utc
        left = pa.array(rest) if len(rest) < n else None
        parts = [field(records, path) if left is None else field(records, path).take(left) for path in paths]
        wall[rest], utc[rest] = read_stamps(
            parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, " ")
        )
    name = _STARTS[dialect][0][0]
    _require_read(name, field(records, name), (wall == MISSING) & (utc == MISSING))
    return wall, utc


def _require_read(name: str, column: pa.Array, is_left: Flags) -> None:
    """Raise where so many stamps cannot be read that the vendor must be writing them in another form."""
    unread, n = cleaned(column.filter(pa.array(is_left))).drop_null(), len(column)
    if len(unread) > max(_MOST_UNREAD, _UNREAD_SHARE * n):
        form = re.sub("[0-9]", "9", unread[0].as_py())[:40]
        message = (
            f"The {name} of {len(unread):,} of {n:,} records cannot be read (the first is of the form {form!r}); "
            "no table was built, as callkit knows it as 27-Mar-2020 06:01:57 or 2020-03-27 06:01:57."
        )
        raise PageError(message)


def _require_times(flow: Flow) -> None:
    """Raise where so many times of steps cannot be read that the vendor must be writing them in another form."""
    is_unread = np.array([*flow.heads.unread, False], dtype=bool)[flow.head]
    n_unread = int(is_unread.sum())
    n = n_unread + int((flow.at_ms != MISSING).sum())
    if n_unread > max(_MOST_UNREAD, _UNREAD_SHARE * n):
        form = nameless(re.sub("[0-9]", "#", flow.heads.texts[flow.head[is_unread.argmax()]]))[-60:]
        message = (
            f"The times of {n_unread:,} of {n:,} steps of call flows cannot be read (the first ends {form!r}); no "
            "table was built, as callkit knows ' at 27-Mar-2020 06:01:57' at a line's end, and an object's epoch."
        )
        raise PageError(message)


def _init_ms(flow: Flow, n_calls: int) -> Ints:
    """Return the first instant of each flow of objects: that of its received step."""
    found = np.full(n_calls, MISSING)
    if not flow.is_object.any():
        return found
    lines = np.flatnonzero(flow.is_object & (flow.at_ms != MISSING) & is_step(flow.step(), "received"))[::-1]
    found[flow.owner[lines]] = flow.at_ms[lines]
    return found


def _with_uniqids(epoch: Ints, records: Records, wall: Ints, time_zone: str) -> Ints:
    """Fill gaps from ids that PHP's uniqid made: eight hex digits are an epoch, where it is near the stamp."""
    rest = np.flatnonzero((epoch == MISSING) & (wall != MISSING))
    if not len(rest):
        return epoch
    found = pc.struct_field(pc.extract_regex(field(records, "uuid").take(pa.array(rest)), _UNIQID), "seconds")
    told = np.array([int(text, 16) if text else -1 for text in found.to_pylist()], dtype=np.int64)
    apart = np.abs(clock.to_utc(wall[rest], time_zone, told) - told)
    hint = epoch.copy()
    hint[rest] = np.where((told >= 0) & (apart <= _UNIQID_SLACK_S), told, MISSING)
    return hint


def _most(apart: Ints) -> int | None:
    """Return what most of some differences are, to a quarter of an hour."""
    if not len(apart):
        return None
    values, counts = np.unique(np.rint(apart / _QUARTER_S), return_counts=True)
    return int(values[counts.argmax()]) * _QUARTER_S


def _ms(seconds: Ints) -> Ints:
    return np.where(seconds == MISSING, MISSING, seconds * 1000)
