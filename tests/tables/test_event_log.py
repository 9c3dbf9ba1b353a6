"""The event log against the rules of the XES standard (IEEE 1849), and against the events it comes from."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.errors import UsageError
from callkit.tables import store
from callkit.tables.event_log import to_event_log
from tests.tables.hostile import calls_frame, events_frame

MUST_BE_TEXT = ("concept:name", "org:resource", "org:group", "lifecycle:transition")
TRANSITIONS = {
    "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort", "ate_abort", "complete",
    "autoskip", "manualskip", "unknown",
}  # fmt: skip
DATE = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # xs:dateTime with its zone
TAGS = {"i": "int", "f": "float", "b": "boolean", "M": "date"}


def to_xes(log):
    """Write an event log as XES, a tag for each type of column; what is null is left out."""
    root = ET.Element("log", {"xes.version": "1849-2016"})
    for _, rows in log.groupby("case:concept:name", sort=False):
        trace = ET.SubElement(root, "trace")
        of_case = [name for name in log if name.startswith("case:")]
        assert len(rows[of_case].drop_duplicates()) == 1
        for place, row in enumerate(rows.to_dict("records")):
            event = ET.SubElement(trace, "event")
            for name, value in row.items():
                parent = trace if name in of_case else event
                if pd.notna(value) and not (parent is trace and place):
                    text = value.isoformat() if isinstance(value, datetime) else str(value)
                    tag = TAGS.get(log[name].dtype.kind, "string")
                    ET.SubElement(parent, tag, key=name.removeprefix("case:"), value=text)
    return ET.fromstring(ET.tostring(root))


def faults(root):
    """Name what breaks a rule of the standard or of its extensions concept, time, organizational and lifecycle."""
    for trace in root.iter("trace"):
        yield from () if "concept:name" in keys(trace) else ["no concept:name in a trace"]
        for component in (trace, *trace.iter("event")):
            found = [a for a in component if a.tag != "event"]
            if len(keys(component)) < len(found):
                yield "a key twice"
            for a in found:
                yield from faults_of_attribute(a.tag, a.get("key"), a.get("value"))
        for event in trace.iter("event"):
            missing = {"concept:name", "time:timestamp", "lifecycle:transition"} - keys(event)
            yield from (f"no {key} in an event" for key in sorted(missing))
        stamps = [
            datetime.fromisoformat(a.get("value")) for a in trace.iter() if a.get("key") == "time:timestamp"
        ]
        if stamps != sorted(stamps):
            yield "events are not in the order of time"


def faults_of_attribute(tag, key, value):
    if key in MUST_BE_TEXT and (tag != "string" or not value):
        yield f"{key} is {tag} {value!r}"
    if re.search(r"[\n\t\r]|^ | $|  ", key):
        yield f"key {key!r}"
    if key == "lifecycle:transition" and value not in TRANSITIONS:
        yield f"transition {value}"
    if key == "time:timestamp" and (tag != "date" or not DATE.fullmatch(value)):
        yield f"stamp {tag} {value}"


def keys(component):
    return {a.get("key") for a in component if a.tag != "event"}


def told(steps, calls=None):
    """Return an event log of steps, each (call, seconds or None, step, kind, name, id)."""
    frame = events_frame(
        len(steps),
        call_key=[s[0] for s in steps],
        step=[s[2] for s in steps],
        target_kind=[s[3] for s in steps],
        target_name=[s[4] for s in steps],
        target_id=[s[5] for s in steps],
    )
    frame["at"] = pd.to_datetime([s[1] for s in steps], unit="s", utc=True).as_unit("us")
    frame["at_source"] = pd.Categorical(["missing" if s[1] is None else "explicit" for s in steps])
    frame["position"] = frame.groupby("call_key").cumcount().astype("int32")
    return to_event_log(frame, calls)


def step(call, second, name="dialed", kind="extension", target="Robin", number="201"):
    return call, second, name, kind, target, number


def test_the_rules_see_a_fault():
    log = told([step("a", 1), step("a", 2)])
    assert list(faults(to_xes(log))) == []
    wrong = log.assign(**{"concept:name": [1, 2], "lifecycle:transition": "done"}).iloc[::-1]
    wrong["time:timestamp"] = wrong["time:timestamp"].dt.tz_localize(None)
    assert {fault.split(" ")[0] for fault in faults(to_xes(wrong))} == {
        "concept:name",
        "transition",
        "stamp",
        "events",
    }
    assert list(faults(to_xes(log.drop(columns="time:timestamp")))) == ["no time:timestamp in an event"] * 2


def test_an_account_keeps_the_rules_of_the_standard(three_days):
    calls, events = store.load(three_days)
    for log in (to_event_log(events), to_event_log(events, calls)):
        assert list(faults(to_xes(log))) == []
        assert len(log) == len(events)
        assert log.attrs == {"n_events_without_instant": 0, "n_calls_without_events": 0}
        assert list(dict.fromkeys(log["case:concept:name"])) == calls["call_key"].tolist()
        assert log["time:timestamp"].dtype == "datetime64[us, UTC]"
        assert log[["case:concept:name", "concept:name"]].dtypes.map(str).tolist() == ["str", "str"]
    assert (
        log["case:outcome"].tolist()
        == calls.set_index("call_key")["outcome"][log["case:concept:name"]].tolist()
    )


def test_an_empty_log_has_all_columns():
    empty, full = told([], calls_frame(0)), told([step("a", 1)], calls_frame(call_key=["a"]))
    assert list(empty) == list(full)
    assert empty.dtypes.map(str).tolist() == full.dtypes.map(str).tolist()


def test_who_did_it_is_an_extension_and_where_it_went_a_group():
    log = told(
        [
            step("a", 1, "received", "did", "442079460100", None),
            step("a", 2, "queued", "queue", "Sales", "7"),
            step("a", 3, "forwarded", "ring_group", None, "8"),
            step("a", 4),
            step("a", 5, "dialed", "extension", "202", None),
            step("a", 6, "dialed", "number", "447700900417", None),
            step("a", 7, "hangup", None, None, None),
        ]
    )
    assert log["org:resource"].fillna("").tolist() == ["", "", "", "201", "202", "", ""]
    assert log["org:group"].fillna("").tolist() == ["", "Sales", "8", "", "", "", ""]
    assert not re.search("442079460100|447700900417", log.to_csv())


def test_events_stand_by_time_and_those_of_one_instant_as_they_were_told():
    log = told([step("b", 9, "received"), step("a", 5, "menu"), step("b", 9, "queued"), step("b", 3, "busy"),
                step("a", 5, "menu_input"), step("b", 9, "dialed")])  # fmt: skip
    assert log["case:concept:name"].tolist() == ["b", "b", "b", "b", "a", "a"]
    assert log["concept:name"].tolist() == ["busy", "received", "queued", "dialed", "menu", "menu_input"]
    assert log["position"].tolist() == [2, 0, 1, 3, 0, 1]


def test_the_order_of_the_rows_does_not_matter_within_a_call(three_days):
    _, events = store.load(three_days)
    turned = to_event_log(events.iloc[::-1]).sort_values(
        "case:concept:name", kind="stable", ignore_index=True
    )
    pdt.assert_frame_equal(turned, to_event_log(events))


def test_an_event_without_an_instant_is_left_out_and_said(caplog):
    with caplog.at_level("WARNING", "callkit"):
        log = told([step("a", None), step("a", 2), step("b", None)], calls_frame(3, call_key=["a", "b", "c"]))
    assert log["position"].tolist() == [1]
    assert log.attrs == {"n_events_without_instant": 2, "n_calls_without_events": 2}
    assert caplog.messages == [
        "2 of 3 events have no instant and are not in the event log.",
        "2 calls have no event with an instant and are not in the event log.",
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 3)), max_size=12))
def test_every_event_is_in_the_log_or_counted(steps):
    log = told([step(*s) for s in steps])
    assert len(log) + log.attrs["n_events_without_instant"] == len(steps)
    assert log["case:concept:name"].nunique() + log.attrs["n_calls_without_events"] == len(
        {s[0] for s in steps}
    )
    assert list(faults(to_xes(log))) == []


@pytest.mark.parametrize(
    ("events", "calls", "said"),
    [
        ([1], None, "events is list"),
        (events_frame().drop(columns="at"), None, "events have no column 'at'"),
        (events_frame(), calls_frame().drop(columns="outcome"), "calls have no column 'outcome'"),
        (events_frame(2), calls_frame(1), "events of 1 calls belong to none of the calls"),
        (events_frame(), pd.concat([calls_frame()] * 2), "name a call twice"),
    ],
)
def test_bad_input_is_refused(events, calls, said):
    with pytest.raises(UsageError, match=said):
        to_event_log(events, calls)


def test_instants_are_ordered_as_numbers(monkeypatch):
    events = events_frame(3, call_key=["1795000000.1"] * 3, position=[0, 1, 2])
    events["at"] = pd.to_datetime(
        ["2026-11-16 12:00:02", "2026-11-16 12:00:01", "2026-11-16 12:00:01"], utc=True
    )
    kinds, lexsort = [], np.lexsort

    def watched(keys):
        kinds.extend(np.asarray(key).dtype.kind for key in keys)
        return lexsort(keys)

    monkeypatch.setattr("callkit.tables.event_log.np.lexsort", watched)
    assert to_event_log(events)["position"].tolist() == [1, 2, 0]
    assert kinds[1] == "M"
