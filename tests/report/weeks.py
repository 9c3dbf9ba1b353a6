"""Small invented weeks for the report's tests: frames as `callkit.tables.store` gives them, without a store."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd

from callkit.clock import days, midnight
from callkit.opening import OpeningHours
from callkit.periods import Week
from callkit.privacy import Secret
from callkit.report.model import Report
from callkit.settings import Settings
from callkit.tables.tidy import Tables
from callkit.validation import Person
from tests.report.flow import GROUPS, NAMES, told

WEEK = Week(2026, 47)
MAIN, SUPPORT = "+442079460100", "+442079460200"
OPENING = OpeningHours.parse({day: "08:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri")})
SETTINGS = Settings(
    "drama",
    opening=OPENING,
    dids={MAIN: "Main", SUPPORT: "Support"},
    agents={who: Person(NAMES[who], group) for group, people in GROUPS for who in people},
    pseudonym_key=Secret("drama"),
)


def call(
    started: datetime,
    outcome: str = "answered",
    *,
    wait_s: float | None = 10,
    caller: str | None = "+447700900417",
    did: str | None = MAIN,
    direction: str = "inbound",
    talk_s: float | None = None,
    charge: float | None = 0.02,
) -> dict[str, object]:
    talk = talk_s if talk_s is not None else 120.0 if outcome == "answered" else 0.0
    return {
        "call_key": f"{started:%Y%m%d%H%M%S}.{caller}.{direction}",
        "direction": direction,
        "outcome": outcome,
        "started_at": pd.Timestamp(started, tz="UTC"),
        "started_local": pd.Timestamp(started),
        "wait_s": wait_s,
        "talk_s": talk,
        "caller": caller,
        "did": did,
        "charge": charge,
    }


def frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = list(call(datetime(2026, 11, 16)))  # noqa: DTZ001
    found = pd.DataFrame(rows, columns=columns)
    found["call_key"] += found.groupby("call_key").cumcount().map(lambda n: f".{n}" if n else "")
    times = {"started_local": "datetime64[us]", "started_at": "datetime64[us, UTC]"}
    words = dict.fromkeys(("call_key", "caller", "did"), "str") | dict.fromkeys(
        ("direction", "outcome"), "category"
    )
    return found.astype({**times, **words, "wait_s": float, "talk_s": float, "charge": float}).sort_values(
        "started_local"
    )


def tables(rows: list[dict[str, object]]) -> Tables:
    """Return calls with the steps that `tests.report.flow` invents for them."""
    return Tables(*told(frame(rows)))


def usual_calls(
    week: Week = WEEK, n_before: int = 12, *, a_day: int = 40, n_worse: int = 0
) -> list[dict[str, object]]:
    """Return weeks alike but for seeded chance; in the last one every call of its first `n_worse` hours is given up."""
    rows = []
    for back in range(n_before, -1, -1):
        rng = np.random.default_rng(1000 + back)
        for number, day in enumerate(
            days(week.shift(-back).start, week.shift(-back).end - timedelta(days=2))
        ):
            for i in range(a_day):
                at = midnight(day) + timedelta(hours=8, seconds=int(rng.integers(0, 36000)), microseconds=i)
                gave_up = rng.random() < 0.08 or (back == 0 and number == 1 and at.hour < 8 + n_worse)
                caller = f"+447700900{int(rng.integers(0, 500)):03d}"
                wait = float(rng.integers(25, 60)) if gave_up else float(rng.integers(1, 40))
                outcome = "abandoned" if gave_up else "answered"
                rows.append(call(at, outcome, wait_s=wait, caller=caller, did=[MAIN, SUPPORT][i % 3 == 0]))
    return rows


def statements(week: Week = WEEK, n_before: int = 12, **of_week: object) -> pd.DataFrame:
    """Return complete days; values in `of_week` (a list of seven, or one for the first day) change the last week."""
    since = week.shift(-n_before).start
    rows = [
        {
            "day": pd.Timestamp(day),
            "announced": 40,
            "received": 40,
            "duplicates": 0,
            "quarantined": 0,
            "kept": 40,
            "forgotten": 0,
            "n_pages": 1,
            "n_lines": 160,
            "n_unknown_lines": 0,
            "n_contradictions": 0,
            "n_assumed": 0,
            "n_timed": 40,
            "n_off_clock": 0,
            "off_by_s": 0,
            "is_complete": True,
            "fetched_at": pd.Timestamp("2026-11-23 06:04", tz="UTC"),
            "sha256": f"{day:%Y%m%d}",
            "unknown_keys": "{}",
            "unknown_lines": "{}",
        }
        for day in days(since, week.end)
    ]
    for name, value in of_week.items():
        for place, each in enumerate(value if isinstance(value, list) else [value]):
            rows[len(rows) - 7 + place][name] = json.dumps(each) if isinstance(each, dict) else each
    return pd.DataFrame(rows)


def weekly(
    rows: list[dict[str, object]] | None = None,
    n_before: int = 12,
    *,
    audience: str = "shared",
    settings: Settings = SETTINGS,
    **of_week: object,
) -> Report:
    found = _usual(n_before) if rows is None else tables(rows)
    return Report(settings, WEEK, audience, found, statements(n_before=n_before, **of_week))


@cache
def _usual(n_before: int) -> Tables:
    return tables(usual_calls(n_before=n_before))


def named(**changes: object) -> Settings:
    return replace(SETTINGS, **changes)
