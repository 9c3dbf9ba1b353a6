"""The files under ``tables/<account>`` by day, and whether they show a number."""

import contextlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from callkit.pipeline.writings import Sought
from callkit.privacy import e164
from callkit.settings import Settings

_NAME = re.compile(r"\.?(\d{4}-\d{2}-\d{2})\.")
_PARTIAL = ".partial"


def files(settings: Settings, until: date | None = None) -> dict[date, list[Path]]:
    """Return the files of each day's tables, of its quarantine, and what a killed writer left; `until` excluded."""
    found: dict[date, list[Path]] = {}
    for path in sorted(settings.folder("tables").glob("*/*")):
        day = _day(path)
        if day and (until is None or day < until):
            found.setdefault(day, []).append(path)
    return dict(sorted(found.items()))


def shows(file: Path, sought: Sought) -> bool:
    """Tell whether a file of a day shows a number; one that cannot be read may."""
    try:
        if file.name.endswith(_PARTIAL):  # it goes with the day's other files, and is never read
            return False
        if file.suffix != ".parquet":
            return sought.stands_in(file.read_bytes())
        return any(sought.stands_in(text) for text in _texts(file))
    except FileNotFoundError:
        return False
    except (pa.ArrowInvalid, OSError):
        return True


def lines_of(paths: list[Path], country: str) -> set[str | None]:
    """Return those of our own numbers that a day's calls came in on or went out from, in E.164."""
    found: set[str | None] = set()
    for path in paths:
        if path.parent.name == "calls" and path.suffix == ".parquet":
            with contextlib.suppress(
                OSError, pa.ArrowInvalid
            ):  # a damaged file tells nothing, and is built again
                dids = pq.ParquetFile(path).read(["did"])["did"].unique().drop_null()
                found |= {e164(str(did), country) for did in dids.to_pylist()}
    return found


def _texts(path: Path) -> Iterator[bytes]:
    """Yield all text of a Parquet file: what it says of itself, and each column's values, a line each."""
    with pq.ParquetFile(path) as file:
        yield b"\n".join((file.schema_arrow.metadata or {}).values())
        for column in file.read().itercolumns():
            if pa.types.is_dictionary(column.type) or pa.types.is_string(column.type):
                values = column.unique().cast(pa.string()).drop_null()
                yield "\n".join(values.to_pylist()).encode()


def _day(path: Path) -> date | None:
    found = _NAME.match(path.name)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
