"""What a server sent, held against what it was asked: records that do not fit are left out, and that is said."""

import logging
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from callkit.fetch.filters import PARAMETERS, Filters, Record, Test, canonical, value

log = logging.getLogger("callkit")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(r"(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d)")
_EPOCH = re.compile(r"(\d{9,10})\.\d+$")
_RUNS: Mapping[str, Callable[[Any, Any], bool]] = {"asc": operator.le, "desc": operator.ge}


class Sieve:
    """
    The filters of one fetch, held against each record that comes.

    Parameters
    ----------
    filters
        What was asked for; see `callkit.fetch.filters.checked`.
    country
        Two-letter region by which national numbers are read.
    """

    def __init__(self, filters: Filters, country: str) -> None:
        self._tests: dict[str, Test] = {
            row.name: row.test(filters, country) for row in PARAMETERS if row.test and row.name in filters
        }
        self._order = _Order(filters, country) if {"sort", "order"} & {*filters} else None
        self._sent = self._kept = 0
        self._misfits: Counter[str] = Counter()
        self._unsaid: Counter[str] = Counter()

    def begin(self) -> None:
        """Begin another span: its first page follows no other."""
        if self._order:
            self._order.begin()

    def sift(self, records: Iterable[msgspec.Raw]) -> list[msgspec.Raw]:
        """Return the records of a page that fit, and those that cannot be read: they are for the quarantine."""
        pairs = [(raw, _read(raw)) for raw in records]
        kept = [raw for raw, record in pairs if record is None or self._fits(record)]
        if self._order:
            self._order.add([record for _, record in pairs if record is not None])
        self._sent += len(pairs)
        self._kept += len(kept)
        return kept

    def tell(self) -> None:
        """Log what the server seems to have done otherwise than it was asked, a sentence each."""
        sent, out = self._sent, self._sent - self._kept
        if sent and out == sent:
            names = " and ".join(self._misfits)
            log.error(
                "Nothing is left: none of the %d records the server sent fits %s, so that it ignored that, or the "
                "account's records say it otherwise; fetch without %s and look.", sent, names, names,
            )  # fmt: skip
        elif out:
            counts = " and ".join(f"{name} ({n} do not fit)" for name, n in self._misfits.items())
            log.warning(
                "The server ignored %s: %d of the %d records it sent were left out.", counts, out, sent
            )
        for name, n in self._unsaid.items():
            log.warning("%d of the %d records do not say what %s asks; they were kept.", n, sent, name)
        if self._order and (trouble := self._order.trouble):
            log.warning("%s", trouble)

    def _fits(self, record: Record) -> bool:
        found = {name: test(record) for name, test in self._tests.items()}
        self._misfits.update(name for name, fits in found.items() if fits is False)
        self._unsaid.update(name for name, fits in found.items() if fits is None)
        return all(fits is not False for fits in found.values())


def _read(raw: msgspec.Raw) -> Record | None:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


class _Order:
    """Whether records come in an order, by any way in which the values of its field may be compared."""

    def __init__(self, filters: Filters, country: str) -> None:
        self._asked = ", ".join(f"{name} {filters[name]!r}" for name in ("sort", "order") if name in filters)
        self._name: str = filters.get("sort", "date")
        self._keys: dict[str, Callable[[Record], Any]] = {
            "number": lambda record: float(value(record, self._name)),
            "phone": lambda record: canonical(str(value(record, self._name)), country).lstrip("+"),
            "stamp": lambda record: _iso(str(value(record, self._name))),
            "text": lambda record: str(value(record, self._name)),
            "lower case": lambda record: str(value(record, self._name)).lower(),
        }
        if self._name == "date":
            self._keys["epoch"] = _epoch
        runs = [filters["order"]] if "order" in filters else [*_RUNS]
        self._possible = {(key, run) for key in self._keys for run in runs}
        self._last: dict[str, Any] = {}
        self._n = 0

    def begin(self) -> None:
        self._last = {}

    def add(self, records: Sequence[Record]) -> None:
        """Take a page. Between pages only their last records are compared: rows may have moved on to the next."""
        there = [record for record in records if value(record, self._name) not in (None, "")]
        self._n += len(there)
        for key in {key for key, _ in self._possible} if there else ():
            try:
                found = [self._keys[key](record) for record in there]
            except (TypeError, ValueError):
                self._possible -= {(key, run) for run in _RUNS}
                continue
            steps = [*pairwise(found), *([(self._last[key], found[-1])] if key in self._last else [])]
            self._last[key] = found[-1]
            broken = {run for run, holds in _RUNS.items() if not all(holds(*step) for step in steps)}
            self._possible -= {(key, run) for run in broken}

    @property
    def trouble(self) -> str:
        if not self._n:
            return f"The records have no {self._name}, so that {self._asked} could not be checked."
        if self._possible:
            return ""
        return f"The server ignored {self._asked}: its records did not come in that order."


def _iso(text: str) -> str:
    day, month, year, time = _found(_STAMP, text).groups()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02} {time}"


def _epoch(record: Record) -> int:
    return int(_found(_EPOCH, str(value(record, "call_id")))[1])


def _found(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.search(text)
    if found is None:
        raise ValueError(text)
    return found
