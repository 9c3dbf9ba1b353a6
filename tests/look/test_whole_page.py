"""What the look asks of a whole page, in every state a week can be in."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from callkit.look.svg import MAX_BYTES
from callkit.look.tokens import COLOURS
from callkit.look.typography import plain
from tests.report.pages import page
from tests.report.weeks import usual_calls, weekly

MOST_BYTES = 400_000
NO_NAMES = re.compile(
    r"\b(?:grey|gray|blue|red|orange|green|teal|brown|black|white|darker|lighter|(?:on|to|at) the (?:left|right)"
    r"|(?:left|right)most|(?:left|right) of the)\b",
    re.IGNORECASE,
)


def before(day):
    return [row for row in usual_calls() if row["started_local"] < pd.Timestamp(day)]


STATES = {
    "usual": lambda: weekly(),
    "worse": lambda: weekly(usual_calls(n_worse=6)),
    "part": lambda: weekly(before("2026-11-19"), is_complete=[True] * 3 + [False] * 4),
    "silent": lambda: weekly(before("2026-11-16")),
    "few": lambda: weekly(n_before=5),
}


@pytest.fixture(scope="module", params=STATES)
def html(request):
    return page(STATES[request.param]())


@pytest.fixture(scope="module")
def body(html):
    return html.partition("</head>")[2].partition("<script")[0]


def drawings(body):
    return [ElementTree.fromstring(svg) for svg in re.findall(r'<svg class="fig.*?</svg>', body, re.DOTALL)]


def test_no_sentence_names_a_colour_or_a_side(body):
    words = plain(re.sub(r"<svg(?! class=\"fig).*?</svg>", "", body, flags=re.DOTALL))
    assert NO_NAMES.findall(words) == []


def test_every_colour_of_a_drawing_is_a_token_and_every_drawing_is_small_and_told(body):
    drawn = re.findall(r'<svg class="fig.*?</svg>', body, re.DOTALL)
    assert max(len(svg.encode()) for svg in drawn) <= MAX_BYTES
    assert not re.search(r"#[0-9a-f]{3,8}\b|<style|opacity", "".join(drawn).replace("url(#", ""))
    assert set(re.findall(r"var\(--([a-z0-9]+)\)", "".join(drawn))) <= set(COLOURS)
    for svg in drawings(body):
        title, desc = svg.find("title").text, svg.find("desc").text
        assert title.strip().endswith(".")
        assert desc.strip()


def test_no_id_is_there_twice(html):
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_page_is_small(html):
    assert len(html.encode()) <= MOST_BYTES


def test_a_share_in_a_finding_has_its_count_or_interval_in_the_section(body):
    for section in re.findall(r'<section class="section".*?</section>', body, re.DOTALL):
        finding = plain("".join(re.findall(r'<p class="finding">.*?</p>', section)))
        if "%" in finding:
            assert re.search(r"\d of [\d,]+|\d\N{WORD JOINER}?–\N{WORD JOINER}?[\d.]+%", plain(section)), (
                finding
            )


def test_links_of_the_first_screen_lead_to_headings_of_the_page(body):
    ids = set(re.findall(r'\sid="([^"]+)"', body))
    targets = re.findall(r'<a href="#([^"]+)">([^<]+)<', body)
    assert {target for target, _ in targets} <= ids
    contents = dict(re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', body))
    headings = dict(re.findall(r'<h2 id="([^"]+)-h">([^<]+)</h2>', body))
    assert contents == headings
