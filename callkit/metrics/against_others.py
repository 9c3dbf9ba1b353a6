"""Whose share differs from that of all others of its group together, allowing for the number of comparisons.

A two-sided test of two proportions. Rows of one day depend on each other, so the variance of either side is
multiplied by its dispersion (`callkit.metrics.dispersion`), measured over up to thirteen weeks; a bad day that all
share counts against both sides, which errs towards no verdict. As many comparisons are made as there are members: the
p-values are adjusted by Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57,
289–300, so that of all verdicts other than ``usual`` at most one in twenty is expected to be chance. Fewer than 30
rows, or fewer than four whole weeks of data, get an interval and no verdict.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from callkit.metrics.dispersion import History, Scatter, day_number
from callkit.metrics.estimates import wilson

LEAST = 30
"""Rows below which a member is not compared with the others."""
ALPHA = 0.05


class Days(NamedTuple):
    """
    Hits of each member on each day, and what they are hits of.

    Parameters
    ----------
    day
        The days, as days since 1970.
    hits, n
        A row a member, a column a day.
    """

    day: np.ndarray
    hits: np.ndarray
    n: np.ndarray

    @classmethod
    def of(cls, member: np.ndarray, day: np.ndarray, hits: np.ndarray, n: np.ndarray) -> "Days":
        """Return the sums of rows, each of a member and a day."""
        days, column = np.unique(day, return_inverse=True)
        size = int(member.max(initial=-1)) + 1, len(days)
        cell = member * len(days) + column
        summed = (np.bincount(cell, of, size[0] * size[1]).reshape(size) for of in (hits, n))
        return cls(days, *summed)

    def others(self, group: np.ndarray) -> "Days":
        """Return for each member the sums of all others of its group, by its number."""
        is_of = group[:, None] == group[None, :]
        np.fill_diagonal(is_of, False)
        return Days(self.day, is_of @ self.hits, is_of @ self.n)

    def dispersion(self, weeks: History | None) -> np.ndarray:
        """Return by how much each member's share scatters more than independent rows."""
        size, days = self.n.shape
        if weeks is None:
            return np.ones(size)
        scatter = Scatter(np.repeat(np.arange(size), days), np.tile(self.day, size), size, weeks)
        return scatter.share(self.hits.ravel(), self.n.ravel()).dispersion

    def of_period(self, since: date | None) -> tuple[np.ndarray, np.ndarray]:
        """Return each member's hits and rows from a day on."""
        which = self.day >= (-np.inf if since is None else day_number(since))
        return self.hits[:, which].sum(axis=1), self.n[:, which].sum(axis=1)


def judged(days: Days, group: np.ndarray, weeks: History | None, since: date | None) -> pd.DataFrame:
    """
    Judge each member's share of the period from a day on against that of all others of its group.

    Parameters
    ----------
    days
        Hits and rows by day, the days before the period among them.
    group
        Number of each member's group.
    weeks
        The days dispersion is measured over; None: rows are taken as independent, and nobody is judged.
    since
        First date of the period; None: all days are of it.

    Returns
    -------
    pandas.DataFrame
        A row a member: ``share``, ``low``, ``high`` (95 % interval), ``method``, ``dispersion`` (null where rows were
        taken as independent), ``is_ranked`` (enough rows), ``others_share``, ``p_adjusted`` and ``verdict`` (``usual``,
        ``high``, ``low``, or ``none``).
    """
    others, phi = days.others(group), days.dispersion(weeks)
    (k, n), (k_others, n_others) = days.of_period(since), others.of_period(since)
    low, high = wilson(k / phi, n / phi)
    is_ranked = n >= LEAST
    is_judged = is_ranked & (n_others > 0) & (weeks is not None)
    p, gap = _difference(k, n, phi, k_others, n_others, others.dispersion(weeks))
    adjusted = np.full(len(n), np.nan)
    if is_judged.any():
        adjusted[is_judged] = false_discovery_control(p[is_judged])
    side = np.where(adjusted > ALPHA, "usual", np.where(gap > 0, "high", "low"))
    found = {
        "share": k / np.where(n > 0, n, np.nan),
        "low": low,
        "high": high,
        "method": f"Wilson, {f'days of {weeks.n_weeks} weeks' if weeks else 'taken as independent'}",
        "dispersion": phi if weeks else np.nan,
        "is_ranked": is_ranked,
        "others_share": k_others / np.where(n_others > 0, n_others, np.nan),
        "p_adjusted": adjusted,
        "verdict": np.where(is_judged, side, "none"),
    }
    return pd.DataFrame(found).astype({"method": "str", "verdict": "str"})


def _difference(
    k: np.ndarray, n: np.ndarray, phi: np.ndarray, k_o: np.ndarray, n_o: np.ndarray, phi_o: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the two-sided p-value and the difference of two shares, pooled under the hypothesis that they are one."""
    n, n_o = (np.where(of > 0, of, np.nan) for of in (n, n_o))
    gap, both = k / n - k_o / n_o, (k + k_o) / (n + n_o)
    spread = np.sqrt(both * (1 - both) * (phi / n + phi_o / n_o))
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * norm.sf(np.abs(gap / spread))
    return np.where(spread > 0, p, 1.0), gap
