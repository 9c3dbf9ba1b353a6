"""A handful of calls and their steps, each told in one line."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from callkit.clock import instant
from callkit.schema import CALLS, EVENTS, SECONDS, TEXT, WORD

MAIN, SUPPORT = "442079460100", "442079460200"
NOON = datetime(2026, 11, 16, 12, 0)  # a Monday
ROWS = [
    # key, days after NOON, direction, caller, line, service, outcome, wait, talk
    ("1", -20, "inbound", "+447700900101", MAIN, "Sales", "answered", 10, 60),
    ("2", -7, "inbound", "+447700900102", MAIN, "Sales", "abandoned", 44, 0),
    ("3", -1, "inbound", "+442079460958", SUPPORT, "Support", "answered", 5, 112),
    ("4", 0, "inbound", "+447700900417", MAIN, "Sales", "answered", 24, 200),
    ("5", 1, "inbound", None, SUPPORT, "Support", "abandoned", 8, 0),
    ("6", 2, "inbound", "+447700900103", MAIN, None, "closed", None, 0),
    ("7", 2, "outbound", "+447700900104", None, None, "answered", 9, 30),
]
FIELDS = ("call_key", "days", "direction", "caller", "did", "service_name", "outcome", "wait_s", "talk_s")
FLOW = [
    # step, seconds, kind, name, raw
    ("received", 0, "did", MAIN, f"Call received on {MAIN} at 16-Nov-2026 12:00:00"),
    (
        "menu",
        1,
        "menu",
        "Main menu",
        " Call forwarded to Virtual Receptionist (Main menu) at 16-Nov-2026 12:00:01",
    ),
    (
        "forwarded",
        9,
        "ring_group",
        "Sales",
        " Call forwarded to Ring Group (Sales) at 16-Nov-2026 12:00:09",
    ),
    ("dialed", 9, "extension", "201", " Dialed Extension (201) at 16-Nov-2026 12:00:09"),
    ("no_answer", 24, "extension", "201", " Extension (201) did not answer at 16-Nov-2026 12:00:24"),
    ("dialed", 24, "extension", "202", " Dialed Extension (202) at 16-Nov-2026 12:00:24"),
    ("answered", 33, "extension", "202", " Call answered by Extension (202) at 16-Nov-2026 12:00:33"),
    ("hangup", 233, None, None, " Caller hanged up the call"),
]


def _empty(columns):
    kinds = {TEXT: "str", WORD: "category", SECONDS: "float64"}
    return {c.name: pd.Series([], dtype=kinds.get(c.type, "object")) for c in columns}


def make_calls(rows):
    frame = pd.DataFrame(rows, columns=list(FIELDS))
    local = pd.Series([NOON + timedelta(days=day) for day in frame.pop("days")])
    frame["started_local"] = local.astype("datetime64[us]")
    frame["started_at"] = pd.to_datetime([instant(x, "Europe/London") for x in local], utc=True).as_unit("us")
    for name in ("caller", "caller_raw"):
        frame[name] = frame["caller"].astype("str")
    for name in ("direction", "did", "service_name", "outcome"):
        frame[name] = frame[name].astype("category")
    frame["wait_s"] = frame["wait_s"].astype("float64")
    frame["talk_s"] = frame["talk_s"].astype("float64")
    frame["answered_at"] = frame["started_at"].where(frame["outcome"] == "answered")
    for name, column in _empty(CALLS).items():
        if name not in frame:
            frame[name] = pd.Series([None] * len(frame), dtype=column.dtype)
    return frame[[c.name for c in CALLS]]


def make_events(call_key):
    frame = pd.DataFrame(FLOW, columns=["step", "elapsed_s", "target_kind", "target_name", "raw"])
    frame["call_key"], frame["position"] = call_key, range(len(FLOW))
    frame["at"] = pd.to_datetime(
        [datetime(2026, 11, 16, 12, 0, tzinfo=UTC) + timedelta(seconds=s) for s in frame["elapsed_s"]]
    )
    frame["elapsed_s"] = frame["elapsed_s"].astype("float64")
    frame["at_source"] = ["explicit"] * 7 + ["derived"]
    frame["ended_by"] = [None] * 7 + ["caller"]
    frame["target_id"] = None
    frame["number"] = None
    frame["step_raw"] = frame["step"]
    for c in EVENTS:
        if c.type == WORD:
            frame[c.name] = frame[c.name].astype("category")
    return frame[[c.name for c in EVENTS]]


@pytest.fixture
def calls():
    return make_calls(ROWS)


@pytest.fixture
def events():
    return make_events("4")
