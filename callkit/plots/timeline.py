"""One call, step by step along its seconds."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from callkit.errors import UsageError
from callkit.look import words
from callkit.look.steps import ENDS, STEPS
from callkit.look.tokens import LIGHT, WIDE, style
from callkit.look.typography import inert
from callkit.plots import frame, labels
from callkit.plots.frame import Room
from callkit.privacy import e164, mask_numbers, masked

_EVENTS = (
    "call_key", "position", "step", "target_kind", "target_name", "target_id", "number", "elapsed_s", "ended_by",
)  # fmt: skip
_ROW = 34.0
_BAR = 10.0
_ROOM = Room(0, 6, 14, 4, 46)
_MOST = 30
_LONG_TALK = 60.0
_REFUSED = ("no_answer", "busy")
_RINGING = ("dialed", *_REFUSED)
_GIVEN_UP = (*_REFUSED, "forwarded", "queued", "joined", "voicemail")  # what follows a ring in vain
_HOLDING = ("queued", "joined", "forwarded", "transferred")  # they last while their extensions ring
_MACHINE = ("received", "schedule_check", "menu", "menu_input", "announcement", "voicemail", "bot")
_FILLS = {**dict.fromkeys(_MACHINE, "line"), "dialed": "blue", "answered": "blue3"}


class _Bar(NamedTuple):
    step: str
    text: str
    start: float
    end: float
    is_refused: bool = False


def call_timeline(events: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """
    Draw one call's steps under one another, each along the seconds it took.

    A bar is plain while the caller hears a machine, stronger while waiting and ringing, hatched where it rang and
    nobody picked up, and pale with an edge while talking; a talk much longer than all before it is cut. A queue or
    a group lasts while its extensions ring. The call ends with a dot where a person answered, a square where a
    voicemail did, and a cross otherwise. Phone numbers are masked.

    Parameters
    ----------
    events
        Rows of `events` of one call.
    ax
        Axes to draw on.

    Returns
    -------
    matplotlib.axes.Axes
        The axes drawn on.

    Raises
    ------
    UsageError
        `events` is not such a table, or holds several calls.
    """
    bars = _bars(events)
    return _timeline(bars, WIDE, ax)


def figure_call_timeline(events: pd.DataFrame, width: int = WIDE) -> Figure:
    """Return the timeline of one call at a width of the report, as high as its steps need."""
    bars = _bars(events)
    with style():
        figure, ax = frame.sized(width, _room(bars))
    _timeline(bars, width, ax)
    return figure


def _room(bars: list[_Bar]) -> Room:
    return _ROOM._replace(height=_ROOM.top + _ROOM.bottom + _ROW * max(len(bars), 1))


def _bars(events: pd.DataFrame) -> list[_Bar]:
    table = frame.table(events, _EVENTS, "ck.load as events")
    calls = table["call_key"].unique()
    if len(calls) > 1:
        raise UsageError(
            f"events of {len(calls)} calls cannot be drawn in one timeline; pass those of one call."
        )
    steps = list(table.sort_values("position").itertuples())
    rung = {_target(step) for step in steps if step.step == "dialed"}
    told = [step.step in _REFUSED and _target(step) in rung for step in steps]
    bars = [_bar(steps, place) for place in range(len(steps)) if not told[place]]
    if len(bars) <= _MOST:
        return bars
    head, middle, tail = bars[: _MOST - 10], bars[_MOST - 10 : -9], bars[-9:]
    more = _Bar("unknown", f"{words.count(len(middle))} more steps", middle[0].start, middle[-1].end)
    return [*head, more, *tail]


def _bar(steps: list[Any], place: int) -> _Bar:
    step, later = steps[place], steps[place + 1 :]
    ends, is_refused = later, False
    if step.step in _HOLDING:
        ends = [s for s in later if s.step not in _RINGING]
    elif step.step == "dialed":
        its_own = [s for s in later if _target(s) == _target(step) and s.step in (*_RINGING, "answered")]
        ends = its_own or [s for s in later if s.step not in _RINGING]
        is_refused = bool(ends) and ends[0].step in _GIVEN_UP
    start = float(step.elapsed_s)
    end = next((float(s.elapsed_s) for s in ends if pd.notna(s.elapsed_s)), start)
    text = _said(step) + (", not picked up" if is_refused else "")
    return _Bar(step.step, text, start, max(start, end) if pd.notna(start) else start, is_refused)


def _target(step: Any) -> str:
    found = (step.target_name, step.target_id, step.number)
    return next((str(text) for text in found if pd.notna(text) and str(text)), "")


def _said(step: Any) -> str:
    if step.step == "hangup":
        return ENDS.get(step.ended_by, "The call ended")
    target = str(step.number) if step.step == "menu_input" and pd.notna(step.number) else _target(step)
    if step.target_kind == "number":
        target = masked(e164(target) or target)
    named = (
        f"Extension {target}"
        if step.target_kind == "extension" and target.isdigit()
        else mask_numbers(target)
    )
    return inert(STEPS[step.step].format(named or ("our line" if step.step == "received" else "somebody")))


def _timeline(bars: list[_Bar], width: int, ax: Axes | None) -> Axes:
    room = _room(bars)
    with style():
        ax = frame.own(ax, width, room)
        frame.dress(ax, grid=False)
        if not bars:
            frame.nothing(ax, "no steps")
            return ax
        ax.set_yticks([])
        drawn, cut_s = _cut(bars)
        end = max([bar.end for bar in drawn if np.isfinite(bar.end)], default=0.0) or 1.0
        ax.set(xlim=(0, end), ylim=(len(bars) * _ROW, 0))
        for row, (bar, shown) in enumerate(zip(bars, drawn, strict=True)):
            _row(ax, row * _ROW, bar, shown)
        _end_mark(ax, (len(bars) - 1) * _ROW, drawn)
        ticks = MaxNLocator(6, steps=[1, 2, 3, 5, 6, 10], integer=True).tick_values(0, end)
        ax.set_xticks([tick for tick in ticks if tick <= (end if cut_s is None else cut_s)])
        if cut_s is not None:
            row = next(place for place, bar in enumerate(drawn) if bar.step == "answered" and bar.end > cut_s)
            _break(ax, cut_s, row * _ROW)
        frame.x_title(ax, "seconds since the call began")
    return ax


def _cut(bars: list[_Bar]) -> tuple[list[_Bar], float | None]:
    """Shorten the longest talk where it dwarfs all before it; return where it is broken."""
    talks = [bar for bar in bars if bar.step == "answered" and np.isfinite(bar.start)]
    longest = max(talks, key=lambda bar: bar.end - bar.start, default=None)
    if longest is None or longest.end - longest.start <= max(_LONG_TALK, 2 * longest.start):
        return bars, None
    kept = longest.start + max(_LONG_TALK / 2, longest.start)
    lost = longest.end - kept

    def moved(at_s: float) -> float:
        return at_s if at_s <= kept else max(kept, at_s - lost)

    drawn = [bar._replace(start=moved(bar.start), end=moved(bar.end)) for bar in bars]
    return drawn, longest.start + 0.8 * (kept - longest.start)


def _row(ax: Axes, top: float, bar: _Bar, shown: _Bar) -> None:
    across, _ = frame.points(ax)
    room = across * ax.get_xlim()[1] - 80
    colour = LIGHT["alert"] if bar.is_refused else LIGHT["ink"]
    frame.note(ax, labels.clipped(bar.text, room), (0, top + 12), color=colour)
    right: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right"}
    if not np.isfinite(bar.start):
        frame.note(ax, "time not sent", (1, top + 12), color=LIGHT["ink3"], **right)
        return
    lasted = bar.end - bar.start
    if bar.step != "hangup":
        frame.note(ax, words.seconds(lasted), (1, top + 12), color=LIGHT["ink2"], **right)
    options: dict[str, Any] = {"facecolor": LIGHT[_FILLS.get(bar.step, "blue2")]}
    if bar.is_refused:
        options = {"facecolor": LIGHT["alert2"], "edgecolor": LIGHT["alert"], "hatch": "////"}
    elif bar.step == "answered":
        options |= {"edgecolor": LIGHT["blue"], "linewidth": 1}
    breadth = max(shown.end - shown.start, 1.5 / across)
    if bar.step != "hangup" or lasted:
        ax.add_patch(Rectangle((shown.start, top + 17), breadth, _BAR, clip_on=False, **options))


def _end_mark(ax: Axes, top: float, drawn: list[_Bar]) -> None:
    if not np.isfinite(drawn[-1].end) or drawn[-1].step not in ("hangup", "answered", "voicemail"):
        return
    there = {bar.step for bar in drawn}
    shape = "o" if "answered" in there else "s" if "voicemail" in there else "x"
    fill = LIGHT["ink"] if shape == "o" else LIGHT["paper"]
    options: dict[str, Any] = {
        "color": LIGHT["ink"],
        "markersize": 8,
        "markerfacecolor": fill,
        "clip_on": False,
    }
    ax.plot([drawn[-1].end], [top + 17 + _BAR / 2], shape, markeredgewidth=1.8, **options)


def _break(ax: Axes, at_s: float, top: float) -> None:
    across, _ = frame.points(ax)
    for step in (0, 6):
        foot, head = at_s + (step - 3) / across, at_s + (step + 3) / across
        ax.plot([foot, head], [top + 18 + _BAR, top + 16], color=LIGHT["paper"], linewidth=2.5)
