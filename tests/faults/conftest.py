"""One world for each module of fault tests, and what its tables must be."""

import pytest

from tests.faults.world import Truth
from tests.faults.world import world as serving_world


@pytest.fixture(scope="module")
def world():
    with serving_world() as served:
        yield served


@pytest.fixture(scope="module")
def truth(world):
    return Truth(world)
