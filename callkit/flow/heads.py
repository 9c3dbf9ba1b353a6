"""What the head of a line, or the fields of an object, say by the row of the grammar that fits."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from callkit.dialects.values import is_nothing
from callkit.flow.grammar import ASSUMED, DESTINATIONS, DOCUMENTED, GROUPS, KINDS, Row, Shape
from callkit.flow.stamps import MISSING, loose_tail
from callkit.privacy import mask_numbers
from callkit.schema import STEPS

TIMES = ("time", "anstime")
_STATES = ("dialst", "tgst", "dstype")
Told = tuple[str | bool | None, ...]
_CLOCK = re.compile(r"(?:\d:[0-5]\d| at \d{9,})[^()]*\Z")  # of a stamp in another form than the known one
_NUMBER = re.compile(r"(?:.*/)?(\+?[0-9Xx*#]+)(?:@.*)?", re.DOTALL)  # also in a channel: PJSIP/+44…@TRUNK


class Head(NamedTuple):
    """What a head says; `row` is None where no row fits it."""

    row: Row | Shape | None
    step: str = "unknown"
    step_raw: str | None = None
    target_kind: str | None = None
    target_name: str | None = None
    target_id: str | None = None
    number: str | None = None
    ended_by: str | None = None
    is_failed_check: bool = False


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
        self._known: dict[tuple[str, bool], tuple[int, int]] = {}
        self._known_objects: dict[Told, int] = {}
        self.by_answer: dict[int, bool] = {}
        self.heads: list[Head] = []
        self.texts: list[str] = []
        self.unread: list[bool] = []  # whether a time is there, or must be, and cannot be read

    def number(self, text: str, is_stamped: bool) -> tuple[int, int]:
        """Return a head's number, and the seconds of a stamp in it that `tail_seconds` does not see, or `MISSING`."""
        known = self._known.get((text, is_stamped))
        if known is None:
            wall_s, cut = (MISSING, len(text)) if is_stamped else loose_tail(text)
            has_stamp = is_stamped or wall_s != MISSING
            head = read_head(self._rows, text[:cut], is_stamped=has_stamp)
            known = self._known[text, is_stamped] = (
                self._add(head, text[:cut], not has_stamp and _lacks_its_stamp(head, text)), wall_s,
            )  # fmt: skip
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

    def steps(self) -> npt.NDArray[np.int8]:
        """Return each head's step as its place in `schema.STEPS`."""
        place = {step: n for n, step in enumerate(STEPS)}
        return np.array([place[head.step] for head in self.heads], dtype=np.int8)

    def assumed(self) -> npt.NDArray[np.bool_]:
        """Say of each head whether only an assumed row reads it."""
        rows = (head.row for head in self.heads)
        return np.array([row is not None and row.status == ASSUMED for row in rows], dtype=bool)


def _keys(shapes: Sequence[Shape]) -> tuple[str, ...]:
    """Return the keys of an object that decide what it says; of a time it is only whether there is one."""
    used = [key for s in shapes for key in (*s.name.split(), *s.id.split(), *_number_keys(s))]
    used += [key for shape in shapes for key, _, _ in shape.conditions]
    return tuple(dict.fromkeys(["type", *_STATES, *used]))


def _number_keys(shape: Shape) -> tuple[str, ...]:
    return (shape.number, "number") if shape.number == "num" else (shape.number,)


def read_head(table: Sequence[Row | Shape], head: str, *, is_stamped: bool) -> Head:
    """
    Return what the first row that fits says of a head.

    Parameters
    ----------
    table
        The rows, in the order of `rows`.
    head
        The line without its stamp.
    is_stamped
        Whether a valid stamp followed; without one no assumed row fits.
    """
    head = head.strip()
    for row in table:
        if not isinstance(row, Row) or not (is_stamped or row.status != ASSUMED):
            continue
        if match := row.regex.fullmatch(head):
            return _said(row, match)
    return Head(None)


def _lacks_its_stamp(head: Head, text: str) -> bool:
    """Say of a line without a stamp whether the vendor writes one there, or it ends in what may be one."""
    if head.row is None:
        return bool(_CLOCK.search(text[-40:]))
    return head.row.status == DOCUMENTED and head.step != "hangup"


def read_object(table: Sequence[Row | Shape], fields: Mapping[str, str | None], *, is_stamped: bool) -> Head:
    """
    Return what the first row that fits says of an object.

    Parameters
    ----------
    table
        The rows, in the order of `grammar.rows`.
    fields
        The object's fields as text; None for those it does not have.
    is_stamped
        Whether it has a valid time; without one no assumed row fits.
    """
    for row in table:
        if not isinstance(row, Shape) or not (is_stamped or row.status != ASSUMED):
            continue
        if fits(row, fields):
            return _of_object(row, fields)
    return Head(None)


def fits(row: Shape, fields: Mapping[str, str | None]) -> bool:
    """Say whether an object has a row's type and what else the row asks for."""
    if _plain(fields.get("type")) != _plain(row.type):
        return False
    for key, value, is_equal in row.conditions:
        has = _plain(fields.get(key))
        if (bool(has) if value == "*" else has == _plain(value)) != is_equal:
            return False
    return True


@lru_cache(maxsize=4096)
def _plain(text: str | None) -> str:
    return re.sub(r"[\W_]+", "", unquote(text or "")).lower()


def _of_object(row: Shape, fields: Mapping[str, str | None]) -> Head:
    name, target_id = fields.get(row.name), fields.get(row.id)
    numbers = (_NUMBER.fullmatch(unquote(fields.get(key) or "")) for key in _number_keys(row))
    number = next((found[1] for found in numbers if found), None)
    kind = row.target_kind or DESTINATIONS.get(fields.get("dstype") or "")
    if kind is None and (name or target_id):
        kind = "other"
    elif kind is None and number:
        kind = "number"
    state = next((fields[key] for key, value, _ in row.conditions if value != "*" and fields.get(key)), None)
    words = " ".join(part for part in (fields.get("type") or "no type", state) if part)
    return Head(row, row.step, nameless(words), kind, name, target_id, number, _ender(row), row.failed)


def as_field(value: object) -> str | None:
    """Return a field of an object as text, None where it holds nothing or no single value."""
    if value is None or isinstance(value, dict | list):
        return None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return None if is_nothing(text) else text.strip()


def _said(row: Row, match: re.Match[str]) -> Head:
    said = {name: text.strip() or None for name, text in match.groupdict().items() if text}
    word, name, target_id, number = map(said.get, GROUPS)
    kind = KINDS.get(word, "other") if word else row.target_kind
    if kind is None and (name or target_id):
        kind = "other"
    if kind == "number" and number is None:
        name, number = None, name
    return Head(row, row.step, _words(match), kind, name, target_id, number, _ender(row), row.failed)


def _ender(row: Row | Shape) -> str | None:
    return row.ended_by or ("unknown" if row.step == "hangup" else None)


def _words(match: re.Match[str]) -> str:
    text = match.string
    hidden = [match.span(name) for name in match.re.groupindex if name != "kind"]
    for start, end in sorted(hidden, reverse=True):
        text = text[: max(start, 0)] + text[max(end, 0) :]
    return _rest(text)


@lru_cache(maxsize=4096)
def _rest(text: str) -> str:
    return nameless(text.replace("()", " "))


def nameless(text: str) -> str:
    """Return a head's words with numbers masked and what stands in brackets hidden."""
    first, last = text.find("("), text.rfind(")")
    if 0 <= first < last:
        text = f"{text[:first]}(…){text[last + 1 :]}"
    return mask_numbers(" ".join(text.split()))
