"""Table of clock hours that numbers are taken over: how many callers talked and waited at once.

An hour is in use where an inbound call came in or somebody talked, whichever the group; a group that was silent then
counts 0. Clock hours in which nothing happened at all have no row, so that nights do not thin out the day.
"""

from collections.abc import Mapping
from typing import Any

import ibis

from callkit.metrics import sweep
from callkit.metrics.engine import n_where
from callkit.metrics.groupings import ON_DAY, Grouping, day_of
from callkit.metrics.sources import Sources

_TALKING, _WAITING = range(2)
_BEGUN = ("n_begun", "n_offered", "talks", "talks_ms", "n_untold")
_SUMS = (*_BEGUN, "talking_ms")
_PEAKS = ("talking_peak", "waiting_peak")
_HOURS = ("begun_h", "other_h")


def hours(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """
    Return a row a group and clock hour in use, at the hour's own day and, for groupings by the clock, its own start.

    Parameters
    ----------
    sources
        Calls; the talk of those of the period makes the mean of ``offered_erlangs``.
    groups
        Name of each group's column, and the grouping.

    Returns
    -------
    ibis.Table
        The groups, ``on_day``, ``hour_ms`` (the instant the hour begins, milliseconds since 1970),
        ``talking_s`` (seconds of talk of inbound calls in this hour) and ``talking_peak`` (most callers at once), both
        null where an answered call began in it that does not say when it talked; ``waiting_peak`` (a call that does
        not say when it waited is none), ``n_offered`` (calls begun in it) and ``offered_erlangs`` (`n_offered` × the
        mean talk of the group's answered calls in the period ÷ 3600: the talk there would be had nobody been missed;
        null where there are offered calls and no talk to tell from).
    """
    plain = {name: group for name, group in groups.items() if not group.is_clock}
    keys = tuple(plain)
    calls = sweep.begun(sources.calls, plain)
    calls = calls.filter(calls.is_inbound)
    cut = sweep.pieces(calls, sweep.talking, _TALKING, keys)
    cut = cut.union(sweep.pieces(calls, sweep.waiting, _WAITING, keys))
    busy = _together(_begun(calls, keys).union(_went_on(cut, keys)), keys)
    rows = _together(busy.select(*keys, "hour_ms", *_SUMS, *_PEAKS).union(_silent(busy, keys)), keys)
    rows = rows.join(_in_use(busy), "hour_ms").rename(started_local="hour_local")
    clock = {name: group.of(rows) for name, group in groups.items() if group.is_clock}
    return _told(rows.mutate(**clock, **{ON_DAY: day_of(rows)}), sources, list(groups))


def _row(table: Any, keys: tuple[str, ...], hours: tuple[str, ...] = (), **told: Any) -> Any:
    """Return a table of one shape: what is not told is 0, or an hour that is not known."""
    amounts = {name: told.get(name, ibis.literal(0)).cast("int64") for name in (*_SUMS, *_PEAKS)}
    return table.select(
        *keys, "hour_ms", **amounts, **{name: told.get(name, ibis.null("int64")) for name in hours}
    )


def _together(rows: Any, keys: tuple[str, ...]) -> Any:
    sums = {name: rows[name].cast("float64").sum().cast("int64") for name in _SUMS}
    largest = {name: rows[name].max() for name in (*_PEAKS, *_HOURS) if name in rows.columns}
    return rows.group_by([*keys, "hour_ms"]).agg(**sums, **largest)


def _begun(calls: Any, keys: tuple[str, ...]) -> Any:
    is_talk = calls.is_answered & calls.talk_ms.notnull()
    found = calls.group_by([*keys, "hour_ms"]).agg(
        n_begun=calls.count(),
        n_offered=n_where(calls.is_offered),
        talks=n_where(is_talk),
        talks_ms=is_talk.ifelse(calls.talk_ms, 0).sum(),
        n_untold=n_where(calls.is_answered & (calls.answered_ms.isnull() | calls.talk_ms.isnull())),
        begun_h=calls.h.max(),
    )
    return _row(found, keys, _HOURS, **{name: found[name] for name in (*_BEGUN, "begun_h")})


def _went_on(cut: Any, keys: tuple[str, ...]) -> Any:
    found = sweep.swept(cut, keys)
    is_talk = found.kind == _TALKING
    told = {
        "talking_ms": is_talk.ifelse(found.busy_ms, 0),
        "talking_peak": is_talk.ifelse(found.peak, 0),
        "waiting_peak": is_talk.ifelse(0, found.peak),
        "other_h": found.h,
    }
    return _row(found, keys, _HOURS, **told)


def _in_use(busy: Any) -> Any:
    used = busy.filter((busy.n_begun > 0) | (busy.talking_ms > 0))
    hours = used.group_by("hour_ms").agg(h=used.begun_h.max(), other=used.other_h.max())
    return hours.select("hour_ms", hour_local=sweep.wall(ibis.coalesce(hours.h, hours.other)))


def _silent(busy: Any, keys: tuple[str, ...]) -> Any:
    """Return zeros for every group in every hour."""
    hours = busy.select("hour_ms").distinct()
    return _row(busy.select(*keys).distinct().cross_join(hours) if keys else hours, keys)


def _told(rows: Any, sources: Sources, keys: list[str]) -> Any:
    asked = sweep.asked(rows.started_local, sources)
    group = ibis.window(group_by=keys)
    mean_ms, mean_of_all_ms = (
        is_it.ifelse(rows.talks_ms, 0).sum().over(group)
        / is_it.ifelse(rows.talks, 0).sum().over(group).nullif(0)
        for is_it in (asked, ibis.literal(True))
    )
    # a group that is a week before has its own mean; one of the period is told from the period alone
    mean_of_others_ms = ibis.coalesce(mean_ms, mean_of_all_ms)  # a week before the period has only its own
    mean_h = asked.ifelse(mean_ms, mean_of_others_ms) / sweep.HOUR_MS
    is_told = rows.n_untold == 0
    return rows.select(
        *keys,
        ON_DAY,
        "hour_ms",
        "n_offered",
        "waiting_peak",
        talking_peak=is_told.ifelse(rows.talking_peak, None),
        talking_s=is_told.ifelse(rows.talking_ms / 1000, None),
        offered_erlangs=(rows.n_offered == 0).ifelse(0.0, rows.n_offered * mean_h),
    )
