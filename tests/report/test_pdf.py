"""The PDF of a page, by the extra of that name; skipped without it."""

from datetime import datetime
from types import ModuleType

import pytest

from callkit.errors import UsageError
from callkit.look import parts
from callkit.look.colours import LIGHT
from callkit.look.page import document
from callkit.look.parts import CallBack
from callkit.report import pdf
from callkit.report.sections.waiting_list import waiting_list
from tests.report.pages import page
from tests.report.weeks import usual_calls, weekly


def test_without_weasyprint_a_sentence_names_the_remedy(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"needs weasyprint; install it with pip install 'callkit\[pdf\]'"):
        pdf.write("<p>", tmp_path / "page.pdf")
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def weasyprint() -> ModuleType:
    return pytest.importorskip("weasyprint", reason="weasyprint is the extra pdf")


@pytest.fixture(scope="module")
def model():
    return weekly(usual_calls(n_before=12, n_worse=4))


@pytest.fixture(scope="module")
def html(model):
    return page(model)


def test_the_same_page_gives_the_same_bytes(weasyprint, html, tmp_path):
    for name in ("one", "two"):
        pdf.write(html, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes().startswith(b"%PDF-")


def test_the_list_is_complete_on_paper(weasyprint, html, model, tmp_path):
    reader = pytest.importorskip("pypdfium2", reason="pypdfium2 reads the sheets (a development tool)")
    pdf.write(html, tmp_path / "page.pdf")
    sheets = reader.PdfDocument(tmp_path / "page.pdf")
    words = " ".join(sheet.get_textpage().get_text_range() for sheet in sheets)
    callers = [row.caller.rpartition(" ")[2] for row in waiting_list(model)]
    assert len(callers) > 20
    assert [caller for caller in callers if caller not in words] == []
    assert len(sheets) <= 9


def test_every_sheet_of_the_list_has_its_head(weasyprint, tmp_path):
    reader = pytest.importorskip("pypdfium2", reason="pypdfium2 reads the sheets (a development tool)")
    row = CallBack("Mobile, ends 417", 2, datetime(2026, 11, 20, 16, 52), "Main line", 11.0, 0, "kbtr dgfh")
    section = parts.section("callback", "Call back", "Many.", [], [parts.call_back_list([row] * 100)])
    pdf.write(document("A page", section), tmp_path / "page.pdf")
    said = [sheet.get_textpage().get_text_range() for sheet in reader.PdfDocument(tmp_path / "page.pdf")]
    assert [("ends 417" in text, text.count("Called us")) for text in said] == [(True, 1)] * 3
    assert sum(text.count("ends 417") for text in said) == 100


def test_drawings_have_colours_of_their_own_and_marks_their_shapes(weasyprint, html):
    root = weasyprint.HTML(string=html).etree_element
    pdf._settle(root)
    drawings = [e for e in root.iter() if e.tag == "{http://www.w3.org/2000/svg}svg"]
    marks = [e for e in drawings if "mark" in e.get("class", "")]
    assert all(len(mark) and mark[0].tag.endswith(("circle", "path")) for mark in marks)
    assert {mark.get("color") for mark in marks} >= {LIGHT["ink"], LIGHT["alert"]}
    inside = [value for drawing in drawings for e in drawing.iter() for value in e.attrib.values()]
    assert LIGHT["blue"] in inside
    assert not any("var(" in value for value in inside)


def test_a_page_that_asks_for_something_gets_nothing(weasyprint, tmp_path, caplog):
    html = document("A page", '<img src="http://127.0.0.1:9/a.png" alt="Nothing">')
    pdf.write(html, tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 0
    assert any("disallowed protocol" in record.getMessage() for record in caplog.records)


def test_a_machine_without_pango_is_told_before_anything_runs(monkeypatch):
    def without_pango(name):
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf, "find_spec", lambda name: name)
    monkeypatch.setattr(pdf, "import_module", without_pango)
    with pytest.raises(UsageError, match="does not find Pango on this machine; install it"):
        pdf.require()
