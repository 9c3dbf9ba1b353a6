"""Pages of call_report to Arrow columns: a fast typed decode, and slower ones for what does not fit it.

Each page is read by the first of three tiers that can:

1. *typed*: numbers are numbers, or text that is one; the flow is a list of text.
2. *tolerant*: numbers may be any text (``""``, ``"N.A."``), the flow a list, an object with index keys, or text.
3. *record by record*: a key nobody knows is counted, and learned, so that later pages stay fast; a record that
   cannot be read is quarantined with the reason, and its neighbours are kept.
"""

import gc
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from msgspec import UNSET, Raw, Struct

from callkit.dialects import RawPage
from callkit.dialects.call_report import (
    BOM,
    ENVELOPE_KEYS,
    RECORD_KINDS,
    STATS,
    STATS_KINDS,
    members,
    records_of,
)  # fmt: skip
from callkit.dialects.structs import DATA, ENVELOPE, RECORD, TOLERANT, TYPED, Tier, kinds, path
from callkit.dialects.values import flow_lines, numbers, texts
from callkit.errors import PageError

CHUNK = 500  # records held as objects: more of them fall out of the processor's cache
PATIENCE = 32  # pages read by the tolerant tier before the typed one is tried again
MOST_LEARNED = 200
_UNLEARNABLE = re.compile(r'[\\"\x00-\x1f]')  # msgspec has no field of such a name
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Quarantined(NamedTuple):
    """A record that could not be read: where it stands, why, and its bytes."""

    page_source: str
    index: int  # type: ignore[assignment]
    reason: str
    raw: bytes


