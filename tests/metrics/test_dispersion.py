"""How much days scatter: by hand, against a slow computation, and on calls that are independent or come in bad days."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from callkit.metrics.dispersion import History, Scatter, day_number, history
from callkit.metrics.summary import summarise
from tests.metrics.frames import call, calls, row

FIRST = day_number(date(2026, 8, 24))  # a Monday
THIRTEEN = History(FIRST, 13)


def slow_phi(hits, n, n_weeks):
    """Return the dispersion of a share from day → hits and n, day by day."""
    share = sum(hits.values()) / sum(n.values())
    beyond = {day: hits[day] - share * n[day] for day in n}
    by_weekday = defaultdict(list)
    for day, value in beyond.items():
        by_weekday[day % 7].append(value)
    due = {weekday: sum(of) / n_weeks for weekday, of in by_weekday.items()}
    squares = sum((value - due[day % 7]) ** 2 for day, value in beyond.items())
    squares += sum(due[w] ** 2 * (n_weeks - len(of)) for w, of in by_weekday.items())  # days without a call
    return max(1, squares * n_weeks / (n_weeks - 1) / (sum(n.values()) * share * (1 - share)))


@pytest.mark.parametrize("closed", [(), (3, 10, 40)])
def test_the_dispersion_of_a_share_is_the_one_computed_day_by_day(closed):
    rng = np.random.default_rng(1)
    days = [FIRST + k for k in range(91) if k % 7 < 5 and k not in closed]
    n = {day: int(rng.integers(20, 60)) for day in days}
    hits = {day: int(rng.binomial(n[day], rng.choice([0.5, 0.95]))) for day in days}
    scatter = Scatter(np.zeros(len(days), int), np.array(days, float), 1, THIRTEEN)
    found = scatter.share(np.array([*hits.values()]), np.array([*n.values()]))
    assert found.dispersion == pytest.approx([slow_phi(hits, n, 13)])
    assert found.dispersion[0] > 3


def test_what_a_weekday_always_has_is_no_scatter():
    days = np.arange(FIRST, FIRST + 91)
    hits, n = np.where(days % 7 == FIRST % 7, 20, 45), np.full(91, 50)
    scatter = Scatter(np.zeros(91, int), days.astype(float), 1, THIRTEEN)
    assert scatter.share(hits, n).dispersion.tolist() == [1]
    assert scatter.count(hits).dispersion.tolist() == [1]
    assert scatter.mean(hits, n).relative_variance.tolist() == pytest.approx([0])


def test_groups_are_measured_apart_and_one_without_rows_has_none():
    days = np.tile(np.arange(FIRST, FIRST + 91), 2).astype(float)
    group = np.repeat([0, 2], 91)
    steady, wild = np.full(91, 40), np.random.default_rng(7).choice([10, 70], 91)
    found = Scatter(group, days, 3, THIRTEEN).count(np.concatenate([steady, wild]))
    assert found.dispersion[0] == found.dispersion[1] == 1
    assert 15 < found.dispersion[2] < 30  # 900 ÷ 40


def test_a_week_far_from_the_others_is_left_out():
    rng = np.random.default_rng(5)
    days = np.arange(FIRST, FIRST + 91).astype(float)
    group, n = np.zeros(91, int), np.full(91, 60)
    ordinary, is_bad = rng.binomial(60, 0.9, 91), np.arange(91) // 7 == 4
    kept = Scatter(group[~is_bad], days[~is_bad], 1, THIRTEEN)
    with_bad = np.where(is_bad, 20, ordinary)
    found = Scatter(group, days, 1, THIRTEEN).share(with_bad, n).dispersion
    assert found == pytest.approx(kept.share(ordinary[~is_bad], n[~is_bad]).dispersion, rel=0.05)
    assert slow_phi(dict(zip(days, with_bad, strict=True)), dict(zip(days, n, strict=True)), 13) > 5


def test_weeks_in_which_nothing_happened_at_all_are_gaps():
    rng = np.random.default_rng(6)
    days, n = np.arange(FIRST, FIRST + 91), rng.poisson(40, 91)
    group, is_there = np.zeros(91, int), ~np.isin(np.arange(91) // 7, [2, 3, 9])
    gaps = Scatter(group[is_there], days[is_there].astype(float), 1, THIRTEEN).count(n[is_there])
    closed_up = days[:70].astype(float)
    ten = Scatter(group[:70], closed_up, 1, History(FIRST, 10)).count(n[is_there])
    assert gaps.dispersion == pytest.approx(ten.dispersion)


def test_only_whole_weeks_before_the_end_count_thirteen_at_most():
    assert history(date(2026, 8, 24), date(2026, 11, 20), date(2026, 11, 23)) == THIRTEEN
    assert history(date(2020, 1, 1), date(2026, 11, 20), date(2026, 11, 23)) == THIRTEEN
    assert history(date(2026, 11, 1), date(2026, 11, 28), None) == History(day_number(date(2026, 11, 1)), 4)
    assert history(date(2026, 11, 3), date(2026, 11, 28), None).n_weeks == 4
    assert history(date(2026, 11, 4), date(2026, 11, 28), None) is None
    assert history(date(2026, 8, 24), date(2026, 11, 22), date(2027, 6, 1)) == THIRTEEN
    assert history(None, None, None) is None


def weeks(n_weeks, outcome, seed=1, per_day=30):
    """Return calls of five days a week; `outcome` says how a call of a day ends."""
    rng = np.random.default_rng(seed)
    told = []
    for k in range(7 * n_weeks):
        if k % 7 < 5:
            start = datetime(2026, 8, 24, 9) + timedelta(days=k)
            for minute in range(int(rng.poisson(per_day))):
                told.append(
                    call(
                        outcome(rng, k),
                        float(rng.exponential(20)),
                        started_local=start + timedelta(minutes=minute),
                    )
                )
    return calls(*told)


def independent(rng, _):
    return "answered" if rng.random() < 0.9 else "abandoned"


def with_bad_days(rng, k):
    return "answered" if rng.random() < (0.3 if k % 9 == 0 else 0.93) else "abandoned"


@pytest.mark.parametrize(("outcome", "least", "most"), [(independent, 1, 1.3), (with_bad_days, 3, 20)])
def test_calls_of_bad_days_have_wider_intervals(outcome, least, most, held):
    archive = weeks(13, outcome)
    data = held(archive)
    found = summarise(data, "answer_rate", since="2026-11-16", until="2026-11-23").iloc[0]
    alone = summarise(data, "answer_rate", since="2026-11-16", until="2026-11-23", dispersion=False).iloc[0]
    assert least <= found.dispersion <= most
    assert (found.value, found.n, found.numerator) == (alone.value, alone.n, alone.numerator)
    wider = (found.high - found.low) / (alone.high - alone.low)
    assert wider == pytest.approx(found.dispersion**0.5, rel=0.3)
    assert found.method == "Wilson, days of 13 weeks"
    assert alone.method == "Wilson, taken as independent"
    by_day = defaultdict(list)
    for one in archive.itertuples():
        by_day[day_number(one.started_local.date())].append(one.outcome == "answered")
    hits = {day: sum(of) for day, of in by_day.items()}
    assert found.dispersion == pytest.approx(slow_phi(hits, {d: len(of) for d, of in by_day.items()}, 13))


def test_periods_share_the_dispersion_of_their_group(held):
    data = held(weeks(6, with_bad_days))
    by_week = summarise(data, ["answer_rate", "speed_of_answer", "wait_p90", "n_offered"], "iso_week")
    whole = summarise(data, ["answer_rate", "speed_of_answer", "wait_p90", "n_offered"])
    for number, rows in by_week.groupby("number"):
        assert rows["dispersion"].to_numpy() == pytest.approx(row(whole, number)["dispersion"])
        assert (rows["method"] == row(whole, number)["method"]).all()
        assert row(whole, number)["method"].endswith("days of 6 weeks")


def test_with_three_weeks_only_shares_have_an_interval():
    found = summarise(weeks(3, independent))
    with_one = found[found["low"].notna()]
    assert set(with_one["method"]) == {"Wilson, taken as independent"}
    assert found["dispersion"].isna().all()


def test_intervals_hold_their_value_and_shrink_with_the_period():
    data = weeks(13, with_bad_days)
    month, week = (summarise(data, since=since, until="2026-11-23") for since in ("2026-10-26", "2026-11-16"))
    assert month["number"].tolist() == week["number"].tolist()
    assert (month.dropna(subset="low").eval("low <= value <= high")).all()
    shares = month["number"].isin(["answer_rate", "abandon_rate", "service_level"])
    width = lambda found: (found["high"] - found["low"])[shares]  # noqa: E731
    assert (width(month) < width(week)).all()
