"""Table of episodes that numbers are taken over: all misses of a caller until somebody speaks with them.

An episode begins with a missed call. Every further miss of the caller belongs to it, until an answered call in either
direction ends it, or until a day passes without another miss; the next miss then begins a new one. It is **recovered**
by the first answered call before the caller's next episode, ours to them or theirs to us, however late that comes; a
call at the very second of the miss counts as after it. What we place in between are **call-backs**, answered or not.
"""

from collections.abc import Mapping
from typing import Any

import ibis

from callkit.clock import midnight
from callkit.metrics import terms
from callkit.metrics.engine import n_where
from callkit.metrics.groupings import ON_DAY, Grouping, day_of
from callkit.metrics.sources import Sources

DAY = ibis.interval(hours=24)
"""Time without another miss after which the next one begins a new episode; and within which one should recover."""


def episodes(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """
    Return a row an episode, at the groups and the day of its first miss; a row a missed call of a withheld number.

    Parameters
    ----------
    sources
        All calls there are: those after a miss tell what became of it.
    groups
        Name of each group's column, and the grouping.

    Returns
    -------
    ibis.Table
        The groups, ``on_day``, ``is_known`` (there is a number and an instant), ``is_recovered`` (answered, whoever
        rang, within 24 hours of the first miss), ``is_by_us`` and ``is_by_caller`` (who made that call), and
        ``is_called_back`` (we rang within 24 hours, and before any recovery). These four are null while the 24 hours
        are not over at the last start of a call: a share over the others favours neither quick nor slow call-backs;
        and where `is_known` is false.
    """
    calls = sources.calls
    first = {name: group.of(calls) for name, group in groups.items()} | {ON_DAY: day_of(calls)}
    found = runs(calls, first)
    a_day_on = found.first_missed_at + DAY
    is_over = found.is_known & (calls.started_at.max().as_scalar() >= a_day_on)
    is_recovered, is_called_back = (
        (moment <= a_day_on).fill_null(False) for moment in (found.resolved_at, found.callback_at)
    )
    told = {
        "is_recovered": is_recovered,
        "is_by_us": is_recovered & found.is_by_us,
        "is_by_caller": is_recovered & ~found.is_by_us,
        "is_called_back": is_called_back,
    }
    flags = {name: is_over.ifelse(flag, ibis.null("boolean")) for name, flag in told.items()}
    return found.select(*first, "is_known", **flags)


def runs(calls: Any, first: Mapping[str, Any]) -> Any:
    """
    Return a row an episode, however long it took.

    Parameters
    ----------
    calls
        Ibis table of all calls there are.
    first
        Expressions over it by name, to be told of the first miss.

    Returns
    -------
    ibis.Table
        The names of `first`, then ``who`` (the caller; else the call), ``is_known``, ``first_missed_at``,
        ``n_attempts`` (missed calls), ``callback_at`` (our first call), ``n_callbacks`` (our calls, the answered one
        included), ``resolved_at``, ``resolved_local`` (start of the answered call) and ``is_by_us`` (we placed it).
    """
    rows = _placed(_told(calls, first))
    begun = {name: rows.is_first.ifelse(rows[name], None).max() for name in first}
    found = rows.group_by(["who", "episode"]).agg(
        **begun,
        is_known=rows.is_known.any(),
        first_missed_at=rows.missed_at.min(),
        n_attempts=n_where(rows.is_missed),
        callback_at=rows.is_outbound.ifelse(rows.started_at, None).min(),
        n_callbacks=n_where(rows.is_outbound),
        resolved_at=rows.spoken_at.min(),
        resolved_local=rows.spoken_local.min(),
        is_by_us=(rows.is_outbound & rows.spoken_at.notnull()).any(),
    )
    return found.drop("episode")


def followed(sources: Sources) -> list[Any]:
    """
    Return the episodes that began in the period, each with when it was last looked at.

    Parameters
    ----------
    sources
        All calls there are.

    Returns
    -------
    list of ibis.Table
        One: what `runs` tells, ``first_missed_local`` and ``did`` (of the first miss), and ``observed_at`` (the
        answered call; else the caller's next first miss; else the last start of a call).
    """
    calls = sources.calls
    found = runs(calls, {"first_missed_local": calls.started_local, "did": calls.did})
    begun = found.first_missed_at
    begun_next = begun.lead().over(ibis.window(group_by="who", order_by="first_missed_at"))
    last = calls.started_at.max().as_scalar()
    found = found.mutate(observed_at=ibis.coalesce(found.resolved_at, begun_next, last))
    if sources.since is not None:
        found = found.filter(found.first_missed_local >= ibis.literal(midnight(sources.since), "timestamp"))
    if sources.until is not None:
        found = found.filter(found.first_missed_local < ibis.literal(midnight(sources.until), "timestamp"))
    return [found]


def _told(calls: Any, first: Mapping[str, Any]) -> Any:
    """Return the missed calls, and of the callers missed all calls that were answered or that we placed."""
    is_known = calls.caller.notnull() & calls.started_at.notnull()
    is_missed, is_outbound = terms.missed(calls), terms.outbound(calls)
    is_spoken = terms.conversation(calls) & calls.direction.isin(("inbound", "outbound"))
    rows = calls.select(
        "call_key",
        "started_at",
        **first,
        who=is_known.ifelse(calls.caller, calls.call_key),
        is_known=is_known,
        is_missed=is_missed,
        is_outbound=is_outbound,
        missed_at=is_missed.ifelse(calls.started_at, None),
        spoken_at=is_spoken.ifelse(calls.started_at, None),
        spoken_local=is_spoken.ifelse(calls.started_local, None),
        rank=is_missed.ifelse(0, 1),
    )
    rows = rows.filter(rows.is_missed | (rows.is_known & (rows.is_outbound | rows.spoken_at.notnull())))
    return rows.semi_join(rows.filter(rows.is_missed), "who")


def _placed(rows: Any) -> Any:
    """Give each call the place of its caller's episode, and drop those in none, after the answered one."""
    order = {"group_by": "who", "order_by": ["started_at", "rank", "call_key"]}
    before, so_far = (
        ibis.window(**order, preceding=(None, 1)),
        ibis.window(**order, preceding=None, following=0),
    )
    rows = rows.mutate(
        missed_before=rows.missed_at.max().over(before), spoken_before=rows.spoken_at.max().over(before)
    )
    is_over = (rows.spoken_before >= rows.missed_before).fill_null(False)
    is_stale = (rows.started_at > rows.missed_before + DAY).fill_null(False)
    rows = rows.mutate(
        is_first=rows.is_missed & (rows.missed_before.isnull() | is_over | is_stale),
        is_part=rows.is_missed | (rows.missed_before.notnull() & ~is_over),
    )
    rows = rows.mutate(episode=rows.is_first.ifelse(1, 0).sum().over(so_far))
    return rows.filter(rows.is_part)
