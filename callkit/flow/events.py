"""Lines of flows to events, vectorised: cut the stamps, then read each distinct head once.

The lines of all calls stand in one Arrow column. What a line says is a number, its place in the list of distinct heads;
columns of `events` are that list's fields taken by those numbers. The raw column is the lines themselves, untouched.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from callkit import clock
from callkit.flow.grammar import ASSUMED, Head, Row, nameless, read_head
from callkit.flow.stamps import MISSING, TAIL, Ints, loose_tail, offsets, tail_seconds
from callkit.schema import AT_SOURCES, STEPS

BLOCK = 65_536
_EXPLICIT, _DERIVED, _MISSING = range(len(AT_SOURCES))
Codes = npt.NDArray[np.int32]


class Heads:
    """
    The distinct heads met so far, each read once.

    Parameters
    ----------
    table
        The grammar, as `grammar.rows` gives it.
    """

    def __init__(self, table: Sequence[Row]) -> None:
        self._table = table
        self._known: dict[tuple[str, bool], tuple[int, int]] = {}
        self.heads: list[Head] = []
        self.texts: list[str] = []

    def number(self, text: str, is_stamped: bool) -> tuple[int, int]:
        """Return a head's number, and the seconds of a stamp in it that `tail_seconds` does not see, or `MISSING`."""
        known = self._known.get((text, is_stamped))
        if known is None:
            wall_s, cut = (MISSING, len(text)) if is_stamped else loose_tail(text)
            head = read_head(self._table, text[:cut], is_stamped=is_stamped or wall_s != MISSING)
            known = self._known[text, is_stamped] = (len(self.heads), wall_s)
            self.heads.append(head)
            self.texts.append(text[:cut])
        return known

    def steps(self) -> npt.NDArray[np.int8]:
        """Return each head's step as its place in `schema.STEPS`."""
        place = {step: n for n, step in enumerate(STEPS)}
        return np.array([place[head.step] for head in self.heads], dtype=np.int8)

    def assumed(self) -> npt.NDArray[np.bool_]:
        """Say of each head whether only an assumed row reads it."""
        return np.array(
            [head.row is not None and head.row.status == ASSUMED for head in self.heads], dtype=bool
        )


class Flow(NamedTuple):
    """
    The lines of many calls, read.

    Parameters
    ----------
    lines
        The lines as the vendor wrote them.
    owner, position
        Number of the call of each line, and the line's place in it.
    head, heads
        Number of each line's head, and what the heads say.
    at_s, at_source
        UTC epoch seconds or `MISSING`, and the place in `schema.AT_SOURCES` that says where they come from.
    """

    lines: pa.ChunkedArray
    owner: Ints
    position: Codes
    head: Codes
    heads: Heads
    at_s: Ints
    at_source: npt.NDArray[np.int8]

    def step(self) -> npt.NDArray[np.int8]:
        """Return the step of each line as its place in `schema.STEPS`."""
        return self.heads.steps()[self.head] if len(self.head) else np.empty(0, dtype=np.int8)

    def head_of(self, line: Ints) -> Ints:
        """Return the head of lines given by their number, and for line -1 the number after the last head."""
        none = len(self.heads.heads)
        return np.where(line >= 0, self.head[line], none) if none else np.zeros(len(line), dtype=np.int64)


def read(lines: pa.ChunkedArray, n_lines: Ints, table: Sequence[Row]) -> Flow:
    """
    Read lines; `at_s` holds wall-clock seconds until `place` is called.

    Parameters
    ----------
    lines
        All lines of all calls, one after another.
    n_lines
        How many of them each call has.
    table
        The grammar, as `grammar.rows` gives it.
    """
    heads = Heads(table)
    parts = [_read_block(block, heads) for block in _blocks(lines)]
    head = np.concatenate([p[0] for p in parts] or [np.empty(0, dtype=np.int32)])
    wall_s = np.concatenate([p[1] for p in parts] or [np.empty(0, dtype=np.int64)])
    owner = np.repeat(np.arange(len(n_lines)), n_lines)
    first = np.cumsum(n_lines) - n_lines
    position = (np.arange(len(owner)) - first[owner]).astype(np.int32)
    source = np.where(wall_s == MISSING, _MISSING, _EXPLICIT).astype(np.int8)
    return Flow(lines, owner, position, head, heads, wall_s, source)


