"""The prepared tables numbers are taken over, a row each: a call, a missed caller."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callkit.metrics import callers
from callkit.metrics.groupings import Grouping, day_of
from callkit.metrics.sources import Sources


@dataclass(frozen=True)
class Grain:
    """
    What one row of a table is that numbers are taken over.

    Parameters
    ----------
    rows
        Makes the table: a column for each group, ``on_day`` (the wall-clock day a row belongs to) and its own.
    has_days
        False where a row belongs to no day; then only the calls of the period make it.
    sees_after
        True where calls after the period tell what became of a row.
    needs_events
        True where the calls alone do not tell it.
    """

    rows: Callable[[Sources, Mapping[str, Grouping]], Any]
    has_days: bool = True
    sees_after: bool = False
    needs_events: bool = False


def calls(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """Return a row a call: its columns, the groups and its day."""
    table = sources.calls
    return table.mutate(**{name: group.of(table) for name, group in groups.items()}, on_day=day_of(table))


GRAINS: dict[str, Grain] = {
    "call": Grain(calls),
    "missed_caller": Grain(callers.missed_callers, has_days=False),
}
