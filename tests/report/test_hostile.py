"""An account whose names, labels, lines and keys are hostile gives a page of inert words."""

import re
from xml.etree import ElementTree

import pytest

from callkit.look.typography import plain
from callkit.report.contract import breaches
from tests.report.pages import page
from tests.report.weeks import MAIN, SUPPORT, named, usual_calls, weekly

EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</title></svg></style><iframe src=//example.org>",
    "\u202eSales\u2066\u0000\x1b[31m",
    "{{ 7*7 }}{% raw %} $\\frac{1$ =cmd|'x'!A0",
    "url(https://example.org/x?token=ab) 💥" + "W" * 300,
    "Robin 07700/900417 robin@example.org",
)


@pytest.fixture(scope="module", params=EVIL, ids=range(len(EVIL)))
def html(request):
    evil = request.param
    settings = named(title=evil, dids={MAIN: evil, SUPPORT: f"{evil} 2"})
    lines = {"n_unknown_lines": 3, "unknown_lines": {evil: 3}, "unknown_keys": {evil: 2}}
    return page(weekly(usual_calls(n_worse=3), settings=settings, **lines))


def test_the_page_keeps_the_contract_and_has_one_script(html):
    assert breaches(html) == []
    assert html.count("<script") == 1
    assert not re.search(r"<(?:img|iframe)\b", html)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", html)


def test_every_figure_is_still_xml(html):
    figures = re.findall(r"<svg class=\"fig.*?</svg>", html, re.DOTALL)
    assert len(figures) >= 12
    for figure in figures:
        ElementTree.fromstring(figure)


def test_no_number_no_mail_and_no_link_of_a_name_is_shown(html):
    words = plain(html)
    for hidden in ("900417", "robin@", "token=ab"):
        assert hidden not in words
