"""Every number by groups, against the same counted call by call: whole groups without what a number counts, too."""

import ibis
import numpy as np
import pandas as pd
import pytest

from callkit.metrics import catalogue, terms
from callkit.metrics.groupings import Grouping
from callkit.metrics.number import Number
from callkit.metrics.summary import VALUES, summarise
from tests.metrics import slow
from tests.metrics.frames import call, calls, times
from tests.metrics.test_summary import MIXED, mixed

BYS = [
    [], ["service_name"], ["hour_of_day", "service_name"], ["day"], ["iso_week", "service_name"], ["month", "weekday"],
    ["caller"], ["wait_s"],
]  # fmt: skip
CALLER = "+447700900101"
SHOP = {
    "all kinds": MIXED,
    "few": mixed(40, 3),
    "no calls": MIXED.iloc[:0],
    "one service rings out only": MIXED.assign(
        direction=MIXED["direction"].mask(MIXED["service_name"] == "Sales", "outbound")
    ),
    "one service misses nobody": MIXED.assign(
        outcome=MIXED["outcome"].mask(MIXED["service_name"] == "Sales", "answered")
    ),
    "no wait is known": MIXED.assign(wait_s=np.nan),
    "all withheld": MIXED.assign(caller=pd.Series(None, MIXED.index, "str")),
    "reached by another service": calls(
        call("abandoned", 9, caller=CALLER, service_name="Sales"),
        call("answered", 3, caller=CALLER, service_name="Support"),
        *times(2, call("busy", caller=None)),
        call("busy", started_local=None, caller="+447700900102"),
    ),
}


def rows(found, by):
    """Yield each row's group, None where null, and the row."""
    groups = found[by].astype(object).where(found[by].notna(), None).itertuples(index=False, name=None)
    return zip(groups if by else [()] * len(found), found.itertuples(), strict=True)


def told(row):
    return row.value, row.numerator, row.n, row.low, row.high, row.n_null


def alike(expected):
    return pytest.approx([np.nan if x is None else x for x in expected], rel=1e-12, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("by", BYS, ids=str)
@pytest.mark.parametrize("shop", SHOP)
def test_every_number_of_every_group_is_the_one_counted_call_by_call(shop, by, held):
    found, expected = summarise(held(SHOP[shop]), by=by), slow.summarised(SHOP[shop], by)
    assert len(found) == len(expected) * len(catalogue.CATALOGUE)
    for group, row in rows(found, by):
        assert told(row) == alike(expected[group][row.number]), row.number
        assert row.method == ("Wilson" if catalogue.CATALOGUE[row.number].statistic == "share" else "")


@pytest.mark.parametrize("options", [(45.5, 0), (0, 12)])
def test_thresholds_of_the_readers_own(options, held):
    asked = dict(zip(("service_level_s", "short_abandon_s"), options, strict=True))
    found, expected = (
        summarise(held(MIXED), by="weekday", **asked),
        slow.summarised(MIXED, ["weekday"], *options),
    )
    for group, row in rows(found, ["weekday"]):
        assert told(row) == alike(expected[group][row.number]), row.number


@pytest.mark.parametrize("number", catalogue.CATALOGUE)
def test_a_number_alone_is_the_one_among_all(number, held):
    data = held(SHOP["one service misses nobody"])
    every = summarise(data, by="service_name")
    alone = summarise(data, number, by="service_name")
    pd.testing.assert_frame_equal(alone, every[every["number"] == number].reset_index(drop=True))
    assert len(alone) == 3


@pytest.mark.parametrize("number", catalogue.CATALOGUE)
@pytest.mark.parametrize("by", [None, "weekday"])
def test_the_types_of_a_number_alone_are_those_of_all(number, by, held):
    expected = summarise(MIXED, by=by).dtypes.to_dict()
    for frame in (MIXED.iloc[:0], MIXED.assign(direction="outbound")):
        assert summarise(held(frame), number, by).dtypes.to_dict() == expected


def test_numbers_stand_in_the_order_asked_whatever_they_are_taken_over():
    asked = ["n_unreached", "wait_p90", "n_offered", "n_missed_callers"]
    assert summarise(MIXED, asked)["number"].tolist() == asked
    assert summarise(MIXED, asked, "service_name")["number"].tolist() == asked * 3


def test_a_number_may_read_any_column_of_the_calls(monkeypatch, held):
    transferred = Number(
        "n_handed_on", "Handed on", "calls", "Calls of more than two targets.", "count",
        lambda t, _: t.n_targets > 2, terms.inbound,
    )  # fmt: skip
    monkeypatch.setitem(catalogue.CATALOGUE, "n_handed_on", transferred)
    some = held(calls(call(n_targets=3), call(n_targets=1), call(n_targets=4)))
    assert summarise(some, "n_handed_on")["value"].tolist() == [2]


def test_a_grouping_may_read_any_column_and_call_python(held):
    some = held(calls(call(n_targets=3), call(n_targets=1), call("abandoned", n_targets=4)))
    many = Grouping("is_many", "Many", lambda t: t.n_targets > 2)
    assert summarise(some, "n_answered", many)["value"].tolist() == [1, 1]

    @ibis.udf.scalar.python
    def doubled(n: int) -> int:
        return 2 * n

    twice = Grouping("twice", "Twice", lambda t: doubled(t.n_targets))
    assert summarise(some, "n_offered", twice)["twice"].tolist() == [2, 6, 8]


def test_a_table_in_memory_is_answered_anew():
    for frame in (MIXED, MIXED.iloc[:100]):
        table = ibis.memtable(frame)
        pd.testing.assert_frame_equal(summarise(table, by="weekday"), summarise(frame, by="weekday"))


def test_a_table_that_grows_is_asked_again(tmp_path):
    MIXED.to_parquet(tmp_path / "calls.parquet", index=False)
    engine = ibis.duckdb.connect()
    files = engine.read_parquet(tmp_path / "calls.parquet")
    table = engine.create_table("calls", files)
    once = summarise(table)
    engine.insert("calls", files)
    twice = summarise(table)
    counted = twice["number"].isin(["n_offered", "n_answered", "n_closed", "n_abandoned"])
    assert (twice.loc[counted, "numerator"] == 2 * once.loc[counted, "numerator"]).all()
    assert list(twice.columns) == list(VALUES)


def test_a_column_of_nulls_in_parquet_is_text(tmp_path):
    MIXED.assign(did=None).to_parquet(tmp_path / "calls.parquet", index=False)
    found = summarise(ibis.duckdb.connect().read_parquet(tmp_path / "calls.parquet"), by="did")
    assert (str(found["did"].dtype), len(found)) == ("str", len(catalogue.CATALOGUE))
