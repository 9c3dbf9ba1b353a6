"""Queues of callers and agents in the long run: Erlang B, C and A.

All take calls that come in by chance at an even rate (Poisson), talks of exponential length, and agents who are alike
and serve callers in the order they came. They differ in what a caller does who finds all agents talking: leaves at
once (B, a loss system), waits for ever (C), or waits until an exponential patience ends (A, Palm's M/M/N+M). Erlang C
has no long run where the load reaches the agents, and overstaffs near it; where the patience is known, take A.

Everything vectorises: arguments may be arrays that broadcast. Each model is a recursion over the states, which adds
positive terms only and never overflows.

Sources: Erlang, A. K. (1917); Palm, C. (1957), Research on telephone traffic carried by full availability groups,
Tele 1; Garnett, O., Mandelbaum, A. and Reiman, M. (2002), Manufacturing & Service Operations Management 4(3),
208–227, https://doi.org/10.1287/msom.4.3.208.7753; Gans, N., Koole, G. and Mandelbaum, A. (2003), section 4.2.2, same
journal 5(2), 79–141, who recommend Erlang A as the standard; Brown, L. et al. (2005), Journal of the American
Statistical Association 100, 36–50.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, digamma

from callkit.metrics.bounds import ABOVE_0, Floats, checked, counted

Whole = NDArray[np.int64]

_AWAY = 12  # standard deviations below the likeliest state; less than 1e-30 of the time is spent below them
_NEGLIGIBLE = 1e-17


class Queue(NamedTuple):
    """
    What a queue is like in the long run; each a number, or an array of the shape the arguments broadcast to.

    Parameters
    ----------
    wait_probability
        Share of calls that are not answered at once.
    service_level
        Share of all calls that are answered within the seconds asked for (the catalogue's strict formula).
    speed_of_answer_s, mean_wait_s
        Mean wait of answered calls, and of all.
    abandon_rate
        Share of calls whose caller gives up.
    mean_queue
        Callers waiting, on average.
    occupancy
        Share of the agents' time spent on calls; null without agents.
    """

    wait_probability: Floats
    service_level: Floats
    speed_of_answer_s: Floats
    mean_wait_s: Floats
    abandon_rate: Floats
    mean_queue: Floats
    occupancy: Floats


def erlang_b(erlangs: ArrayLike, lines: ArrayLike) -> Floats:
    """
    Return the share of calls that find all lines taken and are lost (Erlang B).

    Parameters
    ----------
    erlangs
        Offered load: calls per hour × mean seconds on the line ÷ 3600.
    lines
        How many lines, or agents, there are.

    Raises
    ------
    UsageError
        A load is negative, or a number of lines is not whole.

    Examples
    --------
    >>> round(float(erlang_b(2, 3)), 6)
    0.210526
    """
    load, count = np.broadcast_arrays(checked("erlangs", erlangs), counted("lines", lines))
    blocked = np.ones(load.shape)
    for k in range(1, int(count.max(initial=0)) + 1):
        blocked = np.where(k <= count, load * blocked / (k + load * blocked), blocked)
    return blocked[()]


def erlang_c(
    calls_per_hour: ArrayLike, talk_s: ArrayLike, agents: ArrayLike, *, within_s: ArrayLike = 20.0
) -> Queue:
    """
    Return what a queue is like whose callers never give up (Erlang C, M/M/N).

    Where the load reaches the agents the queue grows without end: everybody waits, the waits are infinite and nobody
    is answered within any time.

    Parameters
    ----------
    calls_per_hour, talk_s, agents
        Arrival rate, mean time an agent is taken by a call, and how many agents there are.
    within_s
        Seconds of the service level.

    Raises
    ------
    UsageError
        A value is negative, a talk time is 0, or a number of agents is not whole.

    Examples
    --------
    >>> round(float(erlang_c(200, 180, 14).service_level), 4)
    0.8884
    """
    rate, talk, count, within, _ = arguments(calls_per_hour, talk_s, agents, within_s)
    load = rate * talk
    stable = load < count
    spare = np.where(stable, count - load, 1.0)
    blocked = erlang_b(load, count)
    waits = np.where(stable, count * blocked / (spare + load * blocked), 1.0)
    answer = np.where(stable, waits * talk / spare, np.inf)
    level = np.where(stable, 1 - waits * np.exp(-spare * within / talk), 0.0)
    queue = np.where(stable, waits * load / spare, np.inf)
    taken = np.where(count > 0, np.minimum(load, count) / np.maximum(count, 1), np.nan)
    return Queue(*(each[()] for each in (waits, level, answer, answer, np.zeros(load.shape), queue, taken)))


def erlang_a(
    calls_per_hour: ArrayLike,
    talk_s: ArrayLike,
    patience_s: ArrayLike,
    agents: ArrayLike,
    *,
    within_s: ArrayLike = 20.0,
) -> Queue:
    """
    Return what a queue is like whose callers give up after an exponential patience (Erlang A, M/M/N+M).

    It has a long run whatever the load, and without any agents too: then everybody gives up. An infinite patience
    gives Erlang C.

    Parameters
    ----------
    calls_per_hour, talk_s, agents
        Arrival rate, mean time an agent is taken by a call, and how many agents there are.
    patience_s
        Mean patience, above 0.
    within_s
        Seconds of the service level.

    Raises
    ------
    UsageError
        A value is negative, a talk time or a patience is 0, or a number of agents is not whole.

    Examples
    --------
    >>> round(float(erlang_a(48 * 60, 60, 120, 50).abandon_rate), 5)
    0.03091
    """
    rate, talk, count, within, patience = arguments(calls_per_hour, talk_s, agents, within_s, patience_s)
    endless = np.isinf(patience)
    left, in_time, answered_s, waits = _states(rate, talk, np.where(endless, 1.0, patience), count, within)
    with np.errstate(invalid="ignore", divide="ignore"):  # nobody answered: no mean of their waits
        answer = answered_s / (1 - left)
        wait = left * np.where(endless, 1.0, patience)
        queue = Queue(waits, in_time, answer, wait, left, rate * wait, rate * talk * (1 - left) / count)
    if not endless.any():
        return Queue(*(each[()] for each in queue))
    other = erlang_c(rate * 3600, talk, count, within_s=within)
    return Queue(*(np.where(endless, c, a)[()] for c, a in zip(other, queue, strict=True)))


def _states(
    rate: Floats, talk: Floats, patience: Floats, agents: Floats, within: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """
    Walk up the states (calls in the system) and mix what an arriving call meets in each.

    A call that finds j others waiting is answered after V, the sum of j + 1 exponential times at the rates N/talk,
    N/talk + 1/patience, …; exp(−V/patience) has the distribution Beta(c, j + 1) with c = N patience/talk. So it is
    answered with chance c/(c + j + 1), and within T with that times an incomplete beta function.

    Returns
    -------
    tuple
        Shares giving up and answered within T; mean seconds waited by those answered, over all calls; share waiting.
    """
    load, c, reach = rate * talk, agents * patience / talk, -np.expm1(-within / patience)
    crowded = load > agents
    likeliest = np.where(crowded, agents + (load - agents) * patience / talk, load)
    spread = np.sqrt(np.where(crowded, np.maximum(load, rate * patience), load))
    state = np.floor(np.maximum(likeliest - _AWAY * spread, 0))
    top = np.ones(load.shape)  # share of time in the topmost state so far
    mixed = np.zeros((4, *load.shape))
    ahead = np.maximum(state - agents, 0)
    drained = (digamma(c + ahead + 1) - digamma(c + 1)) * patience
    while True:
        waiting = state >= agents
        ahead = np.maximum(state - agents, 0)
        drained = drained + waiting * patience / (c + ahead + 1)
        stays = c / (c + ahead + 1)
        in_time = np.where(waiting, stays * betainc(ahead + 1, c + 1, reach), 1.0)
        met = np.stack([waiting * (ahead + 1) / (c + ahead + 1), in_time, waiting * stays * drained, waiting])
        mixed = mixed * (1 - top) + met * top
        state = state + 1
        growth = rate / (np.minimum(state, agents) / talk + np.maximum(state - agents, 0) / patience)
        tail = top * growth
        if np.all(waiting & (growth < 1) & (tail <= _NEGLIGIBLE * (1 - growth) * mixed[0])):
            return mixed[0], mixed[1], mixed[2], mixed[3]
        top = tail / (1 + tail)


def arguments(
    calls_per_hour: ArrayLike,
    talk_s: ArrayLike,
    agents: ArrayLike,
    within_s: ArrayLike,
    patience_s: ArrayLike = np.inf,
) -> tuple[Floats, ...]:
    """Check the arguments and return them as arrays of one shape, the rate in calls per second."""
    return np.broadcast_arrays(
        checked("calls_per_hour", calls_per_hour) / 3600,
        checked("talk_s", talk_s, least=ABOVE_0),
        counted("agents", agents),
        checked("within_s", within_s),
        checked("patience_s", patience_s, least=ABOVE_0, most=np.inf),
    )
