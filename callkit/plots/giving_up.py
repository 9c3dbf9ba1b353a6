"""When callers give up, second by second."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from callkit.look import words
from callkit.look.tokens import LIGHT, NARROW, style
from callkit.metrics import giving_up
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_BINS = ("from_s", "to_s", "rate", "low", "high", "n_left", "waited_s", "is_peak")
_ROOM = Room(236, 28, 16, 29, 44)
_OF = 1000


def hazard(data: Any, *, ax: Axes | None = None) -> Axes:
    """
    Draw the rate of giving up among the callers still waiting, with its 95 % interval; peaks are stronger and named.

    Parameters
    ----------
    data
        What `callkit.metrics.giving_up.hazard` returns, or calls.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on. An interval that would take more than the height goes on beyond the top.

    Raises
    ------
    UsageError
        `data` is neither such a table nor calls.
    """
    bins = frame.table(data, _BINS, "metrics.giving_up.hazard", giving_up.hazard)
    with style():
        ax = frame.own(ax, NARROW, _ROOM)
        frame.dress(ax)
        if not bins["waited_s"].sum():
            frame.nothing(ax, "nobody waited" if len(bins) else "no calls")
            return ax
        _bars(ax, bins)
        if bins["is_peak"].any():
            _name(ax, giving_up.peaks(bins))
        frame.y_title(ax, f"of {_OF:,} still waiting, give up each second", _ROOM)
        frame.x_title(ax, f"seconds waited; {words.count(bins['n_left'].sum())} gave up")
    return ax


def figure_hazard(data: Any, width: int = NARROW) -> Figure:
    """Return the rate of giving up at a width of the report."""
    with style():
        figure, ax = frame.sized(width, _ROOM)
    hazard(data, ax=ax)
    return figure


def _bars(ax: Axes, bins: pd.DataFrame) -> None:
    width, last = float(bins["to_s"].iloc[0] - bins["from_s"].iloc[0]), float(bins["from_s"].iloc[-1])
    known = bins[bins["rate"].notna()]
    ax.set_xlim(0, last + width)
    across, _ = frame.points(ax)
    gap = min(1 / across, width / 4)
    breadth = np.minimum(known["to_s"] - known["from_s"], width)
    colours = [LIGHT["blue"] if is_peak else LIGHT["blue2"] for is_peak in known["is_peak"]]
    ax.bar(known["from_s"] + gap / 2, known["rate"] * _OF, width=breadth - gap, align="edge", color=colours)
    ends = known["from_s"] + breadth / 2, known["low"] * _OF, known["high"] * _OF
    for colour, linewidth in (("paper", 3), ("ink2", 1.5)):  # a light edge, to be seen on the bar
        ax.vlines(*ends, color=LIGHT[colour], linewidth=linewidth)
    highest = known["high"].max()
    top = min(highest, 2 * known["rate"].max()) if known["rate"].max() > 0 else highest
    ax.set_ylim(0, top * _OF * 1.03)
    ticks = np.arange(0, last, last / 6)
    ax.set_xticks([*ticks, last + width / 2], [*(f"{tick:g}" for tick in ticks), f"{last:g}+"])
    ax.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))


def _name(ax: Axes, peaks: pd.DataFrame) -> None:
    """Write the seconds of each peak above its bars, one that would meet another a line higher."""
    across, _ = frame.points(ax)
    end, top = ax.get_xlim()[1] * across, ax.get_ylim()[1]
    tall = ax.bbox.height * 72 / ax.figure.dpi
    ends: list[float] = []  # of the words in each line, the lowest first
    for from_s, to_s in peaks[["from_s", "to_s"]].to_numpy(float):
        text = words.span(from_s, to_s, words.seconds)
        half = labels.breadth(text, labels.KEY, bold=True) / 2
        middle = min(max((from_s + to_s) / 2 * across, half), end - half)
        level = next((line for line, taken in enumerate(ends) if taken <= middle - half), len(ends))
        ends[level : level + 1] = [middle + half + 6]
        foot = 4 + labels.LINE * level
        settings: dict[str, Any] = {
            "ha": "center",
            "fontsize": labels.KEY,
            "fontweight": "bold",
            "color": LIGHT["ink"],
        }
        frame.note(ax, text, (middle / across, top), (0, foot), **settings)
    ax.set_ylim(0, top * tall / (tall - labels.LINE * len(ends) - 4))
