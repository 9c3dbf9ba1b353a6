"""The sixteen query parameters of ``GET /v1/call_report``: what each means, how sure that is, and what fits it.

The vendor's page names all sixteen and types them as text, without an example or a list of values; for six of them it
says nothing more. A parameter is *documented* where the page says what it means, and *a reading* where callkit reads
that out of its name, the sample or the sibling API. A server that ignores a filter still answers with records, so
each record is held against the filters here too.
"""

import operator as compare
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from callkit.errors import UsageError
from callkit.privacy import e164, mask_numbers

Status: TypeAlias = Literal["answered", "missed"]
Operator: TypeAlias = Literal[">", "<", ">=", "<=", "!="]
Order: TypeAlias = Literal["asc", "desc"]
Record: TypeAlias = Mapping[str, Any]
Filters: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Record], bool | None]

LARGEST_LIMIT = 100
DOCUMENTED, READING = "documented", "a reading"
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">": compare.gt, "<": compare.lt, ">=": compare.ge, "<=": compare.le, "!=": compare.ne, "": compare.eq,
}  # fmt: skip
_CLIENTS = ("source", "destination", "client_number", "caller_id_num")
_NUMBERS = (
    *_CLIENTS, "call_answered_by", "did_number", "agent_number", "agent_number_with_prefix", "forward_to_number",
)  # fmt: skip
_IDS = ("call_id", "unique_id", "uuid", "id")


def value(record: Record, name: str) -> Any:
    """Return a field of a record, or of its statistics; None where there is none."""
    stats = record.get("call_stats")
    found = record.get(name)
    return stats.get(name) if found is None and isinstance(stats, dict) else found


def canonical(text: str, country: str) -> str:
    """Return a number in one writing: E.164 where it is a whole number, else its digits."""
    return e164(text.strip(), country) or re.sub(r"\D", "", text)


def _numbers(record: Record, names: tuple[str, ...], country: str) -> set[str]:
    texts = [re.split(r"[A-Za-z]", str(value(record, name) or ""), maxsplit=1)[0] for name in names]
    if names is _NUMBERS:
        texts += re.findall(r"received on ([+\d().\s-]+?) at ", str(value(record, "call_flow")))
    return {canonical(text, country) for text in texts}


def _is_number(name: str, fields: tuple[str, ...]) -> Callable[[Filters, str], Test]:
    def make(filters: Filters, country: str) -> Test:
        wanted = canonical(filters[name], country)
        return lambda record: wanted in _numbers(record, fields, country)

    return make


def _is_call(filters: Filters, country: str) -> Test:
    wanted: str = filters["call_id"]
    is_client = _is_number("call_id", _CLIENTS)(filters, country)
    return lambda record: any(str(value(record, n)) == wanted for n in _IDS) or is_client(record)


def _has_status(filters: Filters, _: str) -> Test:
    def fits(record: Record) -> bool | None:
        status = str(value(record, "status") or "").strip().lower()
        return status.startswith(filters["call_status"]) if status else None

    return fits


def _compares(name: str, how: str) -> Callable[[Filters, str], Test]:
    def make(filters: Filters, _: str) -> Test:
        holds = _COMPARISONS[filters.get(how, "")]

        def fits(record: Record) -> bool | None:
            try:
                return holds(float(value(record, name)), filters[name])
            except (TypeError, ValueError):
                return None

        return fits

    return make


class Parameter(NamedTuple):
    """
    A row of the table: one query parameter.

    Parameters
    ----------
    name
        As the vendor's page has it.
    certainty
        `DOCUMENTED` or `READING`.
    meaning
        What callkit takes it to mean.
    test
        Makes, of the filters given and the account's country, what tells whether a record fits (None: the record
        does not say); None for parameters that leave nothing out.
    """

    name: str
    certainty: str
    meaning: str
    test: Callable[[Filters, str], Test] | None = None


