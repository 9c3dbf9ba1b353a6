"""Every number by groups, against the same counted call by call: whole groups without what a number counts, too."""

from datetime import date
from functools import cache

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from callkit.metrics import catalogue, terms
from callkit.metrics.groupings import Grouping
from callkit.metrics.number import Number
from callkit.metrics.summary import VALUES, summarise
from tests.metrics.frames import call, calls, shop, times
from tests.metrics.slow import DEFAULTS, Choices
from tests.metrics.slow_summary import calls_of, summarised

CALLER = "+447700900101"
MIXED = shop(500, 1)
BY_BOTH = ["hour_of_day", "service_name"]
SHOPS = {
    "all kinds": MIXED,
    "few": shop(30, 3),
    "no calls": MIXED.iloc[:0],
    "one service rings out only": MIXED.assign(
        direction=MIXED["direction"].mask(MIXED["service_name"] == "Sales", "outbound")
    ),
    "one service misses nobody": MIXED.assign(
        outcome=MIXED["outcome"].mask(MIXED["service_name"] == "Sales", "answered")
    ),
    "nothing is known of waits, talk and charges": MIXED.assign(wait_s=np.nan, talk_s=np.nan, charge=np.nan),
    "nobody charges": MIXED.assign(charge=0.0),
    "all withheld": MIXED.assign(caller=pd.Series(None, MIXED.index, "str")),
    "reached by another service": calls(
        call("abandoned", 9, caller=CALLER, service_name="Sales"),
        call("answered", 3, caller=CALLER, service_name="Support"),
        *times(2, call("busy", caller=None)),
        call("busy", started_local=None, caller="+447700900102"),
    ),
    "the nights": shop(300, 4, days=9, hours=(0, 24)),
}
CASES = [
    *(("all kinds", by) for by in (["day"], ["iso_week", "service_name"], ["month", "weekday"], ["caller"], ["did"])),
    *((name, by) for name in SHOPS for by in ([], BY_BOTH)),
    ("few", ["wait_s"]),
]  # fmt: skip
TOLD = [number for number in catalogue.CATALOGUE.values() if number.grain != "ring"]  # rings need events
ONE_OF_A_KIND = list({(number.grain, number.statistic): number.name for number in TOLD}.values())
PARQUET = [("all kinds", []), ("the nights", BY_BOTH), ("reached by another service", ["service_name"])]


def rows(found, by):
    """Yield each row's group, None where null, and the row."""
    groups = found[by].astype(object).where(found[by].notna(), None).itertuples(index=False, name=None)
    return zip(groups if by else [()] * len(found), found.itertuples(), strict=True)


def wanted(number, expected):
    """Return what a row must tell: value, numerator, n, n_null, low and high."""
    is_told = is_share(number) and expected.value is not None
    return [*expected, *(wilson(expected.numerator, expected.n) if is_told else (None, None))]


@cache
def wilson(numerator, n):
    return binomtest(numerator, n).proportion_ci(method="wilson")


def unlike(found, expected, rel=1e-12):
    """Return the rows of numbers, and what they must be, that differ; None is no number."""
    found = np.array(found, dtype=float)
    expected = np.array(expected, dtype=float).reshape(found.shape)
    most = np.fmax(rel * np.abs(expected), 1e-12)
    same = (np.abs(found - expected) <= most) | (np.isnan(found) & np.isnan(expected))
    return np.argwhere(~same.all(axis=1)).ravel().tolist()


def is_share(number):
    return catalogue.CATALOGUE[number].statistic == "share"


