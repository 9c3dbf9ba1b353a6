"""Where numbers are taken: whatever holds the calls, as one Ibis table, and the small answers as pandas frames.

Data may be the tables of `ck.load`, a calls frame, a lake of `ck.open`, or an Ibis table of any engine. A frame runs
on the embedded DuckDB; queries over frames of one shape are compiled once, so that a widget's refresh is quick.
"""

import difflib
import warnings
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import ibis
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa

from callkit.errors import UsageError
from callkit.schema import CALLS_SCHEMA

Build = Callable[..., Sequence[Any]]

NEEDED = ("call_key", "direction", "outcome", "started_at", "started_local", "wait_s", "talk_s", "caller")


class _Asked(NamedTuple):
    """An expression, its SQL for DuckDB (null where the engine must be given more than text), and what it reads."""

    expression: Any
    sql: str | None
    columns: frozenset[str]


def raw_calls(data: Any) -> Any:
    """
    Return the calls in `data` as they are, a frame or an Ibis table.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table.

    Raises
    ------
    UsageError
        The data are none of these, or lack a column the numbers need.
    """
    calls = data.calls if isinstance(data, tuple) and hasattr(data, "calls") else data
    if not isinstance(calls, (pd.DataFrame, ibis.Table)):
        message = (
            f"data of type {type(data).__name__} cannot be used; pass Tables, a calls frame or an Ibis table."
        )
        raise UsageError(message)
    _require(calls, NEEDED)
    if isinstance(calls, ibis.Table) and getattr(calls.started_local.type(), "timezone", None):
        message = "column 'started_local' is an instant; give the wall clock without a zone."
        raise UsageError(message)
    return calls


def _require(calls: Any, columns: Sequence[str]) -> None:
    for name in columns:
        if name not in calls.columns:
            raise UsageError(f"the calls have no column {name!r}{nearest(name, calls.columns)}")


def calls_of(data: Any, columns: Sequence[str] = ()) -> Any:
    """
    Return the calls in `data`: a frame of its known columns, or an Ibis table as it is.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table.
    columns
        Columns needed beside those of the schema.

    Raises
    ------
    UsageError
        The data are none of these, or lack a column.
    """
    calls = raw_calls(data)
    _require(calls, columns)
    if isinstance(calls, ibis.Table):
        return calls
    return calls[[name for name in calls.columns if name in CALLS_SCHEMA.names or name in set(columns)]]


def calls_table(data: Any, columns: Sequence[str] = ()) -> Any:
    """Return the calls in `data` as an Ibis table; see `calls_of`."""
    calls = calls_of(data, columns)
    if isinstance(calls, ibis.Table):
        return calls
    return ibis.memtable(pa.Table.from_pandas(calls, preserve_index=False))


def answers(calls: Any, build: Build, *arguments: Hashable) -> list[pd.DataFrame]:
    """
    Run the expressions ``build(table, *arguments)`` over the calls and return each one's rows.

    Parameters
    ----------
    calls
        What `calls_of` returns.
    build
        Function of an Ibis table, the same object at each use; what it builds depends on its arguments alone.
    """
    if not isinstance(calls, ibis.Table):
        return _answers_of_frame(calls, build, arguments)
    if calls.op().find(_REGISTERED) or calls.get_backend().name != "duckdb":
        return [collected(expression) for expression in build(calls, *arguments)]
    engine, asked = calls.get_backend().con, _compiled(calls.op(), build, arguments)
    return [_answer_of_duckdb(engine, of) if of.sql else collected(of.expression) for of in asked]


def _answer_of_duckdb(engine: Any, asked: _Asked) -> pd.DataFrame:
    # the types Ibis gives on every engine; DuckDB's own differ for sums of whole numbers and columns of nulls
    return _frame(engine.sql(asked.sql).to_arrow_table().cast(asked.expression.schema().to_pyarrow()))


def _answers_of_frame(
    calls: pd.DataFrame, build: Build, arguments: tuple[Hashable, ...]
) -> list[pd.DataFrame]:
    """Answer from the columns alone that are read: to turn a column into Arrow costs more than to count it."""
    schema = pa.Schema.from_pandas(calls, preserve_index=False).remove_metadata()
    asked = _compiled(_unbound(schema), build, arguments)
    if not all(of.sql for of in asked):
        return [collected(expression) for expression in build(calls_table(calls), *arguments)]
    read = set(NEEDED[:1]).union(*(of.columns for of in asked))
    part = pa.schema([field for field in schema if field.name in read])
    cursor = _duckdb().cursor()
    cursor.register("calls", pa.Table.from_pandas(calls, schema=part, preserve_index=False))
    return [_frame(cursor.sql(of.sql).to_arrow_table()) for of in asked]


def collected(expression: Any) -> pd.DataFrame:
    """Return the rows of an Ibis table, of the same pandas types whichever engine gives them."""
    with warnings.catch_warnings():
        # PySpark says so of pandas 3 at every answer; that the answers are the same is tested
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        answer = expression.to_pyarrow()
    return _frame(answer)


def n_where(condition: Any) -> Any:
    """Count the rows where a condition holds; 0, not null, of no rows or unknown ones on every engine."""
    return condition.nullif(False).count()  # Ibis makes a sum of count(where=...) on Spark: null of no rows


def _frame(answer: pa.Table) -> pd.DataFrame:
    """Return the same pandas types for an answer, whichever engine gave it."""
    frame: pd.DataFrame = answer.to_pandas(
        types_mapper=lambda kind: pd.Int64Dtype() if pa.types.is_integer(kind) else None
    )
    words = frame.select_dtypes("category").columns
    return frame.astype(dict.fromkeys(words, "str"))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known ones."""
    names = sorted(map(str, known))
    near = difflib.get_close_matches(name, names, 3, 0.5)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else f"; known are {', '.join(names)}."


@cache
def _backend() -> Any:
    return ibis.duckdb.connect()


def _duckdb() -> Any:
    return _backend().con


_REGISTERED = (ops.InMemoryTable, ops.ScalarUDF, ops.AggUDF)


@lru_cache(maxsize=64)
def _unbound(schema: pa.Schema) -> Any:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name="calls").op()


@lru_cache(maxsize=256)
def _compiled(calls: Any, build: Build, arguments: tuple[Hashable, ...]) -> list[_Asked]:
    return [_asked(expression, calls) for expression in build(calls.to_expr(), *arguments)]


def _asked(expression: Any, calls: Any) -> _Asked:
    node = expression.op()
    columns = frozenset(field.name for field in node.find(ops.Field) if field.rel == calls)
    sql = None if node.find(_REGISTERED) else str(_backend().compile(expression))
    return _Asked(expression, sql, columns)
