"""How many calls go on at once, by hour of the day."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from callkit.look import words
from callkit.look.tokens import LIGHT, WIDE, style
from callkit.metrics import busy_hours
from callkit.metrics import concurrency as metric
from callkit.metrics.concurrency import Kind
from callkit.opening import OpeningHours
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_COLUMNS = ("kind", "hour", "mean", "peak", "n_hours")
_ROOM = Room(244, 30, 12, 29, 44)
_SUBJECTS = {
    "talking": "callers talking at once",
    "waiting": "callers waiting at once",
    "lines": "lines in use at once",
}
_BROAD, _SLIM = 0.86, 0.4
_OVER = 18.0  # px above the highest bar for its number


def at_once(
    data: Any,
    kind: Kind = "talking",
    *,
    opening: OpeningHours | None = None,
    time_zone: str = "Europe/London",
    ax: Axes | None = None,
) -> Axes:
    """
    Draw how many calls went on at once at each hour of the day: the mean as a slim bar, the most as a broad one.

    Parameters
    ----------
    data
        What `callkit.metrics.busy_hours.by_hour_of_day` returns, or calls.
    kind
        ``talking``, ``waiting`` or ``lines``.
    opening, time_zone
        For calls: opening hours (default: always open) and the zone of the wall clock.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `data` is neither such a table nor calls, or the kind is not known.
    """
    hours = _hours(data, kind, opening, time_zone)
    with style():
        ax = frame.own(ax, WIDE, _ROOM)
        frame.dress(ax)
        if hours.empty:
            frame.nothing(ax)
            return ax
        _bars(ax, hours)
        _numbers(ax, hours)
        frame.y_title(ax, _title(ax, kind), _ROOM)
        frame.x_title(ax, f"hour of the day; mean and most over {words.plural(_days(hours), 'day')}")
    return ax


def figure_at_once(
    data: Any,
    kind: Kind = "talking",
    width: int = WIDE,
    *,
    opening: OpeningHours | None = None,
    time_zone: str = "Europe/London",
) -> Figure:
    """Return calls at once by hour of the day at a width of the report."""
    with style():
        figure, ax = frame.sized(width, _ROOM)
    at_once(data, kind, opening=opening, time_zone=time_zone, ax=ax)
    return figure


def _hours(data: Any, kind: Kind, opening: OpeningHours | None, time_zone: str) -> pd.DataFrame:
    def make(calls: Any) -> pd.DataFrame:
        return busy_hours.by_hour_of_day(
            metric.concurrency(calls), opening or OpeningHours(), time_zone=time_zone
        )

    metric.known_kind(kind)
    table = frame.table(data, _COLUMNS, "metrics.busy_hours.by_hour_of_day", make)
    rows = table[table["kind"] == kind].sort_values("hour")
    used = rows.loc[rows["peak"] > 0, "hour"]
    return rows[rows["hour"].between(used.min(), used.max())].reset_index(drop=True)


def _days(hours: pd.DataFrame) -> int:
    return round(float(hours["n_hours"].median()))  # clock changes make one hour more or fewer


def _bars(ax: Axes, hours: pd.DataFrame) -> None:
    ax.bar(hours.index, hours["peak"], width=_BROAD, color=LIGHT["blue3"])
    ax.hlines(
        hours["peak"], hours.index - _BROAD / 2, hours.index + _BROAD / 2, color=LIGHT["blue"], linewidth=1.5
    )
    ax.bar(hours.index, hours["mean"].fillna(0), width=_SLIM, color=LIGHT["blue"])
    ax.set_xlim(-0.6, len(hours) - 0.4)
    tall = ax.bbox.height * 72 / ax.figure.dpi
    ax.set_ylim(0, float(hours["peak"].max()) * tall / (tall - _OVER))
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))


def _numbers(ax: Axes, hours: pd.DataFrame) -> None:
    across, _ = frame.points(ax)
    every = int(np.ceil((labels.breadth("00") + 4) / across))
    places = range(0, len(hours), every)
    ax.set_xticks(list(places), [f"{int(hours['hour'][place]):02d}" for place in places])
    ax.tick_params(axis="x", length=0)
    for place, peak in enumerate(hours["peak"]):
        text = words.count(peak)
        if peak and labels.breadth(text, bold=True) <= across - 2:
            frame.note(
                ax, text, (place, float(peak)), (0, 4), ha="center", color=LIGHT["ink"], fontweight="bold"
            )


def _title(ax: Axes, kind: Kind) -> str:
    room = ax.bbox.width * 72 / ax.figure.dpi + _ROOM.left
    subject = _SUBJECTS[kind]
    forms = (
        f"{subject}: slim bar the mean, broad bar the most",
        f"{subject}: mean (slim), most (broad bar)",
    )
    return next((form for form in forms if labels.breadth(form) <= room), subject)
