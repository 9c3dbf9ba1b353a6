"""How many people are seen answering in each hour of the day, and how many the model asks for."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from callkit.look import words
from callkit.look.dates import WEEKDAYS
from callkit.look.tokens import LIGHT, NARROW, WIDE, style
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_COLUMNS = ("hour", "answering", "agents", "agents_low", "agents_high", "short")
_ROOMS = {WIDE: Room(244, 28, 80, 30, 24), NARROW: Room(244, 24, 66, 30, 24)}
_COLUMN, _BAR = 0.62, 0.8  # of an hour's width
_SPARE = 4.0
_GAP = 16.0


def people_by_hour(data: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """
    Draw for each hour of the day how many people were seen answering, and how many are needed.

    The column is the people seen answering; the thick bar how many the model asks for, the thin line the range of that.
    Where at least one is short, both are in the colour of a warning and the number stands above.

    Parameters
    ----------
    data
        What `callkit.metrics.answering.by_hour_of_day` returns.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; an hour stands at its number.

    Raises
    ------
    UsageError
        `data` is not such a table.
    """
    table = frame.table(data, _COLUMNS, "metrics.answering.by_hour_of_day")
    with style():
        ax = frame.own(ax, WIDE, _ROOMS[WIDE])
        _drawn(ax, table, WIDE)
    return ax


def figure_people_by_hour(data: pd.DataFrame, width: int = WIDE) -> Figure:
    """Return the people seen answering and needed at a width of the report."""
    table = frame.table(data, _COLUMNS, "metrics.answering.by_hour_of_day")
    with style():
        figure, ax = frame.sized(width, _ROOMS.get(width, _ROOMS[WIDE]))
        _drawn(ax, table, width)
    return figure


def mean_of(weekdays: list[int]) -> str:
    """
    Say which days a mean is of: ``Monday to Friday mean``.

    Examples
    --------
    >>> mean_of([0, 1, 2, 3, 4]), mean_of([5]), mean_of([0, 2])
    ('Monday to Friday mean', 'Saturday mean', 'mean of Monday and Wednesday')
    """
    names = [WEEKDAYS[day] for day in weekdays]
    if len(names) > 2 and weekdays == list(range(weekdays[0], weekdays[-1] + 1)):
        return f"{names[0]} to {names[-1]} mean"
    if len(names) == 1:
        return f"{names[0]} mean"
    return f"mean of {', '.join(names[:-1])} and {names[-1]}" if names else "mean"


def _drawn(ax: Axes, table: pd.DataFrame, width: int) -> None:
    frame.dress(ax)
    if table[["answering", "agents"]].isna().all(axis=None):
        frame.nothing(ax, "nothing is known")
        return
    hours = table["hour"].to_numpy(int)
    ends = table[["answering", "agents_high"]].to_numpy(float)
    top = max(float(np.nanmax(ends)), 1.0)
    room = _ROOMS[width]
    gap = _GAP if table["short"].any() else _SPARE  # words above the highest line need room
    up = (room.height - room.top - room.bottom - gap) / top
    ax.set(xlim=(hours.min() - 0.5, hours.max() + 0.5), ylim=(0, top + gap / up))
    ticks = np.asarray(MaxNLocator(4, integer=True, steps=[1, 2, 4, 5, 10]).tick_values(0, top))
    ax.set_yticks(ticks[ticks >= 0])  # the topmost lies above all columns
    ax.set_ylim(0, max(ax.get_ylim()[1], ticks[-1]))
    ax.bar(hours, table["answering"], width=_COLUMN, color=LIGHT["blue3"], zorder=1.5)
    across, _ = frame.points(ax)
    for row in table.dropna(subset=["agents"]).to_dict("records"):
        _needed(ax, row)
    _lacking(ax, table[table["short"] > 0], across)
    _hours(ax, hours, across)
    _words_at_edge(ax, table.iloc[-1])
    days = mean_of(list(table.attrs.get("weekdays", [])))
    frame.y_title(ax, f"people, {days}", room)


def _needed(ax: Axes, row: dict[Any, Any]) -> None:
    hour, colour = float(row["hour"]), LIGHT["alert" if row["short"] else "ink"]
    thin: dict[str, Any] = {"color": colour, "solid_capstyle": "butt", "zorder": 3}
    if row["agents_high"] > row["agents_low"]:
        ax.plot([hour] * 2, [row["agents_low"], row["agents_high"]], linewidth=1.4, **thin)
    reach = [hour - _BAR / 2, hour + _BAR / 2]
    ax.plot(reach, [row["agents"]] * 2, linewidth=3, clip_on=False, **thin)


def _lacking(ax: Axes, short: pd.DataFrame, across: float) -> None:
    """Write how many are short, in full where there is room; where there is hardly any, the most first."""
    forms = [
        [f"{words.count(n)} short" for n in short["short"]],
        [f"−{words.count(n)}" for n in short["short"]],
    ]
    breadths = [
        max((labels.breadth(text, bold=True) for text in form), default=0.0) + _SPARE for form in forms
    ]
    form = 0 if breadths[0] <= across else 1
    written: list[float] = []
    rows = sorted(zip(short.to_dict("records"), forms[form], strict=True), key=lambda of: -of[0]["short"])
    for row, text in rows:
        hour = float(row["hour"])
        if any(abs(hour - other) * across < breadths[form] for other in written):
            continue
        written.append(hour)
        above = max(row["agents_high"], row["answering"])
        look: dict[str, Any] = {"ha": "center", "color": LIGHT["alert"], "fontweight": "bold", "zorder": 4}
        clear = {"facecolor": LIGHT["paper"], "edgecolor": "none", "pad": 1}
        frame.note(ax, text, (hour, above), (0, 6), bbox=clear, **look)


def _hours(ax: Axes, hours: np.ndarray, across: float) -> None:
    steps = (1, 2, 3, 4, 6)
    step = next((s for s in steps if across * s >= labels.breadth("00") + 2 * _SPARE), steps[-1])
    shown = [hour for hour in range(hours.min(), hours.max() + 1) if (hour - hours.min()) % step == 0]
    ax.set_xticks(shown, [f"{hour:02d}" for hour in shown])
    ax.tick_params(axis="x", length=0, pad=5)


def _words_at_edge(ax: Axes, last: "pd.Series[Any]") -> None:
    """Name the column and the bar beside the last hour, the words apart from each other and above the axis."""
    _, up = frame.points(ax)
    known = [
        (float(last[name]) * up, text, LIGHT[colour])
        for name, text, colour in (("agents", "needed", "ink"), ("answering", "answering", "blue"))
        if pd.notna(last[name])
    ]
    places = [max(place, 6.0) for place, *_ in known]
    if len(places) == 2 and abs(places[0] - places[1]) < _GAP:
        lower = min(range(2), key=lambda k: (known[k][0], -k))
        places[1 - lower] = places[lower] + _GAP
    for place, (_, text, colour) in zip(places, known, strict=True):
        frame.note(ax, text, (1, 0), (_SPARE, place), xycoords="axes fraction", level=True, color=colour)
