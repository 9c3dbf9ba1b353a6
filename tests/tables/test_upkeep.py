"""Days built in several processes: the same files, the same errors, and no process left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from callkit.errors import ArchiveError, CallkitError
from callkit.fetch import archive
from callkit.tables import store, upkeep
from callkit.tables.statement import Statement

SCRIPT = """
import sys
from callkit.settings import Settings
from callkit.tables import store, upkeep
upkeep.WORTH_BYTES = 0
settings = Settings(account="shop", data=__import__("pathlib").Path(sys.argv[1]))
print(len(store.load(settings).calls))
"""


def contents(settings):
    folder = settings.folder("tables")
    return {path.relative_to(folder): path.read_bytes() for path in folder.glob("*/*.parquet")}


def test_processes_write_the_same_files(three_days):
    reads = archive.files(three_days)
    alone = dict(upkeep.rebuilt(three_days, reads, processes=1))
    before = contents(three_days)
    together = {}
    for day, statement in upkeep.rebuilt(three_days, reads, processes=2):
        together[day] = statement
        assert children(os.getpid())
    assert list(together) == list(reads)
    assert all(isinstance(statement, Statement) for statement in together.values())
    assert together == alone
    assert contents(three_days) == before


def test_a_damaged_day_is_told_of_and_the_others_are_built(three_days):
    reads = archive.files(three_days)
    first, *others = reads
    reads[first][0].write_bytes(b"damaged")
    found = dict(upkeep.rebuilt(three_days, reads, processes=2))
    assert isinstance(found[first], ArchiveError)
    assert all(isinstance(found[day], Statement) for day in others)


def test_much_raw_is_built_in_processes_and_none_is_left(three_days, monkeypatch):
    store.load(three_days)
    before = contents(three_days)
    for path in three_days.folder("tables").glob("*/*.parquet"):
        path.unlink()
    asked = []
    monkeypatch.setattr(upkeep, "WORTH_BYTES", 0)
    monkeypatch.setattr(upkeep, "_processors", lambda: asked.append(1) or 2)
    upkeep.refresh(three_days)
    assert asked
    assert contents(three_days) == before
    assert not children(os.getpid())


def test_a_script_without_a_guard_may_build_in_processes(three_days, tmp_path):
    script = tmp_path / "report.py"
    script.write_text(SCRIPT)
    told = subprocess.run(
        [sys.executable, script, three_days.data], capture_output=True, text=True, timeout=120
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.strip() == str(len(store.load(three_days).calls))


def children(parent):
    """Return the command lines of a process's children that build tables."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(status[1]) == parent and status[0] != "Z" and b"callkit.tables.workers" in command:
            found.append(command)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="processes are listed in /proc")
def test_children_are_found():
    code = "import time; time.sleep(60)  # callkit.tables.workers"
    with subprocess.Popen([sys.executable, "-c", code]) as child:
        try:
            assert len(children(os.getpid())) == 1
        finally:
            child.terminate()


def test_a_process_ended_from_outside_is_one_sentence(three_days, monkeypatch):
    monkeypatch.setattr(upkeep, "_outcome", _killed)
    reads = archive.files(three_days)
    with pytest.raises(CallkitError, match=r"ended by signal 9, perhaps for want of memory.*processes = 1"):
        list(upkeep.rebuilt(three_days, reads, processes=2))
    assert not children(os.getpid())


def _killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_file_of_the_folder_stands_for_no_module(three_days, tmp_path, monkeypatch):
    (tmp_path / "msgspec.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    reads = archive.files(three_days)
    assert all(isinstance(built, Statement) for _, built in upkeep.rebuilt(three_days, reads, processes=2))


def test_what_goes_wrong_in_a_process_is_raised_here(three_days, monkeypatch):
    monkeypatch.setattr(upkeep, "_outcome", _failing)
    with pytest.raises(OSError, match="No space left"):
        list(upkeep.rebuilt(three_days, archive.files(three_days), processes=2))


def _failing(*_):
    raise OSError(28, "No space left on device")
