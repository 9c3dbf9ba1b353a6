"""Prove that what is held is what was received: every raw file, and every day's tables against it. Reads only."""

import fcntl
import logging
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from callkit.dialects import dialect
from callkit.errors import ArchiveError, NoDataError, PageError
from callkit.fetch import archive
from callkit.fetch.archive import Archived
from callkit.pipeline import stored
from callkit.pipeline.wording import as_text, several, size
from callkit.settings import Settings
from callkit.tables.days import KINDS, held, path, write
from callkit.tables.making import make, options
from callkit.tables.tidy import fingerprint

log = logging.getLogger("callkit")
_STAMP = "%Y%m%dT%H%M%SZ"
_LOOKS = 10  # at a day's tables while a sync is running, a second apart: it may just be writing them


@dataclass(frozen=True)
class Verified:
    """
    What was read, and what of it is damaged.

    Parameters
    ----------
    account
        The account.
    n_files, n_pages, n_records, n_bytes
        Raw files that are whole, the pages and records in them, and the bytes of the pages as received.
    n_days, n_unbuilt
        Days whose tables were compared with raw, and days whose tables the next load builds: there are none, or they
        were built with other settings.
    damages
        A sentence for each damage, with its remedy.
    """

    account: str
    n_files: int
    n_pages: int
    n_records: int
    n_bytes: int
    n_days: int
    n_unbuilt: int
    damages: tuple[str, ...]

    def lines(self) -> list[tuple[str, str]]:
        """Return the report as pairs of a heading and a sentence."""
        raw = f"{several(self.n_files, 'whole file')}: {several(self.n_pages, 'page')}"
        raw += f", {several(self.n_records, 'record')}, {size(self.n_bytes)} as received."
        tables = f"those of {several(self.n_days, 'day')} are what raw gives."
        lines = [("Account", f"{self.account}."), ("Raw", raw), ("Tables", tables)]
        if self.n_unbuilt:
            lines.append(
                ("", f"{several(self.n_unbuilt, 'day')} without tables to compare; a load builds them.")
            )
        lines += [("Damaged", damage) for damage in self.damages or ("nothing.",)]
        return lines

    def __str__(self) -> str:
        return as_text(self.lines())


def verify(
    settings: Settings, since: date | None = None, until: date | None = None, *, progress: bool | None = None
) -> Verified:
    """
    Check every raw file and every day's tables.

    Of a raw file, each page must match its hash, the closing statement must count what the pages hold, and account,
    day and time must be those of its name. A day's tables must be of one piece, built from its newest raw file, and the
    same as those that raw gives now.

    Parameters
    ----------
    settings
        The account.
    since, until
        Only these days: the first, and the day after the last one.
    progress
        Show a progress bar; default: on a terminal only.

    Raises
    ------
    NoDataError
        There is nothing to check.
    """
    raw = archive.files(settings, since, until)
    tables = {day for day in stored.files(settings, until) if since is None or since <= day}
    days = sorted({*raw, *tables})
    if not days:
        raise NoDataError(
            f"No call records of account {settings.account!r} are here; fetch them with callkit sync."
        )
    counts: Counter[str] = Counter()
    damages: list[str] = []
    hidden = None if progress is None else not progress
    for day in tqdm(days, desc=f"Verifying {settings.account}", unit="day", disable=hidden, leave=False):
        found = [*_raw_damages(settings, day, raw.get(day, []), counts)]
        if not found:
            found = [damage] if (damage := _settled(settings, day, counts)) else []
        damages += found
    return Verified(
        settings.account,
        n_files=counts["files"],
        n_pages=counts["pages"],
        n_records=counts["records"],
        n_bytes=counts["bytes"],
        n_days=counts["days"],
        n_unbuilt=counts["unbuilt"],
        damages=tuple(damages),
    )


def _raw_damages(settings: Settings, day: date, paths: list[Path], counts: Counter[str]) -> Iterator[str]:
    earlier = datetime.min.replace(tzinfo=UTC)
    for file in paths:
        try:
            read = archive.read(file)
            why = _wrong(settings, day, file, read, earlier)
        except (ArchiveError, PageError) as error:
            if file.exists():
                yield str(error)
            continue
        if why:
            yield f"Raw file {file.name} {why}; restore it from a copy, or remove it and sync again."
            continue
        earlier = read.reading.fetched_at
        counts["files"] += 1
        counts["pages"] += len(read.pages)
        counts["records"] += read.reading.received - read.forgotten
        counts["bytes"] += sum(len(page.body) for page in read.pages)


