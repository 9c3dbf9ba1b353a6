"""When the business answers: opening hours by weekday, and bank holidays."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise

import holidays as calendars
import numpy as np
import numpy.typing as npt

from callkit import clock
from callkit.errors import SettingsError, UsageError

_EPOCH = datetime(1970, 1, 1)
_QUARTER = 900  # zones change their offset at whole quarters of an hour

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def bank_holidays(country: str, year: int) -> Mapping[date, str]:
    """
    Return the public holidays of a country or region in a year, by date.

    Parameters
    ----------
    country
        ``GB-ENG``, ``GB-SCT``, ``IE`` …: an ISO country, with the subdivision of the `holidays` package after a
        dash; empty for none.

    Raises
    ------
    SettingsError
        The country or the subdivision is not known.
    """
    if not country:
        return {}

    name, _, part = country.partition("-")
    try:
        return dict(calendars.country_holidays(name, subdiv=part or None, years=year))
    except NotImplementedError as error:
        message = f"bank_holidays {country!r} is not a known country or region; write it like 'GB-ENG'."
        raise SettingsError(message) from error


@dataclass(frozen=True)
class OpeningHours:
    """
    When the business answers: for each weekday the spans it is open, and no span on a bank holiday.

    Parameters
    ----------
    spans
        Seven tuples, Monday first, of ``(opens, closes)`` in minutes after midnight.
    holidays
        Country or region whose public holidays are closed; see `bank_holidays`.
    closed
        Further dates on which it is closed.
    """

    spans: tuple[tuple[tuple[int, int], ...], ...] = field(default=(((0, 1440),),) * 7)
    holidays: str = ""
    closed: frozenset[date] = frozenset()

    @classmethod
    def parse(cls, table: Mapping[str, str], holidays: str = "") -> "OpeningHours":
        """
        Read a table such as ``{"mon": "08:00-18:00", "sat": "09:00-12:00, 13:00-16:00"}``; absent days are closed.

        Raises
        ------
        SettingsError
            A day or a span cannot be read, spans overlap, or the bank-holiday region is unknown.
        """
        if not isinstance(table, Mapping) or not all(isinstance(text, str) for text in table.values()):
            raise SettingsError(
                f"opening_hours = {table!r} cannot be read; write lines like mon = '08:00-18:00'."
            )
        unknown = set(table) - set(WEEKDAYS)
        if unknown:
            name = sorted(unknown)[0]
            raise SettingsError(f"opening_hours has no day {name!r}; the days are {', '.join(WEEKDAYS)}.")
        bank_holidays(holidays, 2026)
        return cls(tuple(_spans(day, table.get(day, "")) for day in WEEKDAYS), holidays)

    def on(self, day: date) -> tuple[tuple[int, int], ...]:
        """Return the open spans of a date in minutes after midnight; none on a bank holiday."""
        if day in self.closed:
            return ()
        if self.holidays and day in bank_holidays(self.holidays, day.year):
            return ()
        return self.spans[day.weekday()]

    def without(self, days: Iterable[date]) -> "OpeningHours":
        """Return the same hours, but closed on some dates."""
        return replace(self, closed=self.closed | frozenset(days))

    def is_open(self, moment_local: datetime) -> bool:
        """Tell whether the business is open at a wall-clock time."""
        minute = moment_local.hour * 60 + moment_local.minute
        return any(opens <= minute < closes for opens, closes in self.on(moment_local.date()))

    def open_s(
        self, start_s: npt.ArrayLike, end_s: npt.ArrayLike, time_zone: str = "Europe/London"
    ) -> npt.NDArray[np.float64]:
        """
        Return the seconds that were open between two instants: the time that passed on the opening-hours clock.

        An open hour that autumn repeats counts twice, one that spring skips not at all.

        Parameters
        ----------
        start_s, end_s
            UTC epoch seconds, arrays of one length; null gives null.
        time_zone
            IANA zone of the opening hours.
        """
        moments = np.array([start_s, end_s], dtype=float)
        known = moments[np.isfinite(moments)]
        if not known.size:
            return np.full(moments.shape[1], np.nan)
        opens, closes = self._opened(int(known.min()) - 1, int(known.max()) + 1, time_zone)
        place = np.searchsorted(opens, moments)  # the place after the last span that began before
        before = np.append(0.0, np.cumsum(closes - opens))
        left = np.append(0.0, closes)[place] - moments
        passed = np.where(np.isfinite(moments), before[place] - np.clip(left, 0.0, None), np.nan)
        return np.asarray(passed[1] - passed[0])

    def _opened(self, first_s: int, last_s: int, time_zone: str) -> tuple[clock.Seconds, clock.Seconds]:
        """Return when the spans between two instants open and close, in UTC epoch seconds, in order."""
        quarters = np.arange(first_s // _QUARTER, last_s // _QUARTER + 2) * _QUARTER
        offsets = clock.to_wall(quarters, time_zone) - quarters
        changes = np.flatnonzero(np.diff(offsets)) + 1
        bounds = np.append(quarters[np.append(0, changes)], quarters[-1])
        found = []
        for begin, end, offset in zip(bounds[:-1], bounds[1:], offsets[np.append(0, changes)], strict=True):
            first, last = ((_EPOCH + timedelta(seconds=int(s + offset))).date() for s in (begin, end))
            spans = [
                (clock.midnight(day) - _EPOCH).total_seconds() - offset + 60 * np.array(span)
                for day in clock.days(first, last + timedelta(days=1))
                for span in self.on(day)
            ]
            found.append(np.clip(np.array(spans, dtype="int64").reshape(-1, 2), begin, end))
        opens, closes = np.concatenate(found).T
        return opens[opens < closes], closes[opens < closes]


def _spans(day: str, text: str) -> tuple[tuple[int, int], ...]:
    spans = []
    for part in filter(None, (p.strip() for p in text.split(","))):
        found = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", part)
        opens, closes = (_minutes(*found.groups()[:2]), _minutes(*found.groups()[2:])) if found else (0, 0)
        if not opens < closes <= 1440:
            raise SettingsError(f"opening_hours.{day} {text!r} cannot be read; write it like '08:00-18:00'.")
        spans.append((opens, closes))
    spans.sort()
    if any(second[0] < first[1] for first, second in pairwise(spans)):
        raise SettingsError(f"opening_hours.{day} {text!r} overlap; write spans that follow one another.")
    return tuple(spans)


def _minutes(hours: str, minutes: str) -> int:
    return int(hours) * 60 + int(minutes) if int(minutes) < 60 else 9999


def known_hours(opening: object) -> OpeningHours:
    """
    Return opening hours given as an argument.

    Raises
    ------
    UsageError
        They are of another type.
    """
    if not isinstance(opening, OpeningHours):
        raise UsageError(
            f"opening {opening!r} cannot be used; give settings.opening, or ck.OpeningHours.parse({{...}})."
        )
    return opening
