"""One day's tables in memory, made from its raw reads, and the statement of what they prove."""

import hashlib
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import structs

from callkit.fetch import archive
from callkit.fetch.archive import Archived
from callkit.fetch.windows import too_early
from callkit.settings import Settings
from callkit.tables.calls import Options
from callkit.tables.statement import UNREAD, Statement
from callkit.tables.tidy import Built, build, fingerprint

KEY = b"callkit"  # of the statement in a table's metadata
_MOST_READS = 12  # of a day never proven: a server that announces too many would else make it grow for ever


class Made(NamedTuple):
    """A day's tables in memory: its statement, both tables, and the lines of the quarantine file."""

    statement: Statement
    calls: pa.Table
    events: pa.Table
    quarantine: bytes


def make(settings: Settings, day: date, paths: list[Path]) -> Made:
    """
    Build a day's tables from its raw files, and write nothing.

    The last read counts where it is a proof. Where it is not, all that earlier reads brought since the last proof is
    taken together, so that nothing is lost, and the day stays incomplete. The same holds where records could not be
    read, until a second read brings the same ones: they may have been harmed on their way.

    Raises
    ------
    ArchiveError
        A raw file that is needed is damaged.
    """
    n_bytes, reads = size(paths), _reads(paths)
    built = _built(settings, reads)
    doubt = reads[0].reading.doubt
    if built.quarantined and not doubt:
        before = [read for read in _reads(paths[:-1]) if read.head.dialect == reads[0].head.dialect]
        lasting = {record.raw for record in _built(settings, before[:1]).quarantined} if before else set()
        if not {record.raw for record in built.quarantined} <= lasting:
            n, reads = len(built.quarantined), reads + before
            doubt = f"{n:,} {'record' if n == 1 else 'records'} {UNREAD}"
            built = _built(settings, reads)
    calls, events = _in_order(built)
    statement = _statement(settings, day, reads, built, calls, events)
    last = reads[0]
    doubt = doubt or too_early(last.head.until, last.reading.fetched_at, day, last.head.time_zone)
    statement = structs.replace(
        statement, raw=paths[-1].name, raw_bytes=n_bytes, doubt=doubt, is_complete=not doubt
    )
    metadata = {KEY: msgspec.json.encode(statement)}
    odd = (q._asdict() | {"raw": q.raw.decode("utf-8", "backslashreplace")} for q in built.quarantined)
    return Made(
        statement,
        calls.replace_schema_metadata(metadata),
        events.replace_schema_metadata(metadata),
        b"".join(msgspec.json.encode(record) + b"\n" for record in odd),
    )


def options(settings: Settings) -> Options:
    """Return what of the settings the tables depend on."""
    agents = {key: person.name for key, person in settings.agents.items() if person.name}
    return Options(
        settings.dialect, settings.time_zone, settings.account, settings.country, settings.grammar, agents
    )


def size(paths: list[Path]) -> int:
    """Return the bytes of the raw files that a day's tables are made from."""
    return sum(path.stat().st_size for path in paths[-_MOST_READS:])


def _reads(paths: list[Path]) -> list[Archived]:
    """Return the reads whose records count, the last one first: it alone, or back to the last proof."""
    reads: list[Archived] = []
    for path in reversed(paths[-_MOST_READS:]):
        read = archive.read(path)
        if reads and read.head.dialect != reads[0].head.dialect:
            break
        reads.append(read)
        if not read.reading.doubt:
            break
    return reads


def _built(settings: Settings, reads: list[Archived]) -> Built:
    pages = (page for read in reversed(reads) for page in read.pages)
    return build(pages, replace(options(settings), dialect=reads[0].head.dialect))


def _in_order(built: Built) -> tuple[pa.Table, pa.Table]:
    """Return calls by their start, and events in the order of their calls, each in one chunk."""
    calls = built.calls.sort_by([("started_at", "ascending"), ("call_key", "ascending")])
    place = pc.index_in(built.events["call_key"], value_set=calls["call_key"].combine_chunks())
    order = pc.sort_indices(
        pa.table({"place": place, "position": built.events["position"]}),
        sort_keys=[("place", "ascending"), ("position", "ascending")],
    )
    return calls.unify_dictionaries().combine_chunks(), built.events.take(
        order
    ).unify_dictionaries().combine_chunks()


def _statement(
    settings: Settings,
    day: date,
    reads: list[Archived],
    built: Built,
    calls: pa.Table,
    events: pa.Table,
) -> Statement:
    last = reads[0]
    forgotten = sum(read.forgotten for read in reads)
    keys = pc.min_max(calls["call_key"]).as_py()
    return Statement(
        day=day,
        announced=last.reading.announced or 0,
        received=built.received + forgotten,
        duplicates=built.duplicates,
        quarantined=len(built.quarantined),
        kept=calls.num_rows,
        forgotten=forgotten,
        n_pages=sum(read.reading.n_pages for read in reads),
        n_lines=events.num_rows,
        n_unknown_lines=_count(events, "step", "unknown"),
        n_contradictions=calls.num_rows - calls["contradictions"].null_count,
        n_assumed=_count(calls, "outcome_evidence", "assumed"),
        n_timed=built.clock.n_checked,
        n_off_clock=built.clock.n_off,
        off_by_s=built.clock.offset_s or 0,
        read_until=last.head.until,
        fetched_at=last.reading.fetched_at.astimezone(UTC),
        sha256=last.sha256 if len(reads) == 1 else _joint_hash(reads),
        unknown_keys=dict(built.unknown_keys),
        unknown_lines=dict(built.unknown_lines),
        fingerprint=fingerprint(options(settings)),
        first_key=keys["min"] or "",
        last_key=keys["max"] or "",
    )


def _joint_hash(reads: list[Archived]) -> str:
    return hashlib.sha256("".join(read.sha256 for read in reads).encode()).hexdigest()


def _count(table: pa.Table, column: str, word: str) -> int:
    return int(pc.sum(pc.equal(table[column].cast(pa.string()), word)).as_py() or 0)
