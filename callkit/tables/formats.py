"""The forms in which the vendors write a moment."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callkit import clock
from callkit.flow.stamps import MISSING, Ints, tail_seconds

_EPOCH = r"^\s*(?P<seconds>\d{10})(?:\.\d+|\d{3})?\s*$"
_ISO = r"^\s*(?P<wall>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:\.\d+)?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?\s*$"
_US = (
    r"^\s*(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}),?\s+"
    r"(?P<hour>\d{1,2}):(?P<rest>\d\d:\d\d)[\s\x{a0}\x{202f}]*(?P<half>[AaPp][Mm])?\s*$"
)
_US_PARTS = ("month", "day", "year", "hour", "rest", "half")


def read_stamps(column: pa.Array) -> tuple[Ints, Ints]:
    """
    Read stamps in any form met: ``27-Mar-2020 06:01:57``, ISO 8601, ``7/11/2026, 9:12:56 PM``, epoch seconds.

    Returns
    -------
    tuple of numpy.ndarray
        Wall-clock seconds of stamps without a zone, and UTC seconds of the others; `MISSING` elsewhere.
    """
    trimmed = pc.utf8_trim_whitespace(column)
    wall = tail_seconds(pc.binary_join_element_wise("", trimmed, " at ").fill_null(""))
    utc = np.full(len(wall), MISSING)
    for read in (_iso, _us, _epoch):
        rest = np.flatnonzero((wall == MISSING) & (utc == MISSING))
        if not len(rest):
            break
        wall[rest], utc[rest] = read(trimmed.take(pa.array(rest)))
    return wall, utc


def _iso(column: pa.Array) -> tuple[Ints, Ints]:
    found = pc.extract_regex(column, _ISO)
    text = pc.replace_substring(pc.struct_field(found, "wall"), "T", " ")
    seconds = _parsed(text)
    zone = pc.struct_field(found, "zone").fill_null("").to_pylist()
    offset = np.array([_offset_s(text) for text in zone], dtype=np.int64)
    is_utc = np.array([bool(text) for text in zone], dtype=bool) & (seconds != MISSING)
    return np.where(is_utc, MISSING, seconds), np.where(is_utc, seconds - offset, MISSING)


def _offset_s(zone: str) -> int:
    if zone in ("", "Z"):
        return 0
    return int(f"{zone[0]}1") * (int(zone[1:3]) * 3600 + int(zone[-2:]) * 60)


def _us(column: pa.Array) -> tuple[Ints, Ints]:
    part = dict(zip(_US_PARTS, pc.extract_regex(column, _US).flatten(), strict=True))
    padded = [pc.utf8_lpad(part[name], 2, "0") for name in ("month", "day", "hour")]
    day = pc.binary_join_element_wise(part["year"], *padded[:2], "-")
    time = pc.binary_join_element_wise(padded[2], part["rest"], ":")
    seconds = _parsed(pc.binary_join_element_wise(day, time, " "))
    half = pc.utf8_lower(part["half"]).fill_null("")
    is_twelve = pc.equal(padded[2], "12").fill_null(False).to_numpy(zero_copy_only=False)
    is_pm, is_am = (pc.equal(half, word).to_numpy(zero_copy_only=False) for word in ("pm", "am"))
    seconds += 43_200 * ((is_pm & ~is_twelve).astype(np.int64) - (is_am & is_twelve)) * (seconds != MISSING)
    return seconds, np.full(len(column), MISSING)


def _epoch(column: pa.Array) -> tuple[Ints, Ints]:
    return np.full(len(column), MISSING), told_seconds(column, _EPOCH)


def _parsed(column: pa.Array) -> Ints:
    parsed = pc.strptime(column, format=clock.WALL_FORMAT, unit="s", error_is_null=True)
    seconds: Ints = parsed.cast(pa.int64()).fill_null(MISSING).to_numpy()
    return seconds.copy()


def told_seconds(column: pa.Array, pattern: str) -> Ints:
    """Return the whole seconds that a pattern's group ``seconds`` finds, `MISSING` where it does not fit."""
    found = pc.struct_field(pc.extract_regex(column, pattern), "seconds").fill_null("")
    seconds: Ints = pc.if_else(pc.equal(found, ""), str(MISSING), found).cast(pa.int64()).to_numpy()
    return seconds
