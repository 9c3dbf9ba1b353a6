"""The right to be forgotten: take everything that shows one number out of the account's files.

The tables of a day go before its raw files are rewritten and are built again afterwards, so that a run that is killed
never leaves tables that tell more than raw does; the next run finishes its work.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from tqdm import tqdm

from callkit import clock
from callkit.dialects import dialect
from callkit.errors import ArchiveError, PageError, UsageError
from callkit.fetch import archive
from callkit.fetch.archive import Archived
from callkit.fetch.windows import Known, is_whole_day, wanting
from callkit.pipeline import deletions, published, stored
from callkit.pipeline.forgotten import Forgotten
from callkit.pipeline.writings import Sought
from callkit.privacy import e164, masked
from callkit.settings import Settings
from callkit.tables.days import rebuild, refresh

_SWEEPS = 3


@dataclass
class _Day:
    """What of a day shows the number."""

    day: date
    tables: list[Path]
    show_tables: bool = False
    raw: dict[Path, str] = field(default_factory=dict)
    n_pages: int = 0
    n_records: int = 0
    returns: bool = False


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
        found = [*_search(settings, sought, caller, now(), None if progress is None else not progress)]
        touched = [day for day in found if day.raw or day.show_tables]
        pages = published.showing(settings, sought)
        folder = settings.folder("reports")
        report = Forgotten(
            account=settings.account,
            caller=masked(caller, settings.country),
            is_trial=dry_run,
            days=tuple(day.day for day in touched),
            n_raw_files=sum(len(day.raw) for day in touched),
            n_pages=sum(day.n_pages for day in touched),
            n_records=sum(day.n_records for day in touched),
            reports=tuple(path.relative_to(folder).as_posix() for path in pages),
            returning=tuple(day.day for day in found if day.returns),
        )
        if not dry_run and (touched or pages):
            with deletions.noted(settings, "forget", report.days, report.numbers, now):
                for path in pages:
                    path.unlink(missing_ok=True)
                for day in touched:
                    _take_out(settings, day, sought)
                _sweep(settings, touched, sought)
        if not dry_run and found:
            refresh(settings)
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
        raise _ours(settings, caller, "it stands in [dids]")
    return caller


def _ours(settings: Settings, caller: str, why: str) -> UsageError:
    return UsageError(
        f"The number given ({masked(caller, settings.country)}) is one of our own: {why}; name a caller's number."
    )


def _search(
    settings: Settings, sought: Sought, caller: str, moment: datetime, hidden: bool | None
) -> Iterator[_Day]:
    """Look through all files, a raw file at a time, and yield each day."""
    raw, tables = archive.files(settings), stored.files(settings)
    days = sorted({*raw, *tables})
    for day in tqdm(days, desc=f"Searching {settings.account}", unit="day", disable=hidden, leave=False):
        found = _Day(day, tables.get(day, []))
        found.show_tables = any(stored.shows(path, sought) for path in found.tables)
        if found.show_tables and caller in stored.lines_of(found.tables, settings.country):
            raise _ours(settings, caller, f"calls of {day} came in on it or went out from it")
        for path in raw.get(day, []):
            read = archive.read(path)
            taken = [
                n for page in read.pages if (n := _without(page.body, sought, read.head.dialect, path)[1])
            ]
            if taken:
                found.raw[path] = read.head.dialect
                found.n_pages, found.n_records = found.n_pages + len(taken), found.n_records + sum(taken)
            if path == raw[day][-1]:
                found.returns = bool(found.raw or read.forgotten) and _is_read_again(
                    settings, day, read, moment
                )
        yield found


def _is_read_again(settings: Settings, day: date, read: Archived, moment: datetime) -> bool:
    """Tell whether the next sync reads a day again, given its last read."""
    whole = is_whole_day(read.head.until, read.reading.fetched_at, day, read.head.time_zone)
    known = {day: Known(read.reading.fetched_at, whole and not read.reading.doubt)}
    return bool(wanting(day, day + timedelta(days=1), known, moment, settings.time_zone))


def _without(body: bytes, sought: Sought, dialect_name: str, path: Path) -> tuple[bytes, int]:
    """Return a page without the records that show the number, and how many these were."""
    if not sought.stands_in(body):
        return body, 0
    form = dialect(dialect_name)
    try:
        records = form.records(body)
        kept = [record for record in map(bytes, records) if not sought.stands_in(record)]
        body = form.with_records(body, kept)
    except PageError as error:
        raise ArchiveError(f"Raw file {path.name} cannot be searched: {error}") from error
    if sought.stands_in(body):
        message = f"Raw file {path.name} shows the number outside of its records; remove it and sync again."
        raise ArchiveError(message)
    return body, len(records) - len(kept)


def _take_out(settings: Settings, day: _Day, sought: Sought) -> None:
    for path in day.tables:
        path.unlink(missing_ok=True)
    for path, name in day.raw.items():
        archive.rewrite(path, partial(_without, sought=sought, dialect_name=name, path=path))
    _rebuild(settings, day.day)


def _sweep(settings: Settings, touched: list[_Day], sought: Sought) -> None:
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
