"""One day's tables on disk: built from its raw reads, replaced at once, and the statement they carry.

``tables/<account>/calls/2026-11-16.parquet`` and its twin under ``events`` carry, in the file's own metadata, the
statement of the day, the raw file they were built from and the fingerprint of schema, grammar, zone and dialect.
Both tables of a day therefore tell by themselves whether they are of one piece and up to date; where they are not,
they are built again from raw. A record that cannot be read stands in ``quarantine/2026-11-16.jsonl``.
"""

import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from threading import get_ident

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from callkit.fetch.places import AnyFile
from callkit.settings import Settings
from callkit.tables.calls import Options
from callkit.tables.making import KEY, make, options, size
from callkit.tables.statement import Statement

log = logging.getLogger("callkit")
KINDS = ("calls", "events")
_LEFT_OVER_S = 3600


def path(settings: Settings, kind: str, day: date) -> Path:
    """Return the Parquet file of a day: `kind` is calls or events."""
    return settings.folder("tables") / kind / f"{day}.parquet"


def rebuild(settings: Settings, day: date, paths: Sequence[Path]) -> Statement:
    """Build a day's tables from its raw files and replace those on disk; see `make`."""
    return build(settings.folder("tables"), options(settings), day, paths)


def build(folder: Path, options: Options, day: date, paths: Sequence[Path]) -> Statement:
    """Build a day's tables from its raw files and replace those in a folder of tables; see `make`."""
    made = make(options, day, paths)
    _write_quarantine(folder / "quarantine" / f"{day}.jsonl", made.quarantine)
    for kind, table in zip(KINDS, (made.calls, made.events), strict=True):
        with replacing(folder / kind / f"{day}.parquet") as partial:
            write(table, partial)
    return made.statement


def clear_left_overs(settings: Settings) -> None:
    """Remove the half-written files of writers that are no more."""
    for partial in settings.folder("tables").glob("*/.*.partial"):
        with suppress(FileNotFoundError):
            is_old = time.time() - partial.stat().st_mtime > _LEFT_OVER_S
            if is_old or not _lives(partial.suffixes[-2][1:]):
                partial.unlink()


def _lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def held(settings: Settings, kind: str, day: date) -> Statement | None:
    """Return the statement that a table of a day carries; None where there is no table that can be used."""
    return stated(str(path(settings, kind, day)))


def stated(file: str, filesystem: fs.FileSystem | None = None) -> Statement | None:
    """Return the statement that a Parquet file carries; None where it is missing or cannot be used."""
    try:
        metadata: Mapping[bytes, bytes] = pq.read_metadata(file, filesystem=filesystem).metadata or {}
        return msgspec.json.decode(metadata[KEY], type=Statement)
    except (OSError, pa.ArrowInvalid, KeyError, msgspec.DecodeError) as error:
        log.debug("No tables to use in %s: %s", file.rpartition("/")[2], error)
        return None


def is_of(statement: Statement, paths: Sequence[AnyFile], expected: str) -> bool:
    """Tell whether tables are of these raw files as they are now, and of the fingerprint expected."""
    return (statement.raw, statement.raw_bytes, statement.fingerprint) == (
        paths[-1].name,
        size(paths),
        expected,
    )


def write(table: pa.Table, file: Path | pa.NativeFile) -> None:
    """Write a table as Parquet, the same bytes for the same table."""
    words = [column.name for column in table.schema if pa.types.is_dictionary(column.type)]
    # a dictionary for the other columns costs more than it saves
    pq.write_table(table, file, compression="zstd", use_dictionary=words, write_page_checksum=True)


def _write_quarantine(file: Path, lines: bytes) -> None:
    if lines:
        with replacing(file) as partial:
            partial.write_bytes(lines)
    else:
        file.unlink(missing_ok=True)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give another name beside a file to write under, and move it into place when that went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{get_ident()}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
