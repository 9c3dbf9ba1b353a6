"""When people call of their own accord: a Poisson process whose rate follows the weekday and the hour."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from callkit import clock
from callkit.periods import Week
from callkit.sandbox.business import OPENING, TIME_ZONE, hours
from callkit.sandbox.population import Caller, population

# Calls an hour. Open hours: base × weekday × hour; shut hours: by the hour alone, fewer at the weekend.
_BASE = 18.6
_WEEKDAYS = (1.34, 1.08, 1.00, 0.96, 0.92, 0.80, 0.0)
_OPEN = {8: 0.55, 9: 1.45, 10: 1.50, 11: 1.18, 12: 0.95, 13: 0.92, 14: 1.02, 15: 1.00, 16: 0.92, 17: 0.58}
_SHUT = {6: 0.3, 7: 1.8, 8: 1.2, 9: 1.6, 10: 1.6, 11: 1.4, 12: 1.2, 13: 1.4, 14: 1.2, 15: 1.0, 16: 1.0, 17: 1.0,
         18: 2.4, 19: 1.6, 20: 0.9, 21: 0.5}  # fmt: skip
_NIGHT = 0.06
_OWN_LINE = 0.85


class Arrival(NamedTuple):
    """A call that somebody makes: seconds after the week's first instant, who, and which of our numbers."""

    at: int
    caller: Caller
    line: str


def arrivals(week: Week, seed: int) -> list[Arrival]:
    """Return the calls people make of their own accord in a week, in order."""
    rng = random.Random(f"{seed}:{week}:arrivals")  # noqa: S311
    people = population(seed)
    calls = []
    demand = rng.gauss(1.0, 0.02)
    day, factor = None, demand
    for hour, wall in _hours(week, seed):
        if wall.date() != day:
            day, factor = wall.date(), demand * rng.gauss(1.0, 0.03)
        for at in sorted(int(hour + rng.random() * 3600) for _ in range(_poisson(rng, factor * _rate(wall)))):
            caller = people.draw(rng)
            line = caller.line if rng.random() < _OWN_LINE else people.draw(rng).line
            calls.append(Arrival(at, caller, line))
    return calls


def _hours(week: Week, seed: int) -> Iterator[tuple[int, datetime]]:
    span = hours(week, seed)
    for offset in range(0, span.length, 3600):
        yield offset, clock.wall(datetime.fromtimestamp(span.base + offset, UTC), TIME_ZONE)


def _rate(wall: datetime) -> float:
    if OPENING.is_open(wall):
        return _BASE * _WEEKDAYS[wall.weekday()] * _OPEN.get(wall.hour, 0.5)
    return _SHUT.get(wall.hour, _NIGHT) * (0.7 if wall.weekday() == 6 else 1.0)


def _poisson(rng: random.Random, mean: float) -> int:
    """Count the arrivals of a unit-rate Poisson process up to `mean`."""
    count, reached = 0, rng.expovariate(1.0)
    while reached < mean:
        count, reached = count + 1, reached + rng.expovariate(1.0)
    return count
