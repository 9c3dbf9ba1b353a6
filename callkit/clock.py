"""Zones, wall clock and UTC: the only place that converts time.

The vendor's stamps are the account's wall clock without a zone. Inside callkit an instant is UTC in
microseconds; a wall-clock time is naive and its name ends in ``_local``.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from callkit.errors import SettingsError, UsageError

WALL_FORMAT = "%Y-%m-%d %H:%M:%S"
_QUARTER = 900
_DAY = 96  # quarters
_SHORT = 400  # days: in a longer span the offset hardly ever stays the same

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Seconds = npt.NDArray[np.int64]


@cache
def zone(name: str) -> ZoneInfo:
    """
    Return the time zone of an IANA name.

    Raises
    ------
    SettingsError
        The name is not an IANA zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        message = f"time_zone {name!r} is not an IANA zone; write it like 'Europe/London'."
        raise SettingsError(message) from error


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)


def _offset_s(moment: datetime) -> int:
    return round((moment.utcoffset() or timedelta()).total_seconds())


def _offsets(seconds: Seconds, offset_at: Callable[[int], int]) -> Seconds | int:
    """Return the offset at each time, given one for a quarter of an hour; one number where it never changes."""
    if not len(seconds):
        return 0
    first_day, last_day = (int(bound) // _QUARTER // _DAY for bound in (seconds.min(), seconds.max()))
    if last_day - first_day < _SHORT:
        found = {offset_at(day * _DAY) for day in range(first_day, last_day + 2)}
        if len(found) == 1:
            return found.pop()
    quarters = seconds // _QUARTER
    starts = np.flatnonzero(np.diff(quarters, prepend=quarters[:1] - 1))  # times come in order, more or less
    distinct, place = np.unique(quarters[starts], return_inverse=True)
    days, day_of = np.unique(distinct // _DAY, return_inverse=True)
    bounds = [(offset_at(int(day) * _DAY), offset_at(int(day) * _DAY + _DAY)) for day in days]
    first, last = np.array(bounds, dtype="int64").reshape(-1, 2).T
    offsets = first[day_of]
    for n in np.flatnonzero((first != last)[day_of]):
        offsets[n] = offset_at(int(distinct[n]))
    return np.repeat(offsets[place], np.diff(np.append(starts, len(quarters))))


def to_utc(wall_s: Seconds, time_zone: str, epoch_s: Seconds | None = None) -> Seconds:
    """
    Convert wall-clock seconds to UTC epoch seconds.

    Parameters
    ----------
    wall_s
        Wall-clock times as whole seconds since 1970-01-01 00:00 on the same wall clock.
    time_zone
        IANA zone of the wall clock.
    epoch_s
        Known UTC epoch seconds of the same moments, or -1 where unknown; they choose between the two readings of
        the hour that happens twice in autumn. Without one the first reading (summer time) is taken.

    Returns
    -------
    numpy.ndarray
        UTC epoch seconds, int64. Times in the hour that spring skips are read with the offset before the change.
    """
    wall_s = np.asarray(wall_s, dtype="int64")
    tz = zone(time_zone)

    def offset_at(quarter: int, fold: int = 0) -> int:
        moment = datetime(1970, 1, 1) + timedelta(seconds=quarter * _QUARTER)
        return _offset_s(moment.replace(tzinfo=tz, fold=fold))

    first = _offsets(wall_s, offset_at)
    utc = wall_s - first
    if epoch_s is None or isinstance(first, int):
        return utc
    later = wall_s - _offsets(wall_s, partial(offset_at, fold=1))
    known = np.asarray(epoch_s) >= 0
    nearer = np.abs(later - epoch_s) < np.abs(utc - epoch_s)
    return np.where(known & nearer & (later > utc), later, utc)


def to_wall(utc_s: Seconds, time_zone: str) -> Seconds:
    """Convert UTC epoch seconds to wall-clock seconds of a zone (int64)."""
    utc_s = np.asarray(utc_s, dtype="int64")
    tz = zone(time_zone)

    def offset_at(quarter: int) -> int:
        return _offset_s(datetime.fromtimestamp(quarter * _QUARTER, tz))

    return utc_s + _offsets(utc_s, offset_at)


def instant(wall: datetime, time_zone: str) -> datetime:
    """Return the UTC instant of one naive wall-clock time (the first one where it happens twice)."""
    return wall.replace(tzinfo=zone(time_zone)).astimezone(UTC)


def offset_in_words(seconds: int) -> str:
    """
    Say by how much one clock differs from another, before the other's name.

    >>> offset_in_words(19_800), offset_in_words(-3600)
    ('5 h 30 min ahead of', '1 h behind')
    """
    hours, minutes = divmod(round(abs(seconds) / 60), 60)
    parts = [f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n]
    return f"{' '.join(parts) or '0 min'} {'behind' if seconds < 0 else 'ahead of'}"


def is_plain(wall: datetime, time_zone: str) -> bool:
    """Tell whether a naive wall-clock time happens exactly once: neither skipped in spring nor twice in autumn."""
    moment = wall.replace(tzinfo=zone(time_zone))
    return moment.utcoffset() == moment.replace(fold=1).utcoffset()


def wall(moment: datetime, time_zone: str) -> datetime:
    """Return the naive wall-clock time of an instant in a zone."""
    return moment.astimezone(zone(time_zone)).replace(tzinfo=None)


def days(since: date, until: date) -> Iterator[date]:
    """Yield every date from `since` up to, not including, `until`."""
    while since < until:
        yield since
        since += timedelta(days=1)


def parse_date(day: str | date, what: str = "date") -> date:
    """
    Return a date given as such, as a moment of it, or as text like 2026-11-16.

    Raises
    ------
    UsageError
        It is no date.
    """
    if day != day:  # pandas' missing time is a datetime, too
        raise UsageError(f"{what} {day} is missing; write it like 2026-11-16.")
    if isinstance(day, date):
        return day.date() if isinstance(day, datetime) else day
    try:
        if not _DATE.fullmatch(day):  # a week, too, is an ISO date to Python: its Monday
            raise ValueError(day)
        return date.fromisoformat(day)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{what} {day!r} is not a date; write it like 2026-11-16.") from error


def midnight(day: date) -> datetime:
    """Return the naive wall-clock start of a date."""
    return datetime(day.year, day.month, day.day)
