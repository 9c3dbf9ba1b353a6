"""How an engine is asked, and its small answers as pandas frames.

Frames run on the embedded DuckDB; queries over frames of one shape are compiled once, so that a widget's refresh is
quick.
"""

import warnings
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any, NamedTuple

import ibis
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_object_dtype

from callkit.metrics.sources import NEEDED, Sources, tables_of

Build = Callable[..., Sequence[Any]]
_NAMES = ("calls", "events")


class _Asked(NamedTuple):
    """An expression, its SQL for DuckDB (null where the engine must be given more than text), and what it reads."""

    expression: Any
    sql: str | None
    columns: dict[str, frozenset[str]]


def answers(given: Sources, build: Build, *arguments: Hashable) -> list[pd.DataFrame]:
    """
    Run the expressions ``build(sources, *arguments)`` over Ibis tables and return each one's rows.

    Parameters
    ----------
    given
        What `callkit.metrics.sources.sources` returns.
    build
        Function of sources that are Ibis tables, the same object at each use; what it builds depends on its arguments
        alone.
    """
    if not isinstance(given.calls, ibis.Table):
        return _answers_of_frames(given, build, arguments)
    tables = [of for of in (given.calls, given.events) if of is not None]
    if any(of.op().find(_REGISTERED) or of.get_backend().name != "duckdb" for of in tables):
        return [collected(expression) for expression in build(given, *arguments)]
    engine, asked = given.calls.get_backend().con, _compiled(*_ops(given), build, arguments, is_fused=True)
    return [_answer_of_duckdb(engine, of) if of.sql else collected(of.expression) for of in asked]


def _answer_of_duckdb(engine: Any, asked: _Asked) -> pd.DataFrame:
    # the types Ibis gives on every engine; DuckDB's own differ for sums of whole numbers and columns of nulls
    return _frame(engine.sql(asked.sql).to_arrow_table().cast(asked.expression.schema().to_pyarrow()))


def _answers_of_frames(given: Sources, build: Build, arguments: tuple[Hashable, ...]) -> list[pd.DataFrame]:
    """Answer from the columns alone that are read: to turn a column into Arrow costs more than to count it."""
    frames = {n: of for n, of in zip(_NAMES, (given.calls, given.events), strict=True) if of is not None}
    schemas = {name: _schema(frame) for name, frame in frames.items()}
    unbound = Sources(*(_unbound(schemas[name], name) if name in schemas else None for name in _NAMES))
    asked = _compiled(
        unbound.calls, unbound.events, given.since, given.until, build, arguments, is_fused=False
    )
    if not all(of.sql for of in asked):
        return [collected(expression) for expression in build(tables_of(given), *arguments)]
    cursor = _duckdb().cursor()
    for name, schema in schemas.items():
        read = set(NEEDED[:1]).union(*(of.columns[name] for of in asked))
        part = pa.schema([field for field in schema if field.name in read])
        if name == "calls" or len(part) > 1:
            cursor.register(name, pa.Table.from_pandas(frames[name], schema=part, preserve_index=False))
    return [_answer_of_duckdb(cursor, of) for of in asked]


def _schema(frame: pd.DataFrame) -> pa.Schema:
    """Return the Arrow types of a frame's columns; to look at values takes long, and only objects need it."""
    told = zip(frame.columns, frame.dtypes, strict=True)
    return pa.schema(
        [(name, _type(frame[name]) if is_object_dtype(of) else _type_of(of)) for name, of in told]
    )


def _type(column: pd.Series) -> pa.DataType:
    return pa.array(column, from_pandas=True).type


@lru_cache(maxsize=1024)
def _type_of(dtype: Any) -> pa.DataType:
    return _type(pd.Series([], dtype=dtype))


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
    words = [field.name for field in answer.schema if pa.types.is_dictionary(field.type)]
    return frame.astype(dict.fromkeys(words, "str")) if words else frame


@cache
def _backend() -> Any:
    return ibis.duckdb.connect()


def _duckdb() -> Any:
    return _backend().con


_REGISTERED = (ops.InMemoryTable, ops.ScalarUDF, ops.AggUDF)


@lru_cache(maxsize=64)
def _unbound(schema: pa.Schema, name: str) -> Any:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name).op()


def _ops(given: Sources) -> tuple[Any, ...]:
    events = None if given.events is None else given.events.op()
    return given.calls.op(), events, given.since, given.until


@lru_cache(maxsize=256)
def _compiled(
    calls: Any,
    events: Any,
    since: Any,
    until: Any,
    build: Build,
    arguments: tuple[Hashable, ...],
    *,
    is_fused: bool,
) -> list[_Asked]:
    tables = Sources(calls.to_expr(), None if events is None else events.to_expr(), since, until)
    with _fusing(is_fused):
        return [
            _asked(expression, {"calls": calls, "events": events}) for expression in build(tables, *arguments)
        ]


def _asked(expression: Any, tables: dict[str, Any]) -> _Asked:
    node = expression.op()
    fields = {field.name for field in node.find(ops.Field)}  # of any table: a filter hands all columns on
    columns = {
        name: frozenset(fields & set(of.schema.names)) for name, of in tables.items() if of is not None
    }
    sql = None if node.find(_REGISTERED) else str(_backend().compile(expression))
    return _Asked(expression, sql, columns)


@contextmanager
def _fusing(is_fused: bool) -> Iterator[None]:
    """
    Let Ibis make one select of those inside each other, or not.

    To make one takes as long again as all else of compiling, and of a million calls it saves a tenth of the answer.
    """
    of_sql = ibis.options.sql
    before, of_sql.fuse_selects = of_sql.fuse_selects, is_fused
    try:
        yield
    finally:
        of_sql.fuse_selects = before
