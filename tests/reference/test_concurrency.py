"""Agents talking at once at the Anonymous Bank: from call_report pages, against the published clock times.

Brown et al. (2005) saw at most 13 agents at work at once over the year; January has 12 at once.
"""

import csv
import gzip
from datetime import datetime, timedelta

import pandas as pd
import pytest

from callkit.metrics.concurrency import concurrency, peaks, time_at
from callkit.tables.tidy import tidy
from tests.reference import bank

ZONE = "Asia/Jerusalem"


@pytest.fixture(scope="module")
def calls():
    pages = [page for day in bank.pages().values() for page in day]
    return tidy(pages, time_zone=ZONE).calls


@pytest.fixture(scope="module")
def steps():
    """Return (moment, +1 or −1) of every service, by the table's own columns of clock times, in order."""
    found = []
    with gzip.open(bank.FOLDER / "january.txt.gz", "rt", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["outcome"] == "AGENT":
                day = datetime.strptime(f"19{row['date']}", "%Y%m%d")
                start, end = (day + clock(row[name]) for name in ("ser_start", "ser_exit"))
                if start != end:
                    found += [(start, 1), (end + timedelta(days=end < start), -1)]
    return sorted(found)


def clock(text):
    hours, minutes, seconds = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def test_most_talks_at_once(calls, steps):
    most, first, now = 0, None, 0
    for at, delta in steps:
        now += delta
        if now > most:
            most, first = now, at
    talking = peaks(concurrency(calls)).set_index("kind").loc["talking"]
    assert (talking["peak"], most) == (12, 12)
    assert talking["peak_at"] == pd.Timestamp(first, tz=ZONE)


def test_time_at_each_number_of_talks(calls, steps):
    seconds, now, last = {}, 0, None
    for at, delta in steps:
        if now:
            seconds[now] = seconds.get(now, 0) + (at - last).total_seconds()
        now, last = now + delta, at
    found = time_at(calls).set_index("n_at_once")["seconds"].drop(0)
    assert found.to_dict() == pytest.approx(
        seconds, rel=0.005, abs=60
    )  # the columns differ from the seconds by 1 s
    assert found.sum() == pytest.approx(sum(seconds.values()), rel=1e-3)
