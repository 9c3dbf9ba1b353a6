"""Simulated M/M/N and M/M/N+M queues agree with Erlang C and A within Monte-Carlo error; and laws of the formulas."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callkit.errors import UsageError
from callkit.metrics.erlang import erlang_a, erlang_b, erlang_c
from callkit.metrics.goals import agents_for, lines_for, talk_spread_factor

BATCHES, WARM_UP, WITHIN_S = 50, 0.05, 20.0
ERRORS = 4  # of a normal estimate, one in 16,000 is farther out


def simulate(rng, n, calls_per_hour, talk_s, agents, patience_s=np.inf):
    """Return the seconds each call waited, and whether it was answered: first come, first served."""
    arrivals = np.cumsum(rng.exponential(3600 / calls_per_hour, n))
    talks = rng.exponential(talk_s, n)
    patiences = rng.exponential(patience_s, n) if np.isfinite(patience_s) else np.full(n, np.inf)
    free_at, waits, answered = [0.0] * agents, np.empty(n), np.empty(n, dtype=bool)
    for call, (at, talk, patience) in enumerate(zip(arrivals, talks, patiences, strict=True)):
        wait = max(free_at[0] - at, 0.0)  # a caller who leaves takes no agent, so those behind move up
        answered[call] = wait <= patience
        waits[call] = min(wait, patience)
        if answered[call]:
            heapq.heapreplace(free_at, at + wait + talk)
    kept = slice(int(n * WARM_UP), None)
    return waits[kept], answered[kept]


def estimate(values, weights):
    """Return a ratio of sums and its standard error, by the means of batches that follow one another."""
    sums = np.array(
        [
            [v.sum(), w.sum()]
            for v, w in zip(*(np.array_split(x, BATCHES) for x in (values, weights)), strict=True)
        ]
    )
    ratio = sums[:, 0].sum() / sums[:, 1].sum()
    spread = sums[:, 0] - ratio * sums[:, 1]
    return ratio, np.sqrt((spread**2).sum() * BATCHES / (BATCHES - 1)) / sums[:, 1].sum()


def estimates(waits, answered):
    everybody = np.ones(len(waits))
    return {
        "wait_probability": estimate(waits > 0, everybody),
        "service_level": estimate(answered & (waits <= WITHIN_S), everybody),
        "speed_of_answer_s": estimate(waits * answered, answered),
        "mean_wait_s": estimate(waits, everybody),
        "abandon_rate": estimate(~answered, everybody),
    }


def agree(queue, found):
    for name, (value, error) in found.items():
        ours = float(getattr(queue, name))
        assert abs(ours - value) <= ERRORS * error, f"{name}: {ours} by formula, {value} ± {error} simulated"
        assert error <= 0.07 * max(value, 0.02), f"{name}: {error} is too wide to say anything of {value}"


@pytest.mark.parametrize(
    ("rate", "talk_s", "agents"), [(30, 90, 1), (60, 180, 4), (200, 180, 14), (720, 240, 55)]
)
def test_waiting_for_ever_is_erlang_c(rate, talk_s, agents):
    found = estimates(*simulate(np.random.default_rng(5), 400_000, rate, talk_s, agents))
    agree(
        erlang_c(rate, talk_s, agents, within_s=WITHIN_S), {k: found[k] for k in found if k != "abandon_rate"}
    )


@pytest.mark.parametrize(
    ("rate", "talk_s", "agents", "patience_s"),
    [(30, 90, 1, 60), (60, 180, 3, 300), (60, 180, 2, 45), (200, 180, 10, 120), (2880, 60, 50, 120)],
)
def test_giving_up_is_erlang_a(rate, talk_s, agents, patience_s):
    found = estimates(*simulate(np.random.default_rng(6), 400_000, rate, talk_s, agents, patience_s))
    agree(erlang_a(rate, talk_s, patience_s, agents, within_s=WITHIN_S), found)


def test_a_wrong_patience_or_agent_more_would_be_seen():
    found = estimates(*simulate(np.random.default_rng(6), 400_000, 60, 180, 3, 300))
    for wrong in (erlang_a(60, 180, 330, 3), erlang_a(60, 180, 300, 4), erlang_a(60, 170, 300, 3)):
        with pytest.raises(AssertionError, match="by formula"):
            agree(wrong, found)


loads = {
    "rate": st.floats(0.5, 2000),
    "talk_s": st.floats(10, 900),
    "patience_s": st.floats(5, 5000),
    "within_s": st.floats(0, 120),
}


@settings(max_examples=60)
@given(
    **loads, goal=st.floats(0.05, 0.99), name=st.sampled_from(["service_level", "abandon_rate", "occupancy"])
)
def test_the_agents_needed_by_erlang_a_are_the_fewest(rate, talk_s, patience_s, within_s, goal, name):
    def meets(n):
        value = getattr(erlang_a(rate, talk_s, patience_s, n, within_s=within_s), name)
        return value >= goal if name == "service_level" else value <= goal

    agents = agents_for(rate, talk_s, patience_s, within_s=within_s, **{name: goal})
    assert meets(agents)
    assert not meets(agents - 1)


@settings(max_examples=40)
@given(**loads, answer_s=st.floats(0.5, 200))
def test_the_agents_needed_for_a_speed_of_answer_are_the_fewest(rate, talk_s, patience_s, within_s, answer_s):
    for patience in (patience_s, np.inf):
        agents = agents_for(rate, talk_s, patience, speed_of_answer_s=answer_s)
        assert erlang_a(rate, talk_s, patience, agents).speed_of_answer_s <= answer_s
        assert not erlang_a(rate, talk_s, patience, agents - 1).speed_of_answer_s <= answer_s


@settings(max_examples=40)
@given(**loads, goal=st.floats(0.05, 0.99))
def test_the_agents_needed_by_erlang_c_are_the_fewest(rate, talk_s, patience_s, within_s, goal):
    agents = agents_for(rate, talk_s, service_level=goal, within_s=within_s)
    assert erlang_c(rate, talk_s, agents, within_s=within_s).service_level >= goal
    assert erlang_c(rate, talk_s, agents - 1, within_s=within_s).service_level < goal


@settings(max_examples=40)
@given(st.floats(0.01, 500), st.floats(0.0005, 0.5))
def test_the_lines_needed_are_the_fewest(load, share):
    lines = lines_for(load, share)
    assert erlang_b(load, lines) <= share < erlang_b(load, lines - 1)


@settings(max_examples=60)
@given(**loads, agents=st.integers(0, 300))
def test_erlang_a_keeps_its_books(rate, talk_s, patience_s, within_s, agents):
    q = erlang_a(rate, talk_s, patience_s, agents, within_s=within_s)
    more = erlang_a(rate, talk_s, patience_s, agents + 1, within_s=within_s)
    for share in (q.wait_probability, q.service_level, q.abandon_rate):
        assert -1e-12 <= share <= 1 + 1e-12
    assert q.mean_queue == pytest.approx(rate / 3600 * q.mean_wait_s, rel=1e-9)  # Little's law
    assert more.service_level >= q.service_level - 1e-12
    assert more.abandon_rate <= q.abandon_rate + 1e-12
    assert q.service_level >= 1 - q.wait_probability - 1e-12
    if agents:
        assert q.occupancy * agents == pytest.approx(rate * talk_s / 3600 * (1 - q.abandon_rate), rel=1e-9)


@pytest.mark.parametrize("agents", [11, 14, 20])
def test_erlang_a_tends_to_c_as_patience_grows(agents):
    c = erlang_c(200, 180, agents)
    for patience in (1e6, 1e8, 1e10):
        a = erlang_a(200, 180, patience, agents)
        for name in ("wait_probability", "service_level", "speed_of_answer_s", "mean_queue", "occupancy"):
            assert getattr(a, name) == pytest.approx(float(getattr(c, name)), rel=3e3 * 180 / patience)
    assert erlang_a(200, 180, np.inf, agents) == c


@pytest.mark.parametrize("agents", [1, 5, 10, 20])
def test_erlang_a_tends_to_a_loss_system_as_patience_vanishes(agents):
    lost = float(erlang_b(10, agents))
    for patience in (1e-2, 1e-5, 1e-8):
        assert erlang_a(200, 180, patience, agents).abandon_rate == pytest.approx(lost, rel=20 * patience)


def test_loads_without_calls_and_without_agents():
    silent = erlang_a(0, 180, 100, [0, 1])
    assert silent.service_level.tolist() == [0, 1]
    assert agents_for([0, 0], 180, [100, np.inf], service_level=0.8).tolist() == [0, 0]
    nobody = erlang_a(200, 180, 100, 0)
    assert (nobody.abandon_rate, nobody.service_level) == (pytest.approx(1), 0)
    assert np.isnan(nobody.speed_of_answer_s)


@pytest.mark.parametrize("agents", [0, 9, 10])
def test_erlang_c_has_no_long_run_where_the_load_reaches_the_agents(agents):
    queue = erlang_c(200, 180, agents)
    assert (queue.wait_probability, queue.service_level) == (1, 0)
    assert queue.speed_of_answer_s == queue.mean_queue == np.inf


def test_large_loads_neither_overflow_nor_vanish():
    assert erlang_b(5000, 5000) == pytest.approx(np.sqrt(2 / (np.pi * 5000)), rel=0.01)
    fluid = erlang_a(2e5, 180, 600, 8000)  # far too few: as many give up as nobody can serve
    assert fluid.abandon_rate == pytest.approx(0.2, rel=1e-6)
    assert fluid.mean_wait_s == pytest.approx(120, rel=1e-6)
    assert fluid.speed_of_answer_s == pytest.approx(600 * np.log(1.25), rel=1e-3)
    assert agents_for(4e4, 180, 300, service_level=0.8) < agents_for(4e4, 180, service_level=0.8)


def test_many_are_answered_at_once():
    rates = np.array([[10.0, 100.0], [200.0, 300.0]])
    together = erlang_a(rates, 180, [60, 240], [[3], [9]])
    assert together.abandon_rate.shape == (2, 2)
    assert together.abandon_rate[1, 0] == pytest.approx(
        float(erlang_a(200, 180, 60, 9).abandon_rate), rel=1e-14
    )


def test_the_spread_of_talk_times_lengthens_waits_exactly_for_one_agent():
    """Pollaczek–Khinchine: mean wait = λ E[S²] ÷ 2(1 − ρ), here for talks of 60 s or 180 s, half each."""
    rate, talks = 15, np.array([60.0, 180.0])
    exact = rate / 3600 * (talks**2).mean() / 2 / (1 - rate / 3600 * talks.mean())
    factor = talk_spread_factor(talks.std() / talks.mean())
    assert erlang_c(rate, talks.mean(), 1).mean_wait_s * factor == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: erlang_b(-1, 2), "erlangs -1.0 cannot be used; give a number 0 or above"),
        (lambda: erlang_c(10, 0, 2), "talk_s 0.0 cannot be used; give a number above 0"),
        (lambda: erlang_c(10, 60, 2.5), "agents 2.5 is not a whole number"),
        (lambda: erlang_a(10, 60, 0, 2), "patience_s 0.0 cannot be used"),
        (lambda: erlang_a(np.nan, 60, 10, 2), "calls_per_hour nan cannot be used"),
        (lambda: lines_for(10, 1), "blocking 1.0 cannot be a goal; give a share between 0 and 1"),
        (lambda: agents_for(10, 60), "no goal is given"),
        (lambda: agents_for(10, 60, abandon_rate=0.1), "abandon_rate 0.1 needs a patience"),
        (lambda: agents_for(10, 60, 100, speed_of_answer_s=0), "speed_of_answer_s 0.0 cannot be used"),
    ],
)
def test_what_cannot_be_used_is_said(ask, said):
    with pytest.raises(UsageError, match=said):
        ask()
