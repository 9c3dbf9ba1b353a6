"""Agents each open hour needs: fed with the account's own calls, and honest about what these do not tell."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.metrics.erlang import erlang_a, erlang_c
from callkit.metrics.goals import agents_for, lines_for
from callkit.metrics.load import arrivals
from callkit.metrics.staffing import agents_needed
from callkit.opening import OpeningHours
from tests.metrics.frames import call, calls

OPEN = OpeningHours.parse({"mon": "09:00-11:00", "tue": "09:30-10:00"}, "GB-ENG")
MONDAY, AFTER = date(2026, 11, 16), date(2026, 11, 30)  # two weeks
EXPECTED = ["service_level", "abandon_rate", "speed_of_answer_s", "occupancy"]


def some(n=40, talk_s=180.0, n_abandoned=4, wait_s=10.0):
    """Tell calls of both Mondays from nine on, of which some gave up after 50 s; and one while closed."""
    first = datetime(2026, 11, 16, 9)
    kinds = [("abandoned", 50.0, None)] * n_abandoned + [("answered", wait_s, talk_s)] * (n - n_abandoned)
    return calls(
        *(
            call(kind, wait, talk_s=talk, started_local=first + timedelta(days=7 * (k % 2), minutes=k))
            for k, (kind, wait, talk) in enumerate(kinds)
        ),
        call("answered", 1.0, talk_s=talk_s, started_local=first.replace(hour=20)),
        call("answered", talk_s=9999.0, direction="outbound", started_local=first),
    )


def needed(told=None, **choices):
    return agents_needed(some() if told is None else told, OPEN, MONDAY, AFTER, **choices)


def test_it_is_fed_with_the_accounts_own_calls(held):
    table = needed(held(some()))
    assert table[["weekday", "hour"]].to_numpy().tolist() == [[0, 9], [0, 10], [1, 9]]
    assert table["n"].tolist() == [40, 0, 0]
    assert table["n_open_hours"].tolist() == [2, 2, 1]
    assert table["arrivals_per_hour"].tolist() == [20, 0, 0]
    assert table["talk_s"].tolist() == [180] * 3
    assert table["offered_erlangs"].tolist() == [1, 0, 0]
    patience_s = (4 * 50 + 36 * 10 + 1) / 4
    queue = erlang_a(20, 180, patience_s, int(table["agents"].iloc[0]))
    assert table[EXPECTED].iloc[0].tolist() == pytest.approx(
        [float(getattr(queue, name)) for name in EXPECTED]
    )
    assert set(table["model"]) == {"Erlang A"}


def test_arrivals_are_those_of_the_load_table():
    table, cells = needed(), arrivals(some(), OPEN, MONDAY, AFTER)
    cells = cells[cells["is_open"]].reset_index(drop=True)
    assert table["arrivals_per_hour"].equals(cells["per_open_hour"].rename("arrivals_per_hour"))
    assert table["n"].equals(cells["n"])


def test_the_agents_reach_the_goal_and_one_fewer_does_not():
    for share, within in ((0.8, 20), (0.95, 10), (0.5, 60)):
        first = needed(service_level=share, service_level_s=within).iloc[0]
        args = 20, 180, 140.25
        assert first["service_level"] >= share
        assert erlang_a(*args, int(first["agents"]), within_s=within).service_level == first["service_level"]
        assert erlang_a(*args, int(first["agents"]) - 1, within_s=within).service_level < share
        by_c = int(first["agents_erlang_c"])
        assert erlang_c(20, 180, by_c, within_s=within).service_level >= share
        assert erlang_c(20, 180, by_c - 1, within_s=within).service_level < share
        assert first["agents_low"] <= first["agents"] <= first["agents_high"]


def test_an_hour_without_calls_needs_nobody_and_says_nothing_else():
    silent = needed().iloc[1]
    assert silent[["agents", "agents_low", "agents_erlang_c", "rostered"]].tolist() == [0, 0, 0, 0]
    assert silent["agents_high"] == 1  # none in two hours does not prove that none ever come
    assert silent[EXPECTED].isna().all()


def test_work_after_calls_and_shrinkage_are_added():
    plain, more = needed().iloc[0], needed(wrap_up_s=180, shrinkage=0.3).iloc[0]
    assert (more["talk_s"], more["offered_erlangs"]) == (180, 2)
    assert more["agents"] > plain["agents"] == plain["rostered"]
    assert more["rostered"] == np.ceil(more["agents"] / 0.7)
    assert needed(shrinkage=0.5)["rostered"].tolist() == (2 * needed()["agents"]).tolist()


def test_without_abandoned_calls_the_model_is_erlang_c_and_says_so():
    table = needed(some(n_abandoned=0))
    assert set(table["model"]) == {"Erlang C"}
    assert table["agents"].equals(table["agents_erlang_c"].rename("agents"))
    assert table["abandon_rate"].isna().all()
    assert (
        table["speed_of_answer_s"].iloc[0]
        == erlang_c(20, 180, int(table["agents"].iloc[0])).speed_of_answer_s
    )
    assert "Patience is unknown" in " ".join(table.attrs["assumptions"])


def test_without_known_waits_patience_is_unknown_too():
    assert set(needed(some(wait_s=None))["model"]) == {"Erlang C"}


def test_without_answered_calls_nothing_is_told_but_the_arrivals():
    table = needed(some(n_abandoned=40).query("outcome == 'abandoned'"))
    assert table["arrivals_per_hour"].tolist() == [20, 0, 0]
    unknown = [
        "talk_s",
        "offered_erlangs",
        "agents",
        "agents_low",
        "agents_high",
        "agents_erlang_c",
        "rostered",
    ]
    assert table[[*unknown, *EXPECTED, "model"]].isna().all(axis=None)
    assert "No answered call tells its talk time" in " ".join(table.attrs["assumptions"])
    pd.testing.assert_series_equal(table.dtypes, needed().dtypes)


@pytest.mark.parametrize("told", [calls(), some()])
def test_no_calls_or_no_opening_hours_give_the_same_columns(told):
    shut = agents_needed(told, OpeningHours.parse({}), MONDAY, AFTER)
    assert shut.empty
    pd.testing.assert_series_equal(shut.dtypes, needed().dtypes)
    assert needed(calls())["n"].tolist() == [0, 0, 0]


def test_what_the_model_takes_for_granted_is_told():
    told = needed(wrap_up_s=30, shrinkage=0.25).attrs["assumptions"]
    whole = " ".join(told)
    for words in (
        "80% of all offered calls within 20 s",
        "(Poisson) at an even rate within each open hour: its mean over the period, 40 calls in all; 1 offered while",
        "allows for chance alone: with less than four whole weeks",
        "Talk times are exponential with mean 180 s, from 37 answered calls",
        "standard deviation is 0.00 times the mean, not 1, by which mean waits of Erlang C become about 0.50 times",
        "After-call work is unknown, as call records do not hold it: 30 s are added",
        "Patience is exponential with mean 140 s (95 % interval",
        "from 4 abandoned calls",
        "Agents are alike",
        "25% is lost to breaks, training and absence",
    ):
        assert words in whole
    assert all(sentence.endswith(".") for sentence in told)


def test_days_that_scatter_widen_the_range_and_nothing_else():
    """Ten weeks of 40 calls on Mondays at nine, against ten that take turns at 5 and 75."""

    def weeks(counts):
        starts = [datetime(2026, 9, 21, 9) + timedelta(days=7 * k) for k in range(len(counts))]
        kinds = [("abandoned", 50.0, None), *[("answered", 10.0, 300.0)] * 9]
        rows = [
            (s + timedelta(seconds=30 * k), *kinds[k % 10])
            for s, n in zip(starts, counts, strict=True)
            for k in range(n)
        ]
        return calls(*(call(o, w, talk_s=t, started_local=at) for at, o, w, t in rows))

    since, until = date(2026, 9, 21), date(2026, 11, 30)
    even, uneven = (agents_needed(weeks(c), OPEN, since, until).iloc[0] for c in ([40] * 10, [5, 75] * 5))
    assert even["agents"] == uneven["agents"]
    assert uneven["agents_low"] < even["agents_low"] <= even["agents_high"] < uneven["agents_high"]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"service_level": 80}, "service_level 80 cannot be used; give a share between 0 and 1"),
        ({"service_level": 1}, "service_level 1 cannot be used"),
        ({"service_level_s": -1}, "service_level_s -1 cannot be used; give 0 seconds or more"),
        ({"wrap_up_s": np.nan}, "wrap_up_s nan cannot be used"),
        ({"service_level": "0.8"}, "service_level '0.8' cannot be used; give a share between 0 and 1"),
        ({"service_level_s": None}, "service_level_s None cannot be used; give 0 seconds or more"),
        ({"wrap_up_s": True}, "wrap_up_s True cannot be used"),
        ({"shrinkage": [0.3]}, r"shrinkage \[0.3\] cannot be used"),
        ({"shrinkage": 1}, "shrinkage 1 cannot be used; give a share from 0 to below 1"),
    ],
)
def test_what_cannot_be_used_is_said(choice, said):
    with pytest.raises(UsageError, match=said):
        needed(**choice)


@pytest.mark.parametrize("erlangs", ["a", "8", None, ["8"], pd.Series(["8"]), {}])
def test_goals_of_what_are_no_numbers_are_refused(erlangs):
    with pytest.raises(UsageError, match="erlangs (.|\n)* cannot be used; give a number"):
        lines_for(erlangs)
    with pytest.raises(UsageError, match="calls_per_hour (.|\n)* cannot be used; give a number"):
        agents_for(erlangs, 60, service_level=0.8)


def test_numbers_of_any_kind_may_be_given():
    one, half = np.float32(0.5), np.float64(0.5)
    assert needed(service_level=one, service_level_s=np.int64(20)).equals(needed(service_level=half))
    assert lines_for(pd.array([8, 8], "Int64")).tolist() == lines_for([8, 8.0]).tolist() == [15, 15]


def test_a_span_of_no_days_is_refused():
    with pytest.raises(UsageError, match="is not after since"):
        agents_needed(some(), OPEN, MONDAY, MONDAY)
