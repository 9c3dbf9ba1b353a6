"""The sixteen query parameters of ``GET /v1/call_report``, read into a question."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from callkit.errors import UsageError
from callkit.sandbox import query
from callkit.sandbox.business import TIME_ZONE
from callkit.sandbox.query import Query, Test
from callkit.sandbox.truth import TrueCall
from callkit.sandbox.wire_facts import bill_s, ring_time, status

PATH = "/v1/call_report"
PARAMETERS = (
    "did", "dest_num", "bill_sec", "call_id", "bill_sec_operator", "call_status", "src_num", "limit", "operator",
    "sort", "order", "time_zone", "to_date", "page", "from_date", "call_duration",
)  # fmt: skip
LARGEST_DAYS = 366


def _client(call: TrueCall) -> str:
    return (call.caller or "").removeprefix("+")


def _did(call: TrueCall) -> str:
    return (call.did or "").removeprefix("+")


def _source(call: TrueCall) -> str:
    return _client(call) if call.did else str(call.route[0].target)


def _destination(call: TrueCall) -> str:
    return _did(call) or _client(call)


_SORTS: Mapping[str, Callable[[TrueCall], Any]] = {
    "id": lambda call: call.record_id,
    "date": lambda call: call.started,
    "call_duration": lambda call: call.duration_s,
    "ring_time": ring_time,
    "answer_time": lambda call: call.talk_s,
    "bill_sec": bill_s,
    "source": _source,
    "destination": _destination,
    "status": status,
    "service": lambda call: call.service,
}
_NUMBERS: Mapping[str, Callable[[TrueCall], str]] = {
    "did": _did, "dest_num": _destination, "src_num": _source, "call_id": _client,
}  # fmt: skip
_SECONDS: Mapping[str, tuple[str, Callable[[TrueCall], int]]] = {
    "call_duration": ("operator", lambda call: call.duration_s),
    "bill_sec": ("bill_sec_operator", bill_s),
}


def parse(given: Mapping[str, str], now: datetime) -> Query:
    """
    Read the parameters of a request.

    Raises
    ------
    UsageError
        A parameter is unknown or has a value that cannot be read.
    """
    given = query.read(given, PARAMETERS)
    time_zone = given.get("time_zone", TIME_ZONE)
    since, until = query.window(given, time_zone, now, LARGEST_DAYS)
    key = query.one_of(given, "sort", _SORTS, "date")
    descending = query.one_of(given, "order", {"asc": False, "desc": True}, "desc")
    page = query.whole(given, "page", 1)
    limit = query.whole(given, "limit", query.DEFAULT_LIMIT)
    if not 1 <= limit <= query.LARGEST_LIMIT or page < 1:
        raise UsageError(
            f"limit {limit} or page {page} is out of range; limit is 1 to {query.LARGEST_LIMIT}, page from 1."
        )
    return Query("call_report", since, until, tuple(_tests(given)), page, limit, time_zone, key, descending)


def _tests(given: Mapping[str, str]) -> list[Test]:
    tests = [query.is_number(field, given[name]) for name, field in _NUMBERS.items() if name in given]
    if "call_status" in given:
        wanted = query.one_of(given, "call_status", {"answered": "answered", "missed": "missed"}, "")
        tests.append(lambda call: status(call) == wanted)
    for name, (how, seconds) in _SECONDS.items():
        if name in given:
            tests.append(query.compares(seconds, given, name, how))
    return tests