class Records(NamedTuple):
    """
    The records of many pages, column by column.

    Parameters
    ----------
    columns
        By vendor path (``call_stats.ring_time``): text as string, numbers as float64.
    lines
        All lines of all flows, one after another.
    n_lines
        How many of them each record has.
    page_of
        The page of each record.
    fetched_at, source
        What each page says of itself.
    quarantined
        Records that could not be read.
    unknown_keys
        How often each key was met that callkit does not know.
    """

    columns: dict[str, pa.ChunkedArray]
    lines: pa.ChunkedArray
    n_lines: npt.NDArray[np.int64]
    page_of: npt.NDArray[np.int64]
    fetched_at: list[datetime | None]
    source: list[str]
    quarantined: list[Quarantined]
    unknown_keys: dict[str, int]


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector from walking over records that are about to be dropped anyway."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Decoder:
    """Collects pages; `finish` gives their records as columns."""

    def __init__(self) -> None:
        self._learned: dict[str, list[str]] = {ENVELOPE: [], RECORD: [], STATS: []}
        self._met: set[tuple[str, str]] = set()
        self._keys: Counter[str] = Counter()
        self._held: list[Struct] = []
        self._columns: dict[str, list[pa.Array]] = {name: [] for name in kinds()}
        self._lines: list[pa.Array] = []
        self._n_lines: list[int] = []
        self._page_sizes: list[int] = []
        self._fetched: list[datetime | None] = []
        self._sources: list[str] = []
        self._quarantined: list[Quarantined] = []
        self._patience = 0
        self._is_typed = True
        self._typed, self._tolerant = Tier(TYPED, self._learned), Tier(TOLERANT, self._learned)

    def add(self, page: RawPage) -> None:
        """
        Read one page.

        Raises
        ------
        PageError
            The page is not JSON, reports a failure, or has no list of records.
        """
        try:
            with collector_off():
                records = self._read(page)
                self._held += records
                if len(self._held) >= CHUNK or self._met:
                    self._flush()
                if self._met:
                    self._learn()
        except PageError as error:
            raise PageError(f"{page.source}: {error}" if page.source else str(error)) from error
        self._page_sizes.append(len(records))
        self._fetched.append(page.fetched_at)
        self._sources.append(page.source)

    def finish(self) -> Records:
        """Return all records added."""
        with collector_off():
            self._flush()
        types = {name: pa.float64() if kind == "number" else pa.string() for name, kind in kinds().items()}
        return Records(
            {name: pa.chunked_array(self._columns[name], types[name]) for name in types},
            pa.chunked_array(self._lines, pa.string()),
            np.array(self._n_lines, dtype=np.int64),
            np.repeat(np.arange(len(self._page_sizes)), self._page_sizes),
            self._fetched,
            self._sources,
            self._quarantined,
            dict(self._keys),
        )

    def _read(self, page: RawPage) -> list[Struct]:
        body = page.body.removeprefix(BOM)
        self._patience -= 1
        for tier in (self._tolerant,) if self._patience > 0 else (self._typed, self._tolerant):
            try:
                values = tier.members(body)
            except _UNREADABLE:
                continue
            if values[DATA] is None or str(values[ENVELOPE_KEYS.index("success")]).lower() == "false":
                break
            if tier is self._tolerant:
                self._is_typed = False
                if self._patience <= 0:
                    self._patience = PATIENCE
            self._count(ENVELOPE, [[value] for value in values[DATA + 1 :]])
            records: list[Struct] = values[DATA]
            return records
        return self._read_each(page.source, body)

    def _read_each(self, source: str, body: bytes) -> list[Struct]:
        page = members(body)
        raws = records_of(page)
        self._note([(ENVELOPE, key) for key in page if key not in (*ENVELOPE_KEYS, "data")])
        self._is_typed = False
        records = []
        for index, raw in enumerate(raws):
            try:
                records.append(self._record(raw))
            except _UNREADABLE as error:
                self._quarantined.append(Quarantined(source, index, str(error), bytes(raw)))
        return records

    def _record(self, raw: Raw) -> Struct:
        record = msgspec.json.decode(raw, type=dict[str, Any])
        stats = record[STATS] = record.get(STATS) or {}  # PHP writes an empty object as []
        odd = [(RECORD, key) for key in record if key not in RECORD_KINDS]
        if isinstance(stats, dict):
            odd += [(STATS, key) for key in stats if key not in STATS_KINDS]
        for level, key in odd:
            del (stats if level == STATS else record)[key]
        read: Struct = msgspec.convert(record, self._tolerant.record)
        self._note(odd)
        return read

    def _note(self, odd: Sequence[tuple[str, str]]) -> None:
        self._keys.update(path(level, key) for level, key in odd)
        self._met.update(
            (level, key)
            for level, key in odd
            if not (key in self._learned[level] or _UNLEARNABLE.search(key))
        )

    def _learn(self) -> None:
        room = MOST_LEARNED - sum(map(len, self._learned.values()))
        new, self._met = sorted(self._met)[: max(room, 0)], set()
        for level, key in new:
            self._learned[level].append(key)
        if new:
            self._typed, self._tolerant = Tier(TYPED, self._learned), Tier(TOLERANT, self._learned)

    def _flush(self) -> None:
        records, self._held = self._held, []
        if not records:
            return
        columns = list(zip(*map(msgspec.structs.astuple, records), strict=True))
        del records
        none = self._typed.stats()
        of_stats = (msgspec.structs.astuple(s or none) for s in columns[list(RECORD_KINDS).index(STATS)])
        stats = list(zip(*of_stats, strict=True))
        self._keep(RECORD, RECORD_KINDS, columns)
        self._keep(STATS, STATS_KINDS, stats)
        self._is_typed = True

    def _keep(self, level: str, fields: dict[str, str], columns: Sequence[tuple[Any, ...]]) -> None:
        for (key, kind), column in zip(fields.items(), columns, strict=False):
            if kind == "flow":
                flows = [f or () for f in column] if self._is_typed else [flow_lines(f) for f in column]
                self._lines.append(pa.array(list(chain.from_iterable(flows)), pa.string()))
                self._n_lines += map(len, flows)
            elif kind == "number":
                self._columns[path(level, key)].append(numbers(column, is_typed=self._is_typed))
            elif kind == "text":
                self._columns[path(level, key)].append(texts(column))
        self._count(level, columns[len(fields) :])

    def _count(self, level: str, columns: Sequence[Sequence[Any]]) -> None:
        for key, column in zip(self._learned[level], columns, strict=True):
            if met := len(column) - sum(value is UNSET for value in column):
                self._keys[path(level, key)] += met
