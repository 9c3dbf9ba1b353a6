"""One number over the last weeks, with its control limits."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from callkit.errors import UsageError
from callkit.look import words
from callkit.look.parts.verdict import tone
from callkit.look.tokens import LIGHT, NARROW, style
from callkit.metrics.catalogue import CATALOGUE
from callkit.periods import parse_period
from callkit.plots import frame, labels
from callkit.plots.frame import Room

_SERIES = ("number", "period", "value")
_VERDICTS = ("number", "value", "usual_low", "usual_high", "mean", "verdict", "is_better")
_ROOM = Room(150, 6, 62, 14, 29)
_ROOM_WITHOUT = Room(130, 6, 62, 14, 29)
_NEEDED = 12
_BROAD = 98.0  # px for minutes and hours at the edge
_GAP = 14.0  # px from one value printed at the edge to the next
_TICK = 34.0  # px a week's name needs


def control_panel(
    series: pd.DataFrame, verdicts: pd.DataFrame, number: str, *, ax: Axes | None = None
) -> Axes:
    """
    Draw one number week by week, on the band of its usual range.

    Where the weeks are too few for a usual range, the dots stand alone and a dashed line says from when there will be
    one. A last week that is not judged, such as part of one, is an open dot the line does not reach.

    Parameters
    ----------
    series
        What `callkit.metrics.signals.series` returns: a row a number and week (or month).
    verdicts
        What `callkit.metrics.signals.verdicts` returns: a row a number.
    number
        Name of the number, as in the catalogue.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        A table is not of that kind or has no row for the number.
    """
    weeks, verdict = _of(series, verdicts, number)
    with style():
        ax = frame.own(ax, NARROW, _room(verdict, number))
        frame.dress(ax, grid=False, base=False)
        ax.set_yticks([])
        if not weeks["value"].notna().any():
            frame.nothing(ax)
        elif _has_limits(verdict):
            _with_limits(ax, weeks, verdict, CATALOGUE[number].unit)
        else:
            _without_limits(ax, weeks, CATALOGUE[number].unit)
    return ax


def figure_control_panel(
    series: pd.DataFrame, verdicts: pd.DataFrame, number: str, width: int = NARROW
) -> Figure:
    """Return one number's panel at a width of the report; it is lower where there are no limits yet."""
    _, verdict = _of(series, verdicts, number)
    with style():
        figure, ax = frame.sized(width, _room(verdict, number))
    control_panel(series, verdicts, number, ax=ax)
    return figure


def _of(series: pd.DataFrame, verdicts: pd.DataFrame, number: str) -> tuple[pd.DataFrame, pd.Series]:
    series = frame.table(series, _SERIES, "metrics.signals.series")
    verdicts = frame.table(verdicts, _VERDICTS, "metrics.signals.verdicts")
    weeks, verdict = series[series["number"] == number], verdicts[verdicts["number"] == number]
    for rows in (weeks, verdict):
        if rows.empty or number not in CATALOGUE:
            known = ", ".join(dict.fromkeys(verdicts["number"]))
            raise UsageError(f"number {number!r} is not in the table; it has {known}.")
    return weeks.sort_values("period").reset_index(drop=True), verdict.iloc[0]


def _room(verdict: pd.Series, number: str) -> Room:
    room = _ROOM if _has_limits(verdict) else _ROOM_WITHOUT
    printed = (
        words.value(verdict[name], CATALOGUE[number].unit) for name in ("value", "usual_low", "usual_high")
    )
    is_broad = max(labels.breadth(text, labels.KEY, bold=True) for text in printed) > room.right - 7
    return room._replace(right=_BROAD) if is_broad else room


def _has_limits(verdict: pd.Series) -> bool:
    return bool(pd.notna(verdict["usual_low"]) and pd.notna(verdict["usual_high"]))


