"""Objects of flows to heads and instants: many are decoded at once, and what one says beside its times is read once.

A time is UTC epoch seconds, as a number with up to milliseconds or as text; the wall clock has no part in it.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from types import NoneType
from typing import Any

import msgspec
import numpy as np

from callkit.dialects.pages import UNREADABLE, mended
from callkit.flow.heads import TIMES, Heads
from callkit.flow.reading import as_field
from callkit.flow.stamps import MISSING, Ints

_LAST = 4_102_444_800  # the year 2100: what is more is milliseconds
_TOGETHER = 2000  # steps decoded at once
_MARK = secrets.token_hex(8)  # stands between them: no step can hold it, so that none can pass for two


def read_objects(lines: Sequence[str], heads: Heads) -> tuple[Ints, Ints]:
    """
    Read steps that begin like an object.

    Parameters
    ----------
    lines
        The steps.
    heads
        The heads met so far; new ones are added.

    Returns
    -------
    tuple of numpy.ndarray
        The number of each step's head, -1 where it is no object, and its UTC epoch milliseconds, or `MISSING`.
    """
    numbers, at_ms = np.full(len(lines), -1, dtype=np.int64), np.full(len(lines), MISSING)
    for low in range(0, len(lines), _TOGETHER):
        places, steps = _decoded(lines[low : low + _TOGETHER], heads.keys)
        if steps:
            at = low + np.array(places)
            numbers[at], at_ms[at] = _read(steps, heads)
    return numbers, at_ms


def _read(steps: Sequence[Any], heads: Heads) -> tuple[Ints, Ints]:
    columns = list(zip(*map(msgspec.structs.astuple, steps), strict=True))
    times = columns[len(heads.keys) :]
    at, answered = map(_epochs_ms, times)
    is_stamped = (at != MISSING) | (answered != MISSING)
    is_unread = np.zeros(len(steps), dtype=bool)
    for n in np.flatnonzero(~is_stamped).tolist():
        is_unread[n] = any(_is_told(column[n]) for column in times)
    fields = [_fields(column) for column in columns[: len(heads.keys)]]
    fields += [["set" if v is not None else None for v in times[place]] for place in heads.timed]
    told = list(zip(*fields, is_stamped.tolist(), is_unread.tolist(), strict=True))
    numbers, by_answer = heads.object_numbers(told)
    return np.array(numbers), np.where(np.array(by_answer) & (answered != MISSING), answered, at)


def _fields(column: Sequence[Any]) -> Sequence[str | None]:
    if {str, NoneType}.issuperset(map(type, column)):
        return column
    return [value if type(value) is str else as_field(value) for value in column]


def _epochs_ms(column: Sequence[Any]) -> Ints:
    """Return what `epoch_ms` does, for many times at once."""
    try:
        seconds = np.array(column, dtype=float)
    except (TypeError, ValueError, OverflowError):
        seconds = np.empty(0)
    if seconds.shape != (len(column),) or bool in set(map(type, column)):
        return np.array([epoch_ms(value) for value in column], dtype=np.int64)
    seconds = np.where((seconds > 0) & (seconds < _LAST), seconds * 1000, seconds)
    known = (seconds > 0) & (seconds < _LAST * 1000)
    return np.where(known, np.rint(np.where(known, seconds, 0)).astype(np.int64), MISSING)


def _is_told(time: object) -> bool:
    """Say whether a field of a time holds anything; vendors write 0 for none."""
    return isinstance(time, dict | list) or as_field(time) not in (None, "0", "false")


def _decoded(lines: Sequence[str], keys: Sequence[str]) -> tuple[Sequence[int], list[Any]]:
    """Return the steps that are objects, and their places: all decoded at once, or else each alone."""
    one, many = _decoders(keys)
    try:
        found = many("[" + f',"{_MARK}",'.join(lines) + "]")
    except UNREADABLE:
        found = []
    steps, marks = found[::2], found[1::2]
    if len(steps) == len(lines) and all(mark == _MARK for mark in marks):
        return range(len(lines)), steps
    places, steps = [], []
    for place, line in enumerate(lines):
        try:
            steps.append(_alone(one, line))
        except UNREADABLE:
            continue
        places.append(place)
    return places, steps


def _alone(one: Any, line: str) -> Any:
    """Decode one step, half a surrogate pair as U+FFFD: a name cut within an emoji must not cost the step."""
    try:
        return one(line)
    except UNREADABLE:
        return one(mended(line.encode()))


@lru_cache(maxsize=32)
def _decoders(keys: Sequence[str]) -> tuple[Any, Any]:
    names = [*keys, *TIMES]
    fields = [(f"f{n}", Any, None) for n in range(len(names))]
    rename = {f"f{n}": key for n, key in enumerate(names)}
    step: Any = msgspec.defstruct("Step", fields, rename=rename, gc=False)
    return msgspec.json.Decoder(step).decode, msgspec.json.Decoder(list[step | str]).decode


def epoch_ms(value: object) -> int:
    """
    Return a time in UTC epoch milliseconds, or `MISSING` where it is none.

    >>> epoch_ms("1783784576"), epoch_ms(1783784606.075), epoch_ms("soon") == MISSING
    (1783784576000, 1783784606075, True)
    """
    try:
        seconds = (
            float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
        )
    except (ValueError, OverflowError):
        return MISSING
    if 0 < seconds < _LAST:
        return round(seconds * 1000)
    return round(seconds) if _LAST <= seconds < _LAST * 1000 else MISSING
