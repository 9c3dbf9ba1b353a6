"""Waits in bins and the patience of callers, against textbook values."""

import numpy as np
import pytest

from callkit.errors import UsageError
from callkit.metrics.estimates import wilson
from callkit.metrics.summary import summarise
from callkit.metrics.waiting import given_up_by, offered_wait, patience, wait_bins, willing_wait
from tests.metrics.frames import call, calls, same, times

# Freireich et al. (1963), Blood 21, 699–716: weeks of remission under 6-MP; the second list is censored
RELAPSED, CENSORED = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
SURVIVAL = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
ERRORS = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}
REMISSION = calls(*(call("abandoned", t) for t in RELAPSED), *(call("answered", t) for t in CENSORED))


def test_kaplan_and_meier_on_the_6_mp_patients(held):
    curve = patience(held(REMISSION)).set_index("wait_s")
    assert curve.loc[list(SURVIVAL), "staying"].to_dict() == pytest.approx(SURVIVAL, abs=6e-5)
    assert curve.loc[[6, 7, 10, 23], "at_risk"].tolist() == [21, 17, 15, 6]
    assert curve["n_left"].sum() == len(RELAPSED)
    assert curve.index[curve["staying"] <= 0.5].min() == 23


def test_its_interval_is_the_log_log_one():
    curve = patience(REMISSION).set_index("wait_s")
    for t, share in SURVIVAL.items():
        half = 1.959964 * ERRORS[t] / (share * np.log(share))
        expected = share ** np.exp(-half), share ** np.exp(half)
        assert curve.loc[t, ["low", "high"]].tolist() == pytest.approx(sorted(expected), abs=5e-4)


def test_only_those_who_could_give_up_are_at_risk():
    some = calls(
        call("abandoned", 10),
        call("timeout", 30),
        *times(8, call("answered", 20)),
        call("answered"),
        call("left_menu", 1),
        call("closed", 1),
        call("abandoned", 5, direction="outbound"),
    )
    curve = patience(some)
    assert curve[["wait_s", "at_risk", "n_left"]].to_numpy().tolist() == [[10, 10, 1], [20, 9, 0], [30, 1, 0]]
    assert curve["staying"].tolist() == pytest.approx([0.9] * 3)
    assert curve.attrs["n_null"] == 1


def test_no_patience_is_told_where_the_answered_calls_do_not_say_their_wait():
    some = calls(*times(17, call("answered", 20)), *times(2, call("answered")), call("abandoned", 30))
    assert len(patience(some)) == 2
    assert patience(calls(*times(9, call("answered")), call("abandoned", 30))).empty


def test_patience_of_nobody_and_of_all():
    assert patience(REMISSION.iloc[:0]).empty
    stayed = patience(calls(call("answered", 5), call("answered", 9)))
    assert stayed[["staying", "low", "high"]].to_numpy().tolist() == [[1, 1, 1]] * 2
    left = patience(calls(call("abandoned", 5), call("abandoned", 9)))
    assert left["staying"].tolist() == [0.5, 0]
    assert left["high"].isna().tolist() == [False, True]


FEW = calls(
    call("answered", 0),
    call("abandoned", 4),
    call("answered", 10),
    call("voicemail", 10),
    call("abandoned", 20),
    call("answered"),
    *times(10, call("answered", 30)),
    call("left_menu", 3),
    call("closed", 1),
)


def test_the_offered_wait_has_the_roles_of_patience_changed(held):
    curve = offered_wait(held(FEW)).set_index("wait_s")
    assert curve["at_risk"].tolist() == [15, 14, 13, 11, 10]
    assert curve["n_answered"].tolist() == [1, 0, 1, 0, 10]
    assert curve["unanswered"].tolist() == pytest.approx([14 / 15, 14 / 15, *[14 / 15 * 12 / 13] * 2, 0])
    changed = {"answered": "abandoned", "abandoned": "answered"}
    turned = FEW.assign(outcome=FEW["outcome"].astype(str).replace(changed))
    of = patience(turned).rename(columns={"staying": "unanswered", "n_left": "n_answered"})
    same(curve.reset_index(), of)


