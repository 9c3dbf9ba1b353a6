"""The published report in a real browser, offline: CALLKIT_REPORT_PAGE names the file."""

import os
import re
from pathlib import Path

import pytest

from tests.browser.conftest import opened

pytestmark = pytest.mark.browser
PAGE = os.environ.get("CALLKIT_REPORT_PAGE", "")
if not PAGE:
    pytest.skip("CALLKIT_REPORT_PAGE names no report to look at (.ci/run does)", allow_module_level=True)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is a development tool")


@pytest.fixture(
    params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")], ids=str
)
def page(browser, request):
    with opened(browser, Path(PAGE).resolve().as_uri(), *request.param) as page:
        yield page


def test_nothing_is_asked_for_and_nothing_complains(page):
    assert page.complaints == []
    assert "Example data" in page.title()


def test_the_page_does_not_scroll_sideways(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_axe_finds_nothing(page):
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    assert [(v["id"], v["impact"], len(v["nodes"])) for v in found.response["violations"]] == []


def test_a_table_is_sorted_by_keyboard(page):
    table = page.get_by_role("region", name="Table: Answered calls by wait")
    page.locator("details.numbers", has=page.locator("table", has_text="Answered calls by wait")).evaluate(
        "e => { e.open = true }"
    )
    waits = table.locator("tbody th").all_inner_texts()
    table.get_by_role("button", name="Answered calls").focus()
    page.keyboard.press("Enter")
    assert table.locator("th[aria-sort]").get_attribute("aria-sort") == "ascending"
    counts = [int(n.replace(",", "")) for n in table.locator("tbody td").all_inner_texts()]
    assert counts == sorted(counts)
    table.get_by_role("button", name="Wait").focus()
    page.keyboard.press("Enter")
    assert table.locator("tbody th").all_inner_texts() == waits  # by the number in the words, not by letters
    assert page.complaints == []


def test_a_count_of_a_count_is_sorted_as_a_number(page):
    page.locator("details.numbers").evaluate_all("all => all.forEach(e => { e.open = true })")
    table = page.get_by_role("region", name="Table: Service level by hour")
    table.get_by_role("button", name="In time").click()
    within = [
        int(cell.split()[0].replace(",", ""))
        for cell in table.locator("tbody td:nth-child(2)").all_inner_texts()
    ]
    assert within == sorted(within)


@pytest.fixture
def printed(browser):
    page = browser.new_page(viewport={"width": 680, "height": 962})  # A4 without its margins
    page.goto(Path(PAGE).resolve().as_uri())
    yield page
    page.close()


def test_the_printed_report_is_short(printed):
    pdf = printed.pdf(format="A4", prefer_css_page_size=True)
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 10


def test_the_printed_list_is_complete_and_can_be_ticked(printed):
    told = printed.locator(".tile", has_text="Callers not reached").locator(".value").inner_text()
    rows = printed.locator("#callback tbody tr")
    assert rows.count() == int(told.replace(",", "")) > 0
    printed.emulate_media(media="print")
    for row in rows.all():
        assert row.is_visible()
        assert row.locator("td.done .tick").is_visible()
    assert printed.locator("#callback").evaluate("e => getComputedStyle(e).breakBefore") == "page"


def test_what_only_a_screen_can_do_is_not_printed(printed):
    printed.emulate_media(media="print")
    for left_out in ("nav", "summary", "details.numbers table", "svg.narrow", ".lead a"):
        assert printed.locator(left_out).count() > 0
        assert printed.locator(f"{left_out}:visible").count() == 0, left_out
    assert printed.locator("svg.wide:visible").count() > 0


def test_the_paper_is_light_and_nothing_leaves_its_width(printed):
    printed.emulate_media(media="print", color_scheme="dark")
    assert printed.evaluate("getComputedStyle(document.body).color") == "rgb(69, 75, 83)"
    assert printed.evaluate("document.documentElement.scrollWidth") <= 680


def test_the_first_screen_holds_findings_tiles_and_contents(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(Path(PAGE).resolve().as_uri())
    box = page.locator("nav").bounding_box()
    assert box["y"] + box["height"] <= 800
    page.close()


@pytest.mark.parametrize(("width", "n_shown"), [(1280, 10), (390, 5)])
def test_the_list_shows_the_first_and_on_demand_all(browser, width, n_shown):
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page.goto(Path(PAGE).resolve().as_uri())
    rows = page.locator("#callback tbody tr")
    assert page.locator("#callback tbody tr:visible").count() == n_shown < rows.count()
    page.locator("#callback summary", has_text=f"Show the other {rows.count() - n_shown}").click()
    assert page.locator("#callback tbody tr:visible").count() == rows.count()
    page.close()


def test_tables_of_many_columns_fit_the_smallest_phone(browser):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(Path(PAGE).resolve().as_uri())
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true })")
    tables = page.locator(".stack")
    assert tables.count() > 1
    assert tables.evaluate_all("all => all.every(e => e.scrollWidth <= e.clientWidth)")
    assert tables.first.locator("tbody td").first.is_visible()
    page.close()


@pytest.mark.parametrize("width", [390, 320])
def test_a_thumb_can_hit_what_a_phone_shows(browser, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(Path(PAGE).resolve().as_uri())
    boxes = [item.bounding_box() for item in page.locator("nav a, summary").all()]
    assert min(box["height"] for box in boxes) >= 44
    bars = [bar.bounding_box()["y"] for bar in page.locator(".tile .bar").all()]
    assert bars[::2] == bars[1::2]  # neighbours' range bars stand on one line
    page.close()
