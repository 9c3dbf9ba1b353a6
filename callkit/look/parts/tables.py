"""Tables: captioned, scoped, sortable by keyboard, and complete without the script."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from callkit.look import words
from callkit.look.markup import NOTHING, Html, Text, join


class ColumnSpec(NamedTuple):
    """
    A column of a table.

    Parameters
    ----------
    key
        Where the value is in a row.
    label
        Words of the head.
    numeric
        Whether it stands to the right, in figures of equal width.
    small
        Where the text of the cell's small second line is in a row, such as an interval.
    show
        How a value is written; default: numbers by `words.count`, all else as text.
    """

    key: str
    label: str
    numeric: bool = False
    small: str | None = None
    show: Callable[[Any], Text] | None = None


_ROLES = {
    "<table": "table", "<thead": "rowgroup", "<tbody": "rowgroup", "<tfoot": "rowgroup", "<tr": "row",
    '<th scope="col"': "columnheader", '<th scope="row"': "rowheader", "<td": "cell",
}  # fmt: skip
_LONG_WORD = 10  # letters

Rows = pd.DataFrame | Iterable[Mapping[str, Any]]


def table(
    rows: Rows,
    columns: Sequence[ColumnSpec],
    *,
    caption: Text,
    foot: Mapping[str, Any] | None = None,
    sortable: bool = True,
    stacked: bool = False,
) -> Html:
    """
    Return a table; the first column heads its row.

    Parameters
    ----------
    rows
        A data frame or mappings; a missing value is written as a dash.
    columns
        What is shown, in this order.
    caption
        The table's title; also its region's name, so each on the page is its own.
    foot
        The row of totals.
    sortable
        Whether its heads are buttons that sort.
    stacked
        Whether a phone shows each row as a block of named values, as of more columns than fit it; else a table that
        is too wide scrolls in its box.
    """
    listed: list[Mapping[Any, Any]] = list(
        rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows
    )
    columns = [_without_small(column, [*listed, foot or {}]) for column in columns]
    head = join(_head(column, sortable=sortable and len(listed) > 1) for column in columns)
    body = join(Html("<tr>{}</tr>").format(_cells(row, columns, stacked=stacked)) for row in listed)
    total = NOTHING
    if foot:
        total = Html("<tfoot><tr>{}</tr></tfoot>").format(_cells(foot, columns, stacked=stacked))
    grid = Html("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody>{}</table>").format(
        caption, head, body, total
    )
    kinds = [*(["stack"] if stacked else []), *(["long"] if _has_long_word(listed, columns[0]) else [])]
    return Html('<div class="{}" tabindex="0" role="region" aria-label="Table: {}">{}</div>').format(
        " ".join(["scroll", *kinds]), caption, _with_roles(grid) if stacked else grid
    )


def _with_roles(grid: Html) -> Html:
    """Return a table that stays one for screen readers however its cells are laid out."""
    page = str(grid)
    for tag, role in _ROLES.items():
        page = page.replace(tag, f'{tag} role="{role}"')
    return Html(page)


def _has_long_word(rows: Iterable[Mapping[Any, Any]], column: ColumnSpec) -> bool:
    """Tell whether the names of rows have a word that a phone's narrowest column would break."""
    return any(len(word) > _LONG_WORD for row in rows for word in str(row.get(column.key)).split())


def _without_small(column: ColumnSpec, rows: Iterable[Mapping[Any, Any]]) -> ColumnSpec:
    """Return a column without second lines where all are empty; else all rows have one, so that values align."""
    return column._replace(small=None) if all(_is_missing(row.get(column.small)) for row in rows) else column


def _head(column: ColumnSpec, *, sortable: bool) -> Html:
    words_of = Html('<button type="button">{}</button>').format(column.label) if sortable else column.label
    kind = Html(' class="n both"') if column.numeric and column.small else _class(column)
    return Html('<th scope="col"{}>{}</th>').format(kind, words_of)


def _cells(row: Mapping[Any, Any], columns: Sequence[ColumnSpec], *, stacked: bool) -> Html:
    cells = []
    for place, column in enumerate(columns):
        value = row.get(column.key)
        small = row.get(column.small)
        tag = Html('<th scope="row"{}{}{}>{}{}</th>') if place == 0 else Html("<td{}{}{}>{}{}</td>")
        label = Html(' data-label="{}"').format(column.label) if stacked and place else NOTHING
        cells.append(
            tag.format(
                _class(column),
                label,
                Html(' data-v="{}"').format(key) if (key := _sort_key(value, column)) else NOTHING,
                _written(value, column.show),
                Html("<small>{}</small>").format("" if _is_missing(small) else small)
                if column.small
                else NOTHING,
            )
        )
    return join(cells)


def _class(column: ColumnSpec) -> Html:
    return Html(' class="n"') if column.numeric else NOTHING


def _is_number(value: Any) -> bool:
    return not isinstance(value, str | bool) and pd.api.types.is_number(value) and not _is_missing(value)


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value or (value == "")


def _sort_key(value: Any, column: ColumnSpec) -> str:
    """Return what a cell is sorted by where its words do not do: a number, or the time of a date."""
    if _is_missing(value):
        return "-Infinity" if column.numeric else ""
    if isinstance(value, date):
        return value.isoformat()
    return f"{float(value):.10g}" if _is_number(value) else ""


def _written(value: Any, show: Callable[[Any], Text] | None) -> Text:
    if _is_missing(value):
        return words.NOTHING
    if show is not None:
        return show(value)
    return words.count(value) if _is_number(value) else value if isinstance(value, str) else str(value)
