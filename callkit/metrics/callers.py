"""Tables of callers that numbers are taken over: a row a caller, a missed caller, or an answered call of a caller."""

from collections.abc import Mapping
from typing import Any

import ibis

from callkit.metrics import sweep, terms
from callkit.metrics.engine import n_where
from callkit.metrics.groupings import ON_DAY, Grouping, day_of
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


def callers(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """
    Return a row a caller and group; each call of a withheld or unreadable number is a row of its own.

    Parameters
    ----------
    sources
        All calls there are: those before the period tell who is new. The inbound ones of the period count.
    groups
        Name of each group's column, and the grouping.

    Returns
    -------
    ibis.Table
        The groups, then ``who``, ``is_known`` (there is a number), ``n_calls``, ``n_offered``, ``n_answered`` and
        ``is_new`` (the caller's first inbound call of all there are is among these; null where the caller is not
        known). A caller of several groups is new in one of them only.
    """
    calls = sources.calls
    came_in = calls.filter(terms.inbound(calls))
    in_order = ibis.window(group_by="caller", order_by=("started_at", "call_key"))
    came_in = came_in.select(
        **{name: group.of(came_in) for name, group in groups.items()},
        who=ibis.coalesce(came_in.caller, came_in.call_key),
        is_named=came_in.caller.notnull(),
        is_first=ibis.row_number().over(in_order) == 0,
        is_asked=sweep.asked(came_in.started_local, sources),
        is_offered=terms.offered(came_in),
        is_answered=terms.answered(came_in),
    )
    asked = came_in.filter(came_in.is_asked)
    rows = asked.group_by([*groups, "who", "is_named"]).agg(
        n_calls=asked.count(),
        n_offered=n_where(asked.is_offered),
        n_answered=n_where(asked.is_answered),
        n_first=n_where(asked.is_first),
    )
    is_new = rows.is_named.ifelse(rows.n_first > 0, ibis.null("boolean"))
    return rows.mutate(is_new=is_new).rename(is_known="is_named").drop("n_first")


def contacts(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """
    Return a row an answered inbound call of a known caller, and when the same caller rang the same number again.

    Parameters
    ----------
    sources
        All calls there are: later ones tell who rang again.
    groups
        Name of each group's column, and the grouping.

    Returns
    -------
    ibis.Table
        The groups, ``on_day``, ``call_key``, ``next_s`` (seconds from the call's start to the start of the caller's
        next inbound call on the same number of ours, whatever became of it; null where there is none) and
        ``observed_s`` (seconds from its start to the last start of any call: within them a next call would be seen).
    """
    calls = sources.calls
    until_ms = sweep.epoch_ms(calls.started_at.max()).as_scalar()
    known = calls.filter(terms.inbound(calls) & calls.caller.notnull() & calls.started_at.notnull())
    rows = known.select(
        **{name: group.of(known) for name, group in groups.items()},
        **{ON_DAY: day_of(known)},
        call_key=known.call_key,
        caller=known.caller,
        number=known.did,
        is_answered=terms.answered(known),
        started_ms=sweep.epoch_ms(known.started_at),
    )
    in_order = ibis.window(group_by=("caller", "number"), order_by=("started_ms", "call_key"))
    rows = rows.mutate(next_ms=rows.started_ms.lead().over(in_order))
    rows = rows.filter(rows.is_answered)
    return rows.select(
        *groups,
        ON_DAY,
        "call_key",
        next_s=(rows.next_ms - rows.started_ms) / 1000,
        observed_s=(until_ms - rows.started_ms) / 1000,
    )