def hold(frame, data, by, choices=DEFAULTS, **period):
    """Hold each number of each group against the one counted call by call."""
    found = summarise(data, by=by, **period, **choices._asdict())
    expected = summarised(calls_of(frame), by, choices, **period)
    asked = [n for n in TOLD if n.grain != "hour" or not {"caller", "wait_s", "talk_s"} & {*by}]
    assert len(found) == len(expected) * len(asked)
    assert all(of.keys() == {number.name for number in TOLD} for of in expected.values())
    named = [(group, row.number) for group, row in rows(found, by)]
    must = [wanted(number, expected[group][number]) for group, number in named]
    differ = unlike(found[["value", "numerator", "n", "n_null", "low", "high"]], must)
    assert [named[place] for place in differ] == []
    has_interval = [
        is_share(number) and low == low for number, low in zip(found["number"], found["low"], strict=True)
    ]
    assert found["method"].tolist() == ["Wilson, taken as independent" if of else "" for of in has_interval]


@pytest.mark.parametrize(("name", "by"), CASES, ids=str)
def test_every_number_of_every_group_is_the_one_counted_call_by_call(name, by):
    hold(SHOPS[name], SHOPS[name], by)


@pytest.mark.parametrize(("name", "by"), PARQUET, ids=str)
def test_tables_over_parquet_tell_the_same(name, by, tmp_path):
    SHOPS[name].to_parquet(tmp_path / "calls.parquet", index=False)
    hold(SHOPS[name], ibis.duckdb.connect().read_parquet(tmp_path / "calls.parquet"), by)


@pytest.mark.parametrize(
    "choices",
    [
        Choices(45.5, 0, 0),
        Choices(0, 12, 60.5),
        Choices(30, 20, 10, {"Sales": 10, "Nobody": 1}),
    ],
    ids=str,
)
def test_thresholds_of_the_readers_own(choices):
    hold(MIXED, MIXED, ["service_name"], choices)


@pytest.mark.parametrize("by", [[], ["service_name"], ["day"], BY_BOTH], ids=str)
@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2026, 11, 20), date(2026, 11, 27)), (date(2026, 11, 30), None), (None, date(2026, 11, 17))],
)
def test_a_period_of_an_archive(by, since, until):
    hold(MIXED, MIXED, by, since=since, until=until)


def test_a_period_tells_of_its_calls_what_they_tell_alone():
    days = MIXED["started_local"].dt.date
    since, until = date(2026, 11, 20), date(2026, 11, 27)
    alone = summarise(MIXED[(days >= since) & (days < until)]).set_index("number")
    found = summarise(MIXED, since=since, until=until).set_index("number")
    by_call = [name for name, of in catalogue.CATALOGUE.items() if of.grain in ("call", "missed_caller")]
    pd.testing.assert_frame_equal(found.loc[by_call], alone.loc[by_call])
    for name in ("n_new_callers", "repeat_rate_1d", "repeat_rate_7d"):  # calls before and after tell more
        assert found.loc[name, ["numerator", "n"]].tolist() != alone.loc[name, ["numerator", "n"]].tolist()


@pytest.fixture(scope="module")
def every():
    """Return all numbers of a shop where one service misses nobody."""
    return summarise(SHOPS["one service misses nobody"], by="service_name")


@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_a_number_alone_is_the_one_among_all(name, every):
    alone = summarise(SHOPS["one service misses nobody"], name, by="service_name")
    pd.testing.assert_frame_equal(alone, every[every["number"] == name].reset_index(drop=True))
    assert len(alone) == 3


@pytest.mark.parametrize("name", ONE_OF_A_KIND)
def test_the_types_of_a_number_alone_are_those_of_all(name, every):
    for frame in (MIXED.iloc[:0], MIXED.assign(direction="outbound")):
        found = summarise(frame, name, by="service_name")
        assert found.dtypes.to_dict() == every.dtypes.to_dict()


def test_numbers_of_hours_by_a_column_of_many_values_are_taken_when_they_are_named():
    assert "talking_peak" not in set(summarise(MIXED, by="caller")["number"])
    assert "talking_peak" in set(summarise(MIXED, by=["service_name", "day"])["number"])
    by_name = summarise(MIXED, "n_offered", by="caller")
    assert len(summarise(MIXED, "busy_hour_offered", by="caller")) == len(by_name)


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
    assert (str(found["did"].dtype), len(found)) == ("str", len(TOLD))
