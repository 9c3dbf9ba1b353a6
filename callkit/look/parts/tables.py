"""Tables: captioned, scoped, sortable by keyboard, and complete without the script."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import pandas as pd

from callkit.look import words
from callkit.look.markup import NOTHING, Html, Text, join, strong


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


Rows = pd.DataFrame | Iterable[Mapping[str, Any]]


def table(
    rows: Rows,
    columns: Sequence[ColumnSpec],
    *,
    caption: Text,
    foot: Mapping[str, Any] | None = None,
    sortable: bool = True,
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
    """
    listed: list[Mapping[Any, Any]] = list(
        rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows
    )
    head = join(_head(column, sortable=sortable and len(listed) > 1) for column in columns)
    body = join(Html("<tr>{}</tr>").format(_cells(row, columns)) for row in listed)
    total = Html("<tfoot><tr>{}</tr></tfoot>").format(_cells(foot, columns)) if foot else NOTHING
    return Html(
        '<div class="scroll" tabindex="0" role="region" aria-label="Table: {0}"><table><caption>{0}</caption>'
        "<thead><tr>{1}</tr></thead><tbody>{2}</tbody>{3}</table></div>"
    ).format(caption, head, body, total)


def _head(column: ColumnSpec, *, sortable: bool) -> Html:
    words_of = Html('<button type="button">{}</button>').format(column.label) if sortable else column.label
    return Html('<th scope="col"{}>{}</th>').format(_class(column), words_of)


def _cells(row: Mapping[Any, Any], columns: Sequence[ColumnSpec]) -> Html:
    cells = []
    for place, column in enumerate(columns):
        value = row.get(column.key)
        small = row.get(column.small) if column.small else None
        tag = Html('<th scope="row"{}{}>{}{}</th>') if place == 0 else Html("<td{}{}>{}{}</td>")
        cells.append(
            tag.format(
                _class(column),
                Html(' data-v="{}"').format(key) if (key := _sort_key(value, column)) else NOTHING,
                _written(value, column.show),
                NOTHING if _is_missing(small) else Html("<small>{}</small>").format(small),
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


class CallBack(NamedTuple):
    """
    A caller who tried us and whom nobody has spoken to.

    Parameters
    ----------
    caller
        The caller as this audience may see it, such as ``Mobile, ends 417``.
    n_attempts
        How often the caller rang us.
    last_tried
        Wall-clock time of the last try.
    line
        Name of the line the caller rang.
    wait_s
        How long the caller waited then; None where it is not known.
    n_callbacks
        How often we rang back without getting through.
    code
        Letters that tell callers apart whose numbers are masked, the same in every report; empty for none.
    """

    caller: str
    n_attempts: int
    last_tried: datetime
    line: str
    wait_s: float | None
    n_callbacks: int
    code: str = ""


def call_back_list(rows: Sequence[CallBack], n_first: int = 10) -> Html:
    """
    Return the list to ring, in the order given; on paper all of it, with a box to tick.

    Parameters
    ----------
    rows
        Who to ring first comes first.
    n_first
        How many stand open; the others follow on demand.
    """
    first, rest = rows[:n_first], rows[n_first:]
    listed = _call_backs(first, "Callers to ring back")
    if not rest:
        return Html('<div class="callbacks">{}</div>').format(listed)
    others = f"Show the other {words.count(len(rest))}"
    if all(row.n_attempts == 1 for row in rest):
        others += ", who called once"
    return Html(
        '<div class="callbacks">{}<details class="rest"><summary>{}</summary>{}</details></div>'
    ).format(listed, others, _call_backs(rest, "More callers to ring back"))


def _call_backs(rows: Sequence[CallBack], caption: str) -> Html:
    heads = [
        ("caller", "Caller"),
        ("n often", "Called us"),
        ("last", "Last tried us"),
        ("ours", "Our call-back"),
    ]
    head = join(
        Html('<th role="columnheader" scope="col" class="{}">{}</th>').format(*names) for names in heads
    )
    return Html(
        '<table class="list" role="table"><caption class="sr">{}</caption>'
        '<colgroup><col class="caller"/><col class="often"/><col class="last"/><col class="ours"/><col class="done"/>'
        '</colgroup><thead role="rowgroup"><tr role="row">{}<td role="cell" class="done">Done</td></tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table>'
    ).format(caption, head, join(_call_back(row) for row in rows))


def _call_back(row: CallBack) -> Html:
    waited = f"{row.line}, waited {words.seconds(row.wait_s)}" if row.wait_s is not None else row.line
    tried = f"We tried {words.times(row.n_callbacks)}, no answer"
    return Html(
        '<tr role="row"><th role="rowheader" scope="row" class="caller">{}{}</th>'
        '<td role="cell" class="n often">{}</td><td role="cell" class="last">{}<small>{}</small></td>'
        '<td role="cell" class="ours">{}</td><td role="cell" class="done"><span class="tick"></span></td></tr>'
    ).format(
        row.caller,
        Html(' <small><span class="sr">code </span>{}</small>').format(row.code) if row.code else NOTHING,
        words.times(row.n_attempts),
        words.moment(row.last_tried),
        waited,
        tried if row.n_callbacks else strong("Nobody has tried yet"),
    )
