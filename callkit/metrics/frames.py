"""Frames as people have them: columns made ready for an engine, or refused in a sentence."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
from pandas.api import types

from callkit.errors import UsageError
from callkit.schema import CALLS_SCHEMA

_SORTS = (
    (pa.types.is_timestamp, types.is_datetime64_any_dtype, "times; turn it into them with pd.to_datetime"),
    (pa.types.is_boolean, types.is_bool_dtype, "true and false"),
    (lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind), types.is_numeric_dtype, "numbers"),
)


_NAMES = ("call_key", "caller")  # what tells one from another: as a fraction it would not


def fitted(
    frame: pd.DataFrame, columns: Sequence[str] = (), schema: pa.Schema = CALLS_SCHEMA
) -> pd.DataFrame:
    """
    Return a frame's known columns and those asked for, of types an engine takes: moments in microseconds.

    Parameters
    ----------
    frame, schema
        Calls or events, and which columns are known.
    columns
        Columns to group by; of intervals and periods, as `pandas.cut` makes them, the labels are taken.

    Raises
    ------
    UsageError
        A column is there twice, or holds what it cannot.
    """
    kept = [name for name in frame.columns if name in schema.names or name in set(columns)]
    twice = next((name for name in kept if kept.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"column {twice!r} is there twice; rename one of them.")
    typed = {name: schema.field(name).type for name in kept if name in schema.names}
    held = dict(zip(frame.columns, frame.dtypes, strict=True))
    changed = {
        name: _typed(frame[name], kind) for name, kind in typed.items() if not _is_ready(held[name], kind)
    }
    changed |= {
        field.name: pd.Series([None] * len(frame), frame.index, pd.ArrowDtype(field.type))
        for field in schema
        if field.name not in kept  # a column that is not there tells nothing
    }
    changed |= {name: _groupable(frame[name]) for name in columns if name not in schema.names}
    known = frame if len(kept) == len(frame.columns) else frame[kept]
    return known.assign(**changed) if changed else known


def orders(frame: object, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the labels, in order, of those columns of a frame that are ordered categories."""
    if not isinstance(frame, pd.DataFrame):
        return {}
    kinds = {name: frame[name].dtype for name in columns if name in frame.columns}
    return {
        name: [str(label) for label in kind.categories]
        for name, kind in kinds.items()
        if isinstance(kind, pd.CategoricalDtype) and kind.ordered
    }


@lru_cache(maxsize=1024)
def _is_ready(held: Any, kind: pa.DataType) -> bool:
    """Tell whether an engine takes columns of a type as they are, whatever they are called and hold."""
    none = pd.Series([], dtype=held, name=_NAMES[0])
    return not types.is_object_dtype(held) and _typed(none, kind) is none


def _typed(column: pd.Series, kind: pa.DataType) -> pd.Series:
    for is_kind, fits, words in _SORTS:
        if is_kind(kind) and not fits(column.dtype):
            return _empty(column, kind, words)
        if is_kind(kind):
            return _in_microseconds(column)
    is_text = types.is_object_dtype(column.dtype) or types.is_string_dtype(column.dtype)
    if is_text or isinstance(column.dtype, pd.CategoricalDtype):
        return column
    if types.is_integer_dtype(column.dtype) or column.name not in _NAMES:
        return column.astype("str").where(column.notna(), None)  # numbers as a CSV gives them back
    return _empty(column, pa.string(), "text; read it with dtype=str")


def _in_microseconds(column: pd.Series) -> pd.Series:
    # the embedded engine cannot reckon with zoned moments in nanoseconds
    is_finer = types.is_datetime64_any_dtype(column.dtype) and column.dt.unit != "us"
    return column.dt.as_unit("us") if is_finer else column


def _empty(column: pd.Series, kind: pa.DataType, words: str) -> pd.Series:
    if column.notna().any():
        raise UsageError(f"column {column.name!r} holds {column.dtype}, not {words}.")
    return pd.Series([None] * len(column), column.index, pd.ArrowDtype(kind), name=column.name)


def _groupable(column: pd.Series) -> pd.Series:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return column.cat.rename_categories([str(label) for label in kind.categories])
    if isinstance(kind, pd.IntervalDtype | pd.PeriodDtype):
        return column.astype("str").where(column.notna(), None)
    if types.is_object_dtype(kind):
        held = types.infer_dtype(column, skipna=True)
        if held in ("interval", "period"):
            return column.map(str, na_action="ignore").astype("str")
        if held.startswith("mixed"):
            raise UsageError(
                f"by {column.name!r} cannot be grouped: it holds values of several kinds, or lists."
            )
    if types.is_timedelta64_dtype(kind):
        raise UsageError(
            f"by {column.name!r} cannot be grouped: it holds durations; give seconds, by .dt.total_seconds()."
        )
    return _in_microseconds(column)
