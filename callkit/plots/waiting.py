"""How long callers wait, and how long they are willing to."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from callkit.look import words
from callkit.look.tokens import LIGHT, NARROW, style
from callkit.metrics import waiting
from callkit.metrics.summary import summarise
from callkit.plots import frame, labels
from callkit.plots.frame import Room
from callkit.plots.labels import Mark

_BINS = ("from_s", "to_s", "n")
_STEPS = ("wait_s", "staying", "low", "high")
_CURVE = (*_STEPS, "at_risk")
_WAITS = Room(236, 34, 16, 29, 44)
_PATIENCE = Room(236, 40, 14, 29, 44)


def waits(
    data: Any,
    *,
    target_s: float = 20,
    nine_in_ten_s: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """
    Draw how many calls were answered after which wait.

    Parameters
    ----------
    data
        What `callkit.metrics.waiting.wait_bins` returns, or calls.
    target_s
        Seconds within which a call counts as answered in time; bars up to it are stronger.
    nine_in_ten_s
        Wait within which nine in ten were answered, in seconds; it gets a line. With calls it is computed.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `data` is neither such a table nor calls.
    """
    bins = frame.table(data, _BINS, "metrics.waiting.wait_bins", waiting.wait_bins)
    if bins is not data and nine_in_ten_s is None:
        nine_in_ten_s = summarise(data, ["wait_p90"])["value"].iloc[0]
    with style():
        ax = frame.own(ax, NARROW, _WAITS)
        frame.dress(ax)
        if not bins["n"].sum():
            frame.nothing(ax)
            return ax
        _bars(ax, bins, target_s)
        _marks(ax, bins, target_s, nine_in_ten_s)
        frame.y_title(ax, f"answered calls, per {words.seconds(_width(bins))} of wait", _WAITS)
        frame.x_title(ax, "seconds until somebody answered")
    return ax


def figure_waits(
    data: Any, width: int = NARROW, *, target_s: float = 20, nine_in_ten_s: float | None = None
) -> Figure:
    """Return the distribution of waits at a width of the report."""
    with style():
        figure, ax = frame.sized(width, _WAITS)
    waits(data, target_s=target_s, nine_in_ten_s=nine_in_ten_s, ax=ax)
    return figure


def _width(bins: pd.DataFrame) -> float:
    return float(bins["to_s"].iloc[0] - bins["from_s"].iloc[0])


def _end(bins: pd.DataFrame) -> float:
    return float(bins["from_s"].iloc[-1]) + _width(bins)


def _bars(ax: Axes, bins: pd.DataFrame, target_s: float) -> None:
    width, last = _width(bins), float(bins["from_s"].iloc[-1])
    ax.set_xlim(0, _end(bins))
    across, _ = frame.points(ax)
    colours = [LIGHT["blue"] if to_s <= target_s else LIGHT["blue2"] for to_s in bins["to_s"]]
    gap = min(1 / across, width / 4)
    ax.bar(bins["from_s"] + gap / 2, bins["n"], width=width - gap, align="edge", color=colours)
    ticks = np.arange(0, last, last / 6)
    ax.set_xticks([*ticks, last + width / 2], [*(f"{tick:g}" for tick in ticks), f"{last:g}+"])
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda n, _: f"{n / 1000:g}k" if n >= 1000 else f"{n:g}")


def _target(bins: pd.DataFrame, target_s: float, room: float) -> list[str]:
    if not (bins["to_s"] == target_s).any():
        return [f"target {words.seconds(target_s)}"]
    total, within = bins["n"].sum(), bins.loc[bins["to_s"] <= target_s, "n"].sum()
    head, share = f"target {words.seconds(target_s)}:", f"{words.count(within)} of {words.count(total)}"
    if labels.breadth(f"{share} answered") <= room:
        return [head, f"{share} answered", "calls were within it"]
    return [head, share, "answered calls", "were within it"]


def _marks(ax: Axes, bins: pd.DataFrame, target_s: float, nine_in_ten_s: float | None) -> None:
    across, _ = frame.points(ax)
    end = _end(bins) * across + _WAITS.right
    beside = max(target_s * across, end - target_s * across) - 6
    said = [(target_s, _target(bins, target_s, beside))]
    if nine_in_ten_s is not None and np.isfinite(nine_in_ten_s):
        said.append((nine_in_ten_s, ["nine in ten", f"within {words.seconds(nine_in_ten_s)}"]))
    middle_of_last = _end(bins) - _width(bins) / 2
    marks = sorted(Mark(min(at_s, middle_of_last) * across, lines) for at_s, lines in said)
    places = labels.stacked(marks, end)
    tall = ax.bbox.height * 72 / ax.figure.dpi
    top = float(bins["n"].max())
    for place in places:  # no bar may reach the words above it
        under = bins[(bins["to_s"] * across > place.start) & (bins["from_s"] * across < place.end)]
        top = max(top, under["n"].max() * tall / (tall - place.bottom))
    ax.set_ylim(0, top)
    for mark, place in zip(marks, places, strict=True):
        at_s, height = mark.at / across, top * (1 - place.depth / tall)
        ax.plot([at_s, at_s], [0, height], color=LIGHT["ink"], linewidth=1.5, solid_capstyle="butt")
        away, side = ((-5, 0), "right") if place.is_before else ((5, 0), "left")
        frame.lines(ax, mark.lines, (at_s, height), away, ha=side, color=LIGHT["ink"])


def patience(
    data: Any,
    *,
    at_s: Sequence[float] = (20, 60),
    last_s: float = 120,
    remark: tuple[float, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """
    Draw the share of callers still willing to wait, after every wait, with its 95 % interval.

    Parameters
    ----------
    data
        What `callkit.metrics.waiting.patience` returns, or calls.
    at_s
        Waits, in seconds, whose share is written beside the line.
    last_s
        Longest wait drawn, in seconds.
    remark
        A wait in seconds and words about it, such as where callers leave fastest.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `data` is neither such a table nor calls.
    """
    curve = frame.table(data, _CURVE, "metrics.waiting.patience", waiting.patience)
    with style():
        ax = frame.own(ax, NARROW, _PATIENCE)
        frame.dress(ax)
        if curve.empty:
            frame.nothing(ax)
            return ax
        _curve(ax, curve, last_s)
        seen = [at for at in at_s if at <= min(last_s, curve["wait_s"].max())]
        _dots(ax, curve, seen)
        if remark and remark[0] <= min(last_s, curve["wait_s"].max()):
            _remark(ax, curve, *remark, dots=seen)
        n = words.plural(int(curve["at_risk"].max()), "call")
        frame.y_title(ax, f"share still willing to wait, n = {n}", _PATIENCE)
        frame.x_title(ax, "seconds waited")
    return ax


def figure_patience(
    data: Any,
    width: int = NARROW,
    *,
    at_s: Sequence[float] = (20, 60),
    last_s: float = 120,
    remark: tuple[float, str] | None = None,
) -> Figure:
    """Return the patience curve at a width of the report."""
    with style():
        figure, ax = frame.sized(width, _PATIENCE)
    patience(data, at_s=at_s, last_s=last_s, remark=remark, ax=ax)
    return figure


def _curve(ax: Axes, curve: pd.DataFrame, last_s: float) -> None:
    seen = curve.loc[curve["wait_s"] <= last_s, list(_STEPS)]
    start = pd.DataFrame({"wait_s": [0.0], "staying": [1.0], "low": [1.0], "high": [1.0]})
    steps = pd.concat([start, seen]) if not seen.empty else start
    if curve["wait_s"].max() > last_s:
        steps = pd.concat([steps, steps.tail(1).assign(wait_s=last_s)])
    ax.fill_between(
        steps["wait_s"], steps["low"], steps["high"], step="post", color=LIGHT["blue3"], linewidth=0
    )
    ax.plot(steps["wait_s"], steps["staying"], drawstyle="steps-post", color=LIGHT["blue"])
    floor = next((share for share in (0.6, 0.4, 0.2) if share <= steps["low"].min()), 0.0)
    ax.set(xlim=(0, last_s), ylim=(floor, 1 + (1 - floor) * 0.03))
    ax.set_yticks(np.arange(floor, 1.01, 0.1 if floor >= 0.6 else 0.2))
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    ax.set_xticks(np.arange(0, last_s + 1, last_s / 6))


def _staying(curve: pd.DataFrame, at_s: float) -> float:
    before = curve.loc[curve["wait_s"] <= at_s, "staying"]
    return float(before.iloc[-1]) if len(before) else 1.0


def _dots(ax: Axes, curve: pd.DataFrame, at_s: Sequence[float]) -> None:
    for at in at_s:
        share = _staying(curve, at)
        ax.plot([at], [share], "o", color=LIGHT["ink"], markersize=7)
        label = f"{words.seconds(at)}: {words.rate(share, 0)}"
        frame.note(ax, label, (at, share), (4, 4), fontsize=labels.KEY, fontweight="bold", color=LIGHT["ink"])


def _remark(ax: Axes, curve: pd.DataFrame, at_s: float, text: str, *, dots: Sequence[float]) -> None:
    share, floor = _staying(curve, at_s), ax.get_ylim()[0]
    texts = text.split("\n")
    across, up = frame.points(ax)
    foot = share - 45 / up
    is_under = foot - floor > (labels.LINE * len(texts) + 4) / up
    reach = 5 + labels.breadth("60 s: 100%", labels.KEY, bold=True)
    labelled = [_staying(curve, dot) + 20 / up for dot in dots if 0 <= (at_s - dot) * across <= reach]
    at, to = (share, foot) if is_under else (max([share, *labelled]), 1.0)
    ax.plot([at_s, at_s], [at, to], color=LIGHT["line"], linewidth=1)
    away, side = ((0, -3), "center") if is_under else ((5, 0), "left")
    frame.lines(ax, texts, (at_s, to), away, ha=side)
