"""The prepared tables numbers are taken over, a row each: a call, a ring, a caller, an hour and others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callkit.metrics import callers, episodes, hours, rings
from callkit.metrics.groupings import ON_DAY, Grouping, day_of
from callkit.metrics.sources import Sources


@dataclass(frozen=True)
class Grain:
    """
    What one row of a table is that numbers are taken over.

    Parameters
    ----------
    rows
        Makes the table: a column for each group, ``on_day`` (the wall-clock day a row belongs to) and its own. None:
        the calls are it.
    has_days
        False where a row belongs to no day; then only the calls of the period make it.
    sees_before
        True where calls before the period tell of a row of the period.
    sees_after
        True where calls after the period tell what became of a row.
    needs_events
        True where the calls alone do not tell it.
    is_crossed
        True where every group has a row for every stretch of time, also a silent one.
    """

    rows: Callable[[Sources, Mapping[str, Grouping]], Any] | None
    has_days: bool = True
    sees_before: bool = False
    sees_after: bool = False
    needs_events: bool = False
    is_crossed: bool = False

    def table(self, sources: Sources, groups: Mapping[str, Grouping]) -> tuple[Any, dict[str, Any]]:
        """Return the rows, and by name the groups and the day as expressions over them."""
        if self.rows is None:
            rows = sources.calls  # no column is added: an engine is given only those that are read
            keys = {name: group.of(rows) for name, group in groups.items()}
            return rows, keys | {ON_DAY: day_of(rows)}
        rows = self.rows(sources, groups)
        return rows, {name: rows[name] for name in (*groups, *([ON_DAY] * self.has_days))}


GRAINS: dict[str, Grain] = {
    "call": Grain(None),
    "ring": Grain(rings.rings, needs_events=True),
    "missed_caller": Grain(callers.missed_callers, has_days=False),
    "caller": Grain(callers.callers, has_days=False, sees_before=True),
    "contact": Grain(callers.contacts, sees_after=True),
    "hour": Grain(hours.hours, is_crossed=True, sees_before=True),
    "episode": Grain(episodes.episodes, sees_after=True),
}
