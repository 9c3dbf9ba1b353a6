"""Cells of text that no spreadsheet takes for a formula.

What a caller says or is named by a network stands in the vendor's text, so any cell may be hostile. A cell that a
spreadsheet would read as a formula gets an apostrophe before it (OWASP, CSV Injection): one that begins with
``= + - @`` or their full-width or small forms, be it after blanks or quotation marks, or with a tab or a line feed.
So does what follows a comma, semicolon, bar, tab or line feed within a cell: a reader that cuts lines elsewhere begins
a cell there. Control characters but tab and line feed, direction marks and half characters become a
visible sign.
"""

import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from callkit.plaintext import UNSEEN

_BEFORE = r"(?:['\"]|[^\S\t\n])*"  # what may stand before a formula and leaves it one
_FORMULA = rf"{_BEFORE}[=+\-@＝＋－＠﹦﹢﹣﹫]"
_NO_TEXT = ("boolean", "integer", "floating", "mixed-integer-float", "date")
_UNSEEN = re.compile(UNSEEN)


def _places(sign: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:^|(?<=[,;|])){sign}(?={_FORMULA}|{_BEFORE}[\t\n])|(?<=[\t\n]){sign}(?={_FORMULA})"
    )


_DANGER, _DEFUSED = _places(""), _places("'")


def defused(text: str) -> str:
    """
    Return a text that no spreadsheet takes for a formula, without unseen characters.

    >>> defused("=1+1"), defused("Sales; @you"), defused("+447700900417"), defused("a-b")
    ("'=1+1", "Sales;' @you", "'+447700900417", 'a-b')
    """
    return _DANGER.sub("'", seen(text))


def fused(text: str) -> str:
    """
    Return the text that `defused` was given; only unseen characters do not come back.

    >>> fused("'+447700900417"), fused("'tis")
    ('+447700900417', "'tis")
    """
    return _DEFUSED.sub("", text)


def seen(text: str) -> str:
    """Return a text with a visible sign for each unseen character."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)


def each(column: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Return a column of text with every text changed, each different one once; nulls stay."""
    codes, texts = pd.factorize(column)
    changed = pd.Series([change(text) for text in texts], dtype="str")
    shown: pd.Series = changed.reindex(codes).set_axis(column.index)
    return shown


def plain(column: pd.Series) -> pd.Series:
    """Return a column as it is where it holds numbers, yes and no, or times (in UTC); else as text."""
    kind: Any = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return plain(pd.Series(kind.categories).reindex(column.cat.codes).set_axis(column.index))
    if isinstance(kind, pd.DatetimeTZDtype):
        utc: pd.Series = column.dt.tz_convert("UTC")
        return utc
    if kind.kind in "biufM":
        return column
    if kind.kind == "O" and not isinstance(kind, pd.StringDtype):
        found = pd.api.types.infer_dtype(column, skipna=True)
        if found == "decimal":
            return column.astype("float64")
        if found in _NO_TEXT:
            return column
        column = column.map(lambda value: seen(str(value)), na_action="ignore")
    return column.astype("str")


def is_text(column: pd.Series) -> bool:
    """Tell whether a column that `plain` gave is text."""
    return isinstance(column.dtype, pd.StringDtype)
