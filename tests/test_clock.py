from datetime import UTC, date, datetime

import numpy as np
import pytest

from callkit import clock
from callkit.errors import SettingsError, UsageError


def epoch(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (
            "2020-03-27 06:01:57",
            "2020-03-27 06:01:57",
        ),  # the reference page's call, two days before summer time
        ("2026-07-01 12:00:00", "2026-07-01 11:00:00"),
        ("2026-03-29 00:59:59", "2026-03-29 00:59:59"),
        (
            "2026-03-29 01:30:00",
            "2026-03-29 01:30:00",
        ),  # skipped by the change: read with the offset before it
        ("2026-03-29 02:00:00", "2026-03-29 01:00:00"),
        ("2026-10-25 01:30:00", "2026-10-25 00:30:00"),  # happens twice: the first time
        ("2026-10-25 02:00:00", "2026-10-25 02:00:00"),
    ],
)
def test_wall_clock_to_utc(wall, utc):
    assert clock.to_utc(np.array([epoch(wall)]), "Europe/London").tolist() == [epoch(utc)]


def test_the_hour_that_happens_twice_is_told_apart_by_a_known_epoch():
    wall = np.full(3, epoch("2026-10-25 01:30:00"))
    known = np.array([epoch("2026-10-25 00:30:00"), epoch("2026-10-25 01:30:02"), -1])
    first, second = epoch("2026-10-25 00:30:00"), epoch("2026-10-25 01:30:00")
    assert clock.to_utc(wall, "Europe/London", known).tolist() == [first, second, first]


@pytest.mark.parametrize(
    ("wall", "known", "utc"),
    [
        ("2026-07-01 12:00:00", "2026-07-01 12:00:00", "2026-07-01 11:00:00"),
        ("2026-03-29 01:30:00", "2026-03-29 00:30:00", "2026-03-29 01:30:00"),  # spring skips it
    ],
)
def test_a_known_epoch_only_tells_apart_what_happens_twice(wall, known, utc):
    found = clock.to_utc(np.array([epoch(wall)]), "Europe/London", np.array([epoch(known)]))
    assert found.tolist() == [epoch(utc)]


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns"])
def test_there_and_back_through_a_year(zone):
    utc = np.arange(epoch("2026-01-01 00:00:00"), epoch("2027-01-01 00:00:00"), 1800)
    wall = clock.to_wall(utc, zone)
    assert (clock.to_utc(wall, zone, utc) == utc).all()


def test_no_times_give_no_times():
    assert clock.to_utc(np.array([], dtype="int64"), "Europe/London").size == 0


def test_an_unknown_zone_is_named():
    with pytest.raises(SettingsError, match="'Europe/Lundon'"):
        clock.zone("Europe/Lundon")


def test_dates():
    for given in ("2026-11-16", date(2026, 11, 16), datetime(2026, 11, 16, 9)):
        assert clock.parse_date(given) == date(2026, 11, 16)
    assert list(clock.days(date(2026, 2, 27), date(2026, 3, 2)))[-1] == date(2026, 3, 1)
    with pytest.raises(UsageError, match="since '16/11/2026'"):
        clock.parse_date("16/11/2026", "since")


def test_one_instant_and_back():
    moment = clock.instant(datetime(2026, 7, 1, 12), "Europe/London")
    assert moment == datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert clock.wall(moment, "Europe/London") == datetime(2026, 7, 1, 12)
    assert clock.midnight(date(2026, 7, 1)) == datetime(2026, 7, 1)
