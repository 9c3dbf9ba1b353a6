"""Objects of flows to heads and instants: each is decoded alone, and what it says apart from its times is read once.

A time is UTC epoch seconds, as a number with up to milliseconds or as text; the wall clock has no part in it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from callkit.dialects.pages import UNREADABLE
from callkit.flow.heads import TIMES, Heads, as_field
from callkit.flow.stamps import MISSING, Ints

_LAST = 4_102_444_800  # the year 2100: what is more is milliseconds


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
    decode, n_keys = _decoder(heads.keys), len(heads.keys)
    numbers, at_ms = np.full(len(lines), -1, dtype=np.int64), np.full(len(lines), MISSING)
    for n, line in enumerate(lines):
        try:
            values = msgspec.structs.astuple(decode(line))
        except UNREADABLE:
            continue
        time, anstime = values[n_keys:]
        at, answered = epoch_ms(time), MISSING if anstime is None else epoch_ms(anstime)
        fields = [v if v is None or type(v) is str else as_field(v) for v in values[:n_keys]]
        fields += ["set" if values[n_keys + place] is not None else None for place in heads.timed]
        is_stamped = at != MISSING or answered != MISSING
        is_unread = not is_stamped and (_is_told(time) or _is_told(anstime))
        numbers[n], first = heads.object_number(tuple(fields), is_stamped, is_unread)
        at_ms[n] = answered if first == "anstime" and answered != MISSING else at
    return numbers, at_ms


def _is_told(time: object) -> bool:
    """Say whether a field of a time holds anything; vendors write 0 for none."""
    return isinstance(time, dict | list) or as_field(time) not in (None, "0", "false")


@lru_cache(maxsize=32)
def _decoder(keys: Sequence[str]) -> Any:
    names = [*keys, *TIMES]
    fields = [(f"f{n}", Any, None) for n in range(len(names))]
    rename = {f"f{n}": key for n, key in enumerate(names)}
    return msgspec.json.Decoder(msgspec.defstruct("Step", fields, rename=rename, gc=False)).decode


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
