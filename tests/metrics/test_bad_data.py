"""Arguments and frames that cannot be used: one sentence that names the value and the remedy."""

import ibis
import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.metrics import waiting
from callkit.metrics.giving_up import hazard
from callkit.metrics.paths import variants
from callkit.metrics.people import people
from callkit.metrics.recovery import episodes
from callkit.metrics.routes import routes
from callkit.metrics.summary import summarise
from callkit.tables.store import Lake
from callkit.tables.tidy import Tables
from tests.metrics.flows import flow, tables
from tests.metrics.frames import same
from tests.metrics.test_summary import MIXED


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"numbers": ["answer_rat"]}, "'answer_rat'.*did you mean 'answer_rate'"),
        ({"by": "servic_name"}, "'servic_name'.*'service_name'"),
        ({"numbers": []}, "numbers is empty"),
        ({"by": 7}, "by 7.* neither"),
        ({"by": [7]}, "by 7.* neither"),
        ({"service_level_s": -1}, "service_level_s -1 is not"),
        ({"short_abandon_s": "5"}, "short_abandon_s '5' is not"),
        ({"short_abandon_s": True}, "short_abandon_s True is not"),
        ({"short_abandon": 5}, "'short_abandon' is not known; did you mean 'short_abandon_s'"),
        ({"service_targets": {5: 10}}, "service_targets names 5"),
        ({"service_targets": 10}, "service_targets 10 is no mapping"),
        ({"numbers": 5}, "numbers 5 is no list"),
        ({"numbers": "ring_answer_rate"}, "'ring_answer_rate' needs the events"),
        ({"since": pd.NaT}, "since NaT is missing"),
        ({"since": "16.11.2026"}, "since '16.11.2026' is not a date"),
        ({"since": "2026-11-16", "until": "2026-11-16"}, "until 2026-11-16 is not after since"),
    ],
)
def test_a_bad_argument_is_named_with_its_remedy(arguments, words):
    with pytest.raises(UsageError, match=words):
        summarise(MIXED, **arguments)


def test_data_that_are_no_calls_are_refused():
    with pytest.raises(UsageError, match="data of type dict"):
        summarise({})
    with pytest.raises(UsageError, match="no column 'call_key'"):
        summarise(pd.DataFrame({"step": []}))
    with pytest.raises(UsageError, match="by 'value' is a column of the answer"):
        summarise(MIXED.assign(value=1), by="value")


@pytest.mark.parametrize(
    ("change", "by", "words"),
    [
        ({"started_local": "2026-11-16 09:00"}, None, "'started_local' holds str, not times"),
        ({"wait_s": "20"}, None, "'wait_s' holds str, not numbers"),
        ({"call_key": 1.5}, None, "'call_key' holds float64, not text"),
        ({"band": pd.Series([[1]] * 600)}, "band", "by 'band' cannot be grouped"),
        ({"band": pd.Timedelta(seconds=5)}, "band", "by 'band' cannot be grouped: it holds durations"),
    ],
)
def test_a_frame_of_other_types_is_refused_in_a_sentence(change, by, words):
    with pytest.raises(UsageError, match=words):
        summarise(MIXED.assign(**change), "n_offered", by)


def test_a_frame_beside_an_ibis_table_is_refused():
    events = pd.DataFrame({"call_key": ["a"], "position": [0], "step": ["dialed"]})
    for mixed in (
        Lake(MIXED, ibis.memtable(events)),
        Tables(MIXED, events)._replace(calls=ibis.memtable(MIXED)),
    ):
        with pytest.raises(UsageError, match=r"calls and events are a frame and an Ibis table; give two"):
            summarise(mixed, "ring_answer_rate")
        with pytest.raises(UsageError, match=r"calls and events are a frame and an Ibis table; give two"):
            variants(mixed)


def test_a_column_that_is_there_twice_is_refused():
    with pytest.raises(UsageError, match="'outcome' is there twice"):
        summarise(pd.concat([MIXED, MIXED[["outcome"]]], axis=1))


@pytest.mark.parametrize("name", ["caller", "started_at", "wait_s", "charge"])
def test_a_column_that_says_nothing_may_have_any_type(name):
    typed = summarise(MIXED.assign(**{name: MIXED[name].where(MIXED["call_key"].isna())}))
    for nothing in (np.nan, None, pd.NaT):
        same(summarise(MIXED.assign(**{name: nothing})), typed)


@pytest.mark.parametrize("unit", ["ns", "ms", "s"])
def test_moments_may_be_told_in_any_unit(unit, tmp_path):
    moments = MIXED.select_dtypes(["datetime", "datetimetz"]).columns
    assert {"started_at", "started_local"} <= set(moments)
    other = MIXED.assign(**{name: MIXED[name].dt.as_unit(unit) for name in moments})
    assert {other[name].dt.unit for name in moments} == {unit}
    same(summarise(other), summarise(MIXED))
    same(summarise(other, "n_offered", "started_at"), summarise(MIXED, "n_offered", "started_at"))
    followed = [episodes(calls.assign(did="02079460000")) for calls in (other, MIXED)]
    same(*followed)
    other.to_parquet(tmp_path / "calls.parquet", index=False)
    same(summarise(ibis.duckdb.connect().read_parquet(tmp_path / "calls.parquet")), summarise(MIXED))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"elapsed_s": "1"}, "'elapsed_s' holds str, not numbers"),
        ({"step": None}, None),
        ({"target_id": None, "target_name": None}, None),
    ],
)
def test_events_of_other_types_are_refused_in_a_sentence_and_empty_ones_tell_nothing(change, words):
    told = tables(flow("answered", (0, "received"), (1, "dialed", "201"), (3, "answered", "201")))
    data = told._replace(events=told.events.assign(**change))
    if words:
        with pytest.raises(UsageError, match=words):
            people(data)
    else:
        assert len(people(data)) <= 1


def test_events_may_lack_columns_but_not_their_place():
    told = tables(flow("answered", (0, "received"), (1, "dialed", "201"), (3, "answered", "201")))
    assert len(people(told._replace(events=told.events.drop(columns=["target_id", "raw"])))) == 1
    with pytest.raises(UsageError, match="the events have no column 'position'"):
        people(told._replace(events=told.events.drop(columns="position")))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: hazard(MIXED, width_s="5"), "width_s '5' cannot be used; give a number"),
        (lambda: hazard(MIXED, last_s=np.inf), "last_s inf cannot be used"),
        (lambda: waiting.wait_bins(MIXED, width_s=None), "width_s None cannot be used"),
        (lambda: waiting.willing_wait(MIXED, "half"), "levels"),
        (
            lambda: routes(tables(flow("answered", (0, "received"))), most=-1),
            "most -1 is no number of routes",
        ),
    ],
)
def test_a_bad_number_is_named_with_its_remedy(ask, words):
    with pytest.raises(UsageError, match=words):
        ask()


def test_one_level_may_be_given_alone():
    same(waiting.willing_wait(MIXED, 0.25), waiting.willing_wait(MIXED, [0.25]))
