import logging
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas.testing as pdt
import pytest

from callkit import schema
from callkit.errors import NoDataError, UsageError
from callkit.tables import store
from tests.fetch.answers import record
from tests.tables.archived import LATER, MONDAY, put


def test_calls_come_in_the_order_of_their_start(three_days):
    calls, events = store.load(three_days)
    starts = ["2026-11-16 09:00:00", "2026-11-16 09:00:01", "2026-11-16 09:00:02",
              "2026-11-18 09:00:00", "2026-11-18 09:00:01"]  # fmt: skip
    assert calls["started_local"].astype(str).tolist() == starts
    assert list(dict.fromkeys(events["call_key"])) == calls["call_key"].tolist()
    assert events["position"].tolist() == [0, 1, 2, 3] * 5


def test_the_columns_are_those_of_the_schema(three_days):
    calls, events = store.load(three_days)
    assert list(calls) == schema.CALLS_SCHEMA.names
    assert list(events) == schema.EVENTS_SCHEMA.names
    assert calls["started_at"].dtype == "datetime64[us, UTC]"
    assert calls["started_local"].dtype == "datetime64[us]"
    assert calls["outcome"].dtype == "category"
    assert calls["call_key"].dtype == "str"
    assert calls["n_steps"].dtype == np.int32
    assert calls["duration_s"].dtype == np.float64


def test_a_day_without_calls_has_whole_empty_tables(settings):
    put(settings, MONDAY, [])
    calls, events = store.load(settings)
    assert (len(calls), len(events)) == (0, 0)
    put(settings, MONDAY + timedelta(days=1), [record(0, "17-Nov-2026")])
    later = store.load(settings, since="2026-11-17")
    assert list(later.calls) == list(calls)
    assert (
        later.events.dtypes.drop("target_name").map(str).to_dict()
        == events.dtypes.drop("target_name").map(str).to_dict()
    )


def test_what_is_loaded_is_what_is_opened(three_days):
    calls, events = store.load(three_days)
    lake = store.open(three_days)
    for loaded, opened, order in (
        (calls, lake.calls, ["call_key"]),
        (events, lake.events, ["call_key", "position"]),
    ):
        found = opened.order_by(order).to_pandas()
        wanted = loaded.sort_values(order, ignore_index=True)
        assert list(found) == list(wanted)
        for name in wanted:
            pdt.assert_series_equal(
                found[name].astype(object).where(found[name].notna(), None),
                wanted[name].astype(object).where(wanted[name].notna(), None),
                check_dtype=False,
            )


def test_opened_tables_answer_questions(three_days):
    calls = store.open(three_days).calls
    assert calls.filter(calls.started_local.hour() == 9).count().execute() == 5


@pytest.mark.parametrize(
    ("span", "n"),
    [
        ({"since": "2026-11-16", "until": "2026-11-17"}, 3),
        ({"since": date(2026, 11, 17)}, 2),
        ({"until": "2026-11-18"}, 3),
        ({}, 5),
    ],
)
def test_until_is_the_day_after_the_last_one(three_days, span, n):
    assert len(store.load(three_days, **span).calls) == n


def test_weeks_are_the_last_complete_ones(three_days, monkeypatch):
    monkeypatch.setattr("callkit.clock.now", lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert len(store.load(three_days, weeks=1).calls) == 5
    monkeypatch.setattr("callkit.clock.now", lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    with pytest.raises(NoDataError, match="from 2026-11-02 up to 2026-11-15"):
        store.load(three_days, weeks=2)


@pytest.mark.parametrize(
    "span", [{"weeks": 2, "since": "2026-11-16"}, {"weeks": 0}, {"since": "16/11/2026"}, {"until": "soon"}]
)
def test_a_span_that_makes_no_sense(three_days, span):
    with pytest.raises(UsageError):
        store.load(three_days, **span)


def test_an_empty_account_says_what_to_do(settings):
    with pytest.raises(NoDataError, match=r"account 'shop' are here; fetch them with ck\.sync"):
        store.open(settings)
    with pytest.raises(NoDataError, match=r"callkit sync --since 2026-11-16\."):
        store.load(settings, since="2026-11-16")
    assert list(settings.data.iterdir()) == []


def test_days_never_fetched_are_said(three_days, caplog):
    with caplog.at_level(logging.WARNING, "callkit"):
        store.load(three_days, since="2026-11-14", until="2026-11-19")
    assert caplog.messages == [
        "2 days were never fetched, the first of them 2026-11-14; ck.sync(settings) gets them."
    ]


def test_a_call_in_two_windows_counts_once_and_the_later_read_is_kept(settings, caplog):
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    put(settings, MONDAY, [record(0), record(1)])
    put(settings, tuesday, [record(1, duration="30"), record(2)], LATER + timedelta(hours=1))
    put(settings, wednesday, [record(2, duration="40")])
    with caplog.at_level(logging.INFO, "callkit"):
        calls, events = store.load(settings)
    assert calls["duration_s"].tolist() == [9.0, 30.0, 9.0]
    assert len(events) == 12
    assert "2 calls stand in two days' windows; the later read is kept." in caplog.messages
    lake = store.open(settings)
    assert sorted(lake.calls.duration_s.execute()) == [9.0, 9.0, 30.0]
    assert lake.events.count().execute() == 12
    assert list(lake.events.columns) == list(events)


def test_statements_have_a_row_a_day(three_days):
    put(three_days, date(2026, 11, 20), [record(0), record(0), "odd"])
    frame = store.statements(three_days, "2026-11-16", "2026-11-21")
    assert frame["day"].dt.date.tolist() == [MONDAY + timedelta(days=i) for i in range(5)]
    assert frame["received"].tolist() == [3, 0, 2, 0, 3]
    assert frame["kept"].tolist() == [3, 0, 2, 0, 1]
    assert (frame["received"] == frame["kept"] + frame["duplicates"] + frame["quarantined"]).all()
    assert frame["n_lines"].tolist() == [12, 0, 8, 0, 4]
    assert frame["is_complete"].tolist() == [True, True, True, False, False]
    assert frame["doubt"].iloc[-1] == "3 records were announced and 2 came"
    assert frame["doubt"].tolist()[3] == "never fetched"
    assert frame["fetched_at"].isna().tolist() == [False, False, False, True, False]
    assert frame["fetched_at"].dtype == "datetime64[us, UTC]"
    assert frame["unknown_keys"].tolist() == ["{}"] * 5
    assert frame["sha256"].str.len().tolist() == [64, 64, 64, 0, 64]


def test_statements_of_an_account_without_data(settings):
    frame = store.statements(settings, MONDAY, MONDAY + timedelta(days=2))
    assert frame["is_complete"].tolist() == [False, False]
    assert frame["received"].tolist() == [0, 0]
