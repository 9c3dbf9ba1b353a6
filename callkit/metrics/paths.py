"""The ways calls take: which sequences of steps occur, which step follows which, and how long that takes.

In the words of process mining a call is a case, a step an activity, a path a variant, and the steps that follow one
another make the directly-follows graph (van der Aalst, W. (2016), Process Mining: Data Science in Action, 2nd ed.).
Steps stand in the order the vendor told them, which `position` keeps: stamps are often equal.
"""

from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.engine import answers, n_where
from callkit.metrics.estimates import INDEPENDENT, wilson
from callkit.metrics.sources import Sources, between, sources
from callkit.schema import DIRECTIONS

THEN = " › "
START, END = "start", "end"
NO_STEPS = "no_steps"
_NAMED = ("extension", "ring_group", "queue", "menu", "announcement", "schedule", "voicemail", "other")
_SAID = ("extension", "ring_group", "queue", "number", "other")  # of the others the step says the kind
_NOBODYS = ("hangup", "unknown")


def variants(
    data: Any,
    *,
    by_target: bool = False,
    direction: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """
    Count the calls of each distinct path, the commonest first.

    Parameters
    ----------
    data
        Tables or a lake.
    by_target
        Tell apart where a step leads to as well: ``dialed extension 201``, not ``dialed``. Phone numbers are never
        told apart.
    direction
        Only ``inbound`` or ``outbound`` calls; default: all.
    since, until
        First date of the period, and the date after its last; default: all of the calls.

    Returns
    -------
    pandas.DataFrame
        A row a path: ``path`` (its steps, joined by ``›``; ``no_steps`` for calls without events), ``n_steps``, ``n``
        (calls; they add up to all calls), ``share`` of all calls with ``low`` and ``high`` (95 %), ``n_answered``
        (calls whose outcome is answered), ``answered_rate`` with ``answered_low`` and ``answered_high``, ``method`` of
        both intervals, ``duration_median_s`` (whole length of the call) and ``n_known`` (calls whose length is known).
        A step no grammar row fits stands in it as ``unknown``.

    Raises
    ------
    UsageError
        The data hold no events, the direction is not known, or the period ends before it begins.
    """
    given = sources_of(data, since, until)
    found = answers(given, _variants, by_target, known_direction(direction))[0]
    found = found.sort_values(["n", "path"], ascending=[False, True], ignore_index=True)
    n_all = [found["n"].sum()] * len(found)
    found["share"], found["low"], found["high"], _ = shares(found["n"], n_all)
    rates = shares(found["n_answered"], found["n"])
    found["answered_rate"], found["answered_low"], found["answered_high"], found["method"] = rates
    return found[
        [
            "path", "n_steps", "n", "share", "low", "high", "n_answered", "answered_rate", "answered_low",
            "answered_high", "method", "duration_median_s", "n_known",
        ]
    ]  # fmt: skip


def transitions(
    data: Any,
    *,
    by_target: bool = False,
    direction: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """
    Count which step directly follows which, and how long after it.

    Every call goes from ``start`` through its steps to ``end``, so a step is entered as often as it is left, and the
    counts add up to the events plus the calls.

    Parameters
    ----------
    data, by_target, direction, since, until
        As for `variants`.

    Returns
    -------
    pandas.DataFrame
        A row a pair of steps, the commonest first: ``activity``, ``next_activity``, ``n`` (how often), ``n_calls``
        (calls in which it occurs), ``gap_median_s`` (seconds from one to the next) and ``n_known`` (gaps that are
        known: both moments are, and the second is not before the first).

    Raises
    ------
    UsageError
        As for `variants`.
    """
    given = sources_of(data, since, until)
    found = answers(given, _transitions, by_target, known_direction(direction))[0]
    order = ["n", "activity", "next_activity"]
    return found.sort_values(order, ascending=[False, True, True], ignore_index=True)


def sources_of(data: Any, since: date | None, until: date | None) -> Sources:
    """
    Return the calls and events in `data`.

    Raises
    ------
    UsageError
        There are no events, or the period ends before it begins.
    """
    given = sources(data, (), since, until)
    if given.events is None:
        message = "the data hold no events; pass the Tables of ck.load or ck.tidy, or a lake of ck.open."
        raise UsageError(message)
    return given


def known_direction(direction: str | None) -> str | None:
    """Return a direction, or None for all; raise UsageError for any other word."""
    if direction is not None and direction not in DIRECTIONS:
        raise UsageError(f"direction {direction!r} is none of {', '.join(DIRECTIONS)}.")
    return direction


def shares(numerator: Any, n: Any) -> tuple[Any, Any, Any, Any]:
    """Return a share, its Wilson interval and the name of it, null (and empty) where n is 0."""
    k, of = np.asarray(numerator, dtype=float), np.asarray(n, dtype=float)
    low, high = wilson(k, of)
    return k / np.where(of > 0, of, np.nan), low, high, pd.array(np.where(of > 0, INDEPENDENT, ""), "str")


def calls_in(given: Sources, direction: str | None) -> Any:
    """Return the calls of the period and the direction."""
    calls = between(given.calls, given.since, given.until)
    return calls if direction is None else calls.filter(calls.direction.cast("string") == direction)


def steps_of(given: Sources, calls: Any) -> Any:
    """Return the steps of these calls; `target_name` is the name or else the id, of a target that is no number."""
    events = given.events
    kind = events.target_kind.cast("string")
    name = ibis.coalesce(events.target_name.cast("string"), events.target_id.cast("string"))
    told = events.select(
        "call_key",
        "position",
        "elapsed_s",
        step=events.step.cast("string"),
        target_kind=kind,
        target_name=(kind.isnull() | kind.isin(_NAMED)).ifelse(name, ibis.null("string")),  # noqa: PD003
        number=events.number.cast("string"),
    )
    return told.semi_join(calls, "call_key")


def _activity(steps: Any, *, by_target: bool) -> Any:
    if not by_target:
        return steps.step
    kind = steps.target_kind.isin(_SAID).ifelse(" " + steps.target_kind.replace("_", " "), "")
    name = (" " + steps.target_name).replace("›", ">")
    return steps.step.isin(_NOBODYS).ifelse(steps.step, steps.step + kind.fill_null("") + name.fill_null(""))


def _variants(given: Sources, by_target: bool, direction: str | None) -> list[Any]:
    calls = calls_in(given, direction)
    steps = steps_of(given, calls)
    # Not every engine orders what it gathers: the place stands before the word, and is cut off after sorting.
    word = steps.position.cast("string").lpad(6, "0") + _activity(steps, by_target=by_target)
    paths = steps.select("call_key", word=word).group_by("call_key").agg(words=lambda t: t.word.collect())
    paths = paths.select(
        key="call_key",
        path=paths.words.sort().map(lambda w: w.substr(6)).join(THEN),
        n_words=paths.words.length(),
    )
    told = calls.select("call_key", "outcome", "duration_s").left_join(paths, [("call_key", "key")])
    told = told.select(
        path=told.path.fill_null(NO_STEPS),
        n_steps=told.n_words.fill_null(0).cast("int64"),
        is_answered=told.outcome.cast("string") == "answered",
        duration_s=told.duration_s.cast("float64"),
    )
    counted = told.group_by(["path", "n_steps"]).agg(
        n=told.count(),
        n_answered=n_where(told.is_answered),
        duration_median_s=told.duration_s.median(),
        n_known=told.duration_s.count(),
    )
    return [counted]


def _transitions(given: Sources, by_target: bool, direction: str | None) -> list[Any]:
    calls = calls_in(given, direction)
    steps = steps_of(given, calls)
    steps = steps.select("call_key", "position", "elapsed_s", activity=_activity(steps, by_target=by_target))
    begun = calls.select(
        "call_key",
        position=ibis.literal(-1, "int64"),
        elapsed_s=ibis.literal(0.0),
        activity=ibis.literal(START),
        duration_s=calls.duration_s.cast("float64"),
    )
    told = steps.select(
        "call_key",
        position=steps.position.cast("int64"),
        elapsed_s=steps.elapsed_s.cast("float64"),
        activity=steps.activity,
        duration_s=ibis.null("float64"),
    ).union(begun)
    in_call = ibis.window(group_by="call_key", order_by="position")
    after = told.mutate(
        next_activity=told.activity.lead().over(in_call),
        next_s=told.elapsed_s.lead().over(in_call),
        ended_s=told.duration_s.max().over(ibis.window(group_by="call_key")),
    )
    is_last = after.next_activity.isnull()  # noqa: PD003
    gap = is_last.ifelse(after.ended_s, after.next_s) - after.elapsed_s
    pairs = after.select(
        "call_key", "activity", next_activity=is_last.ifelse(END, after.next_activity), gap=gap
    )
    pairs = pairs.mutate(gap=(pairs.gap >= 0).ifelse(pairs.gap, ibis.null("float64")))
    counted = pairs.group_by(["activity", "next_activity"]).agg(
        n=pairs.count(),
        n_calls=pairs.call_key.nunique(),
        gap_median_s=pairs.gap.median(),
        n_known=pairs.gap.count(),
    )
    return [counted]
