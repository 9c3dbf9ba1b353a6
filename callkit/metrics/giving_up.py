"""When callers give up: the rate second by second, where it peaks, and what it makes of mean patience.

All count offered calls whose wait is known; calls that left in the menu never queued and never count.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import binom, chi2
from scipy.stats import t as student

from callkit.metrics import terms
from callkit.metrics.bounds import ABOVE_0, checked
from callkit.metrics.engine import collected, n_where
from callkit.metrics.estimates import wilson
from callkit.metrics.sources import calls_table
from callkit.metrics.waiting import comparable, counted

_LEVEL = 0.95
_AROUND_S = 15
_LEAST_HOURS = 10


def hazard(calls: Any, width_s: float = 5, last_s: float = 120) -> pd.DataFrame:
    """
    Estimate the rate of giving up per second among the callers still waiting, in bins of the wait (the hazard).

    The rate of a bin is those who gave up in it ÷ the seconds all callers together waited in it; with bins of 1 s
    and waits in whole seconds, that is those who gave up ÷ those at risk. The 95 % interval is the exact one of a
    Poisson count (Garwood, 1936, Biometrika 28, 437–442). An announcement, or a melody that begins again, shows as a
    peak.

    A bin is a **peak** where its rate is above that of the 15 s before it and above that of the 15 s after it, each
    beyond chance: by the exact conditional test of two Poisson rates (Przyborowski and Wilenski, 1940, Biometrika 31,
    313–323), one-sided, at 5 % shared among all bins, so that a series without a peak shows one at most in one case
    of twenty. At the very start there are only the seconds after. Peaks side by side are one.

    Parameters
    ----------
    calls
        Tables, a calls frame, a lake or an Ibis table.
    width_s
        Seconds of a bin.
    last_s
        Where the last bin begins, which holds all longer waits and is no peak.

    Returns
    -------
    pandas.DataFrame
        A row a bin: ``from_s``, ``to_s`` (infinite in the last), ``rate`` (per second; null where nobody waited so
        long), ``low``, ``high``, ``n_left`` (those who gave up), ``at_risk`` (callers who waited longer than
        ``from_s``), ``waited_s`` (seconds waited in the bin) and ``is_peak``. A bin holds the waits above its start
        up to and including its end, the first one also waits of 0. ``attrs["n_null"]`` counts the offered calls whose
        wait is not known; where more than a tenth of those answered or given up are, there are no rows.

    Raises
    ------
    UsageError
        The width or the last start is not above 0.
    """
    checked("width_s", width_s, ABOVE_0)
    checked("last_s", last_s, ABOVE_0)
    known, n_null = comparable(counted(calls))
    starts = np.append(np.arange(0, last_s, width_s), last_s)
    bins = pd.DataFrame({"from_s": starts, "to_s": np.append(starts[1:], np.inf)})
    waits, n = known["wait_s"].to_numpy(), known["n"].to_numpy()
    left = np.where(known["kind"] == "abandoned", n, 0)
    place = np.clip(np.searchsorted(starts, waits, side="left") - 1, 0, len(starts) - 1)
    bins["n_left"] = np.bincount(place, left, len(starts)).astype(int)
    bins["at_risk"] = [int(n[waits > start].sum()) for start in starts]
    bins["waited_s"] = [
        float((n * np.clip(waits - start, 0, end - start)).sum())
        for start, end in zip(starts, bins["to_s"], strict=True)
    ]
    exposure = bins["waited_s"].where(bins["waited_s"] > 0)
    bins["rate"] = bins["n_left"] / exposure
    low, high = _garwood(bins["n_left"])
    bins["low"], bins["high"] = low / exposure, high / exposure
    bins["is_peak"] = _is_peak(bins, max(1, round(_AROUND_S / width_s)))
    columns = ["from_s", "to_s", "rate", "low", "high", "n_left", "at_risk", "waited_s", "is_peak"]
    bins = bins[columns] if n.sum() else bins[columns].head(0)
    bins.attrs["n_null"] = n_null
    return bins


def peaks(bins: pd.DataFrame) -> pd.DataFrame:
    """
    Return the peaks of a `hazard`, neighbouring bins as one.

    Returns
    -------
    pandas.DataFrame
        A row a peak, by time: ``from_s``, ``to_s``, ``n_left``, ``waited_s``, ``rate`` (per second), ``low``, ``high``.
    """
    run = (bins["is_peak"] != bins["is_peak"].shift()).cumsum()
    found = bins[bins["is_peak"]].groupby(run[bins["is_peak"]])
    table = found.agg({"from_s": "first", "to_s": "last", "n_left": "sum", "waited_s": "sum"})
    table["rate"] = table["n_left"] / table["waited_s"]
    low, high = _garwood(table["n_left"])
    return table.assign(low=low / table["waited_s"], high=high / table["waited_s"]).reset_index(drop=True)


def patience_index(calls: Any) -> pd.DataFrame:
    """
    Return how patient callers are, in one number, by three ways.

    ``answered_per_abandoned``: the empirical patience index of Brown, L. et al. (2005), Journal of the American
    Statistical Association 100, 36–50; interval from Wilson's. ``mean_patience``: seconds waited by all ÷ those who
    gave up, the likeliest mean if everybody's rate of giving up were the same at every second (its inverse is the θ
    of Erlang A); interval from the exact one of a Poisson count. ``mean_patience_hourly``: 1 ÷ slope of the line
    through the share given up against the mean wait, each clock hour of each day a point, all points alike, as Brown
    et al. drew it; interval with errors clustered by day, as the hours of one day are alike. Where the two means are
    far apart, the rate is not the same at every second.

    Returns
    -------
    pandas.DataFrame
        A row an index: ``index``, ``value``, ``low``, ``high`` (95 %; infinite where the data set no upper bound),
        ``unit`` and ``n`` (calls answered or given up; calls given up; hours). A value is null where nobody gave up,
        where fewer than 10 hours or 2 days had a call, or where longer waits did not lose more callers.
        ``attrs["n_null"]`` as in `patience`, and no values where that has no rows.
    """
    known, n_null = comparable(counted(calls))
    n = known.groupby("kind")["n"].sum()
    n_answered, n_left = int(n.get("answered", 0)), int(n.get("abandoned", 0))
    few, many = (float(end) for end in wilson(n_answered, n_answered + n_left))
    hours = _hours(calls) if len(known) else pd.DataFrame(columns=["day", "n", "wait_s", "share"])
    rows = [
        ("answered_per_abandoned", _over(n_answered, n_left), _over(few, 1 - few), _over(many, 1 - many),
         "calls", n_answered + n_left),
        ("mean_patience", *_mean(known, n_left), "s", n_left),
        ("mean_patience_hourly", *_slope_inverse(hours), "s", len(hours)),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["index", "value", "low", "high", "unit", "n"])
    table["value"] = table["value"].where(np.isfinite(table["value"]))
    table.attrs["n_null"] = n_null
    return table


class MeanPatience(NamedTuple):
    """Seconds waited by all ÷ those who gave up, its 95 % interval, and how many gave up; see `patience_index`."""

    value: float
    low: float
    high: float
    n: int


def mean_patience(calls: Any) -> MeanPatience:
    """Return the mean patience alone, as `patience_index` does; infinite or null where nobody gave up."""
    known, _ = comparable(counted(calls))
    n_left = int(known.loc[known["kind"] == "abandoned", "n"].sum())
    return MeanPatience(*_mean(known, n_left), n_left)


def _mean(known: pd.DataFrame, n_left: int) -> tuple[float, float, float]:
    waited = float((known["wait_s"] * known["n"]).sum())
    low, high = (float(end) for end in _garwood(n_left if len(known) else np.nan))
    return _over(waited, n_left), _over(waited, high), _over(waited, low)


def _over(numerator: float, denominator: float) -> float:
    if denominator > 0:
        return numerator / denominator
    return np.inf if numerator > 0 else np.nan


def _garwood(count: Any) -> tuple[np.ndarray, np.ndarray]:
    count, tail = np.asarray(count, float), (1 - _LEVEL) / 2
    low = np.where(count > 0, chi2.ppf(tail, 2 * np.where(count > 0, count, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * (count + 1)) / 2


def _is_peak(bins: pd.DataFrame, reach: int) -> np.ndarray:
    left, waited = bins["n_left"].to_numpy(float)[:-1], bins["waited_s"].to_numpy()[:-1]
    limit = (1 - _LEVEL) / max(1, int((waited > 0).sum()))
    found = np.zeros(len(bins), dtype=bool)
    for place in range(len(left)):
        sides = [slice(max(0, place - reach), place), slice(place + 1, place + 1 + reach)]
        chances = [_chance(left, waited, place, side) for side in sides[place == 0 :]]
        found[place] = max(chances) <= limit
    return found


def _chance(left: np.ndarray, waited: np.ndarray, place: int, side: slice) -> float:
    """Return how likely so many or more of the two bins' events fall into this one, if both rates are the same."""
    beside = waited[side].sum()
    if not (waited[place] > 0 and beside > 0):
        return 1.0
    share = waited[place] / (waited[place] + beside)
    return float(binom.sf(left[place] - 1, left[place] + left[side].sum(), share))


