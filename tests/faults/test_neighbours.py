"""Two syncs at once, and tables made with other settings than those beside them."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from callkit.tables import store, tidy
from callkit.tables.days import KINDS, path
from tests.faults.world import ONE_DAY, check_all

SINCE, UNTIL = date(2026, 11, 13), date(2026, 11, 16)
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SYNC = [sys.executable, "-m", "callkit", "sync", "--since", "2026-11-13", "--until", "2026-11-16"]


@pytest.fixture
def environ(world, tmp_path):
    (tmp_path / "callkit.toml").write_text(
        f'account = "shop"\nbase_url = "{world.base_url}"\ntoken = "sandbox-key"\n'
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CALLKIT_")}
    return clean | {
        "CALLKIT_CONFIG": str(tmp_path / "callkit.toml"),
        "CALLKIT_DATA": str(tmp_path),
        "CALLKIT_RATE": "2",
    }


def test_the_second_of_two_syncs_leaves_with_75(world, environ, tmp_path):
    world.plan.change()
    with subprocess.Popen(SYNC, env=environ, stderr=subprocess.PIPE, text=True) as first:
        until = time.monotonic() + 60
        while not [*tmp_path.glob("raw/shop/2026/*")]:
            assert time.monotonic() < until, "the first sync did not begin"
            assert first.poll() is None, first.stderr.read()
            time.sleep(0.05)
        second = subprocess.run(SYNC, env=environ, capture_output=True, text=True)
        assert (second.returncode, second.stdout) == (75, "")
        assert (
            second.stderr == "callkit: Another sync of account 'shop' is running; wait until it has ended.\n"
        )
        first.send_signal(signal.SIGTERM)
        assert first.wait() == 143
        assert "Traceback" not in first.stderr.read()
    assert [*tmp_path.rglob("*.partial")] == []
    last = subprocess.run(SYNC, env=environ | {"CALLKIT_RATE": "0"}, capture_output=True, text=True)
    assert (last.returncode, last.stderr) == (0, "")
    assert "all 3 days that have ended brought as many records as announced" in last.stdout


def stamps(settings):
    every = (SINCE, SINCE + ONE_DAY, SINCE + 2 * ONE_DAY)
    return [tuple(path(settings, kind, day).stat().st_mtime_ns for kind in KINDS) for day in every]


@pytest.mark.parametrize("change", ["grammar", "zone", "schema"])
def test_just_the_days_made_with_other_settings_are_built_again(world, truth, tmp_path, monkeypatch, change):
    old = world.settings(tmp_path, "call_report")
    world.plan.change()
    world.sync(old, SINCE, UNTIL, MOMENT)
    new = old
    if change == "grammar":
        new = replace(old, grammar=({"pattern": "Call parked", "step": "queued"},))
    elif change == "zone":
        new = replace(old, time_zone="Europe/Paris")
    else:
        monkeypatch.setattr(tidy, "REVISION", tidy.REVISION + 1)
    before = stamps(old)
    store.load(new, since=SINCE + ONE_DAY, until=SINCE + 2 * ONE_DAY)
    between = stamps(new)
    assert [a != b for a, b in zip(before, between, strict=True)] == [False, True, False]
    store.load(new, since=SINCE, until=UNTIL)
    after = stamps(new)
    assert [a != b for a, b in zip(between, after, strict=True)] == [True, False, True]
    store.load(new, since=SINCE, until=UNTIL)
    assert stamps(new) == after
    monkeypatch.undo()
    store.load(old, since=SINCE, until=UNTIL)
    check_all(old, SINCE, UNTIL, truth)
