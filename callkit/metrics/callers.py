"""Tables of callers that numbers are taken over: a row a missed caller."""

from collections.abc import Mapping
from typing import Any

import ibis

from callkit.metrics import terms
from callkit.metrics.groupings import Grouping
from callkit.metrics.sources import Sources


def missed_callers(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """
    Return a row a missed caller and group; each call of a withheld or unreadable number is a row of its own.

    Parameters
    ----------
    sources
        Calls; those of the period count.
    groups
        Name of each group's column, and the grouping. All calls of one period are looked at together: without a
        grouping that is a period, all of them.

    Returns
    -------
    ibis.Table
        The groups, then ``who``, ``first_missed``, ``is_known`` (there is a number and an instant) and
        ``last_answered`` (the last answered call, whoever rang, in the period and of whichever group).
    """
    read = ("call_key", "direction", "outcome", "started_at", "caller")
    calls = sources.calls
    table = calls.select(
        **{name: group.of(calls) for name, group in groups.items()}, **{name: calls[name] for name in read}
    )
    missed = table.filter(terms.missed(table))
    who = ibis.coalesce(missed.caller, missed.call_key).name("who")
    rows = missed.group_by([*groups, who]).agg(
        first_missed=missed.started_at.min(), is_named=missed.caller.notnull().any()
    )
    rows = rows.mutate(is_known=rows.is_named & rows.first_missed.notnull())
    answered = table.filter(
        table.outcome == "answered", table.direction.isin(("inbound", "outbound")), table.caller.notnull()
    )
    periods = [name for name, group in groups.items() if group.is_period]
    keys = {f"{name}_": answered[name] for name in (*periods, "caller")}
    last = answered.group_by(**keys).agg(last_answered=answered.started_at.max())
    alike = [rows[name] == last[f"{name}_"] for name in periods]
    return rows.left_join(last, [rows.who == last.caller_, *alike]).drop(*keys, "is_named")
