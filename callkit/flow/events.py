"""Steps of flows to events, vectorised: cut the stamps, then read each distinct head once.

The steps of all calls, lines of text and objects alike, stand in one Arrow column. What a step says is a number, its
place in the list of distinct heads; columns of `events` are that list's fields taken by those numbers. The raw column
is the steps themselves, untouched.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from callkit import clock
from callkit.dialects.decode import collector_off
from callkit.flow.grammar import Row, Shape
from callkit.flow.heads import Heads, Met
from callkit.flow.objects import read_objects
from callkit.flow.reading import nameless
from callkit.flow.stamps import MISSING, TAIL, Ints, offsets, tail_seconds
from callkit.schema import AT_SOURCES, STEPS

BLOCK = 65_536
_EXPLICIT, _DERIVED, _MISSING = range(len(AT_SOURCES))
Codes = npt.NDArray[np.int32]


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
    at_ms, at_source
        UTC epoch milliseconds or `MISSING`, and the place in `schema.AT_SOURCES` that says where they come from.
    is_object
        Whether a step is an object.
    """

    lines: pa.ChunkedArray
    owner: Ints
    position: Codes
    head: Codes
    heads: Met
    at_ms: Ints
    at_source: npt.NDArray[np.int8]
    is_object: npt.NDArray[np.bool_]

    def step(self) -> npt.NDArray[np.int8]:
        """Return the step of each line as its place in `schema.STEPS`."""
        return self.heads.steps()[self.head] if len(self.head) else np.empty(0, dtype=np.int8)

    def head_of(self, line: Ints) -> Ints:
        """Return the head of lines given by their number, and for line -1 the number after the last head."""
        none = len(self.heads.heads)
        return np.where(line >= 0, self.head[line], none) if len(self.head) else np.full(len(line), none)


def read(lines: pa.ChunkedArray, n_lines: Ints, table: Sequence[Row | Shape] | Heads) -> Flow:
    """
    Read steps; `at_ms` of a line is wall clock until `place` is called, that of an object is an instant at once.

    Parameters
    ----------
    lines
        All lines of all calls, one after another.
    n_lines
        How many of them each call has.
    table
        The grammar, as `grammar.rows` gives it, or the heads met so far by it: new ones are added.
    """
    heads = table if isinstance(table, Heads) else Heads(table)
    with collector_off():
        parts = [_read_block(block, heads) for block in _blocks(lines)]
    kinds: tuple[type, ...] = (np.int32, np.int64, np.bool_)
    head, at_ms, is_object = (
        np.concatenate([np.empty(0, dtype=kind), *(part[n] for part in parts)])
        for n, kind in enumerate(kinds)
    )
    owner = np.repeat(np.arange(len(n_lines)), n_lines)
    first = np.cumsum(n_lines) - n_lines
    position = np.arange(len(owner), dtype=np.int32) - np.repeat(first.astype(np.int32), n_lines)
    source = np.where(at_ms == MISSING, _MISSING, _EXPLICIT).astype(np.int8)
    met, head = heads.met(head)
    return Flow(lines, owner, position, head, met, at_ms, source, is_object)