def _wrong(settings: Settings, day: date, file: Path, read: Archived, earlier: datetime) -> str:
    """Say what about a raw file is not as it must be, although each of its pages is."""
    records = dialect(read.head.dialect).records
    n_records = sum(len(records(page.body)) for page in read.pages) + read.forgotten
    closing, fetched_at = read.reading, read.reading.fetched_at.astimezone(UTC)
    named = file.name.split(".")[1]
    if read.head.account != settings.account:
        return f"belongs to account {read.head.account!r}"
    if read.head.day != day or file.parent.name != str(day.year):
        return f"holds {read.head.day}, and its name says otherwise"
    if named < f"{fetched_at:{_STAMP}}" or fetched_at < earlier:
        return "was read at another time than its name and its neighbours say"
    if (closing.n_pages, closing.received) != (len(read.pages), n_records):
        said = f"{several(closing.received, 'record')} on {several(closing.n_pages, 'page')}"
        return f"closes with {said}, and holds {n_records:,} on {len(read.pages):,}"
    return ""


def _settled(settings: Settings, day: date, counts: Counter[str]) -> str:
    """Return what is wrong with a day's tables, and go on looking while a sync may be about to write them."""
    for _ in range(_LOOKS):
        damage = _table_damage(settings, day, counts)
        if not damage or not _is_written(settings):
            break
        time.sleep(1)
    return damage


def _is_written(settings: Settings) -> bool:
    try:
        with (settings.folder("raw") / ".lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _table_damage(settings: Settings, day: date, counts: Counter[str]) -> str:
    remedy = f"build them again with callkit sync --rebuild --since {day} --until {day + timedelta(days=1)}."
    raw = archive.files(settings, day, day + timedelta(days=1)).get(day, [])
    calls, events = (held(settings, kind, day) for kind in KINDS)
    if not raw:
        return f"Tables of {day} have no raw file; restore it from a copy, or sync that day again."
    if not any(path(settings, kind, day).exists() for kind in KINDS):
        counts["unbuilt"] += 1
        return ""
    if calls is None or calls != events:
        return f"Tables of {day} are not of one piece; {remedy}"
    if calls.raw != raw[-1].name:
        return f"Tables of {day} were built before its newest raw file; {remedy}"
    if calls.received != calls.kept + calls.duplicates + calls.quarantined + calls.forgotten:
        return f"The statement of {day} does not add up; {remedy}"
    if calls.fingerprint != fingerprint(options(settings)):
        counts["unbuilt"] += 1
        return ""
    try:
        is_same = _is_what_raw_gives(settings, day, raw)
    except (ArchiveError, PageError) as error:
        return str(error)
    if not is_same:
        return f"Tables of {day} are not what raw gives; {remedy}"
    counts["days"] += 1
    return ""


def _is_what_raw_gives(settings: Settings, day: date, raw: list[Path]) -> bool:
    made = make(options(settings), day, raw)
    pairs = zip(KINDS, (made.calls, made.events), strict=True)
    return all(_is_same(path(settings, kind, day), fresh) for kind, fresh in pairs) and (
        _quarantine(settings, day) == made.quarantine
    )


def _is_same(file: Path, fresh: pa.Table) -> bool:
    sink = pa.BufferOutputStream()
    write(fresh, sink)
    written = sink.getvalue()
    try:
        if file.read_bytes() == written.to_pybytes():
            return True
        return bool(
            pq.ParquetFile(file, page_checksum_verification=True)
            .read()
            .equals(pq.ParquetFile(written).read())
        )
    except (OSError, pa.ArrowInvalid) as error:
        log.debug("%s cannot be read: %s", file.name, error)
        return False


def _quarantine(settings: Settings, day: date) -> bytes:
    file = settings.folder("tables") / "quarantine" / f"{day}.jsonl"
    return file.read_bytes() if file.exists() else b""
