import os
import re
import shutil

import pytest

from callkit.errors import NotebookError, UsageError
from callkit.look.typography import plain
from callkit.metrics.signals import BASELINE
from callkit.periods import Month, Week
from callkit.report import index, past, sections
from callkit.report.contract import breaches
from callkit.report.model import N_BEFORE, TILES
from tests.report.sidecars import NEWEST, put, put_failed, put_many, sidecar
from tests.report.weeks import named, weekly

SETTINGS = named()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "weekly"


def written(folder, settings=SETTINGS):
    folder.mkdir(parents=True, exist_ok=True)
    html = index.write(folder, settings).read_text(encoding="utf-8")
    assert breaches(html) == []
    return html


def rows(html):
    """Return the words of each row of the table, captions of a phone left out."""
    body = html.partition("<tbody")[2].partition("</tbody>")[0]
    body = re.sub(r'<span class="cap">.*?</span>', "", body)
    return [plain(row).replace(" ,", ",") for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]


def finding(html):
    return plain(html.partition('<p class="finding">')[2].partition("</p>")[0])


def tiles(html):
    return [plain(tile) for tile in re.findall(r'<li class="tile">.*?</li>', html, re.DOTALL)]


def test_every_week_has_a_row_the_newest_first(folder):
    put_many(folder)
    html = written(folder)
    found = rows(html)
    assert [" ".join(row.split()[:2]) for row in found] == [f"Week {n}" for n in range(47, 33, -1)]
    assert found[0] == (
        "Week 47 16–22 Nov 1,468 81.0%, unusually low, worse 8.7%, unusually high, worse 55 s 69.0% "
        "24, unusually low, better 3 unusual"
    )
    assert found[1].startswith("Week 46 9–15 Nov ")
    assert all(row.endswith("All usual") for row in found[1:-1])
    assert finding(html) == "13 reports, one with unusual numbers. Week 34 was not published."
    assert "13 reports are kept here." in plain(html)


def test_each_link_leads_to_a_page_that_is_there(folder):
    put_many(folder)
    links = re.findall(r'href="([^"#]+)"', written(folder))
    assert links[0] == "2026/2026-W47.html"
    assert len(set(links)) == 13
    assert all((folder / link).is_file() for link in links)


def test_the_top_names_the_newest_report_its_data_and_the_way_to_it(folder):
    put_many(folder)
    html = written(folder)
    words = plain(html)
    assert "Newest: week 47, Monday 16 to Sunday 22 November 2026" in words
    assert "Data as of Monday 23 November, 06:05" in words
    assert "Complete week" in words
    assert plain(re.search(r'<a class="go".*?</a>', html)[0]) == "Open week 47"
    assert tiles(html)[1] == (
        "Answer rate Unusually low · worse 81.0% 1,213 of 1,498 95% interval 79–83% "
        "Usual 82.9–88.7% W35 to W47"
    )
    assert [tile.partition(" Usual")[0] for tile in tiles(html)][4] == "Service level, 20 s"


def test_a_report_leads_back_to_the_list():
    header = sections.header(weekly())
    assert 'href="../index.html">All weeks</a>' in header


def test_months_are_listed_as_months(tmp_path):
    put_many(tmp_path / "monthly", Month(2026, 11))
    html = written(tmp_path / "monthly")
    words = plain(html)
    assert "Newest: November 2026" in words
    assert "Open November 2026" in words
    assert tiles(html)[0].endswith("Nov 2025 to Nov 2026")
    assert "Month Offered" in words
    assert rows(html)[1].startswith("October 2026 1,")
    assert finding(html) == "13 reports, one with unusual numbers. October 2025 was not published."


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


def test_a_failed_week_after_the_newest_report_is_told_at_the_top(folder):
    put(folder, sidecar(NEWEST))
    put_failed(folder, NEWEST.shift(1), "RunTimeoutError")
    told = plain(re.search(r'<div class="banner".*?</div>', written(folder))[0])
    assert told.startswith("No report of week 48 of 2026. Making it took longer than allowed")


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


@pytest.mark.parametrize(
    ("changes", "verdict", "badge"),
    [
        ({"n_before": 5}, "Not enough weeks: 5 of 12", "Not enough weeks: 5 of 12"),
        ({"is_complete": False, "n_before": 5}, "Incomplete", "Not compared"),
    ],
)
def test_what_is_not_compared_says_why(folder, changes, verdict, badge):
    n_before = changes.get("n_before", 12)
    put(folder, sidecar(NEWEST, **{"n_before": n_before, **changes}))
    html = written(folder)
    assert rows(html)[0].endswith(verdict)
    assert all(badge in tile for tile in tiles(html))
    assert 'class="usual"' not in html.partition("<main")[2]
    assert finding(html) == "One report, not compared with usual weeks."


