"""How many agents each open hour of the week needs, from the account's own calls, talk times and patience.

By Erlang A (`callkit.metrics.erlang`), with Erlang C beside it; by Erlang C alone where nobody's patience is known. A
model answers no better than it is asked: what it takes for granted is told with the numbers, in
``attrs["assumptions"]``.
"""

from collections.abc import Callable
from datetime import date
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics import erlang, goals, load, terms
from callkit.metrics.engine import answers
from callkit.metrics.estimates import count_interval
from callkit.metrics.giving_up import mean_patience
from callkit.metrics.groupings import hour_of_day
from callkit.metrics.sources import Sources, between, sources
from callkit.metrics.summary import summarise
from callkit.opening import OpeningHours

EXPECTED = ("service_level", "abandon_rate", "speed_of_answer_s", "occupancy")


class Goal(NamedTuple):
    """
    What agents are asked to reach, and what the records do not tell of them.

    Parameters
    ----------
    service_level, service_level_s
        Share of all offered calls to be answered within so many seconds.
    wrap_up_s
        Seconds of work after each call.
    shrinkage
        Share of rostered time not spent at the telephone: breaks, training, absence.
    """

    service_level: float = 0.8
    service_level_s: float = 20.0
    wrap_up_s: float = 0.0
    shrinkage: float = 0.0


_FITS: dict[str, tuple[Callable[[float], bool], str]] = {
    "service_level": (lambda share: 0 < share < 1, "a share between 0 and 1"),
    "service_level_s": (lambda seconds: seconds >= 0, "0 seconds or more"),
    "wrap_up_s": (lambda seconds: 0 <= seconds < np.inf, "0 seconds or more"),
    "shrinkage": (lambda share: 0 <= share < 1, "a share from 0 to below 1"),
}


class Learnt(NamedTuple):
    """What the calls tell: talk times (null if nobody was answered) and patience (null if unknown), in seconds."""

    talk_s: float
    talk_variation: float
    n_talks: int
    patience_s: float
    patience_low_s: float
    patience_high_s: float
    n_abandoned: int


