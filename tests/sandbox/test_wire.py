"""Records of simulated calls: the page's form, and nothing lost to a reader who makes no mistake."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callkit import clock
from callkit.dialects import call_report
from callkit.flow.grammar import rows
from callkit.flow.reading import read_head
from callkit.periods import Week
from callkit.privacy import e164
from callkit.sandbox import wire, wire_facts, wire_records, wire_report
from callkit.sandbox.business import SEED
from callkit.sandbox.centre import simulate
from callkit.sandbox.truth import TrueCall, TrueStep, clocks

WEEK = Week(2026, 47)
STAMP = re.compile(r" at (\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d)$")


def sent(week=WEEK):
    return [(call, json.loads(body)) for call, body in wire.sent(week)]


def instant(stamp, near):
    """Read a stamp; of the two instants an hour in October may mean, take the one nearer to a known instant."""
    wall = datetime.strptime(stamp, "%d-%b-%Y %H:%M:%S")
    zone = clock.zone("Europe/London")
    both = (int(wall.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    return min(both, key=lambda s: abs(s - near))


def read(record):
    """Read a record's flow with the grammar: steps, and who hung up."""
    stats = record["call_stats"]
    started = int(stats["call_id"].partition(".")[0])
    ended = started + int(stats["call_duration"])
    steps, ended_by = [], "unknown"
    for n, line in enumerate(stats["call_flow"]):
        assert line.startswith(" ") == (n > 0)
        stamp = STAMP.search(line)
        head = read_head(rows(), STAMP.sub("", line), is_stamped=stamp is not None)
        assert head.row is not None, line
        at = instant(stamp[1], started) if stamp else ended
        key = head.number if head.step == "menu_input" else ""
        steps.append(TrueStep(head.step, head.target_kind, head.target_name or head.number, at, key or ""))
        ended_by = head.ended_by or ended_by
    return steps, ended_by, started, ended


@pytest.mark.parametrize("week", [WEEK, Week(2026, 13), Week(2026, 43)], ids=str)
def test_a_perfect_reader_gets_the_truth_back(week):
    for call, record in sent(week):
        steps, ended_by, started, ended = read(record)
        assert tuple(steps) == call.route
        assert ended_by == call.ended_by
        assert (started, ended) == (call.started, call.ended)
        assert clocks(steps, ended) == (call.wait_s, call.menu_s, call.queue_s, call.ring_s)
        assert int(record["call_stats"]["answer_time"]) == call.talk_s
        assert record["call_answered_by"] == (call.agent or "")
        assert (record["status"] == "answered") == (call.outcome == "answered")
        other = record["source"] if call.direction == "inbound" else record["destination"]
        assert e164(other) == call.caller


def test_the_record_has_the_fields_of_the_page():
    stats_keys = {tuple(record["call_stats"]) for _, record in sent()}
    full = max(stats_keys, key=len)
    assert full == tuple(call_report.LAYOUT.stats)
    assert stats_keys == {full, tuple(k for k in full if k != "unique_id")}
    assert {tuple(record) for _, record in sent()} == {tuple(call_report.LAYOUT.kinds)}


def test_oddities_of_the_page_are_there():
    records = [record for _, record in sent()]
    stats = [record["call_stats"] for record in records]
    assert {type(s["call_duration"]) for s in stats} == {int, str}
    assert {type(s["bill_sec"]) for s in stats} == {int, str}
    assert {r["recording_file_link"] for r in records if r["status"] == "missed"} >= {None, ""}
    assert {r["source"] for r in records if not e164(r["source"]) and r["call_hint"] == "inbound"} == {
        "anonymous",
        "",
    }
    abandoned = [(r["reason_key"], r["hangup_cause"]) for c, r in sent() if c.outcome == "abandoned"]
    assert ("Channel not available", "Normal Clearing") in abandoned
    assert ("Call Disconnected By Caller", "Normal Clearing") in abandoned
    assert any(r["status"] == "missed" and r["recording_file_link"] for r in records)


def test_a_record_in_full():
    t = 1585288917  # 27 March 2020, 06:01:57
    steps = (
        TrueStep("received", "did", "442079460200", t),
        TrueStep("forwarded", "ring_group", "Support", t + 3),
        TrueStep("dialed", "extension", "211", t + 3),
        TrueStep("answered", "extension", "211", t + 10),
        TrueStep("hangup", "extension", "211", t + 70),
    )
    call = TrueCall(
        f"{t}.7", 7, t, "inbound", "+447700900417", "+442079460200", "Ring Group (Support)", "answered", "callee",
        "211", 7, 3, 0, 7, 60, 70, steps,
    )  # fmt: skip
    record = wire.record(call)
    assert record["call_stats"]["call_flow"] == [
        "Call received on 442079460200 at 27-Mar-2020 06:01:57",
        " Call forwarded to Ring Group (Support) at 27-Mar-2020 06:02:00",
        " Dialed Extension (211) at 27-Mar-2020 06:02:00",
        " Call answered by Extension (211) at 27-Mar-2020 06:02:07",
        " Extension (211) hanged up the call at 27-Mar-2020 06:03:07",
    ]
    assert record["date"] == "27-Mar-2020 06:01:57"
    assert record["call_stats"]["call_date"] == "2020-03-27"
    assert record["call_stats"]["connection_time"] == "06:01:57"
    assert record["forward_to_number"] == "442079460200 Ring Group (Support)"
    assert wire.record(call, "Asia/Kolkata")["date"] == "27-Mar-2020 11:31:57"


def test_stamps_follow_the_change_of_the_clocks():
    sunday = [(c, r) for c, r in sent(Week(2026, 43)) if r["date"].startswith("25-Oct-2026")]
    assert sunday
    for call, record in sunday:
        wall = clock.wall(datetime.fromtimestamp(call.started, UTC), "Europe/London")
        assert record["date"] == f"{wall:%d-%b-%Y %H:%M:%S}"


def test_a_call_reads_the_same_every_time():
    before = wire.sent(WEEK)
    wire._sent.cache_clear()
    assert wire.sent(WEEK) == before
    assert json.loads(before[5].body) == wire.record(simulate(WEEK, SEED)[5])


@pytest.mark.parametrize("form", [wire_facts, wire_records, wire_report])
def test_no_host_but_a_reserved_one(form):
    text = Path(form.__file__).read_text(encoding="utf-8")
    assert "://" not in text.replace("https://recordings.example/", "")
