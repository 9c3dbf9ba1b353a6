"""Stamps such as ``27-Mar-2020 06:01:57``, read from Arrow's buffers by integer arithmetic.

A stamp at the end of a line is `` at `` and twenty more bytes, always 24. Each line's last 24 bytes are gathered as
three words of eight bytes: the first two are the day, looked up once for each run of equal ones; the third is the time,
whose digits are checked and summed eight at a time.
"""

import re
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

MISSING = int(np.iinfo(np.int64).min)
TAIL = 24
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(rb" at (\d\d)-([A-Za-z]{3})-(\d{4}) ")
_LOOSE = re.compile(r" at (\d{1,2})-([A-Za-z]{3})-(\d{4}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\Z", re.ASCII)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_BEFORE = np.uint32(int.from_bytes(b" at ", "little"))
_ZEROS = np.uint64(int.from_bytes(b"00:00:00", "little"))
_LARGEST = (2, 9, 0, 5, 9, 0, 5, 9)  # of each byte, once the zeros and colons are taken away
_ROOM = np.uint64(int.from_bytes(bytes(0x7F - most for most in _LARGEST), "little"))
_HIGH, _BYTE = np.uint64(0x8080808080808080), np.uint64(0xFF)

Ints = npt.NDArray[np.int64]


def _day_number(day: str | bytes, month: str, year: str | bytes) -> int:
    try:
        number = date(int(year), MONTHS.index(month.lower()) + 1, int(day)).toordinal() - _EPOCH_DAY
    except ValueError:
        return MISSING
    return number if 1970 <= int(year) < 2100 else MISSING


class _Days(dict[bytes, int]):
    """Days since 1970 by the sixteen bytes that write them."""

    def __missing__(self, key: bytes) -> int:
        if len(self) > 50_000:
            self.clear()
        found = _DAY.fullmatch(key)
        day = self[key] = _day_number(found[1], found[2].decode(), found[3]) if found else MISSING
        return day


_DAYS = _Days()


def offsets(array: pa.Array) -> npt.NDArray[np.int32]:
    """Return where each text of a string array begins in its data, and where the last one ends."""
    every = np.frombuffer(array.buffers()[1] or bytes(4), dtype=np.int32)
    return every[array.offset : array.offset + len(array) + 1]


def tail_seconds(array: pa.Array) -> Ints:
    """
    Return the stamps at the end of texts as wall-clock seconds since 1970.

    Parameters
    ----------
    array
        A string array.

    Returns
    -------
    numpy.ndarray
        `MISSING` where a text does not end in a valid stamp.
    """
    data = array.buffers()[2]
    if data is None or data.size < TAIL:
        return np.full(len(array), MISSING)
    bounds = offsets(array)
    words: npt.NDArray[np.uint64] = np.ndarray((data.size - 7,), "<u8", data, strides=(1,))
    at = np.where(np.diff(bounds) >= TAIL, bounds[1:] - TAIL, 0)
    first = words[at]
    lines = np.flatnonzero((first.astype(np.uint32) == _BEFORE) & (np.diff(bounds) >= TAIL))
    at = at[lines]
    digits = words[at + 16] ^ _ZEROS
    # 2561 = 10 * 256 + 1: each byte becomes ten times it plus the next
    pairs = (digits * np.uint64(2561)) >> np.uint64(8)
    hours, minutes, seconds = ((pairs >> np.uint64(s) & _BYTE).view(np.int64) for s in (0, 24, 48))
    days = _days(first[lines], words[at + 8])
    fits = ((((digits + _ROOM) | digits) & _HIGH) == 0) & (hours < 24) & (days != MISSING)
    found = np.full(len(array), MISSING)
    found[lines] = np.where(fits, days * 86_400 + hours * 3600 + minutes * 60 + seconds, MISSING)
    return found


def _days(first: npt.NDArray[np.uint64], second: npt.NDArray[np.uint64]) -> Ints:
    """Return the day that two words of eight bytes write, looked up once for each run of equal ones."""
    if not len(first):
        return np.empty(0, dtype=np.int64)
    changes = np.flatnonzero((first[1:] != first[:-1]) | (second[1:] != second[:-1])) + 1
    starts = np.concatenate(([0], changes))
    keys: Any = np.stack((first[starts], second[starts]), axis=1).view("V16")[:, 0].tolist()
    days = np.array([_DAYS[key] for key in keys], dtype=np.int64)
    return np.repeat(days, np.diff(np.append(starts, len(first))))


def loose_tail(text: str) -> tuple[int, int]:
    """
    Find a stamp that is not 24 bytes wide: a day of one digit, or blanks after it.

    Returns
    -------
    tuple of int
        Wall-clock seconds since 1970, or `MISSING`, and where the stamp begins in the text.
    """
    found = _LOOSE.search(text.rstrip())
    day = _day_number(found[1], found[2], found[3]) if found else MISSING
    if not found or day == MISSING:
        return MISSING, len(text)
    return day * 86_400 + int(found[4]) * 3600 + int(found[5]) * 60 + int(found[6]), found.start()
