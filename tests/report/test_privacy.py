"""No shared file of a report shows a number, a name, an address, a link or a token of what it was made from."""

import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from callkit.privacy import Secret, caller_code, pseudonym
from callkit.report.contract import words
from callkit.report.making import make_report
from callkit.report.sections.waiting_list import waiting_list
from callkit.settings import Settings
from callkit.tables import store
from tests.report.spied import PEOPLE, WEEK, WRITINGS, Written, archived
from tests.report.weeks import call, weekly

TOML = """account = "shop"
dialect = "{dialect}"
title = "Shop 07700 900417"
[dids]
"+442079460100" = "Main"
"+442079460200" = "Support 07700 900418"
[agents]
"201" = {{ name = "Robin Featherstone", group = "Sales" }}
"""
KEY = "kept-very-secret-token"


class Made(NamedTuple):
    settings: Settings
    written: Written
    files: dict[str, str]


@pytest.fixture(scope="module", params=["call_records", pytest.param("call_report", marks=pytest.mark.slow)])
def made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spied")
    (folder / "callkit.toml").write_text(TOML.format(dialect=request.param))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"CONFIG": folder / "callkit.toml", "DATA": folder / "data", "TOKEN": KEY}.items():
            patch.setenv(f"CALLKIT_{name}", str(value))
        settings = Settings.load()
        written = archived(settings)
        page = make_report(settings, WEEK)
    shared = [page.with_suffix(end) for end in (".html", ".ipynb", ".json")] + [
        page.parents[1] / "index.html"
    ]
    files = {path.name: path.read_text(encoding="utf-8") for path in shared}
    written.tokens.update((KEY, (folder / "data" / ".key").read_text()))
    written.links.update((str(folder), str(settings.data)))
    return Made(settings, written, files)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def said(name: str, text: str) -> list[str]:
    """Return the words of a file one by one: of a notebook also those of the pages in its outputs."""
    if name.endswith(".html"):
        return words(text)
    found = list(texts(json.loads(text)))
    return [word for one in found for word in (words(one) if one.lstrip().startswith("<") else [one])]


def test_the_records_were_read_and_hold_what_must_not_be_shown(made):
    calls, events = store.load(made.settings)
    assert len(calls) > 1000
    assert calls["caller"].str.contains("7700900").any()
    assert (events["step"] == "unknown").sum() > 100
    assert (calls["agent_name"].isin(PEOPLE) | calls["service_name"].isin(PEOPLE)).any()
    counts = {kind: len(found) for kind, found in made.written._asdict().items()}
    sections = re.findall(r'<section class="section" id="([^"]+)"', made.files[f"{WEEK}.html"])
    assert {"callback", "routes", "people", "cost"} <= set(sections)
    assert min(counts.values()) >= 3
    assert counts["numbers"] > 800


def test_no_shared_file_shows_any_of_it(made):
    counts = {kind: len(found) for kind, found in made.written._asdict().items()}
    for name, text in made.files.items():
        shown = made.written.shown(html.unescape(text), said(name, text))
        print(f"{made.settings.dialect}, {name}: searched {counts}, found {sum(map(len, shown.values()))}")
        assert {kind: found for kind, found in shown.items() if found} == {}


def test_the_search_finds_numbers_in_any_writing():
    written = Written({"7700900417"}, set(), set(), set(), set())
    for writing in WRITINGS:
        page = f"<p>Call {html.escape(writing.format(417))} now</p>"
        assert written.shown(page, words(page))["numbers"] == ["7700900417"], writing
    assert written.shown("", ["Mobile, ends 417", "417 of 7,700,900"])["numbers"] == []


def test_the_kept_notebook_says_nothing_of_its_machine(made):
    notebook = json.loads(made.files[f"{WEEK}.ipynb"])
    assert set(notebook["metadata"]) == {"kernelspec", "language_info", "papermill"}
    assert not {"input_path", "output_path", "environment_variables"} & set(notebook["metadata"]["papermill"])
    kinds = {
        kind for cell in notebook["cells"] for output in cell.get("outputs", ()) for kind in output["data"]
    }
    assert kinds == {"text/html", "application/vnd.callkit+json"}


def test_a_caller_is_the_same_in_every_week_and_told_from_others_with_the_same_end():
    rows = [
        call(datetime(2026, 11, 16, 9), "abandoned", caller=caller)
        for caller in ("+447700900417", "+441632960417", "+447700900418")
    ]
    first, second = (waiting_list(weekly(some, n_before=0)) for some in (rows, rows[:1]))
    codes = {row.code for row in first}
    assert len(codes) == 3
    assert {row.code for row in second} < codes
    assert waiting_list(weekly(rows, n_before=0, audience="internal"))[0].code == ""


def test_a_code_is_a_pseudonym_in_letters_that_depends_on_the_key():
    codes = {caller_code("+447700900417", Secret(key)) for key in "abc"}
    assert len(codes) == 3
    assert all(re.fullmatch("[b-df-hj-np-tv-z]{4} [b-df-hj-np-tv-z]{4}", code) for code in codes)
    digest = pseudonym("+447700900417", Secret("a")).removeprefix("caller-")[:8]
    letters = dict(zip("bcdfghjkmnpqrstv", "0123456789abcdef", strict=True))
    assert "".join(letters[x] for x in caller_code("+447700900417", Secret("a")).replace(" ", "")) == digest
