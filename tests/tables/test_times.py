"""When calls began: stamps of every form, the two days on which clocks change, and clocks that disagree."""

import json

import pandas as pd
import pyarrow as pa
import pytest

from callkit.dialects import RawPage
from callkit.flow.stamps import MISSING
from callkit.tables.calls import Options
from callkit.tables.formats import read_stamps
from callkit.tables.tidy import build, tidy
from callkit.tables.times import ClockCheck
from tests.dialects.records import page, record

LONDON = "Europe/London"
TWICE = {1792888200: "00", 1792891800: "01"}  # 25 October 2026, 01:30 on the wall, and its hour in UTC


def utc(*texts):
    return [pd.Timestamp(text, tz="UTC") for text in texts]


@pytest.mark.parametrize(
    ("stamp", "wall"),
    [
        ("27-Mar-2020 06:01:57", "2020-03-27 06:01:57"),
        ("2026-07-11 21:13:52", "2026-07-11 21:13:52"),
        ("2026-07-11T21:13:52", "2026-07-11 21:13:52"),
        (" 2026-07-11 21:13:52.75 ", "2026-07-11 21:13:52"),
        ("7/11/2026, 9:12:56 PM", "2026-07-11 21:12:56"),
        ("7/11/2026, 9:12:56\u202fPM", "2026-07-11 21:12:56"),
        ("07/11/2026 12:00:01 am", "2026-07-11 00:00:01"),
        ("7/11/2026, 12:00:01 PM", "2026-07-11 12:00:01"),
        ("7/11/2026, 21:12:56", "2026-07-11 21:12:56"),
    ],
)
def test_wall_clocks_of_every_form(stamp, wall):
    (read,), (instant,) = read_stamps(pa.array([stamp]))
    assert pd.Timestamp(read, unit="s") == pd.Timestamp(wall)
    assert instant == MISSING


@pytest.mark.parametrize(
    "stamp",
    ["1783784632", "1783784632.231", "1783784632000", "2026-07-11T15:43:52Z", "2026-07-11T21:13:52.5+05:30",
     "2026-07-11 21:13:52+0530", "2026-07-11T11:43:52-04:00"],
)  # fmt: skip
def test_stamps_that_are_instants(stamp):
    (wall,), (read,) = read_stamps(pa.array([stamp]))
    assert (wall, read) == (MISSING, 1783784632)


@pytest.mark.parametrize("stamp", ["", "soon", "13/13/2026, 9:12:56 PM", "178378463", None])
def test_what_is_no_stamp(stamp):
    (wall,), (read,) = read_stamps(pa.array([stamp], pa.string()))
    assert (wall, read) == (MISSING, MISSING)


def objects(*steps):
    return [{"type": kind, "time": at} for kind, at in steps]


def records_page(**fields):
    return RawPage(json.dumps({"count": 1, "results": [fields]}).encode())


@pytest.mark.parametrize("epoch", TWICE)
@pytest.mark.parametrize("told_by", ["call id", "flow", "uuid"])
def test_the_hour_that_happens_twice_in_a_record(epoch, told_by):
    fields = {"direction": "inbound", "date": "2026-10-25", "time": "01:30:00", "call_duration": 20}
    fields |= {"call_id": f"h3.08-{epoch}.7"} if told_by == "call id" else {"call_id": "a-b"}
    fields |= {"uuid": f"{epoch + 2:08x}4cddf"} if told_by == "uuid" else {}
    if told_by == "flow":
        fields["call_flow"] = objects(
            ("init", str(epoch)), ("Inbound Queue", epoch + 5.5), ("Hangup", epoch + 20)
        )
    calls, events = tidy(records_page(**fields), dialect="call_records")
    assert calls["started_at"].tolist() == utc(f"2026-10-25 {TWICE[epoch]}:30:00")
    assert calls["ended_at"].tolist() == utc(f"2026-10-25 {TWICE[epoch]}:30:20")
    assert str(calls["started_local"].iloc[0]) == "2026-10-25 01:30:00"
    if told_by == "flow":
        assert events["at"].tolist() == utc(
            *(f"2026-10-25 {TWICE[epoch]}:30:{s}" for s in ("00", "05.5", "20"))
        )
        assert calls["wait_s"].tolist() == [14.5]


def test_without_an_epoch_the_first_of_the_two_hours_is_taken():
    fields = {"call_id": "a-b", "uuid": "96ccf76037169", "date": "2026-10-25", "time": "01:30:00"}
    calls = tidy(records_page(**fields), dialect="call_records").calls
    assert calls["started_at"].tolist() == utc("2026-10-25 00:30:00")


