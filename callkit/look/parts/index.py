"""The list of past reports: the way to the newest, its numbers over time, and a row for each report."""

from collections.abc import Sequence
from typing import NamedTuple

from callkit.look.markup import NOTHING, Html, Text, join, mark
from callkit.look.parts.verdict import Verdict, end_mark, marked, run_words

_HEIGHT, _TOP, _BOTTOM = 56, 9.0, 47.0  # px of a sparkline, and of its highest and lowest value
_FIRST, _LAST = 2.0, 96.0  # % of the width


class Past(NamedTuple):
    """
    A row of the list: a report with its numbers, or why there are none.

    Parameters
    ----------
    key
        What the row is sorted by, such as ``2026-W47``.
    name, dates
        Such as ``Week 47`` and ``16–22 Nov``.
    address
        Where its page lies; empty where there is none.
    numbers
        A cell for each column, from `past_number`; empty where there are none.
    verdict
        What its numbers say together, a badge or words; without numbers: a badge that says so.
    n_unusual
        How many of its numbers are unusual.
    reason
        Without numbers: why.
    """

    key: str
    name: str
    dates: str
    address: str
    numbers: Sequence[Html]
    verdict: Text
    n_unusual: int = 0
    reason: Text = ""


def open_button(address: str, words: Text) -> Html:
    """Return the one button of the list: a link to its newest report."""
    return Html('<p><a class="go" href="{}">{}</a></p>').format(address, words)