def _hours(calls: Any) -> pd.DataFrame:
    table = calls_table(calls)
    table = table.filter(terms.offered(table)).drop_null("wait_s")
    when = table.started_local
    table = table.select("wait_s", "outcome", day=when.truncate("D"), hour=when.hour())
    is_left = table.outcome == "abandoned"
    grouped = table.group_by(["day", "hour"]).agg(
        n=table.count(), wait=table.wait_s.mean(), left=n_where(is_left)
    )
    found = collected(grouped).sort_values(["day", "hour"], ignore_index=True)
    return found.assign(wait_s=found["wait"].astype(float), share=found["left"] / found["n"])


def _slope_inverse(hours: pd.DataFrame) -> tuple[float, float, float]:
    """Return 1 ÷ slope of the least-squares line and its interval, errors clustered by day (Liang and Zeger, 1986)."""
    n, n_days = len(hours), hours["day"].nunique()
    waits = hours["wait_s"].to_numpy(float) - hours["wait_s"].mean()
    spread = float((waits**2).sum())
    if n < _LEAST_HOURS or n_days < 2 or not spread:
        return np.nan, np.nan, np.nan
    share = hours["share"].to_numpy(float) - hours["share"].mean()
    slope = float((waits * share).sum()) / spread
    by_day = pd.Series(waits * (share - slope * waits)).groupby(hours["day"].to_numpy()).sum()
    variance = float((by_day**2).sum()) / spread**2 * n_days / (n_days - 1) * (n - 1) / (n - 2)
    half = float(student.ppf((1 + _LEVEL) / 2, n_days - 1)) * np.sqrt(variance)
    steep, flat = slope + half, slope - half
    return (
        1 / slope if slope > 0 else np.nan,
        1 / steep if steep > 0 else np.nan,
        1 / flat if flat > 0 else np.inf if steep > 0 else np.nan,
    )
