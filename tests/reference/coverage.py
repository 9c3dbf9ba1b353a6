"""How often 95 % intervals hold the truth, over ordinary weeks of the simulator: no bank holiday, no bad week.

A simulated week depends on nothing but the callers of its seed and itself: no season, no growth. So the ordinary weeks
of one seed are draws from one distribution, and its mean over 10,000 weeks is the truth that an interval taken from one
week, and the weeks before it, must hold. It is kept in ``coverage.json``, with the standard deviation of a week.

The weeks before are those of the calendar, with their bank holidays and bad weeks, or ordinary ones only.

``python -m tests.reference.coverage`` prints the coverage over 1,000 weeks, some minutes;
``python -m tests.reference.coverage truth`` counts the truth anew, some twenty minutes.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import count, islice
from pathlib import Path
from statistics import NormalDist, fmean, stdev

import numpy as np
import pandas as pd

import callkit as ck
from callkit import clock
from callkit.opening import bank_holidays
from callkit.periods import Week
from callkit.sandbox.business import OPENING, TIME_ZONE, is_bad
from callkit.sandbox.centre import simulate

NUMBERS = ("answer_rate", "abandon_rate", "service_level", "speed_of_answer", "wait_p90")
HISTORIES = ("calendar", "ordinary")
FIRST, TRUTH_FIRST = Week(2026, 1), Week(2000, 1)
BEFORE = 13
KEPT = Path(__file__).with_suffix(".json")
_WIDTH = 2 * NormalDist().inv_cdf(0.975)


def is_ordinary(week: Week) -> bool:
    """Tell whether a week has neither a bank holiday nor too few people."""
    days = clock.days(week.start, week.end)
    return not is_bad(week) and all(day not in bank_holidays(OPENING.holidays, day.year) for day in days)


def weeks_from(first: Week, history: str = "ordinary") -> Iterator[Week]:
    """Tell the weeks from a first one on, all of the calendar or the ordinary ones."""
    every = (first.shift(n) for n in count())
    return every if history == "calendar" else filter(is_ordinary, every)


def told(week: Week) -> dict[str, float]:
    """Return a week's five numbers, counted from the simulator's truth in plain Python."""
    calls = [call for call in simulate(week) if call.direction == "inbound"]
    offered = [call for call in calls if call.outcome not in ("left_menu", "closed")]
    waits = [call.wait_s for call in calls if call.outcome == "answered"]
    lost = [call.wait_s for call in calls if call.outcome == "abandoned"]
    return {
        "answer_rate": len(waits) / len(offered),
        "abandon_rate": len(lost) / len(offered),
        "service_level": sum(w <= 20 for w in waits) / (len(waits) + sum(w > 5 for w in lost)),
        "speed_of_answer": fmean(waits),
        "wait_p90": float(np.quantile(waits, 0.9)),
    }


def truth(n_weeks: int = 10_000) -> dict[str, dict[str, float]]:
    """Return the mean and the standard deviation of each number over ordinary weeks."""
    weeks = [told(week) for week in islice(weeks_from(TRUTH_FIRST), n_weeks)]
    taken = {number: [week[number] for week in weeks] for number in NUMBERS}
    return {number: {"mean": fmean(of), "sd": stdev(of)} for number, of in taken.items()}


def kept() -> dict[str, dict[str, float]]:
    """Return the truth as it is kept."""
    return json.loads(KEPT.read_text(encoding="utf-8"))["numbers"]


@cache
def _calls(week: Week) -> pd.DataFrame:
    calls = simulate(week)
    started = np.array([call.started for call in calls])
    return pd.DataFrame(
        {
            "call_key": [call.call_id for call in calls],
            "direction": [call.direction for call in calls],
            "outcome": [call.outcome for call in calls],
            "started_at": pd.to_datetime(started, unit="s", utc=True).as_unit("us"),
            "started_local": clock.to_wall(started, TIME_ZONE).astype("datetime64[s]").astype("datetime64[us]"),
            "wait_s": np.array([call.wait_s for call in calls], dtype=float),
            "talk_s": np.array([call.talk_s for call in calls], dtype=float),
            "caller": [call.caller for call in calls],
        }
    )  # fmt: skip


def _one_after_another(weeks: list[Week]) -> list[pd.DataFrame]:
    """Return the calls of weeks, moved so that each week follows the one before it."""
    frames = []
    for n, week in enumerate(weeks):
        later = timedelta(weeks=n) + weeks[0].start - week.start
        frames.append(_calls(week))
        if later:
            frames[-1] = frames[-1].assign(
                started_at=lambda c, later=later: c["started_at"] + later,
                started_local=lambda c, later=later: c["started_local"] + later,
            )
    return frames


def intervals(n_weeks: int, history: str) -> pd.DataFrame:
    """
    Take the five numbers of ordinary weeks, each from its own calls and those of thirteen weeks before it.

    Parameters
    ----------
    n_weeks
        How many ordinary weeks.
    history
        Which weeks come before: ``calendar`` or ``ordinary``.

    Returns
    -------
    pandas.DataFrame
        What `callkit.summarise` says, a row a week and number.
    """
    weeks, places = [], []
    for week in weeks_from(FIRST, history):
        if len(weeks) >= BEFORE and is_ordinary(week):
            places.append(len(weeks))
        weeks.append(week)
        if len(places) == n_weeks:
            break
    calls = pd.concat(_one_after_another(weeks), ignore_index=True)
    starts = np.cumsum([0, *(len(_calls(week)) for week in weeks)])
    found = []
    for place in places:
        monday: date = weeks[0].start + timedelta(weeks=place)
        known = calls.iloc[starts[place - BEFORE] : starts[place + 1]]
        found.append(ck.summarise(known, NUMBERS, since=monday, until=monday + timedelta(weeks=1)))
    return pd.concat(found, ignore_index=True)


def coverage(taken: pd.DataFrame) -> pd.DataFrame:
    """
    Return how often the intervals held the truth, and how wide they were.

    Returns
    -------
    pandas.DataFrame
        A row a number: ``n`` weeks, ``held`` of them, ``below`` and ``above`` (intervals that lie below or above the
        truth), ``width`` (mean width against that of 1.96 standard deviations of a week to both sides), ``dispersion``.
    """
    true = pd.DataFrame(kept()).T
    mean, sd = (taken["number"].map(true[of]) for of in ("mean", "sd"))
    marked = taken.assign(
        held=taken["low"].le(mean) & taken["high"].ge(mean),
        below=taken["high"] < mean,
        above=taken["low"] > mean,
        width=(taken["high"] - taken["low"]) / (_WIDTH * sd),
    )
    by_number = marked.groupby("number", sort=False)
    return by_number.agg(
        n=("value", "size"),
        held=("held", "sum"),
        below=("below", "sum"),
        above=("above", "sum"),
        width=("width", "mean"),
        dispersion=("dispersion", "mean"),
    )


def _print_coverage(n_weeks: int) -> None:
    for history in HISTORIES:
        table = coverage(intervals(n_weeks, history))
        table.insert(2, "percent", 100 * table["held"] / table["n"])
        print(f"Weeks before: {history}", table.round(3).to_string(), sep="\n", end="\n\n", flush=True)


def _keep_truth(n_weeks: int) -> None:
    how = f"mean and standard deviation of {n_weeks} ordinary weeks of the sandbox from {TRUTH_FIRST} on"
    KEPT.write_text(json.dumps({"made": how, "numbers": truth(n_weeks)}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["truth"]:
        _keep_truth(10_000)
    else:
        _print_coverage(int(sys.argv[1]) if sys.argv[1:] else 1000)
