"""The list of past reports in a real browser, offline: of invented weeks, so that every kind of row is there."""

import pytest

from callkit.report import index
from tests.browser.conftest import opened
from tests.report.sidecars import NEWEST, put, put_failed, put_many, sidecar
from tests.report.weeks import named

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is a development tool")

SIZES = [(1280, "light"), (1280, "dark"), (760, "light"), (390, "light"), (390, "dark"), (320, "light")]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "weekly"
    put_many(folder)
    put(folder, sidecar(NEWEST.shift(-3), is_complete=False))
    put(folder, sidecar(NEWEST.shift(-60), n_before=5))
    (folder / "2026" / "2026-W41.json").write_text("{")
    put_failed(folder, NEWEST.shift(1), "NoDataError")
    return index.write(folder, named(title="Café Larkspur", example=True)).as_uri()


@pytest.fixture(params=SIZES, ids=str)
def page(browser, address, request):
    with opened(browser, address, *request.param) as page:
        yield page
        assert page.complaints == []


def test_nothing_scrolls_sideways(page):
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".past").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_axe_finds_nothing(page):
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    assert [(v["id"], v["impact"], len(v["nodes"])) for v in found.response["violations"]] == []


def test_the_button_opens_the_newest_report(page):
    page.get_by_role("link", name="Open week 47").click()
    assert page.url.endswith("/weekly/2026/2026-W47.html")


def test_each_line_ends_in_its_mark_and_leaves_no_tile(page):
    for tile in page.locator(".tile").all():
        spark = tile.locator(".spark").bounding_box()
        mark = tile.locator(".spark .now").bounding_box()
        middle = mark["y"] + mark["height"] / 2 - spark["y"]
        assert 8 <= middle <= 48
        assert spark["x"] + spark["width"] * 0.9 < mark["x"] + mark["width"] / 2 < spark["x"] + spark["width"]
        assert spark["height"] >= 40


@pytest.fixture
def wide(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    yield page
    page.close()


def test_every_head_sorts_and_weeks_without_numbers_come_first_or_last(wide):
    complaints = []
    wide.on("pageerror", lambda error: complaints.append(str(error)))
    names = wide.locator(".past tbody th")
    before = names.all_inner_texts()
    for place in range(1, 8):
        for _ in range(2):
            wide.locator(".past thead button").nth(place).click()
        told = wide.locator(".past tbody tr").all_inner_texts()
        assert all("No report" in row or "Not " in row or "not " in row for row in told[-4:]), place
    wide.locator(".past thead button").nth(1).click()
    offered = [
        int(cell.split()[-1].replace(",", "")) for cell in wide.locator("td:nth-child(2).n").all_inner_texts()
    ]
    assert offered == sorted(offered)
    for _ in range(2):
        wide.locator(".past thead button").first.click()
    assert names.all_inner_texts() == before
    assert complaints == []


@pytest.mark.parametrize("width", [390, 320])
def test_a_phone_names_each_number_in_its_card(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    card = page.locator(".past tbody tr", has_text="Week 47")
    assert card.locator(".cap:visible").all_inner_texts() == [
        "Offered", "Answer rate", "Abandoned", "9 in 10 within", "Service level", "Not reached",
    ]  # fmt: skip
    assert page.locator("a.go").bounding_box()["height"] >= 44
    page.close()


def test_paper_has_the_table_and_no_button(browser, address):
    page = browser.new_page(viewport={"width": 680, "height": 962})
    page.goto(address)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("a.go").is_hidden()
    assert page.locator(".past thead").is_visible()
    assert page.locator(".cap:visible").count() == 0
    assert page.locator(".spark .now:visible").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    page.close()