PARAMETERS: tuple[Parameter, ...] = (
    Parameter("from_date", DOCUMENTED, "First moment of the span; that it is a wall clock in seconds is a reading."),
    Parameter("to_date", DOCUMENTED, "Last second of the span, included; its format is a reading."),
    Parameter("time_zone", READING, "IANA zone of the wall clock asked in and answered in."),
    Parameter("page", DOCUMENTED, "Number of the page; that it counts from 1 is read from the sample."),
    Parameter("limit", DOCUMENTED, "Records a page, 1 to 100."),
    Parameter("did", DOCUMENTED, "Our number that was called.", _is_number("did", _NUMBERS)),
    Parameter("dest_num", DOCUMENTED, "Number where the call landed.", _is_number("dest_num", _NUMBERS)),
    Parameter("src_num", READING, "Number the call came from.", _is_number("src_num", _NUMBERS)),
    Parameter("call_id", DOCUMENTED, "The client's number, says the page; its name says the call's id.", _is_call),
    Parameter("call_status", DOCUMENTED, "Status of the call; its values are read from the sample.", _has_status),
    Parameter("call_duration", DOCUMENTED, "Seconds from start to end.", _compares("call_duration", "operator")),
    Parameter("operator", READING, "How call_duration compares; without it, equal."),
    Parameter("bill_sec", READING, "Billed seconds.", _compares("bill_sec", "bill_sec_operator")),
    Parameter("bill_sec_operator", READING, "How bill_sec compares; without it, equal."),
    Parameter("sort", READING, "Field of the record by which the records are ordered."),
    Parameter("order", READING, "Ascending or descending."),
)  # fmt: skip


def checked(filters: Filters) -> dict[str, Any]:
    """
    Return the filters that are given, each found to be usable.

    Raises
    ------
    UsageError
        A filter is unknown or has a value that cannot be used, or an operator stands without its number.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    for name, found in given.items():
        if name not in _CHECKS:
            raise UsageError(f"{name!r} is not a filter; the filters are {', '.join(_CHECKS)}.")
        is_usable, remedy = _CHECKS[name]
        if not is_usable(found):
            raise UsageError(f"{name} {mask_numbers(repr(found))} cannot be used; {remedy}.")
    for number, how in (("call_duration", "operator"), ("bill_sec", "bill_sec_operator")):
        if how in given and number not in given:
            raise UsageError(f"{how} {given[how]!r} compares nothing; give {number} in seconds beside it.")
    return {name: found.strip() if isinstance(found, str) else found for name, found in given.items()}


def require_span(since: datetime, until: datetime, limit: int) -> None:
    """
    Make sure that a span can be asked for.

    Raises
    ------
    UsageError
        It is empty or not on the wall clock, or the limit is none.
    """
    for name, moment in (("since", since), ("until", until)):
        if not isinstance(moment, datetime) or moment.tzinfo is not None:
            remedy = "give a datetime without a zone, on the account's wall clock"
            raise UsageError(f"{name} {moment!r} cannot be used; {remedy}.")
    if until - since < timedelta(seconds=1):
        raise UsageError(
            f"since {since} is not before until {until}; until is the moment after the last one."
        )
    if not (_is_seconds(limit) and 1 <= limit <= LARGEST_LIMIT):
        raise UsageError(f"limit {limit!r} cannot be used; give a whole number from 1 to {LARGEST_LIMIT}.")


def _is_seconds(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found >= 0


def _has_digit(found: object) -> bool:
    return isinstance(found, str) and bool(re.search(r"[0-9]", found))


def _is_field(found: object) -> bool:
    return isinstance(found, str) and bool(re.fullmatch(r"\s*[a-z][a-z_]*\s*", found))


def _is_one_of(choices: object) -> tuple[Callable[[object], bool], str]:
    return lambda found: found in get_args(choices), f"give one of {', '.join(get_args(choices))}"


_NUMBER = (_has_digit, "give a phone number or an extension as text, such as '07700900123'")
_SECONDS = (_is_seconds, "give whole seconds, such as 30")
_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "did": _NUMBER, "dest_num": _NUMBER, "src_num": _NUMBER,
    "call_id": (_has_digit, "give the client's number or the call's id as text"),
    "call_status": _is_one_of(Status),
    "call_duration": _SECONDS, "operator": _is_one_of(Operator),
    "bill_sec": _SECONDS, "bill_sec_operator": _is_one_of(Operator),
    "sort": (_is_field, "name a field of the records, such as 'date'"), "order": _is_one_of(Order),
}  # fmt: skip
