"""When people call: colours that compare from week to week, and the hours in which most calls are missed."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest

from callkit.look.typography import plain
from callkit.report import sections
from tests.report.pages import says
from tests.report.weeks import call, usual_calls, weekly

MONDAY = datetime(2026, 11, 16)


@pytest.fixture
def steps(monkeypatch):
    """Return the list that gets the step of each heatmap drawn."""
    when = import_module("callkit.report.sections.when")  # the package's own name is the function
    found, drawn = [], when.figure_arrivals

    def noted(*args, step, **options):
        found.append(step)
        return drawn(*args, step=step, **options)

    monkeypatch.setattr(when, "figure_arrivals", noted)
    return found


def test_a_busy_week_keeps_the_colours_of_those_before(steps):
    rows = usual_calls(a_day=60)
    busy = [call(MONDAY + timedelta(hours=9, minutes=i % 60, microseconds=i)) for i in range(90)]
    sections.when(weekly(rows))
    sections.when(weekly([*rows, *busy]))
    assert len(steps) == 4
    assert len({*steps}) == 1
    assert steps[0] > 0


def test_without_weeks_before_the_colours_are_those_of_the_week(steps):
    sections.when(weekly(n_before=0))
    assert steps == [None, None]


def test_the_hours_of_a_week_that_lose_most_are_named_with_their_calls():
    lost = [call(MONDAY + timedelta(hours=9, minutes=i), "no_answer", caller=None) for i in range(40)]
    model = weekly([*usual_calls(), *lost])
    calls = model.calls
    at = (calls["started_local"] >= MONDAY + timedelta(hours=9)) & (
        calls["started_local"] < MONDAY + timedelta(hours=10)
    )
    missed = calls["outcome"] != "answered"
    said = says(sections.when, model)
    here, there = (f"{(w & missed).sum()} of {w.sum()} calls" for w in (at, ~at))
    assert f"On Monday from 09:00 to 10:00 we missed {here} (" in said
    assert f"; at all other times {there} (" in said
    assert "however many hours and days are compared" in said


def test_lost_hours_come_first_and_what_is_ordinary_follows():
    html = sections.when(weekly(usual_calls(n_worse=6)))
    finding, rest = html.partition('class="finding">')[2].split("</p>", 1)
    assert plain(finding).startswith("On Tuesday we missed 26 of 40 calls (65%);")
    assert "usual" not in finding
    assert "No hour was unusually busy or quiet." in plain(rest)
    assert html.count('<p class="say">') == 3
    for fact in (
        "a dash is closed.",
        "A framed cell is unusual",
        "Hours are named for missed calls only where",
    ):
        assert fact in plain(rest)


def test_hours_that_lose_no_more_than_others_are_not_named():
    said = says(sections.when, weekly())
    assert "we missed" not in said
    assert "Hours are named" not in said


def test_part_of_a_week_names_no_hour():
    lost = [call(MONDAY + timedelta(hours=9, minutes=i), "no_answer", caller=None) for i in range(40)]
    model = weekly([*usual_calls(), *lost], is_complete=[True, False, True, True, True, True, True])
    assert "we missed" not in says(sections.when, model)
