"""The request of GET /v1/call/records, and what a page says about itself."""

import json
from datetime import datetime, timedelta

import pytest

from callkit.dialects import dialect
from callkit.dialects.call_records import LIMIT, LONGEST, PATH, envelope, query, records, with_records
from callkit.errors import PageError, SettingsError, UsageError
from callkit.validation import DIALECTS

PAGE = {"count": 3, "limit": 20, "size": 20, "page": 1, "results": [{"id": "a", "call_id": "1.1"}]}
DAY = datetime(2026, 11, 16), datetime(2026, 11, 17)


def asked(**filters):
    return query(*DAY, 1, time_zone="Europe/London", **filters)


def test_a_window_is_asked_for_without_a_zone():
    assert asked() == {
        "from_date": "2026-11-16 00:00:00", "to_date": "2026-11-16 23:59:59", "page": "1", "limit": "100",
    }  # fmt: skip
    assert PATH == "/v1/call/records"
    assert LIMIT == 100
    assert timedelta(days=28) == LONGEST


@pytest.mark.parametrize(
    ("filters", "sent"),
    [
        ({"did": "442079460100"}, {"did_number": "442079460100"}),
        ({"src_num": "447700900417"}, {"callerid": "447700900417"}),
        ({"call_id": "447700900417"}, {"callerid": "447700900417"}),
        ({"dest_num": "201"}, {"destination": "201"}),
        ({"call_status": "Answered"}, {"call_type": "c"}),
        ({"call_status": "missed"}, {"call_type": "m"}),
        ({"call_duration": 30, "operator": ">="}, {"duration": "30", "operator": ">="}),
    ],
)
def test_filters_are_translated(filters, sent):
    assert asked(**filters).items() >= sent.items()


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"bill_sec": 3}, "no filter 'bill_sec'; it has did, src_num"),
        ({"sort": "date"}, "no filter 'sort'"),
        ({"call_status": "busy"}, "call_status 'busy' is not one"),
        ({"src_num": "1", "call_id": "2"}, "src_num and call_id name two callers"),
    ],
)
def test_a_filter_it_has_not_is_refused(filters, says):
    with pytest.raises(UsageError, match=says):
        asked(**filters)


def test_the_envelope_counts_what_the_filters_leave():
    assert envelope(json.dumps(PAGE).encode())[:5] == (3, 3, None, 1, 1)


def test_a_record_sent_twice_is_known_by_its_ids():
    a, b, bare = {"id": "a", "call_id": "1.1"}, {"id": "b", "call_id": "1.1"}, {"call_id": "1.1"}
    sent = [a, a | {"notes": "late"}, b, bare, bare | {"notes": "late"}, {"id": None, "call_id": None}]
    ids = envelope(json.dumps(PAGE | {"results": sent}).encode()).identities
    assert ids[0] == ids[1]
    assert len(set(ids)) == 5


def test_a_page_with_fewer_records_is_else_the_same():
    body = b'{"count":2,"results":[{"id":"a"},{"id":"b"}],"page":1}'
    assert with_records(body, [bytes(records(body)[0])]) == b'{"count":2,"results":[{"id":"a"}],"page":1}'


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"data": []}', "has no results .its keys: data"),
        (b'{"success": false, "errors": {"message": "Bad dates."}}', 'a failure: "Bad dates."'),
        (b'{"success": false, "errors": ["odd"]}', "a failure: .*odd"),
    ],
)
def test_what_is_no_page_is_refused(body, says):
    with pytest.raises(PageError, match=says):
        envelope(body)


def test_dialects_are_found_by_name():
    paths = [getattr(dialect(name), "PATH", None) for name in DIALECTS]
    assert paths == ["/v1/call_report", "/v1/call/records", None]
    with pytest.raises(SettingsError, match="'callreport' is not known"):
        dialect("callreport")
