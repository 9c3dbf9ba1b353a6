import os
import subprocess
import sys
import traceback
from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from callkit.errors import CallkitError, NoDataError, NotebookError, ParameterError, RunTimeoutError
from callkit.report import page
from callkit.report.kernel import LOADED, started
from callkit.report.making import find_notebook
from callkit.report.runner import run as run_in

NOTEBOOKS = Path(__file__).parent / "notebooks"


def run(notebook, output, parameters, environ=(), **options) -> nbformat.NotebookNode:
    with started(dict(environ)) as kernel:
        return run_in(kernel, notebook, output, parameters, **options)


def processes() -> set[str]:
    """Command lines of our kernels, and of what the slow notebook started."""
    listing = subprocess.run(["ps", "-eo", "ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=1) for line in listing.splitlines()]
    ours = {args for parent, args in rows if int(parent) == os.getpid() and "kernel.json" in args}
    return ours | {args for _, args in rows if args.startswith("sleep 61.5")}


@pytest.fixture(autouse=True)
def no_process_left():
    before = processes()
    yield
    assert processes() - before == set()


def outputs(notebook: nbformat.NotebookNode) -> str:
    last = notebook.cells[-1].outputs[0]
    return last.get("text") or last["data"]["text/plain"]


def test_a_finished_run_gives_the_notebook_and_says_nothing(tmp_path, capfd):
    out = tmp_path / "out.ipynb"
    found = run(NOTEBOOKS / "finishes.ipynb", out, {"week": "2026-W47", "top": 5})
    assert outputs(found) == "('2026-W47', 5, 0.5, False)"
    assert outputs(nbformat.read(out, as_version=4)) == outputs(found)
    assert capfd.readouterr() == ("", "")


def test_the_kernel_gets_its_settings_but_no_key(tmp_path, monkeypatch):
    for name in ("CALLKIT_TOKEN", "CALLKIT_LOGIN_ID", "CALLKIT_PASSWORD"):
        monkeypatch.setenv(name, "drama")
    environ = {"CALLKIT_CONFIG": "sandbox", "CALLKIT_DATA": os.sep + "data"}
    found = run(NOTEBOOKS / "environment.ipynb", tmp_path / "out.ipynb", {}, environ=environ)
    assert outputs(found) == f"['sandbox', '{os.sep}data', None, None, None]"


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        (
            "fails",
            NotebookError,
            "the cell 'The broken part' stopped with ZeroDivisionError: division by zero.",
        ),
        (
            "exits",
            NotebookError,
            "The notebook did not run to its end; it left off after the cell 'The quiet part'.",
        ),
        ("dies", NotebookError, "The kernel stopped in the cell 'The deadly part'."),
        ("raises-no-data", NoDataError, "Week 2026-W47 has no calls; run callkit sync."),
        ("no-parameters", ParameterError, "The notebook has no cell tagged 'parameters'; tag exactly one."),
        ("two-parameters", ParameterError, "The notebook has 2 cells tagged 'parameters'; tag exactly one."),
    ],
)
def test_an_unfinished_run_is_an_error_of_one_line(name, kind, said, tmp_path):
    with pytest.raises(CallkitError) as caught:
        run(NOTEBOOKS / f"{name}.ipynb", tmp_path / "out.ipynb", {})
    assert type(caught.value) is kind
    assert str(caught.value) == said


def written(tmp_path, *sources):
    declared = nbformat.v4.new_code_cell('week: str = ""  # ISO week', metadata={"tags": ["parameters"]})
    cells = [declared, *map(nbformat.v4.new_code_cell, sources)]
    metadata = {"language_info": {"name": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), tmp_path / "in.ipynb")
    return tmp_path / "in.ipynb"


def test_what_a_cell_fails_with_gives_no_number_away(tmp_path):
    notebook = written(tmp_path, "{}[str(447700900000 + 417)]")
    with pytest.raises(NotebookError, match=r"stopped with KeyError: '…417'\.") as caught:
        run(notebook, tmp_path / "out.ipynb", {})
    shown = "".join(traceback.format_exception(caught.value))
    assert "7700900417" not in shown


def test_a_warning_goes_to_the_log_and_not_with_the_page(tmp_path, caplog):
    notebook = written(tmp_path, 'import warnings\nwarnings.warn(f"odd {447700900000 + 417}")')
    with caplog.at_level("INFO", "callkit"):
        found = run(notebook, tmp_path / "out.ipynb", {})
    assert "UserWarning: odd …417" in caplog.text
    assert "900417" not in caplog.text
    kept = nbformat.writes(page.without_paths(found))
    assert "UserWarning" not in kept
    assert str(tmp_path) not in kept


def test_a_run_over_its_time_is_ended_with_all_it_started(tmp_path):
    with pytest.raises(RunTimeoutError) as caught:
        run(NOTEBOOKS / "hangs.ipynb", tmp_path / "out.ipynb", {}, timeout_s=3)
    assert str(caught.value) == "The run took longer than 3 s and was ended in the cell 'The slow part'."


def test_a_loaded_kernel_has_what_a_report_imports_and_a_collector_that_leaves_it_alone(tmp_path):
    asks = "import gc, sys\n['callkit.report.sections' in sys.modules, gc.isenabled(), gc.get_freeze_count() > 100_000]"
    out = tmp_path / "out.ipynb"
    with started({}, LOADED) as kernel:
        found = run_in(kernel, written(tmp_path, asks), out, {})
        assert kernel.process.poll() is not None
    assert outputs(found) == "[True, True, True]"


def test_a_kernel_that_nothing_ran_in_ends_too():
    with started({}) as kernel:
        assert kernel.process.poll() is None
    assert kernel.process.poll() is not None
    assert not kernel.connection_file.parent.exists()


def test_a_file_of_the_folder_named_like_a_module_is_not_loaded(tmp_path, monkeypatch):
    (tmp_path / "numbers.py").write_text("raise SystemExit('the wrong numbers')")
    monkeypatch.chdir(tmp_path)
    with started({}, LOADED) as kernel:
        assert run_in(kernel, NOTEBOOKS / "finishes.ipynb", tmp_path / "out.ipynb", {"week": "2026-W47"})


def test_nothing_slow_is_loaded_before_a_report_s_kernel_starts():
    code = "import sys, callkit.cli.batch, callkit.report.making, callkit.report.notify\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {"papermill", "nbconvert", "nbformat", "pandas", "ibis", "matplotlib"} & {*loaded.split()} == set()


def test_an_unknown_parameter_writes_nothing(tmp_path):
    with pytest.raises(ParameterError, match="Unknown parameter 'weak'"):
        run(NOTEBOOKS / "finishes.ipynb", tmp_path / "out.ipynb", {"weak": "2026-W47"})
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("weekly", {"weak": "2026-W47"}, "Unknown parameter 'weak'"),
        ("weekly", {"week": 2026}, "week = 2026 is int"),
        ("monthly", {"week": "2026-W47"}, "Unknown parameter 'week'"),
        ("monthly", {"allow_incomplete": "no"}, "allow_incomplete = 'no' is str"),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_plain_papermill_is_as_strict(kind, values, said, tmp_path):
    with pytest.raises(PapermillExecutionError, match="ParameterError") as caught:
        papermill.execute_notebook(
            find_notebook(kind), tmp_path / "out.ipynb", values, progress_bar=False, kernel_name="python3"
        )
    assert said in caught.value.evalue
