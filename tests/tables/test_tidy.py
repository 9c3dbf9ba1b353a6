"""Pages to tables: the vendor's own record, and records that differ from it in one thing."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.dialects import RawPage
from callkit.errors import PageError, SettingsError
from callkit.schema import CALLS, CALLS_SCHEMA, EVENTS, EVENTS_SCHEMA
from callkit.tables.calls import Options
from callkit.tables.tidy import as_frame, build, fingerprint, tidy
from tests.dialects.records import RECORD, page, record

REFERENCE = page(RECORD)


def instants(*texts):
    return [pd.Timestamp(text, tz="UTC") for text in texts]


def test_the_vendors_record_is_one_call():
    (one,) = tidy(REFERENCE).calls.to_dict("records")
    expected = {
        "call_key": "15XXXXXX7.4XX0", "record_id_raw": "36671", "direction": "inbound", "did": "4420XXXXX021",
        "caller_raw": "000509030018", "service_kind": "Extension", "service_name": "TestUser1",
        "forward_to_raw": "4420XXXXX021 Extension (TestUser1)", "outcome": "abandoned", "outcome_evidence": "flow",
        "contradictions": "Channel not available", "ended_by": "caller", "status_raw": "missed",
        "hangup_cause_raw": "Normal Clearing", "duration_s": 4.0, "menu_s": 3.0, "wait_s": 1.0, "queue_s": 0.0,
        "ring_s": 1.0, "talk_s": 0.0, "ring_time_raw": 4.0, "n_steps": 4, "n_unknown_steps": 0, "n_targets": 1,
        "n_rings": 1, "n_transfers": 0, "has_recording": False, "answered_by_raw": "", "bill_calls": 0.0, "charge": 0.0,
    }  # fmt: skip
    assert {name: one[name] for name in expected} == expected
    assert [one["started_at"], one["ended_at"]] == instants("2020-03-27 06:01:57", "2020-03-27 06:02:01")
    assert one["started_local"] == pd.Timestamp("2020-03-27 06:01:57")
    assert pd.isna(
        [one[name] for name in ("caller", "agent_id", "agent_name", "answered_at", "recording_url")]
    ).all()


def test_the_vendors_record_is_four_events():
    events = tidy(REFERENCE).events
    assert events["step"].tolist() == ["received", "forwarded", "dialed", "hangup"]
    assert events["position"].tolist() == [0, 1, 2, 3]
    assert events["target_kind"].astype("str").fillna("").tolist() == ["did", "extension", "extension", ""]
    assert events["target_name"].astype("str").fillna("").tolist() == ["", "TestUser1", "TestUser1", ""]
    assert events["at"].tolist() == instants(
        *(f"2020-03-27 06:0{t}" for t in ("1:57", "2:00", "2:00", "2:01"))
    )
    assert events["at_source"].tolist() == ["explicit", "explicit", "explicit", "derived"]
    assert events["elapsed_s"].tolist() == [0.0, 3.0, 3.0, 4.0]
    assert events["ended_by"].astype("str").fillna("").tolist() == ["", "", "", "caller"]
    assert events["raw"].tolist() == RECORD["call_stats"]["call_flow"]


@pytest.mark.parametrize(
    "pages",
    [
        REFERENCE.body,
        REFERENCE.body.decode(),
        json.loads(REFERENCE.body),
        RawPage(REFERENCE.body, source="page 1"),
        [REFERENCE.body],
        (p for p in [json.loads(REFERENCE.body)]),
    ],
    ids=["bytes", "text", "dict", "raw page", "list", "generator"],
)
def test_pages_come_in_many_forms(pages):
    expected = tidy(RawPage(REFERENCE.body, source="page 1"))
    for got, wanted in zip(tidy(pages), expected, strict=True):
        pd.testing.assert_frame_equal(got, wanted)


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        (5, "pages is int"),
        ([5], "A page is int"),
        (RECORD, "page 1: The answer has no data .its keys: call_answered_by"),
        ("<html>", "page 1: The answer is an HTML page"),
        ([REFERENCE.body, b"{"], "page 2: .*cut short"),
        ({"data": [object()]}, "cannot be written as JSON"),
        ({"data": [RECORD, 3]}, "1 of 2 records cannot be read .the first: page 1, record 1"),
    ],
)
def test_what_is_no_page_is_named(pages, says):
    with pytest.raises(PageError, match=says):
        tidy(pages)


def test_options_are_checked():
    with pytest.raises(SettingsError, match="dialect 'x'"):
        tidy([], dialect="x")
    with pytest.raises(SettingsError, match="time_zone 'London'"):
        tidy([], time_zone="London")
    with pytest.raises(SettingsError, match="country 'UK'"):
        tidy([], country="UK")
    with pytest.raises(SettingsError, match="row 1"):
        tidy([], grammar=[{"pattern": "(", "step": "menu"}])


def test_no_pages_make_empty_tables_with_every_column():
    full = build([REFERENCE])
    for pages in ([], [page()]):
        empty = build(pages)
        assert (empty.calls.schema, empty.events.schema) == (CALLS_SCHEMA, EVENTS_SCHEMA)
        assert (empty.calls.num_rows, empty.events.num_rows, empty.received) == (0, 0, 0)
        assert (
            as_frame(empty.calls).dtypes.astype(str).tolist()
            == as_frame(full.calls).dtypes.astype(str).tolist()
        )


def test_pandas_types():
    calls, events = tidy(REFERENCE)
    types = calls.dtypes.astype(str)
    assert types[["call_key", "outcome", "started_at", "started_local", "duration_s", "n_steps"]].tolist() == [
        "str", "category", "datetime64[us, UTC]", "datetime64[us]", "float64", "int32",
    ]  # fmt: skip
    assert events.dtypes.astype(str)[["raw", "step", "at", "position"]].tolist() == [
        "str", "category", "datetime64[us, UTC]", "int32",
    ]  # fmt: skip


def test_the_latest_fetched_of_a_call_is_kept():
    old, new = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 17, tzinfo=UTC)
    pages = [
        page(record("1", service="new"), record("2"), fetched_at=new, source="b"),
        page(record("1", service="old"), record("3"), fetched_at=old, source="a"),
    ]
    built = build(pages)
    assert (built.received, built.calls.num_rows, built.duplicates) == (4, 3, 1)
    calls = built.calls.to_pandas()
    assert calls["call_key"].tolist() == ["1585288917.1", "1585288917.2", "1585288917.3"]
    assert calls["service_raw"].tolist()[0] == "new"
    assert calls["source"].tolist() == ["b", "b", "a"]
    assert built.events["call_key"].to_pylist() == [key for key in calls["call_key"] for _ in range(4)]


def test_the_last_of_a_call_is_kept_where_no_fetch_is_known():
    calls = tidy([page(record("1", service="old")), page(record("1", service="new"))]).calls
    assert calls["service_raw"].tolist() == ["new"]


def test_the_page_is_told_of():
    fetched = datetime(2026, 11, 17, 3, 0, 0, 123456, tzinfo=UTC)
    built = build([page(record(), fetched_at=fetched, source="2026-11-16.jsonl.gz")], Options(account="main"))
    one = built.calls.to_pylist()[0]
    assert (one["fetched_at"], one["source"], one["account"], one["dialect"]) == (
        fetched, "2026-11-16.jsonl.gz", "main", "call_report",
    )  # fmt: skip
    assert build([page(record())]).calls.to_pylist()[0]["source"] is None


def test_unknown_lines_and_keys_are_counted_without_names_and_numbers():
    flow = [
        " Call parked for 447700900417 (Ann) at 27-Mar-2020 06:02:00",
        " Call parked for 447700900417 (Bo)",
    ]
    built = build([page(record("1", {"call_flow": flow}, mood="calm"))])
    assert built.unknown_lines == {"Call parked for …417 (…)": 2}
    assert built.unknown_keys == {"mood": 1}
    assert built.calls["n_unknown_steps"].to_pylist() == [2]


def test_the_fingerprint_tells_what_tables_depend_on():
    prints = [
        fingerprint(Options()),
        fingerprint(Options(time_zone="Asia/Kolkata")),
        fingerprint(Options(country="IE")),
        fingerprint(Options(agents={"201": "Sam Example"})),
        fingerprint(Options(grammar=[{"pattern": "x", "step": "menu"}])),
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint(Options()) == prints[0]


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("CALLS", (replace(CALLS[0], vendor={"call_report": ("id",)}), *CALLS[1:])),
        ("EVENTS", (*EVENTS, replace(EVENTS[0], name="more"))),
        ("KINDS", {"Fax": "other"}),
        ("CAUSES", {}),
    ],
)
def test_a_row_of_any_table_changes_the_fingerprint(table, rows, monkeypatch):
    before = fingerprint(Options())
    monkeypatch.setattr(f"callkit.tables.tidy.{table}", rows)
    assert fingerprint(Options()) != before


numbers = st.integers(-5, 10**12) | st.floats(allow_nan=False, allow_infinity=False)
odd_values = st.none() | st.text(max_size=5) | numbers | st.lists(st.text(max_size=3))
odd_records = st.one_of(
    st.builds(
        lambda key, name, value: record(key, **{name: value}),
        st.sampled_from("123"), st.sampled_from([*RECORD, "odd"]), odd_values,
    ),
    st.builds(
        lambda key, name, value: record(key, {name: value}),
        st.sampled_from("123"), st.sampled_from([*RECORD["call_stats"], "odd"]), odd_values,
    ),
    odd_values,
)  # fmt: skip


@given(st.lists(st.lists(odd_records, max_size=4), max_size=4))
def test_every_record_is_accounted_for(pages):
    built = build([page(*records) for records in pages])
    assert built.received == sum(len(records) for records in pages)
    assert built.received == built.calls.num_rows + built.duplicates + len(built.quarantined)
    assert built.events.num_rows == sum(built.calls["n_steps"].to_pylist())
    assert len(set(built.calls["call_key"].to_pylist())) == built.calls.num_rows
    assert isinstance(built.calls, pa.Table)
