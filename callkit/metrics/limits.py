"""Control limits: what a number may be after some ordinary periods, by the XmR chart and Laney's p′ chart.

Three additions keep small numbers honest. Limits are never narrower than chance alone would spread independent calls
(exact binomial and Poisson quantiles at the tails of three sigma), and never narrower than one second, the
resolution of the records. Runs are judged only where at least three hits and three misses are expected: below that,
most weeks lie on one side of the mean by themselves.

Sources: Wheeler, D. J. (1993), Understanding Variation (2.66 = 3 / 1.128, for moving ranges of two); Laney, D. B.
(2002), Improved control charts for attributes, Quality Engineering 14(4), 531–537; the rules as in
https://anhoej.github.io/spc4hc.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, poisson

_D2 = 1.128  # mean of the range of two values, in sigma
_SIGMAS = 3
_TAIL = 0.00135  # share of a normal distribution beyond three sigma, on one side
RESOLUTION_S = 1.0
_LEAST_FOR_RUNS = 3


class Limits(NamedTuple):
    """The mean of some weeks, the limits of what is usual after them, and whether a run would say something."""

    mean: float
    low: float
    high: float
    method: str
    judges_runs: bool


def rate_limits(numerators: ArrayLike, ns: ArrayLike, n: float) -> Limits:
    """
    Return Laney's p′ limits of a rate, from periods in time order, for a next period of size `n`.

    Examples
    --------
    >>> rate_limits([50, 60, 50, 60], [100, 100, 100, 100], 100).mean
    0.55
    """
    k, sizes = np.asarray(numerators, dtype=float), np.asarray(ns, dtype=float)
    mean = float(k.sum() / sizes.sum())
    spread = np.sqrt(mean * (1 - mean) / sizes)
    sigma_z = float(np.abs(np.diff((k / sizes - mean) / spread)).mean() / _D2) if 0 < mean < 1 else 1.0
    half = _SIGMAS * sigma_z * float(np.sqrt(mean * (1 - mean) / n))
    can_run = n * min(mean, 1 - mean) >= _LEAST_FOR_RUNS
    likely = (k.sum() + 0.5) / (sizes.sum() + 1)  # not 0 or 1, however few the calls
    low, high = binom.ppf([_TAIL, 1 - _TAIL], n, likely) / n
    return Limits(
        mean, max(0.0, min(mean - half, low)), min(1.0, max(mean + half, high)), "Laney p′", can_run
    )


def count_limits(counts: ArrayLike, exposures: ArrayLike = 1.0, exposure: float = 1.0) -> Limits:
    """
    Return XmR limits of a count per unit of exposure, from periods in time order, for a next period.

    Parameters
    ----------
    counts
        Count of each period.
    exposures, exposure
        Size of each period, and of the next one; weeks alike: 1.
    """
    counts, exposures = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    rates = counts / exposures
    mean, half = _xmr(rates)
    likely = (counts.sum() + 0.5) / np.sum(np.broadcast_to(exposures, rates.shape)) * exposure
    low, high = poisson.ppf([_TAIL, 1 - _TAIL], likely) / exposure
    return Limits(
        mean, max(0.0, min(mean - half, low)), max(mean + half, high), "XmR", likely >= _LEAST_FOR_RUNS
    )


def value_limits(values: ArrayLike, resolution: float = 0.0) -> Limits:
    """Return XmR limits of a mean, a quantile or an amount, from periods in time order; never below its resolution."""
    mean, half = _xmr(np.asarray(values, dtype=float))
    half = max(half, resolution)
    return Limits(mean, max(0.0, mean - half), mean + half, "XmR", True)


def _xmr(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), _SIGMAS / _D2 * float(np.abs(np.diff(values)).mean())
