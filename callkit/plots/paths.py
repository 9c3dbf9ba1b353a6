"""The main paths of calls, and where on their way they lose time."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from callkit.look import words
from callkit.look.tokens import LIGHT, NARROW, WIDE, style
from callkit.metrics import hops, paths
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_PATHS = ("path", "n", "share", "low", "high", "n_answered", "answered_rate")
_HOPS = ("target_kind", "target_name", "n", "n_went_on", "lost_total_s", "lost_median_s", "n_known")
_BAR = 12.0
_GAP = 14.0
_ROOM = Room(0, 12, 16, 22, 46)
_MOST_LINES = 4
_PLAIN = {
    "hangup": "call ended", "schedule_check": "hours checked", "menu_input": "key pressed",
    "forwarded": "sent on", "dialed": "rang", "no_answer": "not picked up", "transferred": "handed over",
    "no_steps": "no steps told", "unknown": "not understood",
}  # fmt: skip
_RANG: dict[str, Any] = {"facecolor": LIGHT["alert2"], "edgecolor": LIGHT["alert"], "hatch": "////"}


def main_paths(data: Any, *, most: int = 8, ax: Axes | None = None) -> Axes:
    """
    Draw the commonest paths of calls: their share with its 95 % interval, and the part that was answered.

    Parameters
    ----------
    data
        What `callkit.metrics.paths.variants` returns, or tables; of tables, the paths of inbound calls.
    most
        How many paths; what the others hold is said under them.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on. A bar is as long as the share of all calls, its darker part as the answered ones. Names are
        drawn as the table has them.

    Raises
    ------
    UsageError
        `data` is neither such a table nor tables with events.
    """
    return _main_paths(_variants(data), most, WIDE, ax)


def figure_main_paths(data: Any, width: int = WIDE, *, most: int = 8) -> Figure:
    """Return the main paths at a width of the report, as high as they need."""
    table = _variants(data)
    with style():
        figure, ax = frame.sized(width, _paths_room(table, most, width))
    _main_paths(table, most, width, ax)
    return figure


def time_lost(data: Any, *, most: int = 8, ax: Axes | None = None) -> Axes:
    """
    Draw the time calls lost at each target before they went on from it unanswered.

    Parameters
    ----------
    data
        What `callkit.metrics.hops.hops` returns, or tables.
    most
        How many targets, the costliest first.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on. A group's time holds that of its extensions. Names are drawn as the table has them.

    Raises
    ------
    UsageError
        `data` is neither such a table nor tables with events.
    """
    return _time_lost(_lost(data), most, WIDE, ax)


def figure_time_lost(data: Any, width: int = NARROW, *, most: int = 8) -> Figure:
    """Return the time lost at a width of the report, as high as the targets need."""
    table = _lost(data)
    with style():
        figure, ax = frame.sized(width, _lost_room(table, most))
    _time_lost(table, most, width, ax)
    return figure


def _variants(data: Any) -> pd.DataFrame:
    return frame.table(
        data, _PATHS, "metrics.paths.variants", lambda of: paths.variants(of, direction="inbound")
    )


def _lost(data: Any) -> pd.DataFrame:
    table = frame.table(data, _HOPS, "metrics.hops.hops", hops.hops)
    return table[table["n_went_on"] > 0]


def _row_height(n_lines: int) -> float:
    return n_lines * labels.LINE + 4 + _BAR + _GAP


def _lines(row: dict[Any, Any], width: int) -> list[str]:
    """Return a path in the lines it takes beside its numbers."""
    room = width - _ROOM.left - _ROOM.right - labels.breadth(_numbers(row), bold=True) - 12
    return _wrapped(_said(str(row["path"])), room)


def _numbers(row: dict[Any, Any]) -> str:
    return f"{words.count(row['n'])} · {words.rate(row['share'])}"


def _paths_room(table: pd.DataFrame, most: int, width: int) -> Room:
    others = labels.LINE * (len(table) > most)
    rows = table.head(most).to_dict("records")
    high = sum(_row_height(len(_lines(row, width))) for row in rows) + others
    return _ROOM._replace(height=_ROOM.top + _ROOM.bottom + max(high, 60))


def _lost_room(table: pd.DataFrame, most: int) -> Room:
    high = max(min(most, len(table)) * _row_height(2), 60)
    return _ROOM._replace(height=_ROOM.top + _ROOM.bottom + high)


def _listed(ax: Axes | None, width: int, room: Room, high: float) -> Axes:
    """Return axes whose height is counted in px from the top, and that keep to the width below."""
    ax = frame.own(ax, width, room)
    frame.dress(ax, grid=False)
    ax.set(ylim=(high, 0), yticks=[])
    return ax


def _main_paths(table: pd.DataFrame, most: int, width: int, ax: Axes | None) -> Axes:
    room = _paths_room(table, most, width)
    with style():
        ax = _listed(ax, width, room, room.height - room.top - room.bottom)
        if table.empty:
            frame.nothing(ax)
            return ax
        shown, others = table.head(most), table.iloc[most:]
        ax.set_xlim(0, 1.04 * float(shown["high"].max()))
        ax.xaxis.set_major_locator(MaxNLocator(4 if width == NARROW else 6, steps=[1, 2, 5, 10]))
        ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        top = 0.0
        for row in shown.to_dict("records"):
            told = _lines(row, width)
            _path(ax, top, told, row)
            top += _row_height(len(told))
        if len(others):
            text = (
                f"{words.count(len(others))} other paths: {words.count(others['n'].sum())} calls, none above "
            )
            text += words.rate(others["share"].max())
            frame.note(ax, text, (0, top), (0, -11), color=LIGHT["ink3"])
        title = "dark: answered · thin line: 95% interval"
        frame.y_title(ax, title if width == NARROW else f"bar: share of calls · {title}", room)
        frame.x_title(ax, f"share of the {words.count(table['n'].sum())} calls")
    return ax


def _path(ax: Axes, top: float, told: list[str], row: dict[Any, Any]) -> None:
    frame.lines(ax, told, (0, top), (0, 0), color=LIGHT["ink"])
    right: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "fontweight": "bold"}
    frame.note(ax, _numbers(row), (1, top), (0, -11), color=LIGHT["ink"], **right)
    foot = top + len(told) * labels.LINE + 4 + _BAR / 2
    answered = row["share"] * (row["answered_rate"] if row["n"] else 0)
    ax.barh([foot], [answered], _BAR, color=LIGHT["blue"])
    pale: dict[str, Any] = {"facecolor": LIGHT["blue3"], "edgecolor": LIGHT["blue"], "linewidth": 1}
    ax.barh([foot], [row["share"] - answered], _BAR, left=[answered], **pale)
    ax.plot([row["low"], row["high"]], [foot + _BAR / 2 + 3] * 2, color=LIGHT["ink"], linewidth=1.5)


def _said(path: str) -> list[str]:
    """Return the steps of a path in plain words; that it came in, and ended after its answer, is left out."""
    steps, said = path.split(paths.THEN), []
    for place, step in enumerate(steps):
        word, _, target = step.partition(" ")
        if word == "received" or (word == "hangup" and place and steps[place - 1].startswith("answered")):
            continue
        said.append(f"{_PLAIN.get(word, word)} {target.removeprefix('extension ')}".strip())
    return said or ["came in, nothing more"]


def _wrapped(steps: list[str], room: float) -> list[str]:
    """Return steps in lines of the px there are, what does not fit cut off."""
    lines = [steps[0]]
    for step in steps[1:]:
        longer = f"{lines[-1]}{paths.THEN}{step}"
        if len(lines) < _MOST_LINES and labels.breadth(longer) > room:
            lines.append(f"› {step}")
        else:
            lines[-1] = longer
    return [labels.clipped(line, room) for line in lines]


def _time_lost(table: pd.DataFrame, most: int, width: int, ax: Axes | None) -> Axes:
    room = _lost_room(table, most)
    with style():
        ax = _listed(ax, width, room, room.height - room.top - room.bottom)
        shown = table.sort_values("lost_total_s", ascending=False, kind="stable").head(most)
        if shown.empty:
            frame.nothing(ax, "no call went on from anywhere")
            return ax
        ax.set_xlim(0, 1.04 * max(float(shown["lost_total_s"].max()) / 60, 1 / 60))
        ax.xaxis.set_major_locator(MaxNLocator(4 if width == NARROW else 6, steps=[1, 2, 5, 10]))
        for place, row in enumerate(shown.to_dict("records")):
            _target(ax, place * _row_height(2), row)
        frame.y_title(ax, "time lost before going on unanswered", room)
        frame.x_title(ax, "minutes in all (a group's hold its extensions')")
    return ax


def _target(ax: Axes, top: float, row: dict[Any, Any]) -> None:
    across, _ = frame.points(ax)
    breadth = across * ax.get_xlim()[1]
    name, kind = (None if pd.isna(row[key]) else str(row[key]) for key in ("target_name", "target_kind"))
    label = " ".join(part for part in (kind and kind.replace("_", " "), name) if part) or "not named"
    lost = words.seconds(row["lost_total_s"]) if row["n_known"] else "time not known"
    room = breadth - labels.breadth(lost, bold=True) - 12
    frame.note(
        ax, labels.clipped(label[:1].upper() + label[1:], room), (0, top), (0, -11), color=LIGHT["ink"]
    )
    right: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "fontweight": "bold"}
    frame.note(ax, lost, (1, top), (0, -11), color=LIGHT["ink"], **right)
    text = f"{words.count(row['n_went_on'])} of {words.count(row['n'])} went on"
    text += f", half within {words.seconds(row['lost_median_s'])}" if row["n_known"] else ""
    frame.note(ax, labels.clipped(text, breadth), (0, top), (0, -11 - labels.LINE))
    foot = top + 2 * labels.LINE + 4 + _BAR / 2
    ax.barh([foot], [row["lost_total_s"] / 60], _BAR, **_RANG)
