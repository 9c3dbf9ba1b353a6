import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from callkit.dialects import RawPage
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.pipeline import forget as module
from callkit.pipeline.forget import forget
from callkit.tables import days, store
from tests.pipeline.retained import MONDAY, NUMBER, OTHER, account, shown, with_caller
from tests.tables.archived import LATER

ROOT = Path(__file__).parents[2]
MUCH_LATER = datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    return with_caller(tmp_path)


CHILD = """
import os, sys
from pathlib import Path
from callkit.pipeline.forget import forget
from tests.pipeline.retained import NUMBER, account
for folder in sys.stdin:
    child = os.fork()
    if not child:
        print(os.getpid(), flush=True)
        forget(account(Path(folder.strip())), NUMBER, progress=False)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture(scope="module")
def forking():
    """A process that has everything imported, and forks a child for each folder to forget the number in."""
    command = [sys.executable, "-c", CHILD]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.stdin.close()


def run(settings):
    return forget(settings, NUMBER, now=lambda: MUCH_LATER)


def require_no_more_than_raw(settings):
    """Make sure that no table shows the number of a day whose raw files do not."""
    still = shown(settings)
    for day in (MONDAY, MONDAY + timedelta(days=2)):
        if any(name.startswith("tables/") and str(day) in name for name in still):
            assert any(name.startswith("raw/") and str(day) in name for name in still)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("at", range(12))
def test_a_killed_run_leaves_no_table_that_tells_more_than_raw_and_the_next_one_finishes(
    settings, monkeypatch, at
):
    steps = iter(range(100))

    def killing(deed):
        def deed_or_death(*args, **options):
            if next(steps) == at:
                raise Killed
            return deed(*args, **options)

        return deed_or_death

    with monkeypatch.context() as patched:
        patched.setattr(archive, "rewrite", killing(archive.rewrite))
        patched.setattr(module, "rebuild", killing(module.rebuild))
        patched.setattr(module.Path, "unlink", killing(module.Path.unlink))
        patched.setattr(days, "write", killing(days.write))
        with pytest.raises(Killed):
            run(settings)
    require_no_more_than_raw(settings)
    store.load(settings)
    run(settings)
    assert shown(settings) == []
    statements = store.statements(settings, MONDAY, MONDAY + timedelta(days=3))
    assert statements["forgotten"].tolist() == [1, 0, 4]


@pytest.mark.parametrize("after_ms", [0, 8, 16, 24, 32, 48, 64, 90])
def test_a_process_killed_at_any_instant_is_finished_by_the_next(settings, forking, after_ms):
    print(settings.data, file=forking.stdin, flush=True)
    pid = int(forking.stdout.readline())
    time.sleep(after_ms / 1000)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    assert int(forking.stdout.readline()) in (0, -signal.SIGKILL)
    require_no_more_than_raw(settings)
    run(settings)
    assert shown(settings) == []
    assert not [*settings.data.rglob("*.partial")]


def test_tables_that_another_process_wrote_meanwhile_are_built_again(settings, monkeypatch):
    path = days.path(settings, "calls", MONDAY)
    old, rebuild, writes = path.read_bytes(), module.rebuild, []

    def late(*args):
        statement = rebuild(*args)
        if not writes:
            writes.append(path.write_bytes(old))
        return statement

    monkeypatch.setattr(module, "rebuild", late)
    run(settings)
    assert writes
    assert shown(settings) == []


def test_the_newer_dialect_is_searched_too(tmp_path):
    settings = replace(account(tmp_path), dialect="call_records")
    results = [{"id": f"{n}", "call_id": f"17848{n:05}.{n}", "client_number": c, "date": "2026-11-16",
                "time": "09:00:00", "direction": "inbound", "status": "missed",
                "call_flow": [{"type": "ClickToCall", "name": f"PJSIP%2F{c}%40TRUNK"}]}
               for n, c in enumerate([OTHER, "+447700900417", OTHER])]  # fmt: skip
    body = json.dumps({"count": 3, "limit": 100, "size": 3, "page": 1, "results": results}).encode()
    start = datetime.combine(MONDAY, datetime.min.time())
    window = Window(MONDAY, start, start + timedelta(days=1), "new")
    path = archive.write(settings, window, [RawPage(body, LATER, "p")], lambda: LATER)
    assert run(settings).n_records == 1
    with pa.input_stream(path, compression="zstd") as stream:
        assert b"900417" not in stream.read()
    assert len(json.loads(archive.read(path).pages[0].body)["results"]) == 2
