"""The same calls give the same page, byte for byte, in whatever order Python's sets and dicts of that run stand."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKE = """
import sys
from tests.report.pages import page
from tests.report.weeks import usual_calls, weekly

sys.stdout.buffer.write(page(weekly(usual_calls(n_before=1, n_worse=3), n_before=1)).encode())
"""


@pytest.mark.slow
def test_two_processes_make_the_same_page():
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            stdout=subprocess.PIPE,
        )
        for seed, zone in (("1", "UTC"), ("4711", "Asia/Tokyo"))
    ]
    pages = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert len(pages[0]) > 50_000
    assert hashlib.sha256(pages[0]).digest() == hashlib.sha256(pages[1]).digest()
