import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW, WIDE
from callkit.metrics.staffing import Goal
from callkit.plots import staffing
from tests.plots.conftest import agents, outside, overlapping, text, texts, token


def whole_week(days, hours, most):
    return agents([(d, h, 99, most - (h + d) % 3, most - 3, most + 2) for d in days for h in hours])


WEEK = agents([(0, 9, 40, 3, 2, 4), (0, 10, 60, 5, 4, 6), (1, 9, 0, 0, 0, 1), (1, 10, 20, 2, 2, 2)])


def columns_of(ax):
    """Return each row's agents, measured from its base line."""
    filled = [patch.get_data() for patch in ax.patches if patch.get_fill()]
    return [(tops - base).tolist() for tops, _, base in filled]


def test_a_column_is_as_high_as_the_agents_needed():
    ax = staffing.agents_needed(WEEK)
    assert columns_of(ax) == [[3, 5], pytest.approx([0, 2])]
    assert {token(patch.get_facecolor()) for patch in ax.patches if patch.get_fill()} == {"blue3"}
    assert texts(ax) == ["Mon", "3", "5", "Tue", "0", "2", "09", "10"]
    assert [text(ax, n).get_fontweight() for n in ("3", "5", "2")] == ["normal", "bold", "bold"]


def test_all_rows_share_one_scale_and_none_reaches_into_the_next():
    ax = staffing.agents_needed(WEEK)
    bases = ax.get_yticks()
    assert bases[0] == 0
    assert bases[0] - bases[1] > 6
    assert ax.get_ylim()[1] > 6


def test_a_thin_line_goes_from_the_low_to_the_high_end():
    ax = staffing.agents_needed(WEEK)
    monday, tuesday = (np.reshape(line.get_ydata(), (-1, 3)) for line in ax.lines)
    assert monday[:, :2].tolist() == [[2, 4], [4, 6]]
    assert (tuesday[:, :2] - ax.get_yticks()[1]).tolist() == pytest.approx(np.array([[0, 1], [2, 2]]))
    assert np.isnan(monday[:, 2]).all()
    assert ax.lines[0].get_xdata()[0] == 0.5


def test_units_goal_model_and_n_are_written():
    ax = staffing.agents_needed(WEEK)
    assert ax.get_ylabel() == "agents needed, by Erlang A, 80% within 20 s"
    assert (
        ax.get_xlabel()
        == "hour of the day, n = 120 calls; thin line: range over the 95% interval of the calls"
    )
    (narrow,) = staffing.figure_agents_needed(WEEK, NARROW).axes
    assert narrow.get_xlabel() == "hour, n = 120 calls; line: 95% range"
    ax = staffing.agents_needed(agents([(0, 9, 1, 3, 2, 4)], Goal(0.9, 120), "Erlang C"))
    assert ax.get_ylabel() == "agents needed, by Erlang C, 90% within 2 min"


def test_closed_hours_are_dashes_and_closed_days_stay_in_their_place():
    ax = staffing.agents_needed(agents([(0, 9, 9, 1, 1, 1), (2, 11, 9, 2, 2, 2)]))
    assert texts(ax)[:12] == ["Mon", "1", "–", "–", "Tue", "–", "–", "–", "Wed", "2", "–", "–"]
    assert np.isnan(columns_of(ax)[0][1:]).all()


def test_where_numbers_have_no_room_each_day_tells_its_first_highest():
    (ax,) = staffing.figure_agents_needed(whole_week([0, 1], range(24), 40), NARROW).axes
    assert texts(ax)[:4] == ["Mon", "40", "Tue", "40"]
    assert text(ax, "40").xy[0] == 0.5
    assert texts(ax)[4:] == [f"{hour:02d}" for hour in range(0, 24, 2)]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    ("days", "hours", "most"),
    [(range(5), range(8, 18), 6), (range(7), range(24), 30), (range(6), range(7, 21), 120), ([2], [9], 3)],
)
def test_the_week_fits_its_figure(width, days, hours, most):
    table = whole_week(days, hours, most)
    table["n"] = 12_345
    figure = staffing.figure_agents_needed(table, width)
    assert overlapping(figure) == outside(figure) == []
    assert figure.get_size_inches()[0] * 72 == pytest.approx(width)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([], "no calls"),
        ([(0, 9, 0, None, None, None)], "no calls"),
        ([(0, 9, 7, None, None, None)], "no talk times are known"),
    ],
)
def test_nothing_to_draw_is_said(cells, said):
    (ax,) = staffing.figure_agents_needed(agents(cells), NARROW).axes
    assert texts(ax) == [said]


def test_hours_that_need_nobody_are_drawn():
    ax = staffing.agents_needed(agents([(0, 9, 0, 0, 0, 0)]))
    assert texts(ax) == ["Mon", "0", "09"]


def test_other_data_are_refused():
    with pytest.raises(
        UsageError, match="column 'weekday' is missing; pass what metrics.staffing.agents_needed"
    ):
        staffing.agents_needed(pd.DataFrame({"hour": [1]}))
