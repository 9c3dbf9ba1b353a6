"""The stored tables of an account: load them as pandas, open them as Ibis, state what they prove.

Each of them first brings the days it needs up to date from raw, so that what is given is never of another schema,
grammar or zone than the settings say. A call that stands in two days' windows counts once: the later read is kept.
"""

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from callkit.clock import days, parse_date
from callkit.errors import NoDataError, UsageError
from callkit.periods import Week
from callkit.settings import Settings
from callkit.tables.days import KINDS, path
from callkit.tables.statement import Statement, frame
from callkit.tables.tidy import Tables, as_frame
from callkit.tables.upkeep import refresh

log = logging.getLogger("callkit")
_READERS = 4
_LOOKS = 40


class Lake(NamedTuple):
    """The whole account as Ibis tables over Parquet; nothing is read before a question is asked."""

    calls: ibis.Table
    events: ibis.Table


def load(
    settings: Settings,
    weeks: int | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
) -> Tables:
    """
    Load calls and events as pandas DataFrames.

    Parameters
    ----------
    settings
        The account.
    weeks
        Only so many of the last complete ISO weeks.
    since, until
        First day, and the day after the last one, as dates or as text like ``2026-11-16``. Default: all there is.

    Returns
    -------
    Tables
        Calls in the order of their start, and their events. A day without calls adds no rows.

    Raises
    ------
    NoDataError
        No day of the span was ever fetched.
    UsageError
        A date cannot be read, or `weeks` is given beside dates.
    """
    first, last = _span(settings, weeks, since, until)
    known = refresh(settings, first, last)
    if not known:
        raise NoDataError(_nothing(settings, first, last))
    _warn_of_gaps(known, first, last)
    with ThreadPoolExecutor(_READERS) as pool:
        calls, events = map(list, zip(*pool.map(partial(_pair, settings), known), strict=True))
    repeats = (
        repeats_of(known, {d: t["call_key"] for d, t in zip(known, calls, strict=True)})
        if may_repeat(known)
        else {}
    )
    for i, day in enumerate(known):
        if day in repeats:
            calls[i], events[i] = (_without(t, repeats[day]) for t in (calls[i], events[i]))
    return Tables(as_frame(_joined(calls)), as_frame(_joined(events)))


def open(settings: Settings) -> Lake:  # noqa: A001 (read as callkit.open)
    """
    Open all calls and events of the account as Ibis tables on DuckDB, over the Parquet files.

    Raises
    ------
    NoDataError
        Nothing was ever fetched.
    """
    known = refresh(settings)
    if not known:
        raise NoDataError(_nothing(settings, None, None))
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'")
    repeats = {}
    if may_repeat(known):
        repeats = repeats_of(
            known, {day: _read(path(settings, "calls", day), ["call_key"])["call_key"] for day in known}
        )
    tables = []
    for kind in KINDS:
        files = {day: str(path(settings, kind, day)) for day in known}
        table = engine.read_parquet([*files.values()], table_name=kind, filename=bool(repeats))
        if repeats:
            pairs = [(key, files[day]) for day, keys in repeats.items() for key in sorted(keys)]
            gone = pa.table(dict(zip(("call_key", "filename"), zip(*pairs, strict=True), strict=True)))
            table = table.anti_join(ibis.memtable(gone), ["call_key", "filename"]).drop("filename")
        tables.append(table)
    return Lake(*tables)


def statements(settings: Settings, since: str | date, until: str | date) -> pd.DataFrame:
    """
    State for each day of a span what was announced, what came, and whether that proves it complete.

    Returns
    -------
    pandas.DataFrame
        A row a day with ``day, announced, received, duplicates, quarantined, kept, n_pages, n_lines,
        n_unknown_lines, n_contradictions, n_assumed, is_complete, doubt, read_until, fetched_at, sha256,
        unknown_keys, unknown_lines`` (the last two as JSON). A day never fetched has zeros and is not complete.
    """
    first, last = parse_date(since, "since"), parse_date(until, "until")
    return frame(refresh(settings, first, last), first, last)


def _span(
    settings: Settings, weeks: int | None, since: str | date | None, until: str | date | None
) -> tuple[date | None, date | None]:
    if weeks is None:
        first = None if since is None else parse_date(since, "since")
        return first, None if until is None else parse_date(until, "until")
    if since is not None or until is not None:
        raise UsageError(f"weeks = {weeks} stands beside since or until; give one or the other.")
    if not isinstance(weeks, int) or weeks < 1:
        raise UsageError(f"weeks = {weeks!r} is no number of weeks; give 1 or more.")
    end = Week.last_complete(settings.time_zone).end
    return end - timedelta(weeks=weeks), end


def _nothing(settings: Settings, since: date | None, until: date | None) -> str:
    span = f" from {since}" if since else ""
    span += f" up to {until - timedelta(days=1)}" if until else ""
    option = f" --since {since}" if since else ""
    message = f"No call records of account {settings.account!r}{span} are here; fetch them with "
    return message + f"ck.sync(settings) or callkit sync{option}."


def _warn_of_gaps(known: Mapping[date, Statement], since: date | None, until: date | None) -> None:
    first, last = since or min(known), until or max(known) + timedelta(days=1)
    missing = [day for day in days(first, last) if day not in known]
    if missing:
        log.warning(
            "%d days were never fetched, the first of them %s; ck.sync(settings) gets them.",
            len(missing),
            missing[0],
        )


def _pair(settings: Settings, day: date) -> tuple[pa.Table, pa.Table]:
    """Read both tables of a day, again where a sync has replaced one of them meanwhile."""
    for _ in range(_LOOKS):
        calls, events = (pq.ParquetFile(path(settings, kind, day)) for kind in KINDS)
        if calls.schema_arrow.metadata == events.schema_arrow.metadata:
            break
        time.sleep(0.05)
    return tuple(file.read(use_threads=False).replace_schema_metadata(None) for file in (calls, events))


def _read(file: Path, columns: list[str] | None = None) -> pa.Table:
    return pq.ParquetFile(file).read(columns, use_threads=False).replace_schema_metadata(None)


def _without(table: pa.Table, keys: set[str]) -> pa.Table:
    return table.filter(pc.invert(pc.is_in(table["call_key"], pa.array(sorted(keys), pa.string()))))


def _joined(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def may_repeat(known: Mapping[date, Statement]) -> bool:
    """Tell whether the days' ranges of call keys touch; keys that begin with the call's epoch never do."""
    spans = sorted((s.first_key, s.last_key) for s in known.values() if s.kept)
    return any(first <= last_before for (_, last_before), (first, _) in pairwise(spans))


def repeats_of(known: Mapping[date, Statement], keys: Mapping[date, pa.ChunkedArray]) -> dict[date, set[str]]:
    """Return for each day the keys of calls that a later read, of another day, holds too."""
    counted = pc.value_counts(
        pa.chunked_array([c for keys_ in keys.values() for c in keys_.chunks], pa.string())
    )
    twice = counted.filter(pc.greater(counted.field("counts"), 1)).field("values")
    seen: set[str] = set()
    gone: dict[date, set[str]] = {}
    for day in sorted(keys, key=lambda d: (known[d].fetched_at, d), reverse=True):
        found = set(keys[day].filter(pc.is_in(keys[day], twice)).to_pylist())
        if found & seen:
            gone[day] = found & seen
        seen |= found
    if gone:
        log.info("%d calls stand in two days' windows; the later read is kept.", sum(map(len, gone.values())))
    return gone
