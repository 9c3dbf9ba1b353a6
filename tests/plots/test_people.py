import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.svg import MAX_BYTES, inline
from callkit.look.tokens import NARROW, WIDE
from callkit.plots import people as plots
from tests.metrics.flows import flow, tables
from tests.plots.conftest import outside, overlapping, text, texts, token

COLUMNS = (
    "group",
    "agent_id",
    "n_answered",
    "n_unanswered",
    "answer_rate",
    "low",
    "high",
    "others_rate",
    "verdict",
)
ROWS = [
    (None, "201", 90, 10, 0.9, 0.82, 0.95, 0.7, "high"),
    (None, "202", 50, 50, 0.5, 0.4, 0.6, 0.9, "low"),
    (None, "203", 70, 30, 0.7, 0.6, 0.78, 0.7, "usual"),
    (None, "204", 5, 3, 0.625, 0.31, 0.86, 0.7, "none"),
]


def extensions(rows, **columns):
    """Make the table of people; those with fewer than 30 rings are not ranked."""
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"group": "str"})
    ranked = table["n_answered"] + table["n_unanswered"] >= 30
    return table.assign(agent_name=table["agent_id"], is_ranked=ranked, **columns)


def drawn(ax):
    """Return what each row shows: its interval and its value, from the top."""
    lines = [(tuple(line.get_xdata()), tuple(line.get_ydata()), line) for line in ax.lines]
    bars = {y[0]: (x, line) for x, y, line in lines if len(x) == 2 and y[0] == y[1]}
    dots = {y[0]: (x[0], line) for x, y, line in lines if len(x) == 1}
    return [(*bars[place], *dots[place]) for place in sorted(dots)]


def together(ax):
    """Return where the line of all extensions together stands; None where there is none."""
    found = [line.get_xdata()[0] for line in ax.lines if list(line.get_ydata()) == [0, 1]]
    return found[0] if found else None


def test_each_row_is_a_value_on_its_interval():
    ax = plots.answer_rates(extensions(ROWS))
    found = drawn(ax)
    assert [row[0] for row in found] == [(low, high) for *_, low, high, _, _ in ROWS]
    assert [row[2] for row in found] == [row[4] for row in ROWS]
    assert ax.yaxis_inverted()
    assert [t for t in texts(ax) if t not in ("201", "202", "203", "204")] == [
        "offered", "all 70%", "rings answered", "100", "100", "100", "too few: 8",
    ]  # fmt: skip
    assert [tick.get_text() for tick in ax.get_xticklabels()][1:-1] == ["40%", "60%", "80%", "100%"]


def test_the_wide_one_tells_what_was_answered_and_how_long_people_talked():
    told = extensions(ROWS, talk_median_s=[164.0, 68.0, float("nan"), 60.0])
    (ax,) = plots.figure_answer_rates(told, WIDE).axes
    row = {t.get_text(): t.xyann[0] for t in ax.texts if t.xy == (1, 0)}
    assert list(row) == ["100", "90", "2 min 44 s"]
    heads = {t.get_text(): t.xyann[0] for t in ax.texts}
    assert list(row.values()) == [heads[name] for name in ("offered", "answered", "talk, median")]
    assert texts(ax).count("too few") == 1
    assert "–" in texts(ax)
    assert "60 s" not in texts(ax)  # of so few calls no median


def test_all_together_is_a_dashed_line_with_its_share():
    ax = plots.answer_rates(extensions(ROWS))
    assert together(ax) == pytest.approx(215 / 308)
    (part,) = plots.figure_answer_rates(extensions(ROWS), overall=0.5).axes
    assert together(part) == 0.5
    assert "all 50%" in texts(part)
    assert next(line for line in ax.lines if list(line.get_ydata()) == [0, 1]).is_dashed()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.98, 1.0])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_share_of_all_meets_no_other_words_wherever_it_stands(share, width):
    n = round(100 * share)
    row = (None, "Reception", n, 100 - n, share, max(share - 0.02, 0), min(share + 0.02, 1), share, "usual")
    figure = plots.figure_answer_rates(extensions([row]), width)
    assert overlapping(figure) == outside(figure) == []
    assert f"all {n}%" in texts(figure.axes[0])


