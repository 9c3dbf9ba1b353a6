import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from callkit.dialects import RawPage
from callkit.errors import ArchiveError, LockedError, UsageError
from callkit.fetch import archive
from callkit.fetch.windows import Window
from callkit.pipeline import published
from callkit.pipeline.forget import forget
from callkit.tables import days, store
from tests.fetch.answers import page, record
from tests.pipeline.retained import MONDAY, NUMBER, OTHER, calls, files, log, put, report, shown, with_caller
from tests.tables.archived import LATER

TUESDAY = MONDAY + timedelta(days=1)
MUCH_LATER = datetime(2027, 1, 4, 9, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path):
    return with_caller(tmp_path)


def run(settings, number=NUMBER, **options):
    return forget(settings, number, **{"now": lambda: MUCH_LATER} | options)


def test_no_file_shows_the_number_afterwards(settings):
    assert len(shown(settings)) >= 8
    report = run(settings)
    assert shown(settings) == []
    assert shown(settings, "+447700900999") != []
    assert report.days == (MONDAY, MONDAY + timedelta(days=2))
    assert (report.n_raw_files, report.n_pages, report.n_records) == (3, 3, 6)
    assert report.returning == ()


@pytest.mark.parametrize(
    "number", ["07700900417", "07700 900 417", "+44 7700 900417", "00447700900417", "447700900417\n"]
)
def test_the_number_can_be_given_in_any_writing(settings, number):
    assert run(settings, number).n_records == 6
    assert shown(settings) == []


def test_the_counts_stay_honest(settings):
    before = store.statements(settings, MONDAY, MONDAY + timedelta(days=3))
    run(settings)
    after = store.statements(settings, MONDAY, MONDAY + timedelta(days=3))
    assert after["forgotten"].tolist() == [1, 0, 4]
    assert after["received"].tolist() == before["received"].tolist() == [5, 3, 6]
    fates = after["kept"] + after["duplicates"] + after["quarantined"] + after["forgotten"]
    assert (after["received"] == fates).all()
    assert before["is_complete"].tolist() == [True, True, False]  # a record could not be read
    assert after["is_complete"].tolist() == [True, True, True]  # and it was the caller's
    assert (after["sha256"] == before["sha256"]).tolist() == [False, True, False]


def test_other_pages_and_days_stay_byte_for_byte(settings):
    thursday = MONDAY + timedelta(days=3)
    bodies = [page(calls(thursday, 2), 4), page([record(7, caller=NUMBER), record(8, caller=OTHER)], 4, 2)]
    start = datetime.combine(thursday, datetime.min.time())
    window = Window(thursday, start, start + timedelta(days=1), "new")
    path = archive.write(settings, window, [RawPage(b, LATER, "p") for b in bodies], lambda: LATER)
    tuesday = archive.files(settings)[TUESDAY][0]
    untouched = tuesday.read_bytes(), days.path(settings, "calls", TUESDAY).read_bytes()
    run(settings)
    first, second = archive.read(path).pages
    assert first.body == bodies[0]
    assert second.body == bodies[1].replace(json.dumps(record(7, caller=NUMBER)).encode() + b", ", b"")
    assert (tuesday.read_bytes(), days.path(settings, "calls", TUESDAY).read_bytes()) == untouched
    assert archive.read(path).forgotten == 1


def test_reports_that_show_it_go_with_their_siblings_and_others_stay(settings):
    found = run(settings)
    left = {p.relative_to(settings.folder("reports")).as_posix() for p in published._files(settings)}
    assert left == {
        "weekly/2026/2026-W46.internal.html",
        "weekly/2026/2026-W47.html",
        "weekly/2026/2026-W47.ipynb",
    }
    assert found.reports == (
        "weekly/2026/2026-W47.internal.html",
        "weekly/2026/2026-W47.internal.ipynb",
        "weekly/2026/2026-W47.internal.json",
        "weekly/_failed/2026-W47.ipynb",
        "weekly/_failed/2026-W47.json",
    )


