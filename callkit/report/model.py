"""What a weekly report knows: one week's calls, the weeks before, and how each number compares.

Gathered once; the sections only read it.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pandas as pd

from callkit.clock import Week, days, wall
from callkit.metrics import load, signals
from callkit.metrics.asking import Choices
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.sources import between
from callkit.metrics.summary import summarise
from callkit.privacy import mask_numbers
from callkit.report.compared import Compared, compare, plain, records, unjudged
from callkit.settings import Settings

N_BEFORE = signals.BASELINE
"""Weeks a usual range is taken from."""

TILES = ("n_offered", "answer_rate", "abandon_rate", "wait_p90", "service_level", "n_unreached")
"""The six numbers of the first screen and of the last 13 weeks."""


@dataclass(frozen=True)
class Weekly:
    """
    The model of one weekly report.

    Parameters
    ----------
    settings, week, audience
        Whose report it is, of which week, and for whom.
    history
        Calls of the week and of the weeks before it.
    statements
        A row a day of the week and of the weeks before it, as `callkit.tables.store.statements` gives them.
    """

    settings: Settings
    week: Week
    audience: str
    history: pd.DataFrame
    statements: pd.DataFrame

    @cached_property
    def calls(self) -> pd.DataFrame:
        """Calls of the week."""
        of_week: pd.DataFrame = between(self.history, self.week.start, self.week.end)
        return of_week

    @cached_property
    def of_week(self) -> pd.DataFrame:
        """Statements of the seven days of the week."""
        return self._days(self.week)

    @cached_property
    def is_complete(self) -> bool:
        """Whether every day of the week was read to its announced end."""
        return _is_complete(self.of_week)

    @cached_property
    def weeks(self) -> list[Week]:
        """The complete weeks before, from the first one with a call on, and this week."""
        before = [self.week.shift(-back) for back in range(N_BEFORE, 0, -1)]
        started = self.history["started_local"].min()
        first = Week.of(started.date()) if pd.notna(started) else self.week
        return [w for w in before if w >= first and _is_complete(self._days(w))] + [self.week]

    @property
    def _read_to_the_end(self) -> list[Week]:
        return self.weeks if self.is_complete else self.weeks[:-1]

    @property
    def n_before(self) -> int:
        """How many complete weeks before this one there are."""
        return len(self.weeks) - 1

    @property
    def is_compared(self) -> bool:
        """Whether this week is compared with a usual range at all."""
        return self.is_complete and self.n_before >= N_BEFORE

    @cached_property
    def by_week(self) -> pd.DataFrame:
        """The six numbers week by week; a complete week without a call counts none."""
        found = self.weekly(self.history)
        counts = found["number"].map(lambda name: CATALOGUE[name].statistic == "count")
        silent = counts & found["value"].isna() & found["week"].isin([str(w) for w in self._read_to_the_end])
        found.loc[silent, ["value", "numerator"]] = 0.0
        return found

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The six numbers of this week against the weeks before; part of a week is not judged."""
        found = signals.verdicts(self.by_week, self.week)
        if not self.is_complete:
            return found.assign(verdict="none", rule="", is_better=None)
        if not self.total("n_offered"):  # nobody could be missed, which says nothing about reaching them
            found.loc[found["number"] == "n_unreached", ["verdict", "rule", "is_better"]] = ["none", "", None]
        return found

    @cached_property
    def compared(self) -> dict[str, Compared]:
        """The six numbers of this week, compared."""
        return {row["number"]: compare(row) for row in records(self.verdicts)}

    @cached_property
    def totals(self) -> dict[str, dict[str, Any]]:
        """Every number of the catalogue over this week."""
        rows = self.summarise(None)
        return {row["number"]: {k: plain(v) for k, v in row.items()} for row in records(rows)}

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """Calls by weekday and hour of this week, each against the weeks before."""
        settings = self.settings
        zone = settings.time_zone
        found = load.arrivals(self.history, settings.opening, self.week.start, self.week.end, time_zone=zone)
        if self.is_compared:
            return found
        missing = found["weekday"].isin([day.weekday() for day in self.missing_days])
        found.loc[missing, ["n", "n_open_hours", "is_open"]] = [0, 0.0, False]
        return unjudged(found)

    @cached_property
    def hourly(self) -> pd.DataFrame:
        """Service level by hour of the day, each hour against the weeks before."""
        found = signals.hourly(self.history, self.weeks, self.week, **self.choices)
        return found if self.is_complete else unjudged(found)

    @cached_property
    def bank_holidays(self) -> list[date]:
        """Days of the week closed for a bank holiday, and open on any other such weekday."""
        opening = self.settings.opening
        return [
            day
            for day in days(self.week.start, self.week.end)
            if opening.spans[day.weekday()] and not opening.on(day)
        ]

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
        """Return numbers of this week's calls; those of the weeks before tell how much days scatter."""
        data = self.history if calls is None else calls
        return summarise(data, numbers, by, since=self.week.start, until=self.week.end, **self.choices)

    def weekly(self, calls: pd.DataFrame, numbers: tuple[str, ...] = TILES) -> pd.DataFrame:
        """Return numbers of some of the calls, week by week."""
        return signals.weekly(calls, self.weeks, list(numbers), **self.choices)

    def shown(self, text: str) -> str:
        """Return a name from the settings as the audience may see it: a shared page shows no whole number."""
        return text if self.audience == "internal" else mask_numbers(text)

    def line(self, did: str | None) -> str:
        """Return the label of one of our own numbers."""
        return self.shown(self.settings.line(did))

    def total(self, number: str) -> Any:
        """Return the value of a number over this week."""
        return self.totals[number]["value"]

    @cached_property
    def fetched_at(self) -> datetime | None:
        """When the latest day of the week was fetched, on the account's wall clock."""
        latest = self.of_week["fetched_at"].max()
        return (
            None if pd.isna(latest) else wall(pd.Timestamp(latest).to_pydatetime(), self.settings.time_zone)
        )

    @cached_property
    def missing_days(self) -> list[date]:
        """Days of the week that are not complete."""
        return [as_date(row.day) for row in self.of_week.itertuples() if not row.is_complete]

    @property
    def complete_until(self) -> date:
        """The day before which every day of the week is complete."""
        return min(self.missing_days, default=self.week.end)

    @property
    def is_still_arriving(self) -> bool:
        """Whether what is missing is the end of the week, not a gap in it."""
        return self.missing_days == list(days(self.complete_until, self.week.end))

    @cached_property
    def raw_data_sha256(self) -> str:
        """One hash over the hashes of all the raw data the report was made from."""
        return hashlib.sha256(json.dumps([str(x) for x in self.statements["sha256"]]).encode()).hexdigest()

    def _days(self, week: Week) -> pd.DataFrame:
        day = self.statements["day"].map(as_date)
        return self.statements[(day >= week.start) & (day < week.end)]


def _is_complete(statements: pd.DataFrame) -> bool:
    return len(statements) == 7 and bool(statements["is_complete"].all())


def as_date(value: Any) -> date:
    """Return the date of a date or a timestamp."""
    return value if type(value) is date else pd.Timestamp(value).date()
