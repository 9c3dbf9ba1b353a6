"""Axes placed in px (72 to the inch, so px = points), and the words around them.

Nothing here is laid out by what the text happens to measure on this machine: the same data give the same figure.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Transform, offset_copy

from callkit.errors import UsageError
from callkit.look.parts.verdict import Verdict, tone
from callkit.look.tokens import LIGHT, NARROW, WIDE
from callkit.plots.labels import LINE, TEXT


class Room(NamedTuple):
    """Height of a figure and the margins of its axes, in px."""

    height: float
    left: float
    right: float
    top: float
    bottom: float


def sized(width: int, room: Room) -> tuple[Figure, Axes]:
    """
    Return a figure of the report's size, outside pyplot's books, and its axes.

    Raises
    ------
    UsageError
        `width` is neither the wide nor the narrow one.
    """
    if width not in (WIDE, NARROW):
        raise UsageError(f"width {width!r} is not a width of the report; use {NARROW} or {WIDE}.")
    figure = Figure(figsize=(width / 72, room.height / 72), dpi=72)
    return figure, _place(figure, width, room)


def _place(figure: Figure, width: float, room: Room) -> Axes:
    across = (width - room.left - room.right) / width
    up = (room.height - room.top - room.bottom) / room.height
    return figure.add_axes((room.left / width, room.bottom / room.height, across, up))


def own(ax: Axes | None, width: int, room: Room) -> Axes:
    """Return the axes given, else pyplot's current ones, else those of a new figure of the natural size."""
    if ax is not None:
        return ax
    if plt.get_fignums():
        return plt.gca()
    figure = plt.figure(figsize=(width / 72, room.height / 72), facecolor=LIGHT["paper"])
    return _place(figure, width, room)


def table(
    data: Any,
    columns: tuple[str, ...],
    made_by: str,
    make: Callable[[Any], pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """
    Return the metric table to draw: `data` itself, or what `make` computes where `data` holds calls.

    Raises
    ------
    UsageError
        `data` is neither.
    """
    what = f"what {made_by} returns" if make is None else f"calls or what {made_by} returns"
    if not isinstance(data, pd.DataFrame):
        if make is None:
            raise UsageError(f"a {type(data).__name__} cannot be drawn; pass {what}.")
        return make(data)
    missing = [name for name in columns if name not in data.columns]
    if not missing:
        return data
    if make is None or "call_key" not in data.columns:
        raise UsageError(f"column {missing[0]!r} is missing; pass {what}.")
    return make(data)


def dress(ax: Axes, *, grid: bool = True, base: bool = True) -> None:
    """Give axes the house style, also those made outside it: a base line, quiet horizontal rules, no box."""
    ax.set_facecolor("none")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_visible(base)
    ax.spines["bottom"].set(color=LIGHT["line"], linewidth=1)
    ax.tick_params(axis="x", length=4 if base else 0, width=1, color=LIGHT["line"], pad=4)
    ax.tick_params(axis="y", length=0, pad=6)
    ax.tick_params(axis="both", labelcolor=LIGHT["ink2"], labelsize=TEXT)
    ax.set_axisbelow(True)
    ax.grid(False)
    if grid:
        ax.grid(True, axis="y", color=LIGHT["rule"], linewidth=1)


def y_title(ax: Axes, text: str, room: Room) -> None:
    """Write what the height says, level, at the top left of the figure."""
    ax.set_ylabel(text, rotation=0, ha="left", va="baseline", color=LIGHT["ink3"], fontsize=TEXT)
    ax.yaxis.set_label_coords(0, 1, transform=_moved(ax, -room.left, room.top - 12))


def x_title(ax: Axes, text: str) -> None:
    """Write what the width says under the axis, from its left end."""
    ax.set_xlabel(text, ha="left", va="baseline", color=LIGHT["ink2"], fontsize=TEXT)
    ax.xaxis.set_label_coords(0, 0, transform=_moved(ax, 0, -35))


def _moved(ax: Axes, across: float, up: float) -> Transform:
    return offset_copy(ax.transAxes, fig=ax.get_figure(root=True), x=across, y=up, units="points")


def points(ax: Axes) -> tuple[float, float]:
    """Return how many points (px of the report) one unit of x and one unit of y take."""
    scale = 72 / ax.figure.dpi
    (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
    return ax.bbox.width * scale / abs(x1 - x0), ax.bbox.height * scale / abs(y1 - y0)


def note(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    away: tuple[float, float] = (0, 0),
    *,
    level: bool = False,
    **options: Any,
) -> None:
    """
    Write a line beside a point of the axes, its foot `away` in px; `options` are those of `Axes.annotate`.

    With `level` the middle of its figures stands there, not the foot: by a fixed share of the letters' size, as fonts
    differ in what lies above and below.
    """
    size = options.get("fontsize", TEXT)
    settings: dict[str, Any] = {"fontsize": size, "color": LIGHT["ink2"], "va": "baseline", **options}
    foot = away[1] - (0.36 * size if level else 0)
    ax.annotate(text, at, (away[0], foot), textcoords="offset points", annotation_clip=False, **settings)


def lines(
    ax: Axes, texts: Sequence[str], at: tuple[float, float], away: tuple[float, float], **options: Any
) -> None:
    """Write lines one under the other, the head of the first `away` from a point, in px."""
    for index, text in enumerate(texts):
        note(ax, text, at, (away[0], away[1] - 11 - LINE * index), **options)


def nothing(ax: Axes, text: str = "no calls") -> None:
    """Say that there is nothing to draw."""
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.text(
        0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center", color=LIGHT["ink3"], fontsize=TEXT
    )


def mark(
    ax: Axes, at: tuple[float, float], verdict: Verdict, *, is_better: bool | None, usual: str, size: float
) -> None:
    """Draw a value: a dot, or where it is unusual a triangle that points its way, open where that is better."""
    unusual = verdict in ("high", "low")
    colour = LIGHT[tone(verdict, is_better)] if unusual else LIGHT[usual]
    shape = {"high": "^", "low": "v"}.get(verdict, "o")
    ax.plot(
        *([value] for value in at),
        shape,
        color=colour,
        markersize=size + 1 if unusual else size,
        markerfacecolor=LIGHT["paper"] if unusual and is_better else colour,
        markeredgewidth=1.8 if unusual and is_better else 0,
        zorder=4,
        clip_on=False,
    )
