"""The people who call: one fixed population for a seed, with numbers kept for drama by the regulators.

British numbers come from Ofcom's ranges for drama. The German and American ones are those countries' like: Berlin
(0)30 23125 xxx, and 555-01xx.
"""

import random
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from callkit.sandbox.business import DIDS

_MOBILES = [f"447700900{n:03}" for n in range(1000)]
_AREAS = ("2079460", "1134960", "1144960", "1154960", "1164960", "1174960", "1184960", "1214960", "1314960", "1414960",
          "1514960", "1614960", "1914980", "1632960")  # fmt: skip
_LANDLINES = [f"44{area}{n:03}" for area in _AREAS for n in range(1000)]
_FOREIGN = [f"493023125{n:03}" for n in range(1000)] + [f"12025550{n}" for n in range(100, 200)]
_LINES = {"Main": 0.53, "Support": 0.29, "Bookings": 0.18}


class Caller(NamedTuple):
    """
    Somebody who calls the business.

    Parameters
    ----------
    digits
        Phone number in international form, without the plus.
    is_withheld
        Whether the number is withheld from us.
    weight
        How often they call, relative to others.
    patience
        How long they wait, relative to others.
    line
        The number they mostly call.
    """

    digits: str
    is_withheld: bool
    weight: float
    patience: float
    line: str


class Population(NamedTuple):
    """All callers, with their cumulated weights for drawing among them."""

    callers: list[Caller]
    weights: list[float]

    def draw(self, rng: random.Random) -> Caller:
        """Draw a caller, frequent ones more often."""
        return rng.choices(self.callers, cum_weights=self.weights)[0]


@lru_cache(maxsize=8)
def population(seed: int) -> Population:
    """Return the callers of a seed."""
    rng = random.Random(f"{seed}:population")  # noqa: S311
    own = {number.removeprefix("+") for number in DIDS.values()}
    landlines = [n for n in _LANDLINES if n not in own]
    numbers = [*rng.sample(_MOBILES, 880), *rng.sample(landlines, 1900), *rng.sample(_FOREIGN, 80)]
    callers = [
        Caller(
            digits,
            is_withheld=rng.random() < 0.035,
            weight=rng.lognormvariate(0, 0.6) * (1.6 if digits.startswith("447") else 1.0),
            patience=rng.lognormvariate(0, 0.3),
            line=rng.choices(list(_LINES), list(_LINES.values()))[0],
        )
        for digits in numbers
    ]
    return Population(callers, list(accumulate(c.weight for c in callers)))
