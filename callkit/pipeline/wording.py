"""Numbers, sizes and spans of days as the reports of this floor word them."""

from collections.abc import Collection, Iterable
from datetime import date


def several(n: int, word: str) -> str:
    """
    Return a number of things.

    >>> several(1, "file"), several(1200, "day")
    ('1 file', '1,200 days')
    """
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def size(n_bytes: int) -> str:
    """
    Return a number of bytes in words.

    >>> size(999), size(21_500), size(3_000_000_000)
    ('999 bytes', '21.5 kB', '3.0 GB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= factor:
            return f"{n_bytes / factor:,.1f} {unit}"
    return several(n_bytes, "byte")


def span(days: Collection[date]) -> str:
    """
    Return the first and the last of some days.

    >>> span([date(2026, 11, 18), date(2026, 11, 16)]), span([date(2026, 11, 16)])
    ('2026-11-16 to 2026-11-18', '2026-11-16')
    """
    first, last = min(days), max(days)
    return str(first) if first == last else f"{first} to {last}"


def as_text(lines: Iterable[tuple[str, str]]) -> str:
    """Return headings and sentences, a line each; a sentence without a heading stands under the one before."""
    return "\n".join(f"{heading + ':' if heading else '':<12} {text}" for heading, text in lines)
