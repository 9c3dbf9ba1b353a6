"""How often each extension is answered when it rings."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator, PercentFormatter

from callkit.look import words
from callkit.look.tokens import LIGHT, NARROW, WIDE, style
from callkit.metrics import people
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_ROWS = (
    "group", "agent_name", "agent_id", "n_answered", "n_unanswered", "answer_rate", "low", "high", "verdict",
    "is_ranked",
)  # fmt: skip
_ROW = 23.0
_TOP, _BOTTOM = 34.0, 24.0
_NARROWEST, _BROADEST = 64.0, 116.0  # px for the names
_SPARE = 8.0
_HEAD = _TOP - 12.0
_TITLE, _FEW = "rings answered", "too few"
_COLUMNS = {WIDE: {"offered": 72.0, "answered": 146.0, "talk, median": 236.0}, NARROW: {"offered": 84.0}}
_LOWEST, _STEP = 0.3, 0.1


def answer_rates(data: Any, *, names: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """
    Draw the share of rings each extension answered, with its 95 % interval and how many rings it is of.

    Rows stand by group, and inside it as they come, never by result. A dashed line marks the share of all together.
    An extension that differs from the others of its group has a triangle that points up or down; one with fewer than
    30 rings is faint and open, its line dashed, and is not compared.

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
    rows, names = _rows(data), names or {}
    with style():
        room = _room(rows, names, NARROW)
        ax = frame.own(ax, NARROW, room)
        _drawn(ax, rows, names, room, NARROW)
    return ax


def figure_answer_rates(
    data: Any, width: int = WIDE, *, names: Mapping[str, str] | None = None, overall: float | None = None
) -> Figure:
    """
    Return the answer rates of extensions at a width of the report; the more extensions, the higher.

    The wide one tells how many rings, how many of them were answered, and the median talk; the narrow one the rings.
    `overall` is the share of all together where not all are drawn.
    """
    rows, names = _rows(data), names or {}
    with style():
        room = _room(rows, names, width)
        figure, ax = frame.sized(width, room)
        _drawn(ax, rows, names, room, width, overall)
    return figure


def _rows(data: Any) -> pd.DataFrame:
    rows = frame.table(data, _ROWS, "metrics.people.people", people.people)
    return rows.sort_values("group", kind="stable", ignore_index=True)


def _heads(rows: pd.DataFrame) -> "pd.Series[Any]":
    """Tell which rows begin a group, where groups are named."""
    name = rows["group"].fillna("")
    return (name != name.shift()) & bool(rows["group"].notna().any())


def _places(rows: pd.DataFrame) -> list[float]:
    """Return the height of each row, counted in rows from the top; a group begins with a row for its name."""
    return [float(place) for place in _heads(rows).cumsum() + rows.index]


def _room(rows: pd.DataFrame, names: Mapping[str, str], width: int) -> Room:
    lines = _places(rows)[-1] + 1 if len(rows) else 3
    told = [labels.breadth(text) for text in _called(rows, names)]
    left = min(max([*told, _NARROWEST]) + _SPARE, _BROADEST)
    right = max(_COLUMNS.get(width, _COLUMNS[WIDE]).values())
    return Room(_TOP + _ROW * lines + _BOTTOM, left, right, _TOP, _BOTTOM)


