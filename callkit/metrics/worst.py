"""Where most calls are lost: a block of hours, or one of several groups, that clearly loses more than all the others.

A share stands out where the lower end of its own interval lies above the upper end of the interval of all the others
together. Both are taken of n ÷ φ, the dispersion of the one that is looked at, so neither is narrower than the other
by its method. The upper end is Wilson's of 95 %. The lower one allows for the number of comparisons m: Clopper and
Pearson's, its tail of 2.5 % divided by m. Of simulated ordinary weeks about one in a hundred names a block.

Clopper, C. and Pearson, E. S. (1934), Biometrika 26, 404–413; Bonferroni's inequality for m.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import beta

from callkit.metrics.dispersion import MOST_WEEKS
from callkit.metrics.estimates import wilson
from callkit.metrics.groupings import hour_of_day, weekday
from callkit.metrics.sources import between, span
from callkit.metrics.summary import summarise

LEAST = 30
"""Calls below which a block or group is not compared with the others."""
_TAIL = 0.025  # of a 95 % interval, on one side
_BLOCKS = ([weekday, hour_of_day], [hour_of_day], [weekday])


class Block(NamedTuple):
    """
    Hours that lose more than the others.

    Parameters
    ----------
    weekday
        0 is Monday; None: all days.
    hour
        The clock hour calls began in; None: all hours of the day.
    n_missed, n
        Calls nobody answered, and calls offered.
    others_missed, others_n
        The same of all other hours.
    """

    weekday: int | None
    hour: int | None
    n_missed: int
    n: int
    others_missed: int
    others_n: int


def worst_hours(data: Any, since: str | date, until: str | date) -> Block | None:
    """
    Name the hours of a period in which clearly more of the offered calls were missed than in all others.

    An hour of one weekday, an hour of every day, and a whole weekday are compared, each of at least 30 calls.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table, with the weeks before too: they tell how much days scatter.
    since, until
        First date of the period, and the date after its last.

    Returns
    -------
    Block or None
        The block that lies furthest above the others; None where none stands out, or where there are fewer than four
        whole weeks of data to tell how much days scatter.
    """
    begin, end = span(since, until)
    recent = between(data, min(begin, end - timedelta(weeks=MOST_WEEKS)), end)
    taken = [summarise(recent, ["answer_rate"], by, since=begin, until=end) for by in _BLOCKS]
    blocks = pd.concat(taken, ignore_index=True)
    blocks = blocks.reindex(columns=["weekday", "hour_of_day", "numerator", "n", "dispersion"])
    parts = blocks[["weekday", "hour_of_day"]].fillna(-1).to_numpy(int)  # -1: not a part of the grouping
    blocks["family"] = (parts < 0) @ [1, 2]
    blocks["missed"] = blocks["n"] - blocks["numerator"].fillna(0)
    blocks["weighed"] = blocks["n"] * blocks["dispersion"]
    total = blocks.groupby("family")[["missed", "n", "weighed"]].transform("sum")
    missed, n = blocks["missed"].to_numpy(float), blocks["n"].to_numpy(float)
    others_missed, others_n = total["missed"].to_numpy(float) - missed, total["n"].to_numpy(float) - n
    # one weekday's own dispersion is measured on 13 days only and may come out low by chance
    phi = blocks["dispersion"].clip(lower=total["weighed"] / total["n"])
    gaps = above_others(missed, n, others_missed, others_n, phi)
    if not (gaps > 0).any():
        return None
    at = int(np.nanargmax(gaps))
    place = [None if part < 0 else int(part) for part in parts[at]]
    counts = (int(of[at]) for of in (missed, n, others_missed, others_n))
    return Block(place[0], place[1], *counts)


def above_others(
    hits: ArrayLike, n: ArrayLike, others_hits: ArrayLike, others_n: ArrayLike, dispersion: ArrayLike
) -> np.ndarray:
    """
    Return how far each share lies above that of all others together, from interval to interval.

    Parameters
    ----------
    hits, n
        Of each group compared.
    others_hits, others_n
        Of all the other groups together.
    dispersion
        By which n is divided, of either side; null: the group is not compared.

    Returns
    -------
    numpy.ndarray
        The gap between the near ends of the two intervals, above 0 where the share stands out; null where it is not
        compared: fewer than 30 rows, no others, or no dispersion.

    Examples
    --------
    >>> (above_others([30, 10], [60, 200], [10, 30], [200, 60], [1.0, 1.0]) > 0).tolist()
    [True, False]
    """
    k, size, k_others, n_others, phi = (
        np.asarray(of, dtype=float) for of in (hits, n, others_hits, others_n, dispersion)
    )
    is_compared = (size >= LEAST) & (n_others > 0) & ~np.isnan(phi)
    tail = _TAIL / max(int(is_compared.sum()), 1)
    k, size, k_others, n_others = (
        np.where(is_compared, of / phi, np.nan) for of in (k, size, k_others, n_others)
    )
    low = np.where(k > 0, beta.ppf(tail, k, size - k + 1), np.where(is_compared, 0.0, np.nan))
    return np.asarray(low - wilson(k_others, n_others)[1])
