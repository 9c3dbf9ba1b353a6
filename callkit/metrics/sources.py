"""Where numbers are taken from: the calls, and the events where a number needs them, frames or Ibis tables.

Data may be the tables of `ck.load`, a calls frame, a lake of `ck.open`, or an Ibis table of calls of any engine.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import ibis
import pandas as pd
import pyarrow as pa

from callkit.clock import midnight, parse_date
from callkit.errors import UsageError
from callkit.metrics.frames import fitted
from callkit.schema import CALLS_SCHEMA, EVENTS_SCHEMA


def _types(schema: pa.Schema) -> dict[str, Any]:
    return {name: kind.copy(nullable=True) for name, kind in ibis.Schema.from_pyarrow(schema).items()}


_TYPES, _EVENT_TYPES = _types(CALLS_SCHEMA), _types(EVENTS_SCHEMA)
EVENTS_NEEDED = ("call_key", "position", "step")
NEEDED = ("call_key", "direction", "outcome", "started_at", "started_local", "wait_s", "talk_s", "caller")


DateLike = str | date | None


class Sources(NamedTuple):
    """
    All that numbers may be taken from.

    Parameters
    ----------
    calls, events
        The whole archive; `events` is None where only calls were given. Either both frames or both Ibis tables.
    since, until
        First date of the period that is asked about, and the date after its last; None: all there is.
    """

    calls: Any
    events: Any = None
    since: date | None = None
    until: date | None = None


def sources(
    data: Any, columns: Sequence[str] = (), since: DateLike = None, until: DateLike = None
) -> Sources:
    """
    Return the calls and events in `data`: frames of their known columns, or Ibis tables as they are.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table of calls.
    columns
        Columns of the calls needed beside those of the schema.
    since, until
        The period that is asked about, as dates or text such as ``2026-11-16``.

    Raises
    ------
    UsageError
        The data are none of these, two of them at once, or lack a column, or the period cannot be read or ends
        before it begins.
    """
    calls, events = calls_of(data, columns), _events_of(data)
    if events is not None and isinstance(calls, pd.DataFrame) != isinstance(events, pd.DataFrame):
        raise UsageError("the calls and events are a frame and an Ibis table; give two of one kind.")
    return Sources(calls, events, *period(since, until))


def period(since: DateLike, until: DateLike) -> tuple[date | None, date | None]:
    """
    Return the first date of a period, and the date after its last.

    Raises
    ------
    UsageError
        One cannot be read, or the second is not after the first.
    """
    begin = None if since is None else parse_date(since, "since")
    end = None if until is None else parse_date(until, "until")
    if begin is not None and end is not None and end <= begin:
        raise UsageError(f"until {end} is not after since {begin}; it is the date after the last one.")
    return begin, end


def span(since: str | date, until: str | date) -> tuple[date, date]:
    """Return both dates of a period that must have them; see `period`."""
    period(since, until)
    return parse_date(since, "since"), parse_date(until, "until")


def tables_of(given: Sources) -> Sources:
    """Return the same as Ibis tables."""
    return given._replace(calls=_as_table(given.calls), events=_as_table(given.events))


def whole(table: Any, types: Mapping[str, Any] | None = None) -> Any:
    """Return a table with every column of the schema: null where not there, moments not in nanoseconds."""
    told = {
        name: table[name].cast(kind) if name in table.columns else ibis.null(kind)
        for name, kind in (types or _TYPES).items()
        if name not in table.columns or _is_fine(table[name].type())
    }
    return table.mutate(**told) if told else table


def _is_fine(kind: Any) -> bool:
    """Tell moments in nanoseconds, with which engines cannot reckon; zoned ones are of no type that Ibis knows."""
    return kind.is_unknown() or (kind.is_timestamp() and (kind.scale or 0) > 6)


def _as_table(of: Any) -> Any:
    is_frame = isinstance(of, pd.DataFrame)
    return ibis.memtable(pa.Table.from_pandas(of, preserve_index=False)) if is_frame else of


def raw_calls(data: Any) -> Any:
    """
    Return the calls in `data` as they are, a frame or an Ibis table.

    Raises
    ------
    UsageError
        The data are none of the known kinds, or lack a column the numbers need.
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


def calls_of(data: Any, columns: Sequence[str] = ()) -> Any:
    """Return the calls in `data`: a frame of its known columns, or an Ibis table as it is; see `sources`."""
    calls = raw_calls(data)
    _require(calls, columns)
    return whole(calls) if isinstance(calls, ibis.Table) else fitted(calls, columns)


def calls_table(data: Any, columns: Sequence[str] = ()) -> Any:
    """Return the calls in `data` as an Ibis table; see `sources`."""
    return _as_table(calls_of(data, columns))


def _events_of(data: Any) -> Any:
    events = getattr(data, "events", None) if isinstance(data, tuple) else None
    if events is None:
        return None
    _require(events, EVENTS_NEEDED, "events")
    return (
        whole(events, _EVENT_TYPES)
        if isinstance(events, ibis.Table)
        else fitted(events, schema=EVENTS_SCHEMA)
    )


def _require(table: Any, columns: Sequence[str], what: str = "calls") -> None:
    for name in columns:
        if name not in table.columns:
            raise UsageError(f"the {what} have no column {name!r}{nearest(name, table.columns)}")


def between(data: Any, since: DateLike, until: DateLike) -> Any:
    """
    Keep the calls that began on a date from `since` up to, not including, `until`, by the wall clock.

    Returns
    -------
    pandas.DataFrame or ibis.Table
        A frame of a frame, else an Ibis table.
    """
    calls, (begin, end) = raw_calls(data), period(since, until)
    if begin is not None:
        calls = _kept(calls, calls.started_local >= _moment(calls, begin))
    if end is not None:
        calls = _kept(calls, calls.started_local < _moment(calls, end))
    return calls


def _moment(calls: Any, day: date) -> Any:
    start = midnight(day)
    return ibis.literal(start, "timestamp") if isinstance(calls, ibis.Table) else start


def _kept(calls: Any, which: Any) -> Any:
    return calls.filter(which) if isinstance(calls, ibis.Table) else calls[which]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known ones."""
    names = sorted(map(str, known))
    near = difflib.get_close_matches(name, names, 3, 0.5)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else f"; known are {', '.join(names)}."