def test_the_wait_callers_are_willing_to_make():
    found = willing_wait(REMISSION, [0.25, 0.5, 0.6])
    assert found["level"].tolist() == [0.25, 0.5, 0.6]
    assert found["wait_s"].tolist()[:2] == [13, 23]
    assert found["low_s"].tolist()[:2] == [6, 13]


def test_a_wait_that_too_few_gave_up_is_not_told_but_its_least_is():
    found = willing_wait(REMISSION, [0.6, 0.99]).to_numpy().tolist()
    assert found[0] == [0.6, pytest.approx(np.nan, nan_ok=True), 16, pytest.approx(np.nan, nan_ok=True)]
    assert found[1][2] == 35, "the longest wait, where even the lower end of the curve stays above"
    assert np.isnan([found[1][1], found[1][3]]).all()
    assert willing_wait(REMISSION.iloc[:0])[["wait_s", "low_s", "high_s"]].isna().all(axis=None)


@pytest.mark.parametrize("level", [0, 1, 50])
def test_a_level_that_is_no_share_of_the_callers_is_refused(level):
    with pytest.raises(UsageError, match=f"level {level} is not above 0 and below 1"):
        willing_wait(REMISSION, [0.5, level])


def test_the_share_given_up_is_counted_among_all_calls(held):
    found = given_up_by(held(FEW)).set_index("wait_s")
    assert found["numerator"].tolist() == [0, 1, 1, 2, 2]
    assert (found["n"] == 15).all()
    assert found.loc[20, "value"] == pytest.approx(2 / 15)
    assert found.loc[20, ["low", "high"]].tolist() == pytest.approx(np.ravel(wilson(2, 15)).tolist())
    lost = 1 - patience(FEW).set_index("wait_s").loc[20, "staying"]
    assert lost == pytest.approx(1 - 13 / 14 * 10 / 11)
    assert lost > 2 / 15, "what nobody answered would lose is more than what was lost"


def test_menu_hang_ups_never_queued_so_they_change_no_curve():
    counting = FEW[~FEW["outcome"].isin(["left_menu", "closed"])]
    for of in (patience, offered_wait, willing_wait, given_up_by, wait_bins):
        same(of(FEW), of(counting))
        assert of(FEW).attrs["n_null"] == of(counting).attrs["n_null"] == 1


def test_bins_hold_waits_up_to_their_end(held):
    some = calls(
        *(call("answered", s) for s in (0, 5, 6, 20, 21, 120, 121, 999)),
        call("abandoned", 20),
        call("voicemail", 40),
        call("answered"),
    )
    bins = wait_bins(held(some)).set_index("from_s")
    assert bins.index.tolist() == [*range(0, 120, 5), 120]
    assert bins.loc[[0, 5, 15, 20, 115, 120], "n"].tolist() == [2, 1, 1, 1, 1, 2]
    assert bins.loc[15, "n_abandoned"] == bins.loc[35, "n_other"] == 1
    assert bins["to_s"].iloc[-1] == np.inf
    assert bins[["n", "n_abandoned", "n_other"]].to_numpy().sum() + bins.attrs["n_null"] == 11


def test_bins_up_to_the_target_are_the_calls_answered_in_time():
    waits = wait_bins(REMISSION, width_s=10, last_s=40)
    in_time = summarise(REMISSION, "service_level")["numerator"].iloc[0]
    assert waits.loc[waits["to_s"] <= 20, "n"].sum() == in_time


def test_no_calls_give_empty_bins():
    assert wait_bins(REMISSION.iloc[:0])["n"].tolist() == [0] * 25


def test_a_width_of_nothing_is_refused():
    with pytest.raises(UsageError, match="width_s 0"):
        wait_bins(REMISSION, width_s=0)
