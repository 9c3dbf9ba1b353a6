"""What of a frame, a series, an index or an array may leave callkit: into a notebook's outputs, or a shared file.

A column is masked by its name where that is one of callkit's personal columns, and so is the row of that name in a
turned frame or in a single call. Whatever else holds text is masked by what it says: phone numbers, links, e-mail
addresses.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from callkit.privacy import mask_numbers, masked

Mask: TypeAlias = Callable[[str], str]

PLACES = ("did", "ring_group", "queue", "menu", "announcement", "schedule")
_NAMELESS = ("anonymous", "withheld", "private", "restricted", "unknown", "unavailable")
_PLACE_STEP = re.compile(
    r"(?:(?:menu|menu_input|announcement|schedule_check) (?!extension|number|other)|\S+ (?:ring group|queue)\b)"
)
_STEP = re.compile(r"(\S+(?: (?:extension|number|other)\b)?)(?: (.+))?")
_PHONE = re.compile(r"(?<![\w.])(?:\+\d[\d\s().-]{6,}\d|(?:00?|44)[1-9]\d{8,12})(?!\w)")


def _name(text: str) -> str:
    return "name hidden" if any(letter.isalpha() for letter in text) else mask_numbers(text)


def _source(text: str) -> str:
    return text if text.lower() in _NAMELESS else _name(text)


def _link(text: str) -> str:
    return "link hidden" if text else text


def _number(text: str) -> str:
    return masked(text) if text else text


def _own(text: str) -> str:
    return text


def _said(text: str) -> str:
    text = _PHONE.sub(lambda found: mask_numbers(found[0]), text)
    return mask_numbers(text) if "@" in text or "://" in text else text


def _path(text: str) -> str:
    return " › ".join(map(_step, text.split(" › ")))


def _step(text: str) -> str:
    """Hide the name in a step of a path, such as ``dialed extension Ann``, unless it names a place."""
    found = None if _PLACE_STEP.match(text) else _STEP.fullmatch(text)
    return f"{found[1]} {_name(found[2])}" if found and found[2] else text


MASKS: dict[str, Mask] = {
    "caller": _number,
    "caller_raw": _source,
    "destination_raw": _source,
    "forward_to_raw": mask_numbers,
    "answered_by_raw": mask_numbers,
    "agent_name": _name,
    "recording_url": _link,
    "target_name": _name,
    "number": mask_numbers,
    "raw": mask_numbers,
}
_OURS = (
    "did",
    "last_did",
    "call_key",
    "case:concept:name",
)  # our own lines, and keys that may look like numbers
_OF_PATHS: dict[str, Mask] = {"path": _path, "activity": _path, "next_activity": _path, "from_name": _name}
_EVERY: dict[str, Mask] = MASKS | dict.fromkeys(_OURS, _own) | _OF_PATHS | {"org:resource": _name}


def mask_of(label: Any) -> Mask:
    """Return the mask of a column: by its name, else by what each cell says."""
    return _by_name(label) or _said


def may_be_number(text: str) -> bool:
    """Tell whether a text holds what looks like a phone number."""
    return _PHONE.search(text) is not None


def masked_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return a copy of a frame with what is personal masked; a frame without anything personal comes back itself.

    Numbers keep their kind and last three digits; names of people and recording links are hidden. Names of
    groups, queues and menus stay readable where `target_kind` stands beside them. Index and column labels are
    masked like columns of their name.
    """
    return mask_frame(frame, None)[0]


def mask_frame(frame: pd.DataFrame, near: int | None) -> tuple[pd.DataFrame, list[str]]:
    """
    Mask a frame and name what changed.

    With `near` only so many rows at either end are filled, and masked cells between them stay empty: enough for a
    repr that cuts the middle out.
    """
    rows = _rows(len(frame), near)
    places = frame["target_kind"].isin(PLACES).to_numpy() if "target_kind" in frame.columns else None
    of_rows = {row: mask for row in rows if (mask := _by_name(frame.index[row]))}
    names: list[str] = []
    shown = frame.copy(deep=False)
    for position, (name, kind) in enumerate(zip(frame.columns, frame.dtypes, strict=True)):
        if not _is_text(kind):
            continue
        cells = frame.iloc[:, position].to_numpy(dtype=object)
        mask, kept = mask_of(name), places if name == "target_name" else None
        hidden = _hidden(cells, mask, rows, kept, of_rows)
        differ = _differ(cells, hidden, rows)
        if differ or name in MASKS or _categories_differ(kind, mask):
            shown.isetitem(position, hidden)
        names += [str(name)] if differ else []
    shown.index, labels = mask_labels(frame.index, near)
    shown.columns, heads = mask_labels(frame.columns, None)
    names += [*labels, *heads]
    return (shown, names) if names else (frame, [])


