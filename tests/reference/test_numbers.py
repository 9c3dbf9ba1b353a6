"""The numbers of whole weeks through parser and metrics, against plain Python over the calls as they happened."""

import csv
import gzip
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from callkit.dialects import RawPage
from callkit.metrics import load, recovery, signals, waiting
from callkit.metrics.catalogue import CATALOGUE
from callkit.metrics.summary import summarise
from callkit.periods import Week
from callkit.sandbox import wire, wire_facts
from callkit.sandbox.business import OPENING
from callkit.settings import Settings
from callkit.tables.tidy import tidy
from tests.metrics.slow import is_offered, of_calls
from tests.metrics.slow_summary import summarised
from tests.metrics.test_groups import rows, unlike
from tests.metrics.test_rings import plain_fates
from tests.reference import bank, plain
from tests.reference.test_sandbox_truth import tables

LONDON, JERUSALEM = ZoneInfo("Europe/London"), ZoneInfo("Asia/Jerusalem")
RATES = ["answer_rate", "abandon_rate", "service_level", "service_level_strict"]
COUNTS = ["n_offered", "n_missed", "n_unreached"]
SECONDS = ["wait_median", "wait_p90", "speed_of_answer"]
BANK = ("bank", "1999-W03")
WEEKS = [
    ("call_report", "2026-W13"),  # clocks forward
    ("call_report", "2026-W36"),  # a bank holiday
    ("call_report", "2026-W43"),  # clocks back in a bad week
    ("call_report", "2026-W47"),
    ("call_report", "2026-W53"),  # two bank holidays over a new year
    ("call_records", "2026-W43"),
    BANK,  # real calls
]
HALF_A_YEAR = [Week(2026, 27).shift(n) for n in range(26)]
ADDS_UP = ("call", "contact", "episode", "ring")  # one caller may be in several groups, one hour in all
WAITING = ("queued", "forwarded", "dialed")


def simulated(week, dialect="call_report"):
    sent = wire.sent(week, dialect=dialect)
    return [happened(s.call) for s in sent], tables(dialect, [s.body for s in sent])


def happened(call):
    local = datetime.fromtimestamp(call.started, LONDON).replace(tzinfo=None)
    before = list(takewhile(lambda step: step.step != "answered", call.route))
    after = call.route[len(before) :]
    fates = [fate for _, _, _, fate, _, _ in plain_fates(call)] if call.direction == "inbound" else []
    return plain.Happened(
        call.started, local, call.direction, call.outcome, call.caller, call.did, call.wait_s, call.talk_s,
        call.call_id, call.service.partition(" (")[2].removesuffix(")") or None, call.menu_s, call.ring_s,
        after[0].at if after else None, wire_facts.charge(call),
        n_steps=len(call.route),
        n_targets=len({(s.target_kind, s.target) for s in before if s.step in WAITING}),
        n_rings=sum(s.step == "dialed" for s in before),
        n_transfers=sum(s.step == "transferred" for s in after),
        fates=tuple(fates),
    )  # fmt: skip


def of_the_bank(week):
    with gzip.open(bank.FOLDER / "january.txt.gz", "rt", newline="") as file:
        told = [
            published(r, n)
            for n, r in enumerate(csv.DictReader(file, delimiter="\t"))
            if r["outcome"] != "PHANTOM"
        ]
    pages = [
        RawPage(body)
        for day, bodies in bank.pages().items()
        if week.start <= day < week.end
        for body in bodies
    ]
    read = tidy(pages, time_zone="Asia/Jerusalem", country="IL", account="anonymous_bank")
    return plain.within(told, week.start), read


def published(row, n):
    local = datetime.strptime(f"19{row['date']} {row['vru_entry']}", "%Y%m%d %H:%M:%S")
    started = int(local.replace(tzinfo=JERUSALEM).timestamp())
    waited, served, menu_s = float(row["q_time"]), row["outcome"] == "AGENT", max(float(row["vru_time"]), 0)
    outcome = "answered" if served else "abandoned" if waited else "left_menu"
    is_queued = served or waited > 0
    return plain.Happened(
        started, local, "inbound", outcome, None, bank.DID, waited if is_queued else None,
        float(row["ser_time"]) if served else 0.0, str(n),
        row["type"] if is_queued else "Voice response unit", menu_s, 0 if is_queued else None,
        started + menu_s + waited if served else None, n_steps=3, n_targets=int(is_queued),
    )  # fmt: skip


