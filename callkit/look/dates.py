"""Dates and wall-clock times as callkit's sentences write them, in English whatever the machine's locale."""

from datetime import date, datetime, timedelta

from callkit.periods import Period, Week

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(moment: date) -> str:
    """
    Write a date short.

    Examples
    --------
    >>> day(date(2026, 11, 17))
    'Tue 17 Nov'
    """
    return f"{WEEKDAYS[moment.weekday()][:3]} {moment.day} {MONTHS[moment.month - 1][:3]}"


def long_day(moment: date) -> str:
    """
    Write a date in full, without its year.

    Examples
    --------
    >>> long_day(date(2026, 11, 22))
    'Sunday 22 November'
    """
    return f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}"


def moment(when: datetime) -> str:
    """
    Write a wall-clock time short.

    Examples
    --------
    >>> moment(datetime(2026, 11, 17, 10, 42))
    'Tue 17 Nov, 10:42'
    """
    return f"{day(when)}, {when:%H:%M}"


def long_moment(when: datetime, year: int | None = None) -> str:
    """
    Write a wall-clock time with its date in full, and with its year where that is not the one given.

    Examples
    --------
    >>> long_moment(datetime(2026, 11, 22, 23, 59))
    'Sunday 22 November, 23:59'
    >>> long_moment(datetime(2027, 1, 4, 6, 0), year=2026)
    'Monday 4 January 2027, 06:00'
    """
    named = f" {when.year}" if year not in (None, when.year) else ""
    return f"{long_day(when)}{named}, {when:%H:%M}"


def period(since: date, until: date) -> str:
    """
    Write the days from `since` up to, not including, `until`.

    Examples
    --------
    >>> period(date(2026, 11, 16), date(2026, 11, 23))
    'Monday 16 to Sunday 22 November 2026'
    >>> period(date(2026, 12, 28), date(2027, 1, 4))
    'Monday 28 December 2026 to Sunday 3 January 2027'
    """
    last = until - timedelta(days=1)
    end = f"{long_day(last)} {last.year}"
    if since >= last:
        return end
    if since.year != last.year:
        return f"{long_day(since)} {since.year} to {end}"
    if since.month != last.month:
        return f"{long_day(since)} to {end}"
    return f"{WEEKDAYS[since.weekday()]} {since.day} to {end}"


def short_days(since: date, until: date) -> str:
    """
    Write the days from `since` up to, not including, `until` as a small line has room for.

    Examples
    --------
    >>> short_days(date(2026, 11, 16), date(2026, 11, 23)), short_days(date(2026, 10, 26), date(2026, 11, 2))
    ('16–22 Nov', '26 Oct–1 Nov')
    """
    last = until - timedelta(days=1)
    month = "" if since.month == last.month else f" {MONTHS[since.month - 1][:3]}"
    return f"{since.day}{month}–{last.day} {MONTHS[last.month - 1][:3]}"


def named(of: Period) -> str:
    """
    Name a week or a month.

    Examples
    --------
    >>> from callkit.periods import Month
    >>> named(Week(2026, 47)), named(Month(2026, 11))
    ('week 47', 'November 2026')
    """
    return f"week {of.number}" if isinstance(of, Week) else f"{MONTHS[of.number - 1]} {of.year}"


def named_with_year(of: Period) -> str:
    """
    Name a week or a month so that it is clear without the others around it.

    Examples
    --------
    >>> from callkit.periods import Month
    >>> named_with_year(Week(2026, 47)), named_with_year(Month(2026, 11))
    ('week 47 of 2026', 'November 2026')
    """
    return f"{named(of)} of {of.year}" if isinstance(of, Week) else named(of)


def tick(of: Period) -> str:
    """
    Name a week or a month below an axis.

    Examples
    --------
    >>> from callkit.periods import Month
    >>> tick(Week(2026, 47)), tick(Month(2026, 11))
    ('W47', 'Nov')
    """
    return f"W{of.number}" if isinstance(of, Week) else MONTHS[of.number - 1][:3]


def hour(of_day: int) -> str:
    """
    Write an hour of the day on the 24 h clock.

    Examples
    --------
    >>> hour(9)
    '09:00'
    """
    return f"{int(of_day):02d}:00"
