"""Adding up: from the few rows an engine gives back, the numbers of each group with what they were taken from."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from callkit.metrics.catalogue import MOST_UNKNOWN, Expression, Number
from callkit.metrics.counting import TIMES, Counting, pair
from callkit.metrics.estimates import quantiles, wilson

PARTS = ("value", "numerator", "n", "low", "high", "method", "n_null")


def groups_of(frames: Sequence[pd.DataFrame], names: list[str]) -> tuple[pd.DataFrame, list[np.ndarray]]:
    """
    Return the groups, and for each frame the place of each row's group among them.

    Parameters
    ----------
    frames
        Frames with a column of each name; the first one has all groups.
    names
        Columns that make a group; none: all rows are one group, also of no rows.
    """
    if not names:
        return pd.DataFrame(index=range(1)), [np.zeros(len(frame), dtype=int) for frame in frames]
    every = pd.concat([frame[names] for frame in frames], ignore_index=True)
    place = every.groupby(names, dropna=False, sort=False).ngroup().to_numpy()
    ends = np.cumsum([len(frame) for frame in frames])
    return frames[0][names].drop_duplicates(ignore_index=True), np.split(place, ends[:-1])


class Totals:
    """
    The answer of an engine for one grain, ready to be added up.

    Parameters
    ----------
    counting
        What was asked.
    frames, groups
        The rows that came back for each of its expressions, and the place of each row's group.
    n_groups
        How many groups there are; one without rows counts as nothing.
    """

    def __init__(
        self, counting: Counting, frames: Sequence[pd.DataFrame], groups: Sequence[np.ndarray], n_groups: int
    ) -> None:
        self._counting, self._n_groups = counting, n_groups
        (self._alike, *values), (self._group, *others) = frames, groups
        self._values = dict(zip(counting.by_value, zip(others, values, strict=True), strict=True))
        self._times = self._column(TIMES)

    def number(self, row: Number) -> dict[str, np.ndarray]:
        """Return each of `PARTS` of a number by group."""
        among = self._column(self._counting.flags[row.denominator])
        counts = among == 1
        numerator, n = self._taken(row, counts)
        n_null = self._added(self._times * (counts | np.isnan(among))) - n
        value = self._value(row, counts, numerator, n)
        if row.is_mixed:
            value = np.where(n_null > MOST_UNKNOWN * (n + n_null), np.nan, value)
        low = high = np.full(self._n_groups, np.nan)
        method = ""
        if row.statistic == "share":
            low, high = wilson(numerator, np.where(np.isnan(value), 0, n))
            method = "Wilson"
        methods = np.full(self._n_groups, method, dtype=object)
        parts = (value, numerator, n.astype(int), low, high, methods, n_null.astype(int))
        return dict(zip(PARTS, parts, strict=True))

    def _taken(self, row: Number, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what is divided, null where a statistic has no such thing, and how many rows it was taken from."""
        if row.statistic in ("count", "share"):
            of = self._column(self._counting.flags[row.numerator])
            n = self._added(self._times * (counts & ~np.isnan(of)))
            return self._added(self._times * (counts & (of == 1))), n
        n = self._added(np.where(counts, self._part("n", row.numerator), 0))
        numerator = np.full(self._n_groups, np.nan)
        if row.statistic in ("mean", "total"):
            sums = np.nan_to_num(self._part("sum", row.numerator))
            numerator = np.where(n > 0, self._added(np.where(counts, sums, 0)), np.nan)
        return numerator, n

    def _value(self, row: Number, counts: np.ndarray, numerator: np.ndarray, n: np.ndarray) -> np.ndarray:
        if row.statistic == "quantile":
            group, rows = self._values[pair(row)]
            values, times = _floats(rows["of"]), rows[TIMES].to_numpy(int)
            return quantiles(group, values, times, self._n_groups, row.level or 0)
        if row.statistic == "largest":
            largest = np.full(self._n_groups, np.nan)
            np.fmax.at(largest, self._group[counts], self._part("max", row.numerator)[counts])
            return largest
        return numerator / np.where(n > 0, n, np.nan) if row.statistic in ("share", "mean") else numerator

    def _part(self, name: str, amount: Expression) -> np.ndarray:
        return self._column(self._counting.part(name, amount))

    def _column(self, name: str) -> np.ndarray:
        return _floats(self._alike[name])

    def _added(self, of: np.ndarray) -> np.ndarray:
        return np.bincount(self._group, of, self._n_groups).astype(
            float
        )  # whole numbers where there are no rows


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy(float, na_value=np.nan)