def _called(rows: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return what to call each extension."""
    pairs = zip(rows["agent_id"], rows["agent_name"], strict=True)
    own = [[str(key) for key in pair if pd.notna(key)] for pair in pairs]
    return [next((names[key] for key in keys if key in names), [*keys, "not named"][0]) for keys in own]


def _drawn(
    ax: Axes,
    rows: pd.DataFrame,
    names: Mapping[str, str],
    room: Room,
    width: int,
    overall: float | None = None,
) -> None:
    frame.dress(ax, grid=False, base=False)
    if rows.empty:
        frame.nothing(ax, "no rings")
        return
    _scale(ax, rows)
    columns = _COLUMNS[width]
    for name, right in columns.items():
        _at_right(ax, name, (1, 1), right, _HEAD, color=LIGHT["ink3"])
    n = rows[["n_answered", "n_unanswered"]].sum()
    known = n["n_answered"] / n.sum() if overall is None and n.sum() else overall
    _all_together(ax, known, room)
    for place, (_, row) in zip(_places(rows), rows.iterrows(), strict=True):
        _interval(ax, place, row)
        _cells(ax, place, row, columns)
    _names(ax, rows, names, room.left)


def _scale(ax: Axes, rows: pd.DataFrame) -> None:
    lowest = min(rows["low"].min(skipna=True), 1 - 2 * _STEP)
    floor = _STEP * int(max(lowest, 0) / _STEP + 1e-9) if lowest == lowest else 0.0
    ax.set(xlim=(floor, 1), ylim=(_places(rows)[-1] + 0.5, -0.5), yticks=[])
    ax.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.xaxis.set_major_locator(MultipleLocator(_STEP if floor >= 0.6 else 2 * _STEP))
    ax.tick_params(axis="x", length=0, pad=6)
    ax.grid(True, axis="x", color=LIGHT["rule"], linewidth=1, clip_on=False)


def _all_together(ax: Axes, share: float | None, room: Room) -> None:
    """Mark the share of all rings, and write it over the line, clear of the title and of the columns."""
    head: dict[str, Any] = {"xycoords": "axes fraction"}
    first = ax.get_xlim()[0]
    if share is None or share < first:
        frame.note(ax, _TITLE, (0, 1), (-room.left, _HEAD), color=LIGHT["ink3"], **head)
        return
    ax.axvline(share, color=LIGHT["ink2"], linewidth=1.2, linestyle=(0, (3, 2)), zorder=1.5)
    across, _ = frame.points(ax)
    text = f"all {words.rate(share, 0)}"
    breadth = labels.breadth(text)
    start = min(across * (share - first) - breadth / 2, across * (1 - first) + _SPARE - breadth)
    frame.note(ax, text, (0, 1), (start, _HEAD), color=LIGHT["ink"], **head)
    if room.left + start >= labels.breadth(_TITLE) + _SPARE:
        frame.note(ax, _TITLE, (0, 1), (-room.left, _HEAD), color=LIGHT["ink3"], **head)


def _cells(ax: Axes, place: float, row: "pd.Series[Any]", columns: Mapping[str, float]) -> None:
    rings = words.count(row["n_answered"] + row["n_unanswered"])
    is_ranked = bool(row["is_ranked"])
    cells = {
        "offered": rings if is_ranked or len(columns) > 1 else f"{_FEW}: {rings}",
        "answered": words.count(row["n_answered"]),
        "talk, median": words.seconds(row.get("talk_median_s")) if is_ranked else _FEW,
    }
    colour = LIGHT["ink2" if is_ranked else "ink3"]
    for name, right in columns.items():
        _at_right(ax, cells[name], (1, place), right, 0, level=True, color=colour)


def _at_right(ax: Axes, text: str, at: tuple[float, float], right: float, up: float, **options: Any) -> None:
    edge = ("axes fraction", "data" if options.get("level") else "axes fraction")
    frame.note(ax, text, at, (right, up), xycoords=edge, ha="right", **options)


def _interval(ax: Axes, place: float, row: "pd.Series[Any]") -> None:
    if pd.isna(row["answer_rate"]):
        return
    is_ranked, verdict = bool(row["is_ranked"]), row["verdict"]
    colour = LIGHT["blue" if is_ranked else "ink3"]
    line: dict[str, Any] = {"linewidth": 2.4} if is_ranked else {"linewidth": 1.5, "linestyle": (0, (3, 2.4))}
    ax.plot([row["low"], row["high"]], [place] * 2, color=colour, solid_capstyle="butt", zorder=2, **line)
    usual = "blue" if is_ranked else "ink3"
    frame.mark(
        ax,
        (row["answer_rate"], place),
        verdict,
        is_better=verdict == "high",
        usual=usual,
        size=8 if is_ranked else 6,
    )
    if not is_ranked:
        ax.lines[-1].set(markerfacecolor=LIGHT["paper"], markeredgewidth=1.5)


def _names(ax: Axes, rows: pd.DataFrame, names: Mapping[str, str], left: float) -> None:
    groups = rows["group"].fillna("No group").where(_heads(rows))
    told = zip(_places(rows), _called(rows, names), groups, rows["is_ranked"], strict=True)
    for place, text, group, is_ranked in told:
        _at_left(ax, place, text, left, left - _SPARE, color=LIGHT["ink2" if is_ranked else "ink3"])
        if pd.notna(group):  # nothing stands beside it
            room = left + frame.points(ax)[0] * (ax.get_xlim()[1] - ax.get_xlim()[0]) - _SPARE
            _at_left(ax, place - 1, group, left, room, color=LIGHT["ink"], fontweight="bold")


def _at_left(ax: Axes, place: float, text: str, left: float, room: float, **options: Any) -> None:
    text = labels.clipped(text, room, bold="fontweight" in options)
    edge = ("axes fraction", "data")
    frame.note(ax, text, (0, place), (-left, 0), xycoords=edge, level=True, **options)
