"""One day's tables in any place that pyarrow can open: the same files as on the disk of one machine."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

from callkit.errors import ArchiveError, NoDataError
from callkit.fetch.places import AnyFile, Place, shown
from callkit.tables.calls import Options
from callkit.tables.days import KINDS, replacing, stated, write
from callkit.tables.making import make
from callkit.tables.statement import Statement

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_READERS = 16


def held(out: Place, day: date) -> Statement | None:
    """Return the statement that both tables of a day carry; None where there is none, or they differ."""
    calls, events = (stated(f"{out.path}/{kind}/{day}.parquet", out.filesystem) for kind in KINDS)
    return calls if calls == events else None


def known(place: Place) -> dict[date, Statement]:
    """
    Return the statements of a folder of tables, by day.

    Raises
    ------
    NoDataError
        There are no tables.
    ArchiveError
        Tables are half written, or of different builds.
    """
    days = sorted({date.fromisoformat(file.name[:10]) for file in place.files(f"*/{_DAY}.parquet")})
    if not days:
        raise NoDataError(f"No tables are in {shown(place.address)}; make them with build(spark, raw, out).")
    with ThreadPoolExecutor(_READERS) as pool:
        found = dict(zip(days, pool.map(partial(held, place), days), strict=True))
    whole = {day: statement for day, statement in found.items() if statement}
    if len(whole) < len(found) or len({statement.fingerprint for statement in whole.values()}) > 1:
        odd = next((day for day in found if day not in whole), days[0])
        message = f"Tables in {shown(place.address)} are half written or of different builds (see {odd}); "
        raise ArchiveError(message + "run build(spark, raw, out) again.")
    return whole


def rebuild(options: Options, out: Place, day: date, files: Sequence[AnyFile]) -> Statement:
    """Build a day's tables from its raw files and put them in their places; see `make`."""
    made = make(options, day, files)
    quarantine = f"quarantine/{day}.jsonl"
    if made.quarantine:
        _put(out, quarantine, pa.py_buffer(made.quarantine))
    elif out.filesystem.get_file_info(f"{out.path}/{quarantine}").type == fs.FileType.File:
        out.filesystem.delete_file(f"{out.path}/{quarantine}")
    for kind, table in zip(KINDS, (made.calls, made.events), strict=True):
        sink = pa.BufferOutputStream()
        write(table, sink)
        _put(out, f"{kind}/{day}.parquet", sink.getvalue())
    return made.statement


def _put(out: Place, name: str, content: pa.Buffer) -> None:
    """Put a whole file in its place at once: moved there on a disk, one object in a store."""
    if out.is_local:
        with replacing(Path(out.path) / name) as partial_file:
            partial_file.write_bytes(content)
        return
    with out.filesystem.open_output_stream(f"{out.path}/{name}") as stream:
        stream.write(content)
