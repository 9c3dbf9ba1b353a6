"""One day's tables on disk: built from its raw reads, replaced at once, and the statement they carry.

``tables/<account>/calls/2026-11-16.parquet`` and its twin under ``events`` carry, in the file's own metadata, the
statement of the day, the raw file they were built from and the fingerprint of schema, grammar, zone and dialect.
Both tables of a day therefore tell by themselves whether they are of one piece and up to date; where they are not,
they are built again from raw. A record that cannot be read stands in ``quarantine/2026-11-16.jsonl``.
"""

import hashlib
import logging
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from callkit.fetch import archive
from callkit.fetch.archive import Archived
from callkit.fetch.windows import is_whole_day
from callkit.settings import Settings
from callkit.tables.calls import Options
from callkit.tables.statement import Statement
from callkit.tables.tidy import Built, build, fingerprint

log = logging.getLogger("callkit")
KINDS = ("calls", "events")
_KEY = b"callkit"
_LEFT_OVER_S = 3600
_MOST_READS = (
    12  # of a day that is never proven: a server that announces too many would else make it grow for ever
)


def path(settings: Settings, kind: str, day: date) -> Path:
    """Return the Parquet file of a day: `kind` is calls or events."""
    return settings.folder("tables") / kind / f"{day}.parquet"


def refresh(
    settings: Settings, since: date | None = None, until: date | None = None
) -> dict[date, Statement]:
    """
    Bring the tables of every archived day up to date and return the days' statements, in order.

    Days whose tables are missing, half written, older than the newest raw file or of another fingerprint are built
    again from raw; the others are only looked at.

    Raises
    ------
    ArchiveError
        A raw file that is needed is damaged.
    """
    expected = fingerprint(options(settings))
    statements, n_built = {}, 0
    for day, paths in archive.files(settings, since, until).items():
        calls, events = (_stored(path(settings, kind, day)) for kind in KINDS)
        if calls is None or calls != events or (calls.raw, calls.fingerprint) != (paths[-1].name, expected):
            calls, n_built = rebuild(settings, day, paths), n_built + 1
        statements[day] = calls
    if n_built:
        log.info("Built the tables of %d days from raw.", n_built)
    return statements


def rebuild(settings: Settings, day: date, paths: list[Path]) -> Statement:
    """
    Build a day's tables from its raw files and replace those on disk.

    The last read counts where it is a proof. Where it is not, all that earlier reads brought since the last proof is
    taken together, so that nothing is lost, and the day stays incomplete.
    """
    reads = _reads(paths)
    pages = (page for read in reversed(reads) for page in read.pages)
    built = build(pages, replace(options(settings), dialect=reads[0].head.dialect))
    calls, events = _in_order(built)
    statement = _statement(settings, day, paths[-1].name, reads, built, calls, events)
    metadata = {_KEY: msgspec.json.encode(statement)}
    _write_quarantine(settings, day, built)
    for kind, table in zip(KINDS, (calls, events), strict=True):
        with _replacing(path(settings, kind, day)) as partial:
            _write(table.replace_schema_metadata(metadata), partial)
    return statement


def options(settings: Settings) -> Options:
    """Return what of the settings the tables depend on."""
    agents = {key: person.name for key, person in settings.agents.items() if person.name}
    return Options(
        settings.dialect, settings.time_zone, settings.account, settings.country, settings.grammar, agents
    )


def clear_left_overs(settings: Settings) -> None:
    """Remove the half-written files of writers that were killed more than an hour ago."""
    for partial in settings.folder("tables").glob("*/.*.partial"):
        if time.time() - partial.stat().st_mtime > _LEFT_OVER_S:
            partial.unlink(missing_ok=True)


def _stored(file: Path) -> Statement | None:
    try:
        metadata: Mapping[bytes, bytes] = pq.read_metadata(file).metadata or {}
        return msgspec.json.decode(metadata[_KEY], type=Statement)
    except (FileNotFoundError, pa.ArrowInvalid, KeyError, msgspec.DecodeError) as error:
        log.debug("No tables to use in %s: %s", file.name, error)
        return None


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
    raw: str,
    reads: list[Archived],
    built: Built,
    calls: pa.Table,
    events: pa.Table,
) -> Statement:
    last = reads[0]
    doubt = last.reading.doubt
    if not doubt and not is_whole_day(last.head.until, last.reading.fetched_at, day, last.head.time_zone):
        doubt = f"the day had not ended; it is read up to {last.head.until:%H:%M}"
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
        is_complete=not doubt,
        doubt=doubt,
        read_until=last.head.until,
        fetched_at=last.reading.fetched_at.astimezone(UTC),
        sha256=last.sha256 if len(reads) == 1 else _joint_hash(reads),
        unknown_keys=dict(built.unknown_keys),
        unknown_lines=dict(built.unknown_lines),
        raw=raw,
        fingerprint=fingerprint(options(settings)),
        first_key=keys["min"] or "",
        last_key=keys["max"] or "",
    )


def _joint_hash(reads: list[Archived]) -> str:
    return hashlib.sha256("".join(read.sha256 for read in reads).encode()).hexdigest()


def _count(table: pa.Table, column: str, word: str) -> int:
    return int(pc.sum(pc.equal(table[column].cast(pa.string()), word)).as_py() or 0)


def _write(table: pa.Table, file: Path) -> None:
    words = [column.name for column in table.schema if pa.types.is_dictionary(column.type)]
    pq.write_table(
        table, file, compression="zstd", use_dictionary=words
    )  # elsewhere it costs more than it saves


def _write_quarantine(settings: Settings, day: date, built: Built) -> None:
    file = settings.folder("tables") / "quarantine" / f"{day}.jsonl"
    odd = (q._asdict() | {"raw": q.raw.decode("utf-8", "backslashreplace")} for q in built.quarantined)
    lines = b"".join(msgspec.json.encode(record) + b"\n" for record in odd)
    if lines:
        with _replacing(file) as partial:
            partial.write_bytes(lines)
    else:
        file.unlink(missing_ok=True)


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give another name beside a file to write under, and move it into place when that went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