def test_reports_that_are_not_compared_are_counted_apart(folder):
    for back in range(5):
        put(folder, sidecar(NEWEST.shift(-back), n_before=12 - back))
    html = written(folder)
    assert finding(html) == "Five reports, none with unusual numbers."
    assert "Four reports are not compared with usual weeks" in plain(html)


def test_one_report_alone_draws_no_line(folder):
    put(folder, sidecar(NEWEST, n_before=0))
    assert "spark" not in written(folder).partition("<main")[2]


def test_a_week_that_is_missing_or_not_complete_is_a_gap_in_the_line(folder):
    for back in (0, 1, 2, 4, 5, 7):
        put(folder, sidecar(NEWEST.shift(-back), is_complete=back != 2))
    put(folder, sidecar(NEWEST.shift(-20)))
    html = written(folder)
    path = re.search(r'<path vector-effect="non-scaling-stroke" d="([^"]*)"', html)[1]
    assert re.sub(r"[\d. ]+", "", path) == "MMLML"  # alone, then two and two
    assert html.count('<circle class="dot"') == 6
    assert "W40 to W47" in plain(html)


def test_the_mark_of_the_end_is_that_of_the_verdict(folder):
    put_many(folder)
    sparks = re.findall(r'<svg class="bar spark" width="100%".*?</svg>(?=<p)', written(folder), re.DOTALL)
    assert ["polygon" in spark for spark in sparks] == [False, True, True, False, False, True]
    assert ['class="now better open"' in spark for spark in sparks] == [False] * 5 + [True]
    for spark in sparks:
        assert all(0 <= float(y) <= 56 for y in re.findall(r"[ML][\d.]+ ([\d.]+)", spark))


def test_the_same_sidecars_give_the_same_bytes_whatever_lay_there(folder, tmp_path):
    put_many(folder)
    first = written(folder)
    (folder / ".index.html.part").write_text("half of a killed run")
    assert written(folder) == first
    other = tmp_path / "copy" / "weekly"
    for path in sorted(folder.rglob("*.json"), reverse=True):
        there = other / path.relative_to(folder)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
        if there.parent.name != "_failed":
            there.with_suffix(".html").write_text("")
    assert written(other) == first
    assert (folder / "index.html").stat().st_mode & 0o777 == 0o644
    assert not (folder / ".index.html.part").exists()


def test_a_list_that_breaks_the_contract_is_not_written(folder, monkeypatch):
    put_many(folder)
    before = written(folder)
    monkeypatch.setattr(index, "document", lambda *_, **__: "<p>07700 900417")
    with pytest.raises(NotebookError, match="breaks the report contract"):
        index.write(folder, SETTINGS)
    assert (folder / "index.html").read_text(encoding="utf-8") == before


def test_an_empty_folder_says_so_and_one_of_another_name_is_refused(folder, tmp_path):
    words = plain(written(folder))
    assert "No week has been reported yet." in words
    with pytest.raises(UsageError, match="must be named weekly or monthly"):
        index.write(tmp_path, SETTINGS)


def test_a_folder_of_failures_only_names_no_newest(folder):
    put_failed(folder, NEWEST)
    html = written(folder)
    assert "Nothing published" in plain(html)
    assert finding(html) == "No report is published yet. Week 47 was not published."
    assert tiles(html) == []


def test_weeks_of_another_year_name_it(folder):
    for week in (Week(2026, 2), Week(2026, 1), Week(2025, 52), Week(2025, 2)):
        put(folder, sidecar(week))
    assert [" ".join(row.split()[:4]) for row in rows(written(folder))] == [
        "Week 2 5–11 Jan", "Week 1 29 Dec–4", "Week 52 22–28 Dec", "Week 2 6–12 Jan",
    ]  # fmt: skip
    assert "22–28 Dec 2025" in plain(written(folder))


def test_invented_data_say_so_and_the_list_needs_as_many_weeks_as_the_reports(folder):
    put_many(folder)
    html = written(folder, named(example=True))
    assert "<title>Example data · Phone reports, weekly</title>" in html
    assert plain(html).count("Example data") >= 2
    assert past.ENOUGH == BASELINE == N_BEFORE
    assert tuple(past.NUMBERS) == TILES


def test_what_cannot_be_read_for_want_of_rights_keeps_its_row(folder, monkeypatch):
    put(folder, sidecar(NEWEST))
    locked = folder / "2026" / "2026-W47.json"
    locked.chmod(0)
    if os.access(locked, os.R_OK):  # root reads everything
        monkeypatch.setattr(past.json, "loads", lambda _: (_ for _ in ()).throw(PermissionError("no")))
    assert "Numbers not readable" in rows(written(folder))[0]
