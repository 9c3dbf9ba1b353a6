"""A key that the API refuses, and what is left of time: the whole command, and the limits by themselves."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from callkit.errors import LockedError, NotebookError, RunTimeoutError
from callkit.periods import Week
from callkit.report import listing, retention, runner
from callkit.report.limits import limited, undisturbed
from callkit.settings import Settings
from tests.fetch.answers import Answer, answering

LAST = Week.last_complete("Europe/London")
FINISHES = Path(__file__).parents[1] / "report" / "notebooks" / "finishes.ipynb"


def test_a_refused_key_leaves_its_reason_and_the_list_says_so(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CALLKIT_")}
    environ = {"CALLKIT_ACCOUNT": "shop", "CALLKIT_TOKEN": "t0ken-0f-drama", "CALLKIT_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "callkit", "report", "weekly", "--log-format", "json"]
    with answering(Answer('{"message": "Forbidden"}', 401)) as (url, asked):
        environ |= {"CALLKIT_BASE_URL": url, "CALLKIT_RATE": "0"}
        done = subprocess.run(
            command, cwd=tmp_path, env=kept | environ, capture_output=True, text=True, timeout=120
        )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
    assert asked
    folder = tmp_path / "reports" / "shop" / "weekly"
    text = (folder / "_failed" / f"{LAST}.json").read_text()
    left = json.loads(text)
    assert (left["status"], left["exit_code"], left["period"]) == ("AuthError", 3, str(LAST))
    line = json.loads(done.stderr)
    assert (line["level"], line["event"], line["exit_code"]) == ("error", "sync failed", 3)
    assert line["message"] == left["error"]
    assert "t0ken" not in text + done.stderr
    assert {p.name for p in folder.iterdir()} == {".lock", "_failed", "index.html"}
    assert "refused the key" in (folder / "index.html").read_text()


def test_older_reports_stay_for_now_where_another_run_is_at_work(desk, report, monkeypatch, caplog):
    def busy(*_):
        raise LockedError("Another run is at work.")

    monkeypatch.setattr(retention, "keep", busy)
    assert report("weekly", "--keep", "3")[0] == 0
    assert "Older reports stay for now: Another run is at work." in caplog.text


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyError("07700 900417"), NotebookError("No.")]
)
def test_a_list_that_cannot_be_written_is_a_warning(tmp_path, monkeypatch, caplog, error):
    def broken(*_):
        raise error

    monkeypatch.setattr("callkit.report.index.write", broken)
    listing.update(tmp_path, Settings(account="shop"))
    assert "is out of date" in caplog.text
    assert "900417" not in caplog.text


def busily():
    while True:
        pass


def test_work_in_this_process_ends_when_the_time_is_up():
    before = signal.getsignal(signal.SIGALRM)
    with (
        pytest.raises(RunTimeoutError, match="longer than 5 s and was ended while the page was written"),
        limited(0.01, 5, "the page was written"),
    ):
        busily()
    with pytest.raises(RunTimeoutError), limited(-1, 5, "it slept"):
        threading.Event().wait()
    with limited(60, 60, "nothing"):
        pass
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_library_that_swallows_the_end_is_ended_again():
    swallowed = []

    def swallow():
        try:
            threading.Event().wait()
        except Exception as error:
            swallowed.append(error)
        threading.Event().wait()

    with pytest.raises(RunTimeoutError), limited(0.01, 5, "it slept"):
        swallow()
    assert len(swallowed) == 1


def test_in_another_thread_there_is_no_limit_and_no_error():
    done = []

    def work():
        with limited(0.001, 5, "it slept"):
            done.append(threading.Event().wait(0.01))

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert done == [False]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_waits_until_what_must_be_whole_is_done(number):
    done, before = [], signal.signal(number, signal.default_int_handler)
    try:
        with undisturbed(is_ending=True):
            signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt), undisturbed():
            done.append(signal.raise_signal(number))
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)
    assert done == [None]


class Ended:
    """A kernel there is nothing to end of."""

    connection_file = Path("kernel.json")

    def end(self):
        pass


@pytest.mark.parametrize("text", [None, "", '{"cells": [{"cell_ty'])
def test_a_signal_before_the_notebook_is_written_is_still_that_signal(tmp_path, monkeypatch, text):
    def interrupted(*_, **__):
        if text is not None:
            (tmp_path / "out.ipynb").write_text(text)
        raise KeyboardInterrupt

    monkeypatch.setattr(runner.papermill, "execute_notebook", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        runner.run(Ended(), FINISHES, tmp_path / "out.ipynb", {})
    assert caught.value.__notes__ == ["It was in a cell that cannot be told."]


def test_a_kernel_that_never_came_up_is_one_line(tmp_path, monkeypatch):
    def stopped(*_, **__):
        raise RuntimeError("Kernel didn't respond in 60 seconds")

    monkeypatch.setattr(runner.papermill, "execute_notebook", stopped)
    with pytest.raises(NotebookError, match=r"^The kernel stopped in a cell that cannot be told\.$"):
        runner.run(Ended(), FINISHES, tmp_path / "out.ipynb", {})
