"""The explorer's markup: the demand figure and its numbers, and one call step by step."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from callkit.explore.wording import Names, call_sentence, step_words
from callkit.look import dates, parts, words
from callkit.look.markup import NOTHING, Html, join, strong
from callkit.look.parts import ColumnSpec
from callkit.look.svg import inline
from callkit.look.tokens import NARROW, WIDE
from callkit.look.typography import unbroken
from callkit.plots import load as demand_plots
from callkit.plots import timeline
from callkit.privacy import mask_numbers

_PHASES = {
    "received": "menu", "schedule_check": "menu", "menu": "menu", "menu_input": "menu", "announcement": "menu",
    "queued": "queue", "joined": "queue", "forwarded": "queue", "transferred": "queue", "no_answer": "queue",
    "busy": "queue", "dialed": "ring", "answered": "talk", "bot": "talk", "voicemail": "talk",
}  # fmt: skip
_NOT_TAKEN = ("no_answer", "busy")
_TIMES = {
    "derived": "Sent without a time: the call's start plus its length.",
    "missing": "Sent without a time.",
}
_NO_BREAK = "\N{NO-BREAK SPACE}"


def note(text: str) -> Html:
    """Return a remark in place of what cannot be shown."""
    return Html('<p class="note" role="alert">{}</p>').format(text)


class Drawing(NamedTuple):
    """
    A figure that can be drawn at both widths of a page.

    Parameters
    ----------
    id
        Unique in the explorer.
    draw
        Makes the figure of a width.
    title, desc
        What is drawn, and what it shows, for screen readers.
    caption
        What stands below.
    """

    id: str
    draw: Callable[[int], Figure]
    title: str
    desc: str
    caption: Html

    def wide(self) -> Html:
        """Return the drawing two modules wide."""
        return self._at(WIDE, "wide")

    def narrow(self) -> Html:
        """Return the drawing one module wide."""
        return self._at(NARROW, "narrow")

    def _at(self, width: int, kind: str) -> Html:
        return inline(self.draw(width), f"{self.id}-{kind}", title=self.title, desc=self.desc, kind=kind)


def demand(table: pd.DataFrame) -> Drawing | None:
    """
    Return the demand heatmap; None where no call was offered in an open hour.

    Parameters
    ----------
    table
        From `callkit.metrics.load.arrivals`.
    """
    n, outside = int(table["n"].sum()), int(table["n_outside"].sum())
    if n == 0:
        return None
    top = table.nlargest(1, "per_open_hour").iloc[0]
    peak = (
        f"{dates.WEEKDAYS[int(top['weekday'])]} {words.hour(int(top['hour']))}, "
        f"with {words.decimal(top['per_open_hour']).removesuffix('.0')} calls in the hour"
    )
    hours = words.count(table["n_open_hours"].sum())
    rest = f"; {words.plural(outside, 'call')} outside opening hours not shown" if outside else ""
    framed = " A frame marks an unusual hour." if table["verdict"].isin(("high", "low")).any() else ""
    return Drawing(
        "ck-demand",
        lambda width: demand_plots.figure_arrivals(table, width),
        title="Calls offered per open hour, by weekday and hour of arrival.",
        desc=f"Busiest: {peak}.",
        caption=strong("Calls offered per open hour,")
        + unbroken(
            f" n = {words.plural(n, 'call')} in {hours} open hours{rest}. "
            f"Calls that left in the menu or met a closed line are not offered. Busiest: {peak}.{framed}"
        ),
    )


def no_demand(table: pd.DataFrame) -> Html:
    """Say that there is no demand to show, and why."""
    outside = int(table["n_outside"].sum())
    left = f" {words.plural(outside, 'call')} came outside opening hours." if outside else ""
    return note(f"No call was offered in an open hour of this period.{left}")


def demand_numbers(table: pd.DataFrame) -> Html:
    """Return the calls offered by hour (rows) and weekday (columns), hours and days without an open one left out."""
    open_only = table[table["is_open"].astype(bool)]
    wide = open_only.pivot_table(index="hour", columns="weekday", values="n", aggfunc="sum")
    rows = [
        {"hour": dates.hour(int(hour)), **{str(day): n for day, n in row.items()}, "all": total}
        for hour, row, total in zip(
            wide.index, wide.to_dict("records"), wide.sum(axis="columns"), strict=True
        )
    ]
    foot = {"hour": "All", **{str(day): n for day, n in wide.sum().items()}, "all": table["n"].sum()}
    columns = [
        ColumnSpec("hour", "From"),
        *(ColumnSpec(str(day), dates.WEEKDAYS[int(str(day))][:3], numeric=True) for day in wide.columns),
        ColumnSpec("all", "All", numeric=True),
    ]
    return parts.table(
        rows, columns, caption="Calls offered in open hours, by hour of arrival", foot=foot, sortable=False
    )


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines of one width, for a list in a face of even width."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        (2 * _NO_BREAK).join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        .rstrip()
        .replace(" ", _NO_BREAK)
        for row in rows
    ]  # fmt: skip


def call_head(call: Any, names: Names) -> Html:
    """Return the sentence over one call, a row of calls as a named tuple."""
    return Html('<h4 class="call">{}</h4>').format(unbroken(call_sentence(call, names)))


def no_steps() -> Html:
    """Say that a call came without its steps."""
    return note("The account does not send the steps of this call, so they cannot be shown.")


def call_drawing(call: Any, steps: pd.DataFrame, names: Names) -> Drawing:
    """Return the timeline of one call, from its steps in order."""
    return Drawing(
        "ck-call",
        lambda width: timeline.figure_call_timeline(steps, width),
        title="The steps of the call along its seconds.",
        desc=call_sentence(call, names),
        caption=strong("One call,")
        + unbroken(f" n = {words.plural(len(steps), 'step')}; a bar is as long as it took."),
    )


def step_list(steps: pd.DataFrame, names: Names) -> Html:
    """Return the steps of a call as a list: when, what, how long until the next one, and the vendor's words."""
    rows = list(steps.itertuples())
    gaps = (steps["elapsed_s"].shift(-1) - steps["elapsed_s"]).tolist()
    items = [_step(row, gap, _phase(rows, place), names)
             for place, (row, gap) in enumerate(zip(rows, gaps, strict=True))]  # fmt: skip
    return Html('<ol class="steps" aria-label="Steps of the call">{}</ol>').format(join(items))


def _step(row: Any, until_next: float, phase: str, names: Names) -> Html:
    more = _TIMES.get(row.at_source, "")
    return Html(
        '<li><span class="at">{}</span><i class="{}" aria-hidden="true"></i>'
        '<span>{}{}<code>{}</code></span><span class="next">{}</span></li>'
    ).format(
        unbroken(words.seconds(row.elapsed_s)),
        phase,
        step_words(row, names),
        Html("<small>{}</small>").format(more) if more else NOTHING,
        mask_numbers(row.raw.strip()),
        unbroken(f"next after {words.seconds(until_next)}") if until_next > 0 else NOTHING,
    )


def _phase(rows: list[Any], place: int) -> str:
    row = rows[place]
    if row.step == "dialed":
        later = (r.step for r in rows[place + 1 :] if r.target_name == row.target_name)
        return "lost" if next(later, "") in _NOT_TAKEN else "ring"
    return _PHASES.get(row.step, "")
