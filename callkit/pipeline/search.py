"""Look for a number in everything an account holds of its days, and take the records that show it out of a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from tqdm import tqdm

from callkit.dialects import dialect
from callkit.errors import ArchiveError, PageError, UsageError
from callkit.fetch import archive
from callkit.fetch.archive import Archived
from callkit.fetch.windows import Known, too_early, wanting
from callkit.pipeline import stored
from callkit.pipeline.writings import Sought
from callkit.privacy import masked
from callkit.settings import Settings


@dataclass
class Day:
    """
    What of a day shows the number.

    Parameters
    ----------
    day
        The day.
    tables, show_tables
        All files of its tables, and whether any of them shows it.
    raw
        Raw files that show it, and the dialect of each.
    n_pages, n_records
        Pages and records in them that do.
    returns
        Whether the next sync reads the day again, where the number stands or stood in raw.
    """

    day: date
    tables: list[Path]
    show_tables: bool = False
    raw: dict[Path, str] = field(default_factory=dict)
    n_pages: int = 0
    n_records: int = 0
    returns: bool = False

    @property
    def is_touched(self) -> bool:
        """Whether anything of the day shows the number."""
        return self.show_tables or bool(self.raw)


def ours(settings: Settings, caller: str, why: str) -> UsageError:
    """Return the refusal of a number that is one of our own."""
    return UsageError(
        f"The number given ({masked(caller, settings.country)}) is one of our own: {why}; name a caller's number."
    )


def search(
    settings: Settings, sought: Sought, caller: str, moment: datetime, hidden: bool | None
) -> Iterator[Day]:
    """
    Look through all files of all days, one at a time, and yield each day.

    Raises
    ------
    UsageError
        The number is one of our own: calls came in on it, or went out from it.
    ArchiveError
        A raw file is damaged, or shows the number outside of its records.
    """
    raw, tables = archive.files(settings), stored.files(settings)
    days = sorted({*raw, *tables})
    for day in tqdm(days, desc=f"Searching {settings.account}", unit="day", disable=hidden, leave=False):
        found = Day(day, tables.get(day, []))
        found.show_tables = any(stored.shows(path, sought) for path in found.tables)
        if found.show_tables and caller in stored.lines_of(found.tables, settings.country):
            raise ours(settings, caller, f"calls of {day} came in on it or went out from it")
        for path in raw.get(day, []):
            read = archive.read(path)
            taken = [
                n for page in read.pages if (n := without(page.body, sought, read.head.dialect, path)[1])
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
    early = too_early(read.head.until, read.reading.fetched_at, day, read.head.time_zone)
    known = {day: Known(read.reading.fetched_at, not (early or read.reading.doubt))}
    return bool(wanting(day, day + timedelta(days=1), known, moment, settings.time_zone))


def without(body: bytes, sought: Sought, dialect_name: str, path: Path) -> tuple[bytes, int]:
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
