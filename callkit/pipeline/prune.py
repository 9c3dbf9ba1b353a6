"""Retention: remove what is older than it may be kept."""

import calendar
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from callkit import clock
from callkit.errors import UsageError
from callkit.fetch import archive
from callkit.pipeline import deletions, published, stored
from callkit.pipeline.wording import as_text, several, size, span
from callkit.settings import Settings

_DAYS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}


@dataclass(frozen=True)
class Pruned:
    """
    What was removed, or would be.

    Parameters
    ----------
    account
        The account.
    until
        The first day that is kept.
    is_trial
        True where nothing was removed.
    raw, tables
        Raw files, and files of tables and quarantine, by day.
    reports
        Internal reports, executed notebooks and failed runs, named from the folder of reports on.
    n_bytes
        Size of all of them.
    """

    account: str
    until: date
    is_trial: bool
    raw: dict[date, list[Path]] = field(repr=False)
    tables: dict[date, list[Path]] = field(repr=False)
    reports: list[str] = field(repr=False)
    n_bytes: int

    @property
    def n_files(self) -> int:
        """Files in all."""
        return sum(map(len, [*self.raw.values(), *self.tables.values()])) + len(self.reports)

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a heading and a sentence."""
        lines = [("Account", f"{self.account}; what is of days before {self.until} goes.")]
        for heading, files in (("Raw", self.raw), ("Tables", self.tables)):
            n = sum(map(len, files.values()))
            of = f" of {several(len(files), 'day')}, {span(files)}" if files else ""
            lines.append((heading, f"{several(n, 'file')}{of}."))
        lines.append(("Reports", f"{several(len(self.reports), 'file')}{':' if self.reports else '.'}"))
        lines += [("", name) for name in self.reports]
        done = "would be removed; nothing was" if self.is_trial else "removed"
        lines.append(("Together", f"{several(self.n_files, 'file')} ({size(self.n_bytes)}) {done}."))
        if self.raw:
            lines.append(("Note", "a sync or a report of these days would fetch them again."))
        return lines

    def __str__(self) -> str:
        return as_text(self.lines())


def prune(
    settings: Settings, older_than: str, *, dry_run: bool = False, now: Callable[[], datetime] = clock.now
) -> Pruned:
    """
    Remove raw files, tables, internal reports and executed notebooks that are wholly older than an age.

    Shared pages stay: they show no number. Each deletion is noted in the account's log of deletions.

    Parameters
    ----------
    settings
        The account.
    older_than
        The age: a number of days, weeks, months or years, like ``24m``.
    dry_run
        Remove nothing, only say what would go.
    now
        Gives the present instant.

    Raises
    ------
    UsageError
        The age cannot be read.
    LockedError
        A sync of this account is running, or a report is being made.
    """
    until = first_kept(older_than, clock.wall(now(), settings.time_zone).date())
    with ExitStack() as held:
        if not dry_run:
            held.enter_context(archive.lock(settings))
            held.enter_context(published.locked(settings))
        raw, tables = archive.files(settings, until=until), stored.files(settings, until)
        reports = published.older(settings, until)
        files = [*_all(tables), *_all(raw), *reports]
        folder = settings.folder("reports")
        names = [path.relative_to(folder).as_posix() for path in reports]
        size_all = sum(path.stat().st_size for path in files)
        found = Pruned(settings.account, until, dry_run, raw, tables, names, size_all)
        if files and not dry_run:
            _remove(settings, found, files, now)
    return found


def first_kept(older_than: str, today: date) -> date:
    """
    Return the first day that is not wholly older than an age.

    >>> first_kept("24m", date(2026, 11, 23)), first_kept("1m", date(2026, 3, 31))
    (datetime.date(2024, 11, 23), datetime.date(2026, 2, 28))

    Raises
    ------
    UsageError
        The age cannot be read, or reaches back before the calendar.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,5})([dwmy])", older_than.strip())
    try:
        if found and found[2] in _DAYS:
            return today - timedelta(days=int(found[1]) * _DAYS[found[2]])
        if found:
            year, month = divmod(today.year * 12 + today.month - 1 - int(found[1]) * _MONTHS[found[2]], 12)
            return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError, IndexError):
        pass
    raise UsageError(
        f"older-than {older_than!r} is not an age; write a number above 0 and d, w, m or y, like 24m."
    )


def _all(files: dict[date, list[Path]]) -> Iterator[Path]:
    for paths in files.values():
        yield from paths


def _remove(settings: Settings, found: Pruned, files: list[Path], now: Callable[[], datetime]) -> None:
    days = {*found.raw, *found.tables}
    numbers = {
        "raw_files": len([*_all(found.raw)]),
        "table_files": len([*_all(found.tables)]),
        "report_files": len(found.reports),
    }
    with deletions.noted(settings, "prune", days, numbers, now):
        for path in files:
            path.unlink(missing_ok=True)
    for folder in {path.parent for path in files}:
        if not any(folder.iterdir()):
            folder.rmdir()
