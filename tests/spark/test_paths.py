"""Paths, transitions, hops and routes taken on Spark against the same taken embedded."""

import pandas.testing as pdt
import pytest

from callkit.metrics import hops, paths, routes
from tests.spark import MARKS

pytestmark = MARKS


def alike(found, wanted):
    assert len(wanted)
    pdt.assert_frame_equal(found, wanted, check_exact=False, rtol=1e-9, atol=0)


@pytest.mark.parametrize("by_target", [False, True])
def test_paths_and_transitions(shop, by_target):
    for ask in (paths.variants, paths.transitions):
        alike(ask(shop.lake, by_target=by_target), ask(shop.loaded, by_target=by_target))


def test_hops_and_calls_that_came_back(shop):
    alike(hops.hops(shop.lake), hops.hops(shop.loaded))
    for by_pair in (False, True):
        alike(hops.ping_pong(shop.lake, by_pair=by_pair), hops.ping_pong(shop.loaded, by_pair=by_pair))


def test_routes(shop):
    for found, wanted in zip(routes.routes(shop.lake), routes.routes(shop.loaded), strict=True):
        alike(found, wanted)
