"""Every number of a group of calls again, call by call in plain Python, with what it was taken from and left out."""

import math
from collections import defaultdict
from datetime import timedelta

import numpy as np
from scipy.stats import binomtest

MISSED = ("abandoned", "timeout", "no_answer", "busy", "voicemail", "failed", "unknown")
KEYS = {
    "hour_of_day": lambda at: at.hour,
    "weekday": lambda at: at.weekday(),
    "day": lambda at: at - timedelta(hours=at.hour, minutes=at.minute, seconds=at.second),
    "iso_week": lambda at: "{}-W{:02}".format(*at.isocalendar()[:2]),
    "month": lambda at: f"{at.year}-{at.month:02}",
}
PERIODS = ("day", "iso_week", "month")


def summarised(frame, by, target_s=20, short_s=5):
    """Return group → number → (value, numerator, n, low, high, n_null); None where null."""
    calls = [
        {name: None if value != value else value for name, value in row.items()}
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]
    groups, periods = defaultdict(list), defaultdict(list)
    for call in calls:
        groups[tuple(key(call, name) for name in by)].append(call)
        periods[tuple(key(call, name) for name in by if name in PERIODS)].append(call)
    if not by:
        groups.setdefault((), [])
    cut = [place for place, name in enumerate(by) if name in PERIODS]
    return {g: numbers(of, periods[tuple(g[p] for p in cut)], target_s, short_s) for g, of in groups.items()}


def key(call, name):
    if name not in KEYS:
        return call[name]
    return None if call["started_local"] is None else KEYS[name](call["started_local"])


def numbers(calls, period, target_s, short_s):
    """Return each number of some calls; answers to their callers count from the whole period."""
    inbound = [c for c in calls if c["direction"] == "inbound"]
    offered = [c for c in inbound if c["outcome"] not in ("left_menu", "closed")]
    answered = [c for c in offered if c["outcome"] == "answered"]
    abandoned = [c for c in offered if c["outcome"] == "abandoned"]
    missed = [c for c in offered if c["outcome"] in MISSED]
    short = [None if c["wait_s"] is None else c["wait_s"] <= short_s for c in abandoned]
    in_time = [None if c["wait_s"] is None else c["wait_s"] <= target_s for c in answered]
    late = [None if c["wait_s"] is None else False for c in abandoned]
    late_not_short = [
        of for of, is_short in zip(late, short, strict=True) if is_short is not True or not short_s
    ]
    waits, talks = [c["wait_s"] for c in answered], [c["talk_s"] for c in answered]
    told, untold = callers(missed), sum(c["caller"] is None for c in missed)
    untold += sum(first is None for first in told.values())
    first = {caller: at for caller, at in told.items() if at is not None}
    unreached = [not is_reached(caller, at, period) for caller, at in first.items()]
    return {
        "n_offered": count(c in offered for c in inbound),
        "n_answered": count(c in answered for c in offered),
        "answer_rate": share([c in answered for c in offered]),
        "n_abandoned": count(c in abandoned for c in offered),
        "abandon_rate": share([c in abandoned for c in offered]),
        "n_short_abandoned": count(short),
        "n_missed": count(c in missed for c in offered),
        "n_left_menu": count(c["outcome"] == "left_menu" for c in inbound),
        "n_closed": count(c["outcome"] == "closed" for c in inbound),
        "service_level": share(in_time + late_not_short, is_mixed=True),
        "service_level_strict": share(in_time + late, is_mixed=True),
        "speed_of_answer": seconds(waits, lambda of: math.fsum(of) / len(of), math.fsum),
        "wait_median": seconds(waits, lambda of: np.quantile(of, 0.5)),
        "wait_p90": seconds(waits, lambda of: np.quantile(of, 0.9)),
        "wait_longest": seconds([c["wait_s"] for c in offered], max),
        "talk_mean": seconds(talks, lambda of: math.fsum(of) / len(of), math.fsum),
        "talk_median": seconds(talks, lambda of: np.quantile(of, 0.5)),
        "talk_total": seconds(talks, math.fsum, math.fsum),
        "n_missed_callers": count([True] * len(first) + [None] * untold),
        "n_unreached": count(unreached + [None] * untold),
    }


def callers(missed):
    """Return each named caller's first missed start, None where no start is known."""
    starts = defaultdict(list)
    for c in missed:
        if c["caller"] is not None:
            starts[c["caller"]] += [] if c["started_at"] is None else [c["started_at"]]
    return {caller: min(of, default=None) for caller, of in starts.items()}


def is_reached(caller, first, period):
    return any(
        c["caller"] == caller
        and c["outcome"] == "answered"
        and c["direction"] in ("inbound", "outbound")
        and c["started_at"] is not None
        and c["started_at"] >= first
        for c in period
    )


def count(of):
    of = list(of)
    known = [x for x in of if x is not None]
    return sum(known), sum(known), len(known), None, None, len(of) - len(known)


def share(of, *, is_mixed=False):
    hits, _, n, _, _, n_null = count(of)
    if not n or (is_mixed and n_null > (n + n_null) / 10):
        return None, hits, n, None, None, n_null
    interval = binomtest(hits, n).proportion_ci(method="wilson")
    return hits / n, hits, n, interval.low, interval.high, n_null


def seconds(of, taken, numerator=None):
    known = [x for x in of if x is not None]
    n_null = len(of) - len(known)
    if not known:
        return None, None, 0, None, None, n_null
    return taken(known), numerator(known) if numerator else None, len(known), None, None, n_null
