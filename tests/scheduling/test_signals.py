"""Runs that are ended from outside or that end badly, in real processes: no kernel stays, no good report changes."""

import json
import shlex
import signal
import sys

import nbformat
import pytest

from callkit import errors
from tests.scheduling.acting import GOES_ON, PAGE, WEEK, Run, gone, living

pytestmark = pytest.mark.slow
PUTS = "import os, sys; open(sys.argv[1], 'w').write(os.environ['CALLKIT_STATUS'] + ' ' + sys.argv[2])"


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder where a good report was made, by a run that said nothing."""
    folder = tmp_path_factory.mktemp("good")
    run = Run(folder, PAGE)
    assert run.end() == (0, "", "")
    assert set(run.files()) == {"latest.html", *(f"2026/{WEEK}.{e}" for e in ("html", "ipynb", "json"))}
    return folder


def left(run):
    return json.loads((run.reports / "_failed" / f"{WEEK}.json").read_text())


def require_untouched(run, before):
    assert run.files() == before
    assert not list(run.reports.glob(".run-*"))


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGHUP, 143, "terminated"),
    ],
)
def test_a_signal_ends_the_kernel_and_marks_the_run(good, number, code, word):
    told = good / "told"
    command = shlex.join([sys.executable, "-c", PUTS, str(told)])
    (good / "started").unlink(missing_ok=True)
    run = Run(good, GOES_ON, PAGE, arguments=("--notify-cmd", command))
    before = run.files()
    started = run.wait_for_start()
    assert len(started) == 2
    run.process.send_signal(number)
    ended, out, err = run.end()
    assert living(started) == []
    failed = run.reports / "_failed" / f"{WEEK}.ipynb"
    assert (ended, out) == (code, "")
    assert err == f"callkit: {word}. It was in the cell 'The part that goes on'. What ran is in {failed}.\n"
    assert (left(run)["status"], left(run)["exit_code"]) == (word, code)
    assert left(run)["error"] == f"{word}. It was in the cell 'The part that goes on'."
    assert nbformat.read(failed, as_version=4).cells[1].source.startswith("# Parameters")
    assert told.read_text() == f"{word} {failed.with_suffix('.json')}"
    require_untouched(run, before)


def test_a_signal_while_the_page_is_written_counts_too(good):
    (good / "started").unlink(missing_ok=True)
    slow = "import time; from callkit.report import page; f = page.render\n"
    slow += "page.render = lambda n: (open('STARTED', 'w').close(), time.sleep(60))"
    run = Run(good, PAGE, before=slow)
    before = run.files()
    run.wait_for_start()
    run.process.send_signal(signal.SIGTERM)
    code, out, err = run.end()
    failed = run.reports / "_failed" / f"{WEEK}.ipynb"
    assert (code, out, err) == (143, "", f"callkit: terminated. What ran is in {failed}.\n")
    assert left(run)["status"] == "terminated"
    require_untouched(run, before)


def test_a_page_that_takes_too_long_is_ended(good):
    slow = "import time; from callkit.report import limits, page; page.render = lambda n: time.sleep(60)\n"
    slow += "f = limits.limited; limits.limited = lambda left_s, *more: f(0.2, *more)"
    run = Run(good, PAGE, before=slow)
    before = run.files()
    code, out, err = run.end()
    assert (code, out) == (5, "")
    assert "took longer than 900 s and was ended while the page was written" in err
    assert left(run)["status"] == "RunTimeoutError"
    require_untouched(run, before)


def test_a_killed_run_leaves_no_kernel_and_the_next_one_clears_up(good):
    (good / "started").unlink(missing_ok=True)
    run = Run(good, GOES_ON.replace("subprocess.Popen(['sleep', '64.5'])", ""), PAGE)
    before = run.files()
    started = run.wait_for_start()
    run.process.kill()
    assert run.end()[0] == -signal.SIGKILL
    assert gone(started)
    assert run.files() == before
    assert list(run.reports.glob(".run-*"))
    again = Run(good, PAGE)
    assert again.end() == (0, "", "")
    assert not list(run.reports.glob(".run-*"))
    assert not list((run.reports / "_failed").glob("*"))


def test_a_second_run_is_refused_and_leaves_the_first_alone(good):
    (good / "started").unlink(missing_ok=True)
    first = Run(good, GOES_ON, PAGE)
    started = first.wait_for_start()
    before = first.files()
    code, out, err = Run(good, PAGE).end()
    assert (code, out, err.count("\n")) == (75, "", 1)
    assert "Another run is making a report" in err
    assert len(living(started)) == 2
    first.process.terminate()
    assert first.end()[0] == 143
    assert gone(started)
    require_untouched(first, before)


ENDINGS = {
    "error": ("# The broken part\n{}['calls']", "NotebookError", "'The broken part' stopped with KeyError: 'calls'."),
    "exit": ("# The quiet part\nimport sys; sys.exit(0)", "NotebookError", "The notebook did not run to its end;"),
    "death": ("# The deadly part\nimport os; os._exit(0)", "NotebookError", "stopped in the cell 'The deadly part'."),
    "kill": ("# The end\nimport os; os.kill(os.getpid(), 9)", "NotebookError", "stopped in the cell 'The end'."),
    "timeout": ("# The slow part\nimport time; time.sleep(64.5)", "RunTimeoutError", "in the cell 'The slow part'."),
    "no-data": ("from callkit.errors import NoDataError\nraise NoDataError('No calls.')", "NoDataError", "No calls."),
}  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_ends_badly_leaves_no_kernel(good, ending):
    source, status, said = ENDINGS[ending]
    code = getattr(errors, status).exit_code
    (good / "started").unlink(missing_ok=True)
    touches = (
        "import pathlib, time; pathlib.Path('STARTED').touch(); time.sleep(1)  # so that it is seen to run"
    )
    run = Run(
        good, touches, source, PAGE, arguments=("--timeout", "20") if status == "RunTimeoutError" else ()
    )
    before = run.files()
    started = run.wait_for_start()
    ended, out, err = run.end()
    assert living(started) == []
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert said in err
    assert err.endswith(f"What ran is in {run.reports / '_failed' / f'{WEEK}.ipynb'}.\n")
    assert (left(run)["status"], left(run)["exit_code"]) == (status, code)
    require_untouched(run, before)
