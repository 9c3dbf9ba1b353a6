"""Calls that go on at once, clock hour by clock hour.

Every stretch of a call (talk, wait, or the whole call) is cut at the full hours it crosses. In each hour the pieces
are swept in the order of time, one more at a start and one less at an end; an end comes before a start of the same
instant, so that calls which follow one another never count as two. All instants are whole milliseconds.

A clock hour is told by the instant it begins, so the hour that autumn repeats is two. Its wall clock is that of the
calls begun in it; where none began, that of a call that went on into it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis

from callkit.clock import midnight
from callkit.metrics import terms
from callkit.metrics.groupings import Grouping
from callkit.metrics.sources import Sources

HOUR_MS = 3_600_000
_SPAN = ("start_ms", "end_ms", "offset_ms")


def begun(calls: Any, groups: Mapping[str, Grouping]) -> Any:
    """
    Return the calls whose start is known, with their groups and the clock hour each began in.

    Returns
    -------
    ibis.Table
        The groups; what tells the stretches of a call; ``offset_ms`` (the wall clock's, from UTC), and of the clock
        hour ``hour_ms`` (the instant it begins, milliseconds since 1970) and ``h`` (its count on the wall clock).
    """
    known = calls.filter(calls.started_at.notnull() & calls.started_local.notnull())
    rows = known.select(
        **{name: group.of(known) for name, group in groups.items()},
        is_inbound=terms.inbound(known),
        is_offered=terms.offered(known),
        is_answered=terms.answered(known),
        started_ms=epoch_ms(known.started_at),
        answered_ms=epoch_ms(known.answered_at),
        ended_ms=epoch_ms(known.ended_at),
        wait_ms=_ms(known.wait_s),
        menu_ms=_ms(known.menu_s),
        talk_ms=_ms(known.talk_s),
        offset_ms=(_wall_s(known.started_local) - _epoch_s(known.started_at)) * 1000,
    )
    return _placed(rows.mutate(h=_hour(rows.started_ms, rows.offset_ms)))


def talking(calls: Any) -> tuple[Any, Any, Any]:
    """Return which of the calls `begun` talk with a caller, and from when to when: from the answer on."""
    return calls.is_answered, calls.answered_ms, calls.answered_ms + calls.talk_ms


def waiting(calls: Any) -> tuple[Any, Any, Any]:
    """Return which of the calls `begun` wait, and from when to when: from the end of the menu on."""
    start_ms = calls.started_ms + calls.menu_ms
    return calls.is_offered, start_ms, start_ms + calls.wait_ms


def lines(calls: Any) -> tuple[Any, Any, Any]:
    """Return that each of the calls `begun`, in either direction, takes a line, and from when to when."""
    return ibis.literal(True), calls.started_ms, calls.ended_ms


Stretch = Callable[[Any], tuple[Any, Any, Any]]


def pieces(calls: Any, stretch: Stretch, kind: int, keys: Sequence[str]) -> Any:
    """
    Cut a stretch of each call at the full hours.

    Parameters
    ----------
    calls
        What `begun` returns.
    stretch
        Which calls, from when to when; one of no length, or of no known one, has no piece.
    kind
        Number that tells the stretch from others.
    keys
        Names of the groups.

    Returns
    -------
    ibis.Table
        A row a piece: the groups, ``kind``, ``hour_ms``, ``h``, ``opens`` and ``closes`` (milliseconds into the hour).
    """
    which, start_ms, end_ms = stretch(calls)
    rows = calls.mutate(start_ms=start_ms, end_ms=end_ms).filter(which & (start_ms < end_ms))
    first = _hour(rows.start_ms, rows.offset_ms)
    last = _hour(rows.end_ms - 1, rows.offset_ms)
    cut = _placed(rows.select(*keys, *_SPAN, h=ibis.range(first, last + 1).unnest()))
    return cut.select(
        *keys,
        "hour_ms",
        "h",
        kind=ibis.literal(kind, "int64"),
        opens=ibis.greatest(cut.start_ms - cut.hour_ms, 0),
        closes=ibis.least(cut.end_ms - cut.hour_ms, HOUR_MS),
    )


def steps(cut: Any, keys: Sequence[str]) -> Any:
    """
    Sweep over the pieces of each group, kind and clock hour.

    Returns
    -------
    ibis.Table
        Two rows a piece: the groups, ``kind``, ``hour_ms``, ``h``, ``at`` (milliseconds into the hour), ``delta`` (1 or
        −1) and ``n`` (pieces that go on after this step).
    """
    place = (*keys, "kind", "hour_ms")
    # sums of fractions: an engine may give those of whole numbers a type of its own
    up = cut.select(*place, "h", at=cut.opens, delta=ibis.literal(1.0))
    down = cut.select(*place, "h", at=cut.closes, delta=ibis.literal(-1.0))
    both = up.union(down)
    over = ibis.cumulative_window(group_by=place, order_by=_in_order(both))
    return both.mutate(n=both.delta.sum().over(over).cast("int64"))


def lasts(swept_steps: Any, keys: Sequence[str]) -> Any:
    """Return for how many milliseconds each of the `steps` was the last one, to the next or to the hour's end."""
    over = ibis.window(group_by=(*keys, "kind", "hour_ms"), order_by=_in_order(swept_steps))
    return swept_steps.at.lead().over(over).fill_null(HOUR_MS) - swept_steps.at


def swept(cut: Any, keys: Sequence[str]) -> Any:
    """
    Return how many pieces went on at once in each clock hour.

    Returns
    -------
    ibis.Table
        A row a group, ``kind`` and ``hour_ms``: ``h``, ``busy_ms`` (the pieces' lengths together), ``peak`` (most at
        once) and ``peak_ms`` (when first, in milliseconds into the hour).
    """
    rows = steps(cut, keys)
    highest_first = rows.n * HOUR_MS + (HOUR_MS - 1 - rows.at)  # of equal peaks the first is the largest
    found = rows.group_by([*keys, "kind", "hour_ms"]).agg(
        h=rows.h.max(),
        busy_ms=(-rows.delta * rows.at).sum().cast("int64"),
        highest=(rows.delta > 0).ifelse(highest_first, None).max(),
    )
    return found.mutate(
        peak=(found.highest // HOUR_MS).cast("int64"),
        peak_ms=(HOUR_MS - 1 - found.highest % HOUR_MS).cast("int64"),
    ).drop("highest")


def _in_order(rows: Any) -> Any:
    return rows.at * 2 + (rows.delta > 0).ifelse(1, 0)  # an end before a start of the same instant


def wall(h: Any) -> Any:
    """Return the start of the wall clock's hour with the count `h`."""
    # hours added to a moment would follow the zone of an engine's session
    day = (ibis.date(1970, 1, 1) + (h // 24).as_interval("D")).cast("string").substr(0, 10)
    return (day + " " + (h % 24).cast("string").lpad(2, "0") + ":00:00").cast("timestamp")


def asked(started_local: Any, sources: Sources) -> Any:
    """Tell which hours belong to the period that is asked about."""
    which = ibis.literal(True)
    if sources.since is not None:
        which &= started_local >= ibis.literal(midnight(sources.since), "timestamp")
    if sources.until is not None:
        which &= started_local < ibis.literal(midnight(sources.until), "timestamp")
    return which


def _placed(rows: Any) -> Any:
    return rows.mutate(hour_ms=rows.h * HOUR_MS - rows.offset_ms)


def _hour(at_ms: Any, offset_ms: Any) -> Any:
    return ((at_ms + offset_ms) // HOUR_MS).cast("int64")


def _ms(seconds: Any) -> Any:
    return (seconds * 1000).round().cast("int64")


def _epoch_s(moment: Any) -> Any:
    return moment.truncate("s").epoch_seconds().cast("int64")  # engines differ in how they round to a second


def _wall_s(clock: Any) -> Any:
    """Return a wall clock as seconds since 1970, whatever the zone of an engine's session."""
    days, hours, minutes = clock.date().epoch_days(), clock.hour().cast("int64"), clock.minute().cast("int64")
    return days.cast("int64") * 86_400 + hours * 3600 + minutes * 60 + clock.second().cast("int64")


def epoch_ms(moment: Any) -> Any:
    """Return an instant in whole milliseconds since 1970, the same on every engine."""
    return _epoch_s(moment) * 1000 + moment.cast("timestamp").millisecond().cast("int64")
