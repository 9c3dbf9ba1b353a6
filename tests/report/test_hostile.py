"""An account whose names, labels, lines and keys are hostile gives a page of inert words."""

import csv
import itertools
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

from callkit.look.markup import join
from callkit.look.page import document
from callkit.look.typography import plain
from callkit.privacy import Secret
from callkit.report import record, sections
from callkit.report.contract import breaches
from callkit.tables.export import export
from callkit.tables.tidy import Tables
from callkit.validation import Person
from tests.report.pages import IN_ORDER
from tests.report.weeks import MAIN, SETTINGS, SUPPORT, named, usual_calls, weekly

EVIL = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(2)>',
    "end tags": "</title></svg></style></td></table><iframe src=//example.org>",
    "comment": "<!-- <![CDATA[ ]]> --> &lt;b&gt; &#x3c;i&#x3e;",
    "signs": "\u202eSales\u2066\u0000\x1b[31m\x85\u200b\u2029\ufeff",
    "halves": "Sales \ud83d and \udc00",
    "lines": "Sales\r\n\r\nSet-Cookie: a=b\n\n# Heading\n\t- item",
    "templates": "{{ 7*7 }}{% raw %} {0} {} %s $\\frac{1$ $x^2$ =cmd|'x'!A0",
    "long": "url(https://example.org/x?token=ab) 💥" + "W" * 300,
    "person": "Robin 07700/900417 robin@example.org",
    "style": "var(--alert);} body{display:none} @import '//example.org'; expression(alert(3))",
}
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Evil:
    """Hands out hostile texts in turn."""

    def __init__(self, first: int) -> None:
        self._left = itertools.cycle(list(EVIL.values())[first:] + list(EVIL.values())[:first])

    def __call__(self, text: str = "") -> str:
        """Return the next hostile text, without half characters: no TOML file and no table can hold them."""
        return f"{next(self._left)} {text}".encode(errors="replace").decode()

    def column(self, texts: pd.Series) -> pd.Series:
        """Spoil every text of a column of names, alike where it was alike."""
        known = {text: self(text) for text in texts.dropna().unique()}
        return texts.astype("object").map(known).astype("category")


@pytest.fixture(scope="module", params=[0, 5])
def model(request):
    evil = Evil(request.param)
    settings = named(
        title=f"{evil()}{EVIL['halves']}",
        dids={MAIN: evil("1"), SUPPORT: evil("2")},
        agents={who: Person(evil(), evil(person.group)) for who, person in SETTINGS.agents.items()},
        service_targets={evil(): 30},
        show_agents="name",
    )
    lines = {"n_unknown_lines": 3, "unknown_lines": {evil(): 3}, "unknown_keys": {evil(): 2}}
    found = weekly(usual_calls(n_before=0, n_worse=3), n_before=0, settings=settings, **lines)
    calls, events = (frame.copy() for frame in found.tables)
    for frame in (calls, events):
        for name in {"agent_name", "service_name", "target_name", "target_id", "step_raw", "raw"} & set(
            frame
        ):
            frame[name] = evil.column(frame[name])
    return replace(found, tables=Tables(calls, events))


@pytest.fixture(scope="module")
def parts(model):
    return [part(model) for part in IN_ORDER]


@pytest.fixture(scope="module")
def html(model, parts):
    return document(record.title(model), "".join(parts), running=record.name(model))


def test_the_page_keeps_the_contract_and_has_one_script(html):
    assert breaches(html) == []
    assert html.count("<script") == 1
    assert not re.search(r"<(?:img|iframe|i|b)\b", html)
    assert not _UNSEEN.search(html)
    html.encode()


def test_every_part_closes_what_it_opens(parts):
    void = re.compile(r"<(br|col|hr|img|input|meta|link)\b([^>]*?)/?>")
    for part in parts:
        text = re.sub(r"&(?!(?:amp|lt|gt|quot|#\d+|#x[0-9a-f]+);)", "&amp;", void.sub(r"<\1\2/>", str(part)))
        ElementTree.fromstring(f"<part>{text}</part>")


def test_every_figure_is_still_xml(html):
    figures = re.findall(r"<svg class=\"fig.*?</svg>", html, re.DOTALL)
    assert len(figures) >= 6
    for figure in figures:
        ElementTree.fromstring(figure)


def test_no_number_no_mail_and_no_link_of_a_name_is_shown(html):
    said = plain(html)
    for hidden in ("900417", "robin@", "token=ab"):
        assert hidden not in said


def test_the_numbers_for_programs_are_inert_too(model):
    said = json.dumps(dict(record.record(model)), ensure_ascii=False)
    assert not _UNSEEN.search(said)
    assert "900417" not in said
    said.encode()


def test_an_internal_copy_is_inert_too(model):
    internal = replace(model, audience="internal")
    quoting = (sections.header, sections.call_back, sections.health, sections.define, sections.made)
    html = document(record.title(internal), join(part(internal) for part in quoting))
    assert html.count("<script") == 1
    assert not re.search(r"<(?:img|iframe|i|b)\b", html)
    assert not _UNSEEN.search(html)
    assert "match no known pattern: “" in plain(html)


def test_a_table_file_of_the_same_calls_is_inert(model, tmp_path):
    settings = replace(model.settings, pseudonym_key=Secret("k"))
    path = export(model.tables.calls.head(30), tmp_path / "calls.csv", settings)
    text = path.read_bytes().decode("utf-8-sig")
    assert not re.search("[\x00-\x08\x0e-\x1f\u202a-\u202e\u2066-\u2069]", text)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 31
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n")]
