import re
import shutil

import pytest

from callkit.errors import UsageError
from callkit.look.typography import plain
from callkit.metrics.judging import BASELINE
from callkit.periods import Month, Week
from callkit.report import index, past, sections
from callkit.report.model import N_BEFORE, TILES
from tests.report.listed import SETTINGS, finding, rows, tiles, written
from tests.report.sidecars import NEWEST, put, put_failed, put_many, sidecar
from tests.report.weeks import named, weekly


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "weekly"


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
    assert 'href="../index.html">All weeks, in the reports’ folder</a>' in header


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


def test_a_failed_week_after_the_newest_report_is_told_at_the_top(folder):
    put(folder, sidecar(NEWEST))
    put_failed(folder, NEWEST.shift(1), "RunTimeoutError")
    told = plain(re.search(r'<div class="banner".*?</div>', written(folder))[0])
    assert told.startswith("No report of week 48 of 2026. Making it took longer than allowed")


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
        "Week 2 5–11 Jan", "Week 1 29 Dec–4", "Week 52 22–28 Dec", "Weeks 3 to 51", "Week 2 6–12 Jan",
    ]  # fmt: skip
    assert "22–28 Dec 2025" in plain(written(folder))


def test_invented_data_say_so_and_the_list_needs_as_many_weeks_as_the_reports(folder):
    put_many(folder)
    html = written(folder, named(example=True))
    assert "<title>Example data · Phone reports, weekly</title>" in html
    assert plain(html).count("Example data") >= 2
    assert past.ENOUGH == BASELINE == N_BEFORE
    assert tuple(past.NUMBERS) == TILES


def test_weeks_nobody_reported_are_a_row_a_sentence_and_a_gap(folder):
    for back in (0, 1, 8, 10):
        put(folder, sidecar(NEWEST.shift(-back)))
    put_failed(folder, NEWEST.shift(-4))
    html = written(folder)
    assert [row.split("  ")[0].partition(" No report")[0] for row in rows(html) if "No report" in row] == [
        "Weeks 44 to 45 26 Oct–8 Nov", "Weeks 40 to 42 28 Sep–18 Oct", "Week 38 14–20 Sep",
    ]  # fmt: skip
    assert "None was made of these two weeks, or none is left here." in plain(html)
    assert finding(html) == (
        "Four reports, none with unusual numbers. Week 43 was not published. Six weeks between have no report."
    )
    assert "broken where no whole week was reported" in plain(html)


def test_months_nobody_reported_are_told_too(tmp_path):
    for back in (0, 2, 5):
        put(tmp_path / "monthly", sidecar(Month(2026, 2).shift(-back)))
    html = written(tmp_path / "monthly")
    found = [row.partition(" No report")[0] for row in rows(html) if "No report" in row]
    assert found == ["January 2026", "October 2025 to November 2025"]
    assert "None was made of this month, or none is left here." in plain(html)
    assert finding(html).endswith("Three months between have no report.")


def test_a_gap_over_new_year_names_the_year_it_began_in(folder):
    for week in (Week(2026, 3), Week(2025, 50)):
        put(folder, sidecar(week))
    assert rows(written(folder))[1].startswith("Weeks 51 to 2 15 Dec 2025–11 Jan No report")


def test_reports_in_a_row_have_no_gap(folder):
    put_many(folder)
    said = plain(written(folder))
    assert "no report" not in said.lower()
    assert "broken" not in said
