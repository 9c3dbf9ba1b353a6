import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW, WIDE
from callkit.metrics.estimates import wilson
from callkit.plots import paths
from tests.metrics import ways
from tests.plots.conftest import calls, outside, overlapping, text, texts, token

FIRST = "received › menu › menu_input › forwarded › dialed › answered › hangup"
COUNTS = {
    FIRST: (60, 60),
    "received › queued › hangup": (30, 0),
    "no_steps": (6, 3),
    "received › unknown": (4, 1),
}
LONG = " › ".join(["received", *["dialed extension Willoughby-Featherstone", "no_answer extension 2"] * 20])


def variants(counts):
    """Make the table of paths from path → calls, answered calls."""
    table = pd.DataFrame([(p, *of) for p, of in counts.items()], columns=["path", "n", "n_answered"])
    low, high = wilson(table["n"], table["n"].sum())
    return table.assign(
        share=table["n"] / table["n"].sum(),
        low=low,
        high=high,
        answered_rate=table["n_answered"] / table["n"],
    )


def lost(rows):
    """Make the table of hops from ``(kind, name, visits, went on, total, median)``."""
    columns = ["target_kind", "target_name", "n", "n_went_on", "lost_total_s", "lost_median_s"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(n_known=table["lost_median_s"].notna() * table["n_went_on"])


HOPS = [
    ("ring_group", "Sales", 348, 58, 918.0, 16.0),
    ("extension", "201", 142, 45, 798.0, 17.0),
    ("number", None, 9, 2, 0.0, None),
    ("queue", "Help", 61, 0, 0.0, None),
]


def test_a_bar_is_the_share_and_its_dark_part_the_answered_ones():
    ax = paths.main_paths(variants(COUNTS))
    bars = [(token(bar.get_facecolor()), bar.get_x(), bar.get_width()) for bar in ax.patches]
    dark, pale = bars[::2], bars[1::2]
    assert {colour for colour, *_ in dark} == {"blue"}
    assert {colour for colour, *_ in pale} == {"blue3"}
    assert [width for *_, width in dark] == pytest.approx([0.6, 0, 0.03, 0.01])
    assert [start + width for _, start, width in pale] == pytest.approx([0.6, 0.3, 0.06, 0.04])


def test_the_interval_stands_under_its_bar():
    table = variants(COUNTS)
    ax = paths.main_paths(table)
    assert [tuple(line.get_xdata()) for line in ax.lines] == list(
        zip(table["low"], table["high"], strict=True)
    )
    assert all(line.get_ydata()[0] > bar.get_y() + bar.get_height()
               for line, bar in zip(ax.lines, ax.patches[::2], strict=True))  # fmt: skip


def test_words_units_and_n_are_there():
    ax = paths.main_paths(variants(COUNTS), most=2)
    assert texts(ax) == [
        "menu › key pressed › sent on › rang › answered", "60 · 60.0%", "queued › call ended", "30 · 30.0%",
        "2 other paths: 10 calls, none above 6.0%",
    ]  # fmt: skip
    assert ax.get_xlabel() == "share of the 100 calls"
    assert "95% interval" in ax.get_ylabel()
    assert text(ax, "60 · 60.0%").get_fontweight() == "bold"


def test_calls_without_steps_and_steps_nobody_knows_are_drawn():
    said = texts(paths.main_paths(variants(COUNTS)))
    assert said[4:] == ["no steps told", "6 · 6.0%", "not understood", "4 · 4.0%"]


def test_minutes_lost_are_the_length_of_a_bar_and_hatched():
    ax = paths.time_lost(lost(HOPS))
    assert [bar.get_width() * 60 for bar in ax.patches] == pytest.approx([918, 798, 0])
    assert {bar.get_hatch() for bar in ax.patches} == {"////"}
    assert texts(ax) == [
        "Ring group Sales", "15 min 18 s", "58 of 348 went on, half within 16 s",
        "Extension 201", "13 min 18 s", "45 of 142 went on, half within 17 s",
        "Number", "time not known", "2 of 9 went on",
    ]  # fmt: skip
    assert ax.get_xlabel().startswith("minutes in all")


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize(
    "counts", [COUNTS, {LONG: (99999, 12), "no_steps": (1, 0)}, {f"menu M{k}": (9, k) for k in range(9)}]
)
def test_no_words_of_paths_meet(counts, width):
    figure = paths.figure_main_paths(variants(counts), width)
    assert figure.get_size_inches()[0] * 72 == pytest.approx(width)
    assert overlapping(figure) == outside(figure) == []


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("rows", [HOPS, [("extension", "Bartholomew " * 9, 99999, 99999, 9e6, 5e4)]])
def test_no_words_of_time_lost_meet(rows, width):
    figure = paths.figure_time_lost(lost(rows), width)
    assert overlapping(figure) == outside(figure) == []


def test_a_figure_is_as_high_as_its_rows():
    few, many = (paths.figure_main_paths(variants(dict(list(COUNTS.items())[:n]))) for n in (2, 4))
    assert (many.get_size_inches()[1] - few.get_size_inches()[1]) * 72 == pytest.approx(2 * 46)


def test_nothing_to_draw_is_said():
    assert texts(paths.figure_main_paths(variants({})).axes[0]) == ["no calls"]
    assert texts(paths.figure_time_lost(lost(HOPS[3:])).axes[0]) == ["no call went on from anywhere"]


def test_tables_are_counted_by_the_metrics():
    data = ways.tables(ways.HUNTED, ways.GAVE_UP, ways.GAVE_UP._replace(direction="outbound"))
    ax = paths.figure_main_paths(data).axes[0]
    assert ax.get_xlabel() == "share of the 2 calls"
    assert [bar.get_width() * 60 for bar in paths.figure_time_lost(data).axes[0].patches] == [25, 16, 0]


@pytest.mark.parametrize("draw", [paths.main_paths, paths.time_lost])
def test_other_data_are_refused(draw):
    with pytest.raises(UsageError, match="hold no events"):
        draw(calls(["2026-11-16 09:10"]))
    with pytest.raises(UsageError, match="is missing; pass calls or what metrics"):
        draw(pd.DataFrame({"n": [1]}))
