import inspect

import matplotlib.pyplot as plt
import pytest
from matplotlib.figure import Figure

from callkit import plots
from callkit.look.svg import inline
from callkit.look.tokens import NARROW, WIDE
from tests.plots.conftest import (
    TOKENS,
    agents,
    bins,
    by_hour,
    callbacks,
    curve,
    events,
    hazard_bins,
    hours_of_week,
    panel,
    token,
)
from tests.plots.test_answering import hours
from tests.plots.test_concurrency import table as at_once
from tests.plots.test_paths import COUNTS, HOPS, lost, variants
from tests.plots.test_people import ROWS, extensions

WEEK = [
    (day, hour, 10 * day + hour, "high" if day == hour else "usual") for day in range(7) for hour in range(24)
]
CALL = [
    ("dialed", "extension", "201", 0),
    ("no_answer", "extension", "201", 9),
    ("hangup", None, "caller", 9),
]
DATA = {
    "arrivals": (hours_of_week(WEEK),),
    "waits": (bins([9] * 25),),
    "patience": (curve([(second, 1 - second / 300, 0.5, 1.0) for second in range(1, 200)]),),
    "hazard": (hazard_bins([9] * 25, peaks=[2, 11]),),
    "callback_curve": (callbacks([(600 * k, 1 - k / 20, 0.4, 1.0) for k in range(1, 15)]),),
    "service_level_by_hour": (by_hour([(h, 0.5, 9, 0.6, 0.7, "low") for h in range(24)]),),
    "control_panel": panel("n_unreached", [40.0] * 12 + [24], 29, 53, "low", True),
    "agents_needed": (agents([(d, h, 9, h, h - 1, h + 1) for d in range(7) for h in range(24)]),),
    "people_by_hour": (hours(),),
    "main_paths": (variants(COUNTS),),
    "time_lost": (lost(HOPS),),
    "answer_rates": (extensions(ROWS),),
    "at_once": (at_once([0.5, 2.25, 0.1], [2, 5, 1]),),
    "call_timeline": (events(CALL),),
}


def test_every_plot_has_its_example_here():
    assert {name for name in plots.__all__ if f"figure_{name}" in plots.__all__} == set(DATA)


@pytest.mark.parametrize("name", DATA)
def test_a_plot_draws_on_the_axes_it_is_given_and_returns_them(name):
    figure = Figure()
    ax = figure.subplots()
    assert getattr(plots, name)(*DATA[name], ax=ax) is ax
    assert plt.get_fignums() == []
    assert list(inspect.signature(getattr(plots, name)).parameters)[-1] == "ax"


@pytest.mark.parametrize("name", DATA)
def test_without_axes_it_takes_the_current_ones_or_makes_some_of_its_size(name):
    _, current = plt.subplots()
    assert getattr(plots, name)(*DATA[name]) is current
    plt.close("all")
    ax = getattr(plots, name)(*DATA[name])
    assert token(ax.figure.get_facecolor()) == "paper"
    assert ax.figure.get_size_inches()[0] * 72 in (WIDE, NARROW)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", DATA)
def test_a_report_figure_is_small_themed_and_outside_pyplot(name, width):
    figure = getattr(plots, f"figure_{name}")(*DATA[name], width=width)
    assert plt.get_fignums() == []
    assert figure.get_size_inches()[0] * 72 == width
    drawing = inline(
        figure, "f", title="a", desc="b"
    )  # raises above 40 KiB or with a colour that is no token
    assert not any(colour in drawing for colour in TOKENS)


@pytest.mark.parametrize("name", DATA)
def test_the_same_data_give_the_same_drawing(name):
    drawn = {
        inline(getattr(plots, f"figure_{name}")(*DATA[name]), "f", title="a", desc="b") for _ in range(2)
    }
    assert len(drawn) == 1


@pytest.mark.parametrize("name", DATA)
def test_marks_are_opaque_and_there_is_no_legend(name):
    ax = getattr(plots, name)(*DATA[name])
    assert ax.get_legend() is None
    assert all(artist.get_alpha() is None for artist in (*ax.lines, *ax.patches, *ax.collections, *ax.texts))


def test_numbers_are_not_changed():
    for name, data in DATA.items():
        before = [frame.copy() for frame in data if not isinstance(frame, str)]
        getattr(plots, name)(*data)
        assert all(old.equals(new) for old, new in zip(before, data, strict=False)), name
