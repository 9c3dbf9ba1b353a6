"""The explorer's notebook runs from the first line to the last on the sandbox."""

import json
import re
from pathlib import Path

import pytest

from callkit.report.kernel import started
from callkit.report.runner import run

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "08-explorer.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorer")
    environ = {"CALLKIT_DATA": str(folder / "data"), "PYTHONPATH": str(NOTEBOOK.parents[1])}
    with started(environ) as kernel:
        notebook = run(kernel, NOTEBOOK, folder / "out.ipynb", {"weeks": 1}, timeout_s=120)
    return {cell["id"]: cell.get("outputs", []) for cell in notebook["cells"]}


def text(outputs):
    return "".join("".join(o.get("text", "") or o["data"].get("text/plain", "")) for o in outputs)


def test_five_lines_end_in_the_explorer(outputs):
    shown = next(o for o in outputs["explore"] if "data" in o)
    assert WIDGET in shown["data"]
    assert "calls, Monday" in shown["data"]["text/plain"]
    assert "<svg" in shown["data"]["text/html"]


def test_the_check_finds_seven_complete_days_and_no_unknown_step(outputs):
    assert "7 of 7 days are complete." in text(outputs["check"])
    assert "0.0% of the steps are not understood." in text(outputs["check"])


def test_a_picture_and_a_table_follow(outputs):
    assert any("image/png" in o.get("data", {}) for o in outputs["demand"])
    assert "answer_rate" in text(outputs["services"])
    assert "Answer rate" in text(outputs["definitions"])


def test_no_callers_number_is_left_in_the_outputs(outputs):
    assert not re.search(r"(?<![\d.])(?:\+?44|0)7\d{9}(?!\d)", json.dumps(outputs))
