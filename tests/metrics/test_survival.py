"""The Kaplan–Meier curve and its median against published values and another library."""

import numpy as np
import pytest

from callkit.metrics.survival import kaplan_meier, median

# 6-mercaptopurine, weeks in remission (Freireich et al. 1963); the later number of a pair had relapsed by then
WEEKS = {6: (4, 3), 7: (1, 1), 9: (1, 0), 10: (2, 1), 11: (1, 0), 13: (1, 1), 16: (1, 1), 17: (1, 0), 19: (1, 0),
         20: (1, 0), 22: (1, 1), 23: (1, 1), 25: (1, 0), 32: (2, 0), 34: (1, 0), 35: (1, 0)}  # fmt: skip
PUBLISHED = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def counted(times, events):
    """Return distinct times, how many were watched so long, and to how many it happened then."""
    found = np.unique(times)
    return found, [(times == t).sum() for t in found], [(events & (times == t)).sum() for t in found]


def test_the_textbook_curve():
    times = np.array(list(WEEKS))
    curve = kaplan_meier(times, *np.array(list(WEEKS.values())).T)
    left = dict(zip(WEEKS, curve["left"], strict=True))
    assert {week: left[week] for week in PUBLISHED} == pytest.approx(PUBLISHED, abs=5e-5)
    assert curve["at_risk"].tolist()[:3] == [21, 17, 16]
    found = median(times, curve)
    assert (found.value, found.low) == (23, 13)
    assert np.isnan(found.high)


@pytest.mark.parametrize("n", [1, 2, 7, 200])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_another_library_says_the_same(n, seed):
    survival = pytest.importorskip("statsmodels.duration.survfunc", reason="statsmodels is the other library")
    rng = np.random.default_rng(seed)
    times, events = np.ceil(rng.exponential(20, n)), rng.random(n) < 0.6
    found, *counts = counted(times, events)
    curve = kaplan_meier(found, *map(np.array, counts))
    other = survival.SurvfuncRight(times, events)
    of = np.isin(found, other.surv_times)
    np.testing.assert_allclose(curve["left"][of], other.surv_prob)
    np.testing.assert_array_equal(curve["at_risk"][of], other.n_risk)
    if (curve["left"] < 0.5).any() and not (curve["left"] == 0.5).any():  # there it takes the next time
        assert median(found, curve).value == other.quantile(0.5)


def test_nobody_and_everybody():
    none = kaplan_meier(*np.empty((3, 0)))
    assert none.empty
    assert np.isnan(median(np.empty(0), none)).all()
    nothing_yet = kaplan_meier(np.array([3]), np.array([5]), np.array([0]))
    assert nothing_yet[["left", "low", "high", "at_risk"]].to_numpy().tolist() == [[1, 1, 1, 5]]
    all_done = kaplan_meier(np.array([3]), np.array([5]), np.array([5]))
    assert (all_done["left"].iloc[0], median(np.array([3]), all_done).value) == (0, 3)
    assert all_done[["low", "high"]].isna().all(axis=None)
