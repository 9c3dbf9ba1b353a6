import numpy as np
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW
from callkit.plots import waiting
from tests.plots.conftest import bins, calls, curve, outside, overlapping, text, texts, token

COUNTS = [160, 308, 213, 166, *[20] * 20, 4]
FALLING = [
    (3.0, 0.97, 0.96, 0.98),
    (20.0, 0.95, 0.93, 0.97),
    (45.0, 0.9, 0.87, 0.92),
    (130.0, 0.8, 0.75, 0.85),
]


def test_bars_up_to_the_target_are_stronger():
    ax = waiting.waits(bins(COUNTS))
    assert [bar.get_height() for bar in ax.patches] == COUNTS
    assert [token(bar.get_facecolor()) for bar in ax.patches[:6]] == ["blue"] * 4 + ["blue2"] * 2
    assert ax.get_ylabel() == "answered calls, per 5 s of wait"
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "0",
        "20",
        "40",
        "60",
        "80",
        "100",
        "120+",
    ]


def test_target_and_nine_in_ten_have_a_line_and_words():
    ax = waiting.waits(bins(COUNTS), target_s=20, nine_in_ten_s=68)
    assert [line.get_xdata()[0] for line in ax.lines] == pytest.approx([20, 68])
    assert texts(ax) == [
        "target 20 s:", "847 of 1,251 answered", "calls were within it", "nine in ten", "within 68 s",
    ]  # fmt: skip


def test_a_target_inside_a_bin_counts_nothing():
    assert texts(waiting.waits(bins(COUNTS), target_s=12)) == ["target 12 s"]


def test_large_numbers_take_a_line_more():
    assert texts(waiting.waits(bins([8000] * 25), target_s=60)) == [
        "target 60 s:", "96,000 of 200,000", "answered calls", "were within it",
    ]  # fmt: skip


def test_a_long_wait_stands_in_the_last_bin():
    ax = waiting.waits(bins([*[0] * 24, 9]), nine_in_ten_s=700)
    assert max(line.get_xdata()[0] for line in ax.lines) == pytest.approx(122.5)
    assert "within 11 min 40 s" in texts(ax)


TARGETS = [(20, 68), (20, 15), (20, 20), (60, 110), (5, 119), (65, 75)]
DAYS = [COUNTS, [5] * 25, [0] * 24 + [50], [1213] * 25, [8000] * 25, [0, 1] + [0] * 23]


@pytest.mark.parametrize("counts", DAYS)
@pytest.mark.parametrize(("target_s", "nine_in_ten_s"), TARGETS)
def test_no_words_meet_words_or_bars(counts, target_s, nine_in_ten_s):
    figure = waiting.figure_waits(bins(counts), target_s=target_s, nine_in_ten_s=nine_in_ten_s)
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((344, 236))
    assert overlapping(figure) == outside(figure) == []
    (ax,) = figure.axes
    for words in ax.texts:
        box = words.get_window_extent().transformed(ax.transData.inverted())
        for bar in ax.patches:
            apart = bar.get_x() + bar.get_width() <= box.x0 or bar.get_x() >= box.x1
            assert apart or bar.get_height() <= box.y0, words.get_text()


def test_the_curve_is_a_step_line_on_its_interval():
    ax = waiting.patience(curve(FALLING))
    line = ax.lines[0]
    assert line.get_drawstyle() == "steps-post"
    assert list(line.get_xdata()) == [0, 3, 20, 45, 120]
    assert list(line.get_ydata()) == [1, 0.97, 0.95, 0.9, 0.9]
    assert token(ax.collections[0].get_facecolor()) == "blue3"
    assert ax.get_ylim()[0] == 0.6


def test_20_and_60_seconds_are_written():
    ax = waiting.patience(curve(FALLING))
    assert texts(ax) == ["20 s: 95%", "60 s: 90%"]
    assert text(ax, "20 s: 95%").get_fontweight() == "bold"
    assert [tuple(dot.get_xydata()[0]) for dot in ax.lines[1:]] == [(20, 0.95), (60, 0.9)]


def test_the_axis_says_of_how_many_calls_the_willingness_to_wait_is():
    ax = waiting.patience(curve(FALLING).assign(at_risk=[2117, 900, 80, 2]))
    assert ax.get_ylabel() == "share still willing to wait, n = 2,117 calls"


def test_a_wait_nobody_reached_is_not_written():
    assert texts(waiting.patience(curve(FALLING[:2]))) == ["20 s: 95%"]


def test_a_low_curve_shows_all_of_its_height():
    ax = waiting.patience(curve([(5.0, 0.5, 0.3, 0.7), (25.0, 0.0, np.nan, np.nan)]))
    assert ax.get_ylim()[0] == 0.2 or ax.get_ylim()[0] == 0


def test_a_remark_points_at_its_second():
    figure = waiting.figure_patience(curve(FALLING), remark=(40, "steepest here: the\n30 s announcement"))
    (ax,) = figure.axes
    assert texts(ax)[-2:] == ["steepest here: the", "30 s announcement"]
    assert ax.lines[-1].get_xdata()[0] == 40
    assert overlapping(figure) == outside(figure) == []


def test_no_calls_are_said():
    assert texts(waiting.figure_waits(bins([0] * 25)).axes[0]) == ["no calls"]
    assert texts(waiting.figure_patience(curve([])).axes[0]) == ["no calls"]


def test_calls_are_counted_by_the_metrics():
    some = calls(["2026-11-16 09:10"] * 4, wait_s=[4, 18, 90, 30], outcome=["answered"] * 3 + ["abandoned"])
    (ax,) = waiting.figure_waits(some).axes
    assert [bar.get_height() for bar in ax.patches][:4] == [1, 0, 0, 1]
    assert texts(ax)[1:] == ["2 of 3 answered", "calls were within it", "nine in ten", "within 76 s"]
    assert texts(waiting.figure_patience(some).axes[0]) == ["20 s: 100%", "60 s: 50%"]


@pytest.mark.parametrize("draw", [waiting.waits, waiting.patience])
def test_other_data_are_refused(draw):
    with pytest.raises(UsageError, match="column 'n' is missing|column 'wait_s' is missing"):
        draw(bins([1]).drop(columns="n"))


def test_another_width_is_refused():
    with pytest.raises(UsageError, match="width 500 is not a width of the report; use 344 or 712"):
        waiting.figure_waits(bins(COUNTS), 500)
    assert waiting.figure_waits(bins(COUNTS), NARROW)
