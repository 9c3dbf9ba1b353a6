"""Pages to Arrow columns: a fast typed decode, and slower ones for what does not fit it.

Each page is read by the first of three tiers that can:

1. *typed*: numbers are numbers, or text that is one; the flow is a list of text, or of objects.
2. *tolerant*: numbers may be any text (``""``, ``"N.A."``), the flow a list, an object with index keys, or text.
3. *record by record*: a key nobody knows is counted, and learned, so that later pages stay fast; a record that
   cannot be read is quarantined with the reason, and its neighbours are kept.
"""

import gc
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, Raw, Struct

from callkit.dialects import RawPage, dialect
from callkit.dialects.pages import BOM, UNREADABLE, members, mended, records_of
from callkit.dialects.records import Columns, Quarantined, Records
from callkit.dialects.structs import ENVELOPE, LOOSE, RECORD, TOLERANT, TYPED, Tier, nested, path
from callkit.errors import PageError

CHUNK = 500  # records held as objects: more of them fall out of the processor's cache
PATIENCE = 32  # pages read by the tolerant tier, at most, before the typed one is tried again
MOST_LEARNED = 200
_UNLEARNABLE = re.compile(r'[\\"\x00-\x1f]')  # msgspec has no field of such a name


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
    """
    Collects pages; `finish` gives their records as columns.

    Parameters
    ----------
    name
        Dialect of the pages.
    """

    def __init__(self, name: str = "call_report") -> None:
        self._layout = dialect(name).LAYOUT
        self._inner = nested(self._layout)
        self._data = len(self._layout.envelope)  # the records' place among a page's members
        self._learned: dict[str, list[str]] = {level: [] for level in (ENVELOPE, RECORD, self._inner)}
        self._met: set[tuple[str, str]] = set()
        self._keys: Counter[str] = Counter()
        self._held: list[Struct] = []
        self._columns = Columns(self._layout)
        self._page_sizes: list[int] = []
        self._fetched: list[datetime | None] = []
        self._sources: list[str] = []
        self._quarantined: list[Quarantined] = []
        self._patience = self._wait = 0
        self._make_tiers()

    def _make_tiers(self) -> None:
        self._typed, self._tolerant, self._loose = (
            Tier(self._layout, types, self._learned) for types in (TYPED, TOLERANT, LOOSE)
        )

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
        return Records(
            *self._columns.finish(),
            np.repeat(np.arange(len(self._page_sizes)), self._page_sizes),
            self._fetched,
            self._sources,
            self._quarantined,
            dict(self._keys),
        )

    def _read(self, page: RawPage) -> list[Struct]:
        body = page.body.removeprefix(BOM)
        raws = self._layout.split(body) if self._layout.split else None
        if raws is not None:
            body = b'{"%s":[%s]}' % (self._layout.records.encode(), b",".join(raws))
        self._wait -= 1
        for tier in (self._tolerant,) if self._wait >= 0 else (self._typed, self._tolerant):
            try:
                values = tier.members(body)
            except UNREADABLE:
                continue
            success = values[self._layout.envelope.index("success")]
            if values[self._data] is None or str(success).lower() == "false":
                break
            if tier is self._typed:
                self._patience = 0
            elif self._wait < 0:  # each failure in a row makes it wait twice as long
                self._patience = min(2 * self._patience + 1, PATIENCE)
                self._wait = self._patience
            self._count(ENVELOPE, [[value] for value in values[self._data + 1 :]])
            records: list[Struct] = values[self._data]
            return records
        return self._read_each(page.source, raws or self._raws(body))

    def _raws(self, body: bytes) -> list[Raw]:
        page = members(body)
        raws = records_of(page, self._layout)
        known = (*self._layout.envelope, self._layout.records)
        self._note([(ENVELOPE, key) for key in page if key not in known])
        return raws

    def _read_each(self, source: str, raws: Sequence[Raw]) -> list[Struct]:
        records = []
        for index, raw in enumerate(raws):
            try:
                try:
                    records.append(self._record(raw))
                except UNREADABLE:
                    if (whole := mended(bytes(raw))) == bytes(raw):
                        raise
                    records.append(self._record(whole))
            except UNREADABLE as error:
                self._quarantined.append(Quarantined(source, index, str(error), bytes(raw)))
        return records

    def _record(self, raw: Raw | bytes) -> Struct:
        str(raw, "utf-8")  # raises where it is no text
        record = msgspec.json.decode(raw, type=dict[str, Raw])
        odd = [(RECORD, key) for key in record if key not in self._layout.kinds]
        if self._inner and (sent := record.get(self._inner)):  # PHP writes an empty object as []
            stats = msgspec.json.decode(sent) and msgspec.json.decode(sent, type=dict[str, Raw])
            odd += [(self._inner, key) for key in stats or () if key not in self._layout.stats]
            kept = {key: value for key, value in (stats or {}).items() if key in self._layout.stats}
            record[self._inner] = Raw(msgspec.json.encode(kept))
        record = {key: value for key, value in record.items() if key in self._layout.kinds}
        read: Struct = self._loose.read(msgspec.json.encode(record))
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
            self._make_tiers()

    def _flush(self) -> None:
        records, self._held = self._held, []
        if not records:
            return
        columns = list(zip(*map(msgspec.structs.astuple, records), strict=True))
        del records
        self._keep(RECORD, self._layout.kinds, columns)
        if self._inner:
            none = self._typed.stats()
            inner = columns[list(self._layout.kinds).index(self._inner)]
            of_stats = (msgspec.structs.astuple(s or none) for s in inner)
            self._keep(self._inner, self._layout.stats, list(zip(*of_stats, strict=True)))

    def _keep(self, level: str, fields: Mapping[str, str], columns: Sequence[tuple[Any, ...]]) -> None:
        self._columns.keep(level, fields, columns)
        self._count(level, columns[len(fields) :])

    def _count(self, level: str, columns: Sequence[Sequence[Any]]) -> None:
        for key, column in zip(self._learned[level], columns, strict=True):
            if met := len(column) - sum(value is UNSET for value in column):
                self._keys[path(level, key)] += met
