"""The list to ring: one table, part of it on demand, all of it on paper with boxes to tick."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from callkit.look import words
from callkit.look.markup import NOTHING, Html, join, strong


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


def call_back_list(rows: Sequence[CallBack], n_first: int = 10, n_phone: int = 5) -> Html:
    """
    Return the list to ring, in the order given; on paper all of it, with a box to tick.

    It is one table, so that its head stands on every sheet. Its later rows are hidden by style, not by markup: a
    browser that does not know how shows them all.

    Parameters
    ----------
    rows
        Who to ring first comes first.
    n_first
        How many stand open; the others follow on demand.
    n_phone
        How many stand open on a phone.
    """
    n_phone = min(n_phone, n_first)
    parts = [("", rows[:n_phone]), ("next", rows[n_phone:n_first]), ("rest", rows[n_first:])]
    hidden = [f"callers-{name}" for name, part in parts[1:] if part]
    labels = [
        Html('<span class="{}">{}</span>').format(kind, _others(rows[n:]))
        for kind, n in (("desk", n_first), ("phone", n_phone))
        if rows[n:]
    ]
    more = Html('<details class="{}"><summary aria-controls="{}">{}</summary></details>').format(
        "more" if rows[n_first:] else "more phone", " ".join(hidden), join(labels)
    )
    return Html('<div class="callbacks">{}{}</div>').format(_call_backs(parts), more if hidden else NOTHING)


def _others(rows: Sequence[CallBack]) -> str:
    once = ", who called once" if all(row.n_attempts == 1 for row in rows) else ""
    return f"Show the other {words.count(len(rows))}{once}"


def _call_backs(parts: Iterable[tuple[str, Sequence[CallBack]]]) -> Html:
    heads = [
        ("caller", "Caller"),
        ("n often", "Called us"),
        ("last", "Last tried us"),
        ("ours", "Our call-back"),
    ]
    head = join(
        Html('<th role="columnheader" scope="col" class="{}">{}</th>').format(*names) for names in heads
    )
    bodies = join(
        Html('<tbody role="rowgroup"{}>{}</tbody>').format(
            Html(' class="{0}" id="callers-{0}"').format(name) if name else NOTHING,
            join(map(_call_back, part)),
        )
        for name, part in parts
        if part or not name
    )
    return Html(
        '<table class="list" role="table"><caption class="sr">Callers to ring back</caption>'
        '<colgroup><col class="caller"/><col class="often"/><col class="last"/><col class="ours"/><col class="done"/>'
        '</colgroup><thead role="rowgroup"><tr role="row">{}<td role="cell" class="done">Done</td></tr></thead>'
        "{}</table>"
    ).format(head, bodies)


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
