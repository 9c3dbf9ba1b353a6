"""The pages of one window, read until they prove that every record came, or until nothing more comes.

Records can arrive, change or vanish while they are paged, newest first, so that rows shift from page to page. What
proves a read is therefore that the announced count stood still, that as many *different* records came, and that a
closing look finds the same count and the same first page.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any, TypeAlias

from callkit.dialects import RawPage
from callkit.fetch.windows import Reading, Span, Tally, announced_by

Ask: TypeAlias = Callable[[datetime, datetime, int], RawPage]
Envelope: TypeAlias = Callable[[bytes], Any]


class Read:
    """
    One read of a window; iterate over it for its pages, then ask what they prove.

    Parameters
    ----------
    ask
        Fetches a page: given the first moment, the moment after the last one, and the page's number from 1.
    envelope
        Says of a page's bytes what it announces and which records it holds; that of the dialect.
    spans
        The window, or its parts one after another.
    full
        Records of a full page; 0 where that is not known.
    """

    def __init__(self, ask: Ask, envelope: Envelope, spans: Sequence[Span], full: int = 0) -> None:
        self._ask, self._envelope, self._spans, self._full = ask, envelope, spans, full
        self._tallies: list[Tally] = []
        self._closing_doubt = ""

    def __iter__(self) -> Iterator[RawPage]:
        for span in self._spans:
            tally = Tally(self._full)
            self._tallies.append(tally)
            for number in count(1):
                page = self._ask(*span, number)
                tally.add(self._envelope(page.body))
                yield page
                if tally.is_done:
                    break
        if not self._doubt and (len(self._spans) > 1 or self._tallies[0].n_pages > 1):
            self._closing_doubt = self._look_again()

    def reading(self, fetched_at: datetime) -> Reading:
        """Return the closing statement, once all pages were taken."""
        return closed(self._tallies, fetched_at, self._doubt or self._closing_doubt)

    @property
    def _doubt(self) -> str:
        doubts = [tally.doubt for tally in self._tallies if tally.doubt]
        if not doubts or len(self._spans) == 1:
            return "".join(doubts)
        announced, came = _announced(self._tallies), len(_seen(self._tallies))
        return (
            doubts[0] if announced in (None, came) else f"{announced} records were announced and {came} came"
        )

    def _look_again(self) -> str:
        """Ask for the first page of each part once more, which is not kept, and say what speaks against the read."""
        for span, tally in zip(self._spans, self._tallies, strict=True):
            envelope = self._envelope(self._ask(*span, 1).body)
            if announced_by(envelope) != tally.announced:
                return _moved(announced_by(envelope), len(tally.seen))
            if envelope.identities != tally.first:
                return "the first page changed while the others were read"
        if len(self._spans) == 1:
            return ""
        whole = Span(self._spans[0].since, self._spans[-1].until)
        now, came = announced_by(self._envelope(self._ask(*whole, 1).body)), len(_seen(self._tallies))
        return "" if now == came else _moved(now, came)


def _moved(announced: int | None, came: int) -> str:
    return f"{announced} records were announced after it was read, and {came} had come"


class Held:
    """
    Pages that are here already, as a read.

    Parameters
    ----------
    pages
        All pages of a window.
    envelope
        As for `Read`.
    """

    def __init__(self, pages: Iterable[RawPage], envelope: Envelope) -> None:
        self._pages, self._envelope, self._tally = pages, envelope, Tally()

    def __iter__(self) -> Iterator[RawPage]:
        for page in self._pages:
            self._tally.add(self._envelope(page.body))
            yield page

    def reading(self, fetched_at: datetime) -> Reading:
        """Return the closing statement, once all pages were taken."""
        return closed([self._tally], fetched_at, self._tally.doubt)


def closed(tallies: Sequence[Tally], fetched_at: datetime, doubt: str) -> Reading:
    """Return the closing statement of a window's parts together."""
    return Reading(
        announced=_announced(tallies),
        received=sum(tally.received for tally in tallies),
        n_pages=sum(tally.n_pages for tally in tallies),
        fetched_at=fetched_at,
        doubt=doubt,
        distinct=len(_seen(tallies)),
    )


def _announced(tallies: Sequence[Tally]) -> int | None:
    counts = [tally.announced for tally in tallies if tally.announced is not None]
    return sum(counts) if len(counts) == len(tallies) else None


def _seen(tallies: Sequence[Tally]) -> set[int]:
    return set[int]().union(*(tally.seen for tally in tallies))
