"""Pages of call records to the tables `calls` and `events`."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa

from callkit.clock import zone
from callkit.dialects import RawPage
from callkit.dialects import dialect as find_dialect
from callkit.dialects.decode import Decoder
from callkit.dialects.records import Quarantined, Records
from callkit.errors import PageError
from callkit.flow import events as lines
from callkit.flow.causes import CAUSES, STATUSES
from callkit.flow.grammar import DESTINATIONS, KINDS, rows
from callkit.flow.heads import Heads
from callkit.flow.stamps import MISSING, Ints
from callkit.privacy import require_country
from callkit.schema import AT_SOURCES, CALLS, EVENTS, EVENTS_SCHEMA, INSTANT, NEVER, conform
from callkit.tables.calls import Options, calls_table
from callkit.tables.columns import call_keys, latest
from callkit.tables.times import ClockCheck

REVISION = 4  # of what the code makes of a record; one more rebuilds all stored tables
PART = 65_536  # calls whose tables are made together
_OF_HEADS = ("step", "step_raw", "target_kind", "target_name", "target_id", "number", "ended_by")
Page = bytes | str | Mapping[str, Any] | RawPage


class Tables(NamedTuple):
    """The two tables as pandas DataFrames."""

    calls: pd.DataFrame
    events: pd.DataFrame


class Built(NamedTuple):
    """
    Tables made from pages, and the account of what became of every record.

    `received` is always the number of calls, duplicates and quarantined records together.

    Parameters
    ----------
    calls, events
        The tables, as `callkit.schema` describes them.
    received, duplicates
        Records on the pages, and those of them that told again of a call already there.
    quarantined
        Records that could not be read.
    unknown_keys
        How often each key was met that callkit does not know.
    unknown_lines
        How often each kind of step was met that no grammar row fits; numbers and bracketed names masked.
    clock
        Whether the account's zone agrees with the epochs in the calls' ids and flows.
    """

    calls: pa.Table
    events: pa.Table
    received: int
    duplicates: int
    quarantined: list[Quarantined]
    unknown_keys: dict[str, int]
    unknown_lines: dict[str, int]
    clock: ClockCheck = ClockCheck()


def tidy(
    pages: Page | Iterable[Page],
    dialect: str = "call_report",
    time_zone: str = "Europe/London",
    *,
    account: str = "",
    country: str = "GB",
    grammar: Sequence[Mapping[str, object]] = (),
    agents: Mapping[str, str] | None = None,
) -> Tables:
    """
    Turn pages of call records into tidy DataFrames.

    Parameters
    ----------
    pages
        One page or many, each as bytes, text, a dict, or a `RawPage`.
    dialect
        Form of the pages.
    time_zone
        IANA zone of the vendor's stamps.
    account
        Name that column `account` carries.
    country
        Two-letter region by which national phone numbers are read.
    grammar
        Further rows for the table of steps.
    agents
        Name of each extension, by its id.

    Returns
    -------
    Tables
        `calls`, a row a call, and `events`, a row a step of a call; `callkit columns` prints their columns.

    Raises
    ------
    PageError
        A page is not one of call records, or a record on it cannot be read.
    SettingsError
        The dialect, the zone or a grammar row is not one callkit can use.
    """
    options = Options(dialect, time_zone, account, country, grammar, agents or {})
    built = build(_raw_pages(pages), options)
    if built.quarantined:
        first = built.quarantined[0]
        where = f"{first.page_source or 'page'}, record {first.index}"
        message = (
            f"{len(built.quarantined):,} of {built.received:,} records cannot be read (the first: {where}: "
            f"{first.reason}); use callkit.tables.tidy.build to have the others."
        )
        raise PageError(message)
    return Tables(as_frame(built.calls), as_frame(built.events))


def build(pages: Iterable[RawPage], options: Options | None = None) -> Built:
    """
    Build both tables from pages, in one pass; the default options are those of `tidy`.

    Of several records with one key the latest fetched is kept, else the last.

    Raises
    ------
    PageError
        A page is not one of call records; the message names it.
    SettingsError
        The dialect, the zone or a grammar row is not one callkit can use.
    """
    options = options or Options()
    find_dialect(options.dialect)
    zone(options.time_zone)
    require_country(options.country)
    table = rows(options.grammar)
    decoder = Decoder(options.dialect)
    for page in pages:
        decoder.add(page)
    records = decoder.finish()
    received = len(records.n_lines) + len(records.quarantined)
    keys = call_keys(records, options.dialect)
    keep = latest(keys, records, options.dialect)
    duplicates = len(keep) - int(keep.sum())
    if duplicates:
        keys, records = keys.filter(pa.array(keep)), records.kept(keep)
    heads = Heads(table)
    parts = [_part(keys.slice(*cut), records.cut(*cut), heads, options) for cut in _cuts(len(keys))]
    calls, events, unknown, clocks = zip(*parts, strict=True)
    return Built(
        pa.concat_tables(calls).unify_dictionaries(),
        pa.concat_tables(events).unify_dictionaries(),
        received,
        duplicates,
        records.quarantined,
        records.unknown_keys,
        lines.most_frequent(sum(unknown, Counter())),
        ClockCheck.joined(clocks),
    )


def _cuts(n_calls: int) -> list[tuple[int, int]]:
    """Return first and length of parts of all calls, about as long as each other."""
    n_parts = max(-(-n_calls // PART), 1)
    bounds = [n_calls * n // n_parts for n in range(n_parts + 1)]
    return [(first, last - first) for first, last in pairwise(bounds)]


def _part(
    keys: pa.Array, records: Records, heads: Heads, options: Options
) -> tuple[pa.Table, pa.Table, Counter[str], ClockCheck]:
    flow = lines.read(records.lines, records.n_lines, heads)
    calls, flow, began, clock = calls_table(records, keys, flow, options)
    return calls, _events_table(flow, keys, began), lines.unknown_lines(flow), clock


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Return a table as pandas: text as ``str``, dictionaries as categories, instants in microseconds."""
    text = pd.StringDtype(na_value=np.nan)
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.string(): text}.get, split_blocks=True)
    return frame


