"""What decides a call's outcome, and what is kept that speaks against it."""

import pytest

from callkit.tables.tidy import tidy
from tests.dialects.records import page, record

AT = "at 27-Mar-2020 06:02:00"
RECEIVED = "Call received on 442079460100 at 27-Mar-2020 06:01:57"
GROUP, QUEUE = f" Call forwarded to Ring Group (Sales) {AT}", f" Call forwarded to Call Queue (Sales) {AT}"
MENU, DIALED = f" Call forwarded to Virtual Receptionist (Main menu) {AT}", f" Dialed Extension (201) {AT}"
ANSWERED, VOICEMAIL = f" Call answered by Extension (201) {AT}", f" Call forwarded to Voicemail (Sales) {AT}"
CLOSED, SYSTEM = f" Call outside Time Group (Opening hours) {AT}", f" Call ended by the system {AT}"
LEFT, NEW = " Caller hanged up the call", f" Call parked on Orbit 7 {AT}"
QUIET = {"reason_key": "", "hangup_cause": "Normal Clearing"}


def told(flow, stats=(), grammar=(), **fields):
    one = record("1", {"call_flow": flow, **dict(stats)}, **(QUIET | fields))
    call = tidy(page(one), grammar=grammar).calls.iloc[0]
    against = call["contradictions"]
    return call["outcome"], call["outcome_evidence"], against if isinstance(against, str) else ""


@pytest.mark.parametrize(
    ("flow", "stats", "fields", "expected"),
    [
        ([RECEIVED, GROUP, DIALED, ANSWERED, LEFT], {"answer_time": 9}, {"status": "answered"},
         ("answered", "talk", "")),
        ([RECEIVED, GROUP, LEFT], {"answer_time": None, "outbound_sec": 9}, {"status": "answered"},
         ("answered", "talk", "")),
        ([RECEIVED, GROUP, DIALED, ANSWERED, LEFT], {}, {"status": "answered"}, ("answered", "assumed", "")),
        ([RECEIVED, GROUP, VOICEMAIL, LEFT], {}, {}, ("voicemail", "assumed", "")),
        ([RECEIVED, CLOSED, VOICEMAIL, LEFT], {}, {}, ("voicemail", "assumed", "")),
        ([RECEIVED, CLOSED, SYSTEM], {}, {}, ("closed", "assumed", "")),
        ([RECEIVED, MENU, LEFT], {}, {}, ("left_menu", "assumed", "")),
        ([RECEIVED, LEFT], {}, {}, ("abandoned", "flow", "")),
        ([RECEIVED, GROUP, LEFT], {}, {}, ("abandoned", "flow", "")),
        ([RECEIVED, MENU, QUEUE, LEFT], {}, {}, ("abandoned", "assumed", "")),
        ([RECEIVED, GROUP, QUEUE, SYSTEM], {}, {}, ("timeout", "assumed", "")),
        ([RECEIVED, GROUP, DIALED, SYSTEM], {}, {}, ("no_answer", "assumed", "")),
        ([RECEIVED, GROUP], {}, {"reason_key": "User busy"}, ("busy", "reason", "")),
        ([RECEIVED, GROUP], {}, {"hangup_cause": "Call rejected"}, ("failed", "reason", "")),
        ([RECEIVED, NEW, LEFT], {}, {"reason_key": "noanswer"}, ("no_answer", "reason", "")),
        ([RECEIVED, NEW, LEFT], {}, {"reason_key": "cancel"}, ("abandoned", "reason", "")),
        ([RECEIVED], {}, {"status": "answered"}, ("answered", "status", "")),
        ([RECEIVED], {}, {"status": "Missed"}, ("no_answer", "status", "")),
        (None, {}, {"status": ""}, ("unknown", "none", "")),
        (None, {}, {"status": None, "reason_key": None, "hangup_cause": None}, ("unknown", "none", "")),
    ],
)  # fmt: skip
def test_the_first_that_speaks_decides(flow, stats, fields, expected):
    assert told(flow, stats, **fields) == expected


