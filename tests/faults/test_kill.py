"""A sync that is killed at any instant loses nothing: the next one ends with the truth and leaves nothing half done."""

import os
import random
import signal
import time
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest

from callkit.tables import store
from tests.faults.world import ONE_DAY, check_all, check_day
from tests.faults.zygote import zygote

SINCE, UNTIL = date(2026, 11, 13), date(2026, 11, 16)
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
EARLY = datetime(2026, 11, 16, 6, tzinfo=UTC)
KILLS = int(os.environ.get("CALLKIT_TEST_KILLS", "200"))


@pytest.fixture(scope="module")
def forking(world, truth):
    for day in (SINCE, SINCE + ONE_DAY, SINCE + 2 * ONE_DAY):  # read once, so that each run takes as long
        truth.of(day, "call_report"), truth.of(day, "call_records")
    world.plan.change()
    world.at(MOMENT)
    with zygote(world.base_url) as process:
        yield process


@pytest.fixture(scope="module")
def lasts(forking, tmp_path_factory):
    """Say how long a whole sync lasts, by dialect."""
    seconds = {}
    for dialect in ("call_report", "call_records"):
        runs = []
        for _ in range(3):
            began = time.monotonic()
            forking.start(tmp_path_factory.mktemp("whole"), dialect, SINCE, UNTIL, MOMENT)
            assert forking.ended() == (0, "")
            runs.append(time.monotonic() - began)
        seconds[dialect] = sorted(runs)[1]
    return seconds


def killed(forking, folder, dialect, after_s):
    """Kill one sync after some time, and tell whether it was still running."""
    pid = forking.start(folder, dialect, SINCE, UNTIL, MOMENT)
    time.sleep(after_s)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    status = forking.ended().status
    assert status in (0, -signal.SIGKILL), status
    return status == -signal.SIGKILL


def kill_many(forking, lasts, world, truth, tmp_path, n):
    """Kill syncs at random instants, at times several of one account, until there were so many; then let one end."""
    rng, done = random.Random(n), 0
    for number in range(4 * n):
        folder, dialect = tmp_path / str(number), rng.choice(sorted(lasts))
        settings, is_old = world.settings(folder, dialect), rng.random() < 0.4
        if is_old:  # what is killed reads two of the days again
            world.sync(settings, SINCE, UNTIL, EARLY)
            world.at(MOMENT)
        done += sum(
            killed(forking, folder, dialect, rng.uniform(0, lasts[dialect]))
            for _ in range(rng.choice((1, 1, 2, 3)))
        )
        for day, statement in store.refresh(settings).items():
            assert statement.is_complete or not is_old
            check_day(settings, statement, truth.of(day, dialect))
        world.sync(settings, SINCE, UNTIL, MOMENT)
        check_all(settings, SINCE, UNTIL, truth)
        if done >= n:
            return done
    raise AssertionError(f"only {done} of {n} syncs were still running when they were killed")


def test_a_few_kills(forking, lasts, world, truth, tmp_path):
    assert kill_many(forking, lasts, world, truth, tmp_path, 5) >= 5


@pytest.mark.slow
def test_many_kills(forking, lasts, world, truth, tmp_path):
    done = kill_many(forking, lasts, world, truth, tmp_path, KILLS)
    print(f"{done} syncs killed, nothing lost")
