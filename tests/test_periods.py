from datetime import UTC, date, datetime

import pytest

from callkit.errors import UsageError
from callkit.periods import Month, Week, covering, parse_period, spanning


def test_weeks():
    week = Week.parse("2026-W47")
    assert (week.start, week.end, str(week)) == (date(2026, 11, 16), date(2026, 11, 23), "2026-W47")
    assert str(week.shift(7)) == "2027-W01"
    assert str(Week.parse("2026-W53").shift(1)) == "2027-W01"
    assert Week.of(date(2027, 1, 3)) == Week(2026, 53)


@pytest.mark.parametrize("text", ["2026-W54", "2025-W53", "2026-W00", "2026-47", "", "W47", "2026-W47 "])
def test_a_week_that_does_not_exist_is_refused(text):
    with pytest.raises(UsageError, match="write it like 2026-W47"):
        Week.parse(text)


def test_the_last_complete_week_is_told_on_the_accounts_wall_clock():
    midnight_in_london = datetime(2026, 7, 5, 23, 30, tzinfo=UTC)  # Monday 00:30 there, still Sunday in UTC
    assert str(Week.last_complete("Europe/London", midnight_in_london)) == "2026-W27"
    assert str(Week.last_complete("UTC", midnight_in_london)) == "2026-W26"


def test_months():
    month = Month.parse("2026-11")
    assert (month.start, month.end, str(month)) == (date(2026, 11, 1), date(2026, 12, 1), "2026-11")
    assert [str(month.shift(k)) for k in (2, 1, -10, -11, -23)] == [
        "2027-01",
        "2026-12",
        "2026-01",
        "2025-12",
        "2024-12",
    ]
    assert Month.of(date(2024, 2, 29)) == Month(2024, 2)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-W47", "2026-1", "", "0000-01", "2026-11-01"])
def test_a_month_that_does_not_exist_is_refused(text):
    with pytest.raises(UsageError, match="write it like 2026-11"):
        Month.parse(text)


def test_the_last_complete_month_is_told_on_the_accounts_wall_clock():
    midnight_in_london = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July 00:30 there
    assert str(Month.last_complete("Europe/London", midnight_in_london)) == "2026-06"
    assert str(Month.last_complete("UTC", midnight_in_london)) == "2026-05"


def test_a_period_is_read_as_what_it_is_written_as():
    assert parse_period("2026-W47") == Week(2026, 47)
    assert type(parse_period("2026-W47")) is Week
    assert type(parse_period("2026-11")) is Month
    with pytest.raises(UsageError, match="neither a week like 2026-W47 nor a month like 2026-11"):
        parse_period("2026")


def test_periods_from_first_to_last():
    assert [str(w) for w in spanning(Week(2026, 52), Week(2027, 1))] == ["2026-W52", "2026-W53", "2027-W01"]
    assert list(spanning(Month(2026, 2), Month(2026, 1))) == []


def test_a_span_is_a_week_a_month_or_neither():
    assert covering(date(2026, 11, 16), date(2026, 11, 23)) == Week(2026, 47)
    assert covering(date(2026, 2, 1), date(2026, 3, 1)) == Month(2026, 2)
    assert covering(date(2026, 11, 17), date(2026, 11, 24)) is None
