"""Intervals from thirteen weeks, against their documented formulas day by day in plain Python, for each statistic."""

import math
from collections import defaultdict
from datetime import timedelta
from statistics import NormalDist, median

import numpy as np
import pytest

from callkit.metrics.dispersion import History, Scatter, day_number
from callkit.metrics.summary import summarise
from tests.metrics.frames import MONDAY, shop
from tests.metrics.slow import is_missed, is_offered, quantile
from tests.metrics.slow_summary import calls_of

Z = NormalDist().inv_cdf(0.975)
WEEKS = 13
FIRST = MONDAY.date()
UNTIL = FIRST + timedelta(weeks=WEEKS)
SINCE = UNTIL - timedelta(weeks=2)


def archive():
    """Return thirteen weeks of calls with one bad week, in which nobody answers on three days."""
    frame = shop(2500, 11, days=7 * WEEKS)
    day = (frame["started_local"] - MONDAY.replace(hour=0)).dt.days
    is_bad = day.isin([37, 38, 39]) & (frame["direction"] == "inbound")
    frame["outcome"] = frame["outcome"].mask(is_bad, "abandoned")
    frame["charge"] = frame["charge"] * (1 + (day % 13 == 5) * 3)
    return frame


ARCHIVE = archive()


def answered(call):
    return call.direction == "inbound" and call.outcome == "answered"


def known(*amounts):
    return None if None in amounts else amounts


# by number, of each call what it adds: to a count; to hits and their n; to an amount and its divisor. None: no part
COUNTS = {"n_offered": is_offered, "n_missed": is_missed}
SHARES = {
    "answer_rate": lambda c: (answered(c), 1) if is_offered(c) else None,
    "service_level_answered": lambda c: (c.wait_s <= 20, 1) if answered(c) and c.wait_s is not None else None,
    "outbound_answer_rate": lambda c: (c.outcome == "answered", 1) if c.direction == "outbound" else None,
}
MEANS = {
    "speed_of_answer": lambda c: known(c.wait_s, 1) if answered(c) else None,
    "talk_mean": lambda c: known(c.talk_s, 1) if answered(c) else None,
}
RATIOS = {
    "charge_per_answered": lambda c: known(c.charge, float(c.outcome == "answered")),
    "charge_per_minute": lambda c: (
        known(c.charge, c.talk_s and c.talk_s / 60) if c.talk_s is not None else None
    ),
}
QUANTILES = {
    "wait_median": (0.5, MEANS["speed_of_answer"]),
    "wait_p90": (0.9, MEANS["speed_of_answer"]),
    "talk_median": (0.5, MEANS["talk_mean"]),
}


def days_of(calls, adds, since=FIRST):
    """Return day → list of what its calls add."""
    days = defaultdict(list)
    for call in calls:
        added = adds(call) if call.local and since <= call.local.date() < UNTIL else None
        if added is not None and added is not False:
            days[call.local.date()].append((1, 1) if added is True else added)
    return days


def summed(days):
    """Return day → the sum of the amounts, and that of the divisors."""
    return {day: tuple(map(math.fsum, zip(*of, strict=True))) for day, of in days.items()}


def whole(sums):
    return [math.fsum(part) for part in zip(*sums.values(), strict=True)]


