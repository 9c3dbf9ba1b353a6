"""Every fault alone, and mixes of them: what is called complete is the truth, and after the faults everything is."""

import os
from datetime import UTC, datetime

import pytest

from callkit.sandbox.fault_table import FAULTS
from callkit.sandbox.faults import Fault
from tests.faults.schedules import ONE_DAY, SATURDAYS, Schedule, run, run_many

SCHEDULES = int(os.environ.get("CALLKIT_TEST_SCHEDULES", "500"))
FEW = 20
DAY = SATURDAYS[0]
MOMENT = datetime(2026, 11, 15, 6, tzinfo=UTC)


@pytest.mark.parametrize("dialect", ["call_report", "call_records"])
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_alone(world, truth, tmp_path, name, dialect):
    rounds = [(MOMENT, [Fault(name, times=2, after=1)])]
    struck = run(Schedule(1, dialect, DAY, DAY + ONE_DAY, 20, 1, {}, rounds), world, truth, tmp_path)
    assert struck[name] > 0


def test_some_schedules(world, truth):
    seen, failed = run_many(range(FEW), world, truth)
    assert failed == []
    assert seen["complete"] > 0


@pytest.mark.slow
def test_many_schedules(world, truth, capsys):
    seen, failed = run_many(range(1000, 1000 + SCHEDULES), world, truth)
    assert failed == []
    assert not set(FAULTS) - set(seen), "a fault never struck"
    with capsys.disabled():
        print(f"\n{SCHEDULES} schedules, nothing lost: {dict(sorted(seen.items()))}")
