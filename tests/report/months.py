"""Small invented months for the report's tests."""

from datetime import timedelta

import pandas as pd

from callkit.clock import days, midnight
from callkit.periods import Month, Week
from callkit.report.model import Report
from tests.report.weeks import MAIN, SETTINGS, SUPPORT, call, statements, tables

OCTOBER = Month(2026, 10)
LAST_WEEK, N_WEEKS = Week(2026, 44), 58  # the last with a day in October, and the weeks from the first on
A_DAY = 14


def rows(month=OCTOBER, n_before=12, change=None):
    """Return calls of a month and those before, day by day alike: every thirteenth is given up, a third waits long."""
    found = []
    for ordinal, day in enumerate(days(month.shift(-n_before).start, month.end)):
        for i in range(A_DAY if day.weekday() < 5 else 0):
            number = A_DAY * ordinal + i
            gave_up = number % 13 == 0
            found.append(
                call(
                    midnight(day) + timedelta(hours=8 + 3 * i % 10, minutes=4 * i, microseconds=i),
                    "abandoned" if gave_up else "answered",
                    wait_s=40.0 if gave_up else float(1 + 7 * number % 30),
                    caller=f"+447700900{7 * number % 1000:03d}",
                    did=[MAIN, SUPPORT][i % 3 == 0],
                )
            )
    return [row for row in map(change, found) if row] if change else found


def monthly(found=None, n_before=12, *, month=OCTOBER, missing=(), settings=SETTINGS):
    told = statements(LAST_WEEK, N_WEEKS)
    first, end = pd.Timestamp(month.shift(-n_before).start), pd.Timestamp(month.end)
    told = told[(told["day"] >= first) & (told["day"] < end)].reset_index(drop=True)
    told.loc[told["day"].isin(pd.to_datetime([*missing])), "is_complete"] = False
    found = rows(month, n_before) if found is None else found
    return Report(settings, month, "shared", tables(found), told)
