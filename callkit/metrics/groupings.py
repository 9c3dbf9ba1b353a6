"""The named ways to group calls: by parts of the wall clock, or by any column."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from callkit.errors import UsageError

ON_DAY = "on_day"


@dataclass(frozen=True)
class Grouping:
    """
    A named way to group calls.

    Parameters
    ----------
    name, label
        Name of the group's column, and what a reader calls it.
    expression
        Ibis expression over a row of `calls`; None: the column of that name.
    is_period
        True where a group is a stretch of time: then "to the end of the period" means to the group's end.
    is_clock
        True where it reads nothing but ``started_local``.
    """

    name: str
    label: str
    expression: Callable[[Any], Any] | None = None
    is_period: bool = False
    is_clock: bool = False

    def of(self, table: Any) -> Any:
        """Return the group's expression over a table with the columns of `calls` it reads."""
        return self.expression(table) if self.expression else table[self.name]


def _padded(number: Any) -> Any:
    return number.cast("string").lpad(2, "0")


def _iso_year(when: Any) -> Any:
    """Return the year a moment's ISO week belongs to, from parts that every engine has."""
    month, week = when.month(), when.week_of_year()
    is_next, is_last = (month == 12) & (week == 1), (month == 1) & (week > 51)
    return when.year() + is_next.ifelse(1, 0) - is_last.ifelse(1, 0)


def _iso_week(t: Any) -> Any:
    return _iso_year(t.started_local).cast("string") + "-W" + _padded(t.started_local.week_of_year())


def _month(t: Any) -> Any:
    return t.started_local.year().cast("string") + "-" + _padded(t.started_local.month())


def day_of(t: Any) -> Any:
    """Return the wall-clock day a call began on."""
    return t.started_local.truncate("D")


hour_of_day = Grouping("hour_of_day", "Hour", lambda t: t.started_local.hour(), is_clock=True)
weekday = Grouping("weekday", "Weekday", lambda t: t.started_local.day_of_week.index(), is_clock=True)
day = Grouping("day", "Day", day_of, is_period=True, is_clock=True)
iso_week = Grouping("iso_week", "Week", _iso_week, is_period=True, is_clock=True)
month = Grouping("month", "Month", _month, is_period=True, is_clock=True)
GROUPINGS = {g.name: g for g in (hour_of_day, weekday, day, iso_week, month)}

By = str | Grouping | Sequence[str | Grouping] | None


def groupings(by: By) -> tuple[Grouping, ...]:
    """
    Return what `by` names as groupings: a known name or a column's, a grouping, or several of them.

    Raises
    ------
    UsageError
        It names neither.
    """
    wanted: list[Any] = [] if by is None else list(by) if isinstance(by, (list, tuple)) else [by]
    for item in wanted:
        if not isinstance(item, (str, Grouping)):
            # a column of callers, given in place of its name, would print their numbers
            shown = item if isinstance(item, int | float) else f"a {type(item).__name__}"
            raise UsageError(
                f"by {shown} is neither a column name nor a grouping such as {', '.join(GROUPINGS)}."
            )
    chosen = [g if isinstance(g, Grouping) else GROUPINGS.get(g) or Grouping(g, g) for g in wanted]
    return tuple({g.name: g for g in chosen}.values())
