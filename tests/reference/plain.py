"""Every number again in plain Python, over calls as they happened: no frame, no query, no library of statistics.

Written from the definitions, not from the package, so that both can only agree by being right.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from statistics import fmean
from typing import Any, NamedTuple

from tests.metrics.slow import MISSED


class Happened(NamedTuple):
    """One call: its start as UTC epoch and on the wall clock, and what came of it; see `tests.metrics.slow`."""

    started: int
    local: datetime
    direction: str
    outcome: str
    caller: str | None
    did: str | None
    wait_s: float | None
    talk_s: float
    key: str
    service_name: str | None = None
    menu_s: float = 0
    ring_s: float | None = None
    answered: int | None = None
    charge: float = 0
    n_steps: int = 0
    n_targets: int = 0
    n_rings: int = 0
    n_transfers: int = 0
    fates: tuple[str, ...] = ()


class Waiting(NamedTuple):
    """A caller nobody has spoken with since they were missed."""

    caller: str
    n_attempts: int
    last_tried: datetime
    last_did: str | None
    last_wait_s: float | None
    n_callbacks: int
    longest_wait_s: float | None


def missed_callers(calls: Iterable[Happened]) -> dict[str, int]:
    """Return the start of each caller's first missed call."""
    first: dict[str, int] = {}
    for call in calls:
        if call.direction == "inbound" and call.outcome in MISSED and call.caller:
            first[call.caller] = min(call.started, first.get(call.caller, call.started))
    return first


def unreached(calls: Iterable[Happened]) -> list[Waiting]:
    """Return the callers to ring: most attempts, then the latest day, then the longest wait first."""
    calls = sorted(calls, key=lambda c: c.started)
    found = []
    for caller, first in missed_callers(calls).items():
        since = [c for c in calls if c.caller == caller and c.started >= first]
        if any(c.outcome == "answered" for c in since):
            continue
        tries = [c for c in since if c.direction == "inbound" and c.outcome in MISSED]
        ours = sum(c.direction == "outbound" for c in since)
        last = tries[-1]
        longest = max((c.wait_s for c in tries if c.wait_s is not None), default=None)
        found.append(Waiting(caller, len(tries), last.local, last.did, last.wait_s, ours, longest))
    found.sort(key=lambda w: w.caller)
    return sorted(found, key=_urgency, reverse=True)


def _urgency(w: Waiting) -> tuple[Any, ...]:
    longest = -1.0 if w.longest_wait_s is None else w.longest_wait_s
    return w.n_attempts, w.last_tried.date(), longest, w.last_tried


def by_hour(calls: Iterable[Happened]) -> Counter[tuple[int, int]]:
    """Count the offered calls by weekday and hour of the wall clock."""
    return Counter(
        (c.local.weekday(), c.local.hour)
        for c in calls
        if c.direction == "inbound" and c.outcome not in ("left_menu", "closed")
    )


def in_bins(calls: Iterable[Happened], width_s: int = 5, last_s: int = 120) -> list[int]:
    """Count the answered calls whose wait lies above a multiple of the width, up to and including the next."""
    counts = [0] * (last_s // width_s + 1)
    for c in calls:
        if c.direction == "inbound" and c.outcome == "answered" and c.wait_s is not None:
            counts[min(max(math.ceil(c.wait_s / width_s) - 1, 0), len(counts) - 1)] += 1
    return counts


def willing(calls: Iterable[Happened]) -> dict[float, tuple[int, int, float]]:
    """Return by wait: callers who waited so long, those who gave up then, and the share willing to wait longer."""
    waits: dict[float, list[bool]] = {}
    for c in calls:
        if c.direction == "inbound" and c.outcome not in ("left_menu", "closed") and c.wait_s is not None:
            waits.setdefault(c.wait_s, []).append(c.outcome == "abandoned")
    at_risk, share, found = sum(map(len, waits.values())), 1.0, {}
    for wait, left in sorted(waits.items()):
        share *= 1 - sum(left) / at_risk
        found[wait] = (at_risk, sum(left), share)
        at_risk -= len(left)
    return found


def xmr(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of twelve weeks and the limits around it from their moving range."""
    mean = fmean(values)
    half = 3 / 1.128 * fmean(abs(b - a) for a, b in zip(values, values[1:], strict=False))
    return mean, max(0.0, mean - half), mean + half


def laney(weeks: Sequence[tuple[int, int]], n: int) -> tuple[float, float, float]:
    """Return the mean rate of twelve weeks and Laney's limits for a next week of n."""
    mean = sum(k for k, _ in weeks) / sum(of for _, of in weeks)
    z = [(k / of - mean) / math.sqrt(mean * (1 - mean) / of) for k, of in weeks]
    sigma_z = fmean(abs(b - a) for a, b in zip(z, z[1:], strict=False)) / 1.128
    half = 3 * sigma_z * math.sqrt(mean * (1 - mean) / n)
    return mean, max(0.0, mean - half), min(1.0, mean + half)


def poisson(mean: float) -> tuple[int, int]:
    """Return between which counts chance alone keeps a count of this mean, three sigma out."""
    return _tails(lambda k: k * math.log(mean) - mean - math.lgamma(k + 1))


def binomial(n: int, share: float) -> tuple[float, float]:
    """Return between which rates chance alone keeps a rate of n, three sigma out."""
    hit, miss, ways = math.log(share), math.log(1 - share), math.lgamma(n + 1)
    low, high = _tails(
        lambda k: ways - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * hit + (n - k) * miss, n
    )
    return low / n, high / n


def _tails(log_chance: Callable[[int], float], most: int = 100_000) -> tuple[int, int]:
    sums = accumulate(math.exp(log_chance(k)) for k in range(most + 1))
    low, found = None, 0
    for found, so_far in enumerate(sums):
        low = found if low is None and so_far >= 0.00135 else low
        if so_far >= 1 - 0.00135:
            break
    return low or 0, found


def within(calls: Iterable[Happened], since: date, days: int = 7) -> list[Happened]:
    """Return the calls that began on some days of the wall clock."""
    return [c for c in calls if since <= c.local.date() < since + timedelta(days=days)]
