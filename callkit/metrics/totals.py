"""Adding up: from the few rows an engine gives back, the numbers of each group with what they were taken from."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from callkit.metrics import intervals
from callkit.metrics.counting import OF, TIMES, Counting, pair
from callkit.metrics.dispersion import History, Measured, Scatter
from callkit.metrics.estimates import Values
from callkit.metrics.number import MOST_UNKNOWN, Number

PARTS = ("value", "numerator", "n", "low", "high", "method", "dispersion", "n_null")


class Placed(NamedTuple):
    """
    Rows of an engine's answer, each with its group.

    Parameters
    ----------
    frame
        The rows.
    group
        Place of each row's group in the answer; -1 where it lies outside of the period that is asked about.
    pool
        Place of its group in the history, where stretches of time are one.
    day
        Its day as days since 1970, NaN where it has none; None where the engine was not asked for days.
    """

    frame: pd.DataFrame
    group: np.ndarray
    pool: np.ndarray
    day: np.ndarray | None


class Totals:
    """
    The answer of an engine for one grain, ready to be added up.

    Parameters
    ----------
    counting
        What was asked.
    answers
        The rows that came back for each of its expressions.
    pools
        For each group of the answer, its place in the history; a group without rows counts as nothing.
    history
        The days dispersion is measured over; None: rows are taken as independent.
    """

    def __init__(
        self, counting: Counting, answers: Sequence[Placed], pools: np.ndarray, history: History | None
    ) -> None:
        self._counting, self._pools, self._history = counting, pools, history
        self._rows, *values = answers
        self._by_value = dict(zip(counting.by_value, values, strict=True))
        self._times = self._column(TIMES)
        self._is_asked = self._rows.group >= 0
        self._group = self._rows.group[self._is_asked]
        self._scatter = self._scatter_of(self._rows)

    def number(self, row: Number) -> dict[str, np.ndarray]:
        """Return each of `PARTS` of a number by group."""
        among = self._column(self._counting.flags[row.denominator])
        counts = among == 1
        adds, rows = self._adds(row, counts)
        size = np.where(counts, self._column(self._counting.divisor(row)), 0) if row.per else rows
        n = self._added(rows)
        n_null = self._added(self._times * (counts | np.isnan(among))) - n
        is_counted = row.statistic in ("count", "share")
        total = np.where(is_counted | (n > 0), self._added(np.nan_to_num(adds)), np.nan)
        values = self._values(row)
        value = self._value(row, total, self._added(np.nan_to_num(size)), values, counts)
        if row.is_mixed:
            value = np.where(n_null > MOST_UNKNOWN * (n + n_null), np.nan, value)
        if row.is_null_if_zero:
            value = np.where(total == 0, np.nan, value)
        measured = self._measured(row, np.nan_to_num(adds), np.nan_to_num(size), counts)
        shown = intervals.interval(
            row, value, total, self._added(np.nan_to_num(size)), values, measured, self._history
        )
        numerator = np.full(len(n), np.nan) if row.statistic in ("quantile", "largest") else total
        return {
            "value": value, "numerator": numerator, "n": n.astype(int), "n_null": n_null.astype(int),
            **shown._asdict(),
        }  # fmt: skip

    def _adds(self, row: Number, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what each row adds to the numerator, and how many of those it stands for are known."""
        if row.statistic in ("count", "share"):
            of = self._column(self._counting.flags[row.numerator])
            return self._times * (counts & (of == 1)), self._times * (counts & ~np.isnan(of))
        n = np.where(counts, self._part("n", row), 0)
        if row.statistic in ("quantile", "largest"):
            return np.zeros(len(n)), n
        return np.where(counts, self._part("sum", row), 0), n

    def _value(
        self, row: Number, total: np.ndarray, size: np.ndarray, values: Values | None, counts: np.ndarray
    ) -> np.ndarray:
        if values is not None:
            return values.quantile(row.level or 0)
        if row.statistic == "largest":
            largest, asked = np.full(len(total), np.nan), counts & self._is_asked
            np.fmax.at(largest, self._rows.group[asked], self._part("max", row)[asked])
            return largest
        if row.statistic in ("count", "total"):
            return total
        return total / np.where(size > 0, size, np.nan)

    def _values(self, row: Number) -> Values | None:
        """Return what a quantile is taken from, by group."""
        if row.statistic != "quantile":
            return None
        rows = self._by_value[pair(row)]
        return _counted(rows, rows.group, rows.group >= 0, len(self._pools))

    def _measured(
        self, row: Number, adds: np.ndarray, size: np.ndarray, counts: np.ndarray
    ) -> Measured | None:
        """Return what the history says of a number's scatter, by group."""
        if self._scatter is None or row.statistic in ("total", "largest"):
            return None
        if row.statistic == "count":
            found = self._scatter.count(adds)
        elif row.statistic == "share":
            found = self._scatter.share(adds, size)
        elif row.statistic == "quantile":
            found = self._below(row)
        else:
            squares = None if row.per else np.nan_to_num(np.where(counts, self._part("squares", row), 0))
            found = self._scatter.mean(adds, size, squares)
        return Measured(*(of[self._pools] for of in found))

    def _below(self, row: Number) -> Measured:
        """Measure how the share of values up to a quantile of the history scatters."""
        rows = self._by_value[pair(row)]
        scatter = self._scatter_of(rows)
        assert scatter is not None  # noqa: S101 (asked for with the days of the calls)
        level = _counted(rows, rows.pool, scatter.within, self._n_pools()).quantile(row.level or 0)
        times = rows.frame[TIMES].to_numpy(float)
        return scatter.share(times * (_floats(rows.frame[OF]) <= level[rows.pool]), times)

    def _scatter_of(self, rows: Placed) -> Scatter | None:
        if self._history is None or rows.day is None:
            return None
        return Scatter(rows.pool, rows.day, self._n_pools(), self._history)

    def _n_pools(self) -> int:
        return max(int(of.max(initial=-1)) for of in (self._pools, self._rows.pool)) + 1

    def _part(self, name: str, row: Number) -> np.ndarray:
        return self._column(self._counting.part(name, row.numerator))

    def _column(self, name: str) -> np.ndarray:
        return _floats(self._rows.frame[name])

    def _added(self, of: np.ndarray) -> np.ndarray:
        return np.bincount(self._group, of[self._is_asked], len(self._pools)).astype(
            float
        )  # whole numbers where there are no rows


def _counted(rows: Placed, group: np.ndarray, which: np.ndarray, n_groups: int) -> Values:
    values, times = _floats(rows.frame[OF]), rows.frame[TIMES].to_numpy(int)
    return Values(group[which], values[which], times[which], n_groups)


def _floats(column: pd.Series) -> np.ndarray:
    return column.to_numpy(float, na_value=np.nan)
