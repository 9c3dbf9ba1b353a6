"""One day's tables in memory, made from its raw reads, and the statement of what they prove."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import structs

from callkit.dialects import dialect
from callkit.errors import PageError
from callkit.fetch import archive
from callkit.fetch.archive import Archived
from callkit.fetch.places import AnyFile
from callkit.fetch.windows import LONGEST_CALL, too_early
from callkit.schema import WALL
from callkit.settings import Settings
from callkit.tables.calls import Options
from callkit.tables.statement import ONCE_MORE, UNREAD, Statement
from callkit.tables.tidy import Built, build, fingerprint

KEY = b"callkit"  # of the statement in a table's metadata
_MOST_READS = 12  # of a day never proven: a server that announces too many would else make it grow for ever


class Made(NamedTuple):
    """A day's tables in memory: its statement, both tables, and the lines of the quarantine file."""

    statement: Statement
    calls: pa.Table
    events: pa.Table
    quarantine: bytes


def make(options: Options, day: date, paths: Sequence[AnyFile]) -> Made:
    """
    Build a day's tables from its raw files, and write nothing.

    The last read counts where it is a proof. Where it is not, all that earlier reads brought since the last proof is
    taken together, so that nothing is lost, and the day stays incomplete. The same holds where records could not be
    read or fewer came than before, until a second read says the same: they may have been harmed on their way.

    Raises
    ------
    ArchiveError
        A raw file that is needed is damaged.
    """
    n_bytes, reads = size(paths), _reads(paths)
    built, doubt = _built(options, reads), reads[0].reading.doubt
    if not doubt and (doubt := _second_thought(options, built, reads[0], before := _before(paths, reads[0]))):
        with suppress(
            PageError
        ):  # where the earlier reads cannot be told apart at all, they have nothing to add
            built = _built(options, reads + before)
            reads += before
    calls, events = _in_order(built)
    statement = _statement(options, day, reads, built, calls, events)
    doubt = doubt or _misplaced(options, day, reads[0], calls)
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


def size(paths: Sequence[AnyFile]) -> int:
    """Return the bytes of a day's raw files."""
    return sum(path.stat().st_size if isinstance(path, Path) else path.size for path in paths)


def _reads(paths: Sequence[AnyFile]) -> list[Archived]:
    """Return the reads whose records count, the last one first: it alone, or the latest back to the last proof."""
    reads: list[Archived] = []
    for path in reversed(paths):
        read = archive.read(path)
        if reads and read.head.dialect != reads[0].head.dialect:
            break
        is_proof = not read.reading.doubt
        if is_proof or len(reads) < _MOST_READS:
            reads.append(read)
        if is_proof:
            break
    return reads


def _before(paths: Sequence[AnyFile], last: Archived) -> list[Archived]:
    """Return the reads before the last one, back to the proof before it, of the same dialect."""
    return [read for read in _reads(paths[:-1]) if read.head.dialect == last.head.dialect]


def _second_thought(options: Options, built: Built, last: Archived, before: list[Archived]) -> str:
    """Say why a read that ties is taken for no proof until another one says the same; empty where it is one."""
    odd = {record.raw for record in built.quarantined}
    if odd and not (before and odd <= {record.raw for record in _built(options, before[:1]).quarantined}):
        return f"{len(odd):,} {'record' if len(odd) == 1 else 'records'} {UNREAD}"
    most = max((_brought(read) for read in before), default=0)
    if before and _brought(last) < most and _brought(last) != _brought(before[0]):
        return f"it announced {_brought(last):,}, where an earlier read brought {most:,}; {ONCE_MORE}"
    return ""


def _brought(read: Archived) -> int:
    return read.reading.received if read.reading.distinct is None else read.reading.distinct


def _misplaced(options: Options, day: date, last: Archived, calls: pa.Table) -> str:
    """Say why a read that ties is none of this day's calls on the account's clock; empty where it is."""
    head, zone = last.head, last.head.time_zone
    if zone != options.time_zone and dialect(head.dialect).SENDS_ZONE:
        return f"it was asked for in zone {zone}"
    slack = int(LONGEST_CALL.total_seconds() * 1e6)
    since, until = (pa.scalar(moment, WALL).cast(pa.int64()).as_py() for moment in (head.since, head.until))
    starts = calls["started_local"].cast(pa.int64())
    outside = pc.or_(pc.less(starts, since - slack), pc.greater_equal(starts, until + slack))
    if n := pc.sum(outside).as_py():
        return (
            f"{n:,} of {len(starts):,} calls are of other days, as if the API ignored from_date and to_date"
        )
    return too_early(head.until, last.reading.fetched_at, day, zone)


def _built(options: Options, reads: list[Archived]) -> Built:
    pages = (page for read in reversed(reads) for page in read.pages)
    return build(pages, replace(options, dialect=reads[0].head.dialect))


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
    options: Options,
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
        fingerprint=fingerprint(options),
        first_key=keys["min"] or "",
        last_key=keys["max"] or "",
    )


def _joint_hash(reads: list[Archived]) -> str:
    return hashlib.sha256("".join(read.sha256 for read in reads).encode()).hexdigest()


def _count(table: pa.Table, column: str, word: str) -> int:
    return int(pc.sum(pc.equal(table[column].cast(pa.string()), word)).as_py() or 0)
