"""The right to be forgotten: take everything that shows one number out of the account's files.

The tables of a day go before its raw files are rewritten and are built again afterwards, so that a run that is killed
never leaves tables that tell more than raw does; the next run finishes its work.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from callkit import clock
from callkit.errors import ArchiveError, PageError, UsageError
from callkit.fetch import archive
from callkit.pipeline import deletions, published, stored
from callkit.pipeline.forgotten import Forgotten
from callkit.pipeline.search import Day, ours, search, without
from callkit.pipeline.writings import Sought
from callkit.privacy import e164, masked
from callkit.settings import Settings
from callkit.tables.days import clear_left_overs, rebuild
from callkit.tables.upkeep import refresh

_SWEEPS = 3


def forget(
    settings: Settings,
    number: str,
    *,
    dry_run: bool = False,
    progress: bool | None = None,
    now: Callable[[], datetime] = clock.now,
) -> Forgotten:
    """
    Take every record of a caller out of the archive, and every table and report that shows the number.

    It is the one exception to append-only: pages that hold a record with the number in any field are rewritten without
    it. The account's log of deletions tells when and how much, not whose.

    Parameters
    ----------
    settings
        The account.
    number
        The caller's number, national or international.
    dry_run
        Change nothing, only say what would go.
    progress
        Show a progress bar; default: on a terminal only.
    now
        Gives the present instant.

    Raises
    ------
    UsageError
        The number is not a whole one, or is one of our own.
    ArchiveError
        A raw file is damaged, or shows the number outside of its records; nothing was changed.
    LockedError
        A sync of this account is running, or a report is being made.
    """
    caller = caller_of(settings, number)
    sought = Sought(caller, settings.country)
    with ExitStack() as held:
        if not dry_run:
            held.enter_context(archive.lock(settings))
            held.enter_context(published.locked(settings))
        found = [*search(settings, sought, caller, now(), None if progress is None else not progress)]
        touched = [day for day in found if day.is_touched]
        pages = published.showing(settings, sought)
        report = _report(settings, caller, found, pages, is_trial=dry_run)
        if not dry_run and (touched or pages):
            with deletions.noted(settings, "forget", report.days, report.numbers, now):
                for path in pages:
                    path.unlink(missing_ok=True)
                for day in touched:
                    _take_out(settings, day, sought)
                _sweep(settings, touched, sought)
        if not dry_run and found:
            refresh(settings)
            clear_left_overs(settings)
    return report


def caller_of(settings: Settings, number: str) -> str:
    """
    Return a caller's number in E.164.

    Raises
    ------
    UsageError
        It is not a whole number, or one of our own.
    """
    caller = e164(number.strip(), settings.country)
    if caller is None:
        raise UsageError("The number given is not a whole phone number; write it like +447700900123.")
    if caller in {e164(did, settings.country) for did in settings.dids}:
        raise ours(settings, caller, "it stands in [dids]")
    return caller


def _report(
    settings: Settings, caller: str, found: list[Day], pages: list[Path], *, is_trial: bool
) -> Forgotten:
    touched, folder = [day for day in found if day.is_touched], settings.folder("reports")
    return Forgotten(
        account=settings.account,
        caller=masked(caller, settings.country),
        is_trial=is_trial,
        days=tuple(day.day for day in touched),
        n_raw_files=sum(len(day.raw) for day in touched),
        n_pages=sum(day.n_pages for day in touched),
        n_records=sum(day.n_records for day in touched),
        reports=tuple(path.relative_to(folder).as_posix() for path in pages),
        returning=tuple(day.day for day in found if day.returns),
    )


def _take_out(settings: Settings, day: Day, sought: Sought) -> None:
    for path in day.tables:
        path.unlink(missing_ok=True)
    for path, name in day.raw.items():
        archive.rewrite(path, partial(without, sought=sought, dialect_name=name, path=path))
    _rebuild(settings, day.day)


def _sweep(settings: Settings, touched: list[Day], sought: Sought) -> None:
    """Build days again whose tables another process wrote meanwhile from what it had read before."""
    for _ in range(_SWEEPS):
        tables = stored.files(settings)
        stale = [
            day.day for day in touched if any(stored.shows(path, sought) for path in tables.get(day.day, []))
        ]
        for day in stale:
            _rebuild(settings, day)
        if not stale:
            return


def _rebuild(settings: Settings, day: date) -> None:
    """Build a day's tables; one that cannot be built is named at the end, when no file shows the number any more."""
    if paths := archive.files(settings, day, day + timedelta(days=1)).get(day):
        with suppress(ArchiveError, PageError):
            rebuild(settings, day, paths)
