"""The interval of each kind of number, and the name of its method."""

from typing import NamedTuple

import numpy as np

from callkit.metrics.dispersion import History, Measured
from callkit.metrics.estimates import Values, count_interval, mean_interval, wilson
from callkit.metrics.number import Number

_METHODS = {
    "share": "Wilson",
    "count": "Poisson score",
    "mean": "normal on the log scale",
    "ratio": "normal on the log scale",
    "quantile": "Woodruff",
}


class Interval(NamedTuple):
    """The ends of 95 % intervals, the name of their method, and the dispersion they were widened by, by group."""

    low: np.ndarray
    high: np.ndarray
    method: np.ndarray
    dispersion: np.ndarray


def interval(
    row: Number,
    value: np.ndarray,
    total: np.ndarray,
    size: np.ndarray,
    values: Values | None,
    measured: Measured | None,
    history: History | None,
) -> Interval:
    """
    Return the 95 % interval of a number for each group, null where there is none.

    Parameters
    ----------
    row
        The number.
    value, total, size
        By group: its value, its numerator, and what that is divided by.
    values
        What a quantile is taken from.
    measured, history
        The dispersion, and the days it was measured over; None: only shares have an interval, as of independent calls.
    """
    nothing = np.full(len(value), np.nan)
    if row.statistic not in _METHODS or (measured is None and row.statistic != "share"):
        return Interval(nothing, nothing, np.full(len(value), "", dtype=object), nothing)
    phi = np.ones(len(value)) if measured is None else measured.dispersion
    if row.statistic == "share":
        known = np.where(np.isnan(value), 0, size)
        low, high = wilson(total / phi, known / phi)
    elif row.statistic == "count":
        low, high = count_interval(total, phi)
    elif values is not None:
        low, high = values.quantile_interval(row.level or 0, phi)
    else:
        assert measured is not None  # noqa: S101 (seen to above)
        low, high = mean_interval(value, measured.relative_variance / np.where(size > 0, size, np.nan))
    method = _METHODS[row.statistic]
    if measured is None or history is None:
        return _named(low, high, f"{method}, taken as independent", nothing)
    return _named(low, high, f"{method}, days of {history.n_weeks} weeks", phi)


def _named(low: np.ndarray, high: np.ndarray, method: str, phi: np.ndarray) -> Interval:
    is_there = ~np.isnan(low) | ~np.isnan(high)
    return Interval(low, high, np.where(is_there, method, "").astype(object), np.where(is_there, phi, np.nan))
