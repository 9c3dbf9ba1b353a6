"""The rows users add, and what a row makes of a head."""

import pytest

from callkit.errors import SettingsError
from callkit.flow.grammar import ASSUMED, DOCUMENTED, GRAMMAR, OBJECTS, OBSERVED, rows
from callkit.flow.reading import read_head
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
        ({"ended_by": "caller"}, "has ended_by beside step 'queued'; it belongs to a hangup"),
        ({"failed": True}, "has failed beside step 'queued'; it belongs to a schedule_check"),
        ({"pattern": 5}, "row 2 has pattern = 5; write it as text in quotes"),
        ({"pattern": ["a"]}, r"row 2 has pattern = \['a'\]; write it as text in quotes"),
        ({"pattern": " Call parked"}, "begins or ends with a blank, which lines lose before they are read"),
        ({"pattern": "Call parked\n"}, "begins or ends with a blank"),
        ({"pattern": "Call parked at 27-Mar-2020 06:02:00"}, "holds a stamp; write the line's words up to"),
        ({"pattern": ".*"}, "fits lines of any kind; write at least one of the line's words"),
        ({"pattern": "(?s).+"}, "fits lines of any kind"),
        ({"pattern": r"(?P<target_name>[^\d]+)"}, "fits lines of any kind"),
        (
            {"pattern": "Parked" + "x" * 500},
            r"row 2 \('Parkedx+'\) has 506 characters; a pattern may have 500 at most",
        ),
        ({"pattern": "a{99999999999}"}, "is not a regular expression: the repetition number is too large"),
        ({"pattern": "Call parked (?i)x"}, "is not a regular expression: global flags not at the start"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(change, says):
    with pytest.raises(SettingsError, match=says):
        rows([PARKED, PARKED | change])


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(?:a|ab)*c", r"Parked (?P<target_name>(\w+\s?)+)!", "(x+x+)+y", "((a|b))+c", "(a{1,9}){2,}b", "(a*)*+b",
     r"(?:[(]a+)+b"],
)  # fmt: skip
def test_a_pattern_that_could_take_for_ever_is_named(pattern):
    with pytest.raises(SettingsError, match="repeats a part that itself repeats or has a choice"):
        rows([PARKED | {"pattern": pattern}])


@pytest.mark.parametrize(
    "pattern",
    ["^Call parked$", "(?i)call PARKED", r"Parked (?:twice )?on \(.+\)", "Call (?:parked|held)(?: again)?", r"\(a+\)+b",
     "[(a+)]+b", "(?x) Call[ ]parked", r"Parked at .+ for \d{1,3} s", "x{2}", "(?:ab)+c", "(?!Parked).+ x", "[]|]+x"],
)  # fmt: skip
def test_a_pattern_may_have_anchors_flags_choices_and_repeats(pattern):
    (row,) = rows([PARKED | {"pattern": pattern}])[:1]
    assert row.pattern == pattern


@pytest.mark.parametrize("row", ["Call parked", None, 5, [["pattern", "x"]]])
def test_a_row_that_is_no_table_is_named(row):
    with pytest.raises(SettingsError, match="row 1 is .*; write a pattern and a step in a table"):
        rows([row])


def test_of_two_rows_of_the_user_the_first_wins():
    wide, narrow = (
        {"pattern": "Call parked .+", "step": "queued"},
        {"pattern": "Call parked on .+", "step": "bot"},
    )
    for table, step in (([wide, narrow], "queued"), ([narrow, wide], "bot")):
        assert read_head(rows(table), "Call parked on Orbit 7", is_stamped=False).step == step


@pytest.mark.parametrize("where", ["dialst", "=Missed", "dialst=Missed, id", ""])
def test_a_condition_that_cannot_be_read_is_named(where):
    with pytest.raises(SettingsError, match=r"row 1 .'Agent'. has where .* write it like 'dialst=Missed'"):
        rows([{"type": "Agent", "where": where, "step": "no_answer"}])


def test_a_row_without_a_pattern_or_a_type_is_named():
    for row in ({}, {"type": "  "}, {"pattern": ""}):
        with pytest.raises(SettingsError, match="row 1 .*has no pattern"):
            rows([row | {"step": "queued"}])


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
