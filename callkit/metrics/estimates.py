"""What counts say about more than themselves: the interval of a share, and quantiles of values that are counted."""

from statistics import NormalDist
from typing import Any

import numpy as np

_Z = NormalDist().inv_cdf(0.975)


def wilson(numerator: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    """
    Return Wilson's 95 % interval of a share, null where n is 0.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209–212.
    """
    k, n = np.asarray(numerator, dtype=float), np.asarray(n, dtype=float)
    n = np.where(n > 0, n, np.nan)
    p, z2 = k / n, _Z**2
    middle, half = p + z2 / (2 * n), _Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)
    return np.where(k == 0, 0.0 * n, low), np.where(k == n, 0.0 * n + 1, high)


def quantiles(
    group: np.ndarray, values: np.ndarray, times: np.ndarray, n_groups: int, level: float
) -> np.ndarray:
    """
    Return a quantile of each group, as numpy's linear method gives it; null where a group has no value.

    Parameters
    ----------
    group, values, times
        Of each row: its group, 0 to below `n_groups`; a value; and how often it occurs there.
    n_groups
        How many groups there are.
    level
        Which quantile, 0 to 1.
    """
    order = np.lexsort((values, group))
    values, ends = values[order], np.cumsum(times[order])
    n = np.bincount(group, times, n_groups).astype(int)
    found, some = np.full(n_groups, np.nan), n > 0
    first, last = (np.cumsum(n) - n)[some], n[some] - 1
    place = last * level
    below = place.astype(int)
    low = values[np.searchsorted(ends, first + below, side="right")]
    high = values[np.searchsorted(ends, first + np.minimum(below + 1, last), side="right")]
    found[some] = low + (high - low) * (place - below)
    return found