def agents_needed(
    calls: Any,
    opening: OpeningHours,
    since: str | date,
    until: str | date,
    *,
    service_level: float = 0.8,
    service_level_s: float = 20.0,
    wrap_up_s: float = 0.0,
    shrinkage: float = 0.0,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Return how many agents each open weekday and hour needs to answer a share of all calls within some seconds.

    Arrivals, mean talk time and likeliest mean patience (seconds waited by all ÷ calls given up) are the period's.

    Parameters
    ----------
    calls
        Tables, a calls frame, a lake or an Ibis table; those before the period tell how much days scatter.
    opening
        Opening hours and bank holidays.
    since, until
        First date, and the date after the last one.
    service_level, service_level_s
        The goal: the least share of all offered calls to answer within so many seconds (the strict formula).
    wrap_up_s, shrinkage
        What records do not hold: seconds of work after each talk, and share of rostered time not at the telephone
        (breaks, training, absence), 0 to below 1.
    time_zone
        IANA zone of the wall clock.

    Returns
    -------
    pandas.DataFrame
        A row an open weekday and hour: ``weekday`` (0 is Monday), ``hour``, ``n`` (offered calls), ``n_open_hours``,
        ``arrivals_per_hour``, ``talk_s`` (mean talk time), ``offered_erlangs`` (arrivals × (talk + wrap-up) ÷ 3600),
        ``agents`` (fewest that reach the goal; 0 where no calls came), ``agents_low`` and ``agents_high`` (at the ends
        of the 95 % interval of the arrivals), ``agents_erlang_c``, ``rostered`` (agents ÷ (1 − shrinkage), rounded
        up), and what is expected with `agents`: ``service_level``, ``abandon_rate``, ``speed_of_answer_s`` (mean wait
        of answered calls), ``occupancy`` (share of the agents' time on calls), all null without agents; ``model``
        (``Erlang A``, or where the patience is unknown ``Erlang C``, without ``abandon_rate``). Without answered calls
        no agents. ``attrs`` are ``assumptions`` (in sentences what is taken for granted), ``goal`` and ``learnt``.

    Raises
    ------
    UsageError
        `until` is not after `since`, `opening` is not opening hours, or a choice is out of its range.
    """
    goal = _checked(Goal(service_level, service_level_s, wrap_up_s, shrinkage))
    cells = load.arrivals(calls, opening, since, until, time_zone=time_zone)
    learnt = _learnt(between(calls, since, until))
    scatter = summarise(calls, "n_offered", hour_of_day, since=since, until=until).set_index("hour_of_day")
    table = cells.loc[cells["is_open"], ["weekday", "hour", "n", "n_open_hours"]].reset_index(drop=True)
    dispersion = table["hour"].map(scatter["dispersion"]).to_numpy(float)
    needed = _needed(table, learnt, goal, np.nan_to_num(dispersion, nan=1.0))
    told = assumptions(learnt, goal, int(cells["n"].sum()), int(cells["n_outside"].sum()), dispersion)
    needed.attrs |= {"goal": goal, "learnt": learnt, "assumptions": told}
    return needed


def _checked(goal: Goal) -> Goal:
    for name, value in goal._asdict().items():
        fits, bounds = _FITS[name]
        if isinstance(value, bool) or not isinstance(value, Real) or not fits(float(value)):
            raise UsageError(f"{name} {value!r} cannot be used; give {bounds}.")
    return goal


def _learnt(calls: Any) -> Learnt:
    (told,) = answers(sources(calls), _talk)
    mean, sd = (np.nan if pd.isna(of) else float(of) for of in told[["mean", "sd"]].iloc[0])
    talk_s = mean if mean > 0 else np.nan
    patience = mean_patience(calls)
    is_known = 0 < patience.value < np.inf
    seconds, low, high = patience[:3] if is_known else (np.nan,) * 3
    return Learnt(talk_s, sd / talk_s, int(told["n"].iloc[0]), seconds, low, high, patience.n)


def _talk(given: Sources) -> list[Any]:
    answered = given.calls.filter(terms.answered(given.calls))
    talk = answered.talk_s
    return [answered.agg(n=talk.count(), mean=talk.mean(), sd=talk.std())]


def _needed(table: pd.DataFrame, learnt: Learnt, goal: Goal, dispersion: np.ndarray) -> pd.DataFrame:
    n, hours = table["n"].to_numpy(float), table["n_open_hours"].to_numpy(float)
    low, high = count_interval(n, dispersion)
    rates = (
        np.stack([n, np.where(n > 0, low, 0.0), high]) / hours
    )  # of no calls the low end is 0 but for rounding
    table = table.assign(arrivals_per_hour=rates[0], talk_s=learnt.talk_s)
    is_patient = np.isnan(learnt.patience_s)
    if np.isnan(learnt.talk_s):
        whole = ["agents", "agents_low", "agents_high", "agents_erlang_c", "rostered"]
        empty = table.assign(offered_erlangs=np.nan, **dict.fromkeys([*whole, *EXPECTED], np.nan))
        return empty.assign(model=None).astype({**dict.fromkeys(whole, "Int64"), "model": "str"})
    busy_s = learnt.talk_s + goal.wrap_up_s
    patience_s = np.inf if is_patient else learnt.patience_s
    asked: dict[str, Any] = {"service_level": goal.service_level, "within_s": goal.service_level_s}
    agents = goals.agents_for(rates, busy_s, patience_s, **asked)
    table["offered_erlangs"] = rates[0] * busy_s / 3600
    queue = erlang.erlang_a(rates[0], busy_s, patience_s, agents[0], within_s=goal.service_level_s)
    columns = {
        "agents": agents[0],
        "agents_low": agents[1],
        "agents_high": agents[2],
        "agents_erlang_c": goals.agents_for(rates[0], busy_s, **asked),
        "rostered": np.ceil(agents[0] / (1 - goal.shrinkage) - 1e-9),
    }
    table = table.assign(**{name: pd.array(of.astype(int), dtype="Int64") for name, of in columns.items()})
    for name in EXPECTED:
        is_known = (agents[0] > 0) & ~(is_patient & (name == "abandon_rate"))
        table[name] = np.where(is_known, getattr(queue, name), np.nan)
    return table.assign(model="Erlang C" if is_patient else "Erlang A").astype({"model": "str"})


def assumptions(learnt: Learnt, goal: Goal, n: int, n_outside: int, dispersion: np.ndarray) -> list[str]:
    """Return what the model takes for granted, and what it was fed with, in plain sentences."""
    return [
        f"The goal is to answer {goal.service_level:.0%} of all offered calls within {goal.service_level_s:g} s; "
        "short abandons count against it.",
        f"Calls come in by chance (Poisson) at an even rate within each open hour: its mean over the period, {n:,} "
        f"calls in all; {n_outside:,} offered while closed are left out. Callers who ring again count again.",
        _scatter(dispersion),
        *_talks(learnt),
        f"After-call work is unknown, as call records do not hold it: {goal.wrap_up_s:g} s are added to each talk "
        "(wrap_up_s).",
        _patience(learnt),
        "Agents are alike, take calls that come in and nothing else, and answer at once when free: the seconds a "
        "telephone rings come on top; callers are served in the order they came.",
        f"Of rostered time {goal.shrinkage:.0%} is lost to breaks, training and absence (shrinkage), which call "
        "records do not hold.",
    ]


def _scatter(dispersion: np.ndarray) -> str:
    if np.isnan(dispersion).all():
        return (
            "The range of agents allows for chance alone: with less than four whole weeks of calls nothing tells how "
            "much days scatter."
        )
    return (
        "The range of agents allows for the scatter of days, by which the variance of an hour's calls is "
        f"{np.nanmedian(dispersion):.1f} times that of chance alone (the median hour); the agents are for the mean."
    )


def _talks(learnt: Learnt) -> list[str]:
    if np.isnan(learnt.talk_s):
        return ["No answered call tells its talk time, so no number of agents can be told."]
    text = (
        f"Talk times are exponential with mean {learnt.talk_s:.0f} s, from {learnt.n_talks:,} answered calls, alike "
        "in every hour"
    )
    if np.isnan(learnt.talk_variation):
        return [f"{text}."]
    factor = float(goals.talk_spread_factor(learnt.talk_variation))
    return [
        f"{text}; their standard deviation is {learnt.talk_variation:.2f} times the mean, not 1, by which mean waits "
        f"of Erlang C become about {factor:.2f} times as long."
    ]


def _patience(learnt: Learnt) -> str:
    if np.isnan(learnt.patience_s):
        return (
            "Patience is unknown, as no caller gave up or too many waits are unknown: the agents are by Erlang C, in "
            "which callers wait for ever, and which asks for more agents than Erlang A."
        )
    return (
        f"Patience is exponential with mean {learnt.patience_s:.0f} s (95 % interval {learnt.patience_low_s:.0f} to "
        f"{learnt.patience_high_s:.0f} s), from {learnt.n_abandoned:,} abandoned calls and the waits of all offered "
        "ones, alike in every hour."
    )
