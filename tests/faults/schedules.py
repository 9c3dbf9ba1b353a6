"""Seeded schedules of faults, and what must hold while and after each: ``python -m tests.faults.schedules 17``."""

import json
import random
import sys
import traceback
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from callkit.clock import days
from callkit.errors import CallkitError
from callkit.pipeline import sync as sync_module
from callkit.privacy import Secret
from callkit.sandbox import auth
from callkit.sandbox.fault_table import FAULTS
from callkit.sandbox.faults import Fault
from callkit.tables import days as days_module
from callkit.tables.days import held
from tests.faults.world import ONE_DAY, Truth, World, check_all, check_day, world

SATURDAYS = (
    date(2026, 11, 14),
    date(2026, 10, 24),
    date(2026, 3, 28),
)  # an ordinary one, and before clock changes
FATAL = ("unauthorized", "forbidden", "gateway")
LIES = ("empty_page", "fewer", "page_ignored", "page_twice", "arrival", "departure", "exchange", "miscount", "repeat",
        "stray")  # fmt: skip
SLOWEST_S = 0.15
LOGINS = (
    {},
    {"token": Secret(), "login_id": auth.LOGIN_ID, "password": Secret(auth.PASSWORD)},
    {"token": Secret(), "email": auth.EMAIL, "password": Secret(auth.PASSWORD)},
)


class Schedule(NamedTuple):
    """One run of faults: rounds of them over a span, each with its moment, and then none."""

    seed: int
    dialect: str
    since: date
    until: date
    limit: int
    connections: int
    login: dict
    rounds: list[tuple[datetime, list[Fault]]]


def drawn(seed: int, dialect: str | None = None) -> Schedule:
    """Draw the schedule of a seed: even ones speak call_report, odd ones call_records."""
    rng = random.Random(seed)
    first, n_days = rng.choice(SATURDAYS) + rng.choice((0, 0, 1)) * ONE_DAY, rng.choice((1, 1, 2, 2, 3))
    until = first + n_days * ONE_DAY
    ended = datetime(until.year, until.month, until.day, tzinfo=UTC)
    moment = ended + rng.choice(
        (timedelta(hours=-9), timedelta(hours=6), timedelta(hours=30), timedelta(days=5))
    )
    rounds = []
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        is_pending = moment < datetime(
            first.year, first.month, first.day, tzinfo=UTC
        ) + 3 * ONE_DAY - timedelta(hours=2)
        draw = _lie if rng.random() < 0.3 else partial(_fault, is_pending=is_pending)
        rounds.append((moment, [draw(rng) for _ in range(rng.randint(1, 5))]))
        moment += timedelta(hours=rng.choice((1, 1, 26)))
    return Schedule(
        seed,
        dialect or ("call_report", "call_records")[seed % 2],
        first,
        until,
        rng.choice((7, 20, 40, 100)) if n_days < 3 else rng.choice((40, 100)),
        rng.choice((1, 1, 4)),
        rng.choice(LOGINS) if rng.random() < 0.4 else {},
        _garbled_once(rounds),
    )


def _garbled_once(rounds: list[tuple[datetime, list[Fault]]]) -> list[tuple[datetime, list[Fault]]]:
    """Keep one strike: a record garbled alike in two reads is one that cannot be read, and is counted as such."""
    garbled = [fault for _, faults in rounds for fault in faults if fault.name == "garbled"]
    for fault in garbled[1:]:
        for _, faults in rounds:
            faults[:] = [other for other in faults if other is not fault]
    for fault in garbled[:1]:
        fault.times = 1
    return rounds


def _lie(rng: random.Random) -> Fault:
    """Draw a fault that lasts, so that a window cannot be proven."""
    return Fault(rng.choice(LIES), rng.choice((10, 30, None)), share=rng.choice((1.0, 0.8, 0.4)))


def _fault(rng: random.Random, *, is_pending: bool) -> Fault:
    names = [name for name in FAULTS if is_pending or name != "unsettled"]
    name = rng.choice(names)
    times, share = rng.choice((1, 1, 2, 3, 5, 8, None)), rng.choice((1.0, 1.0, 0.5, 0.2))
    if name == "slow":
        times = rng.choice((1, 2))
    after = rng.choice((0, 0, 1, 2, 5, 12))
    return Fault(name, times, max(after, 4) if name in FATAL and rng.random() < 0.8 else after, share)


def run(schedule: Schedule, served: World, truth: Truth, folder: Path) -> Counter[str]:
    """Run a schedule and assert what must hold; return how often each fault struck, and how the rounds ended."""
    seed, dialect, since, until, limit, connections, login, rounds = schedule
    settings = served.settings(folder, dialect, connections=connections, **login)
    for day in days(since, until):
        truth.of(day, dialect)
    seen, keys = Counter(), {}
    for number, (moment, faults) in enumerate(rounds):
        served.plan.change(faults, seed=seed + number)
        links = "unsettled" not in {fault.name for _, some in rounds[: number + 1] for fault in some}
        with _watched(truth, dialect, links=links):
            try:
                jitter = random.Random(seed).random
                report = served.sync(
                    settings, since, until, moment, limit=limit, timeout_s=SLOWEST_S, random=jitter
                )
                seen["complete" if report.is_complete else "in doubt"] += 1
                for row in report.statements.itertuples():
                    if row.is_complete:
                        assert held(settings, "calls", row.day.date()).is_complete
            except CallkitError as error:
                seen[type(error).__name__] += 1
        seen += served.plan.struck
        for day in days(since, until):
            if statement := held(settings, "calls", day):
                there = check_day(settings, statement, truth.of(day, dialect), links=links)
                assert keys.get(day, set()) <= there, f"calls of {day} were held once and are lost"
                keys[day] = there
    served.plan.change()
    last = max(
        rounds[-1][0] + ONE_DAY, datetime(until.year, until.month, until.day, tzinfo=UTC) + 3 * ONE_DAY
    )
    with _watched(truth, dialect, links=links):  # tables are first built of what is archived already
        report = served.sync(settings, since, until, last, limit=limit)
    assert report.is_complete, str(report)
    check_all(settings, since, until, truth)
    return seen


@contextmanager
def _watched(truth: Truth, dialect: str, *, links: bool):
    """Check each day's tables in the moment they are written."""
    build = days_module.rebuild

    def rebuild(settings, day, paths):
        statement = build(settings, day, paths)
        check_day(settings, statement, truth.of(day, dialect), links=links)
        return statement

    days_module.rebuild = sync_module.rebuild = rebuild
    try:
        yield
    finally:
        days_module.rebuild = sync_module.rebuild = build


def run_many(seeds: range, served: World, truth: Truth) -> tuple[Counter[str], list[str]]:
    """Run the schedules of many seeds; return what happened, and what failed."""
    seen, failed = Counter(), []
    for seed in seeds:
        schedule = drawn(seed)
        with TemporaryDirectory() as folder:
            try:
                seen += run(schedule, served, truth, Path(folder))
            except Exception:
                failed.append(f"{schedule}\n{traceback.format_exc(limit=-3)}")
    return seen, failed


def main() -> None:
    """Run schedules from the seed of the first argument on, as many as the second says, and print what happened."""
    first, n = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with world() as served:
        seen, failed = run_many(range(first, first + n), served, Truth(served))
    print(*failed, json.dumps(dict(sorted(seen.items()))), sep="\n")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
