"""Any numbers by any grouping: intervals, quantiles, groups, and bad arguments."""

from collections import Counter
from datetime import datetime, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from callkit.metrics import catalogue, terms
from callkit.metrics.estimates import Values, wilson
from callkit.metrics.groupings import GROUPINGS, Grouping, hour_of_day
from callkit.metrics.number import Number
from callkit.metrics.summary import VALUES, summarise
from callkit.schema import OUTCOMES
from tests.metrics.frames import MONDAY, call, calls, row, same

NEWCOMBE = {
    (81, 263): (0.2553, 0.3662),
    (15, 148): (0.0624, 0.1605),
    (0, 20): (0, 0.1611),
    (1, 29): (0.0061, 0.1718),
}


def mixed(n=600, seed=1):
    """Return calls of all kinds over three weeks, some waits, callers, starts and services unknown."""
    rng = np.random.default_rng(seed)
    chance = rng.random((n, 4)) < 0.06
    return calls(
        *(
            call(
                str(rng.choice(OUTCOMES)),
                None if chance[k, 0] else int(rng.integers(0, 90)),
                direction=str(rng.choice(["inbound", "inbound", "outbound", "unknown"])),
                talk_s=float(rng.integers(0, 400)),
                caller=None if chance[k, 1] else f"+447700900{rng.integers(100, 160)}",
                started_local=None
                if chance[k, 2]
                else MONDAY + timedelta(minutes=int(rng.integers(0, 30000))),
                service_name=None if chance[k, 3] else str(rng.choice(["Sales", "Support"])),
            )
            for k in range(n)
        )
    )


MIXED = mixed()


@pytest.mark.parametrize("share", NEWCOMBE)
def test_wilson_gives_newcombes_published_intervals(share):
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 857–872, table I
    low, high = wilson(*share)
    assert (float(low), float(high)) == pytest.approx(NEWCOMBE[share], abs=6e-5)
    reference = binomtest(*share).proportion_ci(method="wilson")
    assert (float(low), float(high)) == pytest.approx((reference.low, reference.high), abs=1e-12)


def test_wilson_of_nothing_is_null():
    assert np.isnan(wilson(0, 0)).all()


