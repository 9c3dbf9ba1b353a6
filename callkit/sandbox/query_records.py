"""The query parameters of ``GET /v1/call/records``, read into a question."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from callkit.errors import UsageError
from callkit.sandbox import query
from callkit.sandbox.business import TIME_ZONE
from callkit.sandbox.query import Query, Test
from callkit.sandbox.truth import TrueCall
from callkit.sandbox.wire_facts import status
from callkit.sandbox.wire_records import object_id, our_number, service

PATH = "/v1/call/records"
PARAMETERS = (
    "from_date", "to_date", "page", "limit", "agents", "department", "ivr", "call_type", "callerid", "destination",
    "direction", "duration", "operator", "services", "broadcast", "did_number", "call_id",
)  # fmt: skip
LARGEST_DAYS = 31


def _client(call: TrueCall) -> str:
    return (call.caller or "").removeprefix("+")


def _ours(call: TrueCall) -> str:
    return our_number(call).removeprefix("+")


def _destination(call: TrueCall) -> str:
    return _ours(call) if call.did else _client(call)


_NUMBERS: Mapping[str, Callable[[TrueCall], str]] = {
    "callerid": _client, "destination": _destination, "did_number": _ours,
}  # fmt: skip
_WORDS: Mapping[str, Mapping[str, Test]] = {
    "call_type": {"c": lambda call: status(call) == "answered", "m": lambda call: status(call) == "missed"},
    "direction": {"inbound": lambda call: call.did is not None, "outbound": lambda call: call.did is None},
}
_LISTS: Mapping[str, Callable[[TrueCall], set[str]]] = {  # what of a call a comma list may name
    "agents": lambda call: {f"agent|{call.agent}"},
    "department": lambda call: _ids(call, "forwarded", "Department"),
    "ivr": lambda call: _ids(call, "menu", "IVR"),
    "services": lambda call: {service(call).lower()},
    "broadcast": lambda _: set(),
}


def parse(given: Mapping[str, str], now: datetime) -> Query:
    """
    Read the parameters of a request.

    Raises
    ------
    UsageError
        A parameter is unknown or has a value that cannot be read, or the window is longer than a month.
    """
    given = query.read(given, PARAMETERS)
    since, until = query.window(given, TIME_ZONE, now, LARGEST_DAYS)
    page, limit = query.whole(given, "page", 1), query.whole(given, "limit", query.DEFAULT_LIMIT)
    if page < 1 or limit < 1:
        raise UsageError(f"limit {limit} or page {page} is out of range; both begin at 1.")
    return Query("call_records", since, until, tuple(_tests(given)), page, min(limit, query.LARGEST_LIMIT))


def _tests(given: Mapping[str, str]) -> list[Test]:
    tests = [query.is_number(field, given[name]) for name, field in _NUMBERS.items() if name in given]
    tests += [query.one_of(given, name, words, "") for name, words in _WORDS.items() if name in given]
    tests += [_is_listed(field, given[name]) for name, field in _LISTS.items() if name in given]
    if "duration" in given:
        tests.append(query.compares(lambda call: call.duration_s, given, "duration", "operator"))
    if "call_id" in given:
        tests.append(lambda call: call.call_id == given["call_id"])
    return tests


def _is_listed(field: Callable[[TrueCall], set[str]], wanted: str) -> Test:
    names = {re.sub(r"\|+", "|", name).strip().lower() for name in wanted.split(",")}
    return lambda call: not names.isdisjoint(field(call))


def _ids(call: TrueCall, step: str, kind: str) -> set[str]:
    return {object_id(kind, s.target) for s in call.route if s.step == step}
