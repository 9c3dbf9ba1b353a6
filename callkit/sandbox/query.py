"""The sixteen query parameters: from text to a question, and from a question to the calls it asks for."""

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from callkit import clock
from callkit.clock import WALL_FORMAT, Week
from callkit.errors import CallkitError, UsageError
from callkit.sandbox import wire
from callkit.sandbox.business import TIME_ZONE
from callkit.sandbox.truth import TrueCall
from callkit.sandbox.wire import Sent

Test = Callable[[TrueCall], bool]

PARAMETERS = (
    "did", "dest_num", "bill_sec", "call_id", "bill_sec_operator", "call_status", "src_num", "limit", "operator",
    "sort", "order", "time_zone", "to_date", "page", "from_date", "call_duration",
)  # fmt: skip
DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100
DEFAULT_DAYS, LARGEST_DAYS = 7, 366
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _client(call: TrueCall) -> str:
    return (call.caller or "").removeprefix("+")


def _did(call: TrueCall) -> str:
    return (call.did or "").removeprefix("+")


def _source(call: TrueCall) -> str:
    return _client(call) if call.did else str(call.route[0].target)


def _destination(call: TrueCall) -> str:
    return _did(call) or _client(call)


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "!=": operator.ne, "=": operator.eq,
}  # fmt: skip
_SORTS: Mapping[str, Callable[[TrueCall], Any]] = {
    "id": lambda call: call.record_id,
    "date": lambda call: call.started,
    "call_duration": lambda call: call.duration_s,
    "ring_time": wire.ring_time,
    "answer_time": lambda call: call.talk_s,
    "bill_sec": wire.bill_s,
    "source": _source,
    "destination": _destination,
    "status": wire.status,
    "service": lambda call: call.service,
}
_NUMBERS: Mapping[str, Callable[[TrueCall], str]] = {
    "did": _did, "dest_num": _destination, "src_num": _source, "call_id": _client,
}  # fmt: skip
_SECONDS: Mapping[str, tuple[str, Callable[[TrueCall], int]]] = {
    "call_duration": ("operator", lambda call: call.duration_s),
    "bill_sec": ("bill_sec_operator", wire.bill_s),
}


@dataclass(frozen=True)
class Query:
    """
    A question for calls.

    Parameters
    ----------
    since, until
        First and last second a call may begin in, UTC epoch.
    tests
        What a call must pass besides.
    key, is_descending
        What the calls are ordered by.
    page, limit
        Which of the pages, and its length.
    time_zone
        Zone of the stamps in the answer.
    """

    since: int
    until: int
    tests: tuple[Test, ...]
    key: Callable[[TrueCall], Any]
    is_descending: bool
    page: int
    limit: int
    time_zone: str


@dataclass(frozen=True)
class Found:
    """How many calls there are in the window, how many fit the question, and those on the page."""

    n_total: int
    n_filtered: int
    on_page: list[Sent]


