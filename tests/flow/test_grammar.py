"""The rows users add, and what a row makes of a head."""

import pytest

from callkit.errors import SettingsError
from callkit.flow.grammar import ASSUMED, DOCUMENTED, GRAMMAR, OBJECTS, OBSERVED, rows
from callkit.flow.heads import read_head
from callkit.schema import STEPS

PARKED = {"pattern": "Call parked on (?P<target_name>.+?)", "step": "queued"}


def test_a_users_row_comes_first():
    table = rows([PARKED])
    assert (table[0].pattern, table[0].step, table[0].status) == (PARKED["pattern"], "queued", OBSERVED)
    assert table[1:] == (*GRAMMAR, *OBJECTS)


def test_a_users_row_needs_no_stamp():
    head = read_head(rows([PARKED]), "Call parked on Orbit 7", is_stamped=False)
    assert (head.step, head.target_kind, head.target_name) == ("queued", "other", "Orbit 7")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"pattern": "Call (parked"}, r"row 2 \('Call \(parked'\) is not a regular expression"),
        ({"pattern": ""}, "has no pattern"),
        ({"step": "parked"}, "has step 'parked'; it must be one of received"),
        ({"step": "unknown"}, "has step 'unknown'"),
        ({"pattern": "(?P<who>.+) parked"}, "names a group 'who'; the groups are kind, target_name"),
        ({"target_kind": "orbit"}, "has target_kind 'orbit'"),
        ({"ended_by": "nobody"}, "has ended_by 'nobody'"),
        ({"failed": "perhaps"}, "has failed 'perhaps'"),
        ({"steps": "queued"}, "unknown key 'steps'"),
        ({"type": "Agent"}, "both a pattern and a type"),
        ({"where": "dialst=Missed"}, "where beside a pattern"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(change, says):
    with pytest.raises(SettingsError, match=says):
        rows([PARKED, PARKED | change])


@pytest.mark.parametrize("where", ["dialst", "=Missed", "dialst=Missed, id", ""])
def test_a_condition_that_cannot_be_read_is_named(where):
    with pytest.raises(SettingsError, match=r"row 1 .'Agent'. has where .* write it like 'dialst=Missed'"):
        rows([{"type": "Agent", "where": where, "step": "no_answer"}])


def test_a_row_without_a_pattern_or_a_type_is_named():
    with pytest.raises(SettingsError, match="row 1 .'no pattern'. has no pattern"):
        rows([{"step": "queued"}])


def test_every_row_prints_itself():
    printed = [(row.step, row.status, row.pattern) for row in rows()]
    assert ("dialed", OBSERVED, "Agent where dialst=Dialed") in printed
    assert ("joined", OBSERVED, "(no type) where anstime=*") in printed
    assert ("hangup", OBSERVED, "Hangup") in printed
    assert {row.step for row in OBJECTS} < set(STEPS)


def test_a_row_without_a_step_is_named():
    with pytest.raises(SettingsError, match="has step None"):
        rows([{"pattern": "x"}])


def test_four_rows_are_documented():
    assert [row.step for row in GRAMMAR if row.status == DOCUMENTED] == [
        "received",
        "forwarded",
        "dialed",
        "hangup",
    ]
    assert {row.status for row in GRAMMAR} == {DOCUMENTED, ASSUMED}
    assert {row.step for row in GRAMMAR} < set(STEPS)


@pytest.mark.parametrize(
    ("pattern", "step_raw"),
    [
        ("Call parked .+", "Call parked for …417 by (…)"),
        (r"Call parked for (?P<number>\d+) by \((?P<target_name>.+)\)", "Call parked for by"),
    ],
)
def test_the_words_of_a_step_hold_no_name_and_no_number(pattern, step_raw):
    table = rows([{"pattern": pattern, "step": "queued"}])
    head = read_head(table, " Call parked for 447700900417 by (Ann (Sales))", is_stamped=True)
    assert (head.step, head.step_raw) == ("queued", step_raw)
