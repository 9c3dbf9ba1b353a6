"""Which days are wanting, and what proves one complete: decisions only, nothing is read or written here.

A day is complete when it had ended before it was read, the announced count stood still while it was paged, and
as many records came as were announced. Records still change after a call has ended, so a day is read once more
when it is 48 hours past; until then it is pending, which is no doubt about its completeness.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Protocol

from msgspec import Struct

from callkit.clock import days, instant, midnight, wall

SETTLED_AFTER = timedelta(hours=48)
LAG = timedelta(minutes=2)  # a call of this very moment may not be listed yet


class Window(NamedTuple):
    """A span of wall clock to fetch, and why: ``new``, ``incomplete``, ``pending``, or ``today`` for a day so far."""

    day: date
    since: datetime
    until: datetime
    why: str


class Known(NamedTuple):
    """What is known of a day: when its last read began, and whether that read proves it complete."""

    fetched_at: datetime
    is_complete: bool


class Counts(Protocol):
    """What a page's envelope must say to be counted; the envelope of every dialect says it."""

    @property
    def total(self) -> int | None: ...  # noqa: D102
    @property
    def filtered(self) -> int | None: ...  # noqa: D102
    @property
    def n_records(self) -> int: ...  # noqa: D102


class Tally:
    """What the pages of one window announced and brought so far."""

    def __init__(self) -> None:
        self.announced: int | None = None
        self.received = self.n_pages = 0
        self.moved_from: int | None = None
        self._is_empty = False

    def add(self, envelope: Counts) -> None:
        """Count one more page, given its envelope."""
        total = envelope.filtered if envelope.filtered is not None else envelope.total
        if self.n_pages and total != self.announced and self.moved_from is None:
            self.moved_from = self.announced
        self.announced = total
        self.n_pages += 1
        self.received += envelope.n_records
        self._is_empty = envelope.n_records == 0

    @property
    def is_done(self) -> bool:
        """Whether the window has no more pages: as many records came as announced, or a page was empty."""
        return self._is_empty or (self.announced is not None and self.received >= self.announced)


class Reading(Struct, frozen=True, tag="reading", tag_field="line"):
    """
    The closing statement of one window's read.

    Parameters
    ----------
    announced, received
        Records the API announced on the last page (None: it announced none), and records that came.
    n_pages
        Pages read, a last empty one included.
    fetched_at
        When the read began.
    doubt
        Why the read proves nothing, in words; empty where the counts tie.
    """

    announced: int | None
    received: int
    n_pages: int
    fetched_at: datetime
    doubt: str = ""


def reading(tally: Tally, fetched_at: datetime) -> Reading:
    """Close the read of a window."""
    announced, received = tally.announced, tally.received
    if announced is None:
        doubt = "the API announced no count"
    elif tally.moved_from is not None:
        doubt = f"the announced count moved from {tally.moved_from} to {announced} while it was read"
    elif received != announced:
        doubt = f"{announced} records were announced and {received} came"
    else:
        doubt = ""
    return Reading(announced, received, tally.n_pages, fetched_at, doubt)


def is_whole_day(window_until: datetime, fetched_at: datetime, day: date, time_zone: str) -> bool:
    """Tell whether a read reached a day's end and began after it."""
    end = midnight(day + timedelta(days=1))
    return window_until >= end and fetched_at >= instant(end, time_zone)


def wanting(
    since: date, until: date, known: Mapping[date, Known], moment: datetime, time_zone: str
) -> list[Window]:
    """
    Decide which days must be fetched.

    Parameters
    ----------
    since, until
        First day, and the day after the last one.
    known
        What is known of the days fetched before.
    moment
        The present instant. Days after it are left out; its own day is fetched up to two minutes before it.
    time_zone
        Zone of the account's wall clock.

    Returns
    -------
    list[Window]
        Oldest first: days never fetched, days not proven complete, and days last read before they were 48 hours
        past.
    """
    horizon = wall(moment - LAG, time_zone).replace(microsecond=0)
    windows = []
    for day in days(since, until):
        start, end = midnight(day), midnight(day + timedelta(days=1))
        why = "today" if end > horizon else _why(known.get(day), instant(end, time_zone))
        if why and start < horizon:
            windows.append(Window(day, start, min(end, horizon), why))
    return windows


def _why(known: Known | None, ended_at: datetime) -> str:
    if known is None:
        return "new"
    if not known.is_complete:
        return "incomplete"
    return "pending" if known.fetched_at.astimezone(UTC) < ended_at + SETTLED_AFTER else ""
