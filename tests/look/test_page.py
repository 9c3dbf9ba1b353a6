import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files

import nbformat
import pytest
from nbconvert.exporters import TemplateExporter

from callkit.look import parts
from callkit.look.page import document, sort_script

VOID = {"meta", "col", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.badly_closed = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.badly_closed.append(tag)


def body(example=False):
    list_ = parts.call_back_list([])
    rows = [{"a": "x", "n": 1}, {"a": "y", "n": 2}]
    numbers = parts.table(
        rows, [parts.ColumnSpec("a", "A"), parts.ColumnSpec("n", "N", numeric=True)], caption="All"
    )
    return "\n".join(
        [
            parts.page_header(
                "Phone calls, week 47", "Monday 16 to Sunday 22 November 2026", example=example
            ),
            parts.leads(
                [
                    parts.lead(
                        "usual", None, "Calls were usual.", "All of them.", ("call-back", "See the list")
                    )
                ]
            ),
            parts.tiles(
                [parts.tile("Calls", parts.badge("usual"), "1", bar=parts.range_bar(1, 2, 1, 1, "usual"))]
            ),
            parts.tiles_key(),
            parts.contents([("call-back", "Call back"), ("numbers", "Numbers")]),
            parts.section("call-back", "Call back", "Usual 5.0–8.1% within 13 s.", ["Read it."], [list_]),
            parts.section("numbers", "Numbers", "Two rows.", field=[numbers, parts.note("A note.")]),
            parts.footer(example=example),
        ]
    )


@pytest.fixture(scope="module")
def html():
    return document("Phone calls, week 47", body(), running='Phone calls · "shared"')


def test_the_page_is_well_formed_and_no_id_is_there_twice(html):
    page = Page(html)
    assert (page.open, page.badly_closed) == ([], [])
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    targets = {attrs["href"][1:] for _, attrs in page.tags if attrs.get("href", "").startswith("#")}
    assert targets <= set(ids)
    labels = {name for _, attrs in page.tags for name in attrs.get("aria-labelledby", "").split()}
    assert labels <= set(ids)


def test_one_h1_and_no_level_skipped(html):
    levels = [int(tag[1]) for tag, _ in Page(html).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_landmarks_stand_side_by_side(html):
    order = re.findall(r"<(/?(?:header|main|footer))\b", html)
    assert order == ["header", "/header", "main", "/main", "footer", "/footer"]
    assert '<a class="skip" href="#main">' in html.partition("<header")[0]


def test_the_policy_allows_the_one_script_by_its_hash_and_nothing_from_outside(html):
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert len(scripts) == 1
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"https?:|//[a-z]|@import|<link|<img|\son\w+=", html)


def test_the_script_is_small():
    assert len(sort_script().encode()) <= 700


def test_spaces_are_made_unbreakable_in_the_page(html):
    assert "Usual 5.0\N{WORD JOINER}–\N{WORD JOINER}8.1% within 13\N{NO-BREAK SPACE}s." in html


def test_the_foot_of_a_sheet_cannot_leave_its_quotes():
    html = document("a", "", running='x"}</style><script>\\')
    assert r'content:"x\22 \7d \3c \2f style\3e \3c script\3e \5c "' in html


def test_the_title_is_escaped():
    assert "<title>&lt;b&gt; &amp; c</title>" in document("<b> & c", "")


def test_an_example_says_so_in_title_header_footer_and_on_paper():
    html = document("Phone calls", body(example=True), running="week 47", example=True)
    assert "<title>Example data · Phone calls</title>" in html
    assert 'content:"Example data · week 47"' in html
    assert "Example data" in html.partition("<header")[2].partition("</header>")[0]
    assert "Example data" in html.partition("<footer")[2]


def test_a_body_without_header_and_footer_is_all_main():
    assert '<main id="main" tabindex="-1">\n<p>x</p>\n</main>' in document("a", "<p>x</p>")


def test_the_same_input_gives_the_same_bytes(html):
    assert html == document("Phone calls, week 47", body(), running='Phone calls · "shared"')


def test_css_is_balanced_and_dark_is_for_screens_only(html):
    css = re.search("<style>(.*?)</style>", html, re.DOTALL)[1]
    assert css.count("{") == css.count("}")
    assert set(re.findall(r"@media[^{]*dark[^{]*", css)) == {"@media screen and (prefers-color-scheme: dark)"}
    assert all("screen" in query for query in re.findall(r"@media ([^{]*width[^{]*)", css))


def test_the_template_prints_html_outputs_and_nothing_else():
    new = nbformat.v4
    cell = new.new_code_cell("secret_source()")
    cell.outputs = [
        new.new_output("stream", name="stderr", text="a warning"),
        new.new_output("display_data", {"text/html": "<p>shown & first</p>", "text/plain": "plain twin"}),
        new.new_output("execute_result", {"text/plain": "plain only"}),
        new.new_output("display_data", {"application/vnd.jupyter.widget-view+json": {"model_id": "w"}}),
        new.new_output("display_data", {"text/html": "<p>second</p>"}),
    ]
    notebook = new.new_notebook(cells=[new.new_markdown_cell("# a heading"), cell])
    exporter = TemplateExporter(
        template_name="template",
        template_file="index.html.j2",
        extra_template_basedirs=[str(files("callkit.report"))],
        filters={"document": lambda body: f"[{body}]"},
    )
    page, _ = exporter.from_notebook_node(notebook)
    assert page.strip() == "[<p>shown & first</p>\n<p>second</p>\n]"
