"""What a report knows: the calls of one week or month, those before, and how each number compares.

Gathered once; the sections only read it.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from callkit.clock import days
from callkit.metrics import judging, load, recovery, signals
from callkit.metrics.asking import Choices
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.sources import between
from callkit.metrics.summary import summarise
from callkit.periods import Period
from callkit.privacy import mask_numbers
from callkit.report.compared import Compared, by_its_end, compare, plain, records, unjudged
from callkit.report.completeness import Completeness
from callkit.settings import Settings
from callkit.tables.tidy import Tables

N_BEFORE = judging.BASELINE
"""Weeks, or months, a usual range is taken from."""

TILES = ("n_offered", "answer_rate", "abandon_rate", "wait_p90", "service_level", "n_unreached")
"""The six numbers of the first screen and of the last weeks."""


@dataclass(frozen=True)
class Report(Completeness):
    """
    The model of one report.

    Parameters
    ----------
    settings, period, audience
        Whose report it is, of which week or month, and for whom.
    tables
        Calls and events of the period and of those before it.
    statements
        A row a day of the same days, as `callkit.tables.store.statements` gives them.
    """

    settings: Settings
    period: Period
    audience: str
    tables: Tables
    statements: pd.DataFrame

    @property
    def noun(self) -> str:
        """What the period is called: ``week`` or ``month``."""
        return self.period.noun

    @property
    def by_its_end(self) -> str:
        """Say until when callers were waited for."""
        return by_its_end(self.noun)

    @property
    def history(self) -> pd.DataFrame:
        """Calls of the period and of those before it."""
        return self.tables.calls

    @cached_property
    def calls(self) -> pd.DataFrame:
        """Calls of the period."""
        of_period: pd.DataFrame = between(self.history, self.period.start, self.period.end)
        return of_period

    @cached_property
    def periods(self) -> list[Period]:
        """The complete weeks, or months, before, from the first one with a call on, and this one."""
        return [*self._complete_before(self.period, N_BEFORE), self.period]

    @property
    def _read_to_the_end(self) -> list[Period]:
        return self.periods if self.is_complete else self.periods[:-1]

    @property
    def n_before(self) -> int:
        """How many complete weeks, or months, before this one there are."""
        return len(self.periods) - 1

    @property
    def is_compared(self) -> bool:
        """Whether this period is compared with a usual range at all."""
        return self.is_complete and self.n_before >= N_BEFORE

    @property
    def begun_days(self) -> list[date]:
        """Days of the period that are not complete, though some of their calls are in."""
        with_calls = set(self.calls["started_local"].dt.date)
        return [day for day in self.missing_days if day in with_calls]

    @cached_property
    def over_time(self) -> pd.DataFrame:
        """The six numbers period by period; a complete one without a call counts none."""
        found = self.series(self.history)
        counts = found["number"].map(lambda name: CATALOGUE[name].statistic == "count")
        silent = (
            counts & found["value"].isna() & found["period"].isin([str(p) for p in self._read_to_the_end])
        )
        found.loc[silent, ["value", "numerator"]] = 0.0
        return found

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The six numbers of this period against those before; part of a period is not judged."""
        found = signals.verdicts(self.over_time, self.period)
        if not self.is_complete:
            return found.assign(verdict="none", rule="", is_better=None)
        n_missed = int(found.loc[found["number"] == "n_unreached", "n"].sum())
        is_silent = not found.loc[found["number"] == "n_offered", "value"].fillna(0).sum()
        if is_silent or (not n_missed and self.n_withheld):  # which says nothing about reaching callers
            found.loc[found["number"] == "n_unreached", ["verdict", "rule", "is_better"]] = ["none", "", None]
        return found

    @cached_property
    def compared(self) -> dict[str, Compared]:
        """The six numbers of this period, compared."""
        return {row["number"]: compare(row) for row in records(self.verdicts)}

    @cached_property
    def totals(self) -> dict[str, dict[str, Any]]:
        """Every number of the catalogue over this period."""
        rows = self.summarise(None)
        return {row["number"]: {k: plain(v) for k, v in row.items()} for row in records(rows)}

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """Calls by weekday and hour of this period's complete days; of a whole period each against those before."""
        opening, zone = self.settings.opening, self.settings.time_zone
        parts = [
            load.arrivals(self.history, opening, since, until, time_zone=zone)
            for since, until in self.complete_stretches or [(self.period.start, self.period.end)]
        ]
        found = parts[0] if len(parts) == 1 else load.added(parts)
        if self.is_compared:
            return found
        if not self.complete_stretches:
            found[["n", "n_open_hours", "is_open"]] = [0, 0.0, False]
        return unjudged(found)

    @cached_property
    def hourly(self) -> pd.DataFrame:
        """Service level by hour of the day, each hour against those before."""
        found = signals.hourly(self.history, self.periods, self.period, **self.choices)
        return found if self.is_complete else unjudged(found)

    @cached_property
    def bank_holidays(self) -> list[date]:
        """Days of the period closed for a bank holiday, and open on any other such weekday."""
        opening = self.settings.opening
        return [
            day
            for day in days(self.period.start, self.period.end)
            if opening.spans[day.weekday()] and not opening.on(day) and day not in opening.closed
        ]

    @cached_property
    def unreached(self) -> pd.DataFrame:
        """Callers of the period whom nobody has spoken to since, as `callkit.metrics.recovery.unreached` has them."""
        return recovery.unreached(self.calls, self.period.start, self.period.end)

    @cached_property
    def n_withheld(self) -> int:
        """Missed calls of the period whose caller is not known."""
        return int(self.totals["n_unreached"]["n_null"])

    @property
    def choices(self) -> Choices:
        """The account's service-level targets and short-abandon limit, as the metrics take them."""
        settings = self.settings
        return {
            "service_level_s": settings.service_level_s,
            "short_abandon_s": settings.short_abandon_s,
            "service_targets": settings.service_targets,
        }

    def summarise(
        self, numbers: tuple[str, ...] | None, calls: pd.DataFrame | None = None, by: str | None = None
    ) -> pd.DataFrame:
        """Return numbers of this period's calls; those of the periods before tell how much days scatter."""
        data = self.history if calls is None else calls
        return summarise(data, numbers, by, since=self.period.start, until=self.period.end, **self.choices)

    def series(self, calls: pd.DataFrame, numbers: tuple[str, ...] = TILES) -> pd.DataFrame:
        """Return numbers of some of the calls, period by period."""
        return signals.series(calls, self.periods, list(numbers), **self.choices)

    def shown(self, text: str) -> str:
        """Return a name from the settings as the audience may see it: a shared page shows no whole number."""
        return text if self.audience == "internal" else mask_numbers(text)

    def line(self, did: str | None) -> str:
        """Return the label of one of our own numbers."""
        return self.shown(self.settings.line(did))

    def total(self, number: str) -> Any:
        """Return the value of a number over this period."""
        return self.totals[number]["value"]

    def _complete_before(self, period: Period, n: int) -> list[Period]:
        """Return the complete ones of so many periods before one, from the first one with a call on."""
        started = self.history["started_local"].min()
        first = started.date() if pd.notna(started) else period.end
        before = [period.shift(-back) for back in range(n, 0, -1)]
        return [p for p in before if p.end > first and self._is_whole(p)]
