"""Calls whose seconds can be counted by eye: each line is a second after the start and words."""

import numpy as np
import pytest

from callkit.flow import events
from callkit.flow.journey import journey, settle
from callkit.schema import ENDED_BY
from tests.flow.conftest import read

START = 1_585_288_917_000  # 27-Mar-2020 06:01:57
ZONE = "Europe/London"
RECEIVED = (0, "Call received on 442079460100")
GROUP = "Call forwarded to Ring Group (Sales)"
QUEUE = "Call forwarded to Call Queue (Sales)"
MENU = "Call forwarded to Virtual Receptionist (Main menu)"
LEFT = (None, "Caller hanged up the call")


def line(second, words):
    if second is None:
        return f" {words}"
    at = 6 * 3600 + 1 * 60 + 57 + second
    return f" {words} at 27-Mar-2020 {at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"


def follow(*calls, durations, grammar=()):
    lines = [line(*step) for call in calls for step in call]
    flow = read(lines, grammar)
    n_lines = np.array([len(call) for call in calls])
    owner = np.repeat(np.arange(len(calls)), n_lines)
    position = np.concatenate([np.arange(n) for n in n_lines]).astype(np.int32)
    flow = flow._replace(owner=owner, position=position)
    started = np.full(len(calls), START)
    ended = np.array([events.MISSING if d is None else START + 1000 * d for d in durations])
    flow = events.place(flow, started, ended, ZONE)
    return flow, journey(flow, started, ended)


def seconds(way, call=0):
    found = (way.menu_s, way.wait_s, way.queue_s, way.ring_s)
    return tuple(None if np.isnan(s[call]) else s[call] for s in found)


@pytest.mark.parametrize(
    ("steps", "duration", "menu_wait_queue_ring"),
    [
        ([RECEIVED, (3, GROUP), (3, "Dialed Extension (201)"), LEFT], 4, (3, 1, 0, 1)),
        ([RECEIVED, (2, GROUP), (5, "Dialed Extension (201)"), (9, "Call answered by Extension (201)"), LEFT], 60,
         (2, 7, 3, 4)),
        ([RECEIVED, (1, MENU), LEFT], 20, (20, None, None, None)),
        ([RECEIVED, (2, QUEUE), (12, "Dialed Extension (201)"), (27, "Extension (201) did not answer"), LEFT], 30,
         (2, 28, 13, 15)),
        ([RECEIVED, (0, GROUP), (0, "Dialed Extension (201)"), (0, "Dialed Extension (202)"),
          (5, "Extension (201) did not answer"), (8, "Extension (202) is busy"), LEFT], 10, (0, 10, 2, 8)),
        ([RECEIVED, (0, GROUP), (4, "Extension (201) did not answer"), (4, "Dialed Extension (202)"), LEFT], 9,
         (0, 9, 4, 5)),
        ([RECEIVED, (0, QUEUE), (10, "Call forwarded to Voicemail (Sales)"), LEFT], 40, (0, 10, 10, 0)),
        ([RECEIVED, (0, GROUP), (2, "Dialed Extension (201)"), (6, "Something new"), LEFT], 9, (0, 9, 2, 7)),
        ([RECEIVED, (0, GROUP), (5, "Dialed Extension (201)"), (3, "Dialed Extension (202)"), LEFT], 9, (0, 9, 5, 4)),
        ([RECEIVED, (0, GROUP), (5, "Dialed Extension (201)"), (2, "Extension (201) did not answer"),
          (8, "Dialed Extension (202)"), LEFT], 10, (0, 10, 8, 2)),
        ([RECEIVED, (0, GROUP), (5, "Dialed Extension (201)"), (None, "Dialed Extension (202)"),
          (8, "Extension (201) did not answer"), LEFT], 10, (0, 10, 5, 5)),
        ([RECEIVED, (3, GROUP), LEFT], None, (3, None, None, None)),
        ([RECEIVED, (3, GROUP), (9, "Call ended by the system")], None, (3, 6, 6, 0)),
        ([], 9, (None, None, None, None)),
        ([RECEIVED, (30, GROUP), LEFT], 20, (30, None, None, None)),
    ],
)  # fmt: skip
def test_seconds(steps, duration, menu_wait_queue_ring):
    _, way = follow(steps, durations=[duration])
    assert seconds(way) == menu_wait_queue_ring


