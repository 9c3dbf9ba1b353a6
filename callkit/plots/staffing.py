"""How many agents each hour of the week needs: a row of columns a weekday, one scale for all."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from callkit.look import words
from callkit.look.dates import WEEKDAYS
from callkit.look.tokens import LIGHT, WIDE, style
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_COLUMNS = ("weekday", "hour", "n", "agents", "agents_low", "agents_high")
_ROW, _WORDS = 60.0, 18.0  # px of a weekday's row, and of them what the numbers above its columns take
_WIDE, _NARROW = Room(0, 42, 8, 30, 44), Room(0, 36, 8, 30, 44)
_SPACE = 2.0


class _Week(NamedTuple):
    """Agents by weekday and hour, null where closed or unknown, and the ends of their range."""

    days: list[int]
    hours: list[int]
    needed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    is_open: np.ndarray


def agents_needed(data: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """
    Draw how many agents each open hour of the week needs.

    A row a weekday, all on one scale: the height of a column is the agents needed, the thin line their range over the
    95 % interval of the calls. A number stands above each column, bold above each day's first highest one, which is
    the only one where there is no room for all. A dash is an hour that is closed.

    Parameters
    ----------
    data
        What `callkit.metrics.staffing.agents_needed` returns.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on; a row's columns stand on a base line of their own, Monday's at 0, the others below it.

    Raises
    ------
    UsageError
        `data` is not such a table.
    """
    table = frame.table(data, _COLUMNS, "metrics.staffing.agents_needed")
    week = _week(table)
    with style():
        ax = frame.own(ax, WIDE, _room(week, WIDE))
        _drawn(ax, table, week, _WIDE)
    return ax


def figure_agents_needed(data: pd.DataFrame, width: int = WIDE) -> Figure:
    """Return the agents needed at a width of the report."""
    table = frame.table(data, _COLUMNS, "metrics.staffing.agents_needed")
    week = _week(table)
    with style():
        figure, ax = frame.sized(width, _room(week, width))
        _drawn(ax, table, week, _WIDE if width == WIDE else _NARROW)
    return figure


def _room(week: _Week, width: int) -> Room:
    room = _WIDE if width == WIDE else _NARROW
    return room._replace(height=room.top + room.bottom + _ROW * max(len(week.days), 2))


def _week(table: pd.DataFrame) -> _Week:
    known = table.dropna(subset=["agents"])
    if known.empty:
        nothing = np.empty((0, 0))
        return _Week([], [], nothing, nothing, nothing, nothing)
    days = list(range(int(table["weekday"].min()), int(table["weekday"].max()) + 1))
    hours = list(range(int(table["hour"].min()), int(table["hour"].max()) + 1))
    place = table["weekday"] - days[0], table["hour"] - hours[0]
    grids = np.full((3, len(days), len(hours)), np.nan)
    for grid, name in zip(grids, ("agents", "agents_low", "agents_high"), strict=True):
        grid[place] = table[name].astype(float)
    is_open = np.zeros(grids.shape[1:], dtype=bool)
    is_open[place] = True
    return _Week(days, hours, grids[0], grids[1], grids[2], is_open)


def _drawn(ax: Axes, table: pd.DataFrame, week: _Week, room: Room) -> None:
    frame.dress(ax, base=False)
    if not week.days:
        frame.nothing(ax, "no calls" if not table["n"].sum() else "no talk times are known")
        return
    highest = max(float(np.nanmax(week.high)), 1.0)
    pitch = highest * _ROW / (_ROW - _WORDS)
    bases = -pitch * np.arange(len(week.days))
    ax.set(xlim=(0, len(week.hours)), ylim=(bases[-1], pitch), xticks=[], yticks=bases, yticklabels=[])
    for row, base in enumerate(bases):
        _row(ax, week, row, float(base))
    _hours(ax, week, float(bases[-1]))
    _titles(ax, table, room)


def _row(ax: Axes, week: _Week, row: int, base: float) -> None:
    needed, edges = week.needed[row], np.arange(len(week.hours) + 1.0)
    ax.stairs(base + needed, edges, baseline=base, fill=True, color=LIGHT["blue3"], linewidth=0)
    ax.stairs(base + needed, edges, baseline=None, color=LIGHT["blue"], linewidth=2)
    middle, gap = edges[:-1] + 0.5, np.full(len(needed), np.nan)
    ends = np.stack([base + week.low[row], base + week.high[row], gap], axis=1).ravel()
    ax.plot(np.repeat(middle, 3), ends, color=LIGHT["ink"], linewidth=1, clip_on=False)
    frame.note(ax, WEEKDAYS[week.days[row]][:3], (0, base), (-7, 8), ha="right", level=True)
    most = int(np.nanargmax(needed)) if not np.isnan(needed).all() else -1
    for place in _numbered(week, row, most, frame.points(ax)[0]):
        top = base + max(needed[place], week.high[row, place])
        key: dict[str, Any] = {"ha": "center", "fontweight": "bold" if place == most else "normal"}
        frame.note(ax, words.count(needed[place]), (middle[place], top), (0, 4), color=LIGHT["ink"], **key)
    for middle_of_closed in middle[~week.is_open[row]]:
        shut: dict[str, Any] = {"ha": "center", "level": True, "color": LIGHT["ink3"]}
        frame.note(ax, words.NOTHING, (middle_of_closed, base), (0, 8), **shut)


def _numbered(week: _Week, row: int, most: int, room_px: float) -> list[int]:
    """Return the columns a number stands above: all that need a number of agents, or only the highest."""
    written = [words.count(value) for value in week.needed.ravel() if not np.isnan(value)]
    places = [int(place) for place in np.flatnonzero(~np.isnan(week.needed[row]))]
    has_room = max(map(labels.breadth, written)) <= room_px - _SPACE
    return places if has_room else [place for place in places if place == most]


def _hours(ax: Axes, week: _Week, base: float) -> None:
    room_px = frame.points(ax)[0]
    step = next(
        step
        for step in (1, 2, 3, 4, 6, 24)
        if room_px * step >= labels.breadth("00") + 2 * _SPACE or step == 24
    )
    for place in range(0, len(week.hours), step):
        frame.note(ax, f"{week.hours[place]:02d}", (place + 0.5, base), (0, -11), ha="center", level=True)


def _titles(ax: Axes, table: pd.DataFrame, room: Room) -> None:
    goal, models = table.attrs.get("goal"), list(table["model"].dropna()) if "model" in table else []
    title = f"agents needed, by {models[0]}" if models else "agents needed"
    if goal is not None:
        title += f", {words.rate(goal.service_level, 0)} within {words.seconds(goal.service_level_s)}"
    frame.y_title(ax, title, room)
    calls = words.plural(int(table["n"].sum()), "call")
    long = f"hour of the day, n = {calls}; thin line: range over the 95% interval of the calls"
    width = frame.points(ax)[0] * ax.get_xlim()[1]
    frame.x_title(ax, long if labels.breadth(long) <= width else f"hour, n = {calls}; line: 95% range")
