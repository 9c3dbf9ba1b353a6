"""Masked frames in notebooks: a calls or events frame shows its personal columns masked.

The frame itself never changes: ``frame["caller"].tolist()`` gives the real values, and so does everything
that computes. Only what is written into a notebook's outputs, and so travels with the notebook, is masked.
"""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from callkit.privacy import mask_numbers, masked

_PLACES = ("did", "ring_group", "queue", "menu", "announcement", "schedule")


def _name(text: str) -> str:
    return "name hidden" if any(letter.isalpha() for letter in text) else mask_numbers(text)


def _link(text: str) -> str:
    return "link hidden" if text else text


def _number(text: str) -> str:
    return masked(text) if text else text


MASKS: dict[str, Callable[[str], str]] = {
    "caller": _number,
    "caller_raw": mask_numbers,
    "destination_raw": mask_numbers,
    "forward_to_raw": mask_numbers,
    "agent_name": _name,
    "recording_url": _link,
    "target_name": _name,
    "number": mask_numbers,
    "raw": mask_numbers,
}


def masked_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """
    Return a copy of a frame with callkit's personal columns masked; a frame without any comes back itself.

    Numbers keep their kind and last three digits; names of people and recording links are hidden. Names of
    groups, queues and menus stay readable where `target_kind` stands beside them. Index and column labels that
    carry the name of a personal column are masked too.
    """
    return _mask(frame, None)[0]


def register(shell: Any = None) -> bool:
    """
    Make notebooks show DataFrames and Series through `masked_frame`; asking twice changes nothing.

    Parameters
    ----------
    shell
        The IPython shell; default the one that runs, if any.

    Returns
    -------
    bool
        Whether there is a shell to register with.
    """
    if shell is None and "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
    if shell is None:
        return False
    formatters = shell.display_formatter.formatters
    for kind in (pd.DataFrame, pd.Series):
        _wrap_html(formatters["text/html"], kind)
        _wrap_text(formatters["text/plain"], kind)
    return True


def _wrap_html(formatter: Any, kind: type) -> None:
    earlier = formatter.type_printers.get(kind)
    if getattr(earlier, "masks", False):
        return

    def html(shown: Any) -> str | None:
        safe, names = _safe(shown, None if earlier else _near())
        own = getattr(safe, "_repr_html_", None)
        text: str | None = earlier(safe) if earlier else own() if own else None
        return f"{text}<p><small>{_note(names)}</small></p>" if text and names else text

    html.masks = True  # type: ignore[attr-defined]
    formatter.for_type(kind, html)


def _wrap_text(formatter: Any, kind: type) -> None:
    earlier = formatter.type_printers.get(kind)
    if getattr(earlier, "masks", False):
        return

    def text(shown: Any, printer: Any, cycle: bool) -> None:
        safe, names = _safe(shown, None if earlier else _near())
        if earlier:
            earlier(safe, printer, cycle)
        else:
            printer.text(repr(safe))
        if names:
            printer.text(f"\n{_note(names)}")

    text.masks = True  # type: ignore[attr-defined]
    formatter.for_type(kind, text)


def _note(names: list[str]) -> str:
    return f"Masked in this view: {', '.join(names)}. The frame itself holds the real values (.tolist() shows them)."


def _near() -> int | None:
    return pd.get_option("display.max_rows") or None


def _safe(shown: Any, near: int | None) -> tuple[Any, list[str]]:
    if isinstance(shown, pd.Series):
        frame, names = _mask(shown.to_frame(), near)
        if not names:
            return shown, []
        safe = frame.iloc[:, 0]
        safe.name = shown.name
        return safe, names
    return _mask(shown, near)


def _mask(frame: pd.DataFrame, near: int | None) -> tuple[pd.DataFrame, list[str]]:
    """
    Mask a frame and name what changed.

    With `near` only so many rows at either end are filled, and masked cells between them stay empty: enough for a
    repr that cuts the middle out.
    """
    rows = _rows(len(frame), near)
    places = frame["target_kind"].isin(_PLACES).to_numpy() if "target_kind" in frame.columns else None
    names: list[str] = []
    shown = frame.copy(deep=False)
    for position, (name, kind) in enumerate(zip(frame.columns, frame.dtypes, strict=True)):
        if _is_personal(name) and _is_text(kind):
            cells = frame.iloc[:, position].to_numpy(dtype=object)
            hidden = _hidden(cells, MASKS[name], rows, places if name == "target_name" else None)
            names += [name] if _differ(cells, hidden, rows) else []
            shown.isetitem(position, hidden)
    shown.index, of_rows = _hidden_labels(frame.index, rows)
    shown.columns, of_columns = _hidden_labels(frame.columns, np.arange(frame.shape[1]))
    names += [*of_rows, *of_columns]
    return (shown, names) if names else (frame, [])


def _is_personal(name: Any) -> bool:
    return isinstance(name, str) and name in MASKS


def _is_text(kind: Any) -> bool:
    is_word = isinstance(kind, pd.CategoricalDtype | pd.StringDtype)
    return is_word or bool(pd.api.types.is_object_dtype(kind))


def _rows(length: int, near: int | None) -> np.ndarray:
    if near is None or length <= 2 * near:
        return np.arange(length)
    return np.concatenate([np.arange(near), np.arange(length - near, length)])


def _hidden(cells: Any, mask: Callable[[str], str], rows: np.ndarray, kept: Any = None) -> np.ndarray:
    shown = np.full(len(cells), "", dtype=object)
    for row in rows:
        cell = cells[row]
        hide = isinstance(cell, str) and not (kept is not None and kept[row])
        shown[row] = mask(cell) if hide else cell
    return shown


def _differ(cells: Any, hidden: np.ndarray, rows: np.ndarray) -> bool:
    return any(isinstance(cells[row], str) and cells[row] != hidden[row] for row in rows)


def _hidden_labels(labels: pd.Index, rows: np.ndarray) -> tuple[pd.Index, list[str]]:
    levels = [labels.get_level_values(level).to_numpy(dtype=object) for level in range(labels.nlevels)]
    names: list[str] = []
    for level, name in enumerate(labels.names):
        if isinstance(name, str) and _is_personal(name):
            hidden = _hidden(levels[level], MASKS[name], rows)
            names += [name] if _differ(levels[level], hidden, rows) else []
            levels[level] = hidden
    if not names:
        return labels, []
    if labels.nlevels > 1:
        return pd.MultiIndex.from_arrays(levels, names=labels.names), names
    return pd.Index(levels[0], name=labels.name), names
