"""How often each extension is answered when it rings."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from callkit.look import words
from callkit.look.tokens import LIGHT, NARROW, style
from callkit.metrics import people
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_ROWS = (
    "group", "agent_name", "agent_id", "n_answered", "n_unanswered", "answer_rate", "low", "high", "others_rate",
    "verdict", "is_ranked",
)  # fmt: skip
_ROW = 22.0
_FLOORS = (0.6, 0.4, 0.2)
_RIGHT, _TOP, _BOTTOM = 86.0, 34.0, 44.0
_NARROWEST, _BROADEST = 72.0, 120.0  # px for the names
_SPARE = 8.0
_KEY = "upright mark: the others"


def answer_rates(data: Any, *, names: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """
    Draw the share of rings each extension answered, with its 95 % interval and how many rings it is of.

    Rows stand by group and name, never by result. A tick marks the rate of all others of the group. An extension that
    differs from them has a triangle that points up or down; one with fewer than 30 rings is faint and open, and is
    not compared.

    Parameters
    ----------
    data
        What `callkit.metrics.people.people` returns, or Tables.
    names
        What to call an extension, by its id or name; default: its id, else its name.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `data` is neither such a table nor holds calls with their events.
    """
    rows = _rows(data)
    with style():
        room = _room(rows, names or {})
        ax = frame.own(ax, NARROW, room)
        frame.dress(ax, grid=False)
        if rows.empty:
            frame.nothing(ax, "no rings")
            return ax
        _scale(ax, rows)
        places = _places(rows)
        for place, (_, row) in zip(places, rows.iterrows(), strict=True):
            _row(ax, place, row)
        _names(ax, rows, names or {}, room.left)
        frame.y_title(ax, "extension", room)
        above = ("axes fraction", "axes fraction")
        frame.note(
            ax, "answered", (1, 1), (_RIGHT, _TOP - 12), xycoords=above, ha="right", color=LIGHT["ink3"]
        )
        if (rows["is_ranked"] & rows["others_rate"].notna()).any():
            away = (_RIGHT - labels.breadth("answered") - 2 * _SPARE, _TOP - 12)
            frame.note(ax, _KEY, (1, 1), away, xycoords=above, ha="right", color=LIGHT["ink3"])
        frame.x_title(ax, "share of its rings that were answered")
    return ax


def figure_answer_rates(data: Any, width: int = NARROW, *, names: Mapping[str, str] | None = None) -> Figure:
    """Return the answer rates of extensions at a width of the report; the more extensions, the higher."""
    rows = _rows(data)
    with style():
        figure, ax = frame.sized(width, _room(rows, names or {}))
    answer_rates(rows, names=names, ax=ax)
    return figure


def _rows(data: Any) -> pd.DataFrame:
    rows = frame.table(data, _ROWS, "metrics.people.people", people.people)
    return rows.sort_values(["group", "agent_name", "agent_id"], ignore_index=True)


def _heads(rows: pd.DataFrame) -> "pd.Series[Any]":
    """Tell which rows begin a group, where groups are named."""
    name = rows["group"].fillna("")
    return (name != name.shift()) & bool(rows["group"].notna().any())


def _places(rows: pd.DataFrame) -> list[float]:
    """Return the height of each row, counted in rows from the top; a group begins with a row for its name."""
    return [float(place) for place in _heads(rows).cumsum() + rows.index]


def _room(rows: pd.DataFrame, names: Mapping[str, str]) -> Room:
    lines = _places(rows)[-1] + 1 if len(rows) else 3
    told = [labels.breadth(text) for text in _called(rows, names)]
    told += [labels.breadth(str(group), bold=True) for group in rows["group"].dropna()]
    left = min(max([*told, _NARROWEST - _SPARE]) + _SPARE, _BROADEST)
    return Room(_TOP + _ROW * lines + _BOTTOM, left, _RIGHT, _TOP, _BOTTOM)


def _called(rows: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return what to call each extension."""
    pairs = zip(rows["agent_id"], rows["agent_name"], strict=True)
    own = [[str(key) for key in pair if pd.notna(key)] for pair in pairs]
    return [next((names[key] for key in keys if key in names), [*keys, "not named"][0]) for keys in own]


def _scale(ax: Axes, rows: pd.DataFrame) -> None:
    lowest = rows["low"].min()
    floor = next((share for share in _FLOORS if share <= lowest), 0.0)
    ax.set(xlim=(floor, 1), ylim=(_places(rows)[-1] + 0.5, -0.5))
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    step = 0.1 if floor >= 0.6 else 0.2
    ax.set_xticks([floor + step * k for k in range(round((1 - floor) / step) + 1)])
    ax.grid(True, axis="x", color=LIGHT["rule"], linewidth=1)


def _row(ax: Axes, place: float, row: "pd.Series[Any]") -> None:
    n = row["n_answered"] + row["n_unanswered"]
    is_ranked = bool(row["is_ranked"])
    text = (
        f"{words.count(row['n_answered'])} of {words.count(n)}" if is_ranked else f"too few: {words.count(n)}"
    )
    edge = ("axes fraction", "data")
    colour = LIGHT["ink2"] if is_ranked else LIGHT["ink3"]
    frame.note(ax, text, (1, place), (_RIGHT, 0), xycoords=edge, ha="right", level=True, color=colour)
    if pd.isna(row["answer_rate"]):
        return
    bar = LIGHT["blue2"] if is_ranked else LIGHT["rule"]
    ax.plot(
        [row["low"], row["high"]], [place, place], color=bar, linewidth=4, solid_capstyle="butt", zorder=2
    )
    if is_ranked and pd.notna(row["others_rate"]):
        others = [row["others_rate"]] * 2
        ax.plot(
            others,
            [place - 0.34, place + 0.34],
            color=LIGHT["ink"],
            linewidth=1.5,
            solid_capstyle="butt",
            zorder=3,
        )
    at, verdict = (row["answer_rate"], place), row["verdict"]
    frame.mark(ax, at, verdict, is_better=verdict == "high", usual="blue" if is_ranked else "line", size=7)
    if not is_ranked:
        ax.lines[-1].set(markerfacecolor=LIGHT["paper"], markeredgewidth=1.5)


def _names(ax: Axes, rows: pd.DataFrame, names: Mapping[str, str], left: float) -> None:
    ax.set_yticks([])
    groups = rows["group"].fillna("no group").where(_heads(rows))
    told = zip(_places(rows), _called(rows, names), groups, rows["is_ranked"], strict=True)
    for place, text, group, is_ranked in told:
        _at_left(ax, place, text, left, color=LIGHT["ink2"] if is_ranked else LIGHT["ink3"])
        if pd.notna(group):
            _at_left(ax, place - 1, group, left, color=LIGHT["ink"], fontweight="bold")


def _at_left(ax: Axes, place: float, text: str, left: float, **options: Any) -> None:
    text = labels.clipped(text, left - _SPARE, bold="fontweight" in options)
    edge = ("axes fraction", "data")
    frame.note(ax, text, (0, place), (-left, 0), xycoords=edge, level=True, **options)