def parse(given: Mapping[str, str], now: datetime) -> Query:
    """
    Read the parameters of a request.

    Raises
    ------
    UsageError
        A parameter is unknown or has a value that cannot be read.
    """
    if unknown := sorted(set(given) - {*PARAMETERS}):
        raise UsageError(f"{unknown[0]!r} is not a parameter; the parameters are {', '.join(PARAMETERS)}.")
    given = {name: value.strip() for name, value in given.items() if value.strip()}
    time_zone = given.get("time_zone", TIME_ZONE)
    since, until = _window(given, time_zone, now)
    key = _one_of(given, "sort", _SORTS, "date")
    descending = _one_of(given, "order", {"asc": False, "desc": True}, "desc")
    page = _whole(given, "page", 1)
    limit = _whole(given, "limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT or page < 1:
        raise UsageError(
            f"limit {limit} or page {page} is out of range; limit is 1 to {LARGEST_LIMIT}, page from 1."
        )
    return Query(since, until, tuple(_tests(given)), key, descending, page, limit, time_zone)


def find(query: Query, seed: int, now: datetime) -> Found:
    """Return the calls that have ended by `now` and answer the question, as a page of them."""
    limit = now.timestamp()
    total = [item for item in _begun(query, seed) if item.call.ended <= limit]
    fitting = [item for item in total if all(test(item.call) for test in query.tests)]
    fitting.sort(key=lambda item: (query.key(item.call), item.call.record_id), reverse=query.is_descending)
    first = (query.page - 1) * query.limit
    return Found(len(total), len(fitting), fitting[first : first + query.limit])


def _begun(query: Query, seed: int) -> list[Sent]:
    first, last = (_day(s) for s in (query.since, query.until))
    found: list[Sent] = []
    week = Week.of(first)
    while week.start <= last:
        calls = wire.sent(week, seed, query.time_zone)
        begins = bisect_left(calls, query.since, key=_started)
        found += calls[begins : bisect_right(calls, query.until, key=_started)]
        week = week.shift(1)
    return found


def _day(epoch: int) -> date:
    return clock.wall(datetime.fromtimestamp(epoch, UTC), TIME_ZONE).date()


def _started(item: Sent) -> int:
    return item.call.started


def _window(given: Mapping[str, str], time_zone: str, now: datetime) -> tuple[int, int]:
    try:
        clock.zone(time_zone)
    except CallkitError as error:
        raise UsageError(str(error)) from error
    present = clock.wall(now, time_zone)
    until = _moment(given, "to_date", present, is_end=True)
    since = _moment(given, "from_date", until - timedelta(days=DEFAULT_DAYS), is_end=False)
    if not timedelta(0) <= until - since <= timedelta(days=LARGEST_DAYS):
        raise UsageError(f"from_date {since} to to_date {until} is not a span of 0 to {LARGEST_DAYS} days.")
    bounds = (int(clock.instant(moment, time_zone).timestamp()) for moment in (since, until))
    return next(bounds), min(next(bounds), int(now.timestamp()))


def _moment(given: Mapping[str, str], name: str, otherwise: datetime, *, is_end: bool) -> datetime:
    text = given.get(name)
    if text is None:
        return otherwise.replace(microsecond=0)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        text += " 23:59:59" if is_end else " 00:00:00"
    try:
        moment = datetime.strptime(text, WALL_FORMAT)  # noqa: DTZ007 (a wall clock)
    except ValueError as error:
        raise UsageError(f"{name} {text!r} is not a time; write it like 2026-11-16 08:00:00.") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise UsageError(f"{name} {text!r} is not in the years {FIRST_YEAR} to {LAST_YEAR}.")
    return moment


def _tests(given: Mapping[str, str]) -> list[Test]:
    tests = [_is_number(field, given[name]) for name, field in _NUMBERS.items() if name in given]
    if "call_status" in given:
        wanted = _one_of(given, "call_status", {"answered": "answered", "missed": "missed"}, "")
        tests.append(lambda call: wire.status(call) == wanted)
    for name, (how, seconds) in _SECONDS.items():
        if name in given:
            tests.append(_compares(seconds, _one_of(given, how, _OPERATORS, "="), _whole(given, name, 0)))
    return tests


def _is_number(field: Callable[[TrueCall], str], wanted: str) -> Test:
    digits = _digits(wanted)
    return lambda call: bool(digits) and field(call) == digits


def _compares(field: Callable[[TrueCall], int], how: Callable[[Any, Any], bool], wanted: int) -> Test:
    return lambda call: how(field(call), wanted)


def _digits(number: str) -> str:
    """Write a number as our records do: international, without the plus."""
    digits = re.sub(r"\D", "", number).removeprefix("00")
    return f"44{digits[1:]}" if digits.startswith("0") else digits


def _one_of(given: Mapping[str, str], name: str, choices: Mapping[str, Any], otherwise: str) -> Any:
    value = given.get(name, otherwise)
    if value not in choices:
        raise UsageError(f"{name} {value!r} is not one of {', '.join(choices)}.")
    return choices[value]


def _whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    value = given.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,9}", value):
        raise UsageError(f"{name} {value!r} is not a whole number.")
    return int(value)
