"""From a question to the calls it asks for; and what the parameters of both endpoints are read with."""

import operator
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from callkit import clock
from callkit.clock import WALL_FORMAT
from callkit.errors import CallkitError, UsageError
from callkit.periods import Week
from callkit.sandbox import wire
from callkit.sandbox.business import TIME_ZONE
from callkit.sandbox.truth import TrueCall
from callkit.sandbox.wire import Sent

Test = Callable[[TrueCall], bool]

DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100
DEFAULT_DAYS = 7
FIRST_YEAR, LAST_YEAR = 2000, 2100
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le, "!=": operator.ne, "=": operator.eq,
}  # fmt: skip


def started(call: TrueCall) -> int:
    """Return when a call began."""
    return call.started


@dataclass(frozen=True)
class Query:
    """
    A question for calls.

    Parameters
    ----------
    dialect
        Wire form of the answer.
    since, until
        First and last second a call may begin in, UTC epoch.
    tests
        What a call must pass besides.
    page, limit
        Which of the pages, and its length.
    time_zone
        Zone of the stamps in the answer.
    key, is_descending
        What the calls are ordered by.
    """

    dialect: str
    since: int
    until: int
    tests: tuple[Test, ...]
    page: int
    limit: int
    time_zone: str = TIME_ZONE
    key: Callable[[TrueCall], Any] = started
    is_descending: bool = True


@dataclass(frozen=True)
class Found:
    """How many calls there are in the window, how many fit the question, and those on the page."""

    n_total: int
    n_filtered: int
    on_page: list[Sent]


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
        calls = wire.sent(week, seed, query.time_zone, query.dialect)
        begins = bisect_left(calls, query.since, key=lambda item: item.call.started)
        found += calls[begins : bisect_right(calls, query.until, key=lambda item: item.call.started)]
        week = week.shift(1)
    return found


def _day(epoch: int) -> date:
    return clock.wall(datetime.fromtimestamp(epoch, UTC), TIME_ZONE).date()


def read(given: Mapping[str, str], parameters: tuple[str, ...]) -> dict[str, str]:
    """
    Return the parameters that are sent and not empty.

    Raises
    ------
    UsageError
        A parameter is unknown.
    """
    if unknown := sorted(set(given) - {*parameters}):
        raise UsageError(f"{unknown[0]!r} is not a parameter; the parameters are {', '.join(parameters)}.")
    return {name: value.strip() for name, value in given.items() if value.strip()}


def window(given: Mapping[str, str], time_zone: str, now: datetime, longest: int) -> tuple[int, int]:
    """
    Return first and last second of the window asked for, up to now, in UTC epoch seconds.

    Raises
    ------
    UsageError
        A bound or the zone cannot be read, or the window is longer than so many days.
    """
    try:
        clock.zone(time_zone)
    except CallkitError as error:
        raise UsageError(str(error)) from error
    present = clock.wall(now, time_zone)
    until = _moment(given, "to_date", present, is_end=True)
    since = _moment(given, "from_date", until - timedelta(days=DEFAULT_DAYS), is_end=False)
    if not timedelta(0) <= until - since <= timedelta(days=longest):
        raise UsageError(f"from_date {since} to to_date {until} is not a span of 0 to {longest} days.")
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


def is_number(field: Callable[[TrueCall], str], wanted: str) -> Test:
    """Return a test for a number in any usual writing; the field gives it international and without the plus."""
    digits = _digits(wanted)
    return lambda call: bool(digits) and field(call) == digits


def compares(field: Callable[[TrueCall], int], given: Mapping[str, str], name: str, how: str) -> Test:
    """Return the test of a number of seconds against a parameter, by the operator of another one."""
    holds, wanted = one_of(given, how, _OPERATORS, "="), whole(given, name, 0)
    return lambda call: holds(field(call), wanted)


def _digits(number: str) -> str:
    """Write a number as our records do: international, without the plus."""
    digits = re.sub(r"\D", "", number).removeprefix("00")
    return f"44{digits[1:]}" if digits.startswith("0") else digits


def one_of(given: Mapping[str, str], name: str, choices: Mapping[str, Any], otherwise: str) -> Any:
    """Return what a parameter chooses."""
    value = given.get(name, otherwise)
    if value not in choices:
        raise UsageError(f"{name} {value!r} is not one of {', '.join(choices)}.")
    return choices[value]


def whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    """Return a parameter that is a whole number."""
    value = given.get(name, str(otherwise))
    if not re.fullmatch(r"\d{1,9}", value):
        raise UsageError(f"{name} {value!r} is not a whole number.")
    return int(value)
