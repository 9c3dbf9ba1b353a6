import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW, WIDE
from callkit.opening import OpeningHours
from callkit.plots import concurrency as plot
from tests.plots.conftest import calls, outside, overlapping, text, texts, token


def table(means, peaks, first=8, kind="talking", days=6):
    """Make hours of the day of one kind."""
    hours = range(first, first + len(means))
    return pd.DataFrame({"kind": kind, "hour": hours, "mean": means, "peak": peaks, "n_hours": float(days)})


def bars(ax):
    """Return the bars by their colour."""
    found = {}
    for bar in ax.patches:
        found.setdefault(token(bar.get_facecolor()), []).append(bar)
    return found


def test_slim_bars_are_means_and_broad_ones_the_most():
    ax = plot.at_once(table([0.5, 2.25, 0.1], [2, 5, 1]))
    drawn = bars(ax)
    assert [bar.get_height() for bar in drawn["blue"]] == [0.5, 2.25, 0.1]
    assert [bar.get_height() for bar in drawn["blue3"]] == [2, 5, 1]
    assert drawn["blue"][0].get_width() < drawn["blue3"][0].get_width()
    assert [t.get_text() for t in ax.get_xticklabels()] == ["08", "09", "10"]
    assert texts(ax) == ["2", "5", "1"]
    assert text(ax, "5").get_fontweight() == "bold"


def test_the_axes_say_what_is_counted_and_over_how_many_days():
    ax = plot.at_once(table([1], [2], kind="waiting", days=1), "waiting")
    assert ax.get_ylabel() == "callers waiting at once: slim bar the mean, broad bar the most"
    assert ax.get_xlabel() == "hour of the day; mean and most over 1 day"


def test_only_hours_from_the_first_to_the_last_in_use_are_drawn():
    ax = plot.at_once(table([0, 1, 0, 1, 0], [0, 2, 0, 3, 0]))
    assert [t.get_text() for t in ax.get_xticklabels()] == ["09", "10", "11"]
    assert texts(ax) == ["2", "3"]


def test_an_hour_that_never_passed_has_no_mean():
    ax = plot.at_once(table([1, np.nan, 2], [2, 0, 3]))
    assert [bar.get_height() for bar in bars(ax)["blue"]] == [1, 0, 2]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("kind", ["talking", "waiting", "lines"])
def test_24_hours_with_large_numbers_fit(width, kind):
    figure = plot.figure_at_once(table(np.linspace(1, 90, 24), range(100, 124), 0, kind), kind, width)
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((width, 244))
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_working_day_fits(width):
    figure = plot.figure_at_once(table([1.5] * 11, [12, 3] * 5 + [4]), width=width)
    assert len(texts(figure.axes[0])) == 11
    assert overlapping(figure) == outside(figure) == []


def test_calls_are_counted_by_the_metric():
    started = pd.to_datetime(["2026-11-16 09:10", "2026-11-16 09:10", "2026-11-17 10:00"])
    some = calls(started).assign(menu_s=0.0, talk_s=[600.0, 60.0, 600.0])
    some = some.assign(answered_at=some["started_at"], ended_at=some["started_at"])
    ax = plot.at_once(some, opening=OpeningHours.parse({"mon": "09:00-17:00"}))
    assert texts(ax) == ["2"]
    assert [bar.get_height() for bar in bars(ax)["blue"]] == [pytest.approx(660 / 3600)]
    assert ax.get_xlabel().endswith("over 1 day")


@pytest.mark.parametrize("rows", [table([], []), table([0], [0]), table([1], [1], kind="lines")])
def test_no_calls_are_said(rows):
    assert texts(plot.at_once(rows)) == ["no calls"]


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (pd.DataFrame({"hour": [1]}), "talking", "column 'kind' is missing"),
        (np.arange(3), "talking", "of type ndarray cannot be used"),
        (table([1], [1]), "queueing", "kind 'queueing' is not known"),
    ],
)
def test_other_data_are_refused(data, kind, said):
    with pytest.raises(UsageError, match=said):
        plot.at_once(data, kind)