def fingerprint(options: Options) -> str:
    """Return a short hash of everything but the pages that decides what `build` makes: the options and all tables."""
    steps = [astuple(row) for row in rows(options.grammar)]
    columns = [(c.name, str(c.type), c.null == NEVER, c.vendor) for c in (*CALLS, *EVENTS)]
    parts = [REVISION, replace(options, grammar=()), steps, KINDS, DESTINATIONS, columns, CAUSES | STATUSES]
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()[:16]


def _raw_pages(pages: Any) -> Iterator[RawPage]:
    if isinstance(pages, bytes | str | Mapping | RawPage):
        pages = [pages]
    if not isinstance(pages, Iterable):
        raise PageError(
            f"pages is {type(pages).__name__}; give a page or a list of pages, as bytes, text or dict."
        )
    for number, page in enumerate(pages, 1):
        yield page if isinstance(page, RawPage) else RawPage(_body(page), source=f"page {number}")


def _body(page: Any) -> bytes:
    if isinstance(page, bytes | bytearray | memoryview):
        return bytes(page)
    try:
        if isinstance(page, str):
            return page.encode()
        if isinstance(page, Mapping):
            return msgspec.json.encode(dict(page))
    except (TypeError, ValueError, RecursionError) as error:
        raise PageError(
            f"The page cannot be written as JSON ({error}); give it as it was received."
        ) from error
    raise PageError(f"A page is {type(page).__name__}; give it as bytes, text or dict.")


def _events_table(flow: lines.Flow, keys: pa.Array, began: Ints) -> pa.Table:
    heads, missing = flow.heads.heads, flow.at_ms == MISSING
    begin = began[flow.owner]
    unknown = missing | (begin == MISSING)
    used = np.ones(len(heads), dtype=bool)
    used_sources = np.array([(flow.at_source == n).any() for n in range(len(AT_SOURCES))])
    columns = {
        "call_key": keys.take(pa.array(flow.owner)),
        "position": pa.array(flow.position),
        **{name: lines.words([getattr(head, name) for head in heads], flow.head, used) for name in _OF_HEADS},
        "at": lines.instants(flow.at_ms, INSTANT),
        "at_source": lines.words(AT_SOURCES, flow.at_source, used_sources),
        "elapsed_s": pa.array((flow.at_ms - begin) / 1000, mask=unknown),
        "raw": flow.lines,
    }
    return conform(pa.table({name: columns[name] for name in EVENTS_SCHEMA.names}), EVENTS_SCHEMA)
