"""Fetch windows over several connections: each is archived whole, in smaller and smaller parts until it is proven."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from callkit.dialects import RawPage, dialect
from callkit.errors import FetchError, PageError, ServerError
from callkit.fetch import archive
from callkit.fetch.client import Client
from callkit.fetch.paging import Read
from callkit.fetch.windows import Span, Window, parts
from callkit.settings import Settings

PASSES = (1, 4, 24)  # parts a window is read in: whole, and smaller where a read proves nothing


class Fetched(NamedTuple):
    """A window, the raw files it brought, why there is none, and how many pages were asked for."""

    window: Window
    files: list[Path]
    failure: FetchError | None
    n_pages: int


class _Queue:
    """Reads windows; once one fails for good, those after it are not begun."""

    def __init__(self, settings: Settings, client: Client, now: Callable[[], datetime]) -> None:
        self._settings, self._client, self._now = settings, client, now
        spoken = dialect(settings.dialect)
        self._envelope, self._full = spoken.envelope, spoken.LIMIT
        self._last: float = float("inf")

    def read(self, number: int, window: Window) -> Fetched:
        files: list[Path] = []
        failure: FetchError | None = None
        counts, n_pages = None, 0
        for n in PASSES[:1] if window.why == "today" else PASSES:
            read = Read(partial(self._ask, number), self._envelope, self._spans(window, n), self._full)
            try:
                files.append(archive.write(self._settings, window, read, self._now))
            except (PageError, ServerError) as error:
                failure = error
                continue
            except Exception:
                self.stop(number)
                raise
            closed = read.reading(self._now())
            n_pages += closed.n_pages
            if not closed.doubt or closed.announced is None or counts == (closed.announced, closed.distinct):
                break
            counts = closed.announced, closed.distinct
        return Fetched(window, files, failure, n_pages)

    def stop(self, number: int = -1) -> None:
        """Begin no window after this one, and go on with none."""
        self._last = min(self._last, number)

    def _spans(self, window: Window, n: int) -> list[Span]:
        return parts(Span(window.since, window.until), n, self._settings.time_zone)

    def _ask(self, window: int, since: datetime, until: datetime, number: int) -> RawPage:
        if window > self._last:
            raise FetchError("The fetch was stopped; sync again.")
        return self._client.page(since, until, number)


def fetch(
    settings: Settings, client: Client, windows: Sequence[Window], now: Callable[[], datetime]
) -> Generator[Fetched, None, None]:
    """
    Yield windows in their order as they are read and archived, several of them under way at a time.

    A read that proves nothing is followed by one in smaller parts, unless the one before brought no more than it; all
    of them are kept.

    Parameters
    ----------
    settings
        The account; `connections` says how many windows are under way.
    client
        Asks for the pages. It is closed where the iteration is left early.
    windows
        What to read.
    now
        Gives the present instant.

    Raises
    ------
    FetchError
        The API refuses the key or the route, or cannot be reached; windows before that one were yielded.
    """
    queue = _Queue(settings, client, now)
    pool = ThreadPoolExecutor(settings.connections, "callkit-fetch")
    try:
        for future in [pool.submit(queue.read, *numbered) for numbered in enumerate(windows)]:
            yield future.result()
    except BaseException:
        queue.stop()
        client.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
