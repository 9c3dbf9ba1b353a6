"""The numbers of whole weeks through parser and metrics, against plain Python over the calls as they happened."""

import csv
import gzip
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
import pytest

from callkit.clock import Week
from callkit.dialects import RawPage
from callkit.metrics import load, recovery, signals, waiting
from callkit.metrics.summary import summarise
from callkit.sandbox import wire
from callkit.sandbox.business import OPENING
from callkit.settings import Settings
from callkit.tables.tidy import tidy
from tests.reference import bank, plain

LONDON = ZoneInfo("Europe/London")
RATES = ["answer_rate", "abandon_rate", "service_level", "service_level_strict"]
COUNTS = ["n_offered", "n_missed", "n_unreached"]
SECONDS = ["wait_median", "wait_p90", "speed_of_answer"]
# clocks forward; a bank holiday; clocks back in a bad week; ordinary; two bank holidays over a new year; real calls
WEEKS = ["2026-W13", "2026-W36", "2026-W43", "2026-W47", "2026-W53", "1999-W03"]


def simulated(week):
    sent = wire.sent(week)
    records = [msgspec.Raw(s.body) for s in sent]
    pages = [msgspec.json.encode({"data": records[i : i + 100]}) for i in range(0, len(records), 100)]
    return [happened(s.call) for s in sent], tidy(pages).calls


def happened(call):
    local = datetime.fromtimestamp(call.started, LONDON).replace(tzinfo=None)
    return plain.Happened(
        call.started, local, call.direction, call.outcome, call.caller, call.did, call.wait_s, call.talk_s
    )


def of_the_bank(week):
    with gzip.open(bank.FOLDER / "january.txt.gz", "rt", newline="") as file:
        rows = [published(r) for r in csv.DictReader(file, delimiter="\t") if r["outcome"] != "PHANTOM"]
    pages = [
        RawPage(body)
        for day, bodies in bank.pages().items()
        if week.start <= day < week.end
        for body in bodies
    ]
    calls = tidy(pages, time_zone="Asia/Jerusalem", country="IL", account="anonymous_bank").calls
    return plain.within(rows, week.start), calls


def published(row):
    local = datetime.strptime(f"19{row['date']} {row['vru_entry']}", "%Y%m%d %H:%M:%S")
    waited, served = float(row["q_time"]), row["outcome"] == "AGENT"
    outcome = "answered" if served else "abandoned" if waited else "left_menu"
    wait_s, talk_s = waited if served or waited else None, float(row["ser_time"]) if served else 0.0
    return plain.Happened(int(local.timestamp()), local, "inbound", outcome, None, None, wait_s, talk_s)


@pytest.fixture(scope="module", params=WEEKS)
def week(request):
    of = Week.parse(request.param)
    return of, *(of_the_bank(of) if of.year == 1999 else simulated(of))


def test_every_number_of_the_catalogue(week):
    _, truth, calls = week
    found = {row.number: row for row in summarise(calls).itertuples()}
    expected = plain.numbers(truth)
    assert set(found) == set(expected)
    for name, value in expected.items():
        if isinstance(value, tuple):
            assert (found[name].numerator, found[name].n) == value
        else:
            assert found[name].value == pytest.approx(value), name


def test_the_call_back_list_in_its_order_and_its_number(week):
    _, truth, calls = week
    told = recovery.unreached(calls)
    wanted = [
        "caller",
        "n_attempts",
        "last_tried_local",
        "last_did",
        "last_wait_s",
        "n_callbacks",
        "longest_wait_s",
    ]
    rows = [[None if x != x else x for x in row] for row in told[wanted].astype(object).to_numpy().tolist()]
    assert rows == [list(w) for w in plain.unreached(truth)]
    assert summarise(calls, "n_unreached")["value"].iloc[0] == len(rows)


def test_each_cell_of_the_week(week):
    of, truth, calls = week
    opening, zone = OPENING, "Europe/London"
    if of.year == 1999:
        opening, zone = Settings.load(bank.FOLDER / "callkit.toml", {}).opening, "Asia/Jerusalem"
    cells = load.arrivals(calls, opening, of.start, of.end, time_zone=zone)
    counted = plain.by_hour(truth)
    there = {(c.weekday, c.hour): c.n + c.n_outside for c in cells.itertuples() if c.n + c.n_outside}
    assert there == counted
    assert sum(there.values()) == plain.numbers(truth)["n_offered"]


def test_waits_and_patience(week):
    _, truth, calls = week
    assert waiting.wait_bins(calls)["n"].tolist() == plain.in_bins(truth)
    curve = waiting.patience(calls)
    expected = plain.willing(truth)
    assert curve["wait_s"].tolist() == list(expected)
    for row in curve.itertuples():
        assert (row.at_risk, row.n_left, pytest.approx(row.staying)) == expected[row.wait_s]


def test_groups_add_up_to_the_total(week):
    _, _, calls = week
    whole = summarise(calls).set_index("number")
    for by in ("did", "hour_of_day", "day", "weekday"):
        parts = summarise(calls, by=by)
        parts = parts[~parts["number"].isin(["n_unreached", "n_missed_callers"])]
        sums = parts.groupby("number")[["numerator", "n", "n_null"]].sum(min_count=1)
        pd.testing.assert_frame_equal(sums, whole.loc[sums.index, sums.columns], check_dtype=False)


def limits_of_rate(weeks):
    *before, (_, n) = weeks
    mean, low, high = plain.laney(before, n)
    least, most = plain.binomial(n, (sum(k for k, _ in before) + 0.5) / (sum(of for _, of in before) + 1))
    return mean, min(low, least), max(high, most)


def test_usual_ranges_of_a_bad_week_by_day_and_hour():
    of = Week.parse("2026-W43")
    weeks = [of.shift(-back) for back in range(12, -1, -1)]
    truths, frames = zip(*map(simulated, weeks), strict=True)
    calls = pd.concat(frames, ignore_index=True)
    numbers = [plain.numbers(truth) for truth in truths]
    judged = signals.verdicts(signals.weekly(calls, weeks, RATES + COUNTS + SECONDS), of).set_index("number")
    for name in RATES:
        expected = limits_of_rate([n[name] for n in numbers])
        assert judged.loc[name, ["mean", "usual_low", "usual_high"]].tolist() == pytest.approx(expected)
    for name in COUNTS + SECONDS:
        values = [n[name] for n in numbers[:-1]]
        mean, low, high = plain.xmr(values)
        by_chance = (mean - 1, mean + 1) if name in SECONDS else plain.poisson((sum(values) + 0.5) / 12)
        expected = (mean, min(low, by_chance[0]), max(high, by_chance[1]))
        assert judged.loc[name, ["mean", "usual_low", "usual_high"]].tolist() == pytest.approx(expected)
    for hour in signals.hourly(calls, weeks, of).itertuples():
        here = [plain.numbers(c for c in t if c.local.hour == hour.hour)["service_level"] for t in truths]
        assert (hour.numerator, hour.n) == here[-1]
        assert [hour.mean, hour.usual_low, hour.usual_high] == pytest.approx(limits_of_rate(here))
    assert judged.loc["abandon_rate", "verdict"] == "high"
