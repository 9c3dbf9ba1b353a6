from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from callkit.errors import AuthError, LockedError, SettingsError, UsageError
from callkit.fetch import archive
from callkit.pipeline.sync import sync
from callkit.privacy import Secret
from callkit.tables.store import load
from tests.fetch.answers import Answer, answering, page, record
from tests.pipeline.shop import LATER, MONDAY, THURSDAY, TUESDAY, phones, run


def test_every_day_is_fetched_and_the_counts_add_up(settings):
    with answering(by=phones()) as (url, _):
        report = run(settings, url)
    assert report.statements["received"].tolist() == [5, 0, 3]
    assert report.statements["announced"].tolist() == [5, 0, 3]
    assert report.statements["n_pages"].tolist() == [3, 1, 2]
    assert report.totals["received"] == report.totals["kept"] == len(load(settings).calls) == 8
    assert report.is_complete
    assert [w.why for w in report.fetched] == ["new"] * 3


def test_a_second_sync_fetches_nothing_old(settings):
    with answering(by=phones()) as (url, asked):
        run(settings, url)
        n = len(asked)
        report = run(settings, url)
    assert len(asked) == n
    assert report.fetched == ()
    assert report.is_complete
    assert "nothing, all days were here" in str(report)


def test_days_less_than_48_hours_past_are_read_again(settings):
    thursday_morning = datetime(2026, 11, 19, 9, tzinfo=UTC)
    with answering(by=phones()) as (url, asked):
        first = run(settings, url, moment=thursday_morning)
        asked.clear()
        second = run(settings, url, moment=thursday_morning + timedelta(minutes=1))
        again = {a.query["from_date"][:10] for a in asked}
        settled = run(settings, url, moment=LATER)
        last = run(settings, url, moment=LATER)
    assert first.is_complete
    assert second.is_complete
    assert again == {"2026-11-17", "2026-11-18"}
    assert [w.why for w in second.fetched] == ["pending"] * 2
    assert len(settled.fetched) == 2
    assert last.fetched == ()


def test_what_changed_after_hang_up_is_taken_over(settings):
    early = datetime(2026, 11, 17, 9, tzinfo=UTC)
    with answering(Answer(page([record(1, duration="9")]))) as (url, _):
        run(settings, url, until=TUESDAY, moment=early)
    with answering(Answer(page([record(1, duration="12"), record(0)]))) as (url, _):
        report = run(settings, url, until=TUESDAY)
    calls = load(settings).calls
    assert calls["duration_s"].tolist() == [9.0, 12.0]
    assert report.totals["received"] == 2
    assert len(archive.files(settings)[MONDAY]) == 2


def test_this_day_is_read_so_far_and_not_complete(settings):
    noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
    with answering(by=phones()) as (url, asked):
        report = run(settings, url, moment=noon)
    assert max(a.query["to_date"] for a in asked) == "2026-11-18 11:57:59"
    assert report.statements["is_complete"].tolist() == [True, True, False]
    assert report.statements["doubt"].iloc[-1] == "the day had not ended; it is read up to 11:58"
    assert report.is_complete
    assert "Today is read up to 11:58" in str(report)


def test_future_days_are_not_asked_for(settings):
    with answering(by=phones()) as (url, asked):
        report = run(settings, url, until=date(2026, 12, 24), moment=datetime(2026, 11, 17, 9, tzinfo=UTC))
    assert {a.query["from_date"][:10] for a in asked} == {"2026-11-16", "2026-11-17"}
    assert len(report.statements) == 38


def test_a_record_that_cannot_be_read_is_kept_aside_and_counted(settings):
    with answering(Answer(page([record(1), "not a record"]))) as (url, _):
        report = run(settings, url, until=TUESDAY)
    assert (report.totals["received"], report.totals["kept"], report.totals["quarantined"]) == (2, 1, 1)
    quarantine = settings.folder("tables") / "quarantine" / "2026-11-16.jsonl"
    assert "not a record" in quarantine.read_text()


def test_unknown_fields_and_lines_are_named(settings):
    odd = record(1) | {"mood": "good"}
    odd["call_stats"]["call_flow"].insert(1, " Call admired by nobody")
    with answering(Answer(page([odd]))) as (url, _):
        report = run(settings, url, until=TUESDAY)
    assert "mood (1)" in str(report)
    assert "5, of which 1 without a fitting row" in str(report)


def test_an_error_leaves_the_days_before_it_done(settings):
    def by(asked):
        return phones()(asked) if asked.query["from_date"] < "2026-11-18" else Answer("{}", 401)

    with answering(by=by) as (url, _), pytest.raises(AuthError):
        run(settings, url)
    assert len(load(settings).calls) == 5
    assert list(archive.files(settings)) == [MONDAY, TUESDAY]
    with answering(by=phones()) as (url, asked):
        report = run(settings, url)
    assert {a.query["from_date"][:10] for a in asked} == {"2026-11-18"}
    assert report.is_complete


def test_without_a_key_nothing_is_written(settings):
    with pytest.raises(SettingsError, match="CALLKIT_TOKEN"):
        sync(replace(settings, token=Secret()), MONDAY, TUESDAY)
    assert list(settings.data.iterdir()) == []


def test_an_empty_span_is_refused(settings):
    with pytest.raises(UsageError, match="2026-11-17 is not before until 2026-11-16"):
        sync(settings, TUESDAY, MONDAY)


def test_a_span_that_lies_ahead_is_refused(settings):
    with pytest.raises(UsageError, match="since 2026-11-17 lies ahead: today is 2026-11-16"):
        sync(settings, TUESDAY, THURSDAY, now=lambda: datetime(2026, 11, 16, 9, tzinfo=UTC))
    assert list(settings.data.iterdir()) == []


def test_two_syncs_at_once(settings):
    with archive.lock(settings), pytest.raises(LockedError):
        sync(settings, MONDAY, TUESDAY)


def test_it_is_quiet_where_nobody_watches(settings, capsys):
    with answering(by=phones()) as (url, _):
        run(settings, url)
    assert capsys.readouterr() == ("", "")


def test_progress_can_be_asked_for(settings, capsys):
    with answering(by=phones()) as (url, _):
        sync(replace(settings, base_url=url), MONDAY, THURSDAY, progress=True, now=lambda: LATER)
    assert "Fetching shop" in capsys.readouterr().err


def test_the_report_as_html_escapes_and_says_the_same(settings):
    with answering(Answer(page([record(1) | {"<b>": 1}]))) as (url, _):
        report = run(settings, url, until=TUESDAY)
    assert "&lt;b&gt; (1)" in report._repr_html_()
    assert "<table>" in report._repr_html_()