def place(flow: Flow, started: Ints, ended: Ints, time_zone: str) -> Flow:
    """
    Turn wall clock into instants, and give a hang-up without a stamp the end of its call.

    Parameters
    ----------
    flow
        What `read` gives.
    started, ended
        UTC epoch seconds of each call, or `MISSING`.
    time_zone
        IANA zone of the stamps.
    """
    at, source = flow.at_s.copy(), flow.at_source.copy()
    stamped = source == _EXPLICIT
    hint = started[flow.owner]
    at[stamped] = clock.to_utc(at[stamped], time_zone, np.where(hint == MISSING, -1, hint)[stamped])
    derived = ~stamped & (flow.step() == STEPS.index("hangup"))
    at[derived] = ended[flow.owner[derived]]
    source[derived & (at != MISSING)] = _DERIVED
    return flow._replace(at_s=at, at_source=source)


def _blocks(lines: pa.ChunkedArray) -> Iterator[pa.Array]:
    held: list[pa.Array] = []
    for chunk in lines.chunks:
        held.append(chunk)
        if sum(map(len, held)) >= BLOCK:
            yield pa.concat_arrays(held)
            held = []
    if held:
        yield pa.concat_arrays(held)


def _read_block(block: pa.Array, heads: Heads) -> tuple[Codes, Ints]:
    wall_s = tail_seconds(block)
    stamped = wall_s != MISSING
    codes, texts = _encode(block, stamped)
    keys = codes * 2 + stamped
    numbers = np.zeros(2 * len(texts), dtype=np.int32)
    loose = np.full(2 * len(texts), MISSING)
    for key in np.flatnonzero(np.bincount(keys, minlength=2 * len(texts))).tolist():
        numbers[key], loose[key] = heads.number(texts[key // 2], bool(key % 2))
    return numbers[keys], np.where(stamped, wall_s, loose[keys])


def _encode(block: pa.Array, stamped: npt.NDArray[np.bool_]) -> tuple[Ints, list[str]]:
    """Give the distinct heads numbers; they are cut out by offsets over the lines' own bytes."""
    data = block.buffers()[2]
    bounds = offsets(block)
    halves = np.empty(2 * len(block) + 1, dtype=np.int32)
    halves[::2] = bounds
    halves[1::2] = bounds[1:] - TAIL * stamped
    both = pa.StringArray.from_buffers(2 * len(block), pa.py_buffer(halves), data or pa.py_buffer(b""))
    encoded = both.take(pa.array(np.arange(0, 2 * len(block), 2))).dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64), encoded.dictionary.to_pylist()


def words(values: Sequence[str | None], codes: npt.NDArray[np.integer]) -> pa.DictionaryArray:
    """
    Return a dictionary column: for each code the value that stands there, null for None.

    Parameters
    ----------
    values
        Values, not necessarily distinct.
    codes
        Place in `values` of each row.
    """
    used = np.bincount(codes, minlength=len(values)).tolist()
    distinct = list(dict.fromkeys(v for v, n in zip(values, used, strict=True) if n and v is not None))
    number: dict[str | None, int] = {value: n for n, value in enumerate(distinct)}
    lookup = np.array([number.get(v, -1) for v in values], dtype=np.int32)
    taken = np.take(lookup, codes) if len(values) else np.empty(0, dtype=np.int32)
    mask = taken < 0 if None in values else None
    return pa.DictionaryArray.from_arrays(pa.array(taken, mask=mask), pa.array(distinct, pa.string()))


def instants(seconds: Ints, kind: pa.DataType) -> pa.Array:
    """Return epoch seconds as an Arrow timestamp column, `MISSING` as null."""
    micros = np.where(seconds == MISSING, 0, seconds) * 1_000_000
    return pa.array(micros, pa.int64(), mask=seconds == MISSING).view(kind)


def unknown_lines(flow: Flow, most: int = 200) -> dict[str, int]:
    """
    Count the lines no row fits by their words, numbers and bracketed names masked.

    Parameters
    ----------
    flow
        Lines, read.
    most
        How many different ones to name; the others are counted together.
    """
    counts = np.bincount(flow.head, minlength=len(flow.heads.heads))
    found: Counter[str] = Counter()
    for head, text, n in zip(flow.heads.heads, flow.heads.texts, counts.tolist(), strict=True):
        if head.row is None and n:
            found[nameless(text)[:120]] += n
    named = dict(found.most_common(most))
    rest = found.total() - sum(named.values())
    return named | ({"(other lines)": rest} if rest else {})
