"""Mixes of faults: what is called complete is the truth, and after the faults everything is."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from callkit.sandbox.fault_table import FAULTS
from tests.faults.schedules import run_many

SCHEDULES = int(os.environ.get("CALLKIT_TEST_SCHEDULES", "500"))
FEW, PROCESSES = 20, 2
FIRST = 1000


def test_some_schedules(world, truth):
    seen, failed = run_many(range(FEW), world, truth)
    assert failed == []
    assert seen["complete"] > 0


@pytest.mark.slow
def test_many_schedules():
    bounds = [FIRST + SCHEDULES * n // PROCESSES for n in range(PROCESSES + 1)]
    command = [sys.executable, "-W", "ignore", "-m", "tests.faults.schedules"]
    runs = [
        subprocess.Popen(
            [*command, str(first), str(end - first)],
            cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for first, end in zip(bounds, bounds[1:], strict=False)
    ]  # fmt: skip
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * PROCESSES, "\n".join(said)[-8000:]
    seen = sum((Counter(json.loads(text)) for text in said), Counter())
    assert SCHEDULES < 100 or not set(FAULTS) - set(seen), "a fault never struck"
    print(f"{SCHEDULES} schedules, nothing lost: {dict(sorted(seen.items()))}")
