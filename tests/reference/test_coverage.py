"""Of the 95 % intervals over ordinary simulated weeks about 95 % hold the truth."""

from itertools import islice
from statistics import NormalDist, fmean

import pytest
from scipy.stats import binom

from tests.reference.coverage import (
    HISTORIES,
    NUMBERS,
    TRUTH_FIRST,
    coverage,
    intervals,
    kept,
    told,
    weeks_from,
)

pytestmark = pytest.mark.slow

WEEKS = 150
LEAST, MOST = 0.93, 0.97


@pytest.mark.parametrize("history", HISTORIES)
def test_intervals_hold_the_truth_as_often_as_they_say(history):
    """Hold the widths too: counting 150 weeks cannot tell 97 % from 99 %."""
    table = coverage(intervals(WEEKS, history))
    assert list(table.index) == list(NUMBERS)
    assert (table["n"] == WEEKS).all()
    fewest, most = binom.ppf(0.005, WEEKS, LEAST), binom.ppf(0.995, WEEKS, MOST)
    assert table["held"].between(fewest, most).all(), table
    narrowest, widest = (half_width(share) / half_width(0.95) for share in (LEAST, MOST))
    assert table["width"].between(narrowest, widest).all(), table


def half_width(share):
    """Return how many standard deviations to both sides hold a share of a normal distribution."""
    return NormalDist().inv_cdf((1 + share) / 2)


def test_the_truth_is_that_of_the_simulator():
    """Hold the mean of 100 of its weeks against the kept one: within four standard errors."""
    weeks = [told(week) for week in islice(weeks_from(TRUTH_FIRST), 100)]
    for number, true in kept().items():
        assert abs(fmean(week[number] for week in weeks) - true["mean"]) < 4 * true["sd"] / len(weeks) ** 0.5