def test_a_caller_who_joins_the_queue_does_not_end_the_ringing():
    row = {"pattern": "Customer joined", "step": "joined"}
    steps = [RECEIVED, (0, GROUP), (2, "Dialed Extension (201)"), (3, "Customer joined"), LEFT]
    _, way = follow(steps, durations=[9], grammar=[row])
    assert seconds(way) == (0, 9, 2, 7)


def test_targets_differ_by_kind_name_id_and_number():
    numbers = [
        (n, f"Dialed Number ({number})") for n, number in enumerate(("447700900411", "447700900412") * 2)
    ]
    groups = [(5, GROUP), (6, QUEUE), (7, GROUP)]
    row = {"pattern": r"Rang (?P<target_id>\d+)", "step": "dialed", "target_kind": "extension"}
    ids = [(5, "Rang 201"), (6, "Rang 202"), (7, "Rang 201")]
    _, way = follow(numbers, groups, ids, durations=[9, 9, 9], grammar=[row])
    assert way.n_targets.tolist() == [2, 2, 2]


def test_each_call_is_its_own():
    rings = [RECEIVED, (3, GROUP), (3, "Dialed Extension (201)")]
    dialed_first = [(2, "Dialed Extension (201)"), LEFT]
    _, way = follow(rings, dialed_first, [], [RECEIVED, (1, QUEUE)], rings, durations=[4, 5, 1, 7, 9])
    assert [seconds(way, n) for n in range(5)] == [
        (3, 1, 0, 1), (2, 3, 0, 3), (None, None, None, None), (1, 6, 6, 0), (3, 6, 0, 6),
    ]  # fmt: skip
    assert way.n_steps.tolist() == [3, 2, 0, 2, 3]
    assert way.n_targets.tolist() == [2, 1, 0, 1, 2]
    assert way.n_rings.tolist() == [1, 1, 0, 0, 1]
    assert way.n_transfers.tolist() == [0] * 5


def test_rings_are_counted_up_to_the_answer_and_transfers_from_it():
    dialed, moved = "Dialed Extension (201)", "Call transferred to Extension (202)"
    answered = "Call answered by Extension (201)"
    rung_again = [(1, dialed), (9, dialed), (9, answered), (20, moved), (20, dialed), (25, answered)]
    unanswered = [RECEIVED, (1, dialed), (2, moved), (3, dialed), (4, dialed), LEFT]
    back_and_forth = [(1, moved), (1, answered), (1, moved), (0, moved), (0, dialed), LEFT]
    _, way = follow(rung_again, unanswered, [], back_and_forth, durations=[60] * 4)
    assert way.n_rings.tolist() == [2, 3, 0, 0]
    assert way.n_transfers.tolist() == [1, 0, 0, 2]


def test_an_answer_the_lines_do_not_tell_unknows_the_wait():
    _, way = follow([RECEIVED, (3, GROUP), LEFT], [RECEIVED, LEFT], durations=[60, 60])
    way = settle(way, np.array([True, True]))
    assert seconds(way) == (3, None, None, None)
    assert seconds(way, 1) == (None, None, None, None)
    assert way.answered_at.tolist() == [events.MISSING] * 2


def test_who_hung_up_and_when():
    by_system = [RECEIVED, (9, "Call ended by the system")]
    flow, way = follow([RECEIVED, LEFT], by_system, [RECEIVED], durations=[4, 9, 9])
    assert [ENDED_BY[code] for code in way.ended_by] == ["caller", "system", "unknown"]
    assert ((flow.at_ms[1] - START) / 1000, flow.at_source[1]) == (4, 1)
    assert ((flow.at_ms[3] - START) / 1000, flow.at_source[3]) == (9, 0)


def test_a_hang_up_of_a_call_without_length_has_no_time():
    flow, _ = follow([RECEIVED, LEFT], durations=[None])
    assert (flow.at_ms[1], flow.at_source[1]) == (events.MISSING, 2)
