"""What the head of a line, or the fields of an object, say by the row of the grammar that fits."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from callkit.dialects.values import is_nothing
from callkit.flow.grammar import ASSUMED, DESTINATIONS, GROUPS, KINDS, Row, Shape
from callkit.privacy import mask_numbers

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
    numbers = (_NUMBER.fullmatch(unquote(fields.get(key) or "")) for key in number_keys(row))
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
    if len(hidden) > 1:
        hidden.sort(reverse=True)
    for start, end in hidden:
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


def number_keys(shape: Shape) -> tuple[str, ...]:
    """Return the keys of an object that may hold the number a shape asks for."""
    return (shape.number, "number") if shape.number == "num" else (shape.number,)
