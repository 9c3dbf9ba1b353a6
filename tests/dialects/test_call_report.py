"""The request of GET /v1/call_report, and what a page says about itself."""

import json
from datetime import datetime

import pytest

from callkit.dialects import RawPage
from callkit.dialects.call_report import LIMIT, PATH, envelope, query, records, with_records
from callkit.errors import PageError

PAGE = {"total_records": "3", "filtered_records": 2, "page_records": "1", "page": "1", "data": [{"id": 1}]}


def test_a_window_is_asked_for_up_to_its_last_second():
    asked = query(
        datetime(2026, 11, 16), datetime(2026, 11, 17), 2, time_zone="Europe/London", did="442079460100"
    )
    assert asked == {
        "from_date": "2026-11-16 00:00:00",
        "to_date": "2026-11-16 23:59:59",
        "time_zone": "Europe/London",
        "page": "2",
        "limit": "100",
        "did": "442079460100",
    }
    assert (PATH, LIMIT) == ("/v1/call_report", 100)


def test_the_envelope_is_read_from_text_and_numbers():
    assert envelope(json.dumps(PAGE).encode())[:5] == (3, 2, 1, 1, 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"total_records": "N.A.", "page": None}, (None, 2, 1, None, 1)),
        ({"data": {"0": {}, "1": {}}}, (3, 2, 1, 1, 2)),
        ({"data": []}, (3, 2, 1, 1, 0)),
        ({"success": True}, (3, 2, 1, 1, 1)),
    ],
)
def test_the_envelope_is_patient(change, expected):
    assert envelope(json.dumps(PAGE | change).encode())[:5] == expected


def test_a_byte_order_mark_is_no_matter():
    assert envelope(b"\xef\xbb\xbf" + json.dumps(PAGE).encode()).n_records == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  <!DOCTYPE html><html>", "HTML page"),
        (json.dumps(PAGE).encode()[:-9], "cut short"),
        (b"oops", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'{"success": "false", "message": "Too many requests."}', "Too many requests"),
        (b'{"success": false, "data": []}', "no message"),
        (b'{"message": "Missing Authentication Token"}', "its keys: message"),
        (b'{"data": null}', "not a list of records"),
        (b'{"data": "none"}', "not a list of records"),
    ],
)
def test_what_is_no_page_is_refused(body, says):
    with pytest.raises(PageError, match=says):
        envelope(body)


def test_a_record_sent_twice_is_known_by_its_index_and_statistics():
    first = {"id": 1, "call_stats": {"call_id": "1.1"}, "recording_file_link": None}
    others = [
        first | {"recording_file_link": "https://recordings.example/1"},
        first | {"id": 2},
        first | {"call_stats": {"call_id": "1.2"}},
        first | {"call_stats": []},
        first | {"call_stats": [], "id": 2},
    ]
    ids = envelope(json.dumps(PAGE | {"data": [first, *others]}).encode()).identities
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_page_with_fewer_records_is_else_the_same(mark):
    body = mark + b'{"note": [{"id":1}], "data" :[ {"id":1} , {"id":  2} ],\n "page":"1"}'
    assert with_records(body, records(body)) == body
    assert (
        with_records(body, records(body)[1:])
        == mark + b'{"note": [{"id":1}], "data" :[{"id":  2}],\n "page":"1"}'
    )
    assert records(with_records(body, [])) == []


def test_a_raw_page_needs_only_its_bytes():
    assert RawPage(b"{}") == (b"{}", None, "")