def test_a_verdict_has_a_shape_and_a_colour():
    marks = [row[3] for row in drawn(plots.answer_rates(extensions(ROWS)))]
    assert [mark.get_marker() for mark in marks] == ["^", "v", "o", "o"]
    assert [token(mark.get_color()) for mark in marks] == ["better", "alert", "blue", "ink3"]
    assert [token(mark.get_markerfacecolor()) for mark in marks] == ["paper", "alert", "blue", "paper"]


def test_too_few_rings_are_faint_and_dashed():
    ax = plots.answer_rates(extensions(ROWS))
    assert token(text(ax, "204").get_color()) == token(text(ax, "too few: 8").get_color()) == "ink3"
    assert token(text(ax, "203").get_color()) == "ink2"
    assert [row[1].get_linestyle() for row in drawn(ax)] == ["-", "-", "-", "--"]
    assert token(drawn(ax)[-1][1].get_color()) == "ink3"


def grouped():
    told = extensions([*ROWS, (None, "205", 40, 0, 1.0, 0.91, 1.0, 0.7, "high")])
    return told.assign(group=pd.Series(["Sales", "Sales", "Support", None, "Sales"], dtype="str"))


def test_rows_stand_by_group_and_name_never_by_result():
    (ax,) = plots.figure_answer_rates(grouped()).axes
    places = {t.get_text(): t.xy[1] for t in ax.texts}
    order = ["Sales", "201", "202", "205", "Support", "203", "No group", "204"]
    assert [places[name] for name in order] == list(range(8))
    assert text(ax, "Sales").get_fontweight() == "bold"


def test_the_caller_says_what_extensions_are_called():
    told = extensions(ROWS, agent_id=["0501", None, "0503", None])
    told["agent_name"] = ["Ann", "Ben", "Cat", None]
    (ax,) = plots.figure_answer_rates(told, names={"0501": "Extension 201", "Ben": "Extension 202"}).axes
    at_left = [t for t in ax.texts if t.xyann[0] < 0 and t.xy[0] == 0 and t.get_text() != "rings answered"]
    named = [t.get_text() for t in sorted(at_left, key=lambda t: t.xy[1])]
    assert named == ["Extension 201", "Extension 202", "0503", "not named"]


MANY = [(None, str(k), 12345, 999, 0.93, 0.92, 0.94, 0.9, "usual") for k in range(201, 231)]


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("told", [extensions(ROWS), grouped(), extensions(MANY), extensions(ROWS[:1])])
def test_no_words_meet(told, width):
    names = {"201": "Reception at the back door"}
    figure = plots.figure_answer_rates(told, width, names=names)
    assert figure.get_size_inches()[0] * 72 == pytest.approx(width)
    assert overlapping(figure) == outside(figure) == []


def test_a_rate_of_nothing_has_no_mark():
    none = (None, "205", 0, 0, float("nan"), float("nan"), float("nan"), 0.7, "none")
    (ax,) = plots.figure_answer_rates(extensions([*ROWS, none]), NARROW).axes
    assert len(drawn(ax)) == 4
    assert "too few: 0" in texts(ax)
    (alone,) = plots.figure_answer_rates(extensions([none])).axes
    assert drawn(alone) == []
    assert together(alone) is None


def test_no_rings_are_said():
    assert texts(plots.figure_answer_rates(extensions([])).axes[0]) == ["no rings"]


def test_calls_and_their_events_are_counted_by_the_metrics():
    told = tables(flow("answered", (0, "dialed", "201"), (4, "answered", "201"), (9, "hangup")))
    (ax,) = plots.figure_answer_rates(told, NARROW).axes
    assert "too few: 1" in texts(ax)
    with pytest.raises(UsageError, match="people need the events"):
        plots.answer_rates(told.calls)


def test_other_data_are_refused():
    with pytest.raises(UsageError, match="column 'low' is missing; pass calls or what metrics.people.people"):
        plots.answer_rates(extensions(ROWS).drop(columns="low"))


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_sixty_rows_twice_what_the_report_shows_fit_a_drawing(width):
    rows = [(f"Group {k // 10}", f"Ext. {k}", 1234, 567, 0.68, 0.66, 0.7, 0.7, "low") for k in range(54)]
    told = extensions(rows, talk_median_s=4000.0)
    assert len(told) + told["group"].nunique() == 60
    drawing = inline(plots.figure_answer_rates(told, width), "f", title="People", desc="Many.")
    assert len(drawing.encode()) <= MAX_BYTES
