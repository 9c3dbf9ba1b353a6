"""Every state of a report in a browser that is offline: on a desk, on a phone, in the dark, on paper."""

import re

import pytest

from tests.browser import states

pytestmark = pytest.mark.browser
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is a development tool")

SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")]
BEYOND = """() => [...document.body.querySelectorAll("*")].filter(e => {
    if (e.closest(".scroll, .sr, .skip, .symbols, title, desc, defs")) return false
    const box = e.getBoundingClientRect()
    return box.width > 1 && (box.right > innerWidth + 0.5 || box.left < -0.5)
}).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}: ${e.textContent.slice(0, 60)}`)"""


@pytest.fixture(scope="module", params=[*states.MODELS, "index"])
def path(request, tmp_path_factory):
    return states.write(request.param, tmp_path_factory.mktemp("states"))


def opened(browser, path, **options):
    page = browser.new_context(offline=True, **options).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("requestfailed", lambda request: page.complaints.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(path.as_uri())
    return page


@pytest.fixture(params=SCREENS, ids=str)
def page(browser, path, request):
    width, scheme = request.param
    page = opened(browser, path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    yield page
    page.context.close()


def test_it_fits_the_screen_asks_for_nothing_and_axe_finds_nothing(page):
    assert page.complaints == []
    page.locator("details").evaluate_all("all => all.forEach(e => { e.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    assert page.evaluate(BEYOND) == []
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]})
    told = [(v["id"], v["impact"], v["nodes"][0]["html"][:160]) for v in found.response["violations"]]
    assert told == []


def test_landmarks_have_names_of_their_own(browser, path):
    page = opened(browser, path)
    for tag in ("header.page", "main", "footer.page"):
        assert page.locator(tag).count() == 1
    names = page.locator("section[aria-labelledby], nav, [role=region]").evaluate_all(
        "all => all.map(e => e.ariaLabel || document.getElementById(e.getAttribute('aria-labelledby')).textContent)"
    )
    assert len(names) == len(set(names))
    assert all(names)
    page.context.close()


def test_it_is_complete_without_a_script(browser, path):
    pictures = []
    for allowed in (True, False):
        page = opened(browser, path, java_script_enabled=allowed, viewport={"width": 1280, "height": 800})
        pictures.append(page.screenshot(full_page=True))
        page.context.close()
    assert pictures[0] == pictures[1]


def test_forced_colours_keep_figures_on_their_own_ground(browser, path):
    page = opened(browser, path, forced_colors="active")
    drawn = page.locator("svg.fig:visible, svg.bar:visible").evaluate_all(
        "all => all.map(e => [getComputedStyle(e).forcedColorAdjust, getComputedStyle(e).backgroundColor])"
    )
    assert {tuple(look) for look in drawn} <= {("none", "rgb(253, 252, 250)")}
    page.context.close()


def test_it_prints_on_few_sheets_and_every_caller_is_there(browser, path):
    page = opened(browser, path, viewport={"width": 680, "height": 962})
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    most = 15 if "long-words" in path.name else 12
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= most
    page.emulate_media(media="print")
    rows = page.locator("#callback tbody tr")
    assert rows.count() == page.locator("#callback tbody tr:visible").count()
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    page.context.close()
