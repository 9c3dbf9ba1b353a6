"""Verdicts that are no plain “unusual” or “usual”: a run inside the usual range, and a range too wide to judge by."""

from datetime import timedelta

import pytest

from callkit.clock import midnight
from callkit.look.typography import plain
from callkit.report import sections
from callkit.report.model import TILES
from callkit.report.record import record
from tests.report.listed import rows, tiles, written
from tests.report.pages import page, says
from tests.report.sidecars import NEWEST, put, sidecar
from tests.report.weeks import WEEK, call, weekly

RUN = "Above the mean for 8 weeks"
WIDE = "Range too wide to judge"


def calls(a_week):
    """Return calls a minute apart from Monday on, week by week: how many are answered and how many given up."""
    return [
        call(
            midnight(WEEK.shift(place - len(a_week) + 1).start) + timedelta(hours=8, minutes=minute),
            "answered" if minute < answered else "abandoned",
            caller=f"+447700900{minute:03d}",
            wait_s=12,
        )
        for place, (answered, given_up) in enumerate(a_week)
        for minute in range(answered + given_up)
    ]


@pytest.fixture(scope="module")
def run():
    """Return a week that gives up no more than usual, yet for the eighth time in a row more than on the mean."""
    return weekly(calls([(90, 5)] * 5 + [(90, 10)] * 8))


@pytest.fixture(scope="module")
def wide():
    return weekly(calls([(1, 0), (0, 1)] * 6 + [(1, 0)]))


def test_a_run_is_not_called_unusually_high_inside_its_usual_range(run):
    found = run.compared["abandon_rate"]
    assert (found.verdict, found.rule, found.is_better) == ("high", "run", False)
    assert found.usual_low < found.value < found.usual_high
    said = plain(page(run))
    assert "Unusually" not in said
    assert said.count(f"{RUN} · worse") == 4  # tile and panel, of giving up and of callers not reached
    assert "unusual inside the range: 8 weeks in a row on one side of the mean" in said
    assert "Giving up stays above its mean." in said
    assert "but above the mean for eight weeks in a row" in said


def test_a_line_whose_service_level_runs_says_so(run):
    said = says(sections.service_level, run)
    assert said.count("Below the mean for 8 weeks · worse") == 1
    assert (
        "Main has been below its mean for eight weeks in a row: 90 of 100 answered within 20 s, inside the "
        in said
    )


def test_the_record_of_a_run_keeps_its_verdict(run):
    row = next(row for row in record(run)["numbers"] if row["number"] == "abandon_rate")
    assert (row["verdict"], row["is_better"]) == ("high", False)


def test_the_key_tells_of_runs_only_where_there_is_one(wide):
    assert "in a row on one side" not in says(sections.first_screen, wide)


def test_a_range_that_holds_every_share_is_no_verdict(wide):
    found = wide.compared["answer_rate"]
    assert (found.usual_low, found.usual_high) == (0, 1)
    assert (found.verdict, found.is_unusual) == ("none", False)
    said = says(sections.first_screen, wide)
    assert said.count(WIDE) == 3  # answered, given up, in time
    assert f"Answer rate {WIDE} 100.0%" in said
    assert "Usual 0.0–100.0%" in said
    assert WIDE in says(sections.service_level, wide)
    assert "not compared: answer rate, share abandoned" in says(sections.weeks, wide)


def test_what_is_unusual_is_told_of_what_can_be_compared():
    one = weekly(calls([(40, 3)] * 12 + [(1, 0)]))
    said = says(sections.weeks, one)
    assert "One of the two numbers that can be compared was unusual this week: calls offered." in said


def test_a_share_without_a_value_says_why():
    first = {
        why: says(
            sections.first_screen, weekly([call(midnight(WEEK.start), outcome, wait_s=wait)], n_before=0)
        )
        for why, outcome, wait in (
            ("only calls given up within 5 s", "abandoned", 3),
            ("too many waits are not known", "answered", None),
            ("no call was answered or given up", "voicemail", 3),
        )
    }
    assert [
        f"Service level, 20 s Not enough weeks: 0 of 12 – {why}" in said for why, said in first.items()
    ] == [True] * 3


def test_the_list_names_a_run_and_explains_it_once(tmp_path):
    said = sidecar(NEWEST)
    said["numbers"][TILES.index("abandon_rate")] |= {
        "value": 0.07,
        "numerator": 105,
        "verdict": "high",
        "is_better": False,
    }
    put(tmp_path / "weekly", said)
    html = written(tmp_path / "weekly")
    assert tiles(html)[2].startswith(f"Abandoned {RUN} · worse 7.0%")
    assert "7.0%, above the mean for 8 weeks, worse" in rows(html)[0]
    assert "Unusually" not in plain(html)
    assert plain(html).count("is the last of eight weeks in a row on one side of their mean") == 1


def test_the_list_judges_by_no_range_that_holds_every_share(tmp_path):
    said = sidecar(NEWEST)  # as a report before such ranges were told apart
    said["numbers"][TILES.index("answer_rate")] |= {"usual_low": 0.0, "usual_high": 1.0, "verdict": "usual"}
    put(tmp_path / "weekly", said)
    html = written(tmp_path / "weekly")
    assert tiles(html)[1].startswith(f"Answer rate {WIDE}")
    assert rows(html)[0].endswith("5 of 6 usual")


def test_callers_not_reached_are_told_until_when(run):
    said = says(sections.first_screen, run)
    assert "Callers not reached" in said
    assert "by Sunday night, of 10 callers we missed" in said
    assert "never reached" not in plain(page(run)).lower()
    assert "the longest wait. Later calls are not looked at." in says(sections.call_back, run)
