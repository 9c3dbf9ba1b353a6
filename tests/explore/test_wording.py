"""The explorer's sentences, names and code."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

import callkit
from callkit.explore import state, wording
from callkit.explore.state import NONE, Choice
from callkit.explore.wording import Names
from callkit.schema import DIRECTIONS, OUTCOMES, STEPS
from callkit.settings import Person, Settings

SETTINGS = Settings("example", dids={"442079460100": "Main"}, agents={"201": Person("Robin", "Sales")})
NAMES = Names(SETTINGS)
WEEK = Choice(date(2026, 11, 16), date(2026, 11, 23))


def test_every_word_of_the_schema_has_its_words():
    assert set(wording.OUTCOMES) == set(OUTCOMES)
    assert set(wording.DIRECTIONS) == set(DIRECTIONS)
    assert set(wording.STEPS) == set(STEPS)


def test_the_finding_says_how_many_calls_which_days_and_what_was_picked():
    picked = {
        "direction": ("inbound",),
        "service_name": ("Sales", "Support"),
        "did": ("442079460100",),
        "outcome": (),
    }
    choice = replace(WEEK, picked=picked)
    expected = "1,498 calls, Monday 16 to Sunday 22 November 2026: incoming; Sales or Support; line Main."
    assert wording.finding(choice, 1498, NAMES) == expected
    assert wording.finding(WEEK, 1, NAMES) == "1 call, Monday 16 to Sunday 22 November 2026."
    assert wording.finding(WEEK, 0, NAMES) == "No calls fit on Monday 16 to Sunday 22 November 2026."


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("did", "+442079460100", "Main"),
        ("did", "442079460300", "ends 300"),
        ("did", NONE, "no line"),
        ("outcome", "abandoned", "gave up"),
        ("service_name", "Sales", "Sales"),
        ("service_name", "447700900417", "…417"),
    ],
)
def test_values_are_named(column, value, said):
    assert NAMES.value(column, value) == said


def test_people_appear_as_the_account_chose():
    assert NAMES.target("extension", "201") == "extension 201"
    assert Names(replace(SETTINGS, show_agents="name")).target("extension", "201") == "Robin"
    assert Names().target("extension", "201") == "extension 201"


def test_targets_never_give_a_number_away():
    assert NAMES.target("number", "447700900417") == "Mobile, ends 417"
    assert NAMES.target("other", "447700900417") == "…417"
    assert NAMES.target("did", "442079460100") == "the line Main"


@pytest.mark.parametrize(
    ("direction", "caller", "raw", "said"),
    [
        ("inbound", "+447700900417", "447700900417", "Mobile, ends 417"),
        ("inbound", None, "anonymous", "withheld"),
        ("inbound", float("nan"), "44770090041x", "Number, hidden"),
        ("inbound", None, "Robin Example <07700 900417>", "Number, hidden"),
        ("inbound", None, "201", "201"),
        ("outbound", None, "447700900417", "Number, ends 417"),
    ],
)
def test_callers_are_masked(direction, caller, raw, said):
    call = SimpleNamespace(direction=direction, caller=caller, caller_raw=raw, destination_raw=raw)
    assert NAMES.other_party(call) == said


def test_a_call_in_the_list(calls):
    lines = [wording.call_line(call, NAMES) for call in calls.itertuples()]
    assert lines[3] == (
        "Mon 16 Nov, 12:00",
        "Mobile, ends 417",
        "Main",
        "Sales",
        "answered",
        "24 s",
        "3 min 20 s",
    )
    assert lines[5][3:] == ("–", "closed", "–", "–")
    assert len(lines[0]) == len(wording.HEADS)


def test_a_call_in_a_sentence(calls):
    said = [wording.call_sentence(call, NAMES) for call in calls.itertuples()]
    wait = "answered after a wait of 24 s, talked for 3 min 20 s."
    assert said[3] == f"Mon 16 Nov, 12:00, from Mobile, ends 417: {wait}"
    assert said[4] == "Tue 17 Nov, 12:00, from a withheld number: gave up after a wait of 8 s."
    assert said[5] == "Wed 18 Nov, 12:00, from Mobile, ends 103: closed."
    assert said[6].startswith("Wed 18 Nov, 12:00, to Mobile, ends 104: answered")


def test_names_from_the_account_are_words_only():
    settings = Settings("drama", dids={"442079460100": "Main 07700 900417\u202e"})
    names = wording.Names(settings)
    assert names.value("did", "442079460100") == "Main …417\N{REPLACEMENT CHARACTER}"
    assert names.value("service_name", "a\x00b\nc") == "a\N{REPLACEMENT CHARACTER}b c"
    assert names.target("queue", "\u202eSales 07700/900417") == "\N{REPLACEMENT CHARACTER}Sales …417"


def test_a_long_name_leaves_room_for_the_columns_after_it(calls):
    call = next(calls.assign(service_name="W" * 400).itertuples())
    assert wording.call_line(call, NAMES)[3] == f"{'W' * 39}…"


def test_the_copied_code_gives_no_number_away(calls):
    sales = calls.assign(
        service_name=calls["service_name"].astype("str").replace("Sales", "Sales 07700 900417")
    )
    choice = replace(WEEK, picked={"service_name": ("Sales 07700 900417", "Support")})
    said = wording.code(choice, ["n = len(view)"])
    assert "900417" not in said
    names = {"calls": sales, "ck": callkit}
    exec(said, names)
    whole = replace(WEEK, picked={"service_name": ("Sales", "Support")})
    expected = {"calls": calls}
    exec(wording.code(whole, ["n = len(view)"]), expected)
    assert names["n"] == expected["n"] > 0


def test_the_steps_of_a_call_in_words(events):
    assert [wording.step_words(step, NAMES) for step in events.itertuples()] == [
        "Call received on the line Main",
        "Menu: Main menu",
        "Sent to Sales",
        "Rang extension 201",
        "Not picked up by extension 201",
        "Rang extension 202",
        "Answered by extension 202",
        "The caller hung up",
    ]


def test_a_step_without_a_target_and_a_pressed_key():
    step = dict.fromkeys(("target_kind", "target_name", "target_id", "number", "ended_by"))
    ring = SimpleNamespace(**{**step, "step": "dialed"})
    key = SimpleNamespace(**{**step, "step": "menu_input", "number": "1", "target_name": "Main menu"})
    dialled = SimpleNamespace(**{**step, "step": "dialed", "number": "447700900417", "target_kind": "number"})
    assert [wording.step_words(s, NAMES) for s in (ring, key, dialled)] == [
        "Rang somebody", "Key pressed: 1", "Rang Mobile, ends 417",
    ]  # fmt: skip


def test_the_copied_code_picks_the_same_calls(calls):
    picked = {"direction": ("inbound",), "service_name": (NONE, "Sales"), "outcome": ("answered", "closed")}
    choice = replace(WEEK, picked=picked)
    names = {"calls": calls, "pd": pd}
    exec(wording.code(choice, ["n = len(view)"]), names)
    assert names["view"].equals(state.chosen(calls, choice))
    assert names["n"] == 2
