"""Bring an account up to date: fetch the days that are wanting, archive them, build their tables, prove them."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import structs
from tqdm import tqdm

from callkit import clock
from callkit.errors import FetchError, PageError, UsageError
from callkit.fetch import archive
from callkit.fetch.client import Client
from callkit.fetch.windows import LONGEST_CALL, Known, Window, wanting
from callkit.pipeline.fetching import Fetched, fetch
from callkit.pipeline.sync_report import SyncReport
from callkit.settings import Settings
from callkit.tables.days import clear_left_overs, rebuild
from callkit.tables.statement import Statement, frame
from callkit.tables.upkeep import refresh

log = logging.getLogger("callkit")
MOST_FAILED = 3  # days in a row that cannot be read before the API is taken to be out of order


def sync(
    settings: Settings,
    since: date,
    until: date,
    *,
    progress: bool | None = None,
    client: Client | None = None,
    now: Callable[[], datetime] = clock.now,
) -> SyncReport:
    """
    Fetch the days of a span that are wanting, archive them as received and bring the tables up to date.

    Each day is archived before it is parsed, and done when its tables stand; an error leaves all days before it done.
    A day that alone cannot be read is passed over, marked as not complete and asked for again next time.

    Parameters
    ----------
    settings
        The account.
    since, until
        First day, and the day after the last one.
    progress
        Show a progress bar; default: on a terminal only.
    client
        Client to fetch with; default: one made from the settings.
    now
        Gives the present instant.

    Raises
    ------
    UsageError
        The account has no key, or the span is empty or lies ahead; nothing was written.
    FetchError
        The API could not be read.
    ArchiveError
        A raw file that is needed is damaged.
    LockedError
        Another sync of this account is running.
    """
    settings.require_key()
    today = clock.wall(now(), settings.time_zone).date()
    _require_span(since, until, today)
    with archive.lock(settings), client or Client(settings) as source:
        clear_left_overs(settings)
        statements = refresh(settings, since, until, tolerant=True)
        known = {day: Known(s.fetched_at, s.is_complete) for day, s in statements.items() if s.fetched_at}
        windows = wanting(since, until, known, now(), settings.time_zone)
        held = _Held(statements, archive.files(settings, since, until))
        failed = held.take(settings, source, windows, now, progress)
        failed |= held.take(settings, source, [w for w in windows if held.wants(w.day)], now, progress)
    for day, why in failed.items():
        statements[day] = _doubted(statements.get(day, Statement(day)), str(why))
    table, opened = frame(statements, since, until), clock.wall(now() - LONGEST_CALL, settings.time_zone)
    return SyncReport(
        settings.account, since, until, opened.date(), settings.time_zone, tuple(windows), table
    )


class _Held(NamedTuple):
    """What is held of each day: its statement, and its raw files."""

    statements: dict[date, Statement]
    reads: dict[date, list[Path]]

    def wants(self, day: date) -> bool:
        """Tell whether a day's last read may have been harmed on its way."""
        return day in self.statements and self.statements[day].wants_a_second_read

    def take(
        self,
        settings: Settings,
        source: Client,
        windows: Sequence[Window],
        now: Callable[[], datetime],
        progress: bool | None,
    ) -> dict[date, FetchError]:
        """Fetch windows and build their days, and return why others could not be read."""
        with closing(fetch(settings, source, windows, now)) as fetched:
            shown = _shown(fetched, windows, settings.account, progress)
            return _built(settings, shown, self.statements, self.reads)


def _built(
    settings: Settings,
    fetched: Iterable[Fetched],
    statements: dict[date, Statement],
    reads: dict[date, list[Path]],
) -> dict[date, FetchError]:
    """Build the tables of each day that came, and return why others could not be read."""
    failed: dict[date, FetchError] = {}
    is_any_read, in_a_row = False, 0
    for window, files, failure, _ in fetched:
        day = window.day
        if failure is None or files:
            is_any_read, in_a_row = True, 0
            reads.setdefault(day, []).extend(files)
            try:
                statements[day] = rebuild(settings, day, reads[day])
                continue
            except PageError as error:
                failure = error
        else:
            in_a_row += 1
        failed[day] = failure
        if in_a_row == MOST_FAILED:
            raise failure
        log.warning("%s could not be read: %s", day, failure)
    if failed and not is_any_read:
        raise next(iter(failed.values()))
    return failed


def _require_span(since: date, until: date, today: date) -> None:
    if since > today:
        message = f"since {since} lies ahead: today is {today}, and calls are fetched once they are made."
        raise UsageError(message)
    if not since < until:
        raise UsageError(f"since {since} is not before until {until}; until is the day after the last one.")


def _shown(
    fetched: Iterator[Fetched], windows: Sequence[Window], account: str, progress: bool | None
) -> Iterator[Fetched]:
    """Show a bar with the pages a second and the time left, on a terminal or where it is asked for."""
    hidden = None if progress is None else not progress
    n_pages = 0
    with tqdm(
        total=len(windows), desc=f"Fetching {account}", unit=" days", disable=hidden, leave=False
    ) as bar:
        for found in fetched:
            n_pages += found.n_pages
            seconds = bar.format_dict["elapsed"]
            bar.set_postfix_str(f"{n_pages / seconds:.1f} pages/s" if seconds else "", refresh=False)
            bar.update()
            yield found


def _doubted(statement: Statement, why: str) -> Statement:
    """Return a day's statement with the failure of its last read, which leaves what was held before."""
    if statement.is_complete:
        return statement
    return structs.replace(statement, doubt=f"it could not be read: {why.rstrip('.')}")
