from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from callkit.look.tokens import FIGURE_FONT
from callkit.plots import labels
from callkit.plots.labels import Mark


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("text", ["96,000 of 200,000 answered", "WHO CAN HELP…", "target 80%", "2 min 30 s"])
def test_breadth_is_what_the_font_of_figures_takes(text, weight):
    font = FontProperties(family=FIGURE_FONT, size=12, weight=weight)
    drawn, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    assert drawn - 1 <= labels.breadth(text, 12, bold=weight == "bold") <= drawn + 3


def test_a_letter_the_font_lacks_is_as_broad_as_high():
    assert labels.breadth("電話", 12) == 24


@pytest.mark.parametrize(
    ("n", "room", "written"),
    [(999, 1, "999"), (1498, 40, "1,498"), (1498, 30, "1.5k"), (1498, 20, "1k"), (124_700, 36, "125k")],
)
def test_a_count_is_shortened_only_where_there_is_no_room(n, room, written):
    assert labels.short_count(n, room) == written


def test_a_long_name_ends_in_an_ellipsis():
    assert labels.clipped("Sales", 100) == "Sales"
    assert labels.clipped("Sales and everybody else", 60) == "Sales a…"


def test_values_at_an_edge_are_pushed_apart_and_the_fixed_one_stays():
    assert labels.apart(50, [48, 52, 54], 10) == [40, 60, 70]
    assert labels.apart(50, [10, 90], 10) == [10, 90]


near = st.floats(0, 100)


@given(near, st.lists(near, max_size=4))
def test_values_pushed_apart_keep_their_distance(fixed, others):
    places = sorted([fixed, *labels.apart(fixed, others, 14)])
    assert all(second - first >= 14 - 1e-6 for first, second in pairwise(places))


@given(near, st.lists(near, max_size=3))
def test_a_clear_place_is_clear(place, others):
    found = labels.clear_of(place, others, 8)
    assert all(abs(found - other) >= 8 - 1e-6 for other in others)


lines = st.lists(st.text("abc 12", min_size=1, max_size=15), min_size=1, max_size=3)


@given(st.floats(0, 90), st.floats(220, 294), lines, lines)
def test_no_line_crosses_the_words_of_the_other(first, second, one, two):
    marks = [Mark(first, one), Mark(second, two)]
    early, late = labels.stacked(marks, 310)
    assert late.end <= 310
    assert early.end <= second or early.depth + labels.LINE * len(one) <= late.depth
    assert late.start >= first or late.depth + labels.LINE * len(two) <= early.depth


@pytest.mark.parametrize("gap", [1, 4, 40, 100])
def test_words_of_near_lines_stand_under_one_another(gap):
    early, late = labels.stacked([Mark(20, ["target 20 s"]), Mark(20 + gap, ["nine in ten"])], 310)
    assert (early.depth, late.depth) == ((0, 20) if gap < 80 else (0, 0))


def test_words_at_the_far_end_stand_before_their_line():
    (place,) = labels.stacked([Mark(290, ["nine in ten"])], 310)
    assert place.is_before
    assert place.end == 290
