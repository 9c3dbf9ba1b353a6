from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW, WIDE
from callkit.opening import OpeningHours
from callkit.plots import load
from tests.plots.conftest import calls, hours_of_week, outside, overlapping, text, texts, token

WEEK = [(0, 8, 0, "usual"), (0, 9, 47, "high"), (0, 10, 56, "usual"), (2, 8, None, "none"), (2, 9, 12, "low")]


def test_cells_margins_and_closed_hours_are_written():
    ax = load.arrivals(hours_of_week(WEEK), step=10)
    assert texts(ax)[:9] == ["0", "47", "56", "–", "–", "–", "–", "12", "–"]
    assert texts(ax)[9:15] == ["08", "0", "09", "59", "10", "56"]
    assert texts(ax)[15:] == ["Mon", "103", "Tue", "0", "Wed", "12", "From", "All", "All", "115"]
    assert text(ax, "115").get_fontweight() == "bold"


def test_the_step_of_colour_is_fixed_and_its_text_fits_it():
    ax = load.arrivals(hours_of_week(WEEK), step=10)
    assert [token(p.get_facecolor()) for p in ax.patches[:4]] == ["h0", "h2", "h5", "h6"]
    assert [token(text(ax, n).get_color()) for n in ("47", "56", "12")] == ["h5t", "h6t", "h2t"]


def test_an_unusual_hour_is_framed_and_bold():
    ax = load.arrivals(hours_of_week(WEEK), step=10)
    frames = ax.patches[-1]
    assert token(frames.get_edgecolor()) == "alert"
    assert frames.get_linewidth() == 2.2
    assert len(frames.get_path().vertices) == 2 * 5 + 1 or len(frames.get_path().to_polygons()) == 2
    assert [text(ax, n).get_fontweight() for n in ("47", "12", "56")] == ["bold", "bold", "normal"]


def test_several_weeks_show_the_mean_per_open_hour():
    ax = load.arrivals(hours_of_week([(0, 8, 10, "none"), (0, 9, 2, "none")], open_hours=4))
    assert texts(ax)[:2] == ["2.5", "0.5"]


@pytest.mark.parametrize(("largest", "step"), [(0, 1), (5, 1), (6, 2), (56, 10), (60, 20), (1400, 500)])
def test_the_least_round_step_is_taken(largest, step):
    assert load.heat_step([0, largest]) == step


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_week_fits_its_figure(width):
    cells = [(day, hour, 10 * day + hour, "usual") for day in range(6) for hour in range(8, 18)]
    figure = load.figure_arrivals(hours_of_week(cells), width)
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((width, 276 if width == WIDE else 366))
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_24_open_hours_with_large_numbers_do_not_overlap(width):
    cells = [(day, hour, 150 * day + 40 * hour, "high") for day in range(7) for hour in range(24)]
    figure = load.figure_arrivals(hours_of_week(cells), width)
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize(("hours", "weight"), [(range(24), "normal"), (range(8, 18), "bold")])
def test_totals_of_three_digits_stand_apart(hours, weight):
    ax = load.arrivals(hours_of_week([(day, hour, 88, "usual") for day in range(5) for hour in hours]))
    totals = [said for said in ax.texts if said.get_text() == "440"]
    assert {said.get_fontweight() for said in totals} == {weight}
    ax.figure.canvas.draw()
    boxes = [said.get_window_extent() for said in totals]
    scale = ax.figure.dpi / 72
    assert all(right.x0 - left.x1 >= 1.5 * scale for left, right in pairwise(boxes))


def test_one_hour_of_one_day_is_a_picture_too():
    ax = load.arrivals(hours_of_week([(1, 12, 3, "usual")]))
    assert texts(ax)[:2] == ["–", "3"]


@pytest.mark.parametrize("cells", [[], [(0, 9, 0, "usual")], [(0, 9, None, "none")]])
def test_no_calls_are_said(cells):
    (ax,) = load.figure_arrivals(hours_of_week(cells), NARROW).axes
    assert texts(ax) == ["no calls"]


def test_calls_are_counted_by_the_metric():
    started = ["2026-11-16 09:10", "2026-11-16 09:20", "2026-11-17 10:00"]
    ax = load.arrivals(
        calls(started), opening=OpeningHours.parse({"mon": "09:00-11:00", "tue": "10:00-11:00"})
    )
    assert texts(ax)[:4] == ["2", "0", "–", "1"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pd.DataFrame({"hour": [1]}), "column 'weekday' is missing"),
        (np.arange(3), "of type ndarray cannot be used"),
    ],
)
def test_other_data_are_refused(data, said):
    with pytest.raises(UsageError, match=said):
        load.arrivals(data)


def test_a_step_of_nothing_is_refused():
    with pytest.raises(UsageError, match="step 0 is not above 0"):
        load.arrivals(hours_of_week(WEEK), step=0)
