from datetime import datetime, timedelta

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from callkit.errors import UsageError
from callkit.look.tokens import LIGHT, NARROW, WIDE
from callkit.metrics import recovery as metrics
from callkit.opening import OpeningHours
from callkit.plots import recovery
from tests.metrics import frames
from tests.plots.conftest import callbacks, outside, overlapping, texts, token

HOUR = 3600
FALLING = [
    (0.5 * HOUR, 0.8, 0.7, 0.9),
    (HOUR, 0.5, 0.4, 0.6),
    (3 * HOUR, 0.4, 0.3, 0.5),
    (9 * HOUR, 0.3, 0.2, 0.4),
]
MONDAY = datetime(2026, 11, 16, 16, 0)


def drawn(rows, **options):
    attrs = {name: options.pop(name) for name in ("clock", "of") if name in options}
    return recovery.figure_callback_curve(callbacks(rows, **attrs), **options).axes[0]


def test_the_curve_is_a_step_line_on_its_interval():
    ax = drawn(FALLING, last_s=4 * HOUR)
    line = ax.lines[0]
    assert line.get_drawstyle() == "steps-post"
    assert [x / HOUR for x in line.get_xdata()] == [0, 0.5, 1, 3, 4]
    assert list(line.get_ydata()) == [1, 0.8, 0.5, 0.4, 0.4]
    assert (token(line.get_color()), token(ax.collections[0].get_facecolor())) == ("blue", "blue3")
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (min(heights), max(heights)) == (0.3, 1)
    assert ax.get_ylim() == (0, 1.03)


def test_axes_say_what_in_which_unit_and_of_how_many():
    ax = drawn(FALLING, clock="open")
    assert ax.get_ylabel() == "callers not yet called back, n = 6 episodes"
    assert ax.get_xlabel() == "open hours since the first missed call"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "4", "8", "12", "16", "20", "24"]
    ax = drawn(FALLING[:2], of="resolved")
    assert ax.get_ylabel() == "callers not yet spoken with, n = 4 episodes"
    assert ax.get_xlabel() == "minutes since the first missed call"
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "10", "20", "30", "40", "50", "60"]


def test_when_half_were_called_back_is_written():
    ax = drawn(FALLING)
    assert texts(ax) == ["half within 1 h"]
    assert ax.lines[1].get_xydata().tolist() == [[HOUR, 0.5]]


def test_where_half_is_not_seen_the_last_share_is_written():
    assert texts(drawn(FALLING, last_s=0.75 * HOUR)) == ["45 min: 80%"]
    assert texts(drawn(FALLING[:1])) == ["30 min: 80%"]
    assert texts(drawn(FALLING, last_s=0.25 * HOUR)) == ["15 min: 100%"]


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("half_s", [60, 900, 3000, 3599, 7000, 20_000, 200_000, 2_000_000])
def test_no_words_meet_words_or_leave_the_figure(half_s, width):
    curve = callbacks([(half_s / 2, 0.9, 0.8, 1), (half_s, 0.49, 0.4, 0.6)], clock="open")
    figure = recovery.figure_callback_curve(curve, width)
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((width, 236))
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize("half_h", [2.1, 9.5, 11.2, 11.9, 13.3, 23.1])
def test_words_about_half_stay_between_the_axis_and_the_right_edge(half_h):
    half_s = half_h * HOUR - 49
    rows = [(600, 0.9, 0.8, 0.95), (half_s, 0.5, 0.4, 0.6), (23.9 * HOUR, 0.1, 0.05, 0.2)]
    figure = recovery.figure_callback_curve(callbacks(rows))
    assert overlapping(figure) == outside(figure) == []
    (ax,) = figure.axes
    (said,) = (text for text in ax.texts if text.get_text())
    assert said.get_window_extent().x0 >= ax.bbox.x0 - 1


def test_the_line_stands_out_from_its_interval_in_grey():
    line, area = (
        sum(c * w for c, w in zip(to_rgb(LIGHT[t]), (0.3, 0.59, 0.11), strict=True))
        for t in ("blue", "blue3")
    )
    assert area - line > 0.4


def some_calls():
    missed, called = MONDAY, MONDAY + timedelta(hours=17.5)
    return frames.calls(
        frames.call("abandoned", caller="+447700900100", started_local=missed, did="1"),
        frames.call("answered", caller="+447700900100", started_local=called, direction="outbound"),
        frames.call("abandoned", caller="+447700900101", started_local=missed, did="1"),
    )


def test_calls_are_followed_by_the_metrics_on_the_clock_of_the_opening_hours():
    opening = OpeningHours.parse({"mon": "09:00-17:00", "tue": "09:00-17:00"})
    for hours, first in ((opening, 1.5), (None, 17.5)):
        (ax,) = recovery.figure_callback_curve(some_calls(), opening=hours).axes
        assert ax.lines[0].get_xdata()[1] == first * HOUR
        assert ax.get_xlabel().startswith("open minutes" if hours else "hours")
    curve = metrics.callback_curve(some_calls())
    pd.testing.assert_series_equal(curve["waiting"], pd.Series([0.5], name="waiting"))


def test_no_missed_caller_is_said():
    assert texts(drawn([])) == ["no missed callers"]


def test_other_data_are_refused():
    with pytest.raises(UsageError, match="column 'at_risk' is missing"):
        recovery.callback_curve(callbacks(FALLING).drop(columns="at_risk"))
    with pytest.raises(UsageError, match="width 500 is not a width of the report"):
        recovery.figure_callback_curve(callbacks(FALLING), 500)
