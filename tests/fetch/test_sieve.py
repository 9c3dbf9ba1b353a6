from datetime import UTC, datetime

import msgspec
import pytest

from callkit.errors import UsageError
from callkit.fetch.filters import checked, require_span
from callkit.fetch.sieve import Sieve

START = datetime(2026, 11, 16)
OURS, THEIRS = "442079460100", "+447700900417"
REPORT = {
    "id": 7,
    "source": "07700900417",
    "forward_to_number": "020 7946 0200 Extension (201)",
    "status": "missed",
    "call_stats": {
        "call_id": "1795165201.77",
        "call_duration": "42",
        "bill_sec": 0,
        "call_flow": [
            "Call received on +44 20 7946 0100 at 16-Nov-2026 09:00:01",
            " Caller hanged up the call",
        ],
    },
}
RECORDS = {
    "call_id": "1795165201.77",
    "uuid": "6a0000017",
    "client_number": THEIRS,
    "did_number": OURS,
    "agent_number": "Extension-0602079460300",
    "status": "Missed",
    "call_duration": 42,
    "call_flow": [{"type": "init", "value": "1795165201.77"}],
}


def fits(record, **filters):
    sieve = Sieve(checked(filters), "GB")
    return len(sieve.sift([msgspec.Raw(msgspec.json.encode(record))])) == 1


@pytest.mark.parametrize(
    "writing", ["07700900417", "+447700900417", "447700900417", "0044 7700 900417", "(07700) 900-417"]
)
@pytest.mark.parametrize("record", [REPORT, RECORDS], ids=["call_report", "call_records"])
def test_a_number_fits_in_any_writing(record, writing):
    assert all(fits(record, **{name: writing}) for name in ("src_num", "did", "dest_num", "call_id"))
    assert not fits(record, src_num=writing[:-1] + "8")


def test_our_number_is_found_where_it_stands():
    assert fits(REPORT, did="020 7946 0100")  # only the flow says it
    assert fits(REPORT, did="+442079460200")  # only forward_to_number does
    assert fits(RECORDS, did="020 7946 0100")
    assert not fits(RECORDS, did="020 7946 0300")  # a seat is no number


@pytest.mark.parametrize("shape", [str, lambda lines: {str(n): line for n, line in enumerate(lines)}])
def test_a_flow_in_another_shape_is_searched_too(shape):
    stats = {"call_flow": shape(REPORT["call_stats"]["call_flow"])}
    assert fits({"call_stats": stats}, did=OURS)


def test_call_id_fits_the_client_and_the_call_but_not_our_number():
    for record in (REPORT, RECORDS):
        assert fits(record, call_id="1795165201.77")
        assert fits(record, call_id="07700 900417")
        assert not fits(record, call_id=OURS)
    assert fits(RECORDS, call_id="6a0000017")
    assert fits(REPORT, call_id="7")


@pytest.mark.parametrize(
    ("operator", "kept"), [(None, {42}), (">", {41}), ("<", {43}), (">=", {41, 42}), ("<=", {42, 43}), ("!=", {41, 43})]
)  # fmt: skip
def test_seconds_compare(operator, kept):
    for record in (REPORT, RECORDS):
        assert {s for s in (41, 42, 43) if fits(record, call_duration=s, operator=operator)} == kept


def test_a_record_that_does_not_say_is_kept_and_told(caplog):
    sieve = Sieve(checked({"call_duration": 5, "call_status": "missed"}), "GB")
    silent = [
        b'{"call_stats": []}',
        b'{"call_duration": "N.A.", "status": ""}',
        b'{"half": "\\ud83d"}',
        b"[7]",
    ]
    records = [msgspec.Raw(raw) for raw in silent]
    assert sieve.sift(records) == records
    sieve.tell()
    assert caplog.messages == [
        f"{n} of the 4 records do not say what {name} asks; they were kept."
        for name, n in (("call_status", 2), ("call_duration", 2))
    ]


