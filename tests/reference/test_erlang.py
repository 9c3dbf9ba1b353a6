"""Erlang B, C and A against exact rational arithmetic and published worked examples: every row of both tables."""

import csv
import gzip
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from callkit.metrics.erlang import erlang_a, erlang_b, erlang_c
from callkit.metrics.goals import agents_for, talk_spread_factor
from tests.reference import bank

FOLDER = Path(__file__).parent / "erlang"
CLOSE = 1e-9


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


EXACT, PUBLISHED = rows("erlang_BC_exact_rational.csv"), rows("erlang_published.csv")
R_README = {"calls_per_hour": 200, "talk_s": 180}
BUSY_MINUTE = {"calls_per_hour": 48 * 60, "talk_s": 60, "agents": 50}
EXAMPLE = erlang_c(**R_README, agents=14)
PATIENT, IMPATIENT = erlang_c(**BUSY_MINUTE), erlang_a(**BUSY_MINUTE, patience_s=120)
MITAN = erlang_c(720, 240, 55, within_s=15)
OURS = {
    ("ErlangC", "wait_prob"): EXAMPLE.wait_probability,
    ("ErlangC", "service_level"): EXAMPLE.service_level,
    ("ErlangC", "ASA_s"): EXAMPLE.speed_of_answer_s,
    ("ErlangC", "occupancy"): EXAMPLE.occupancy,
    ("ErlangC", "agents"): agents_for(**R_README, service_level=0.8, occupancy=0.85),
    ("ErlangC M/M/N", "ASA_s"): PATIENT.speed_of_answer_s,
    ("ErlangC", "wait_p90_s"): math.log(PATIENT.wait_probability / 0.1) * 60 / (50 - 48),
    ("ErlangC", "mean_queue"): PATIENT.mean_queue,
    ("ErlangC", "utilisation"): PATIENT.occupancy,
    ("ErlangA M/M/N+M", "P_abandon"): IMPATIENT.abandon_rate,
    ("ErlangA", "mean_wait_s"): IMPATIENT.mean_wait_s,
    ("ErlangA", "mean_queue"): IMPATIENT.mean_queue,
    ("ErlangA", "utilisation"): IMPATIENT.occupancy,
}


def row_name(row):
    return f"{row['model']}-{row['quantity']}"


def test_both_tables_are_whole():
    assert (len(EXACT), len(PUBLISHED)) == (91, 14)


def test_erlang_b_and_c_equal_exact_rational_arithmetic():
    load, agents = (np.array([float(r[k]) for r in EXACT]) for k in ("offered_erlangs", "agents"))
    blocked, waits = (
        np.array([float(r[k]) for r in EXACT]) for k in ("erlang_B_blocking", "erlang_C_wait_prob")
    )
    assert erlang_b(load, agents) == pytest.approx(blocked, rel=CLOSE, abs=0)
    assert erlang_c(load, 3600, agents).wait_probability == pytest.approx(waits, rel=CLOSE, abs=0)


@pytest.mark.parametrize("row", PUBLISHED[:-1], ids=row_name)
def test_published_examples(row):
    ours, printed = float(OURS[row["model"], row["quantity"]]), row["published"]
    assert ours == pytest.approx(float(row["exact_recomputed"]), rel=CLOSE)
    step = 10.0 ** -len(printed.partition(".")[2])
    assert abs(ours - float(printed)) <= step / 2 + 1e-9  # to its last printed digit


def test_a_worked_example_of_which_only_the_inputs_were_seen():
    recomputed = [float(value) for value in PUBLISHED[-1]["exact_recomputed"].split("/")]
    ours = [MITAN.wait_probability, MITAN.service_level, MITAN.speed_of_answer_s]
    assert ours == pytest.approx(recomputed, rel=CLOSE)


def test_the_ninetieth_percentile_is_where_nine_in_ten_are_answered():
    p90 = float(next(r["exact_recomputed"] for r in PUBLISHED if r["quantity"] == "wait_p90_s"))
    assert erlang_c(**BUSY_MINUTE, within_s=p90).service_level == pytest.approx(0.9, rel=CLOSE)


def test_erlang_a_equals_its_balance_equations_in_exact_arithmetic():
    """48 calls a minute, talks and N as published, patience 2 min: states 0 … 400 as fractions of whole numbers."""
    weights = [Fraction(1)]
    for n in range(1, 401):
        weights.append(weights[-1] * 48 / (min(n, 50) + Fraction(max(n - 50, 0), 2)))
    total = sum(weights)
    queue = sum(max(n - 50, 0) * w for n, w in enumerate(weights)) / total
    assert float(IMPATIENT.mean_queue) == pytest.approx(float(queue), rel=1e-12)
    assert float(IMPATIENT.abandon_rate) == pytest.approx(float(queue / 2 / 48), rel=1e-12)
    assert float(IMPATIENT.wait_probability) == pytest.approx(float(sum(weights[50:]) / total), rel=1e-12)


def test_the_banks_talk_times_lengthen_waits_as_brown_found():
    """Brown et al. (2005), equation 1: 1.26 over their months of 1999; January alone gives 1.28."""
    with gzip.open(bank.FOLDER / "january.txt.gz", "rt", newline="") as file:
        talks = np.array(
            [int(r["ser_time"]) for r in csv.DictReader(file, delimiter="\t") if r["outcome"] == "AGENT"]
        )
    factor = float(talk_spread_factor(talks.std() / talks.mean()))
    assert round(factor, 2) == 1.28
    assert abs(factor - 1.26) < 0.03
