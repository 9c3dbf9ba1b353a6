"""Where words go so that they cross neither a line nor other words; all in px."""

from functools import cache
from itertools import accumulate, permutations, product
from typing import NamedTuple

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from callkit.look import words
from callkit.look.tokens import FIGURE_FONT

TEXT = 12.0
KEY = 13.0
LINE = 16.0
_CLASH = 100.0  # as bad as so many px outside
_UNKNOWN = 1.0  # breadth, in ems, of a letter the font lacks


def breadth(text: str, size: float = TEXT, *, bold: bool = False) -> float:
    """Return the px a line of text takes in the font of figures, which no font of the page exceeds."""
    return size * sum(_ems(letter, bold) for letter in text)


@cache
def _ems(letter: str, bold: bool) -> float:
    weight = "bold" if bold else "normal"
    font = get_font(findfont(FontProperties(family=FIGURE_FONT, weight=weight)))
    if not font.get_char_index(ord(letter)):
        return _UNKNOWN
    glyph = font.load_char(ord(letter), flags=LoadFlags.NO_SCALE)
    return float(glyph.horiAdvance / font.units_per_EM)


def short_count(n: float, room: float, *, bold: bool = False) -> str:
    """Write a count in full, or in thousands where there is no room: ``1,498``, ``1.5k`` or ``1k``."""
    forms = [words.count(n)]
    if n >= 1000:
        forms += [f"{words.decimal(n / 1000)}k", f"{words.count(n / 1000)}k"]
    return next((form for form in forms if breadth(form, bold=bold) <= room), forms[-1])


def clipped(text: str, room: float, *, bold: bool = False) -> str:
    """Shorten a line of text to the px there are, with an ellipsis."""
    if breadth(text, bold=bold) <= room:
        return text
    ends = accumulate(breadth(letter, bold=bold) for letter in text)
    letters = sum(end + breadth("…", bold=bold) <= room for end in ends)
    return text[: max(1, letters)].rstrip() + "…"


def apart(fixed: float, others: list[float], gap: float) -> list[float]:
    """Move `others` away from `fixed` and from each other until all stand at least `gap` apart."""
    moved = dict.fromkeys(range(len(others)), 0.0)
    for side in (1, -1):
        edge = fixed
        ranked = sorted((side * y, i) for i, y in enumerate(others) if (y >= fixed) == (side == 1))
        for y, i in ranked:
            edge = side * max(y, side * edge + gap)
            moved[i] = edge
    return list(moved.values())


def clear_of(place: float, others: list[float], gap: float) -> float:
    """Return the place nearest to `place` that is at least `gap` from all of `others`."""
    open_places = [place, *(other + side * gap for other in others for side in (1, -1))]
    free = [p for p in open_places if all(abs(p - other) >= gap - 1e-9 for other in others)]
    return min(free, key=lambda p: abs(p - place))


class Mark(NamedTuple):
    """A vertical line, in px from the left, and the lines of words beside its top."""

    at: float
    lines: list[str]


class Place(NamedTuple):
    """Where a mark's words stand: on which side, how far below the top, and from where to where."""

    is_before: bool
    depth: float
    bottom: float
    start: float
    end: float


def stacked(marks: list[Mark], room: float) -> list[Place]:
    """
    Place the words of at most two marks: after their line or before it, at the top or under the other's words.

    The first of the ways, the simplest ones first, in which no words pass `room` or 0, touch the other's words or are
    crossed by the other's line; where there is none, the one with the least of these faults.
    """
    sides = product((False, True), repeat=len(marks))
    ways = [_places(marks, before, lower) for before in sides for lower in (None, *range(len(marks)))]
    return min(ways, key=lambda places: _faults(marks, places, room))


def _places(marks: list[Mark], before: tuple[bool, ...], lower: int | None) -> list[Place]:
    tall = [LINE * len(mark.lines) + 4 for mark in marks]
    places = []
    for index, mark in enumerate(marks):
        depth = sum(tall) - tall[index] if index == lower else 0.0
        width = 6 + max(breadth(line) for line in mark.lines)
        start, end = (mark.at - width, mark.at) if before[index] else (mark.at, mark.at + width)
        places.append(Place(before[index], depth, depth + tall[index], start, end))
    return places


def _faults(marks: list[Mark], places: list[Place], room: float) -> float:
    faults = sum(max(0.0, -place.start) + max(0.0, place.end - room) for place in places)
    for one, other in permutations(range(len(marks)), 2):
        mine, theirs = places[one], places[other]
        is_beside = mine.end <= theirs.start or theirs.end <= mine.start
        is_above = mine.bottom <= theirs.depth or theirs.bottom <= mine.depth
        is_crossed = mine.start < marks[other].at < mine.end and theirs.depth < mine.bottom
        faults += _CLASH * (is_crossed + (not (is_beside or is_above)))
    return faults
