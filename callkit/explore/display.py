"""Masked frames in notebooks: a calls or events frame shows its personal columns masked.

The frame itself never changes: ``frame["caller"].tolist()`` gives the real values, and so does everything
that computes. Masked is what a cell shows by itself or with ``display``, and so what travels with the notebook;
``print`` and plain Python lists show what they are given.
"""

import copy
import sys
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from callkit.tables.masks import (
    MASKS,
    mask_array,
    mask_frame,
    mask_labels,
    mask_series,
    masked_frame,
)

__all__ = ["MASKS", "masked_frame", "register"]

_HTML: tuple[type, ...] = (pd.DataFrame, pd.Series)
_TEXT: tuple[type, ...] = (*_HTML, pd.Index, ExtensionArray, np.ndarray)
_STYLER = ("pandas.io.formats.style", "Styler")
_IN_FULL = 1000  # entries an array shows before numpy cuts its middle out


def register(shell: Any = None) -> bool:
    """
    Make notebooks show DataFrames, Series, indexes and arrays masked; asking twice changes nothing.

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
    for kind in _HTML:
        _wrap_html(formatters["text/html"], kind)
    for kind in _TEXT:
        _wrap_text(formatters["text/plain"], kind)
    formatters["text/html"].for_type_by_name(*_STYLER, _styled)
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
            _write(repr(safe), printer)
        if names:
            printer.text(f"\n{_note(names)}")

    text.masks = True  # type: ignore[attr-defined]
    formatter.for_type(kind, text)


def _write(text: str, printer: Any) -> None:
    for place, line in enumerate(text.splitlines()):
        if place:
            printer.break_()
        printer.text(line)


def _styled(styler: Any) -> str | None:
    safe, names = mask_frame(styler.data, None)
    shown = copy.copy(styler)
    shown.data, shown.index, shown.columns = safe, safe.index, safe.columns
    text: str | None = shown._repr_html_()  # noqa: SLF001 (what a notebook asks for)
    return f"{text}<p><small>{_note(names)}</small></p>" if text and names else text


def _note(names: list[str]) -> str:
    told = ", ".join(dict.fromkeys(names))
    return f"Masked in this view: {told}. The data themselves hold the real values (.tolist() shows them)."


def _near() -> int | None:
    return pd.get_option("display.max_rows") or None


def _safe(shown: Any, near: int | None) -> tuple[Any, list[str]]:
    if isinstance(shown, pd.DataFrame):
        return mask_frame(shown, near)
    if isinstance(shown, pd.Series):
        return mask_series(shown, near)
    if isinstance(shown, pd.Index):
        return mask_labels(shown, pd.get_option("display.max_seq_items") or None)
    return mask_array(shown, _IN_FULL)