def _with_limits(ax: Axes, weeks: pd.DataFrame, verdict: pd.Series, unit: str) -> None:
    last = len(weeks) - 1
    low, high, value = (float(verdict[name]) for name in ("usual_low", "usual_high", "value"))
    ends = [low, high, *weeks["value"].dropna()]
    pad = 0.08 * ((max(ends) - min(ends)) or 1)
    ax.set(xlim=(-0.4, last + 0.45), ylim=(min(ends) - pad, max(ends) + pad))
    ax.axhspan(low, high, color=LIGHT["band"], linewidth=0, zorder=0)
    ax.axhline(float(verdict["mean"]), color=LIGHT["line"], linewidth=1, zorder=1)
    is_judged = verdict["verdict"] != "none"  # part of a week is not joined to whole ones
    joined = weeks["value"] if is_judged else weeks["value"].iloc[:-1]
    ax.plot(joined, color=LIGHT["blue"], linewidth=1.8, zorder=3)
    ax.plot(weeks["value"].iloc[:-1], "o", color=LIGHT["blue"], markersize=4, zorder=3)
    _ticks(ax, weeks, range(last, -1, -4))
    if np.isfinite(value):
        mark: dict[str, Any] = {"is_better": verdict["is_better"], "usual": "blue", "size": 7.5}
        frame.mark(ax, (last, value), verdict["verdict"], **mark)
        if not is_judged:
            ax.lines[-1].set(markerfacecolor=LIGHT["paper"], markeredgewidth=1.8)
    _edge_labels(ax, verdict, unit)


def _edge_labels(ax: Axes, verdict: pd.Series, unit: str) -> None:
    limits = [float(verdict["usual_low"]), float(verdict["usual_high"])]
    value = float(verdict["value"])
    _, up = frame.points(ax)
    if np.isfinite(value):
        unusual = verdict["verdict"] in ("high", "low")
        colour = LIGHT[tone(verdict["verdict"], verdict["is_better"])] if unusual else LIGHT["ink"]
        _at_edge(ax, value, 0, words.value(value, unit), **_bold(colour))
        places = labels.apart(value * up, [limit * up for limit in limits], _GAP)
    else:
        places = [limit * up for limit in limits]
    for limit, place in zip(limits, places, strict=True):
        _at_edge(ax, limit, place - limit * up, words.value(limit, unit), color=LIGHT["ink3"])


def _bold(colour: str) -> dict[str, Any]:
    return {"color": colour, "fontweight": "bold", "fontsize": labels.KEY}


def _at_edge(ax: Axes, value: float, higher: float, text: str, **options: Any) -> None:
    edge = ("axes fraction", "data")
    frame.note(ax, text, (1, value), (7, higher), xycoords=edge, level=True, **options)


def _ticks(ax: Axes, weeks: pd.DataFrame, places: Iterable[int]) -> None:
    first = parse_period(str(weeks["period"].iloc[0]))
    places = sorted(places)
    ax.set_xticks(places, [words.tick(first.shift(place)) for place in places])
    ax.tick_params(axis="x", length=2, pad=4)


def _without_limits(ax: Axes, weeks: pd.DataFrame, unit: str) -> None:
    there = weeks["value"].notna().to_numpy()
    begun = int(np.argmax(there))
    last_gap = int(np.flatnonzero(~there)[-1]) if not there.all() else -1
    end = last_gap + 1 + _NEEDED - begun  # twelve weeks without a gap, then the first limits
    weeks = weeks.iloc[begun:].reset_index(drop=True)
    last = len(weeks) - 1
    end = max(end, last)
    known = weeks["value"].dropna()
    spread = (known.max() - known.min()) or 1
    ax.set(xlim=(-0.4, end + 0.45), ylim=(known.min() - 0.15 * spread, known.max() + 0.5 * spread))
    across, _ = frame.points(ax)
    ax.plot(weeks["value"], "o", color=LIGHT["blue"], markersize=6)
    others = [place for place in (0, end) if abs(place - last) * across > _TICK]
    _ticks(ax, weeks, [last, *others])
    if end > last:
        ax.axvline(end - 0.5, color=LIGHT["line"], linewidth=1, linestyle=(0, (3, 2)))
        top = ("data", "axes fraction")
        frame.note(
            ax,
            "limits from here",
            (end - 0.5, 1),
            (-5, -10),
            xycoords=top,
            ha="right",
            color=LIGHT["ink3"],
        )
    value = weeks["value"].iloc[-1]
    if pd.isna(value):
        return
    ax.plot([last], [value], "o", color=LIGHT["ink"], markersize=8)
    text = words.value(value, unit)
    if (end - 0.5 - last) * across > labels.breadth(text, labels.KEY, bold=True) + 12:
        frame.note(ax, text, (last, value), (9, 0), level=True, **_bold(LIGHT["ink"]))
    else:
        _at_edge(ax, value, 0, text, **_bold(LIGHT["ink"]))