def sparkline(
    values: Sequence[float | None],
    value: float | None,
    low: float | None,
    high: float | None,
    verdict: Verdict,
    is_better: bool | None = None,
) -> Html:
    """
    Draw a number over its last weeks or months as a line that bends with the page's width.

    Parameters
    ----------
    values
        One for each period, the newest last; None leaves a gap in the line.
    value
        The newest one, which carries the mark of its verdict; None: nothing is drawn, as where it is alone.
    low, high
        Its usual range, drawn as a band; None for none.
    verdict, is_better
        Of the newest value.

    Hidden from screen readers: the tile and the table say the same.
    """
    if value is None or (len(values) < 2 and low is None):
        return NOTHING
    known = [v for v in (*values, value, low, high) if v is not None]
    least, span = min(known), max(known) - min(known)

    def at(v: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * ((v - least) / span if span else 0.5)

    step = (_LAST - _FIRST) / max(1, len(values) - 1)
    first = _LAST - step * (len(values) - 1)
    points = [None if v is None else (first + step * i, at(v)) for i, v in enumerate(values)]
    band = NOTHING
    if low is not None and high is not None:
        band = Html('<rect class="usual" y="{:.1f}" width="100%" height="{:.1f}"/>').format(
            at(high), at(low) - at(high)
        )
    return Html(
        '<svg class="bar spark" width="100%" height="{0}" aria-hidden="true">{1}'
        '<svg width="100%" height="{0}" viewBox="0 0 100 {0}" preserveAspectRatio="none">'
        '<path vector-effect="non-scaling-stroke" d="{2}"/></svg>{3}{4}</svg>'
    ).format(
        _HEIGHT,
        band,
        _line(points),
        _alone(points),
        end_mark(f"{_LAST:g}%", f"{at(value):.1f}", verdict, is_better),
    )


def _line(points: Sequence[tuple[float, float] | None]) -> str:
    """Return the path through the points, begun anew after each gap."""
    pairs = zip([None, *points], points, strict=False)
    return "".join(
        f"{'L' if before else 'M'}{point[0]:.1f} {point[1]:.1f}" for before, point in pairs if point
    )


def _alone(points: Sequence[tuple[float, float] | None]) -> Html:
    """Return a dot for each point that no line reaches."""
    threes = zip([None, *points], points, [*points[1:], None], strict=False)
    return join(
        Html('<circle class="dot" cx="{:.1f}%" cy="{:.1f}" r="3"/>').format(*point)
        for before, point, after in threes
        if point and not before and not after
    )


def sparklines_key(
    noun: str = "week", *, is_compared: bool = True, has_gap: bool = False, running: int = 0
) -> Html:
    """Return the one explanation of the sparklines, for below the tiles; of gaps and runs where there are any."""
    line = '<svg class="bar spark" width="28" height="14"><path d="M1 10 10 4 18 9 27 5"/></svg>'
    usual = '<svg class="bar" width="28" height="14"><rect class="usual" width="28" height="14"/></svg>'
    now = '<svg class="bar" width="14" height="14"><circle class="now" cx="7" cy="7" r="6"/></svg>'
    unusual = Html('<span class="alert">{}</span><span class="better">{}</span>').format(
        mark("high"), mark("low-open")
    )
    broken = f", broken where no whole {noun} was reported" if has_gap else ""
    items = [
        Html(line) + f"{noun} by {noun}, as each report printed it{broken}",
        Html(now) + f"the newest {noun}",
    ]
    if is_compared:
        items[1:] = [
            Html(usual) + f"usual range of the newest {noun}",
            Html(now) + f"the newest {noun}, usual",
            unusual + "unusual: filled worse, open better",
            *([Html("{}").format(run_words(noun, running))] if running else []),
        ]
    return Html('<p class="key" aria-hidden="true">{}</p>').format(
        join(Html("<span>{}</span>").format(item) for item in items)
    )


def past_badge(words: str, *, is_bad: bool = False) -> Html:
    """Return what a report says as a whole: that its numbers were usual, or that it lacks something."""
    kind, shape = ("alert", "look") if is_bad else ("quiet", "usual")
    return Html('<span class="badge {}">{}{}</span>').format(kind, mark(shape), words)


def past_number(
    label: str,
    words: str,
    value: float | None,
    verdict: Verdict,
    is_better: bool | None,
    noun: str = "week",
    *,
    running: int = 0,
) -> Html:
    """Return the cell of one number; an unusual one carries its mark, and says so."""
    caption = Html('<span class="cap">{}</span>').format(label)
    key = "-Infinity" if value is None else f"{value:.10g}"
    return Html('<td role="cell" class="n" data-v="{}">{}{}</td>').format(
        key, caption, marked(words, verdict, is_better, noun, running=running)
    )


def past_table(rows: Sequence[Past], columns: Sequence[str], *, noun: str = "week") -> Html:
    """
    Return the table of all reports, sortable; on a phone each row is a card.

    Parameters
    ----------
    rows
        The newest first.
    columns
        Heads of the numbers.
    noun
        ``week`` or ``month``, the head of the first column.
    """
    labels = [noun.capitalize(), *columns, "Verdict"]
    shown = [Html('<button type="button">{}</button>').format(x) if len(rows) > 1 else x for x in labels]
    classes = ["", *[' class="n"'] * len(columns), ""]
    sorts = [' aria-sort="descending"' if len(rows) > 1 else "", *[""] * (len(columns) + 1)]
    head = join(
        Html('<th role="columnheader" scope="col"{}{}>{}</th>').format(Html(kind), Html(order), words)
        for kind, order, words in zip(classes, sorts, shown, strict=True)
    )
    return Html(
        '<div class="scroll past" tabindex="0" role="region" aria-label="Table: Reports by {0}"><table role="table">'
        '<caption class="sr">Reports by {0}, the newest first</caption>'
        '<thead role="rowgroup"><tr role="row">{1}</tr></thead><tbody role="rowgroup">{2}</tbody></table></div>'
    ).format(noun, head, join(_past_row(row, len(columns)) for row in rows))


def _past_row(row: Past, n_numbers: int) -> Html:
    name = Html('<a href="{}">{}</a>').format(row.address, row.name) if row.address else row.name
    dates = Html("<small>{}</small>").format(row.dates) if row.dates else NOTHING
    head = Html('<th role="rowheader" scope="row" data-v="{}">{}{}</th>').format(row.key, name, dates)
    if row.reason:
        span, key, last = n_numbers + 1, "-Infinity", Html("<small>{}</small>").format(row.reason)
        cell = Html('<td role="cell" class="why" colspan="{}" data-v="{}">{}{}</td>')
        return Html('<tr role="row">{}{}</tr>').format(head, cell.format(span, key, row.verdict, last))
    verdict = Html('<td role="cell" class="verdict" data-v="{}">{}</td>').format(row.n_unusual, row.verdict)
    return Html('<tr role="row">{}{}{}</tr>').format(head, join(row.numbers), verdict)
