"""
The weekly report from command to HTML, against an empty notebook with the same imports, run and exported.

Where jupyterlab is installed, both load a grammar of addresses for a second, through nbformat. The report does so while
its kernel loads; without jupyterlab the empty notebook gains more, and the ratio is some 0.35 higher.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from callkit.periods import Week
from callkit.report.kernel import started
from callkit.report.loaded import MODULES
from callkit.report.making import find_notebook
from callkit.report.runner import run
from callkit.settings import Settings
from tests.benchmarks.building import archived
from tests.benchmarks.pages import FIRST_DAY
from tests.benchmarks.table import Row, slower
from tests.benchmarks.timing import in_turn

MOST = 1.5
IMPORTS = "\n".join(["from callkit.report import check_parameters", *(f"import {name}" for name in MODULES)])
CONFIG = 'account = "bench"\npseudonym_key = "bench"\n'


def rows(folder: Path, n_calls: int = 10_000, rounds: int = 9) -> Iterator[Row]:
    """Measure the report of a week whose calls are synced and whose tables are built."""
    place, week = folder / "report", str(Week.of(FIRST_DAY))
    settings = archived(place, n_calls, a_day=-(-n_calls // 7))
    environ = _configured(place, settings)
    report = [sys.executable, "-m", "callkit", "report", "weekly", "--no-sync", "--week", week]
    empty = [sys.executable, "-m", "tests.benchmarks.reporting", str(place)]
    page = settings.folder("reports") / "weekly" / "latest.html"
    _run(report, environ)
    assert "Calls offered" in page.read_text(encoding="utf-8")
    times = in_turn({"report": lambda: _run(report, environ), "empty": lambda: _run(empty, environ)}, rounds)
    what = f"weekly report, {n_calls:,} calls, command to HTML"
    yield slower(what, times["report"], "empty notebook, same imports", times["empty"], MOST)


def export_empty(folder: Path) -> None:
    """Run a notebook that only imports what the weekly one does, and export it, in this process."""
    notebook = nbformat.read(find_notebook("weekly"), as_version=4)
    is_parameters = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    notebook.cells = [*is_parameters, nbformat.v4.new_code_cell(IMPORTS)]
    source = folder / "empty.ipynb"
    nbformat.write(notebook, source)
    with started({}) as kernel:
        executed = run(kernel, source, folder / "executed.ipynb", {})
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(executed)
    (folder / "empty.html").write_text(html, encoding="utf-8")


def _configured(place: Path, settings: Settings) -> dict[str, str]:
    """Return the environment that names the account."""
    config = place / "callkit.toml"
    config.write_text(CONFIG, encoding="utf-8")
    return {**os.environ, "CALLKIT_CONFIG": str(config), "CALLKIT_DATA": str(settings.data)}


def _run(command: list[str], environ: dict[str, str]) -> None:
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    export_empty(Path(sys.argv[1]))
