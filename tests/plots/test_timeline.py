import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.look.tokens import NARROW, WIDE
from callkit.plots import timeline
from tests.plots.conftest import events, outside, overlapping, texts, token

CALL = [
    ("received", "did", "442079460100", 0), ("menu", "menu", "Main menu", 0), ("forwarded", "ring_group", "Sales", 9),
    ("dialed", "extension", "201", 9), ("no_answer", "extension", "201", 33), ("dialed", "extension", "202", 34),
    ("answered", "extension", "202", 42), ("hangup", None, "caller", 90),
]  # fmt: skip


def spans(ax):
    return [(p.get_x(), p.get_x() + p.get_width()) for p in ax.patches if p.get_width() > 1]


def test_steps_stand_under_one_another_with_their_seconds():
    ax = timeline.call_timeline(events(CALL))
    assert texts(ax) == [
        "Call received on …100", "0 s", "Menu: Main menu", "9 s", "Sent to Sales", "33 s",
        "Rang Extension 201, not picked up", "24 s", "Rang Extension 202", "8 s", "Answered by Extension 202", "48 s",
        "The caller hung up",
    ]  # fmt: skip
    assert spans(ax) == [(0, 9), (9, 42), (9, 33), (34, 42), (42, 90)]


def test_a_ring_in_vain_is_hatched():
    ax = timeline.call_timeline(events(CALL))
    (lost,) = [p for p in ax.patches if p.get_hatch()]
    assert (token(lost.get_facecolor()), token(lost.get_edgecolor())) == ("alert2", "alert")


def test_a_ring_the_call_moved_on_from_is_in_vain_too():
    rows = [CALL[0], ("dialed", "extension", "201", 2), ("forwarded", "ring_group", "Support", 20)]
    assert "Rang Extension 201, not picked up" in texts(timeline.call_timeline(events(rows)))


@pytest.mark.parametrize(
    ("rows", "mark"),
    [
        (CALL, "o"),
        ([CALL[0], ("queued", "queue", "Support", 3), ("hangup", None, "caller", 60)], "x"),
        ([CALL[0], ("voicemail", "voicemail", "Sales", 3), ("hangup", None, "caller", 60)], "s"),
    ],
)
def test_the_end_says_what_became_of_the_call(rows, mark):
    ax = timeline.call_timeline(events(rows))
    assert ax.lines[-1].get_marker() == mark
    assert ax.lines[-1].get_xdata()[0] == rows[-1][-1]


def test_a_long_talk_is_cut_and_its_seconds_are_said():
    rows = [CALL[0], ("answered", "extension", "202", 20), ("hangup", None, "caller", 1220)]
    ax = timeline.call_timeline(events(rows))
    assert ax.get_xlim()[1] == 50
    assert "20 min" in texts(ax)
    assert max(ax.get_xticks()) <= 44


def test_a_step_without_a_time_is_said():
    ax = timeline.call_timeline(
        events([CALL[0], ("unknown", None, None, np.nan), ("hangup", None, "system", 9)])
    )
    assert texts(ax) == [
        "Call received on …100",
        "9 s",
        "A step that is not understood",
        "time not sent",
        "The system ended the call",
    ]


def test_a_phone_number_is_masked():
    rows = [("dialed", "number", "447700900417", 0), ("answered", "number", "447700900417", 9)]
    ax = timeline.call_timeline(events(rows))
    assert texts(ax)[::2] == ["Rang Mobile, ends 417", "Answered by Mobile, ends 417"]


def test_many_steps_share_a_row_in_the_middle():
    rows = [
        CALL[0],
        *(("dialed", "extension", str(200 + k), k) for k in range(60)),
        ("hangup", None, "caller", 70),
    ]
    figure = timeline.figure_call_timeline(events(rows), WIDE)
    (ax,) = figure.axes
    assert "33 more steps" in texts(ax)
    assert figure.get_size_inches()[1] * 72 == 30 * 34 + 50


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_long_names_are_shortened(width):
    rows = [
        ("received", None, None, 0),
        ("forwarded", "ring_group", "Everybody who can help " * 9, 3),
        CALL[-1],
    ]
    figure = timeline.figure_call_timeline(events(rows), width)
    assert any(words.endswith("…") for words in texts(figure.axes[0]))
    assert overlapping(figure) == outside(figure) == []


def test_no_steps_are_said():
    assert texts(timeline.figure_call_timeline(events([]), WIDE).axes[0]) == ["no steps"]


def test_two_calls_are_refused():
    with pytest.raises(UsageError, match="events of 2 calls cannot be drawn"):
        timeline.call_timeline(pd.concat([events(CALL), events(CALL, "1606129200.2")]))
