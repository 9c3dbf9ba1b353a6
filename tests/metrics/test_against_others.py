"""Verdicts on made-up days: how often chance alone gives one, and whether one who is worse is found."""

from datetime import date

import numpy as np
import pytest

from callkit.metrics.against_others import Days, judged
from callkit.metrics.dispersion import History, day_number, history
from callkit.metrics.estimates import wilson


def days_of(rates, rng, n=12, weeks=13, spread=0.0):
    """Draw answers of members over the days of some weeks; a day's mood moves each member by itself."""
    day = day_number(date(2026, 8, 24)) + np.arange(7 * weeks)
    rates = np.asarray(rates)[:, None] + rng.normal(0, spread, (len(rates), len(day)))
    sizes = rng.poisson(n, rates.shape)
    return Days(day, rng.binomial(sizes, rates.clip(0, 1)).astype(float), sizes.astype(float))


THIRTEEN = History(day_number(date(2026, 8, 24)), 13)


@pytest.mark.parametrize("spread", [0.0, 0.15])
def test_chance_alone_seldom_gives_a_verdict(spread):
    rng = np.random.default_rng(4)
    runs = [
        judged(days_of([0.75] * 8, rng, spread=spread), np.zeros(8, int), THIRTEEN, None) for _ in range(120)
    ]
    accused = np.mean([(run["verdict"] != "usual").any() for run in runs])
    assert accused <= 0.09  # of 120 runs at 5 %, two standard errors more


def test_independent_rings_would_accuse_far_more_often():
    rng = np.random.default_rng(4)
    runs = [days_of([0.75] * 8, rng, spread=0.3) for _ in range(60)]
    first, last = date(2026, 8, 24), date(2026, 11, 22)
    weeks, nobody = history(first, last, date(2026, 11, 23)), np.zeros(8, int)
    wide = [judged(run, nobody, weeks, None) for run in runs]
    assert np.mean([run["dispersion"].mean() for run in wide]) > 2
    narrow = [wilson(run.hits.sum(axis=1), run.n.sum(axis=1)) for run in runs]
    for run, (low, high) in zip(wide, narrow, strict=True):
        assert ((run["low"] <= low) & (run["high"] >= high)).all()


def test_one_who_is_worse_is_found():
    rng = np.random.default_rng(4)
    runs = [
        judged(days_of([0.75] * 7 + [0.6], rng, spread=0.1), np.zeros(8, int), THIRTEEN, None)
        for _ in range(50)
    ]
    assert np.mean([run["verdict"].iloc[-1] == "low" for run in runs]) > 0.9


def test_an_answer_to_everything_is_no_verdict():
    days = Days(np.arange(3), np.full((2, 3), 20.0), np.full((2, 3), 20.0))
    found = judged(days, np.zeros(2, int), History(0, 4), None)
    assert found["p_adjusted"].tolist() == [1, 1]
    assert found["verdict"].tolist() == ["usual", "usual"]