def test_every_ignored_filter_is_named_with_its_count(caplog):
    sieve = Sieve(checked({"src_num": THEIRS, "call_status": "answered"}), "GB")
    answered = {**RECORDS, "status": "answered"}
    other = {**answered, "client_number": "+447700900555"}
    sieve.sift([msgspec.Raw(msgspec.json.encode(r)) for r in (RECORDS, answered, other)])
    sieve.tell()
    assert caplog.messages == [
        "The server ignored call_status (1 do not fit) and src_num (1 do not fit): 2 of the 3 records it sent were "
        "left out."
    ]


@pytest.mark.parametrize(
    ("values", "is_told"),
    [
        ([["9", "10", "11"]], False),
        ([["b", "B", "c"]], False),
        ([["31-Oct-2026 09:00:00", "01-Nov-2026 08:00:00"]], False),
        ([["07700900417", "+447700900555"]], False),
        ([["1", None, "", "2"]], False),
        ([["1", "3"], ["3", "4"]], False),
        ([["1", "3"], ["2", "4"]], False),  # a row moved on to the next page while it was read
        ([["3", "4"], ["1", "2"]], True),
        ([["1", "3", "2"]], True),
        ([], False),
    ],
)
def test_in_order_by_any_way_to_compare(caplog, values, is_told):
    sieve = Sieve(checked({"sort": "service", "order": "asc"}), "GB")
    for page in values:
        sieve.sift([msgspec.Raw(msgspec.json.encode({"service": value})) for value in page])
    sieve.tell()
    told = [m for m in caplog.messages if "ignored" in m]
    assert bool(told) == is_told


def test_each_span_has_an_order_of_its_own(caplog):
    sieve = Sieve(checked({"order": "asc", "sort": "id"}), "GB")
    for ids in ((3, 4), (1, 2)):
        sieve.begin()
        sieve.sift([msgspec.Raw(b'{"id": %d}' % n) for n in ids])
    sieve.tell()
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"did": "sales"}, "did 'sales' cannot be used; give a phone number"),
        ({"src_num": 7700900417}, "src_num …417 cannot be used; give a phone number"),
        ({"call_id": ""}, "call_id '' cannot be used"),
        ({"call_status": "lost"}, "call_status 'lost' cannot be used; give one of answered, missed"),
        ({"call_duration": "30"}, "call_duration '30' cannot be used; give whole seconds"),
        ({"call_duration": -1}, "call_duration -1 cannot be used"),
        ({"bill_sec": True}, "bill_sec True cannot be used"),
        ({"call_duration": 3, "operator": "="}, "operator '=' cannot be used; give one of >, <, >=, <=, !="),
        ({"operator": ">"}, "operator '>' compares nothing; give call_duration in seconds beside it"),
        ({"bill_sec_operator": ">", "call_duration": 3}, "give bill_sec in seconds beside it"),
        ({"sort": "date desc"}, "sort 'date desc' cannot be used; name a field"),
        ({"order": "down"}, "order 'down' cannot be used; give one of asc, desc"),
        ({"callerid": "1"}, "'callerid' is not a filter; the filters are did, dest_num"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(filters, message):
    with pytest.raises(UsageError, match=message):
        checked(filters)


@pytest.mark.parametrize(
    ("since", "until", "limit", "message"),
    [
        (START, START, 100, "is not before until"),
        (START.date(), START, 100, r"since datetime.date\(2026, 11, 16\) cannot be used; give a datetime"),
        (START, START.replace(day=17, tzinfo=UTC), 100, "until .* give a datetime without a zone"),
        (START, START.replace(day=17), 0, "limit 0 cannot be used; give a whole number from 1 to 100"),
        (START, START.replace(day=17), 101, "limit 101 cannot be used"),
        (START, START.replace(day=17), "50", "limit '50' cannot be used"),
    ],
)
def test_a_span_that_cannot_be_asked_for_is_named(since, until, limit, message):
    with pytest.raises(UsageError, match=message):
        require_span(since, until, limit)
