"""Columns of `calls`, on records that differ from the vendor's own in one thing."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.errors import PageError
from callkit.privacy import e164
from callkit.tables.parties import callers
from callkit.tables.tidy import tidy
from tests.dialects.records import page, record

ANSWERED = [
    "Call received on 442079460100 at 27-Mar-2020 06:01:57",
    " Call forwarded to Ring Group (Sales) at 27-Mar-2020 06:01:59",
    " Dialed Extension (201) at 27-Mar-2020 06:02:00",
    " Call answered by Extension (201) at 27-Mar-2020 06:02:07",
    " Extension (201) hanged up the call at 27-Mar-2020 06:02:57",
]


def instants(*texts):
    return [pd.Timestamp(text, tz="UTC") for text in texts]


def call(stats=(), options=None, **fields):
    return tidy(page(record("1", stats, **fields)), **(options or {})).calls.iloc[0]


def test_a_call_without_ids_is_named_by_its_record():
    bare = {"call_id": "", "unique_id": None}
    keys = [call(bare | stats, id=n)["call_key"] for n, stats in enumerate([{}, {}, {"call_duration": 5}])]
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith("h:")
    assert call({"call_id": "NULL", "unique_id": 77})["call_key"] == "77"


def test_an_answered_call():
    stats = {"call_flow": ANSWERED, "answer_time": "50", "call_duration": "60"}
    fields = {"status": "answered", "call_answered_by": 201, "source": "07700900417", "reason_key": ""}
    one = call(stats, {"agents": {"201": "Sam Example"}}, **fields)
    assert (one["outcome"], one["outcome_evidence"], one["wait_s"], one["talk_s"]) == (
        "answered",
        "talk",
        8.0,
        50.0,
    )
    assert (one["agent_id"], one["agent_name"], one["answered_by_raw"]) == ("201", "Sam Example", "201")
    assert (one["caller"], one["did"], one["ended_by"]) == ("+447700900417", "+442079460100", "callee")
    assert one["answered_at"] == pd.Timestamp("2020-03-27 06:02:07", tz="UTC")


def test_the_flow_names_the_agent_where_the_settings_do_not():
    stats = {"call_flow": ANSWERED, "answer_time": 50, "call_duration": 60}
    assert call(stats)["agent_name"] == "201"
    assert call(stats, {"agents": {"201": "Sam Example"}})["agent_name"] == "Sam Example"


def test_an_outbound_call():
    flow = [
        "Call placed by Extension (201) at 27-Mar-2020 06:01:57",
        " Dialed Number (447700900417) at 27-Mar-2020 06:01:58",
        " Call answered by Number (447700900417) at 27-Mar-2020 06:02:03",
        " Number (447700900417) hanged up the call at 27-Mar-2020 06:02:33",
    ]
    stats = {"call_flow": flow, "answer_time": 30, "call_duration": 36}
    one = call(stats, call_hint="outbound", source="201", destination="447700900417", status="answered")
    assert (one["direction"], one["caller"], one["outcome"]) == ("outbound", "+447700900417", "answered")
    assert (one["agent_name"], one["ended_by"], one["wait_s"]) == ("201", "caller", 5.0)
    assert pd.isna(one["did"])


@pytest.mark.parametrize(
    ("source", "caller"),
    [
        ("447700900417", "+447700900417"), ("+447700900417", "+447700900417"), ("07700900417", "+447700900417"),
        ("020 7946 0958", "+442079460958"), ("12345", None), ("anonymous", None), ("", None), (None, None),
        ("4420XXXXX021", None), (447700900417, "+447700900417"),
    ],
)  # fmt: skip
def test_callers_in_e164(source, caller):
    got = call(source=source)["caller"]
    assert (None if pd.isna(got) else got) == caller


@given(st.from_regex(r"\A(\+?44|0)?[0-9]{6,11}\Z"))
def test_callers_are_read_alike_at_once_and_alone(text):
    assert callers(pa.array([text]), "GB").to_pylist() == [e164(text, "GB")]


def test_callers_are_read_by_the_country():
    assert call({}, {"country": "IE"}, source="442079460958")["caller"] == "+442079460958"
    assert pd.isna(call({}, {"country": "IE"}, source="anonymous")["caller"])


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://rec.example/file?callId=1.2&type=rec&token=secret", "https://rec.example/file"),
        ("https://user:secret@rec.example/a.mp3#secret", "https://rec.example/a.mp3"),
        ("https://rec.example/a.mp3", "https://rec.example/a.mp3"),
    ],
)
def test_a_recording_link_loses_its_token(link, url):
    one = call(recording_file_link=link)
    assert (one["recording_url"], one["has_recording"]) == (url, True)


@pytest.mark.parametrize("link", [None, "", "NULL"])
def test_no_link_is_no_recording(link):
    assert not call(recording_file_link=link)["has_recording"]


@pytest.mark.parametrize(
    ("service", "kind", "name"),
    [
        ("Ring Group (Sales (night))", "Ring Group", "Sales (night)"), ("Fax", None, "Fax"), ("", None, None),
        ("NULL", None, None), (None, None, None), ("Extension ()", "Extension", None),
    ],
)  # fmt: skip
def test_services(service, kind, name):
    one = call(service=service)
    got = [None if pd.isna(one[column]) else one[column] for column in ("service_kind", "service_name")]
    assert got == [kind, name]


@pytest.mark.parametrize(
    ("hint", "direction"),
    [("inbound", "inbound"), ("Dialer (outbound)", "outbound"), ("click_to_call", "outbound"), ("", "unknown"),
     (None, "unknown"), ("internal", "unknown")],
)  # fmt: skip
def test_directions(hint, direction):
    assert call(call_hint=hint)["direction"] == direction


def test_the_hour_that_happens_twice_is_told_by_the_epoch():
    flow = [
        "Call received on 442079460100 at 25-Oct-2026 01:30:00",
        " Call forwarded to Ring Group (Sales) at 25-Oct-2026 01:30:05",
        " Caller hanged up the call",
    ]
    for epoch, hour in ((1792888200, "00"), (1792891800, "01")):
        stats = {"call_flow": flow, "call_id": f"{epoch}.1", "call_duration": 20}
        calls, events = tidy(page(record("1", stats, date="25-Oct-2026 01:30:00", reason_key="")))
        assert calls["started_at"].tolist() == instants(f"2026-10-25 {hour}:30:00")
        assert events["at"].tolist() == instants(*(f"2026-10-25 {hour}:30:{s}" for s in ("00", "05", "20")))
        assert calls["contradictions"].isna().all()
        assert calls["wait_s"].tolist() == [15.0]


def test_a_call_across_the_change_lasts_as_long_as_it_did():
    flow = [
        "Call received on 442079460100 at 29-Mar-2026 00:59:50",
        " Call forwarded to Ring Group (Sales) at 29-Mar-2026 00:59:55",
        " Call answered by Extension (201) at 29-Mar-2026 02:00:05",
    ]
    stats = {"call_flow": flow, "call_id": "1774745990.1", "call_duration": 60, "answer_time": 45}
    one = call(stats, date="29-Mar-2026 00:59:50", status="answered", reason_key="")
    assert (one["wait_s"], one["answered_at"]) == (10.0, pd.Timestamp("2026-03-29 01:00:05", tz="UTC"))


@pytest.mark.parametrize(
    ("stats", "fields", "local"),
    [
        ({}, {"date": "2020-03-27 06:01:57"}, "2020-03-27 06:01:57"),
        ({}, {"date": None}, "2020-03-27 06:01:57"),
        ({"connection_time": None}, {"date": "soon"}, "2020-03-27 06:01:57"),
        ({"connection_time": None, "call_id": "x"}, {"date": "soon"}, None),
    ],
)
def test_starts_are_found_where_they_stand(stats, fields, local):
    one = call(stats, **fields)
    assert (None if pd.isna(one["started_local"]) else str(one["started_local"])) == local
    assert pd.isna(one["started_at"]) == (local is None)


def test_dates_of_another_form_stop_the_build():
    stats = {"call_date": "27/03/2020"}
    with pytest.raises(
        PageError,
        match="date of 20 of 20 records cannot be read .the first is of the form '99/99/9999 99:99'",
    ):
        tidy(page(*(record(f"{n}", stats, date="27/03/2020 06:01") for n in range(20))))


@pytest.mark.parametrize(
    ("sent", "kept"), [(1e300, None), (10**9, None), (-1, None), ("1e400", None), (7_200, 7200.0)]
)
def test_lengths_no_call_has_are_not_read(sent, kept):
    one = call({"call_duration": sent})
    assert (None if pd.isna(one["duration_s"]) else one["duration_s"]) == kept
    assert pd.isna(one["ended_at"]) == (kept is None)
    assert ("unreadable call_duration" in one["contradictions"]) == (kept is None)


def test_a_charge_may_be_paid_back():
    assert call({"total_charges": "-0.25"})["charge"] == -0.25
