"""Published webhooks and records: how each call ended, how long it took, who answered, and which way it went."""

import json

import pandas as pd
import pytest

from callkit.dialects import call_records
from callkit.errors import PageError
from callkit.tables.tidy import tidy
from tests.tables.samples import INDIA, body, record, webhook

INBOUND = ("received", "menu", "menu_input", "queued", "joined")
SEATS = ("0502XXXXXXXXX", "0507XXXXXXXXX")


def nothing_is_none(row, *names):
    return tuple(None if pd.isna(row[name]) else row[name] for name in names)


@pytest.mark.parametrize(
    ("name", "outcome", "evidence", "ended_by", "menu_wait_talk", "route"),
    [
        ("immediate_hangup", "abandoned", "assumed", "caller", (1, None, None), ("received", "hangup")),
        ("ivr_abandoned", "left_menu", "assumed", "caller", (12, None, None), ("received", "menu", "hangup")),
        ("ivr_autoattendant", "left_menu", "assumed", "caller", (18, None, None),
         ("received", "menu", "menu_input", "announcement", "hangup")),
        ("timegroup_hangup", "closed", "schedule", "system", (1, None, None),
         ("received", "schedule_check", "hangup")),
        ("timegroup_autoattendant", "closed", "schedule", "system", (11, None, None),
         ("received", "schedule_check", "announcement", "hangup")),
        ("queue_direct", "abandoned", "flow", "caller", (0, 25.232, None),
         ("received", "queued", "joined", "hangup")),
        ("queue_abandoned", "abandoned", "flow", "caller", (24.067, 217.756, None), (*INBOUND, "hangup")),
        ("queue_timeout", "timeout", "flow", "system", (25.235, 501.964, None), (*INBOUND, "hangup")),
        ("ivr_queue_answered", "answered", "flow", "caller", (30.075, 1.933, 77.461),
         (*INBOUND, "dialed", "answered", "hangup")),
        ("c2c_answered", "answered", "talk", "callee", (0, 4, 7),
         ("received", "dialed", "dialed", "answered", "joined", "hangup")),
        ("c2c_customer_missed", "no_answer", "reason", "unknown", (1, 30, 0),
         ("received", "dialed", "dialed", "hangup")),
        ("voice_streaming", "answered", "talk", "caller", (0, None, 6),
         ("received", "dialed", "bot", "bot", "bot", "hangup")),
        ("agent_answered", "unknown", "none", "unknown", (None, None, None), ()),
        ("customer_answered", "answered", "status", "unknown", (None, None, None), ()),
        ("clicktocall_2026_partial", "answered", "status", "unknown", (None, None, None), ()),
    ],
)  # fmt: skip
def test_webhooks(name, outcome, evidence, ended_by, menu_wait_talk, route):
    call, events = webhook(name)
    assert (call["outcome"], call["outcome_evidence"], call["ended_by"]) == (outcome, evidence, ended_by)
    assert nothing_is_none(call, "menu_s", "wait_s", "talk_s") == menu_wait_talk
    assert tuple(events["step"]) == route
    assert call["n_unknown_steps"] == 0


@pytest.mark.parametrize(
    ("name", "direction", "agent", "did"),
    [
        ("queue_abandoned", "inbound", (None, None), "+9190000XXXXX"),
        ("ivr_abandoned", "inbound", (None, None), "90000XXXXX"),
        ("ivr_queue_answered", "inbound", (SEATS[0], "Redacted"), "+9190000XXXXX"),
        ("c2c_answered", "outbound", (SEATS[1], "Agent-Extension"), "92XXXXXXXX"),
        ("c2c_customer_missed", "outbound", (None, None), "92XXXXXXXX"),
        ("clicktocall_2026_partial", "outbound", (SEATS[0], "Redacted-Extension"), "80659XXXXX"),
    ],
)
def test_who_took_part(name, direction, agent, did):
    call, _ = webhook(name)
    assert (call["direction"], call["did"]) == (direction, did)
    assert nothing_is_none(call, "agent_id", "agent_name") == agent
    assert pd.isna(call["caller"])  # a masked number is none


@pytest.mark.parametrize(
    ("name", "duration", "ended"),
    [
        ("ivr_abandoned", 12.0, "2026-07-11 15:31:15"),
        ("queue_abandoned", 241.823, "2026-07-11 15:43:43.823"),  # the webhook says 218: from the queue on
        ("ivr_queue_answered", 109.469, "2026-07-11 15:44:45.469"),
        ("c2c_answered", 11.0, "2026-04-12 04:20:59"),
    ],
)
def test_a_call_lasts_from_its_start_to_its_hang_up(name, duration, ended):
    call, _ = webhook(name)
    assert (call["duration_s"], call["ended_at"]) == (duration, pd.Timestamp(ended, tz="UTC"))


def test_what_speaks_against_the_outcome_is_kept():
    assert webhook("c2c_customer_missed")[0]["contradictions"] == "answered_agent"
    assert webhook("c2c_customer_missed")[0]["bill_s"] == 30.0
    assert pd.isna(webhook("ivr_queue_answered")[0]["contradictions"])


def test_an_event_keeps_its_object_byte_for_byte():
    _, events = webhook("queue_direct")
    sent = body("webhook_queue_direct").decode()
    assert all(raw in sent for raw in events["raw"])
    assert [json.loads(raw) for raw in events["raw"]] == json.loads(sent)["call_flow"]
    assert events["elapsed_s"].tolist() == [0.0, 0.0, 0.146, 25.232]


def test_a_link_loses_its_token():
    assert (
        webhook("c2c_answered")[0]["recording_url"]
        == "https://cloudphone.tatateleservices.com/file/recording"
    )


def test_a_record_whose_steps_have_no_times():
    call, events = record("live_trimmed")
    assert (call["outcome"], call["outcome_evidence"], call["ended_by"]) == ("answered", "flow", "caller")
    assert (call["direction"], call["agent_id"], call["agent_name"]) == ("outbound", "05021", "Redacted")
    assert (call["duration_s"], call["started_at"]) == (52.0, pd.Timestamp("2026-07-12 12:04:58", tz="UTC"))
    assert nothing_is_none(call, "wait_s", "talk_s", "answered_at") == (None, None, None)
    assert events["step"].tolist() == ["received", "dialed", "answered"]
    assert set(events["at_source"]) == {"missing"}


def test_of_the_webhooks_of_one_call_the_one_that_tells_its_end_is_kept():
    pages = [body(f"webhook_{name}") for name in ("c2c_customer_missed", "agent_answered")]
    for sent in (pages, pages[::-1]):
        calls = tidy(sent, dialect="webhook", **INDIA).calls
        assert calls["status_raw"].tolist() == ["missed"]


@pytest.mark.parametrize(
    ("name", "says"), [("error_429", "Too many requests"), ("error_422", "invalid data")]
)
def test_an_error_is_no_page(name, says):
    with pytest.raises(PageError, match=says):
        call_records.envelope(body(name))
