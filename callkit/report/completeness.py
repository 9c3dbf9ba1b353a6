"""Which days of a period are in, and how far the data go."""

import hashlib
import json
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from callkit.clock import days, wall
from callkit.periods import Period
from callkit.settings import Settings


class Completeness:
    """What the days' statements say of a report's period."""

    settings: Settings
    period: Period
    statements: pd.DataFrame

    @cached_property
    def of_period(self) -> pd.DataFrame:
        """Statements of the days of the period."""
        return self._days(self.period)

    @cached_property
    def is_complete(self) -> bool:
        """Whether every day of the period was read to its announced end."""
        return self._is_whole(self.period)

    @cached_property
    def fetched_at(self) -> datetime | None:
        """When the latest day of the period was fetched, on the account's wall clock."""
        latest = self.of_period["fetched_at"].max()
        return (
            None if pd.isna(latest) else wall(pd.Timestamp(latest).to_pydatetime(), self.settings.time_zone)
        )

    @cached_property
    def missing_days(self) -> list[date]:
        """Days of the period that are not complete."""
        return [as_date(row.day) for row in self.of_period.itertuples() if not row.is_complete]

    @property
    def complete_until(self) -> date:
        """The day before which every day of the period is complete."""
        return min(self.missing_days, default=self.period.end)

    @property
    def is_still_arriving(self) -> bool:
        """Whether what is missing is the end of the period, not a gap in it."""
        return self.missing_days == list(days(self.complete_until, self.period.end))

    @cached_property
    def complete_stretches(self) -> list[tuple[date, date]]:
        """First day, and the day after the last, of each stretch of complete days of the period."""
        missing = {*self.missing_days}
        ends: list[tuple[date, date]] = []
        for day in days(self.period.start, self.period.end):
            if day in missing:
                continue
            begun = ends.pop()[0] if ends and ends[-1][1] == day else day
            ends.append((begun, day + timedelta(days=1)))
        return ends

    @cached_property
    def raw_data_sha256(self) -> str:
        """One hash over the hashes of all the raw data the report was made from."""
        return hashlib.sha256(json.dumps([str(x) for x in self.statements["sha256"]]).encode()).hexdigest()

    def _is_whole(self, period: Period) -> bool:
        known = self._days(period)
        return len(known) == (period.end - period.start).days and bool(known["is_complete"].all())

    def _days(self, period: Period) -> pd.DataFrame:
        day = self.statements["day"].map(as_date)
        return self.statements[(day >= period.start) & (day < period.end)]


def as_date(value: Any) -> date:
    """Return the date of a date or a timestamp."""
    return value if type(value) is date else pd.Timestamp(value).date()
