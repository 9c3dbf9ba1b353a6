"""The distinct heads of lines and objects, each read once however often it is met."""

import re
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from callkit.flow.grammar import ASSUMED, DOCUMENTED, Row, Shape
from callkit.flow.reading import Head, as_field, number_keys, read_head, read_object
from callkit.flow.stamps import MISSING, loose_tail
from callkit.schema import STEPS

TIMES = ("time", "anstime")
_STATES = ("dialst", "tgst", "dstype")
Told = tuple[str | bool | None, ...]
_CLOCK = re.compile(r"(?:\d:[0-5]\d| at \d{9,})[^()]*\Z")  # of a stamp in another form than the known one


class Met(NamedTuple):
    """Heads that some lines have, their texts, and whether a time is there, or must be, and cannot be read."""

    heads: list[Head]
    texts: list[str]
    unread: list[bool]

    def steps(self) -> npt.NDArray[np.int8]:
        """Return each head's step as its place in `schema.STEPS`."""
        place = {step: n for n, step in enumerate(STEPS)}
        return np.array([place[head.step] for head in self.heads], dtype=np.int8)

    def assumed(self) -> npt.NDArray[np.bool_]:
        """Say of each head whether only an assumed row reads it."""
        rows = (head.row for head in self.heads)
        return np.array([row is not None and row.status == ASSUMED for row in rows], dtype=bool)


class Heads:
    """
    The distinct heads met so far, each read once.

    Parameters
    ----------
    table
        The grammar, as `grammar.rows` gives it.
    """

    def __init__(self, table: Sequence[Row | Shape]) -> None:
        self._rows = [row for row in table if isinstance(row, Row)]
        self._shapes = [row for row in table if isinstance(row, Shape)]
        used = _keys(self._shapes)
        self.keys = tuple(key for key in used if key not in TIMES)
        self.timed = [place for place, key in enumerate(TIMES) if key in used]
        self._known: tuple[dict[str, tuple[int, int]], ...] = ({}, {})  # without a stamp, and with one
        self._known_objects: dict[Told, int] = {}
        self.by_answer: dict[int, bool] = {}
        self.heads: list[Head] = []
        self.texts: list[str] = []
        self.unread: list[bool] = []

    def number(self, text: str, is_stamped: bool) -> tuple[int, int]:
        """Return a head's number, and the seconds of a stamp in it that `tail_seconds` does not see, or `MISSING`."""
        known = self._known[is_stamped].get(text)
        if known is None:
            wall_s, cut = (MISSING, len(text)) if is_stamped else loose_tail(text)
            has_stamp = is_stamped or wall_s != MISSING
            head = read_head(self._rows, text[:cut], is_stamped=has_stamp)
            lacks = not has_stamp and _lacks_its_stamp(head, text)
            known = self._known[is_stamped][text] = (self._add(head, text[:cut], lacks), wall_s)
        return known

    def object_numbers(self, told: Sequence[Told]) -> tuple[list[int], list[bool]]:
        """
        Return the number of each object's head, and whether its time is that of an answer.

        Parameters
        ----------
        told
            Of each object its fields by `keys` and, as far as it has one, `timed`; then whether a time in it can be
            read, and whether there is one that cannot.
        """
        known = self._known_objects
        for one in told:
            if one not in known:
                known[one] = self._read_object(one)
        numbers = list(map(known.__getitem__, told))
        return numbers, [self.by_answer[number] for number in numbers]

    def _read_object(self, told: Told) -> int:
        *fields, is_stamped, is_unread = told
        keys = (*self.keys, *(TIMES[place] for place in self.timed))
        said = {key: as_field(value) for key, value in zip(keys, fields, strict=True)}
        head = read_object(self._shapes, said, is_stamped=bool(is_stamped))
        states = [said[key] or "" for key in ("type", *_STATES) if said[key]]
        number = self._add(head, " ".join(["object", *states]), bool(is_unread))
        self.by_answer[number] = isinstance(head.row, Shape) and head.row.at == "anstime"
        return number

    def _add(self, head: Head, text: str, is_unread: bool) -> int:
        self.heads.append(head)
        self.texts.append(text)
        self.unread.append(is_unread)
        return len(self.heads) - 1

    def met(self, codes: npt.NDArray[np.int32]) -> tuple["Met", npt.NDArray[np.int32]]:
        """Return the heads that some lines have, given by their numbers, and the place of each line's head in them."""
        is_met = np.zeros(len(self.heads), dtype=bool)
        is_met[codes] = True
        met = Met(*(list(compress(every, is_met)) for every in (self.heads, self.texts, self.unread)))  # type: ignore[arg-type]
        places = np.cumsum(is_met, dtype=np.int32) - 1
        return met, places[codes] if len(places) else codes


def _lacks_its_stamp(head: Head, text: str) -> bool:
    """Say of a line without a stamp whether the vendor writes one there, or it ends in what may be one."""
    if head.row is None:
        return bool(_CLOCK.search(text[-40:]))
    return head.row.status == DOCUMENTED and head.step != "hangup"


def _keys(shapes: Sequence[Shape]) -> tuple[str, ...]:
    """Return the keys of an object that decide what it says; of a time it is only whether there is one."""
    used = [key for s in shapes for key in (*s.name.split(), *s.id.split(), *number_keys(s))]
    used += [key for shape in shapes for key, _, _ in shape.conditions]
    return tuple(dict.fromkeys(["type", *_STATES, *used]))