@pytest.fixture(scope="module", params=WEEKS, ids="-".join)
def week(request):
    dialect, name = request.param
    of = Week.parse(name)
    return of, *(of_the_bank(of) if dialect == "bank" else simulated(of, dialect))


def hold(data, truth, by=(), zone=LONDON, dispersion=True, **period):
    """Hold every number of the catalogue against the one counted in plain Python."""
    expected = summarised(truth, by, zone=zone, fates_of=lambda call: call.fates, **period)
    found = summarise(data, by=list(by), dispersion=dispersion, **period)
    assert len(found) == len(expected) * len(CATALOGUE)
    named = [(group, row.number) for group, row in rows(found, list(by))]
    wanted = [expected[group][number] for group, number in named]
    differ = unlike(found[["value", "numerator", "n", "n_null"]], wanted, rel=1e-9)
    assert [named[place] for place in differ] == []


@pytest.mark.parametrize("by", [(), ("service_name",)])
def test_every_number_of_the_catalogue(week, by):
    of, truth, read = week
    hold(read, truth, by, JERUSALEM if of.year == 1999 else LONDON)


def test_a_period_within_an_archive(week):
    of, truth, read = week
    since, until = of.start + timedelta(days=1), of.start + timedelta(days=4)
    zone = JERUSALEM if of.year == 1999 else LONDON
    for apart in (True, False):
        hold(read, truth, ("hour_of_day",), zone, since=since, until=until, dispersion=apart)


@pytest.fixture(scope="module")
def half_a_year():
    told, bodies = [], []
    for of in HALF_A_YEAR:
        sent = wire.sent(of)
        told += [happened(s.call) for s in sent]
        bodies += [s.body for s in sent]
    return told, tables("call_report", bodies)


@pytest.mark.slow
@pytest.mark.parametrize(
    "by", [(), ("iso_week",), ("service_name",), ("hour_of_day",), ("month", "did")], ids=str
)
def test_every_number_of_half_a_year(half_a_year, by):
    told, read = half_a_year
    hold(read, told, by)


@pytest.mark.slow
def test_every_number_of_a_month_of_half_a_year(half_a_year):
    told, read = half_a_year
    hold(read, told, ("service_name",), since=date(2026, 10, 1), until=date(2026, 11, 1))


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
    assert sum(there.values()) == sum(map(is_offered, truth))


def test_waits_and_patience(week):
    _, truth, calls = week
    assert waiting.wait_bins(calls)["n"].tolist() == plain.in_bins(truth)
    curve = waiting.patience(calls)
    expected = plain.willing(truth)
    assert curve["wait_s"].tolist() == list(expected)
    for row in curve.itertuples():
        assert (row.at_risk, row.n_left, pytest.approx(row.staying)) == expected[row.wait_s]


def test_groups_add_up_to_the_total(week):
    _, _, read = week
    whole = summarise(read).set_index("number")
    for by in ("did", "day"):
        parts = summarise(read, by=by)
        parts = parts[parts["number"].map(lambda name: CATALOGUE[name].grain in ADDS_UP)]
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
    calls = pd.concat([read.calls for read in frames], ignore_index=True)
    numbers = [summarised(truth)[()] for truth in truths]
    judged = signals.verdicts(signals.series(calls, weeks, RATES + COUNTS + SECONDS), of).set_index("number")
    for name in RATES:
        expected = limits_of_rate([(n[name].numerator, n[name].n) for n in numbers])
        assert judged.loc[name, ["mean", "usual_low", "usual_high"]].tolist() == pytest.approx(expected)
    for name in COUNTS + SECONDS:
        values = [n[name].value for n in numbers[:-1]]
        mean, low, high = plain.xmr(values)
        by_chance = (mean - 1, mean + 1) if name in SECONDS else plain.poisson((sum(values) + 0.5) / 12)
        expected = (mean, min(low, by_chance[0]), max(high, by_chance[1]))
        assert judged.loc[name, ["mean", "usual_low", "usual_high"]].tolist() == pytest.approx(expected)
    for hour in signals.hourly(calls, weeks, of).itertuples():
        levels = [of_calls([c for c in t if c.local.hour == hour.hour])["service_level"] for t in truths]
        here = [(level.numerator, level.n) for level in levels]
        assert (hour.numerator, hour.n) == here[-1]
        assert [hour.mean, hour.usual_low, hour.usual_high] == pytest.approx(limits_of_rate(here))
    assert judged.loc["abandon_rate", "verdict"] == "high"
