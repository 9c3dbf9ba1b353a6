"""The periods a report covers: ISO weeks and calendar months of the account's wall clock."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple, TypeAlias

from callkit import clock
from callkit.errors import UsageError


class Week(NamedTuple):
    """An ISO week of the account's wall clock, Monday to Sunday."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """
        Read a week written as 2026-W47.

        Raises
        ------
        UsageError
            The text is not an ISO week of the calendar.
        """
        found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", str(text))
        try:
            if found:
                week = cls(int(found[1]), int(found[2]))
                date.fromisocalendar(week.year, week.number, 1)
                return week
        except ValueError:
            pass
        raise UsageError(f"week {text!r} is not an ISO week; write it like 2026-W47.")

    @classmethod
    def of(cls, day: date) -> "Week":
        """Return the week a date lies in."""
        return cls(*day.isocalendar()[:2])

    @classmethod
    def last_complete(cls, time_zone: str, moment: datetime | None = None) -> "Week":
        """Return the last week that had ended at `moment` (default: now) on the account's wall clock."""
        return cls.of(clock.wall(moment or clock.now(), time_zone).date() - timedelta(days=7))

    @property
    def start(self) -> date:
        """The Monday the week begins with."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The Monday after the week."""
        return self.start + timedelta(days=7)

    def shift(self, weeks: int) -> "Week":
        """Return the week so many weeks later (earlier where negative)."""
        return Week.of(self.start + timedelta(weeks=weeks))

    @property
    def noun(self) -> str:
        """What the period is called."""
        return "week"

    @property
    def kind(self) -> str:
        """Name of its report."""
        return "weekly"

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"


class Month(NamedTuple):
    """A calendar month of the account's wall clock."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """
        Read a month written as 2026-11.

        Raises
        ------
        UsageError
            The text is not a month of the calendar.
        """
        found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", str(text))
        if found and int(found[1]) and 1 <= int(found[2]) <= 12:
            return cls(int(found[1]), int(found[2]))
        raise UsageError(f"month {text!r} is not a calendar month; write it like 2026-11.")

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month a date lies in."""
        return cls(day.year, day.month)

    @classmethod
    def last_complete(cls, time_zone: str, moment: datetime | None = None) -> "Month":
        """Return the last month that had ended at `moment` (default: now) on the account's wall clock."""
        return cls.of(clock.wall(moment or clock.now(), time_zone).date()).shift(-1)

    @property
    def start(self) -> date:
        """The first day of the month."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The first day of the month after."""
        return self.shift(1).start

    def shift(self, months: int) -> "Month":
        """Return the month so many months later (earlier where negative)."""
        year, month = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, month + 1)

    @property
    def noun(self) -> str:
        """What the period is called."""
        return "month"

    @property
    def kind(self) -> str:
        """Name of its report."""
        return "monthly"

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


Period: TypeAlias = Week | Month

KINDS: dict[str, type[Week] | type[Month]] = {"weekly": Week, "monthly": Month}
"""The reports there are, by name, and the period each covers."""


def parse_period(text: str) -> Period:
    """
    Read a week written as 2026-W47 or a month written as 2026-11.

    Raises
    ------
    UsageError
        The text is neither.
    """
    for kind in KINDS.values():
        try:
            return kind.parse(text)
        except UsageError:
            continue
    raise UsageError(f"period {text!r} is neither a week like 2026-W47 nor a month like 2026-11.")


def spanning(first: Period, last: Period) -> Iterator[Period]:
    """Yield the periods from the first to the last one, both included."""
    while first <= last:
        yield first
        first = first.shift(1)


def covering(since: date, until: date) -> Period | None:
    """Return the week or month that lasts exactly from `since` up to, not including, `until`; None where none does."""
    return next((p for p in (Week.of(since), Month.of(since)) if (p.start, p.end) == (since, until)), None)
