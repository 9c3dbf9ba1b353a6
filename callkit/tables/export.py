"""A frame to a file that others read: masked, safe to open in a spreadsheet, and whole or not there at all.

Text is defused in CSV and in Parquet alike (see `callkit.tables.cells`): a Parquet file is opened by spreadsheets too,
and converted to CSV. Numbers and times are no text and stay as they are. A number in E.164 begins with a plus, so an
internal file has ``'+447700900417``; a spreadsheet would make 447700900417 of it, and ``cells.fused`` undoes it.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from callkit.errors import UsageError
from callkit.settings import Settings
from callkit.tables.cells import defused, each, is_text, plain
from callkit.tables.days import write as write_parquet
from callkit.tables.sharing import Shared

MODES = {"shared": 0o644, "internal": 0o600}
FORMATS = (".csv", ".parquet")
_BOM = b"\xef\xbb\xbf"


def export(
    frame: pd.DataFrame,
    path: str | Path,
    settings: Settings,
    *,
    audience: str = "shared",
    bom: bool = False,
) -> Path:
    """
    Write calls, events, an event log or a summary to a CSV or Parquet file.

    Parameters
    ----------
    frame
        What to write. Row labels that are named, or are no whole numbers, become columns.
    path
        File to write; its ending, ``.csv`` or ``.parquet``, chooses the form. A file of that name is replaced once the
        new one is whole.
    settings
        The account: its key makes the callers' pseudonyms.
    audience
        ``shared``: callers are pseudonyms, the same in every file of the account; our own lines stay whole, and other
        numbers show their last three digits; names of people, links and the vendor's lines are hidden. A service is
        named only beside its kind, and only where that is one of places: group by ``["service_kind",
        "service_name"]``. Columns are known by callkit's names: a renamed ``agent_name`` shows names. ``internal``:
        everything is shown, and only you can read the file (mode 0600).
    bom
        Begin a CSV with a byte order mark, by which Excel knows UTF-8.

    Returns
    -------
    pathlib.Path
        The file. In a CSV instants are ISO 8601 in UTC and end in ``Z``, wall-clock times have no zone, and a null is
        an empty cell. Read keys as text: ``pandas.read_csv(path, dtype={"call_key": "str"})``.

    Raises
    ------
    UsageError
        An argument cannot be used, two columns have one name, a column cannot be written, rows are named like columns
        in a shared file, or the file cannot be written.
    """
    target = require_target(path)
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"frame is {type(frame).__name__}; give a pandas DataFrame.")
    if not isinstance(settings, Settings):
        raise UsageError(f"settings is {type(settings).__name__}; give what ck.Settings.load() returns.")
    if audience not in MODES:
        raise UsageError(f"audience {audience!r} is not 'shared' or 'internal'.")
    table = _table(frame, Shared(settings) if audience == "shared" else None)
    with _replacing(target, MODES[audience]) as file:
        if target.suffix.lower() == ".parquet":
            write_parquet(table, pa.PythonFile(file, mode="w"))
        else:
            file.write(_BOM * bom)
            csv.write_csv(pa.table([_written(column) for column in table.columns], table.column_names), file)
    return target


def require_target(path: str | Path) -> Path:
    """
    Return the file that a path names.

    Raises
    ------
    UsageError
        It is no name of a file that can be written.
    """
    if not isinstance(path, str | Path):
        raise UsageError(f"path is {type(path).__name__}; give the name of a file.")
    target = Path(path).expanduser()
    if target.suffix.lower() not in FORMATS:
        raise UsageError(f"{str(path)!r} does not say which form to write; end it in .csv or .parquet.")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; name a file in it.")
    if not target.parent.is_dir():
        raise UsageError(f"The folder {target.parent} does not exist; make it, or name another one.")
    return target


def _table(frame: pd.DataFrame, shared: Shared | None) -> pa.Table:
    """Return a frame as Arrow: masked where it is to be shared, and every text defused."""
    heads = shared.heads(frame.columns) if shared else map(_head, frame.columns)
    frame, labels = _labelled(frame)
    names = [defused(head) for head in (*map(_head, labels), *heads)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"Two columns are named {twice!r}; rename one of them.")
    words = [isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes]
    frame = pd.DataFrame({name: plain(frame[name]) for name in frame.columns}, columns=frame.columns)
    frame = shared.frame(frame) if shared else frame
    columns = [_arrow(frame.iloc[:, n], is_word, names[n]) for n, is_word in enumerate(words)]
    return pa.table(columns, names)


def _labelled(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.Index]:
    """Put row labels that say anything, named ones and words, before the columns, and return their names too."""
    levels = [frame.index.get_level_values(n) for n in range(frame.index.nlevels)]
    told = [n for n, level in enumerate(levels) if level.name is not None or level.dtype.kind not in "iu"]
    whole = frame.reset_index(told, allow_duplicates=True) if told else frame
    return whole, whole.columns[: len(told)]


def _head(label: object) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _arrow(column: pd.Series, is_word: bool, name: str) -> pa.Array:
    if not is_text(column):
        try:
            return pa.array(column, from_pandas=True)
        except (pa.ArrowException, OverflowError) as error:
            raise UsageError(
                f"The column {name!r} cannot be written as {column.dtype}; make it text first, with .astype('str')."
            ) from error
    text = pa.array(each(column, defused), pa.string(), from_pandas=True)
    return text.dictionary_encode() if is_word else text


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as CSV writes it: words as text, times as ISO 8601 no finer than they need."""
    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string())
    if not pa.types.is_timestamp(column.type):
        return column
    zone = column.type.tz and "UTC"
    for unit in ("s", "ms", "us"):
        try:
            column = column.cast(pa.timestamp(unit, zone))
            break
        except pa.ArrowInvalid:
            continue
    return pc.strftime(column, format="%Y-%m-%dT%H:%M:%S" + "Z" * (zone is not None))


@contextmanager
def _replacing(target: Path, mode: int) -> Iterator[BinaryIO]:
    """Give a file beside a target to write to, and move it into place when it is whole; the umask is kept."""
    partial = target.with_name(f".{target.name}.{secrets.token_hex(8)}.partial")
    try:
        try:
            with open(partial, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{target} cannot be written ({reason}); name another file.") from error
