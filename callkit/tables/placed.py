"""One day's tables in any place that pyarrow can open: the same files as on the disk of one machine."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import fs

from callkit.errors import ArchiveError, CallkitError, NoDataError, PageError
from callkit.fetch.places import AnyFile, Place, day_of, shown
from callkit.tables.calls import Options
from callkit.tables.days import KINDS, is_of, replacing, stated, write
from callkit.tables.making import make
from callkit.tables.statement import Statement
from callkit.tables.tidy import fingerprint

log = logging.getLogger("callkit")
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
        Tables are half written, of different builds, or named for no day.
    """
    days = sorted({day_of(file) for file in place.files(f"*/{_DAY}.parquet")})
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


def answer(options: Options, out: Place, day: date, files: Sequence[AnyFile]) -> dict[str, Any]:
    """Bring a day's tables up to date, and return its statement as JSON, or what went wrong in one sentence."""
    try:
        statement = held(out, day)
        is_new = statement is None or not is_of(statement, files, fingerprint(options))
        if is_new:
            statement = rebuild(options, out, day, files)
        return {"statement": msgspec.json.encode(statement).decode(), "is_new": is_new}
    except PageError as error:
        return {"error": "PageError", "message": f"{day}: {error} Sync that day again once this is mended."}
    except CallkitError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except Exception as error:  # what is raised here would reach the user as Java's
        log.debug("The tables of %s could not be built.", day, exc_info=True)
        why = f"{type(error).__name__}: {shown(error)}".rstrip(".")
        message = f"The tables of {day} could not be built ({why}); mend that and build again."
        return {"error": "CallkitError", "message": message}


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
