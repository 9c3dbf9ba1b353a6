"""Control limits by hand on small series."""

import numpy as np
import pytest

from callkit.metrics.limits import count_limits, rate_limits, value_limits


def test_xmr_limits_by_hand():
    # mean 40, moving ranges 20 and 10: 40 ± 2.66 × 15
    limits = value_limits([30, 50, 40])
    assert limits[:3] == pytest.approx((40, 0.1, 79.9), abs=0.02)
    assert round(3 / 1.128, 2) == 2.66
    assert np.sqrt(4 / np.pi) == pytest.approx(1.128, abs=5e-4)  # mean range of two normal values, in sigma


def test_laney_limits_by_hand():
    # p̄ = .5, s = .01, z = −3, 3, −3, 3: moving ranges 6, σz = 6 / 1.128
    limits = rate_limits([1175, 1325, 1175, 1325], [2500] * 4, 2500)
    half = 3 * 0.01 * 6 / 1.128
    assert limits[:3] == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    assert limits.method == "Laney p′"
    larger = rate_limits([1175, 1325, 1175, 1325], [2500] * 4, 10_000)
    assert larger.high - larger.mean == pytest.approx(half / 2)


def test_limits_are_never_narrower_than_chance():
    alike = rate_limits([50, 50, 50, 50], [100] * 4, 100)  # σz = 0, and yet 50 of 100 varies by 15
    assert (alike.low, alike.high) == (0.35, 0.65)
    assert count_limits([25] * 12)[1:3] == (11, 41)
    assert count_limits([0] * 12)[1:3] == (0, 1)
    assert rate_limits([0] * 12, [20] * 12, 20)[1:3] == (0, 0.05)
    assert value_limits([8] * 12, 1)[1:3] == (7, 9)


def test_runs_say_something_where_three_hits_and_three_misses_are_expected():
    shares = (2, 3, 50, 97, 98)
    assert [rate_limits([k] * 4, [100] * 4, 100).judges_runs for k in shares] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_limits_stay_where_values_can_be():
    assert rate_limits([90, 100, 90, 100], [100] * 4, 100).high == 1
    assert count_limits([3, 30, 3, 30]).low == 0
    assert value_limits([3, 30, 3, 30]).low == 0


def test_a_count_per_hour_open():
    limits = count_limits([10, 20, 10, 20], [1, 2, 1, 2], 0.5)
    assert limits.mean == 10
    assert limits.low == 0
    assert limits.high == 2 * 13  # 5 are expected in half an hour; 13 at most by chance
