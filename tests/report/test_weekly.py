"""The whole road once: sandbox, sync, tables, notebook, page; and that no failing run touches a good report."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

import callkit
from callkit.errors import NoDataError, NotebookError, UsageError
from callkit.look.typography import plain
from callkit.periods import Week
from callkit.report import contract, making, page, publish, writing
from callkit.report.environment import kernel_environment
from callkit.report.making import make_report
from callkit.settings import Settings
from callkit.tables import store

WEEK = Week(2024, 47)
NOTEBOOKS = Path(__file__).parent / "notebooks"
MOST_BYTES, MOST_OF_A_FIGURE = 400_000, 40 * 1024


class Made(NamedTuple):
    settings: Settings
    page: Path
    html: str
    sidecar: dict
    notebook: nbformat.NotebookNode


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    settings = Settings.load("sandbox", {"CALLKIT_DATA": str(tmp_path_factory.mktemp("data"))})
    callkit.sync(settings, since=WEEK.shift(-12).start, until=WEEK.end, progress=False)
    found = make_report(settings, WEEK)
    sidecar = json.loads(found.with_suffix(".json").read_text(encoding="utf-8"))
    notebook = nbformat.read(found.with_suffix(".ipynb"), as_version=4)
    return Made(settings, found, found.read_text(encoding="utf-8"), sidecar, notebook)


def files(settings):
    root = settings.folder("reports")
    return {
        str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != ".lock"
    }


def test_the_report_lies_in_its_place_and_is_the_latest(made):
    root = made.settings.folder("reports") / "weekly"
    assert made.page == root / "2024" / "2024-W47.html"
    latest = (root / "latest.html").read_text(encoding="utf-8")
    assert latest == made.html.replace('href="../index.html"', 'href="index.html"') != made.html
    assert not list(root.glob(".run-*"))


def test_the_page_keeps_the_contract_and_its_size(made):
    assert contract.breaches(made.html) == []
    assert len(made.html.encode()) <= MOST_BYTES
    figures = re.findall(r"<svg class=\"fig.*?</svg>", made.html, re.DOTALL)
    assert len(figures) >= 12
    assert max(len(figure.encode()) for figure in figures) <= MOST_OF_A_FIGURE


def test_every_section_is_there_in_order_with_a_finding(made):
    ids = [
        "callback",
        "when",
        "waiting",
        "service-level",
        "routes",
        "people",
        "weeks",
        "staffing",
        "cost",
        "health",
        "definitions",
        "provenance",
    ]
    assert re.findall(r'<section class="section" id="([^"]+)"', made.html) == ids
    assert re.findall(r'<li><a href="#([^"]+)"', made.html) == ids
    assert made.html.count('<p class="finding">') == len(ids)


def test_no_number_of_the_input_no_key_and_no_path_is_on_the_page(made):
    calls = store.load(made.settings).calls
    numbers = (
        set(calls["caller"].dropna())
        | set(calls["destination_raw"].dropna())
        | set(calls["caller_raw"].dropna())
    )
    digits = {re.sub(r"\D", "", number) for number in numbers} - {""}
    tails = {number[-9:] for number in digits if len(number) >= 9}
    assert len(tails) > 1000
    text = re.sub(r"[\s().-]", "", plain(made.html))
    assert {tail for tail in tails if tail in text} == set()
    for secret in (
        "sandbox-key",
        "token",
        "recording",
        str(made.settings.data),
        str(Path.cwd()),
        "papermill",
    ):
        assert secret not in made.html


def test_invented_data_never_pass_for_an_account(made):
    assert re.search(r"<title>Example data", made.html)
    assert made.sidecar["is_example"]
    assert made.sidecar["account"] == "sandbox"


def test_the_sidecar_agrees_with_the_tables(made):
    calls = store.load(made.settings, since=WEEK.start, until=WEEK.end).calls
    numbers = {row["number"]: row for row in made.sidecar["numbers"]}
    inbound = calls[calls["direction"] == "inbound"]
    offered = inbound[~inbound["outcome"].isin(["left_menu", "closed"])]
    assert numbers["n_offered"]["value"] == len(offered)
    assert numbers["n_answered"]["value"] == (offered["outcome"] == "answered").sum()
    assert numbers["answer_rate"]["verdict"] in ("usual", "high", "low")
    assert made.sidecar["status"] == "ok"
    assert made.sidecar["raw_data"]["kept"] == len(calls)
    assert made.sidecar["page"]["bytes"] == len(made.html.encode())
    assert set(made.sidecar["seconds"]) == {"sync", "notebook", "page", "total"}


def test_the_call_back_list_has_as_many_callers_as_the_tile(made):
    n = next(row["value"] for row in made.sidecar["numbers"] if row["number"] == "n_unreached")
    assert made.html.count('<th role="rowheader"') == n
    assert f"{n:.0f} callers had not spoken to us by Sunday night." in plain(made.html)


def test_the_kept_notebook_gives_the_same_page_and_names_no_path(made):
    assert page.render(made.notebook) == made.html
    text = made.page.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert str(made.settings.data) not in text
    assert str(Path.cwd()) not in text
    assert made.notebook.metadata.papermill.exception is None


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        (
            "weekly-fails",
            NotebookError,
            "the cell 'The broken part' stopped with KeyError: 'calls'. What ran is in ",
        ),
        ("weekly-leaks", NotebookError, "The page breaks the report contract:"),
        ("weekly-silent", NotebookError, "The notebook displays 0 records of its numbers"),
    ],
)
def test_a_failing_run_keeps_the_good_report_and_its_evidence(made, monkeypatch, name, kind, said):
    before = files(made.settings)
    monkeypatch.setattr(making, "find_notebook", lambda _: NOTEBOOKS / f"{name}.ipynb")
    with pytest.raises(kind) as caught:
        make_report(made.settings, WEEK)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    after = files(made.settings)
    left = made.settings.folder("reports") / "weekly" / "_failed"
    assert str(left / "2024-W47.ipynb") in str(caught.value)
    assert json.loads((left / "2024-W47.json").read_text())["status"] == "NotebookError"
    assert {name: after[name] for name in before if "_failed" not in name} == {
        name: data for name, data in before.items() if "_failed" not in name
    }


def test_an_interrupted_run_is_marked_and_frees_the_lock(made, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "run", interrupted)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            make_report(made.settings, WEEK)
    left = made.settings.folder("reports") / "weekly" / "_failed"
    assert json.loads((left / "2024-W47.json").read_text())["status"] == "interrupted"
    assert made.page.read_text(encoding="utf-8") == made.html


def test_a_week_without_data_publishes_nothing(made):
    before = {name for name in files(made.settings) if "_failed" not in name}
    with pytest.raises(NoDataError, match="2024-W20"):
        make_report(made.settings, Week(2024, 20), allow_incomplete=True)
    assert {name for name in files(made.settings) if "_failed" not in name} == before


def test_settings_the_notebook_would_not_load_are_refused(made):
    with pytest.raises(UsageError, match="would load another service_level_s"):
        kernel_environment(replace(made.settings, service_level_s=30))
    found = kernel_environment(replace(made.settings, base_url="http://127.0.0.1:1", data=Path("data")))
    assert found == {"CALLKIT_CONFIG": "sandbox", "CALLKIT_DATA": str(Path("data").resolve())}


def test_an_unknown_audience_is_refused(made):
    with pytest.raises(UsageError, match="audience 'all' is not 'shared' or 'internal'"):
        make_report(made.settings, WEEK, audience="all")


def test_the_committed_notebook_is_thin_and_has_no_outputs():
    notebook = nbformat.read(making.find_notebook("weekly"), as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert max(len(cell.source.splitlines()) for cell in code) <= 12
    assert not any(re.search(r"^\s*(def|class) ", cell.source, re.MULTILINE) for cell in code)
    assert notebook.cells[0].source.startswith("# How did the phones do this week?")
    assert notebook.metadata.kernelspec.name == "python3"
    assert publish.stem("2026-W47", "internal") == "2026-W47.internal"
