"""The published report in a real browser, offline: CALLKIT_REPORT_PAGE names the file."""

import os
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
PAGE = os.environ.get("CALLKIT_REPORT_PAGE", "")
if not PAGE:
    pytest.skip("CALLKIT_REPORT_PAGE names no report to look at (.ci/run does)", allow_module_level=True)
playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is a development tool (.ci/run installs it)"
)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is a development tool")

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def browser():
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(
    params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")], ids=str
)
def page(browser, request):
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("requestfailed", lambda request: page.complaints.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(Path(PAGE).resolve().as_uri())
    yield page
    context.close()


def test_nothing_is_asked_for_and_nothing_complains(page):
    assert page.complaints == []
    assert "Example data" in page.title()


def test_the_page_does_not_scroll_sideways(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_axe_finds_nothing(page):
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    assert [(v["id"], v["impact"], len(v["nodes"])) for v in found.response["violations"]] == []


def test_a_table_is_sorted_by_keyboard(page):
    buttons = page.locator("th button:visible")
    if not buttons.count():
        pytest.skip("no sortable table is on show at this width")
    button = buttons.first
    button.focus()
    page.keyboard.press("Enter")
    assert button.locator("xpath=ancestor::th").get_attribute("aria-sort") in ("ascending", "descending")
    assert page.complaints == []


def test_the_printed_report_is_short_and_has_the_whole_list(browser, tmp_path):
    page = browser.new_page()
    page.goto(Path(PAGE).resolve().as_uri())
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 12
    page.emulate_media(media="print")
    rows = page.locator("#call-back tbody tr, #call-back [role=row]")
    hidden = [n for n in range(rows.count()) if not rows.nth(n).is_visible()]
    assert hidden == []
    page.close()
