"""How long missed callers wait until we call them back."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from callkit.look import words
from callkit.look.tokens import LIGHT, NARROW, style
from callkit.metrics import recovery
from callkit.opening import OpeningHours
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_CURVE = ("after_s", "waiting", "low", "high", "at_risk", "n")
_ROOM = Room(236, 40, 14, 29, 44)
_MINUTE, _HOUR = 60, 3600
_SCALES = (  # how far the axis may reach, and from tick to tick, in seconds
    (15 * _MINUTE, 5 * _MINUTE), (_HOUR, 10 * _MINUTE), (2 * _HOUR, 20 * _MINUTE), (4 * _HOUR, _HOUR),
    (8 * _HOUR, 2 * _HOUR), (24 * _HOUR, 4 * _HOUR), (48 * _HOUR, 8 * _HOUR), (168 * _HOUR, 24 * _HOUR),
)  # fmt: skip
_SEEN = 0.8
_WAITED_FOR = {"callback": "callers not yet called back", "resolved": "callers not yet spoken with"}


def callback_curve(
    data: Any,
    *,
    opening: OpeningHours | None = None,
    time_zone: str = "Europe/London",
    last_s: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """
    Draw the share of missed callers not yet called back after every time, with its 95 % interval.

    Parameters
    ----------
    data
        What `callkit.metrics.recovery.callback_curve` returns, or calls.
    opening, time_zone
        With calls: opening hours and their IANA zone; the time is then that on the opening-hours clock.
    last_s
        Longest time drawn, in seconds; default: a round one that shows four in five call-backs.
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
    curve = frame.table(data, _CURVE, "metrics.recovery.callback_curve", _curve_of(opening, time_zone))
    with style():
        ax = frame.own(ax, NARROW, _ROOM)
        frame.dress(ax)
        if curve.empty:
            frame.nothing(ax, "no missed callers")
            return ax
        end, step = _scale(curve) if last_s is None else (last_s, last_s / 4)
        _steps(ax, curve, end)
        _axis(ax, end, step)
        _half(ax, curve, end)
        what = _WAITED_FOR[curve.attrs.get("of", "callback")]
        n = words.plural(int(curve["at_risk"].max()), "episode")
        frame.y_title(ax, f"{what}, n = {n}", _ROOM)
        unit = "minutes" if end <= 2 * _HOUR else "hours"
        is_open = curve.attrs.get("clock") == "open"
        frame.x_title(ax, f"{'open ' * is_open}{unit} since the first missed call")
    return ax


def figure_callback_curve(
    data: Any,
    width: int = NARROW,
    *,
    opening: OpeningHours | None = None,
    time_zone: str = "Europe/London",
    last_s: float | None = None,
) -> Figure:
    """Return the curve of the time to call-back at a width of the report."""
    with style():
        figure, ax = frame.sized(width, _ROOM)
    callback_curve(data, opening=opening, time_zone=time_zone, last_s=last_s, ax=ax)
    return figure


def _curve_of(opening: OpeningHours | None, time_zone: str) -> Any:
    clock: recovery.Clock = "open" if opening else "wall"
    return lambda calls: recovery.callback_curve(calls, clock, opening=opening, time_zone=time_zone)


def _scale(curve: pd.DataFrame) -> tuple[float, float]:
    """Return the first round end that shows most of the call-backs, and its ticks."""
    so_far = curve["n"].cumsum()
    most = curve.loc[so_far >= _SEEN * so_far.iloc[-1], "after_s"].iloc[0] if so_far.iloc[-1] else _HOUR
    return next((scale for scale in _SCALES if scale[0] >= most), _SCALES[-1])


def _steps(ax: Axes, curve: pd.DataFrame, end: float) -> None:
    seen = curve.loc[curve["after_s"] <= end, ["after_s", "waiting", "low", "high"]]
    start = pd.DataFrame({"after_s": [0.0], "waiting": [1.0], "low": [1.0], "high": [1.0]})
    steps = pd.concat([start, seen])
    if curve["after_s"].max() > end:
        steps = pd.concat([steps, steps.tail(1).assign(after_s=end)])
    ax.fill_between(
        steps["after_s"], steps["low"], steps["high"], step="post", color=LIGHT["blue3"], linewidth=0
    )
    ax.plot(steps["after_s"], steps["waiting"], drawstyle="steps-post", color=LIGHT["blue"])


def _axis(ax: Axes, end: float, step: float) -> None:
    unit = _MINUTE if end <= 2 * _HOUR else _HOUR
    ticks = np.arange(0, end + step / 2, step)
    ax.set(xlim=(0, end), ylim=(0, 1.03), xticks=ticks, yticks=np.arange(0, 1.01, 0.2))
    ax.xaxis.set_major_formatter(lambda seconds, _: f"{seconds / unit:.3g}")
    ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def _half(ax: Axes, curve: pd.DataFrame, end: float) -> None:
    """Mark when half were called back; where that is not seen, the share left at the last time seen."""
    is_half = (curve["waiting"] <= 0.5) & (curve["after_s"] <= end)
    if is_half.any():
        at_s, share = curve.loc[is_half, ["after_s", "waiting"]].iloc[0]
        said = f"half within {words.seconds(at_s)}"
    else:
        at_s = min(end, curve["after_s"].max())
        share = (
            curve.loc[curve["after_s"] <= end, "waiting"].min() if curve["after_s"].iloc[0] <= end else 1.0
        )
        said = f"{words.seconds(at_s)}: {words.rate(share, 0)}"
    ax.plot([at_s], [share], "o", color=LIGHT["ink"], markersize=7, clip_on=False)
    across, _ = frame.points(ax)
    breadth, at, right = (
        labels.breadth(said, labels.KEY, bold=True),
        at_s * across,
        end * across + _ROOM.right,
    )
    over, under = max(0.0, at + 4 + breadth - right), max(0.0, breadth + 4 - at)  # px that do not fit
    away, side = ((4 - over, 6), "left") if over <= under else ((under - 4, -15), "right")
    frame.note(
        ax, said, (at_s, share), away, ha=side, fontsize=labels.KEY, fontweight="bold", color=LIGHT["ink"]
    )
