"""A full disk and a folder nobody may write in: one clear sentence, and what was there before can still be read."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from callkit.cli import main
from callkit.tables import store
from tests.faults.world import ONE_DAY, check_all, left_overs
from tests.faults.zygote import zygote

SINCE, UNTIL = date(2026, 11, 14), date(2026, 11, 16)
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONDAY = UNTIL


@pytest.fixture(scope="module")
def forking(world):
    with zygote(world.base_url) as process:
        yield process


@pytest.fixture
def settings(world, tmp_path):
    """Return the settings of an account that holds two days."""
    settings = world.settings(tmp_path / "data", "call_report")
    world.sync(settings, SINCE, UNTIL, MOMENT)
    return settings


def old_state(settings, truth):
    assert left_overs(settings) == []
    check_all(settings, SINCE, UNTIL, truth)
    assert len(store.load(settings, since=SINCE, until=UNTIL).calls) > 0


@pytest.mark.parametrize("most_bytes", [200, 600, 4000, 12_000])
def test_a_file_that_cannot_grow(settings, world, truth, forking, most_bytes):
    forking.start(settings.data, "call_report", SINCE, UNTIL + ONE_DAY, MOMENT, most_bytes=most_bytes)
    ended = forking.ended()
    assert ended.status == 2, ended
    assert "File too large" in ended.said
    assert "Traceback" not in ended.said
    old_state(settings, truth)
    world.sync(settings, SINCE, UNTIL + ONE_DAY, MOMENT)
    check_all(settings, SINCE, UNTIL + ONE_DAY, truth)


@contextmanager
def small_disk(place, size):
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk(world, truth, forking, tmp_path):
    place = tmp_path / "disk"
    with small_disk(place, "512k"):
        settings = world.settings(place / "data", "call_report")
        world.sync(settings, SINCE, UNTIL, MOMENT)
        room = shutil.disk_usage(place).free
        (place / "ballast").write_bytes(os.urandom(max(room - 16_384, 0)))
        forking.start(settings.data, "call_report", SINCE, UNTIL + ONE_DAY, MOMENT)
        ended = forking.ended()
        assert ended.status == 2, ended
        assert "No space left" in ended.said
        old_state(settings, truth)
        (place / "ballast").unlink()
        world.sync(settings, SINCE, UNTIL + ONE_DAY, MOMENT)
        check_all(settings, SINCE, UNTIL + ONE_DAY, truth)


def test_a_folder_nobody_may_write_in(settings, truth, forking):
    for path in (settings.data, *settings.data.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in settings.data.parents[:3]:
        parent.chmod(0o755)
    forking.start(settings.data, "call_report", SINCE, UNTIL + ONE_DAY, MOMENT, is_nobody=True)
    ended = forking.ended()
    for path in (settings.data, *settings.data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert ended.status == 2, ended
    assert "Permission denied" in ended.said
    old_state(settings, truth)


def test_the_command_says_it_in_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "data").write_text("a file where the folder should be")
    monkeypatch.setenv("CALLKIT_DATA", str(tmp_path / "data"))
    assert main(["sync", "--sandbox", "--since", "2026-11-14", "--until", "2026-11-15"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "name another data folder in CALLKIT_DATA" in said
