"""Patience against textbook values, other libraries, and what Brown et al. (2005) say of the Anonymous Bank."""

import numpy as np
import pandas as pd
import pytest

from callkit.metrics.giving_up import hazard, patience_index, peaks
from callkit.metrics.waiting import given_up_by, offered_wait, patience, willing_wait
from callkit.tables.tidy import tidy
from tests.metrics.frames import call, calls
from tests.reference import bank

# Freireich et al. (1963), Blood 21, 699–716: weeks of remission under 6-MP; the second list is censored
RELAPSED, CENSORED = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
SURVIVAL = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
ERRORS = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}
REMISSION = calls(*(call("abandoned", t) for t in RELAPSED), *(call("answered", t) for t in CENSORED))


@pytest.fixture(scope="module")
def january_and_february():
    pages = [body for month in bank.MONTHS for bodies in bank.pages(month).values() for body in bodies]
    found = tidy(pages, time_zone="Asia/Jerusalem", country="IL", account="anonymous_bank").calls
    assert len(found) == 31_359 + 33_066
    return found


@pytest.fixture(scope="module")
def regular(january_and_february):
    """Return the calls of type PS, the regular customers, of which the paper draws the rate of giving up."""
    return january_and_february[january_and_february["service_name"] == "PS"]


def test_the_textbook_curve_its_errors_and_its_median():
    curve = patience(REMISSION).set_index("wait_s")
    assert curve.loc[list(SURVIVAL), "staying"].to_dict() == pytest.approx(SURVIVAL, abs=5e-5)
    assert curve.loc[list(ERRORS), "error"].to_dict() == pytest.approx(ERRORS, abs=5e-5)
    median = willing_wait(REMISSION, [0.5]).iloc[0]
    assert (median["wait_s"], median["low_s"]) == (23, 13)
    assert np.isnan(median["high_s"])


def test_another_library_draws_the_same_curves(regular):
    survival = pytest.importorskip("statsmodels.duration.survfunc", reason="statsmodels is the other library")
    waited = regular[regular["outcome"].isin(["answered", "abandoned"])]
    for event, ours, share in (("abandoned", patience, "staying"), ("answered", offered_wait, "unanswered")):
        other = survival.SurvfuncRight(waited["wait_s"], waited["outcome"] == event)
        curve = ours(regular).set_index("wait_s").loc[other.surv_times]
        np.testing.assert_allclose(curve[share], other.surv_prob)
        np.testing.assert_allclose(curve["error"], other.surv_prob_se, equal_nan=True)
    other = survival.SurvfuncRight(waited["wait_s"], waited["outcome"] == "abandoned")
    for row in willing_wait(regular).itertuples():
        assert row.wait_s == other.quantile(row.level)
        assert (row.low_s, row.high_s) == other.quantile_ci(row.level, method="cloglog")


def test_another_library_counts_the_same_share_given_up(regular):
    survival = pytest.importorskip("statsmodels.duration.survfunc", reason="statsmodels is the other library")
    waited = regular[regular["outcome"].isin(["answered", "abandoned"])]
    kind = waited["outcome"].map({"abandoned": 1, "answered": 2}).astype(int)
    with np.errstate(divide="ignore", invalid="ignore"):  # of its standard errors, at the last wait
        other = survival.CumIncidenceRight(waited["wait_s"], kind)
    ours = given_up_by(regular).set_index("wait_s").loc[other.times]
    np.testing.assert_allclose(ours["value"], other.cinc[0])
    assert ours["value"].iloc[-1] == pytest.approx(3_317 / len(waited))


def test_another_library_draws_the_same_line_through_the_hours(regular):
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is the other library")
    offered = regular[regular["outcome"] != "left_menu"]
    hours = offered["started_local"].dt.floor("h")
    points = offered.assign(left=offered["outcome"] == "abandoned").groupby(hours)[["wait_s", "left"]].mean()
    days = points.index.normalize()
    line = api.OLS(points["left"], api.add_constant(points["wait_s"])).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(days)[0]}, use_t=True
    )
    index = patience_index(regular).set_index("index").loc["mean_patience_hourly"]
    low, high = line.conf_int().loc["wait_s"]
    assert (index["value"], index["n"]) == (pytest.approx(1 / line.params["wait_s"]), len(points))
    assert (index["low"], index["high"]) == pytest.approx((1 / high, 1 / low))


def test_the_bank_s_regular_callers_leave_fastest_at_first_and_near_60_s(regular):
    bins = hazard(regular)
    assert peaks(bins)[["from_s", "to_s", "n_left"]].to_numpy().tolist() == [[5, 15, 807], [55, 60, 179]]
    assert bins["n_left"].sum() == 3_317


def test_the_rate_by_the_second_is_near_that_of_nine_months(regular):
    """Nine months of these callers gave up at .0075 a second at 10 s, .0038 at 55 s and .0012 at 120 s."""
    rate = hazard(regular, width_s=1, last_s=130).set_index("from_s")
    nine_months = {9: (0.0075, 0.0018), 55: (0.0038, 0.0005), 120: (0.0012, 0.0002)}
    for second, (published, apart) in nine_months.items():
        assert rate.loc[second, "rate"] == pytest.approx(published, abs=apart)
    assert rate["rate"].loc[:30].idxmax() == 8
    assert rate["rate"].loc[40:80].idxmax() == 56
    for second in nine_months:
        row = rate.loc[second]
        assert row["rate"] == row["n_left"] / row["at_risk"]


def test_mean_patience_of_the_bank(january_and_february):
    """The paper's 446 s are of the whole year; two months give another value, whose interval holds it."""
    index = patience_index(january_and_february).set_index("index")
    hourly = index.loc["mean_patience_hourly"]
    assert hourly["value"] == pytest.approx(478, abs=0.5)
    assert hourly["low"] < 446 < hourly["high"]
    gave_up = january_and_february["outcome"] == "abandoned"
    waited = january_and_february.loc[january_and_february["outcome"] != "left_menu", "wait_s"].sum()
    assert index.loc["mean_patience", "value"] == pytest.approx(waited / gave_up.sum())
    assert index.loc["mean_patience", "value"] == pytest.approx(357.0, abs=0.05)  # 389.5 over nine months
    naive = january_and_february.loc[gave_up, "wait_s"].mean()
    assert naive == pytest.approx(63.9, abs=0.05)  # 76.7 over nine months
    assert naive < index["value"].drop("answered_per_abandoned").min() / 4


def test_hang_ups_in_the_bank_s_menu_change_nothing(january_and_february):
    without = january_and_february[january_and_february["outcome"] != "left_menu"]
    assert len(january_and_february) - len(without) == 1_219 + 1_972
    for of in (patience, offered_wait, willing_wait, given_up_by, hazard, patience_index):
        pd.testing.assert_frame_equal(of(january_and_february), of(without))
    wrong = january_and_february.assign(
        outcome=january_and_february["outcome"].astype(str).replace("left_menu", "abandoned"),
        wait_s=january_and_february["wait_s"].fillna(0),
    )
    gave_up, misled = hazard(without)["n_left"], hazard(wrong)["n_left"]
    assert misled[0] - gave_up[0] == 3_191
