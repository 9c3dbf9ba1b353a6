"""Small tables with the columns of the metric functions, and how to read a drawing back."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from callkit.look.tokens import LIGHT, style
from callkit.metrics.staffing import Goal
from callkit.periods import Week

mpl.use("agg")
TOKENS = {hex_: token for token, hex_ in LIGHT.items()}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def token(colour):
    """Name the token of a colour matplotlib reports as numbers."""
    return TOKENS[mpl.colors.to_hex(colour)]


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def text(ax, words):
    return next(t for t in ax.texts if t.get_text() == words)


def overlapping(figure):
    """Return the pairs of texts of a figure whose letters touch, as drawn here."""
    with style():
        FigureCanvasAgg(figure)
        figure.canvas.draw()
        (ax,) = figure.axes
        ticks = [
            tick.label1
            for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim()))
            for tick in axis.get_major_ticks()
            if min(limits) <= tick.get_loc() <= max(limits)
        ]
        drawn = [t for t in (*ax.texts, *ticks, ax.xaxis.label, ax.yaxis.label) if t.get_text()]
        boxes = [(t.get_text(), t.get_window_extent(figure.canvas.get_renderer())) for t in drawn]
    boxes = [(name, box.padded(-1.5)) for name, box in boxes]
    return [
        (one, two)
        for place, (one, first) in enumerate(boxes)
        for two, second in boxes[place + 1 :]
        if first.overlaps(second)
    ]


def outside(figure):
    """Return the texts that leave a figure by more than 2 px."""
    with style():
        FigureCanvasAgg(figure)
        figure.canvas.draw()
        (ax,) = figure.axes
        width, height = figure.get_size_inches() * figure.dpi
        boxes = [(t.get_text(), t.get_window_extent()) for t in ax.texts if t.get_text()]
    return [n for n, b in boxes if b.x0 < -2 or b.y0 < -2 or b.x1 > width + 2 or b.y1 > height + 2]


def calls(started, *, wait_s=1.0, outcome="answered"):
    """Make inbound calls with the columns the metrics read."""
    local = pd.to_datetime(started)
    table = pd.DataFrame({"call_key": [f"{place}.1" for place in range(len(local))], "started_local": local})
    table = table.assign(
        started_at=local.tz_localize("UTC"), direction="inbound", outcome=outcome, caller=None
    )
    return table.assign(wait_s=np.asarray(wait_s, dtype=float), talk_s=1.0)


def hours_of_week(cells, *, open_hours=1):
    """Make the table of arrivals from ``(weekday, hour, calls or None where closed, verdict)``."""
    rows = [
        {
            "weekday": weekday, "hour": hour, "n": n or 0, "n_open_hours": 0 if n is None else open_hours,
            "per_open_hour": np.nan if n is None else n / open_hours, "is_open": n is not None, "verdict": verdict,
        }
        for weekday, hour, n, verdict in cells
    ]  # fmt: skip
    columns = ["weekday", "hour", "n", "n_open_hours", "per_open_hour", "is_open", "verdict"]
    return pd.DataFrame(rows, columns=columns)


USUAL = Goal()


def agents(cells, goal=USUAL, model="Erlang A"):
    """Make the table of agents needed from ``(weekday, hour, n, agents, low, high)``."""
    columns = ["weekday", "hour", "n", "agents", "agents_low", "agents_high"]
    table = pd.DataFrame(cells, columns=columns).assign(model=model)
    table = table.astype(dict.fromkeys(columns[3:], "Int64"))
    table.attrs["goal"] = goal
    return table


def bins(counts, width=5):
    starts = np.arange(len(counts)) * float(width)
    return pd.DataFrame({"from_s": starts, "to_s": np.append(starts[1:], np.inf), "n": counts})


def hazard_bins(left, *, peaks=(), waited_s=1000.0, width=5):
    """Make the table of the rate of giving up from those who gave up in each bin, and which bins are peaks."""
    starts, left = np.arange(len(left)) * float(width), np.asarray(left)
    table = pd.DataFrame({"from_s": starts, "to_s": np.append(starts[1:], np.inf), "n_left": left})
    table = table.assign(waited_s=waited_s, at_risk=999, rate=left / (waited_s or np.nan))
    table["low"], table["high"] = table["rate"] * 0.8, table["rate"] * 1.3
    return table.assign(is_peak=[place in peaks for place in range(len(left))])


def curve(rows):
    return pd.DataFrame(rows, columns=["wait_s", "staying", "low", "high"]).assign(at_risk=9, n_left=1)


def callbacks(rows, **attrs):
    """Make the curve of call-backs from ``(after_s, waiting, low, high)``, one called back at each time."""
    table = pd.DataFrame(rows, columns=["after_s", "waiting", "low", "high"], dtype=float)
    table = table.assign(at_risk=range(len(table) + 2, 2, -1), n=1)
    table.attrs.update(attrs)
    return table


def by_hour(rows):
    """Make the table of hours from ``(hour, value, n, usual_low, usual_high, verdict)``."""
    columns = ["hour", "value", "n", "usual_low", "usual_high", "verdict"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(low=(table["value"] - 0.08).clip(0), high=(table["value"] + 0.08).clip(upper=1))


def panel(number, values, low, high, verdict="usual", is_better=None):
    """Make the arguments of `control_panel`."""
    weeks = [str(Week(2026, 47).shift(place - len(values) + 1)) for place in range(len(values))]
    weekly = pd.DataFrame({"number": number, "period": weeks, "value": values})
    row = {
        "number": number, "value": values[-1], "usual_low": low, "usual_high": high,
        "mean": (low + high) / 2, "verdict": verdict, "is_better": is_better,
    }  # fmt: skip
    return weekly, pd.DataFrame([row]), number


def events(rows, call_key="1606129200.1"):
    """Make the events of a call from ``(step, target_kind, target_name, elapsed_s)``, a hang-up's name its ender."""
    table = pd.DataFrame(rows, columns=["step", "target_kind", "target_name", "elapsed_s"])
    ender = table["target_name"].where(table["step"] == "hangup")
    return table.assign(
        call_key=call_key,
        position=range(len(table)),
        target_name=table["target_name"].where(table["step"] != "hangup"),
        target_id=None,
        number=None,
        ended_by=ender,
    )
