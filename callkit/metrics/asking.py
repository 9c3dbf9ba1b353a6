"""What an engine is asked for a summary: which numbers, over which rows, by which groups."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple, TypedDict, Unpack

import ibis

from callkit.clock import midnight
from callkit.errors import UsageError
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.counting import Counting
from callkit.metrics.grains import GRAINS, Grain
from callkit.metrics.groupings import ON_DAY, Grouping
from callkit.metrics.number import Number
from callkit.metrics.options import Options
from callkit.metrics.sources import Sources, between, nearest
from callkit.schema import CALLS_SCHEMA, WORD


class Choices(TypedDict, total=False):
    """
    What a reader may choose of the definitions.

    Parameters
    ----------
    service_level_s
        Seconds within which a call counts as answered in time; default 20.
    short_abandon_s
        Seconds within which an abandon is short, 0 for none; default 5.
    short_talk_s
        Seconds below which the talk of an answered call is short; default 10.
    service_targets
        Own targets of services in place of `service_level_s`: seconds by ``service_name``.
    """

    service_level_s: float
    short_abandon_s: float
    short_talk_s: float
    service_targets: Mapping[str, float]


class Asked(NamedTuple):
    """What is asked of an engine: the numbers, the groups, the reader's choices, and whether days are told apart."""

    rows: tuple[Number, ...]
    groups: tuple[Grouping, ...]
    options: Options
    has_days: bool

    def keys(self) -> dict[str, Grouping]:
        """Return the groupings by names that no column of the calls has."""
        return {f"g{k}": group for k, group in enumerate(self.groups)}

    def countings(self) -> dict[str, Counting]:
        """Return what to count, by grain; with groups the calls come first, as the groups are theirs."""
        grains = dict.fromkeys([*(["call"] if self.groups else []), *(row.grain for row in self.rows)])
        return {grain: Counting([row for row in self.rows if row.grain == grain]) for grain in grains}


def options(**choices: Unpack[Choices]) -> Options:
    """
    Return a reader's choices, checked.

    Raises
    ------
    UsageError
        A choice is not known, or is not a number of seconds.
    """
    found: dict[str, Any] = dict(choices)
    for name in found:
        if name not in Options._fields:
            raise UsageError(f"choice {name!r} is not known{nearest(name, Options._fields)}")
    targets = found.pop("service_targets", None) or {}
    if not isinstance(targets, Mapping):
        raise UsageError(f"service_targets {targets!r} is no mapping; give seconds by service name.")
    for name in targets:
        if not isinstance(name, str):
            raise UsageError(f"service_targets names {name!r}; give the service's name as text.")
    seconds = {name: _seconds(name, value) for name, value in found.items()}
    own = tuple((name, _seconds(f"service_targets of {name!r}", value)) for name, value in targets.items())
    return Options(**seconds, service_targets=own)


def chosen(numbers: str | Sequence[str] | None) -> tuple[Number, ...]:
    """
    Return the catalogue's rows of some names, all of them by default.

    Raises
    ------
    UsageError
        A name is not in the catalogue.
    """
    if not (numbers is None or isinstance(numbers, Iterable)):
        raise UsageError(f"numbers {numbers!r} is no list of names; callkit metrics prints them.")
    names = list(CATALOGUE if numbers is None else [numbers] if isinstance(numbers, str) else numbers)
    if not names:
        raise UsageError("numbers is empty; name some of the catalogue, or leave it out for all of them.")
    for name in names:
        if name not in CATALOGUE:
            raise UsageError(f"number {name!r} is not in the catalogue{nearest(str(name), CATALOGUE)}")
    return tuple(CATALOGUE[name] for name in dict.fromkeys(names))


def told_by(
    given: Sources, numbers: str | Sequence[str] | None, groups: Sequence[Grouping] = ()
) -> tuple[Number, ...]:
    """
    Return the catalogue's rows of some names, by default all of those that the data can tell.

    Left out by default are also numbers of hours by a column of many values, such as ``caller``: each group has a row
    in every hour.

    Raises
    ------
    UsageError
        A name is not in the catalogue, or the data do not tell it.
    """
    rows = chosen(numbers)
    if numbers is None:
        has_many = any(_has_many_values(group) for group in groups)
        rows = tuple(row for row in rows if not (has_many and GRAINS[row.grain].is_crossed))
        return tuple(row for row in rows if given.events is not None or not GRAINS[row.grain].needs_events)
    for row in rows:
        if GRAINS[row.grain].needs_events and given.events is None:
            raise UsageError(
                f"number {row.name!r} needs the events; pass the Tables of ck.load or ck.tidy, or a lake of ck.open."
            )
    return rows


def _has_many_values(group: Grouping) -> bool:
    is_column = group.expression is None and group.name in CALLS_SCHEMA.names
    return is_column and CALLS_SCHEMA.field(group.name).type != WORD


def _seconds(name: str, value: float) -> float:
    if not isinstance(value, Real) or isinstance(value, bool) or not value >= 0:
        raise UsageError(f"{name} {value!r} is not a number of seconds, 0 or more.")
    return float(value)


def expressions(given: Sources, asked: Asked) -> list[Any]:
    """Return the tables to ask for: first and last start of a call, then those of each grain's `Counting`."""
    started = given.calls.started_local
    found = [given.calls.agg(first=started.min(), last=started.max())]
    for name, counting in asked.countings().items():
        found += counting.expressions(*_rows(GRAINS[name], given, asked), asked.options)
    return found


def _rows(grain: Grain, given: Sources, asked: Asked) -> tuple[Any, dict[str, Any]]:
    """Return a grain's table and keys: the rows of the period, and those before it where days are told apart."""
    since, until = given.since, given.until
    if not grain.sees_after:
        is_older_seen = grain.sees_before or (grain.has_days and asked.has_days)
        given = given._replace(calls=between(given.calls, None if is_older_seen else since, until))
    table, keys = grain.table(given, asked.keys())
    if not grain.has_days:
        return table, keys
    if since is not None and not asked.has_days:
        table = table.filter(keys[ON_DAY] >= ibis.literal(midnight(since), "timestamp"))
    if until is not None and grain.rows is not None:  # a talk may go on into the day after the period
        table = table.filter(keys[ON_DAY] < ibis.literal(midnight(until), "timestamp"))
    if not asked.has_days:
        keys.pop(ON_DAY)
    return table, keys