@pytest.mark.parametrize(
    ("flow", "stats", "fields", "against"),
    [
        ([RECEIVED, GROUP, LEFT], {}, {"reason_key": "Channel not available"}, "Channel not available"),
        ([RECEIVED, GROUP, LEFT], {}, {"reason_key": "noanswer"}, ""),
        ([RECEIVED, GROUP, LEFT], {}, {"status": "answered"}, "status answered"),
        ([RECEIVED, GROUP, ANSWERED, LEFT], {"answer_time": 5}, {"status": "missed"}, "status missed"),
        ([RECEIVED, GROUP, ANSWERED, LEFT], {"answer_time": 5}, {"status": "answered", "reason_key": "noanswer"},
         "noanswer"),
        ([RECEIVED, GROUP, ANSWERED, LEFT], {"answer_time": 5},
         {"status": "answered", "reason_key": "Call Disconnected By Caller"}, ""),
        ([RECEIVED, GROUP, ANSWERED, LEFT], {}, {}, "answered step"),
        ([RECEIVED, GROUP, VOICEMAIL, LEFT], {"answer_time": 5}, {"status": "answered"}, "voicemail step"),
        ([RECEIVED, GROUP, ANSWERED, VOICEMAIL, LEFT], {"answer_time": 5}, {"status": "answered"}, ""),
        ([RECEIVED, CLOSED, GROUP, ANSWERED], {"answer_time": 5}, {"status": "answered"}, "failed schedule check"),
        ([RECEIVED, GROUP, LEFT], {"answer_time": 0, "outbound_sec": 5}, {}, "outbound_sec without answer_time"),
        ([RECEIVED, GROUP, LEFT], {"answer_time": 0, "outbound_sec": 5}, {"call_hint": "outbound"}, ""),
        ([RECEIVED, GROUP, LEFT], {}, {"call_answered_by": "201"}, "call_answered_by"),
        ([RECEIVED, GROUP, LEFT], {}, {"reason_key": "busy", "hangup_cause": "User busy"}, "busy; User busy"),
        ([RECEIVED, GROUP, LEFT], {"call_duration": 1}, {}, "stamps disagree with the call's start or duration"),
        ([RECEIVED, GROUP, LEFT], {"answer_time": "soon"}, {}, "unreadable answer_time"),
        ([RECEIVED, GROUP, LEFT], {"ring_time": -4}, {}, "unreadable ring_time"),
        ([RECEIVED, GROUP, LEFT], {"call_id": "1585289917.1"}, {}, "epoch disagrees with date"),
        ([RECEIVED, GROUP, LEFT], {"call_id": "1585288977.1"}, {}, ""),
    ],
)  # fmt: skip
def test_what_speaks_against_it_is_kept(flow, stats, fields, against):
    assert told(flow, stats, **fields)[2] == against


def test_a_users_row_is_as_good_as_a_documented_one():
    flow = [RECEIVED, NEW, LEFT]
    row = {"pattern": "Call parked on (?P<target_name>.+)", "step": "queued"}
    assert told(flow, status="missed")[:2] == ("no_answer", "status")
    assert told(flow, grammar=[row])[:2] == ("abandoned", "flow")


@pytest.mark.parametrize(
    ("failed", "outcome"),
    [("true", "closed"), (True, "closed"), ("false", "abandoned"), (False, "abandoned")],
)
def test_only_a_failed_schedule_check_closes(failed, outcome):
    row = {"pattern": "Time Group checked", "step": "schedule_check", "failed": failed}
    assert told([RECEIVED, f" Time Group checked {AT}", GROUP, LEFT], grammar=[row])[0] == outcome


def test_a_caller_cannot_abandon_the_call_we_place():
    flow = [f"Call placed by Extension (201) {AT}", f" Dialed Number (447700900417) {AT}", LEFT]
    assert told(flow, call_hint="outbound")[:2] == ("no_answer", "status")
