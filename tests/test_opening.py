import random
from datetime import UTC, date, datetime, time

import numpy as np
import pytest

import callkit as ck
from callkit.clock import instant, wall
from callkit.errors import SettingsError
from callkit.opening import OpeningHours, bank_holidays

HOURS = OpeningHours.parse({"mon": "08:00-18:00", "sat": "09:00-12:00, 13:00-16:30"}, "GB-ENG")


def test_spans_and_holidays():
    assert HOURS.on(date(2026, 11, 16)) == ((480, 1080),)
    assert HOURS.on(date(2026, 11, 17)) == ()
    assert HOURS.on(date(2026, 8, 31)) == ()  # summer bank holiday
    assert OpeningHours.parse({"mon": "08:00-18:00"}, "GB-SCT").on(date(2026, 8, 31)) == ((480, 1080),)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 16, 7, 59), False),
        (datetime(2026, 11, 16, 8, 0), True),
        (datetime(2026, 11, 16, 18, 0), False),
        (datetime(2026, 11, 21, 12, 30), False),
        (datetime(2026, 11, 21, 16, 29), True),
    ],
)
def test_open_or_not(moment, is_open):
    assert HOURS.is_open(moment) is is_open


def test_always_open_unless_said():
    assert OpeningHours().is_open(datetime(2026, 12, 25, 3, 0))


@pytest.mark.parametrize(
    ("table", "holidays", "message"),
    [
        ({"monday": "08:00-18:00"}, "", "no day 'monday'"),
        ({"mon": "8-18"}, "", "'8-18' cannot be read"),
        ({"mon": "18:00-08:00"}, "", "cannot be read"),
        ({"mon": "08:00-24:30"}, "", "cannot be read"),
        ({"mon": "08:75-18:00"}, "", "cannot be read"),
        ({"mon": "08:00-12:00, 11:00-13:00"}, "", "overlap"),
        ({"mon": "08:00-18:00"}, "GB-XXX", "'GB-XXX' is not a known"),
        ({"mon": "08:00-18:00"}, "Narnia", "'Narnia' is not a known"),
    ],
)
def test_what_cannot_be_read_is_named(table, holidays, message):
    with pytest.raises(SettingsError, match=message):
        OpeningHours.parse(table, holidays)


def test_no_country_has_no_holidays():
    assert bank_holidays("", 2026) == {}


SPLIT = OpeningHours.parse(
    {"mon": "08:05-18:00", "fri": "08:05-18:00", "sat": "09:00-12:00, 13:00-16:30", "sun": "00:30-01:20, 01:40-05:00"},
    "GB-ENG",
)  # fmt: skip


@pytest.mark.parametrize("since", [date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 23)])
@pytest.mark.parametrize("hours", [SPLIT, OpeningHours(), OpeningHours.parse({})])
def test_open_seconds_are_those_of_the_open_minutes(hours, since):
    rng = random.Random(since.isoformat())
    first = int(instant(datetime.combine(since, time()), "Europe/London").timestamp())
    starts = [first + 60 * rng.randrange(4 * 1440) for _ in range(40)]
    ends = [start + 60 * rng.randrange(3 * 1440) for start in starts]
    opened = [sum(map(hours.is_open, walls(*span))) * 60 for span in zip(starts, ends, strict=True)]
    assert hours.open_s(starts, ends).tolist() == opened


def walls(start, end):
    return [wall(datetime.fromtimestamp(at, UTC), "Europe/London") for at in range(start, end, 60)]


def test_an_unknown_end_gives_no_open_seconds():
    assert HOURS.open_s([], []).tolist() == []
    assert np.isnan(HOURS.open_s([0], [np.nan])).all()
    found = HOURS.open_s(
        [1795161599.25, np.nan], [1795161601.5, 0]
    )  # a Friday before a Saturday without hours
    assert found[0] == 0
    assert np.isnan(found[1])
    assert OpeningHours().open_s([1795161599.25], [1795161601.5]).tolist() == [2.25]


def test_opening_hours_are_at_the_front_door():
    assert ck.OpeningHours is OpeningHours
    assert "OpeningHours" in dir(ck)


def test_dates_may_be_closed_beside_the_holidays():
    hours = OpeningHours.parse({"mon": "09:00-17:00", "tue": "09:00-17:00"}, "GB-ENG")
    monday = date(2026, 11, 16)
    shut = hours.without([monday])
    assert shut.on(monday) == ()
    assert not shut.is_open(datetime(2026, 11, 16, 10))
    assert shut.on(date(2026, 11, 17)) == hours.on(date(2026, 11, 17)) != ()
    assert shut.without([date(2026, 11, 17)]).closed == {monday, date(2026, 11, 17)}
    assert hours.on(monday) != ()