def place(flow: Flow, started: Ints, ended: Ints, time_zone: str) -> Flow:
    """
    Turn wall clock into instants, and give a hang-up without a stamp the end of its call.

    Parameters
    ----------
    flow
        What `read` gives.
    started, ended
        UTC epoch milliseconds of each call, or `MISSING`.
    time_zone
        IANA zone of the stamps.
    """
    at, source = flow.at_ms.copy(), flow.at_source.copy()
    hint = np.where(started == MISSING, -1, started // 1000)
    is_hangup = flow.step() == STEPS.index("hangup")
    for low in range(0, len(at), BLOCK):  # each in the processor's cache
        lines = slice(low, low + BLOCK)
        owner, told = flow.owner[lines], source[lines]
        wall = np.flatnonzero((told == _EXPLICIT) & ~flow.is_object[lines])
        at[lines][wall] = 1000 * clock.to_utc(at[lines][wall] // 1000, time_zone, hint[owner[wall]])
        derived = np.flatnonzero((told == _MISSING) & is_hangup[lines])
        at[lines][derived] = ended[owner[derived]]
        told[derived[at[lines][derived] != MISSING]] = _DERIVED
    return flow._replace(at_ms=at, at_source=source)


def _blocks(lines: pa.ChunkedArray) -> Iterator[pa.Array]:
    held: list[pa.Array] = []
    for chunk in lines.chunks:
        for low in range(0, len(chunk), BLOCK):
            held.append(chunk.slice(low, BLOCK))
            if sum(map(len, held)) >= BLOCK:
                yield pa.concat_arrays(held)
                held = []
    if held:
        yield pa.concat_arrays(held)


def _read_block(block: pa.Array, heads: Heads) -> tuple[Codes, Ints, npt.NDArray[np.bool_]]:
    begins = _begin_like_objects(block)
    if not begins.any():
        return *_read_lines(block, heads), begins
    numbers, at_ms = np.full(len(block), -1, dtype=np.int64), np.full(len(block), MISSING)
    found = read_objects(block.filter(pa.array(begins)).to_pylist(), heads)
    numbers[begins], at_ms[begins] = found
    is_object = numbers >= 0
    if not is_object.all():
        numbers[~is_object], at_ms[~is_object] = _read_lines(block.filter(pa.array(~is_object)), heads)
    return numbers.astype(np.int32), at_ms, is_object


def _begin_like_objects(block: pa.Array) -> npt.NDArray[np.bool_]:
    data = block.buffers()[2]
    if data is None or not data.size:
        return np.zeros(len(block), dtype=bool)
    bounds = offsets(block)
    first = np.frombuffer(data, np.uint8)[np.minimum(bounds[:-1], data.size - 1)]
    begins: npt.NDArray[np.bool_] = (first == ord("{")) & (bounds[1:] > bounds[:-1])
    return begins


def _read_lines(block: pa.Array, heads: Heads) -> tuple[Codes, Ints]:
    wall_s = tail_seconds(block)
    stamped = wall_s != MISSING
    codes, texts = _encode(block, stamped)
    keys = codes * 2 + stamped
    numbers = np.zeros(2 * len(texts), dtype=np.int32)
    loose = np.full(2 * len(texts), MISSING)
    used = np.flatnonzero(np.bincount(keys, minlength=2 * len(texts)))
    found = [heads.number(texts[key // 2], bool(key % 2)) for key in used.tolist()]
    numbers[used], loose[used] = zip(*found, strict=True) if found else ((), ())
    wall_s = np.where(stamped, wall_s, loose[keys])
    return numbers[keys], np.where(wall_s == MISSING, MISSING, wall_s * 1000)


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


def words(
    values: Sequence[str | None], codes: npt.NDArray[np.integer], used: npt.NDArray[np.bool_] | None = None
) -> pa.DictionaryArray:
    """
    Return a dictionary column: for each code the value that stands there, null for None.

    Parameters
    ----------
    values
        Values, not necessarily distinct.
    codes
        Place in `values` of each row.
    used
        Which places the codes hold, where that is known already.
    """
    if used is None:
        used = np.bincount(codes, minlength=len(values)) > 0
    pairs = zip(values, used.tolist(), strict=True)
    distinct = list(dict.fromkeys(value for value, is_used in pairs if is_used and value is not None))
    number: dict[str | None, int] = {value: n for n, value in enumerate(distinct)}
    lookup = pa.array([number.get(value) for value in values], pa.int32())
    return pa.DictionaryArray.from_arrays(lookup.take(pa.array(codes)), pa.array(distinct, pa.string()))


def instants(at_ms: Ints, kind: pa.DataType) -> pa.Array:
    """Return epoch milliseconds as an Arrow timestamp column, `MISSING` as null."""
    micros = np.where(at_ms == MISSING, 0, at_ms) * 1000
    return pa.array(micros, pa.int64(), mask=at_ms == MISSING).view(kind)


def unknown_lines(flow: Flow) -> Counter[str]:
    """Count the lines no row fits by their words, numbers and bracketed names masked."""
    counts = np.bincount(flow.head, minlength=len(flow.heads.heads))
    found: Counter[str] = Counter()
    for head, text, n in zip(flow.heads.heads, flow.heads.texts, counts.tolist(), strict=True):
        if head.row is None:
            found[nameless(text)[:120]] += n
    return found


def most_frequent(found: Counter[str], most: int = 200) -> dict[str, int]:
    """Return the counts of so many kinds of lines, and those of the others together."""
    named = dict(found.most_common(most))
    rest = found.total() - sum(named.values())
    return named | ({"(other lines)": rest} if rest else {})