@given(st.lists(st.lists(st.integers(0, 300), max_size=40), min_size=1, max_size=4), st.floats(0, 1))
def test_quantiles_of_counts_are_numpys_linear_ones_and_null_of_nothing(waits, level):
    counted = [(group, *pair) for group, of in enumerate(waits) for pair in Counter(of).items()]
    rows = np.array(counted, dtype=int).reshape(-1, 3)
    found = Values(*rows.T, n_groups=len(waits)).quantile(level)
    expected = [np.quantile(of, level) if of else np.nan for of in waits]
    assert found == pytest.approx(np.array(expected), abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("by", [None, "service_name", ["iso_week", "service_name"], list(GROUPINGS)])
def test_a_frame_and_parquet_give_the_same(by, tmp_path):
    MIXED.to_parquet(tmp_path / "calls.parquet", index=False)
    parquet = ibis.duckdb.connect().read_parquet(tmp_path / "calls.parquet")
    same(summarise(MIXED, by=by), summarise(parquet, by=by))


@pytest.mark.parametrize("by", ["service_name", "iso_week", "hour_of_day", ["weekday", "outcome"], "talk_s"])
def test_groups_add_up_to_the_total_and_null_is_one_of_them(by):
    parts = summarise(MIXED, by=by)
    parts = parts[parts["number"].map(lambda n: catalogue.CATALOGUE[n].grain) == "call"]
    whole = summarise(MIXED).set_index("number")
    sums = parts.groupby("number")[["numerator", "n", "n_null"]].sum(min_count=1)
    for name, number in catalogue.CATALOGUE.items():
        if number.grain == "call":
            assert sums.loc[name, ["n", "n_null"]].tolist() == whole.loc[name, ["n", "n_null"]].tolist()
        if number.grain == "call" and number.statistic in ("count", "share", "mean", "total", "ratio"):
            added = sums.loc[name, "numerator"]
            assert added == pytest.approx(whole.loc[name, "numerator"], nan_ok=True)


CALL = st.builds(
    call,
    st.sampled_from(OUTCOMES),
    st.none() | st.integers(0, 200),
    direction=st.sampled_from(["inbound", "outbound"]),
    caller=st.sampled_from([None, "+447700900101", "+447700900102"]),
    started_local=st.none() | st.datetimes(datetime(2026, 11, 16), datetime(2026, 11, 30)),
)


@given(st.lists(CALL, max_size=12))
@settings(max_examples=25, deadline=None)
def test_laws(rows):
    found = summarise(calls(*rows))
    shares = found[found["number"].map(lambda n: catalogue.CATALOGUE[n].unit) == "share"]
    assert (shares["value"].between(0, 1) | (shares["n"] == 0)).all()
    assert shares["value"].isna().tolist() == (shares["n"] == 0).tolist()
    assert (found["n_null"] >= 0).all()
    inside = shares.dropna(subset=["value"])
    assert ((inside["low"] <= inside["value"]) & (inside["value"] <= inside["high"])).all()
    value = found.set_index("number")["value"]
    assert value["n_offered"] == value["n_answered"] + value["n_missed"]
    assert value["n_unreached"] <= value["n_missed_callers"] <= value["n_missed"]


def test_the_columns_are_always_the_same():
    for frame in (MIXED, MIXED.iloc[:0]):
        found = summarise(frame, by="hour_of_day")
        assert list(found.columns) == ["hour_of_day", *VALUES]
        assert found.dtypes.astype(str).tolist() == [
            "Int64", "str", "float64", "float64", "int64", "float64", "float64", "str", "float64", "int64",
        ]  # fmt: skip


def test_no_calls_offered_is_null_with_n_0(held):
    found = summarise(held(calls(call("closed"))))
    assert row(found, "n_offered")["value"] == 0
    for name in ("answer_rate", "service_level", "wait_p90", "speed_of_answer", "talk_total", "wait_longest"):
        assert np.isnan(row(found, name)["value"])
        assert row(found, name)["n"] == 0
    told = [name for name, number in catalogue.CATALOGUE.items() if number.grain != "ring"]
    assert summarise(MIXED.iloc[:0])["number"].tolist() == told


def test_named_groupings_read_the_wall_clock(held):
    new_year = held(calls(call(started_local=datetime(2027, 1, 1, 23, 59))))
    found = summarise(new_year, "n_offered", ["hour_of_day", "weekday", "day", "iso_week", "month"])
    assert found.iloc[0, :5].tolist() == [23, 4, pd.Timestamp("2027-01-01"), "2026-W53", "2027-01"]


def test_groups_are_sorted_and_the_null_group_is_last():
    some = calls(call(service_name="Sales"), call(), call(service_name="Accounts"))
    found = summarise(some, ["n_offered", "answer_rate"], "service_name")
    assert found["service_name"].fillna("null").tolist() == ["Accounts"] * 2 + ["Sales"] * 2 + ["null"] * 2
    assert found["number"].tolist() == ["n_offered", "answer_rate"] * 3


def test_an_own_column_and_an_own_grouping_may_be_used():
    some = calls(call("answered", 3), call("answered", 70)).assign(team=["red", "blue"])
    assert summarise(some, "n_answered", "team")["team"].tolist() == ["blue", "red"]
    late = Grouping("is_late", "Late", lambda t: t.wait_s > 60)
    assert summarise(some, "n_answered", [late, hour_of_day])["is_late"].tolist() == [False, True]


def test_a_new_number_is_one_row(monkeypatch):
    number = Number(
        "n_long", "Long waits", "calls", "Offered calls that waited over a minute.", "count",
        lambda t, _: t.wait_s > 60, terms.offered,
    )  # fmt: skip
    monkeypatch.setitem(catalogue.CATALOGUE, "n_long", number)
    assert summarise(calls(call(wait_s=99), call()), "n_long")["value"].tolist() == [1]


def test_bands_stand_in_their_order_and_periods_are_groups():
    banded = MIXED.assign(
        band=pd.cut(MIXED["wait_s"], [-1, 5, 10, 30, 100]), month=MIXED["started_local"].dt.to_period("M")
    )
    found = summarise(banded, "n_offered", "band")
    assert found["band"].dropna().tolist() == ["(-1, 5]", "(5, 10]", "(10, 30]", "(30, 100]"]
    whole = summarise(MIXED, "n_offered")
    assert found["value"].sum() == whole["value"].sum()
    months = summarise(banded.rename(columns={"month": "its_month"}), "n_offered", "its_month")
    assert (
        months["its_month"].dropna().tolist()
        == summarise(MIXED, "n_offered", "month")["month"].dropna().tolist()
    )


def test_a_column_of_any_name_may_group(held):
    few = MIXED.head(60)
    expected = summarise(held(few), by="service_name")
    for name in ("g0", "on_day", "times", "of", "is_0", "who", "period", "number_"):
        found = summarise(held(few.assign(**{name: few["service_name"]})), by=name)
        pd.testing.assert_frame_equal(found, expected.rename(columns={"service_name": name}))


def test_a_period_of_an_archive_counts_its_calls_alone(held):
    since, until = "2026-11-23", "2026-11-30"
    cut = MIXED[MIXED["started_local"].between("2026-11-23", "2026-11-29 23:59:59")]
    found = summarise(held(MIXED), by="service_name", since=since, until=until)
    expected = summarise(held(cut), by="service_name")
    of_calls = found["number"].map(lambda n: catalogue.CATALOGUE[n].grain == "call")
    assert len(cut)
    same(found[of_calls], expected[of_calls])
    assert found.attrs["archive"] == (datetime(2026, 11, 16).date(), MIXED["started_local"].max().date())
