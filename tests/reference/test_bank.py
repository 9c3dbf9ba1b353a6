"""The published figures of the Anonymous Bank, given back by the whole pipeline from call_report pages."""

import csv
import gzip
from datetime import date

import numpy as np
import pytest

from callkit.metrics.summary import summarise
from callkit.settings import Settings
from callkit.tables.store import load, statements
from callkit.tables.tidy import tidy
from tests.reference import bank


@pytest.fixture(scope="module")
def calls(tmp_path_factory):
    settings = Settings.load(
        bank.FOLDER / "callkit.toml", {"CALLKIT_DATA": str(tmp_path_factory.mktemp("data"))}
    )
    bank.store(settings)
    proof = statements(settings, bank.FIRST, bank.AFTER)
    assert proof.is_complete.all()
    assert (proof.announced.sum(), proof.kept.sum()) == (31_359, 31_359)
    return load(settings).calls


@pytest.fixture(scope="module")
def published():
    with gzip.open(bank.FOLDER / "january.txt.gz", "rt", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["outcome"] != "PHANTOM"]


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def test_calls_and_share_served(calls):
    assert len(calls) == 31_359
    served = (calls.outcome == "answered").sum()
    assert served == 27_060
    assert round(100 * served / len(calls), 1) == 86.3


def test_mean_wait_of_those_who_queued(calls, published):
    wait = calls.wait_s[calls.wait_s > 0]
    assert wait.mean() == mean(int(r["q_time"]) for r in published if int(r["q_time"]) > 0)
    assert round(wait.mean(), 1) == 68.2
    assert len(wait) == 16_665


def test_mean_service_of_those_served(calls, published):
    talk = calls.talk_s[calls.outcome == "answered"]
    assert talk.mean() == mean(int(r["ser_time"]) for r in published if r["outcome"] == "AGENT")
    assert round(talk.mean(), 1) == 183.5


def test_hang_ups_in_the_menu_are_not_abandoned(calls, published):
    outcomes = calls.outcome.value_counts()
    hung_up = [int(r["q_time"]) > 0 for r in published if r["outcome"] == "HANG"]
    assert outcomes["left_menu"] == hung_up.count(False) == 1_219
    assert outcomes["abandoned"] == hung_up.count(True) == 3_080
    assert outcomes[outcomes > 0].index.isin(["answered", "abandoned", "left_menu"]).all()


def test_every_call_keeps_its_own_figures(calls):
    told = {row.number: row for row in bank.rows()}
    ours = calls.assign(number=calls.call_id_raw.str.rsplit(".").str[-1].astype(int)).set_index("number")
    assert set(told) == set(ours.index)
    queued = ours.index[ours.outcome != "left_menu"]
    assert [told[n].queue_s for n in queued] == ours.wait_s[queued].tolist()
    assert [told[n].menu_s for n in ours.index] == ours.menu_s.tolist()
    assert [told[n].talk_s for n in ours.index] == ours.talk_s.tolist()
    assert [told[n].start for n in ours.index] == ours.started_local.tolist()


def test_the_catalogue_says_the_same(calls):
    numbers = summarise(calls).set_index("number")
    assert numbers.value["n_offered"] == 31_359 - 1_219
    assert numbers.value["n_left_menu"] == 1_219
    assert (numbers.numerator["answer_rate"], numbers.n["answer_rate"]) == (27_060, 30_140)
    assert round(numbers.value["talk_mean"], 1) == 183.5


def test_february_and_the_services_of_both_months(calls):
    pages = [body for bodies in bank.pages("february").values() for body in bodies]
    second = tidy(pages, time_zone="Asia/Jerusalem", country="IL", account="anonymous_bank").calls
    assert len(second) == 33_066
    served = second.outcome == "answered"
    assert round(100 * served.mean(), 1) == 82.1
    assert round(second.wait_s[second.wait_s > 0].mean(), 1) == 75.8
    assert round(second.talk_s[served].mean(), 1) == 176.4
    talk = np.concatenate([second.talk_s[served], calls.talk_s[calls.outcome == "answered"]])
    # January to October: mean 185 s, standard deviation 238 s, 7 % under 10 s
    assert (talk.mean(), talk.std(), (talk < 10).mean()) == pytest.approx((185, 238, 0.07), rel=0.15)


def test_every_line_is_understood_and_nothing_contradicts(calls):
    assert calls.n_unknown_steps.sum() == 0
    assert calls.contradictions.isna().all()
    assert calls.started_local.dt.date.min() >= bank.FIRST
    assert calls.started_local.dt.date.max() < date(1999, 2, 1)
