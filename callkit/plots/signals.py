"""Usual or unusual: service level by hour against its usual range."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from callkit.look import words
from callkit.look.parts.verdict import tone
from callkit.look.tokens import LIGHT, NARROW, WIDE, style
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_HOURS = ("hour", "value", "n", "low", "high", "usual_low", "usual_high", "verdict")
_ROOMS = {WIDE: Room(284, 40, 74, 36, 48), NARROW: Room(284, 40, 8, 36, 48)}
_BOX = 0.72
_SPARE = 12.0  # px an hour needs beside the value it prints
_FOOT = 6.0  # px between the axis and the lowest share written


def service_level_by_hour(
    data: pd.DataFrame, *, target: float | None = 0.8, target_s: float = 20, ax: Axes | None = None
) -> Axes:
    """
    Draw the service level of each hour of arrival with its interval, on that hour's usual range.

    Parameters
    ----------
    data
        What `callkit.metrics.signals.hourly` returns: a row an hour.
    target
        Share to reach, drawn as a dashed line; None for no line.
    target_s
        Seconds within which a call counts as answered in time, for the words.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `data` is not such a table.
    """
    return _by_hour(frame.table(data, _HOURS, "metrics.signals.hourly"), target, target_s, WIDE, ax)


def figure_service_level_by_hour(
    data: pd.DataFrame, width: int = WIDE, *, target: float | None = 0.8, target_s: float = 20
) -> Figure:
    """Return the service level by hour at a width of the report; the narrow one prints unusual values only."""
    hours = frame.table(data, _HOURS, "metrics.signals.hourly")
    with style():
        figure, ax = frame.sized(width, _ROOMS.get(width, _ROOMS[WIDE]))
    _by_hour(hours, target, target_s, width, ax)
    return figure


def _by_hour(table: pd.DataFrame, target: float | None, target_s: float, width: int, ax: Axes | None) -> Axes:
    room = _ROOMS[width]
    with style():
        ax = frame.own(ax, width, room)
        frame.dress(ax)
        if not table["n"].sum():
            frame.nothing(ax)
            return ax
        every_hour = range(int(table["hour"].min()), int(table["hour"].max()) + 1)
        hours = table.set_index("hour").reindex(every_hour).reset_index().fillna({"n": 0, "verdict": "none"})
        free = width - room.right
        _scale(ax, hours, target)
        _rows_below(ax, hours, room)
        _usual_boxes(ax, hours)
        if target is not None:
            ax.axhline(target, color=LIGHT["ink"], linewidth=1, linestyle=(0, (4, 2)), zorder=2)
            free -= _target_words(ax, hours, target, room, beside=width == WIDE)
        frame.y_title(ax, _title(target_s, free), room)
        _dots(ax, hours, target, prints_all=width == WIDE)
    return ax


def _title(target_s: float, free: float) -> str:
    said = f"answered within {words.seconds(target_s)}"
    longer = (f"{said}, by hour of arrival", f"{said}, by hour")
    return next((title for title in longer if labels.breadth(title) <= free), said)


def _scale(ax: Axes, hours: pd.DataFrame, target: float | None) -> None:
    ends = hours[["value", "low", "high", "usual_low", "usual_high"]].to_numpy(dtype=float).ravel()
    known = [*ends[np.isfinite(ends)], *([] if target is None else [target])]
    low, high = min(known), max(known)
    pad = 0.04 * max(high - low, 0.1)
    ax.set_xlim(-0.5, len(hours) - 0.5)
    across, _ = frame.points(ax)
    if across < _SPARE + labels.breadth("00", bold=True):  # values stand at the ends of their lines
        spare = 0.15 * (high - low)
        low -= spare * (hours["verdict"] == "low").any()
        high += spare * (hours["verdict"] == "high").any()
    floor = max(low - pad, -0.15 if low < 0 else -0.04)
    step = 0.2 if high - low > 0.25 else 0.1
    ax.set_ylim(floor, min(high + pad, 1.15 if high > 1 else 1.04))
    _, up = frame.points(ax)
    if (
        0 <= (np.ceil(floor / step - 1e-9) * step - floor) * up < _FOOT
    ):  # else that share stands on the word "from"
        ax.set_ylim(bottom=floor - _FOOT / up)
    ax.yaxis.set_major_locator(MultipleLocator(step))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _rows_below(ax: Axes, hours: pd.DataFrame, room: Room) -> None:
    across, _ = frame.points(ax)
    counts = [labels.short_count(n, across - 4) for n in hours["n"]]
    every = int(np.ceil((max(map(labels.breadth, [*counts, "00"])) + 2) / across))
    places = range(0, len(hours), every)
    ax.set_xticks([])  # on one foot with the word before them, which tick labels would not be
    below: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "ha": "center"}
    for place in places:
        frame.note(ax, f"{int(hours['hour'][place]):02d}", (place, 0), (0, -16), color=LIGHT["ink2"], **below)
        frame.note(ax, counts[place], (place, 0), (0, -36), color=LIGHT["ink3"], **below)
    ends: dict[str, Any] = {"xycoords": "axes fraction", "color": LIGHT["ink3"]}
    frame.note(ax, "from", (0, 0), (-room.left, -16), **ends)
    frame.note(ax, "calls", (0, 0), (-room.left, -36), **ends)


def _usual_boxes(ax: Axes, hours: pd.DataFrame) -> None:
    usual = hours[hours["usual_low"].notna() & hours["usual_high"].notna()]
    height = usual["usual_high"] - usual["usual_low"]
    ax.bar(usual.index, height, width=_BOX, bottom=usual["usual_low"], color=LIGHT["band"], zorder=1)
    for edge in ("usual_low", "usual_high"):
        ax.hlines(
            usual[edge], usual.index - _BOX / 2, usual.index + _BOX / 2, color=LIGHT["line"], linewidth=1
        )


def _dots(ax: Axes, hours: pd.DataFrame, target: float | None, *, prints_all: bool) -> None:
    across, up = frame.points(ax)
    last = (-9.0, 0.0)
    for place, hour in enumerate(hours.to_dict("records")):
        if pd.isna(hour["value"]):
            continue
        verdict, value = hour["verdict"], float(hour["value"])
        unusual = verdict in ("high", "low")
        colour = LIGHT[tone(verdict, verdict == "high")] if unusual else LIGHT["blue"]
        ax.plot([place, place], [hour["low"], hour["high"]], color=colour, solid_capstyle="butt", zorder=3)
        frame.mark(ax, (place, value), verdict, is_better=verdict == "high", usual="blue", size=8)
        text = words.rate(value, 0).removesuffix("%")
        look: dict[str, Any] = {"color": colour if unusual else LIGHT["ink2"], "zorder": 5}
        look["fontweight"] = "bold" if unusual else "normal"
        if across >= _SPARE + labels.breadth(text, bold=unusual) and (unusual or prints_all):
            others = [end * up for end in (hour["usual_low"], hour["usual_high"], target) if pd.notna(end)]
            shift = labels.clear_of(value * up, others, 8) - value * up
            frame.note(ax, text, (place, value), (8, shift), level=True, **look)
        elif unusual:  # no room beside the dot: at the end of its line, clear of the hour before
            end, side = (hour["high"], 1) if verdict == "high" else (hour["low"], -1)
            near = place - last[0] < 2 and abs(end - last[1]) * up < labels.LINE
            away = side * (9 + labels.LINE * near)
            frame.note(ax, text, (place, end), (0, away), level=True, ha="center", **look)
            last = (-9.0, 0.0) if near else (place, end)


def _target_words(ax: Axes, hours: pd.DataFrame, target: float, room: Room, *, beside: bool) -> float:
    """Write the target beside its line, else on the title's; return how many px it takes from the title."""
    text = f"target {words.rate(target, 0)}"
    dark: dict[str, Any] = {"color": LIGHT["ink"]}
    if beside:
        frame.note(ax, text, (1, target), (8, 0), xycoords=("axes fraction", "data"), level=True, **dark)
        return 0.0
    across, up = frame.points(ax)
    breadth, high = labels.breadth(text) / across, labels.LINE / up
    low_ends, high_ends = hours[["low", "usual_low"]].min(axis=1), hours[["high", "usual_high"]].max(axis=1)
    for side in (1, -1):
        low, top = sorted((target, target + side * high))
        blocked = hours.index[(high_ends > low) & (low_ends < top)].to_numpy()
        for start in np.arange(-0.4, len(hours) - 0.6 - breadth, 0.2):
            if not ((blocked + _BOX / 2 > start) & (blocked - _BOX / 2 < start + breadth)).any():
                frame.note(ax, text, (start, target), (0, 8 * side), level=True, **dark)
                return 0.0
    text = f"dashed: {text}"
    frame.note(ax, text, (1, 1), (0, room.top - 12), xycoords="axes fraction", ha="right", **dark)
    return labels.breadth(text) + 8
