"""Columns of calls from records and webhooks, which differ from a usual one in one thing."""

import json

import pandas as pd
import pytest

from callkit.tables.tidy import build, tidy
from tests.tables.samples import Options, RawPage

EPOCH = 1794814200  # 16 November 2026, 07:30
RECORD = {
    "id": "6afa8562", "call_id": f"{EPOCH}.1", "uuid": "6afa84e702077", "direction": "inbound", "status": "missed",
    "date": "2026-11-16", "time": "07:30:00", "call_duration": 30, "answered_seconds": 0,
    "client_number": "+447700900417", "did_number": "+442079460100", "charges": "0.05",
    "service": "Department: Sales", "agent_ring_time": "N.A.", "hangup_cause": "disconnected_by_caller",
}  # fmt: skip
HOOK = {
    "call_id": f"{EPOCH}.1", "uuid": "6afa84e702077", "direction": "inbound", "call_status": "missed",
    "start_stamp": "2026-11-16 07:30:00", "end_stamp": "2026-11-16 07:30:30", "duration": "12", "billsec": "",
    "caller_id_number": "07700900417", "call_to_number": "02079460100", "hangup_cause": "disconnected_by_caller",
}  # fmt: skip
INIT, QUEUE = {"type": "init", "time": EPOCH}, {"type": "Inbound Queue", "name": "Sales", "time": EPOCH + 4}
DIALED = {"type": "Agent", "dialst": "Dialed", "id": "201", "name": "Amy", "time": EPOCH + 6}
ANSWERED, LEFT = DIALED | {"dialst": "Answered", "time": EPOCH + 9}, {"type": "hangup", "time": EPOCH + 30}
MENU = {"type": "IVR", "name": "Main menu", "time": EPOCH + 1}
SERVED = {"call_flow": [INIT, QUEUE, DIALED, ANSWERED, LEFT]}


def record(options=None, **fields):
    return tidy({"results": [RECORD | fields]}, dialect="call_records", **(options or {})).calls.iloc[0]


def hook(options=None, **fields):
    return tidy(HOOK | fields, dialect="webhook", **(options or {})).calls.iloc[0]


def told(row, *names):
    return tuple(None if pd.isna(row[name]) else row[name] for name in names)


def test_a_records_fields():
    names = (
        "call_key",
        "record_id_raw",
        "unique_id_raw",
        "caller",
        "did",
        "service_kind",
        "service_name",
        "charge",
    )
    assert told(record(), *names) == (
        f"{EPOCH}.1", "6afa8562", "6afa84e702077", "+447700900417", "+442079460100", "Department", "Sales", 0.05,
    )  # fmt: skip
    one = record()
    assert told(one, "duration_s", "talk_s", "ring_time_raw", "outbound_s") == (30.0, 0.0, None, None)
    assert (one["outcome"], one["outcome_evidence"]) == ("abandoned", "reason")


@pytest.mark.parametrize(
    ("word", "direction"),
    [
        ("inbound", "inbound"), ("Dialer (inbound)", "inbound"), ("Dialer (outbound)", "outbound"), (1, "inbound"),
        (2, "outbound"), ("clicktocall", "outbound"), ("click_to_call", "outbound"), ("$direction", "unknown"),
    ],
)  # fmt: skip
def test_words_for_the_direction(word, direction):
    assert hook(direction=word)["direction"] == direction


@pytest.mark.parametrize(
    ("fields", "caller", "did"),
    [
        ({}, "+447700900417", "+442079460100"),
        ({"direction": "clicktocall"}, "+442079460100", "+447700900417"),
        ({"customer_number_with_prefix": "+447700900418"}, "+447700900418", "+442079460100"),
        ({"customer_no_with_prefix ": "+447700900418"}, "+447700900418", "+442079460100"),
        ({"customer_number_with_prefix": ""}, "+447700900417", "+442079460100"),
        ({"customer_number_with_prefix": "$customer_number_with_prefix"}, "+447700900417", "+442079460100"),
        ({"did_number": "442079460200"}, "+447700900417", "+442079460200"),
        ({"caller_id_number": "07700XXXXXX"}, None, "+442079460100"),
        ({"direction": "", "did_number": "N.A."}, None, None),
    ],
)
def test_the_numbers_of_a_webhook(fields, caller, did):
    assert told(hook(**fields), "caller", "did") == (caller, did)


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("", ("201", "Amy")),
        ({"id": "202", "name": "Ben"}, ("202", "Ben")),
        (
            [{"id": "201", "name": "Amy"}, {"id": "202", "name": "Ben", "is_transferred_agent": "Yes"}],
            ("202", "Ben"),
        ),
        ('{"id": 202, "name": "Ben"}', ("202", "Ben")),
        ("Ben", ("201", "Ben")),
        ([], ("201", "Amy")),
        ("[cut", ("201", "Amy")),
    ],
)
def test_who_answered_a_webhooks_call(agent, expected):
    one = hook(**SERVED, answered_agent=agent, call_status="answered")
    assert told(one, "agent_id", "agent_name") == expected


def test_the_settings_name_the_agent_first():
    names = {"agents": {"201": "Amy Example"}}
    assert hook(names, **SERVED, call_status="answered")["agent_name"] == "Amy Example"
    one = record(names, **SERVED, status="answered", answered_seconds=21, agent_name="amy")
    assert told(one, "agent_id", "agent_name", "talk_s") == ("201", "Amy Example", 21.0)
    assert record(**SERVED, status="answered", agent_name="amy")["agent_name"] == "amy"


