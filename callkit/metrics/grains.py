"""The prepared tables numbers are taken over, a row each: a call, a missed caller; and the named groupings of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from callkit.clock import midnight
from callkit.errors import UsageError
from callkit.metrics import catalogue
from callkit.metrics.engine import raw_calls


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
    """

    name: str
    label: str
    expression: Callable[[Any], Any] | None = None
    is_period: bool = False


def _padded(number: Any) -> Any:
    return number.cast("string").lpad(2, "0")


def _iso_year(when: Any) -> Any:
    """Return the year a moment's ISO week belongs to, from parts that every engine has."""
    month, week = when.month(), when.week_of_year()
    is_next, is_last = (month == 12) & (week == 1), (month == 1) & (week > 51)
    return when.year() + is_next.ifelse(1, 0) - is_last.ifelse(1, 0)


hour_of_day = Grouping("hour_of_day", "Hour", lambda t: t.started_local.hour())
weekday = Grouping("weekday", "Weekday", lambda t: t.started_local.day_of_week.index())
day = Grouping("day", "Day", lambda t: t.started_local.truncate("D"), is_period=True)
iso_week = Grouping(
    "iso_week",
    "Week",
    lambda t: _iso_year(t.started_local).cast("string") + "-W" + _padded(t.started_local.week_of_year()),
    is_period=True,
)
month = Grouping(
    "month",
    "Month",
    lambda t: t.started_local.year().cast("string") + "-" + _padded(t.started_local.month()),
    is_period=True,
)
GROUPINGS = {g.name: g for g in (hour_of_day, weekday, day, iso_week, month)}

By = str | Grouping | Sequence[str | Grouping] | None


def groupings(by: By) -> tuple[Grouping, ...]:
    """Return what `by` names as groupings: a known name or a column's, a grouping, or several of them."""
    wanted: list[Any] = [] if by is None else list(by) if isinstance(by, (list, tuple)) else [by]
    for item in wanted:
        if not isinstance(item, (str, Grouping)):
            raise UsageError(
                f"by {item!r} is neither a column name nor a grouping such as {', '.join(GROUPINGS)}."
            )
    chosen = [g if isinstance(g, Grouping) else GROUPINGS.get(g) or Grouping(g, g) for g in wanted]
    return tuple({g.name: g for g in chosen}.values())


def between(data: Any, since: date | None, until: date | None) -> Any:
    """
    Keep the calls that began on a date from `since` up to, not including, `until`, by the wall clock.

    Returns
    -------
    pandas.DataFrame or ibis.Table
        A frame of a frame, else an Ibis table.
    """
    calls = raw_calls(data)
    if since is not None:
        calls = _kept(calls, calls.started_local >= _moment(calls, since))
    if until is not None:
        calls = _kept(calls, calls.started_local < _moment(calls, until))
    return calls


def _moment(calls: Any, day: date) -> Any:
    start = midnight(day)
    return ibis.literal(start, "timestamp") if isinstance(calls, ibis.Table) else start


def _kept(calls: Any, which: Any) -> Any:
    return calls.filter(which) if isinstance(calls, ibis.Table) else calls[which]


_READ = ("call_key", "direction", "outcome", "started_at", "caller")


def missed_callers(calls: Any, groups: Mapping[str, Any], periods: Sequence[str] = ()) -> Any:
    """
    Return a row a missed caller and group; each call of a withheld or unreadable number is a row of its own.

    Parameters
    ----------
    calls
        Calls.
    groups
        Name of each group's column, and its expression over the calls.
    periods
        Those of the groups that cut time into periods; none: all of the table is one period.

    Returns
    -------
    ibis.Table
        The groups, then ``who``, ``first_missed``, ``is_known`` (there is a number and an instant) and
        ``last_answered`` (the last answered call, whoever rang, in the period and of whichever group).
    """
    table = calls.select(**groups, **{name: calls[name] for name in _READ if name not in groups})
    missed = table.filter(catalogue.missed(table))
    who = ibis.coalesce(missed.caller, missed.call_key).name("who")
    rows = missed.group_by([*groups, who]).agg(
        first_missed=missed.started_at.min(), is_named=missed.caller.notnull().any()
    )
    rows = rows.mutate(is_known=rows.is_named & rows.first_missed.notnull())
    answered = table.filter(
        table.outcome == "answered", table.direction.isin(("inbound", "outbound")), table.caller.notnull()
    )
    keys = {f"{name}_": answered[name] for name in (*periods, "caller")}
    last = answered.group_by(**keys).agg(last_answered=answered.started_at.max())
    alike = [rows[name] == last[f"{name}_"] for name in periods]
    return rows.left_join(last, [rows.who == last.caller_, *alike]).drop(*keys, "is_named")


GRAINS: dict[str, Callable[[Any, Mapping[str, Any], Sequence[str]], Any]] = {"missed_caller": missed_callers}
"""Tables that numbers are taken over beside the calls: each is made of the calls, the groups and the periods."""
