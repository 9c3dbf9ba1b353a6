import numpy as np
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW, WIDE
from callkit.plots import signals
from tests.plots.conftest import by_hour, outside, overlapping, text, texts, token

DAY = [(8, 0.77, 66, 0.7, 0.84, "usual"), (9, 0.52, 194, 0.6, 0.76, "low"), (10, 0.9, 150, 0.6, 0.8, "high")]
NONE = (np.nan, np.nan, "none")


def marks(ax):
    return [line for line in ax.lines if line.get_marker() in ("o", "v", "^")]


def test_each_hour_has_its_dot_interval_and_usual_range():
    ax = signals.service_level_by_hour(by_hour(DAY))
    assert [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches] == [
        (0.7, 0.84),
        (0.6, 0.76),
        (0.6, 0.8),
    ]
    assert [dot.get_ydata()[0] for dot in marks(ax)] == [0.77, 0.52, 0.9]
    assert [list(line.get_ydata()) for line in ax.lines if line.get_color() and len(line.get_ydata()) == 2][
        1
    ] == pytest.approx([0.69, 0.85])


def test_an_unusual_hour_has_shape_colour_and_value():
    (ax,) = signals.figure_service_level_by_hour(by_hour(DAY), NARROW).axes
    usual, low, high = marks(ax)
    assert [m.get_marker() for m in (usual, low, high)] == ["o", "v", "^"]
    assert [token(m.get_color()) for m in (usual, low, high)] == ["blue", "alert", "better"]
    assert token(high.get_markerfacecolor()) == "paper"
    assert text(ax, "52").get_fontweight() == "bold"
    assert "77" not in texts(ax)


def test_the_wide_one_writes_every_value():
    (ax,) = signals.figure_service_level_by_hour(by_hour(DAY), WIDE).axes
    assert {"77", "52", "90"} <= set(texts(ax))
    assert token(text(ax, "77").get_color()) == "ink2"


def test_hours_and_calls_stand_under_the_axis():
    ax = signals.service_level_by_hour(by_hour([DAY[0], (10, 0.6, 1200, *NONE)]))
    assert texts(ax)[:8] == ["08", "66", "09", "0", "10", "1,200", "from", "calls"]
    feet = {text(ax, said).xyann[1] for said in ("from", "08", "10")}
    assert len(feet) == 1


def test_the_target_is_dashed_and_named():
    ax = signals.service_level_by_hour(by_hour(DAY), target=0.8)
    line = next(line for line in ax.lines if line.is_dashed())
    assert list(line.get_ydata()) == [0.8, 0.8]
    assert "target 80%" in texts(ax)
    (without,) = signals.figure_service_level_by_hour(by_hour(DAY), target=None).axes
    assert not any("target" in words for words in texts(without))


def test_without_a_usual_range_there_is_no_box():
    assert not signals.service_level_by_hour(by_hour([(9, 0.5, 4, *NONE)])).patches


EXTREMES = {
    "full": [(hour, 1.0, 1, 0.2, 1.0, "usual") for hour in range(8, 18)],
    "nothing": [(hour, 0.0, 300, 0.1, 0.3, "low") for hour in range(8, 18)],
    "one hour": [(12, 0.5, 4, 0.4, 0.6, "usual")],
    "around the clock": [(hour, 0.4 + hour / 60, 90 * hour, 0.6, 0.8, "usual") for hour in range(24)],
    "eleven hours": [(hour, 0.93, 90, 0.4, 0.8, "high") for hour in range(8, 19)],
    "all unusual": [(hour, 0.9 - hour / 60, 90, 0.95, 0.99, "low") for hour in range(8, 18)],
}


@pytest.mark.parametrize("target_s", [90, 150])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("case", EXTREMES)
def test_extreme_days_do_not_overlap(case, width, target_s):
    figure = signals.figure_service_level_by_hour(by_hour(EXTREMES[case]), width, target_s=target_s)
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((width, 284))
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize(
    ("case", "target_s", "title"),
    [
        ("nothing", 20, "answered within 20 s, by hour of arrival"),
        ("full", 20, "answered within 20 s, by hour"),
        ("full", 150, "answered within 2 min 30 s"),
    ],
)
def test_the_title_makes_room_for_the_target(case, target_s, title):
    figure = signals.figure_service_level_by_hour(by_hour(EXTREMES[case]), NARROW, target_s=target_s)
    assert figure.axes[0].get_ylabel() == title


@pytest.mark.parametrize("least", np.linspace(0.62, 0.82, 21))
def test_the_lowest_share_on_the_axis_never_stands_on_the_words_below(least):
    day = [(8, least, 60, *NONE), (9, least + 0.1, 90, *NONE), (10, least + 0.15, 90, *NONE)]
    assert overlapping(signals.figure_service_level_by_hour(by_hour(day), WIDE)) == []


@pytest.mark.parametrize("rows", [[], [(9, np.nan, 0, *NONE)]])
def test_no_calls_are_said(rows):
    assert texts(signals.figure_service_level_by_hour(by_hour(rows), WIDE).axes[0]) == ["no calls"]


def test_calls_are_refused_as_weeks_are_needed():
    with pytest.raises(
        UsageError, match="column 'hour' is missing; pass what metrics.signals.hourly returns"
    ):
        signals.service_level_by_hour(by_hour(DAY).drop(columns="hour"))
