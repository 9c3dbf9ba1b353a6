"""The fewest agents or lines that meet a goal: Erlang B, C and A turned round.

More agents meet every goal that fewer meet, so the number is found by doubling and then halving in.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callkit.errors import UsageError
from callkit.metrics.bounds import ABOVE_0, Floats, checked
from callkit.metrics.erlang import Whole, arguments, erlang_a, erlang_b


def lines_for(erlangs: ArrayLike, blocking: ArrayLike = 0.01) -> Whole:
    """
    Return the fewest lines with which no more than a share `blocking` of the calls is lost (Erlang B).

    Raises
    ------
    UsageError
        `blocking` is not between 0 and 1, or a load is negative.

    Examples
    --------
    >>> int(lines_for(8, 0.01))
    15
    """
    load, share = np.broadcast_arrays(checked("erlangs", erlangs), _share("blocking", blocking))
    return _least(lambda lines: erlang_b(load, lines) <= share, load)


def agents_for(
    calls_per_hour: ArrayLike,
    talk_s: ArrayLike,
    patience_s: ArrayLike = np.inf,
    *,
    service_level: float | None = None,
    within_s: float = 20.0,
    speed_of_answer_s: float | None = None,
    abandon_rate: float | None = None,
    occupancy: float | None = None,
) -> Whole:
    """
    Return the fewest agents that meet the goals given: by Erlang A, or by Erlang C where the patience is infinite.

    Where no calls come in it is 0.

    Parameters
    ----------
    calls_per_hour, talk_s, patience_s
        Arrival rate, mean time an agent is taken by a call, and mean patience.
    service_level, within_s
        Least share of all calls answered within so many seconds.
    speed_of_answer_s, abandon_rate, occupancy
        Greatest mean wait of answered calls, share giving up, and share of the agents' time on calls.

    Raises
    ------
    UsageError
        No goal is given, one cannot be met, or a value is out of its range.

    Examples
    --------
    >>> int(agents_for(200, 180, service_level=0.8))
    14
    """
    rate, talk, _, within, patience = arguments(calls_per_hour, talk_s, 0, within_s, patience_s)
    goals = {"service_level": service_level, "abandon_rate": abandon_rate, "occupancy": occupancy}
    asked = {name: float(_share(name, goal)) for name, goal in goals.items() if goal is not None}
    if speed_of_answer_s is not None:
        asked["speed_of_answer_s"] = float(checked("speed_of_answer_s", speed_of_answer_s, least=ABOVE_0))
    if not asked:
        raise UsageError("no goal is given; give one, such as service_level=0.8.")
    if "abandon_rate" in asked and np.isinf(patience).any():
        raise UsageError(f"abandon_rate {abandon_rate!r} needs a patience; give patience_s, or another goal.")

    def meets(agents: Whole) -> NDArray[np.bool_]:
        queue = erlang_a(rate * 3600, talk, patience, agents, within_s=within)
        done = np.isfinite(queue.speed_of_answer_s)
        for name, goal in asked.items():
            value = getattr(queue, name)
            done = done & ((value >= goal) if name == "service_level" else (value <= goal))
        return done

    return _least(meets, rate * talk)


def talk_spread_factor(variation: ArrayLike) -> Floats:
    """
    Return about how many times as long the mean wait of Erlang C is where talk times are not exponential (M/G/N).

    Exact for one agent (Pollaczek–Khinchine); else Brown et al. (2005), equation 1.

    Parameters
    ----------
    variation
        Standard deviation of the talk times ÷ their mean: 1 if exponential, 0 if all are alike.

    Examples
    --------
    >>> talk_spread_factor([0, 1]).tolist()
    [0.5, 1.0]
    """
    return (1 + checked("variation", variation) ** 2) / 2


def _least(meets: Callable[[Whole], NDArray[np.bool_]], load: Floats) -> Whole:
    """Find the fewest agents that meet a goal which more agents meet too: doubled until met, then halved in."""
    short = np.zeros(load.shape, dtype=np.int64)
    enough = np.ceil(load).astype(np.int64) + 1
    while not (met := meets(enough) | (load == 0)).all():
        short, enough = np.where(met, short, enough), np.where(met, enough, 2 * enough)
    while (enough - short > 1).any():
        middle = (short + enough) // 2
        met = meets(middle)
        short, enough = np.where(met, short, middle), np.where(met, middle, enough)
    return np.where(load == 0, 0, enough)[()]


def _share(name: str, value: ArrayLike) -> Floats:
    numbers = checked(name, value)
    wrong = numbers[(numbers <= 0) | (numbers >= 1)]
    if wrong.size:
        raise UsageError(f"{name} {wrong.flat[0]} cannot be a goal; give a share between 0 and 1.")
    return numbers
