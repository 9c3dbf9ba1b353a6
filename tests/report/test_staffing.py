"""What the section of staffing says, held to who was on a call second by second, and to the model's own numbers."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pandas as pd
import pytest

from callkit.look.typography import plain
from callkit.metrics.staffing import agents_needed
from callkit.opening import OpeningHours
from callkit.report import contract
from callkit.report.sections.people import people
from callkit.report.sections.staffing import staffing
from callkit.tables.tidy import Tables
from tests.report.crews import busy_week, cells, steps_of, usual_week
from tests.report.pages import page, says
from tests.report.weeks import SETTINGS, WEEK, named, usual_calls, weekly

HOURS = "People seen answering and needed, by hour of the day"


@pytest.fixture(scope="module")
def busy():
    return busy_week()


@pytest.fixture(scope="module")
def usual():
    return usual_week()


def plainly_seen(model):
    """Return the mean number of different people on a call in each hour, Monday to Friday, second by second."""
    seen = defaultdict(set)
    calls = model.calls[(model.calls["direction"] == "inbound") & (model.calls["outcome"] == "answered")]
    starts = dict(zip(calls["call_key"], calls["started_local"], strict=True))
    for key, steps in steps_of(model).items():
        answers = [(step.elapsed_s, step.target_name) for step in steps if step.step == "answered"]
        ends = [at for at, _ in answers[1:]] + [steps[-1].elapsed_s]
        for (start, who), end in zip(answers, ends, strict=True) if key in starts else ():
            hour = (starts[key] + timedelta(seconds=start)).floor("h")
            while hour < starts[key] + timedelta(seconds=end):
                seen[hour].add(who)
                hour += timedelta(hours=1)
    mean = Counter()
    for hour, people_then in seen.items():
        mean[hour.hour] += len(people_then) / 5
    return mean


def test_staffing_is_counted_second_by_second(busy):
    rows = cells(str(staffing(busy)), HOURS)
    seen = plainly_seen(busy)
    needed = (
        agents_needed(busy.history, SETTINGS.opening, WEEK.start, WEEK.end).groupby("hour")["agents"].mean()
    )
    offered = busy.calls["outcome"].isin(["answered", "abandoned"]) & (busy.calls["direction"] == "inbound")
    calls = busy.calls[offered].groupby(busy.calls["started_local"].dt.hour).size()
    assert [row[0] for row in rows] == [f"{hour:02d}:00" for hour in range(8, 18)]
    for hour, row in zip(range(8, 18), rows, strict=True):
        assert row[1] == f"{calls[hour] / 5:.1f}"
        assert row[2] == f"{seen[hour]:.1f}"
        assert row[3].split()[0] == f"{needed[hour]:.1f}"
        assert int(row[4]) == max(0, int(needed[hour] - seen[hour] + 0.5 + 1e-9))


def test_a_goal_out_of_reach_lacks_people(busy):
    demanding = replace(busy, settings=named(service_level_goal=0.99, service_level_s=5))
    html = str(staffing(demanding))
    short = [int(row[4]) for row in cells(html, HOURS)]
    assert any(short)
    assert "would be needed to answer 99% within 5 s" in plain(html)
    assert all(f">{n} short</text>" in html for n in set(short) - {0})


@pytest.mark.parametrize(
    ("short", "said"),
    [
        ([0, 1, 1, 0], "From 09:00 to 11:00 one more person would be needed to answer 80% within 20 s."),
        ([2, 0, 0, 0], "From 08:00 to 09:00 two more people would be needed"),
        ([1, 2, 0, 0], "From 08:00 to 09:00 one more person and from 09:00 to 10:00 two more people would be needed"),
        ([1, 0, 3, 1], "In three of four hours more people would be needed to answer 80% within 20 s; "
                       "most of all from 10:00 to 11:00 three more people."),
    ],
)  # fmt: skip
def test_stretches_of_hours_that_lack_people(usual, short, said):
    hours = pd.DataFrame({"hour": range(8, 12), "short": short, "answering": 1.0, "agents": 2.0})
    assert said in import_module(staffing.__module__)._finding(usual, hours)


def test_less_than_half_a_person_short_is_said_to_be_that(usual):
    hours = pd.DataFrame({"hour": [8, 9], "short": 0, "answering": [1.6, 3.0], "agents": 2.0})
    said = import_module(staffing.__module__)._finding(usual, hours)
    assert said.startswith("By the model no hour was a whole person short; yet ")


def test_enough_people_and_a_goal_missed_are_not_passed_over(usual):
    level = usual.compared["service_level"]
    said = says(staffing, usual)
    assert level.value < 0.8
    missed = f"yet {level.numerator:.0f} of {level.n} were answered within 20 s, below 80%."
    assert f"By the model no hour was short of people; {missed}" in said
    easy = says(staffing, replace(usual, settings=named(service_level_goal=0.3)))
    assert "By the model no hour was short of people." in easy


def test_an_unknown_answerer_is_never_a_person_short(busy):
    nobody = replace(
        busy, tables=Tables(busy.tables.calls.assign(agent_id=None, agent_name=None), pd.DataFrame())
    )
    said = says(staffing, nobody)
    n = (busy.calls["outcome"] == "answered").sum()
    assert f"How many people answered is not shown: {n} of {n} answered calls do not say by whom." in said
    assert "Most people are needed at " in said
    assert "short" not in said
    assert {row[4] for row in cells(str(staffing(nobody)), HOURS)} == {"–"}
    assert "more person" not in said


def test_what_the_model_takes_for_granted_is_said(usual):
    said = says(staffing, usual)
    for words in (
        "computed from this week’s calls, talk times and patience (Erlang A)",
        "calls are spread evenly within the hour and that everybody takes every call",
        "Breaks and paperwork are not in the data; add them.",
        "Somebody who waited and got no call is not seen",
    ):
        assert words in said
    patient = weekly([row for row in usual_calls(n_before=0) if row["outcome"] == "answered"], n_before=0)
    assert "(Erlang C, in which nobody gives up, as patience is not known)" in says(staffing, patient)


def test_days_that_are_not_complete_are_left_out(usual):
    rows = [
        row for row in usual_calls(n_before=4) if row["started_local"].date() < WEEK.end - timedelta(days=3)
    ]
    complete = [True] * 4 + [False] * 3
    model = weekly(rows, n_before=4, is_complete=complete)
    whole = cells(str(staffing(usual)), HOURS)
    part = cells(str(staffing(model)), HOURS)
    assert "So far: " in says(staffing, model)
    assert "So far: " in says(people, model)
    assert "Days that are not complete are left out." in says(staffing, model)
    n = model.calls["started_local"].dt.hour.value_counts()
    assert [float(row[1]) for row in part] == pytest.approx([n[hour] / 4 for hour in range(8, 18)], abs=0.051)
    assert len(whole) == len(part)


def test_what_there_is_not_is_said(usual):
    stepless = replace(usual, tables=Tables(usual.tables.calls, usual.tables.events.iloc[:0]))
    assert "The account does not send the steps of a call, so rings cannot be counted by person." in says(
        people, stepless
    )
    bare = replace(usual, tables=Tables(usual.tables.calls, pd.DataFrame()))
    assert says(people, bare) == says(people, stepless)
    assert "Monday to Friday means" in says(staffing, bare)  # by whom the records name
    silent = weekly(
        [row for row in usual_calls(n_before=4) if row["started_local"].date() < WEEK.start], n_before=4
    )
    assert "No extension rang in this week, so there is nobody to show." in says(people, silent)
    assert "No call came in an open hour of this week, so no need can be reckoned." in says(staffing, silent)
    shut = replace(usual, settings=named(opening=OpeningHours.parse({})))
    assert "No hour of this week was open, so no need can be reckoned." in says(staffing, shut)
    few = weekly(usual_calls(n_before=0, a_day=2), n_before=0)
    n = (few.calls["outcome"] == "answered").sum()
    assert f"Only {n} answered calls tell how long people talked." in says(staffing, few)


def test_the_page_keeps_the_contract(busy):
    assert contract.breaches(page(busy)) == []
