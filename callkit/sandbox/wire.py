"""Simulated calls as the vendor sends them: one file per wire form, each with the same calls in it.

What differs from record to record (numbers as text or not, nothing as null or empty, a reason that contradicts the
flow) is chosen by a checksum of the call id, so that a call reads the same every time it is sent.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from callkit.periods import Week
from callkit.sandbox import wire_records, wire_report
from callkit.sandbox.business import SEED, TIME_ZONE
from callkit.sandbox.centre import simulate
from callkit.sandbox.truth import TrueCall

FORMS: Mapping[str, Callable[[Sequence[TrueCall], str], list[dict[str, Any]]]] = {
    "call_report": wire_report.records,
    "call_records": wire_records.records,
}


class Sent(NamedTuple):
    """A call, and its record as JSON."""

    call: TrueCall
    body: bytes


def sent(
    week: Week, seed: int = SEED, time_zone: str = TIME_ZONE, dialect: str = "call_report"
) -> tuple[Sent, ...]:
    """Return the calls of a week, in order of their start, with stamps of a zone's wall clock."""
    return _sent(week, seed, time_zone, dialect)


@lru_cache(maxsize=64)
def _sent(week: Week, seed: int, time_zone: str, dialect: str) -> tuple[Sent, ...]:
    calls = simulate(week, seed)
    records = FORMS[dialect](calls, time_zone)
    return tuple(Sent(call, msgspec.json.encode(r)) for call, r in zip(calls, records, strict=True))


def record(call: TrueCall, time_zone: str = TIME_ZONE, dialect: str = "call_report") -> dict[str, Any]:
    """Return the record of one call."""
    return FORMS[dialect]([call], time_zone)[0]
