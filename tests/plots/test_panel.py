import numpy as np
import pytest

from callkit.errors import UsageError
from callkit.plots import panel as panels
from tests.plots.conftest import outside, overlapping, panel, text, texts, token

RATES = [0.85, 0.87, 0.85, 0.86, 0.85, 0.87, 0.85, 0.87, 0.87, 0.85, 0.85, 0.86, 0.81]


def test_band_mean_and_line_are_drawn():
    ax = panels.control_panel(*panel("answer_rate", RATES, 0.83, 0.89, "low", False))
    band, mean, line = ax.patches[0], ax.lines[0], ax.lines[1]
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.83, 0.89))
    assert token(band.get_facecolor()) == "band"
    assert mean.get_ydata()[0] == pytest.approx(0.86)
    assert list(line.get_ydata()) == RATES
    assert [label.get_text() for label in ax.get_xticklabels()] == ["W35", "W39", "W43", "W47"]


def test_limits_and_value_are_printed_at_the_edge():
    ax = panels.control_panel(*panel("answer_rate", RATES, 0.83, 0.89, "low", False))
    assert texts(ax) == ["81.0%", "83.0%", "89.0%"]
    assert token(text(ax, "81.0%").get_color()) == "alert"
    assert token(text(ax, "83.0%").get_color()) == "ink3"


@pytest.mark.parametrize(
    ("verdict", "is_better", "look"),
    [
        ("usual", None, ("o", "blue", "blue")),
        ("high", False, ("^", "alert", "alert")),
        ("low", True, ("v", "better", "paper")),
        ("low", None, ("v", "ink", "ink")),
        ("none", None, ("o", "blue", "paper")),
    ],
)
def test_the_last_point_shows_the_verdict(verdict, is_better, look):
    ax = panels.control_panel(*panel("n_unreached", [40.0] * 12 + [24], 29, 53, verdict, is_better))
    last = ax.lines[-1]
    assert tuple(last.get_xydata()[0]) == (12, 24)
    assert (last.get_marker(), token(last.get_color()), token(last.get_markerfacecolor())) == look


@pytest.mark.parametrize(("verdict", "reached"), [("usual", 13), ("none", 12)])
def test_the_line_reaches_only_a_week_that_is_judged(verdict, reached):
    ax = panels.control_panel(*panel("n_offered", [400.0] * 12 + [220], 350, 450, verdict))
    assert len(ax.lines[1].get_ydata()) == reached


def test_a_week_without_a_value_parts_the_line():
    values = [*RATES[:6], np.nan, *RATES[7:]]
    ax = panels.control_panel(*panel("answer_rate", values, 0.83, 0.89))
    assert np.isnan(ax.lines[1].get_ydata()[6])


CASES = {
    "far out": ("wait_p90", [70.0] * 12 + [4200.0], 60, 80),
    "at the limit": ("n_unreached", [40.0, 44] * 6 + [53], 29, 53),
    "narrow": ("n_offered", [100_000.0] * 12 + [500], 99_000, 101_000),
    "full": ("answer_rate", [0.9] * 12 + [1.0], 0.8, 1.0),
    "minutes": ("wait_p90", [170.0] * 12 + [175], 160, 181),
    "no value": ("answer_rate", [0.8] * 12 + [np.nan], 0.7, 0.9),
}


@pytest.mark.parametrize("case", CASES)
def test_extreme_values_do_not_overlap(case):
    figure = panels.figure_control_panel(*panel(*CASES[case]))
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((344, 150))
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize(
    ("values", "weeks"),
    [
        ([0.85, 0.86, 0.9, 0.8, 0.846], ["W43", "W47", "W2"]),
        ([np.nan] * 12 + [0.81], ["W47", "W6"]),
        ([np.nan, *np.linspace(0.8, 0.9, 12)], ["W36", "W47"]),
        ([0.85, np.nan, 0.84, 0.86, 0.8], ["W43", "W47", "W4"]),
    ],
)
def test_too_few_weeks_are_dots_and_the_week_limits_begin(values, weeks):
    figure = panels.figure_control_panel(*panel("answer_rate", values, np.nan, np.nan, "none"))
    (ax,) = figure.axes
    assert tuple(figure.get_size_inches() * 72) == pytest.approx((344, 130))
    assert not ax.patches
    assert ax.lines[0].get_linestyle() == "None"
    assert "limits from here" in texts(ax)
    assert [label.get_text() for label in ax.get_xticklabels()] == weeks
    assert overlapping(figure) == outside(figure) == []


def test_no_calls_are_said():
    figure = panels.figure_control_panel(*panel("answer_rate", [np.nan] * 13, np.nan, np.nan, "none"))
    assert texts(figure.axes[0]) == ["no calls"]


def test_an_unknown_number_is_refused():
    weekly, verdicts, _ = panel("answer_rate", RATES, 0.8, 0.9)
    with pytest.raises(UsageError, match="number 'answer_rat' is not in the table; it has answer_rate"):
        panels.control_panel(weekly, verdicts, "answer_rat")
