"""The explorer's notebook in JupyterLab, driven in headless Chromium: period, service, call, theme, keyboard.

CALLKIT_PICTURES names a folder to keep pictures of it in.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser import lab

pytestmark = pytest.mark.browser
if lab.missing():
    pytest.skip(f"{lab.missing()} (.ci/run installs it)", allow_module_level=True)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is a development tool")

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is a development tool")

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "08-explorer.ipynb"
PICTURES = os.environ.get("CALLKIT_PICTURES", "")
RUN = "void window.jupyterapp.commands.execute('notebook:run-all-cells')"
THEME = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
FOCUSED = "(document.activeElement.labels?.[0]?.innerText || document.activeElement.innerText).split('\\n')[0].trim()"
SLOW_MS = 20_000


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(NOTEBOOK, folder)
    with lab.serving(
        folder, CALLKIT_DATA=str(folder / "data"), PYTHONPATH=str(NOTEBOOK.parents[1])
    ) as address:
        yield address.replace("/lab?", f"/lab/tree/{NOTEBOOK.name}?")


@pytest.fixture(scope="module")
def page(address):
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(executable_path=str(lab.CHROMIUM), args=lab.ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1280, "height": 1700})
        page.set_default_timeout(SLOW_MS)
        page.complaints = []
        page.route("**/*", lambda route: answer(page, route))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(address)
        page.wait_for_function("document.body.innerText.includes('| Idle')")
        page.evaluate(RUN)
        page.locator(".callkit-explorer svg.wide").first.wait_for()
        yield page
        chromium.close()


def answer(page, route):
    if route.request.url.startswith("http://127.0.0.1:"):
        route.continue_()
        return
    page.complaints.append(route.request.url)
    route.abort()


@pytest.fixture
def explorer(page):
    return page.locator(".callkit-explorer")


def keep_picture(page, name):
    if PICTURES:
        page.locator(".callkit-explorer").screenshot(path=Path(PICTURES) / f"explorer-{name}.png")


def finding(explorer, text):
    explorer.locator(".ck-head .finding", has_text=text).wait_for()


def press(explorer, name):
    explorer.get_by_role("button", name=name, exact=True).click()


def test_1_the_period_changes_the_finding(page, explorer):
    before = explorer.locator(".ck-head .finding").inner_text()
    press(explorer, "This week")
    explorer.locator(".ck-head .finding", has_not_text=before).wait_for()
    keep_picture(page, "light-demand")
    assert explorer.locator("svg.wide").first.bounding_box()["width"] == 712


def test_2_a_service_is_picked(explorer):
    first = explorer.get_by_label("Service").locator("option").first
    service = first.inner_text().split("\N{NO-BREAK SPACE}(")[0]
    explorer.get_by_label("Service").select_option(index=0)
    finding(explorer, f"incoming; {service}.")


def test_3_the_numbers_and_the_code_open_by_their_buttons(page, explorer):
    press(explorer, "Show the numbers")
    explorer.get_by_role("table").wait_for()
    press(explorer, "Copy as code")
    lines = explorer.locator("pre.code")
    assert "ck.plots.arrivals(view" in lines.inner_text()
    lines.click()
    assert page.evaluate("getSelection().toString()").strip() == lines.inner_text().strip()
    keep_picture(page, "light-numbers")


def test_4_a_call_is_picked_by_keyboard(page, explorer):
    press(explorer, "One call")
    explorer.locator("ol.steps li").first.wait_for()
    said = explorer.locator("h4.call").inner_text()
    explorer.locator(".ck-calls select").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    explorer.locator("h4.call", has_not_text=said).wait_for()
    explorer.locator("ol.steps li").first.wait_for()
    page.wait_for_timeout(500)
    keep_picture(page, "light-call")


def test_5_the_theme_follows_jupyterlab(page, explorer):
    page.evaluate(THEME, "JupyterLab Dark")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('.callkit-explorer')).backgroundColor == 'rgb(20, 23, 26)'"
    )
    page.wait_for_timeout(500)
    keep_picture(page, "dark-call")
    press(explorer, "When people call")
    explorer.locator("svg.wide rect, svg.wide path").first.wait_for()
    keep_picture(page, "dark-demand")
    page.evaluate(THEME, "JupyterLab Light")


def test_5b_axe_finds_nothing(page):
    found = axe.Axe().run(page, context=".callkit-explorer", options={"resultTypes": ["violations"]})
    told = [(v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in found.response["violations"]]
    assert told == []


def test_6_tab_goes_in_reading_order(page, explorer):
    explorer.get_by_label("First day").focus()
    met = []
    for _ in range(30):
        name = page.evaluate(FOCUSED)
        if not met or met[-1] != name:
            met.append(name)
        page.keyboard.press("Tab")
    wanted = ["First day", "Last day", "This week", "4 weeks", "13 weeks", "Direction", "Service", "Line", "Outcome",
              "When people call", "One call", "Show the numbers"]  # fmt: skip
    assert met[: len(wanted)] == wanted


def test_7_narrow_windows_get_the_narrow_figure_and_no_sideways_scroll(page, explorer):
    page.set_viewport_size({"width": 760, "height": 1700})
    explorer.locator("svg.narrow").first.wait_for()
    box = explorer.evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert box[0] <= box[1]
    keep_picture(page, "light-narrow")


def test_8_nothing_is_asked_for_outside_and_nothing_complains(page):
    assert page.complaints == []