def like_the_others(beyond, chance):
    """Return the weeks no further from their median than 2.5 robust standard deviations, nor than chance alone."""
    weeks = [[day for day in beyond if (day - FIRST).days // 7 == week] for week in range(WEEKS)]
    sums = [math.fsum(beyond[day] for day in week) for week in weeks]
    away = [abs(of - median(sums)) for of in sums]
    robust = 1.4826 * median(away)
    alone = [math.sqrt(max(math.fsum(chance[day] for day in week), 0)) for week in weeks]
    return [k for k in range(WEEKS) if away[k] <= 2.5 * max(robust, alone[k])]


def kept(days, weeks):
    return {day: of for day, of in days.items() if (day - FIRST).days // 7 in weeks}


def scatter(beyond, weeks):
    """Return the sum of squares around each weekday's mean, a day without calls as 0, as of an unbiased variance."""
    n, total = len(weeks), 0.0
    for weekday in range(7):
        days = [FIRST + timedelta(days=7 * week + weekday) for week in weeks]
        values = [beyond.get(day, 0.0) for day in days]
        total += math.fsum((value - math.fsum(values) / n) ** 2 for value in values)
    return total * n / (n - 1)


def dispersion_of_count(days):
    sums = {day: float(len(of)) for day, of in days.items()}
    weeks = like_the_others(sums, sums)
    sums = kept(sums, weeks)
    return max(1, scatter(sums, weeks) / math.fsum(sums.values()))


def dispersion_of_share(days):
    sums = summed(days)
    hits, n = whole(sums)
    p = hits / n
    weeks = like_the_others(
        {d: h - p * m for d, (h, m) in sums.items()}, {d: m * p * (1 - p) for d, (_, m) in sums.items()}
    )
    sums = kept(sums, weeks)
    hits, n = whole(sums)
    p = hits / n
    return max(1, scatter({d: h - p * m for d, (h, m) in sums.items()}, weeks) / (n * p * (1 - p)))


def relative_variance(days, *, is_mean):
    """Return the variance of one row against the square of the mean; and of a mean, φ."""
    sums = summed(days)
    amount, size = whole(sums)
    mean = amount / size
    chance = {d: math.fsum((x - mean) ** 2 for x, _ in of) if is_mean else 0.0 for d, of in days.items()}
    weeks = like_the_others({d: a - mean * s for d, (a, s) in sums.items()}, chance)
    sums, days = kept(sums, weeks), kept(days, weeks)
    amount, size = whole(sums)
    mean = amount / size
    squares = scatter({d: a - mean * s for d, (a, s) in sums.items()}, weeks)
    if not is_mean:
        return squares / (size * mean**2), None
    alone = math.fsum((x - mean) ** 2 for of in days.values() for x, _ in of)
    return max(squares, alone) / (size * mean**2), max(1, squares / alone)


@pytest.fixture(scope="module")
def found():
    names = [*COUNTS, *SHARES, *MEANS, *RATIOS, *QUANTILES]
    rows = summarise(ARCHIVE, names, "service_name", since=SINCE, until=UNTIL)
    return {
        (row.service_name, row.number): row
        for row in rows.itertuples()
        if row.service_name == row.service_name
    }


@pytest.fixture(scope="module", params=["Sales", "Support"])
def service(request):
    return request.param, [c for c in calls_of(ARCHIVE) if c.service_name == request.param]


@pytest.mark.parametrize("name", COUNTS)
def test_a_count(name, service, found):
    which, calls = service
    row, phi = found[which, name], dispersion_of_count(days_of(calls, COUNTS[name]))
    count = sum(map(len, days_of(calls, COUNTS[name], SINCE).values()))
    assert (row.value, row.dispersion) == (count, pytest.approx(phi))
    for end in (row.low, row.high):  # Rao's score interval: as far from the count as φ allows
        assert (count - end) ** 2 == pytest.approx(Z**2 * phi * end)
    assert row.low < count < row.high


@pytest.mark.parametrize("name", SHARES)
def test_a_share(name, service, found):
    which, calls = service
    row, phi = found[which, name], dispersion_of_share(days_of(calls, SHARES[name]))
    hits, n = whole(summed(days_of(calls, SHARES[name], SINCE)))
    assert (row.numerator, row.n, row.dispersion) == (hits, n, pytest.approx(phi))
    for end in (row.low, row.high):  # Wilson's: as far from the share as the variance there allows
        assert (hits / n - end) ** 2 == pytest.approx(Z**2 * end * (1 - end) * phi / n)
    assert row.low < row.value < row.high


@pytest.mark.parametrize("name", [*MEANS, *RATIOS])
def test_a_mean_or_ratio(name, service, found):
    which, calls = service
    adds = (MEANS | RATIOS)[name]
    variance, phi = relative_variance(days_of(calls, adds), is_mean=name in MEANS)
    amount, size = whole(summed(days_of(calls, adds, SINCE)))
    row = found[which, name]
    assert row.value == pytest.approx(amount / size)
    assert row.dispersion == pytest.approx(math.nan if phi is None else phi, nan_ok=True)
    half = Z * math.sqrt(variance / size)
    assert [math.log(row.value / row.low), math.log(row.high / row.value)] == pytest.approx([half, half])


@pytest.mark.parametrize("name", QUANTILES)
def test_a_quantile(name, service, found):
    which, calls = service
    level, adds = QUANTILES[name]
    history = days_of(calls, adds)
    value = quantile([x for of in history.values() for x, _ in of], level).value
    phi = dispersion_of_share({day: [(x <= value, 1) for x, _ in of] for day, of in history.items()})
    asked = [x for of in days_of(calls, adds, SINCE).values() for x, _ in of]
    half = Z * math.sqrt(level * (1 - level) * phi / len(asked))
    ends = [quantile(asked, at).value if 0 <= at <= 1 else math.nan for at in (level - half, level + half)]
    row = found[which, name]
    assert (row.value, row.dispersion) == (quantile(asked, level).value, pytest.approx(phi))
    assert [row.low, row.high] == pytest.approx(ends, nan_ok=True)


def test_the_bad_week_is_left_out_here(service):
    _, calls = service
    days = days_of(calls, SHARES["answer_rate"])
    with_all = scatter_with_all(days)
    assert with_all > 1.2 * dispersion_of_share(days)


def scatter_with_all(days):
    sums = summed(days)
    hits, n = whole(sums)
    p = hits / n
    return scatter({d: h - p * m for d, (h, m) in sums.items()}, range(WEEKS)) / (n * p * (1 - p))


def test_a_week_of_a_ratio_is_held_against_the_other_weeks_alone():
    # what chance alone would do to a ratio is not known, and so excuses no week
    rng = np.random.default_rng(3)
    days = np.arange(day_number(FIRST), day_number(FIRST) + 7 * WEEKS)
    answers, is_bad = np.full(len(days), 0.5), (days - days[0]) // 7 == 4
    charges = np.where(is_bad, 20, rng.normal(100, 1, len(days))) * answers
    scattered = Scatter(np.zeros(len(days), int), days.astype(float), 1, History(days[0], WEEKS))
    sums = dict(
        zip(
            (FIRST + timedelta(days=k) for k in range(len(days))),
            zip(charges, answers, strict=True),
            strict=True,
        )
    )
    variance, _ = relative_variance({day: [of] for day, of in sums.items()}, is_mean=False)
    assert scattered.mean(charges, answers).relative_variance == pytest.approx([variance])
    assert variance < 0.001