@pytest.mark.parametrize(
    ("fields", "talk"),
    [
        ({"outbound_sec": "20"}, 20.0),
        ({}, 21.0),
        ({"outbound_sec": "$outbound_sec"}, 21.0),
        ({"call_flow": [INIT, ANSWERED]}, None),
    ],
)
def test_talk_is_the_agents_side(fields, talk):
    one = hook(**(SERVED | {"call_status": "answered", "billsec": "25"} | fields))
    assert told(one, "outcome", "talk_s", "bill_s") == ("answered", talk, 25.0)


def test_nobody_talks_in_a_call_nobody_answered():
    assert told(hook(billsec="16", outbound_sec="0"), "talk_s", "bill_s") == (0.0, 16.0)
    assert told(hook(billsec="16"), "talk_s") == (None,)


@pytest.mark.parametrize(
    ("fields", "ended", "duration"),
    [
        ({}, 30, 30.0),
        ({"call_flow": [INIT, LEFT | {"time": EPOCH + 29.5}]}, 29.5, 29.5),
        ({"end_stamp": ""}, None, None),
        ({"end_stamp": "2026-11-16 07:29:00"}, None, None),
    ],
)
def test_when_a_webhooks_call_ended(fields, ended, duration):
    one = hook(**fields)
    assert told(one, "duration_s") == (duration,)
    at = None if ended is None else pd.Timestamp(EPOCH + ended, unit="s", tz="UTC")
    assert told(one, "ended_at") == (at,)


def test_a_record_without_a_duration_ends_with_its_flow_or_its_stamp():
    for fields in ({"call_flow": [INIT, LEFT]}, {"end_stamp": "2026-11-16 07:30:30"}):
        assert record(call_duration="N.A.", **fields)["ended_at"] == pd.Timestamp(
            EPOCH + 30, unit="s", tz="UTC"
        )


@pytest.mark.parametrize(
    ("fields", "outcome", "evidence", "ended_by"),
    [
        ({"call_flow": [INIT, QUEUE, LEFT]}, "abandoned", "flow", "caller"),
        ({"call_flow": [INIT, QUEUE, LEFT], "hangup_cause": "hangup_as_per_destination"}, "timeout", "flow", "system"),
        ({"call_flow": [INIT, DIALED, LEFT], "hangup_cause": "hangup_as_per_destination"}, "no_answer", "flow",
         "system"),
        ({"call_flow": [INIT, MENU, LEFT]}, "left_menu", "flow", "caller"),
        ({"call_flow": [INIT, MENU, LEFT], "hangup_cause": "NormalClearing"}, "left_menu", "assumed", "caller"),
        ({"call_flow": [INIT, QUEUE, LEFT], "hangup_cause": "NormalClearing"}, "abandoned", "assumed", "caller"),
        ({"call_flow": [INIT, {"type": "Orbit", "time": EPOCH}, LEFT]}, "abandoned", "reason", "caller"),
        ({"hangup_cause": "NormalClearing"}, "no_answer", "status", "unknown"),
        ({"hangup_cause": "destination_not_set"}, "failed", "reason", "unknown"),
        ({"hangup_cause": "", "hangup_cause_key": "NO_ANSWER"}, "no_answer", "reason", "unknown"),
        ({"hangup_cause": "", "reason_key": "noanswer"}, "no_answer", "reason", "unknown"),
        ({"hangup_cause": "", "call_status": "contacted"}, "answered", "status", "unknown"),
        ({"hangup_cause": "", "call_status": "queued"}, "unknown", "none", "unknown"),
        ({"hangup_cause": "", "call_status": "Answered by agent"}, "answered", "status", "unknown"),
    ],
)  # fmt: skip
def test_outcomes_of_webhooks(fields, outcome, evidence, ended_by):
    assert told(hook(**fields), "outcome", "outcome_evidence", "ended_by") == (outcome, evidence, ended_by)


def test_normal_clearing_of_a_record_says_nothing():
    one = record(call_flow=[INIT, MENU, LEFT], hangup_cause="Normal clearing")
    assert told(one, "outcome", "ended_by") == ("no_answer", "unknown")


@pytest.mark.parametrize("flag", [True, "true", 1])
def test_a_record_may_say_that_there_is_a_voicemail(flag):
    one = record(call_flow=[INIT, QUEUE, LEFT], voicemail_recording=flag)
    assert told(one, "outcome", "outcome_evidence") == ("voicemail", "voicemail")
    assert record(voicemail_recording=False)["outcome"] == "abandoned"


def test_a_call_is_named_by_its_call_id_its_uuid_or_its_contents():
    assert record(call_id="")["call_key"] == "6afa84e702077"
    keys = [record(call_id="$call_id", uuid=None, id=n)["call_key"] for n in "ab"]
    assert keys[0] == keys[1]
    assert keys[0].startswith("h:")


def test_the_webhook_of_most_steps_is_kept_where_none_tells_an_end():
    early, late = (
        HOOK | {"end_stamp": "", "call_flow": [INIT]},
        HOOK | {"end_stamp": "", "call_flow": [INIT, QUEUE]},
    )
    built = build([RawPage(json.dumps([late, early]).encode())], Options(dialect="webhook"))
    assert (built.received, built.duplicates, built.calls["n_steps"].to_pylist()) == (2, 1, [2])
