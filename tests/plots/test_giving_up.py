import matplotlib as mpl
import numpy as np
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import WIDE
from callkit.plots import giving_up
from tests.plots.conftest import calls, hazard_bins, outside, overlapping, texts, token

LEFT = [4, 9, 3, 3, 3, 3, 2, 3, 2, 2, 2, 5, *[2] * 12, 1]


def bars(ax):
    return [bar for bar in ax.patches if isinstance(bar, mpl.patches.Rectangle)]


def whiskers(ax):
    return [tuple(line[:, 1]) for line in ax.collections[-1].get_segments()]


def test_bars_are_callers_of_a_thousand_still_waiting():
    ax = giving_up.hazard(hazard_bins(LEFT))
    assert [bar.get_height() for bar in bars(ax)] == pytest.approx(LEFT)
    assert whiskers(ax)[1] == pytest.approx((7.2, 11.7))
    assert ax.get_ylabel() == "of 1,000 still waiting, give up each second"
    assert ax.get_xlabel() == f"seconds waited; {sum(LEFT)} gave up"
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "20", "40", "60", "80", "100", "120+"]
    assert texts(ax) == []


def test_peaks_are_stronger_and_named():
    figure = giving_up.figure_hazard(hazard_bins(LEFT, peaks=[1, 2, 11]))
    (ax,) = figure.axes
    assert [token(bar.get_facecolor()) for bar in bars(ax)[:4]] == ["blue2", "blue", "blue", "blue2"]
    assert texts(ax) == ["5–15 s", "55–60 s"]
    assert ax.texts[1].xy[0] == pytest.approx(57.5)
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize("width", [344, WIDE])
@pytest.mark.parametrize("peaks", [[0], [23], [0, 2, 4, 6], [1, 3, 22], list(range(0, 24, 2))])
def test_names_of_peaks_meet_neither_each_other_nor_a_bar(peaks, width):
    figure = giving_up.figure_hazard(hazard_bins(LEFT, peaks=peaks), width)
    assert overlapping(figure) == outside(figure) == []
    (ax,) = figure.axes
    assert len(texts(ax)) == len(peaks)
    for words in ax.texts:
        foot = words.get_window_extent().transformed(ax.transData.inverted()).y0
        assert foot > max(bar.get_height() for bar in bars(ax))


def test_an_interval_far_above_the_rates_does_not_flatten_them():
    few = hazard_bins(LEFT).assign(high=0.5)
    ax = giving_up.hazard(few)
    assert max(bar.get_height() for bar in bars(ax)) > 0.4 * ax.get_ylim()[1]


def test_bins_nobody_reached_stay_empty_and_nobody_waiting_is_said():
    some = hazard_bins(LEFT)
    unreached = ["rate", "low", "high"]
    some.loc[10:, unreached] = np.nan
    assert len(bars(giving_up.hazard(some))) == 10
    assert texts(giving_up.figure_hazard(hazard_bins([0] * 25, waited_s=0.0)).axes[0]) == ["nobody waited"]
    assert texts(giving_up.figure_hazard(hazard_bins([0]).head(0)).axes[0]) == ["no calls"]


def test_calls_are_counted_by_the_metrics():
    some = calls(["2026-11-16 09:10"] * 4, wait_s=[4, 18, 90, 30], outcome=["answered"] * 3 + ["abandoned"])
    (ax,) = giving_up.figure_hazard(some).axes
    heights = [bar.get_height() for bar in bars(ax)]
    assert heights[5] == pytest.approx(1000 / 10)
    assert sum(heights) == pytest.approx(100)
    assert ax.get_xlabel() == "seconds waited; 1 gave up"


def test_other_data_are_refused():
    with pytest.raises(UsageError, match="column 'is_peak' is missing"):
        giving_up.hazard(hazard_bins(LEFT).drop(columns="is_peak"))
