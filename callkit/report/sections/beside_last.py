"""A period beside the last one, where there are too few before it for a usual range: a description, no verdict."""

from typing import NamedTuple

import pandas as pd

from callkit.clock import days
from callkit.look import words
from callkit.metrics.compare import difference_interval
from callkit.periods import Period
from callkit.report.compared import Compared
from callkit.report.model import N_BEFORE, Report
from callkit.report.sections import phrases

_LEAST_POINTS = 0.0005  # that does not round to none


class Last(NamedTuple):
    """A number of the period before: its value, what it was taken from, and the interval of the difference."""

    value: float
    n: int
    low: float | None
    high: float | None

    @property
    def direction(self) -> int:
        """Whether the number rose (1) or fell (-1) by more than chance alone makes; 0 where that is open."""
        if self.low is None or self.high is None:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


def offered(model: Report, found: Compared) -> tuple[str, str]:
    """Return the bold words and the sentence on the calls offered; empty where there is no period to set beside."""
    last = _last(model, found)
    if last is None:
        return "", ""
    here, there = (_open_days(model, p) for p in (model.period, model.period.shift(-1)))
    now, before = words.count(found.value), words.count(last.value)
    a_day = "" if here == there else " a day"
    if a_day:
        now, before = f"{now} in {words.plural(here, 'open day')}", f"{before} in {words.count(there)}"
    more = {1: "More", -1: "Fewer"}.get(last.direction)
    if more:
        return f"{more} calls{a_day} than last {model.noun}.", f"{now} against {before}."
    if now == before:
        return "", f"{now}, as many as last {model.noun}."
    said = f"{now} against {before} last {model.noun}"
    return "", f"{said}{_chance(last)}."


def share(model: Report, found: Compared) -> str:
    """Return the sentence that sets a share beside that of the period before; empty where there is none."""
    last = _last(model, found)
    if last is None or not last.n:
        return ""
    value = phrases.of_number(found.number, last.value)
    said = f"Last {model.noun} {value} of {words.count(last.n)}"
    if value == phrases.value(found):
        return f"The same as last {model.noun} ({value} of {words.count(last.n)})."
    if not last.direction or last.low is None or last.high is None:
        return f"{said}{_chance(last)}."
    ends = sorted((abs(last.low), abs(last.high)))
    points = " to ".join(words.decimal(100 * x) if x >= _LEAST_POINTS else "under 0.1" for x in ends)
    moved = "rise" if last.direction > 0 else "fall"
    return f"{said}; the {moved} is more than chance alone makes (95% interval {points} percentage points)."


def amount(model: Report, found: Compared) -> str:
    """Return what a number was in the period before: `` (last week 28 s)``; empty where that is not known."""
    last = _last(model, found)
    return "" if last is None else f" (last {model.noun} {phrases.of_number(found.number, last.value)})"


def _chance(last: Last) -> str:
    return "" if last.low is None else "; such a difference can be chance"


def _last(model: Report, found: Compared) -> Last | None:
    before = model.period.shift(-1)
    if not model.is_complete or model.n_before >= N_BEFORE or before not in model.periods:
        return None
    rows = model.over_time
    row = rows[(rows["number"] == found.number) & (rows["period"] == str(before))].iloc[0]
    if pd.isna(row["value"]) or found.value is None:
        return None
    value, n = float(row["value"]), int(row["n"])
    ends = (row["low"], row["high"], found.low, found.high)
    # without a dispersion, calls are taken as independent: too bold to call a difference more than chance
    if pd.isna(row["dispersion"]) or any(end is None or pd.isna(end) for end in ends):
        return Last(value, n, None, None)
    # counts are set against each other by the day that was open: months differ in these
    here, there = 1, 1
    if found.number == "n_offered":
        here, there = _open_days(model, model.period), _open_days(model, before)
    now, past = found.value / here, value / there
    low, high = difference_interval(
        past,
        now,
        (row["low"] / there, row["high"] / there),
        ((found.low or 0) / here, (found.high or 0) / here),
    )
    return Last(value, n, float(low), float(high))


def _open_days(model: Report, period: Period) -> int:
    """Return how many days of a period are open; all, where none is."""
    every = [*days(period.start, period.end)]
    return sum(bool(model.settings.opening.on(day)) for day in every) or len(every)
