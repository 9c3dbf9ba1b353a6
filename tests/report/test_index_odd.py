"""Lists of reports whose files are damaged, foreign, hostile or not there."""

import os
import re
import shutil

import pytest

from callkit.errors import NotebookError
from callkit.look.typography import plain
from callkit.report import index, past
from tests.report.listed import SETTINGS, finding, rows, tiles, written
from tests.report.sidecars import NEWEST, put, put_failed, put_many, sidecar
from tests.report.weeks import named


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "weekly"


def test_what_could_not_be_published_says_why_and_shows_nothing_of_the_error(folder):
    put(folder, sidecar(NEWEST))
    put_failed(folder, NEWEST.shift(-1), "AuthError", "key of 07700 900417 refused in /srv/callkit")
    put_failed(folder, NEWEST.shift(-2), "KeyError", "'robin@example.org'")
    put_failed(folder, NEWEST)  # it was made before
    html = written(folder)
    assert rows(html)[1:] == [
        "Week 46 9–15 Nov Not published The account refused the key (tried on Mon 16 Nov, 05:05). "
        "Nothing was overwritten.",
        "Week 45 2–8 Nov Not published The run failed (tried on Mon 9 Nov, 05:05). Nothing was overwritten.",
    ]
    assert finding(html) == "One report, without unusual numbers. Two weeks were not published."
    for hidden in ("900417", "robin", "/srv"):
        assert hidden not in html
    assert "banner" not in html.partition("<main")[2]


def test_internal_reports_are_never_listed(folder):
    put(folder, sidecar(NEWEST))
    put(folder, sidecar(NEWEST.shift(1)), audience=".internal")
    (folder / "_failed").mkdir()
    shutil.copy(folder / "2026" / "2026-W48.internal.json", folder / "_failed" / "2026-W48.internal.json")
    html = written(folder)
    assert [row[:7] for row in rows(html)] == ["Week 47"]
    assert "internal" not in html.partition("<body")[2]


DAMAGED = [
    "",
    "{",
    "[]",
    "null",
    '"ok"',
    "[" * 100_000,
    '{"numbers": {}}',
    "\udcff",
    '{"numbers": ' + "9" * 5000 + "}",
]


@pytest.mark.parametrize("text", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_sidecar_keeps_its_row(folder, text):
    put(folder, sidecar(NEWEST.shift(-1)))
    put(folder, sidecar(NEWEST))
    (folder / "2026" / "2026-W47.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    html = written(folder)
    assert rows(html)[0] == (
        "Week 47 16–22 Nov Numbers not readable 2026-W47.json, beside its page, is damaged or missing; "
        "make the report again."
    )
    assert 'href="2026/2026-W47.html">Week' in html
    assert "The numbers of week 47 of 2026 could not be read." in plain(html)
    assert "Open week 46" in plain(html)
    assert finding(html) == "One report, without unusual numbers."


def test_a_page_without_its_sidecar_and_a_sidecar_without_its_page_keep_their_rows(folder):
    put(folder, sidecar(NEWEST))
    put(folder, sidecar(NEWEST.shift(-1)))
    (folder / "2026" / "2026-W47.html").unlink()
    (folder / "2026" / "2026-W46.json").unlink()
    html = written(folder)
    assert rows(html)[0].endswith("All usual")
    assert "Numbers not readable" in rows(html)[1]
    assert re.findall(r'href="([^"#]+)"', html) == ["2026/2026-W46.html"]


ODD = [
    {"numbers": []},
    {"numbers": [None, 1, {"number": ["n_offered"]}, {"number": "n_offered", "value": "<b>"}]},
    {"n_before": "<script>", "data_as_of": "<b>yesterday</b>", "service_level_s": "20"},
    {"data_as_of": "0001-01-01T00:00:00+00:00", "n_before": 1e308},
    {"numbers": [{"number": "n_offered", "value": float("nan"), "verdict": "high"}]},
    {"numbers": [{"number": "answer_rate", "value": 10**400, "verdict": ["low"], "is_better": "<i>"}]},
    {"numbers": [{"number": "answer_rate", "value": 0.5, "usual_low": 0.6, "verdict": "low", "low": 0.4}]},
]


@pytest.mark.parametrize("changes", ODD, ids=range(len(ODD)))
def test_a_sidecar_of_another_version_is_read_as_far_as_it_goes(folder, changes):
    put(folder, sidecar(NEWEST) | changes)
    put(folder, sidecar(NEWEST.shift(-1)))
    html = written(folder)
    assert rows(html)[0].startswith("Week 47 16–22 Nov ")
    assert len(tiles(html)) == 6
    for inert in ("<b>", "<i>", "<script>s", "nan", "inf"):
        assert inert not in html.partition("</head>")[2].rpartition("<script>")[0]


def test_names_of_files_and_of_the_account_are_words(folder):
    put(folder, sidecar(NEWEST))
    for name in ("9999-W52", "0000-W01", "2026-W99", "2026-11", "x<b>"):
        (folder / "2026" / f"{name}.json").write_text("{}")
        (folder / f"{name}.json").write_text("{}")
    evil = "\u202e<img src=x onerror=alert(1)> 07700 900417 robin@example.org"
    html = written(folder, named(title=evil))
    assert len(rows(html)) == 1
    assert "<img" not in html
    assert not re.search("[\u202a-\u202e]", html)
    assert "900417" not in html
    assert "robin" not in html


def test_a_list_that_breaks_the_contract_is_not_written(folder, monkeypatch):
    put_many(folder)
    before = written(folder)
    monkeypatch.setattr(index, "document", lambda *_, **__: "<p>07700 900417")
    with pytest.raises(NotebookError, match="breaks the report contract"):
        index.write(folder, SETTINGS)
    assert (folder / "index.html").read_text(encoding="utf-8") == before


def test_what_cannot_be_read_for_want_of_rights_keeps_its_row(folder, monkeypatch):
    put(folder, sidecar(NEWEST))
    locked = folder / "2026" / "2026-W47.json"
    locked.chmod(0)
    if os.access(locked, os.R_OK):  # root reads everything
        monkeypatch.setattr(past.json, "loads", lambda _: (_ for _ in ()).throw(PermissionError("no")))
    assert "Numbers not readable" in rows(written(folder))[0]