def mask_series(series: pd.Series, near: int | None) -> tuple[pd.Series, list[str]]:
    """Mask a series and name what changed; see `mask_frame`."""
    frame, names = mask_frame(series.to_frame(), near)
    if not names:
        return series, []
    safe = frame.iloc[:, 0]
    safe.name = series.name
    return safe, names


def mask_labels(labels: pd.Index, near: int | None) -> tuple[pd.Index, list[str]]:
    """Mask an index and name the levels that changed; see `mask_frame`."""
    rows = _rows(len(labels), near)
    levels = [labels.get_level_values(level) for level in range(labels.nlevels)]
    names: list[str] = []
    for level, name in enumerate(labels.names):
        if not _is_text(levels[level].dtype):
            continue
        cells = levels[level].to_numpy(dtype=object)
        hidden = _hidden(cells, mask_of(name), rows)
        if _differ(cells, hidden, rows):
            names.append("labels" if name is None else str(name))
            levels[level] = pd.Index(hidden, dtype=object)
    if not names:
        return labels, []
    if labels.nlevels > 1:
        return pd.MultiIndex.from_arrays(levels, names=labels.names), names
    return pd.Index(levels[0], name=labels.name), names


def mask_array(array: Any, near: int | None) -> tuple[Any, list[str]]:
    """Mask an array of text, which has no name, by what it says; see `mask_frame`."""
    if not (_is_text(array.dtype) or array.dtype.kind in "US"):
        return array, []
    cells = np.asarray(array, dtype=object).ravel()
    rows = _rows(len(cells), near)
    hidden = _hidden(cells, _said, rows)
    return (hidden.reshape(array.shape), ["values"]) if _differ(cells, hidden, rows) else (array, [])


def _by_name(label: Any) -> Mask | None:
    labels = label if isinstance(label, tuple) else (label,)
    return next((_EVERY[name] for name in labels if isinstance(name, str) and name in _EVERY), None)


def _is_text(kind: Any) -> bool:
    is_word = isinstance(kind, pd.CategoricalDtype | pd.StringDtype)
    return is_word or bool(pd.api.types.is_object_dtype(kind))


def _rows(length: int, near: int | None) -> np.ndarray:
    if near is None or length <= 2 * near:
        return np.arange(length)
    return np.concatenate([np.arange(near), np.arange(length - near, length)])


def _hidden(
    cells: Any, mask: Mask, rows: Iterable[int], kept: Any = None, of_rows: dict[int, Mask] | None = None
) -> np.ndarray:
    shown = np.full(len(cells), "", dtype=object)
    for row in rows:
        cell = cells[row]
        if isinstance(cell, list | tuple | set | dict | np.ndarray):
            text = str(cell)
            cell = cell if mask_numbers(text) == text else mask_numbers(text)
        elif isinstance(cell, str) and not (kept is not None and kept[row]):
            cell = (of_rows or {}).get(row, mask)(cell)
        shown[row] = cell
    return shown


def _differ(cells: Any, hidden: np.ndarray, rows: Iterable[int]) -> bool:
    pairs = ((cells[row], hidden[row]) for row in rows)
    return any(isinstance(new, str) and not (isinstance(old, str) and old == new) for old, new in pairs)


def _categories_differ(kind: Any, mask: Mask) -> bool:
    """Tell whether the line of categories below a series would show what its cells do not."""
    named = kind.categories if isinstance(kind, pd.CategoricalDtype) else ()
    return any(isinstance(word, str) and mask(word) != word for word in named)
