"""How much more numbers scatter than independent calls would: the dispersion that widens their intervals.

Calls of one day depend on each other: a colleague is ill, an advert runs, callers who gave up ring again. So what a
day has more or less than expected of its weekday is taken as one piece; over some weeks the mean square of these
pieces, against what independent calls would give, is the dispersion φ. It is never below 1, and divides n where an
interval is taken (Wilson on n ÷ φ). Its like: the variance of a ratio from clusters, Cochran, W. G. (1977), Sampling
Techniques, ch. 6 and 9; design effects in place of n, Kish, L. (1965), Survey Sampling, ch. 8.
"""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

MOST_WEEKS = 13
LEAST_WEEKS = 4
_WEEK = 7
_WEEKEND = 2  # days by which a week may be short: many businesses have no call then
_DAYS = 1 << 17  # more days than any group has


class History(NamedTuple):
    """The days dispersion is measured over, whole weeks: the first one, and how many weeks."""

    first: int
    n_weeks: int

    @property
    def end(self) -> int:
        """The day after the last one."""
        return self.first + _WEEK * self.n_weeks


def history(first: date | None, last: date | None, until: date | None) -> History | None:
    """
    Return the last whole weeks before the end of a period, thirteen at most; None where there are fewer than four.

    Parameters
    ----------
    first, last
        First and last day with a call; None where there is none.
    until
        The day after the period's last; None: after the last call.

    Examples
    --------
    >>> history(date(2026, 9, 1), date(2026, 11, 22), date(2026, 11, 23)).n_weeks
    11
    """
    if first is None or last is None:
        return None
    end = until or last + timedelta(days=1)
    n_weeks = min(((end - first).days + _WEEKEND) // _WEEK, MOST_WEEKS)
    return History(day_number(end) - _WEEK * n_weeks, n_weeks) if n_weeks >= LEAST_WEEKS else None


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


class Measured(NamedTuple):
    """
    What a history says of a number, by group.

    Parameters
    ----------
    dispersion
        φ, at least 1; null where it says nothing.
    relative_variance
        Variance of a mean or ratio of one row, against its square.
    """

    dispersion: np.ndarray
    relative_variance: np.ndarray


class Scatter:
    """
    Sums of each group on each day of a history, and how they scatter around what is expected of their weekday.

    Parameters
    ----------
    group, day
        Of each row: its group, 0 to below `n_groups`, and its day.
    n_groups
        How many groups there are.
    history
        The days that count.
    """

    def __init__(self, group: np.ndarray, day: np.ndarray, n_groups: int, history: History) -> None:
        self._n_groups, self._n_weeks = n_groups, history.n_weeks
        self.within = (day >= history.first) & (day < history.end)
        cells, self._cell = np.unique(
            group[self.within] * _DAYS + day[self.within].astype(int), return_inverse=True
        )
        self._group = cells // _DAYS
        self._weekday = self._group * _WEEK + cells % _DAYS % _WEEK

    def count(self, of: np.ndarray) -> Measured:
        """Measure a count: what each row adds to it."""
        counts = self._by_day(of)
        return _measured(self._squares(counts), self._total(counts))

    def share(self, hits: np.ndarray, n: np.ndarray) -> Measured:
        """Measure a share: what each row adds to the hits, and to what they are taken from."""
        hit, among = self._by_day(hits), self._by_day(n)
        sizes = self._total(among)
        share = _divided(self._total(hit), sizes)
        return _measured(self._squares(hit - share[self._group] * among), sizes * share * (1 - share))

    def mean(self, amounts: np.ndarray, n: np.ndarray, squares: np.ndarray | None = None) -> Measured:
        """Measure a mean or ratio: what each row adds to the amounts and their divisor, and to the squares."""
        amount, size = self._by_day(amounts), self._by_day(n)
        sizes = self._total(size)
        mean = _divided(self._total(amount), sizes)
        beyond = self._squares(amount - mean[self._group] * size)
        alone = np.zeros(self._n_groups)
        if squares is not None:
            alone = np.maximum(self._total(self._by_day(squares)) - sizes * mean**2, 0.0)
        scatter = np.fmax(beyond, alone)
        phi = _measured(scatter, alone).dispersion if squares is not None else np.full(self._n_groups, np.nan)
        return Measured(phi, _divided(scatter, sizes * mean**2))

    def _by_day(self, of: np.ndarray) -> np.ndarray:
        by_day: np.ndarray = np.bincount(self._cell, of[self.within], len(self._group)).astype(float)
        return by_day

    def _total(self, by_day: np.ndarray) -> np.ndarray:
        return np.bincount(self._group, by_day, self._n_groups).astype(float)

    def _squares(self, beyond: np.ndarray) -> np.ndarray:
        """Return the sum of squares around each weekday's mean; a day without rows is as its sums say: nothing."""
        by_weekday = np.bincount(self._weekday, beyond, self._n_groups * _WEEK)
        due = (by_weekday**2).reshape(self._n_groups, _WEEK).sum(axis=1) / self._n_weeks
        squares: np.ndarray = np.maximum(self._total(beyond**2) - due, 0.0)
        return squares * self._n_weeks / (self._n_weeks - 1)


def _measured(scatter: np.ndarray, alone: np.ndarray) -> Measured:
    phi = _divided(scatter, alone)
    return Measured(np.where(np.isfinite(phi), np.maximum(phi, 1.0), 1.0), np.full(len(phi), np.nan))


def _divided(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    found: np.ndarray = above / np.where(below == 0, np.nan, below)
    return found
