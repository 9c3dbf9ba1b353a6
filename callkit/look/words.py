"""Numbers, times and names as callkit's sentences write them.

A value that is not there is an en dash. Spaces are plain here; `callkit.look.typography` makes them unbreakable
where a page needs it.
"""

import math
import re
from collections.abc import Callable

from callkit.look.dates import (
    day,
    hour,
    long_day,
    long_moment,
    moment,
    named,
    named_with_year,
    period,
    short_days,
    tick,
)

__all__ = [
    "count", "day", "decimal", "hour", "in_words", "interval", "long_day", "long_moment", "moment", "named",
    "named_with_year", "opening", "period", "plural", "rate", "seconds", "short_days", "span", "tick", "times", "value",
]  # fmt: skip

NOTHING = "–"
_AMOUNTS = ("Erlangs", "each", "charge")  # that are no whole numbers
"""What stands where there is no value."""

_SMALL = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)

Number = float | int | None


def _is_missing(value: Number) -> bool:
    return value is None or value != value or math.isinf(value)


def count(value: Number) -> str:
    """
    Write a whole number with its thousands apart.

    Examples
    --------
    >>> count(1498)
    '1,498'
    """
    return NOTHING if _is_missing(value) else f"{_half_up(value, 0):,.0f}"


def decimal(value: Number, places: int = 1) -> str:
    """
    Write a number that is not whole.

    Examples
    --------
    >>> decimal(3.25, 1)
    '3.3'
    """
    return NOTHING if _is_missing(value) else f"{_half_up(value, places):,.{places}f}"


def rate(value: Number, places: int = 1) -> str:
    """
    Write a share as a percentage.

    Examples
    --------
    >>> rate(0.0874)
    '8.7%'
    >>> rate(0.81, 0)
    '81%'
    """
    return NOTHING if _is_missing(value) else f"{_half_up(value * 100, places):.{places}f}%"  # type: ignore[operator]


def seconds(value: Number) -> str:
    """
    Write a duration; up to 99 s in seconds, then in minutes, from an hour on in hours.

    Examples
    --------
    >>> seconds(68), seconds(112), seconds(125), seconds(4320)
    ('68 s', '1 min 52 s', '2 min 05 s', '1 h 12 min')
    """
    if _is_missing(value):
        return NOTHING
    whole = int(_half_up(value, 0))
    if whole < 100:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours:,} h {minutes:02d} min" if minutes else f"{hours:,} h"


def value(number: Number, unit: str) -> str:
    """
    Write a number of the catalogue by its unit: a share, seconds, a count of anything, or else an amount.

    Examples
    --------
    >>> value(0.81, "share"), value(68, "s"), value(24, "callers"), value(0.6599, "Erlangs"), value(0.0084, "charge")
    ('81.0%', '68 s', '24', '0.66', '0.0084')
    """
    if unit == "share":
        return rate(number)
    if unit in _AMOUNTS and number is not None:
        return decimal(number, 4 if 0 < abs(number) < 0.1 else 2)
    return seconds(number) if unit == "s" else count(number)


def span(low: Number, high: Number, write: Callable[[Number], str] = count) -> str:
    """
    Write a range with its unit once.

    Examples
    --------
    >>> span(0.05, 0.081, rate), span(41, 70, seconds), span(58, 110, seconds)
    ('5.0–8.1%', '41–70 s', '58 s–1 min 50 s')
    """
    first, last = write(low), write(high)
    if NOTHING in (first, last) and first != last:
        raise ValueError(f"a range needs both ends, and these are {low!r} and {high!r}.")
    if first == last:
        return first
    one, two = (re.fullmatch(r"(-?[\d.,]+)(\D*)", text) for text in (first, last))
    if one and two and one[2] == two[2]:
        first = one[1]
    return f"{first}–{last}"


def interval(low: Number, high: Number) -> str:
    """
    Write the interval of a share in whole per cents.

    Examples
    --------
    >>> interval(0.789, 0.829)
    '79–83%'
    """
    return span(low, high, lambda share: rate(share, 0))


def times(number: int) -> str:
    """
    Write how often something happened.

    Examples
    --------
    >>> times(1), times(2), times(5)
    ('once', 'twice', '5 times')
    """
    return {1: "once", 2: "twice"}.get(int(number), f"{count(number)} times")


def in_words(number: int) -> str:
    """
    Write a small number as a word and a larger one in figures.

    Examples
    --------
    >>> in_words(5), in_words(13)
    ('five', '13')
    """
    return _SMALL[number] if 0 <= number < len(_SMALL) else count(number)


def plural(number: int, one: str, many: str | None = None) -> str:
    """
    Write a number with the noun it counts.

    Examples
    --------
    >>> plural(1, "caller"), plural(1498, "call"), plural(2, "other way", "other ways")
    ('1 caller', '1,498 calls', '2 other ways')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def opening(sentence: str) -> str:
    """
    Write the first letter of a sentence large.

    Examples
    --------
    >>> opening("five weeks so far.")
    'Five weeks so far.'
    """
    return sentence[:1].upper() + sentence[1:]


def _half_up(value: Number, places: int) -> float:
    scale = 10**places
    return math.copysign(math.floor(abs(value) * scale + 0.5 + 1e-9) / scale, value)  # type: ignore[arg-type]
