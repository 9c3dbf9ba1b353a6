"""When people call: the demand heatmap."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import partial
from itertools import chain, cycle
from typing import Any, Literal, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from callkit.errors import UsageError
from callkit.look import words
from callkit.look.dates import WEEKDAYS
from callkit.look.tokens import LIGHT, NARROW, WIDE, style
from callkit.metrics import load
from callkit.metrics.groupings import day
from callkit.metrics.summary import summarise
from callkit.opening import OpeningHours
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_COLUMNS = ("weekday", "hour", "n", "n_open_hours", "per_open_hour", "is_open")
_ACROSS = Room(276, 42, 53, 28, 28)
_DOWN = Room(366, 31, 41, 26, 28)
_LEAST_ROW = 20.0  # px that a line of text needs
_FRAME = 2.2
_GAP = 1.0
_TOP_STEP = 6

Direction = Literal["across", "down"]


class _Grid(NamedTuple):
    rows: list[str]
    columns: list[str]
    cells: list[list[float | None]]
    unusual: list[list[bool]]

    def turned(self) -> "_Grid":
        turned = [list(column) for column in zip(*self.cells, strict=True)]
        return _Grid(self.columns, self.rows, turned, [list(c) for c in zip(*self.unusual, strict=True)])

    def open_values(self) -> list[float]:
        return [value for value in chain.from_iterable(self.cells) if value is not None]


def arrivals(
    data: Any,
    *,
    opening: OpeningHours | None = None,
    since: date | None = None,
    until: date | None = None,
    step: float | None = None,
    hours: Direction = "across",
    ax: Axes | None = None,
) -> Axes:
    """
    Draw how many calls come in each open hour of the week.

    A cell holds the calls of that weekday and hour: of a single week their number, of more weeks the mean per hour
    that was open. The margins add the cells up. A dash is an hour that was closed; a frame and a bold value mark an
    unusual one.

    Parameters
    ----------
    data
        What `callkit.metrics.load.arrivals` returns, or calls.
    opening, since, until
        For calls: opening hours (default: always open), first day, and the day after the last one (default: the
        days the calls lie in).
    step
        Calls from one step of colour to the next. The faintest step is 0 and the strongest five times `step` or
        more. Default: the least round number that parts these cells; give one to compare several weeks.
    hours
        Whether the hours run ``across`` or ``down``.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `data` is neither such a table nor calls, or `step` is not above 0.
    """
    grid = _grid(_table(data, opening, since, until))
    return _arrivals(grid, step, hours, ax)


def figure_arrivals(
    data: Any,
    width: int = WIDE,
    *,
    opening: OpeningHours | None = None,
    since: date | None = None,
    until: date | None = None,
    step: float | None = None,
) -> Figure:
    """Return the demand heatmap at a width of the report: hours across the wide one, down the narrow one."""
    grid = _grid(_table(data, opening, since, until))
    hours: Direction = "across" if width == WIDE else "down"
    room = _ACROSS
    if hours == "down":
        needed = _DOWN.top + _DOWN.bottom + _LEAST_ROW * len(grid.columns)
        room = _DOWN._replace(height=max(_DOWN.height, needed))
    with style():
        figure, ax = frame.sized(width, room)
    _arrivals(grid, step, hours, ax)
    return figure


def heat_step(values: Iterable[float]) -> float:
    """Return the least of 1, 2, 5, 10, 20, 50 … by which the largest value stays within the strongest step."""
    largest = max(values, default=0.0)
    step, factors = 1.0, cycle((2, 2.5, 2))
    while largest >= _TOP_STEP * step:
        step *= next(factors)
    return step


def _table(data: Any, opening: OpeningHours | None, since: date | None, until: date | None) -> pd.DataFrame:
    def make(calls: Any) -> pd.DataFrame:
        first, last = since, until
        if first is None or last is None:
            days = summarise(calls, "n_offered", day)["day"]
            if days.empty:
                return pd.DataFrame(columns=list(_COLUMNS))
            first, last = first or days.min().date(), last or days.max().date() + timedelta(days=1)
        return load.arrivals(calls, opening or OpeningHours(), first, last)

    return frame.table(data, _COLUMNS, "metrics.load.arrivals", make)


def _grid(table: pd.DataFrame) -> _Grid:
    known = table[table["is_open"].astype(bool) & table["per_open_hour"].notna()]
    if not known["n"].sum():
        return _Grid([], [], [], [])
    is_one_week = (known["n_open_hours"] > 1).sum() <= 1  # one: the hour that autumn repeats
    shown = known["n" if is_one_week else "per_open_hour"].astype(float)
    days = range(int(known["weekday"].max()) + 1)
    hours = range(int(known["hour"].min()), int(known["hour"].max()) + 1)
    verdicts = known["verdict"] if "verdict" in known else pd.Series("none", index=known.index)
    places = list(zip(known["weekday"], known["hour"], strict=True))
    values = dict(zip(places, shown, strict=True))
    unusual = dict(zip(places, verdicts.isin(("high", "low")), strict=True))
    return _Grid(
        [WEEKDAYS[day][:3] for day in days],
        [f"{hour:02d}" for hour in hours],
        [[values.get((day, hour)) for hour in hours] for day in days],
        [[unusual.get((day, hour), False) for hour in hours] for day in days],
    )


def _arrivals(grid: _Grid, step: float | None, hours: Direction, ax: Axes | None) -> Axes:
    if step is not None and not step > 0:
        raise UsageError(f"step {step!r} is not above 0; give the calls from one step of colour to the next.")
    width, room = (WIDE, _ACROSS) if hours == "across" else (NARROW, _DOWN)
    with style():
        ax = frame.own(ax, width, room)
        frame.dress(ax, grid=False, base=False)
        if not grid.rows:
            frame.nothing(ax)
            return ax
        shown = grid if hours == "across" else grid.turned()
        ax.set(xlim=(0, len(shown.columns)), ylim=(len(shown.rows), 0), xticks=[], yticks=[])
        _cells(ax, shown, step or heat_step(grid.open_values()))
        _margins(ax, shown, "From" if hours == "across" else "")
    return ax


def _cells(ax: Axes, grid: _Grid, step: float) -> None:
    write = _writer(grid.open_values(), frame.points(ax)[0])
    fills: dict[int, list[Path]] = {}
    frames = []
    for row, (values, flags) in enumerate(zip(grid.cells, grid.unusual, strict=True)):
        for column, (value, unusual) in enumerate(zip(values, flags, strict=True)):
            middle: dict[str, Any] = {"at": (column + 0.5, row + 0.5), "ha": "center", "level": True}
            if value is None:
                frame.note(ax, words.NOTHING, color=LIGHT["ink3"], **middle)
                continue
            level = 0 if value == 0 else min(_TOP_STEP, 1 + int(value // step))
            inset = _FRAME + 1.8 if unusual else 0.0
            fills.setdefault(level, []).append(_box(ax, column, row, inset))
            if unusual:
                frames.append(_box(ax, column, row, _FRAME / 2))
            weight = "bold" if unusual else "normal"
            frame.note(ax, write(value), color=LIGHT[f"h{level}t"], fontweight=weight, **middle)
    for level, boxes in sorted(
        fills.items()
    ):  # one shape a step: a cell each would double the drawing's bytes
        _shape(ax, boxes, facecolor=LIGHT[f"h{level}"])
    if frames:
        _shape(ax, frames, facecolor="none", edgecolor=LIGHT["alert"], linewidth=_FRAME)


def _box(ax: Axes, column: int, row: int, inset: float) -> Path:
    across, up = frame.points(ax)
    left, right = (round(edge * across) for edge in (column, column + 1))  # whole px: edges stay sharp
    top, foot = (round(edge * up) for edge in (row, row + 1))
    xs = (left + inset) / across, (right - _GAP - inset) / across
    ys = (top + inset) / up, (foot - _GAP - inset) / up
    corners = [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1]), (xs[0], ys[0])]
    return Path(corners, closed=True)


def _shape(ax: Axes, boxes: list[Path], **options: Any) -> None:
    ax.add_patch(PathPatch(Path.make_compound_path(*boxes), clip_on=False, joinstyle="miter", **options))


def _writer(values: list[float], room_px: float) -> Callable[[float], str]:
    whole = all(value == int(value) for value in values)
    if whole or max(values) >= 100 or labels.breadth("99.9") > room_px - 2:
        return partial(labels.short_count, room=room_px - 2)
    return words.decimal


def _margins(ax: Axes, grid: _Grid, corner: str) -> None:
    cell, _ = frame.points(ax)
    right, below = len(grid.columns), len(grid.rows)
    row_sums = [sum(value or 0 for value in row) for row in grid.cells]
    column_sums = [sum(value or 0 for value in column) for column in zip(*grid.cells, strict=True)]
    total: dict[str, Any] = {"level": True, "color": LIGHT["ink"], "fontweight": "bold"}
    sums = [labels.short_count(value, cell - 2, bold=True) for value in column_sums]
    is_bold = (
        max(labels.breadth(written, bold=True) for written in sums) <= cell - 2
    )  # else they would run together
    below_it = total | {"ha": "center", "fontweight": "bold" if is_bold else "normal"}
    for column, (name, written) in enumerate(zip(grid.columns, sums, strict=True)):
        frame.note(ax, name, (column + 0.5, 0), (0, 12), ha="center", level=True)
        frame.note(ax, written, (column + 0.5, below), (0, -14), **below_it)
    for row, (name, value) in enumerate(zip(grid.rows, row_sums, strict=True)):
        frame.note(ax, name, (0, row + 0.5), (-7, 0), ha="right", level=True)
        frame.note(
            ax, labels.short_count(value, 40, bold=True), (right, row + 0.5), (36, 0), ha="right", **total
        )
    frame.note(ax, corner, (0, 0), (-7, 12), ha="right", level=True)
    frame.note(ax, "All", (right, 0), (36, 12), ha="right", **total)
    frame.note(ax, "All", (0, below), (-7, -14), ha="right", **total)
    written = labels.short_count(sum(row_sums), 40, bold=True)
    frame.note(ax, written, (right, below), (36, -14), ha="right", **total)
