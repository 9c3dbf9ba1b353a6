"""Which days are wanting, and what proves one complete: decisions only, nothing is read or written here.

A day is complete when it had ended some hours before it was read, the announced count stood still while it was paged
and after, and as many different records came as were announced. Records still change after a call has ended, so a day
is read once more when it is 48 hours past; until then it is pending, which is no doubt about its completeness.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, Protocol

from msgspec import Struct

from callkit.clock import days, instant, is_plain, midnight, wall

SETTLED_AFTER = timedelta(hours=48)
LAG = timedelta(minutes=2)  # a call of this very moment may not be listed yet
LONGEST_CALL = timedelta(
    hours=3
)  # a call is listed once it has ended; one of before midnight may go on that long
_SECOND = timedelta(seconds=1)


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
    def identities(self) -> tuple[int, ...]: ...  # noqa: D102


def announced_by(envelope: Counts) -> int | None:
    """Return how many records the API says there are: those that fit the filters, else all."""
    return envelope.total if envelope.filtered is None else envelope.filtered


class Tally:
    """
    What the pages of one span announced and brought so far; a record that comes twice is one record.

    Parameters
    ----------
    full
        Records of a full page. After one, the announced count alone is no end: it may be the page's own.
    """

    def __init__(self, full: int = 0) -> None:
        self._full, self._barren = full, 0
        self.announced: int | None = None
        self.received = self.n_pages = 0
        self.moved_from: int | None = None
        self.seen: set[int] = set()
        self.first: tuple[int, ...] = ()
        self.is_repeating = False
        self._last: tuple[int, ...] = ()

    def add(self, envelope: Counts) -> None:
        """Count one more page, given its envelope."""
        total, found = announced_by(envelope), envelope.identities
        if self.n_pages and total != self.announced and self.moved_from is None:
            self.moved_from = self.announced
        self.announced = total
        self.first = self.first if self.n_pages else found
        self.is_repeating = bool(self.n_pages and found) and found == self._last
        self.n_pages += 1
        self.received += len(found)
        self._barren = 0 if {*found} - self.seen else self._barren + 1
        self.seen.update(found)
        self._last = found

    @property
    def is_done(self) -> bool:
        """Whether there are no more pages: as many records came as announced, or pages bring nothing new."""
        is_whole = self.announced is not None and len(self.seen) >= self.announced
        is_last = is_whole and not (self._full and len(self._last) >= self._full)
        return self.n_pages > 0 and (is_last or not self._last or self.is_repeating or self._barren > 1)

    @property
    def doubt(self) -> str:
        """Why these pages do not prove that every record is here, in words; empty where they do."""
        if self.announced is None:
            return "the API announced no count"
        if self.moved_from is not None:
            return f"the announced count moved from {self.moved_from} to {self.announced} while it was read"
        if self.is_repeating and len(self.seen) < self.announced:
            return f"page {self.n_pages} repeats the page before; the parameter page seems to be ignored"
        if len(self.seen) != self.announced:
            return f"{self.announced} records were announced and {len(self.seen)} came"
        return ""


class Reading(Struct, frozen=True, tag="reading", tag_field="line"):
    """
    The closing statement of one window's read.

    Parameters
    ----------
    announced, received
        Records the API announced (None: it announced none), and records that came, repeats included.
    n_pages
        Pages read, a last empty one included.
    fetched_at
        When the read began.
    doubt
        Why the read proves nothing, in words; empty where the counts tie.
    distinct
        Different records that came; None in files of before they were told apart.
    """

    announced: int | None
    received: int
    n_pages: int
    fetched_at: datetime
    doubt: str = ""
    distinct: int | None = None


class Span(NamedTuple):
    """A stretch of wall clock, its end not included."""

    since: datetime
    until: datetime


def parts(span: Span, n: int, time_zone: str) -> list[Span]:
    """
    Cut a span into at most `n` equal stretches of whole seconds.

    No cut is made where the wall clock shows a time twice or not at all, since the API could not tell which is meant.
    """
    length = (span.until - span.since) / n
    cuts = [(span.since + k * length).replace(microsecond=0) for k in range(1, n)]
    clear = [cut for cut in cuts if is_plain(cut, time_zone) and is_plain(cut - _SECOND, time_zone)]
    bounds = [span.since, *(cut for cut in clear if span.since < cut < span.until), span.until]
    return [Span(*pair) for pair in pairwise(bounds)]


def months(span: Span, longest: timedelta | None) -> Iterator[Span]:
    """Yield a span in stretches no longer than the API takes at once, the oldest first; None for no limit."""
    since = span.since
    while longest is not None and span.until - since > longest:
        until = datetime.combine((since + longest).date(), datetime.min.time())
        yield Span(since, until)
        since = until
    yield Span(since, span.until)


def too_early(window_until: datetime, fetched_at: datetime, day: date, time_zone: str) -> str:
    """Say why a read came too early to hold all calls of a day; empty where it did not."""
    end = midnight(day + timedelta(days=1))
    ended_at = instant(end, time_zone)
    if window_until < end or fetched_at < ended_at:
        return f"the day had not ended; it is read up to {window_until:%H:%M}"
    if fetched_at < ended_at + LONGEST_CALL:
        read_at = wall(fetched_at, time_zone)
        return f"it was read at {read_at:%H:%M} of the next day, when calls of the day may have been going on still"
    return ""


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
