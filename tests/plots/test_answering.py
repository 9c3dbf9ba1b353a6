import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.svg import MAX_BYTES, inline
from callkit.look.tokens import NARROW, WIDE
from callkit.plots import answering as plots
from tests.plots.conftest import outside, overlapping, text, texts, token

COLUMNS = ["hour", "answering", "agents", "agents_low", "agents_high", "short"]
DAY = [(8, 3, 2, 2, 3, 0), (9, 5.4, 6, 5, 7, 1), (10, 3.2, 5, 4, 5, 2), (12, 4, 3, 3, 3, 0)]


def hours(rows=DAY, weekdays=range(5)):
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs["weekdays"] = list(weekdays)
    return table


def level(ax):
    """Return the lines that lie level, and those that stand, as hour and heights."""
    lines = [
        (np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float), line) for line in ax.lines
    ]
    bars = {x.mean(): (y[0], line) for x, y, line in lines if y[0] == y[-1]}
    return bars, {x[0]: (*y, line) for x, y, line in lines if y[0] != y[-1]}


def test_columns_are_people_seen_and_bars_people_needed():
    (ax,) = plots.figure_people_by_hour(hours()).axes
    columns = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in ax.patches]
    assert columns == [(pytest.approx(hour), seen) for hour, seen, *_ in DAY]
    assert {token(bar.get_facecolor()) for bar in ax.patches} == {"blue3"}
    bars, ranges = level(ax)
    assert {hour: bar[0] for hour, bar in bars.items()} == {hour: needed for hour, _, needed, *_ in DAY}
    assert {hour: line[:2] for hour, line in ranges.items()} == {
        8: (2, 3),
        9: (5, 7),
        10: (4, 5),
    }  # none of no width


def test_only_where_people_are_short_is_it_said_and_coloured():
    (ax,) = plots.figure_people_by_hour(hours()).axes
    bars, ranges = level(ax)
    assert [token(bars[hour][1].get_color()) for hour in (8, 9, 10, 12)] == ["ink", "alert", "alert", "ink"]
    assert [token(ranges[hour][2].get_color()) for hour in (8, 9, 10)] == ["ink", "alert", "alert"]
    assert sorted(t for t in texts(ax) if "short" in t) == ["1 short", "2 short"]
    assert text(ax, "1 short").xy == (9, 7)
    assert text(ax, "1 short").get_fontweight() == "bold"
    many = [(hour, *DAY[1][1:]) for hour in range(8, 18)]
    (narrow,) = plots.figure_people_by_hour(hours(many), NARROW).axes
    assert texts(narrow).count("−1") == 10
    hardly = [(hour, 10, 60 + hour, 60, 90, 50 + hour) for hour in range(24)]
    (crowded,) = plots.figure_people_by_hour(hours(hardly), NARROW).axes
    written = [t for t in texts(crowded) if t.startswith("−")]
    assert written[0] == "−73"
    assert 5 < len(written) < 24


def test_words_stand_beside_the_last_hour():
    (ax,) = plots.figure_people_by_hour(hours()).axes
    assert token(text(ax, "answering").get_color()) == "blue"
    assert token(text(ax, "needed").get_color()) == "ink"
    assert text(ax, "answering").xyann[1] > text(ax, "needed").xyann[1]
    (other,) = plots.figure_people_by_hour(hours([(8, 1, 4, 3, 5, 3)])).axes
    assert text(other, "answering").xyann[1] < text(other, "needed").xyann[1]


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        (range(5), "Monday to Friday mean"), ([0, 2], "mean of Monday and Wednesday"), ([5], "Saturday mean"),
        ([0, 1, 3], "mean of Monday, Tuesday and Thursday"), ([5, 6], "mean of Saturday and Sunday"), ([], "mean"),
    ],
)  # fmt: skip
def test_it_says_which_days_it_is_a_mean_of(weekdays, said):
    ax = plots.people_by_hour(hours(weekdays=weekdays))
    assert ax.get_ylabel() == f"people, {said}"


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    "rows",
    [
        DAY, [DAY[1]], [(hour, *DAY[1][1:]) for hour in range(24)],
        [(hour, 310, 240, 200, 480, 0) for hour in range(8, 18)],
        [(hour, 3, 3, 3, 3, 0) for hour in range(8, 18)], [(hour, 0.2, 0, 0, 1, 0) for hour in range(8, 10)],
        [(hour, 60, 240, 200, 280, 180) for hour in range(8, 18)], [(9, np.nan, 3, 2, 4, 0), (10, np.nan, 3, 2, 4, 0)],
    ],
)  # fmt: skip
def test_no_words_meet(rows, width):
    figure = plots.figure_people_by_hour(hours(rows), width)
    assert figure.get_size_inches() * 72 == pytest.approx([width, 244])
    assert overlapping(figure) == outside(figure) == []
    assert len(inline(figure, "f", title="People", desc="Many.").encode()) <= MAX_BYTES


def test_what_is_not_known_is_not_drawn():
    (ax,) = plots.figure_people_by_hour(hours([(9, np.nan, 3, 2, 4, 0)])).axes
    assert [t for t in texts(ax) if t] == ["needed"]
    unknown = hours([(9, np.nan, np.nan, np.nan, np.nan, 0)])
    assert texts(plots.figure_people_by_hour(unknown).axes[0]) == ["nothing is known"]
    assert texts(plots.figure_people_by_hour(hours([])).axes[0]) == ["nothing is known"]


def test_other_data_are_refused():
    with pytest.raises(
        UsageError, match="column 'short' is missing; pass what metrics.answering.by_hour_of_day"
    ):
        plots.people_by_hour(hours().drop(columns="short"))


@pytest.mark.parametrize("most", [0.4, 4, 11.6, 23])
def test_the_scale_reaches_above_the_highest_column(most):
    (ax,) = plots.figure_people_by_hour(hours([(8, most, 2, 2, 3, 0), (9, 1, 1, 1, 1, 0)])).axes
    assert ax.get_yticks()[0] == 0 == ax.get_ylim()[0]
    assert max(ax.get_yticks()) >= max(most, 3)
    assert max(ax.get_yticks()) <= ax.get_ylim()[1]