def test_a_pdf_goes_with_its_page_and_one_that_lost_its_internal_page_goes_too(settings):
    closed = "%PDF, packed"
    for name in ("2026-W47.internal", "2026-W46.internal", "2026-W45.internal", "2026-W47"):
        report(settings, f"{name}.pdf", closed)
    report(settings, "2026-11.internal.html", "<td>07700 900417</td>", "monthly/2026")
    report(settings, "2026-11.internal.pdf", closed, "monthly/2026")
    found = forget(settings, NUMBER)
    folder = settings.folder("reports")
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*.pdf")}
    assert left == {"weekly/2026/2026-W46.internal.pdf", "weekly/2026/2026-W47.pdf"}
    assert {"weekly/2026/2026-W45.internal.pdf", "monthly/2026/2026-11.internal.pdf"} <= {*found.reports}


def test_it_is_logged_without_the_number(settings):
    run(settings)
    begun, done = log(settings)
    assert (begun["state"], done["state"]) == ("begun", "done")
    assert done["what"] == "forget"
    assert (done["first_day"], done["last_day"]) == ("2026-11-16", "2026-11-18")
    assert (done["raw_files"], done["pages"], done["records"], done["table_days"], done["report_files"]) == (
        3, 3, 6, 2, 5,
    )  # fmt: skip
    assert set(done) == {
        "at", "what", "state", "first_day", "last_day", "raw_files", "pages", "records", "table_days",
        "report_files",
    }  # fmt: skip


def test_a_trial_changes_nothing(settings):
    before = files(settings)
    tried = run(settings, dry_run=True)
    assert files(settings) == before
    assert "nothing was changed" in str(tried)
    assert tried.numbers == run(settings).numbers


def test_nothing_to_forget_is_said_and_not_logged(settings):
    found = run(settings, "07700900123")
    assert "nothing; no record and no report here shows this number" in str(found)
    assert log(settings) == []
    assert run(settings).n_records == 6
    assert "nothing; no record" in str(run(settings))


def test_no_log_and_no_output_shows_the_number(settings, caplog):
    caplog.set_level(logging.DEBUG)
    said = str(run(settings)) + caplog.text
    assert "Mobile, ends 417" in said
    assert "900417" not in said


def test_days_that_the_next_sync_reads_again_are_named(settings):
    day = MONDAY + timedelta(days=3)
    put(settings, day, [record(1, "19-Nov-2026", caller=NUMBER)], datetime(2026, 11, 20, 9, tzinfo=UTC))
    put(settings, day + timedelta(days=1), [record(1, "20-Nov-2026", caller=NUMBER)], LATER, announced=2)
    put(settings, day + timedelta(days=2), calls(day + timedelta(days=2)), announced=9)
    found = run(settings)
    assert found.returning == (day, day + timedelta(days=1))
    assert "2026-11-19, 2026-11-20 will be read again by the next sync" in str(found)
    assert run(settings).returning == found.returning


@pytest.mark.parametrize(
    "number", ["", "abc", "417", "077009", "07700900417 07700900418", "+4477009004170000"]
)
def test_what_is_no_whole_number_is_refused_without_repeating_it(settings, number):
    with pytest.raises(UsageError, match="not a whole phone number") as caught:
        run(settings, number)
    assert not number or number not in str(caught.value)


@pytest.mark.parametrize("dids", [{"442079460100": "Sales"}, {"020 7946 0100": "Sales"}, {}])
def test_our_own_numbers_are_refused(settings, dids):
    before = files(settings)
    with pytest.raises(UsageError, match="one of our own") as caught:
        run(replace(settings, dids=dids), "+442079460100")
    assert "9460100" not in str(caught.value)
    assert files(settings) == before


def test_it_waits_for_nobody(settings):
    with archive.lock(settings), pytest.raises(LockedError):
        run(settings)
    with published.locked(settings), pytest.raises(LockedError, match="weekly report of account 'shop'"):
        run(settings)


def test_a_damaged_file_stops_it_before_anything_is_changed(settings):
    path = archive.files(settings)[MONDAY + timedelta(days=2)][-1]
    path.write_bytes(path.read_bytes()[:-9])
    before = files(settings)
    with pytest.raises(ArchiveError, match="is damaged"):
        run(settings)
    assert files(settings) == before


def test_a_number_outside_of_the_records_is_not_passed_over(settings):
    body = page(calls(TUESDAY)).replace(b'"page"', b'"asked_for": "07700900417", "page"')
    start = datetime.combine(TUESDAY, datetime.min.time())
    window = Window(TUESDAY, start, start + timedelta(days=1), "new")
    archive.write(settings, window, [RawPage(body, LATER, "p")], lambda: LATER)
    with pytest.raises(ArchiveError, match="outside of its records; remove it"):
        run(settings)
