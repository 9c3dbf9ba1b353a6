"""What a sync does where a read proves nothing, and what it says of days it could not read."""

from datetime import UTC, date, datetime

import pytest

from callkit.errors import ServerError
from callkit.tables.store import load
from tests.fetch.answers import Answer, answering, page, record
from tests.pipeline.shop import TUESDAY, phones, run


def within(records, asked, size=2, announced=None):
    """Answer with the records of the span that is asked for, a page of them."""
    query = asked.query
    fit = [r for r in records if query["from_date"][11:] <= r["date"][12:] <= query["to_date"][11:]]
    number = int(query["page"])
    total = len(fit) if announced is None else announced
    return Answer(page(fit[(number - 1) * size : number * size], total, number))


def test_fewer_records_than_announced_is_said_and_fetched_again(settings):
    with answering(by=lambda asked: within([record(1)], asked, announced=2)) as (url, _):
        broken = run(settings, url, until=TUESDAY)
    assert not broken.is_complete
    assert "records were announced and 1 came); sync again." in str(broken)
    with answering(Answer(page([record(1), record(0)]))) as (url, _):
        whole = run(settings, url, until=TUESDAY)
    assert [w.why for w in whole.fetched] == ["incomplete"]
    assert whole.is_complete


def test_a_read_that_proves_nothing_is_followed_by_one_in_parts(settings):
    records = [record(i) for i in reversed(range(5))]

    def by(asked):  # the parameter page is ignored
        asked.query["page"] = "1"
        return within(records, asked, size=3)

    with answering(by=by) as (url, asked):
        report = run(settings, url, until=TUESDAY)
    spans = {a.query["from_date"][11:] for a in asked}
    assert spans == {"00:00:00", "06:00:00", "12:00:00", "18:00:00"}
    assert not report.is_complete
    assert len(load(settings).calls) == 3


def test_calls_that_arrive_while_they_are_read_are_in_the_read_after(settings):
    records = [record(i) for i in reversed(range(5))]

    def by(asked):
        answer = within(records, asked)
        if len(records) == 5:
            records.insert(0, record(5))
        return answer

    with answering(by=by) as (url, _):
        report = run(settings, url, until=TUESDAY)
    assert report.is_complete
    totals = report.totals
    assert (totals["announced"], totals["received"], totals["duplicates"], totals["kept"]) == (6, 6, 0, 6)


def test_a_later_read_that_brings_less_loses_nothing(settings):
    with answering(Answer(page([record(1), record(0)]))) as (url, _):
        run(settings, url, until=TUESDAY, moment=datetime(2026, 11, 17, 9, tzinfo=UTC))
    with answering(Answer(page([record(1)], 2)), Answer(page([], 2, 2))) as (url, _):
        report = run(settings, url, until=TUESDAY)
    assert len(load(settings).calls) == 2
    assert not report.is_complete


def test_duplicates_across_pages_are_counted_not_kept(settings):
    again = record(1) | {"id": 99}  # another row of the same call
    pages = [page([record(2), record(1)], 4), page([again, record(0)], 4, 2)]
    with answering(by=lambda asked: Answer(pages[int(asked.query["page"]) - 1])) as (url, _):
        report = run(settings, url, until=TUESDAY)
    totals = report.totals
    assert (totals["received"], totals["duplicates"], totals["kept"]) == (4, 1, 3)
    assert "the 1 day that has ended brought as many records" in str(report)
    assert "4 received = 3 calls + 1 duplicate + 0 unreadable records" in str(report)


def test_a_day_that_alone_cannot_be_read_is_passed_over_and_said(settings):
    def by(asked):
        return Answer("<html>", 200) if asked.query["from_date"][:10] == "2026-11-17" else phones()(asked)

    with answering(by=by) as (url, _):
        report = run(settings, url)
    assert len(load(settings).calls) == 8
    assert not report.is_complete
    assert "2026-11-17 (it could not be read:" in str(report)
    with answering(by=phones()) as (url, _):
        assert run(settings, url).is_complete


def test_a_server_that_fails_on_every_day_is_left_alone(settings):
    with answering(Answer(status=500)) as (url, asked), pytest.raises(ServerError, match="answered 500"):
        run(settings, url, since=date(2026, 10, 1))
    assert len({a.query["from_date"][:10] for a in asked}) <= 8


def test_bad_days_apart_from_each_other_hold_nobody_up(settings):
    def by(asked):
        return (
            Answer(status=500)
            if asked.query["from_date"][8:10] in ("02", "05", "08", "11")
            else Answer(page([]))
        )

    with answering(by=by) as (url, _):
        report = run(settings, url, since=date(2026, 11, 1), until=date(2026, 11, 15))
    assert report.statements["is_complete"].sum() == 10


def test_a_day_whose_dates_cannot_be_read_is_asked_for_again(settings):
    odd = page([record(i) | {"date": "soon"} for i in range(20)])

    def by(asked):
        return Answer(odd if asked.query["from_date"].startswith("2026-11-16") else page([]))

    with answering(by=by) as (url, _):
        broken = run(settings, url)
    assert broken.statements["is_complete"].tolist() == [False, True, True]
    with answering(by=phones()) as (url, _):
        assert run(settings, url).is_complete
