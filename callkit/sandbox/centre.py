"""The simulation itself: one ISO week of the business's calls, the same for the same seed, wherever it runs."""

import random
from datetime import date, datetime
from functools import lru_cache

import simpy

from callkit import clock
from callkit.periods import Week
from callkit.sandbox.arrivals import arrivals
from callkit.sandbox.business import SEED, epoch, first_record, hours, is_bad
from callkit.sandbox.outgoing import Business
from callkit.sandbox.phones import Phones
from callkit.sandbox.population import population
from callkit.sandbox.routing import Switchboard
from callkit.sandbox.truth import TrueCall

_PICKUP_IN_BAD_WEEK = 0.9


def simulate(week: Week, seed: int = SEED) -> tuple[TrueCall, ...]:
    """
    Return the calls that begin in a week, in order of their start.

    A week depends on nothing but the seed and itself: call-backs and repeated tries stay inside it. A call that
    begins in the week's last minutes may end after it.
    """
    return _simulate(week, seed)


@lru_cache(maxsize=32)
def _simulate(week: Week, seed: int) -> tuple[TrueCall, ...]:
    env = simpy.Environment()
    rng = random.Random(f"{seed}:{week}:calls")  # noqa: S311
    span = hours(week, seed)
    phones = Phones(env, span)
    switchboard = Switchboard(env, rng, span, phones, _PICKUP_IN_BAD_WEEK if is_bad(week, seed) else 1.0)
    business = Business(env, rng, span, phones, switchboard, population(seed))
    env.process(business.own_calls())
    for at, caller, line in arrivals(week, seed):
        env.process(business.call_in(at, caller, line))
    env.run()
    begun = sorted(
        (call for call in business.calls if call.started < span.length), key=lambda call: call.started
    )
    first = first_record(week)
    return tuple(call.truth(first + n) for n, call in enumerate(begun))


def truth(since: date, until: date, *, seed: int = SEED, now: datetime | None = None) -> list[TrueCall]:
    """
    Return the calls that began on the days from `since` up to, not including, `until`.

    Parameters
    ----------
    since, until
        Days of the business's wall clock.
    seed
        Which population and which weeks.
    now
        Leave out calls that had not ended by then.
    """
    begins, ends = epoch(since), epoch(until)
    limit = None if now is None else now.timestamp()
    weeks = dict.fromkeys(Week.of(day) for day in clock.days(since, until))
    calls = (call for week in weeks for call in simulate(week, seed))
    return [
        call for call in calls if begins <= call.started < ends and (limit is None or call.ended <= limit)
    ]