@pytest.mark.parametrize("epoch", TWICE)
def test_the_hour_that_happens_twice_in_a_webhook(epoch):
    hook = {
        "call_id": f"{epoch}.7", "direction": "inbound", "call_status": "missed",
        "start_stamp": "10/25/2026, 1:30:00 AM", "end_stamp": "10/25/2026, 1:30:20 AM",
    }  # fmt: skip
    call = tidy(hook, dialect="webhook").calls.iloc[0]
    assert [call["started_at"], call["ended_at"]] == utc(
        *(f"2026-10-25 {TWICE[epoch]}:30:{s}" for s in ("00", "20"))
    )
    assert call["duration_s"] == 20.0


@pytest.mark.parametrize(
    ("epoch", "starts", "ends"),
    [
        (1774745990, ("2026-03-29", "00:59:50"), "2026-03-29 02:00:50"),  # the spring hour is skipped
        (1792889990, ("2026-10-25", "01:59:50"), "2026-10-25 01:00:50"),  # the autumn hour begins anew
    ],
)
def test_a_call_across_the_change_lasts_as_long_as_it_did(epoch, starts, ends):
    flow = objects(("init", epoch), ("Inbound Queue", epoch + 5), ("Hangup", epoch + 60))
    fields = {"call_id": f"{epoch}.7", "direction": "inbound", "call_flow": flow}
    record_ = records_page(**fields, date=starts[0], time=starts[1], call_duration=60)
    hook = fields | {"start_stamp": " ".join(starts), "end_stamp": ends}
    for sent, dialect in ((record_, "call_records"), (hook, "webhook")):
        call = tidy(sent, dialect=dialect).calls.iloc[0]
        assert call["started_at"] == pd.Timestamp(epoch, unit="s", tz="UTC")
        assert call["ended_at"] == pd.Timestamp(epoch + 60, unit="s", tz="UTC")
        assert (call["duration_s"], call["menu_s"], call["wait_s"]) == (60.0, 5.0, 55.0)
        assert pd.isna(call["contradictions"])


def test_a_zone_that_the_ids_contradict_is_told():
    epochs = range(1783784576, 1783784576 + 600, 60)
    walls = [pd.Timestamp(epoch, unit="s", tz="UTC").tz_convert("Asia/Kolkata") for epoch in epochs]
    sent = [
        record(stats={"call_id": f"{epoch}.1"}, date=f"{wall:%d-%b-%Y %H:%M:%S}")
        for epoch, wall in zip(epochs, walls, strict=True)
    ]
    ours = build([page(*sent, record("1"))], Options(time_zone=LONDON))
    assert ours.clock == ClockCheck(11, 10, 16_200)  # London keeps summer time in July
    theirs = build([page(*sent)], Options(time_zone="Asia/Kolkata"))
    assert theirs.clock == ClockCheck(10, 0, None)
    assert build([page(record(stats={"call_id": "x"}))]).clock == ClockCheck(0, 0, None)


def test_a_wrong_zone_leaves_the_clock_of_the_flow_alone():
    epoch = 1783784576
    flow = objects(("init", epoch), ("Inbound Queue", epoch + 5), ("Hangup", epoch + 60))
    hook = {
        "call_id": f"{epoch}.7",
        "direction": "inbound",
        "call_flow": flow,
        "start_stamp": "2026-07-11 21:12:56",
    }
    call, events = (table.to_dict("records") for table in tidy(hook, dialect="webhook"))
    assert (call[0]["menu_s"], call[0]["wait_s"], call[0]["duration_s"]) == (5.0, 55.0, 60.0)
    assert call[0]["contradictions"] == "epoch disagrees with date"
    assert [event["elapsed_s"] for event in events] == [0.0, 5.0, 60.0]


def test_text_and_objects_may_stand_in_one_flow():
    epoch = 1792891800  # 01:30 for the second time
    flow = [
        "Call received on 442079460100 at 25-Oct-2026 01:30:00",
        {"type": "Inbound Queue", "name": "Sales", "time": epoch + 5.25},
        " Caller hanged up the call",
    ]
    stats = {"call_flow": flow, "call_id": f"{epoch}.1", "call_duration": 20}
    calls, events = tidy(page(record("1", stats, date="25-Oct-2026 01:30:00")))
    assert events["step"].tolist() == ["received", "queued", "hangup"]
    assert events["at"].tolist() == utc(*(f"2026-10-25 01:30:{s}" for s in ("00", "05.25", "20")))
    assert (calls["wait_s"].tolist(), calls["menu_s"].tolist()) == ([14.75], [5.25])
