"""Intervals and quantiles from counts: of a share, a count, a mean and a quantile, each with its dispersion."""

from statistics import NormalDist
from typing import Any

import numpy as np

Z = NormalDist().inv_cdf(0.975)
INDEPENDENT = "Wilson, taken as independent"
"""Method of the interval of a share whose rows are taken as independent."""


def wilson(numerator: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    """
    Return Wilson's 95 % interval of a share, null where n is 0.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209–212.
    """
    k, n = np.asarray(numerator, dtype=float), np.asarray(n, dtype=float)
    n = np.where(n > 0, n, np.nan)
    p, z2 = k / n, Z**2
    middle, half = p + z2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return np.where(k == 0, 0.0 * n, low), np.where(k == n, 0.0 * n + 1, high)


def count_interval(count: np.ndarray, dispersion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the 95 % score interval of a Poisson count whose variance is so many times its mean.

    Rao, C. R. (1948), score tests; McCullagh, P. and Nelder, J. A. (1989), Generalized Linear Models, § 6.2.3, for
    the dispersion.
    """
    middle, half = count + dispersion * Z**2 / 2, Z * np.sqrt(dispersion * count + (dispersion * Z) ** 2 / 4)
    return np.maximum(middle - half, 0.0), middle + half


def mean_interval(mean: np.ndarray, relative_variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Return the 95 % interval of a mean that is above 0, on the logarithmic scale; null where it is not.

    Parameters
    ----------
    mean, relative_variance
        The mean, and the variance of the mean against its square.
    """
    factor = np.exp(Z * np.sqrt(relative_variance))
    mean = np.where(mean > 0, mean, np.nan)
    return mean / factor, mean * factor


class Values:
    """
    Values that are counted, by group, in rising order.

    Parameters
    ----------
    group, values, times
        Of each row: its group, 0 to below `n_groups`; a value; and how often it occurs there.
    n_groups
        How many groups there are.
    """

    def __init__(self, group: np.ndarray, values: np.ndarray, times: np.ndarray, n_groups: int) -> None:
        order = np.lexsort((values, group))
        self._values, self._ends = values[order], np.cumsum(times[order])
        self.n = np.bincount(group, times, n_groups).astype(int)
        self._first = np.cumsum(self.n) - self.n

    def quantile(self, level: Any) -> np.ndarray:
        """Return a quantile of each group, as numpy's linear method gives it; null where a group has no value."""
        found, some = np.full(len(self.n), np.nan), self.n > 0
        levels = np.broadcast_to(np.asarray(level, dtype=float), self.n.shape)[some]
        first, last = self._first[some], self.n[some] - 1
        place = last * levels
        below = place.astype(int)
        low = self._values[np.searchsorted(self._ends, first + below, side="right")]
        above = first + np.minimum(below + 1, last)
        high = self._values[np.searchsorted(self._ends, above, side="right")]
        found[some] = low + (high - low) * (place - below)
        return found

    def quantile_interval(self, level: float, dispersion: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """
        Return the 95 % interval of a quantile, an end null where so few values do not tell it.

        A value is inside where the share of values up to it does not differ from the level: the quantiles at level ±
        1.96 √(level (1 − level) φ ÷ n). Woodruff, R. S. (1952), Confidence intervals for medians and other position
        measures, Journal of the American Statistical Association 47, 635–646.
        """
        half = Z * np.sqrt(level * (1 - level) * dispersion / np.where(self.n > 0, self.n, np.nan))
        low, high = level - half, level + half
        return (
            np.where(low >= 0, self.quantile(np.nan_to_num(np.maximum(low, 0))), np.nan),
            np.where(high <= 1, self.quantile(np.nan_to_num(np.minimum(high, 1))), np.nan),
        )
