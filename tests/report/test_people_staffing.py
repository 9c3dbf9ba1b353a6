"""What the sections of people and of staffing say, held to plain counts of the same calls; they name nobody."""

import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pandas as pd
import pytest

from callkit.look.typography import plain
from callkit.metrics.staffing import agents_needed
from callkit.opening import OpeningHours
from callkit.plots.people import MOST_ROWS
from callkit.report import contract
from callkit.report.sections import extensions
from callkit.report.sections.people import people
from callkit.report.sections.staffing import staffing
from callkit.tables.tidy import Tables
from callkit.validation import Person
from tests.report.flow import GROUPS, NAMES
from tests.report.pages import page, says
from tests.report.weeks import SETTINGS, WEEK, named, usual_calls, weekly

HOURS = "People seen answering and needed, by hour of the day"
GROUP_OF = {who: group for group, members in GROUPS for who in members}


@pytest.fixture(scope="module")
def busy():
    """Return a week after four alike of so many calls that the groups differ, and people are short at times."""
    rows = usual_calls(n_before=4, a_day=170)
    return weekly(
        [row | {"talk_s": 500.0 if row["outcome"] == "answered" else 0.0} for row in rows], n_before=4
    )


@pytest.fixture(scope="module")
def usual():
    return weekly(n_before=4)


@pytest.fixture(scope="module")
def counts(busy):
    return rung(busy)


def steps_of(model):
    """Return the steps of each call of the period, in their order."""
    found, keys = defaultdict(list), set(model.calls["call_key"])
    for step in model.tables.events.itertuples():
        if step.call_key in keys:
            found[step.call_key].append(step)
    return found


def rung(model):
    """Count the rings of the period by extension and how each ended, step by step."""
    found = defaultdict(Counter)
    for steps in steps_of(model).values():
        for place, step in enumerate(steps):
            if (step.step, step.target_kind) == ("dialed", "extension"):
                after = steps[place + 1]
                is_answered = after.step == "answered" and after.target_name == step.target_name
                found[step.target_name][is_answered] += 1
    return {who: found[who] for who in sorted(found)}


def cells(html, caption):
    """Return the rows of a table as lists of words, those of its foot too."""
    found = re.search(rf"<caption>{caption}</caption>(.*?)</table>", html, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", found, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows[1:]]


def changed(model, **of):
    """Return a model with other columns of its calls or events."""
    calls = model.tables.calls.assign(**{k: f for k, f in of.items() if k in model.tables.calls})
    events = model.tables.events.assign(**{k: f for k, f in of.items() if k in model.tables.events})
    return replace(model, tables=Tables(calls, events))


def renamed(model, names):
    """Return a model whose records call extensions by other names, and by no id."""
    events, calls = model.tables.events, model.tables.calls
    is_person = events["target_kind"] == "extension"
    name = events["target_name"].astype("object")
    told = name.mask(is_person, name.map(names)).astype("category")
    agent = calls["agent_id"].astype("object").map(names).astype("category")
    return changed(model, target_name=told, agent_id=None, agent_name=agent)


def test_people_are_counted_as_their_rings_were(busy, counts):
    html = str(people(busy))
    rows = cells(html, "Rings by extension")
    assert [row[0] for row in rows] == [f"Ext. {who} {GROUP_OF[who]}" for who in counts] + ["All"]
    for row, count in zip(rows, counts.values(), strict=False):
        told = [f"{n:,}" for n in (count.total(), count[True], count[False])]
        assert row[1:4] == told
        assert row[4].startswith(f"{100 * count[True] / count.total():.1f}%")
    total = sum(counts.values(), Counter())
    assert rows[-1][1:4] == [f"{n:,}" for n in (total.total(), total[True], total[False])]
    assert f"n = {total.total():,} rings" in plain(html)


def test_the_finding_sets_the_group_that_differs_against_the_others(busy, counts):
    groups = defaultdict(Counter)
    for who, count in counts.items():
        groups[GROUP_OF[who]] += count
    share = {name: count[True] / count.total() for name, count in groups.items()}
    said = says(people, busy)
    assert (
        f"Sales picks up {share['Sales']:.0%} of its rings; Support picks up {share['Support']:.0%}." in said
    )
    for name, count in groups.items():
        assert f"{name} {count[True]:,} of {count.total():,} (" in said
    assert "Allowing for five comparisons, " in said
    assert "Sorted by group, not by result. Below 30 rings nobody is compared." in said


def test_groups_that_are_alike_are_not_set_against_each_other(usual):
    total = sum(rung(usual).values(), Counter())
    said = says(people, usual)
    share = f"{total[True] / total.total():.0%}"
    assert f"{share} of the rings were answered, and no group can be told from the others." in said
    assert "nobody can be told from the others of their group" in said


def test_who_differs_is_named_only_after_allowing_for_the_comparisons(usual):
    """Nobody but 203 picks up none of its rings."""
    events = usual.tables.events
    is_203 = (events["target_name"] == "203") & (events["step"] == "answered")
    events = events.assign(step=events["step"].astype("object").mask(is_203, "no_answer").astype("category"))
    model = replace(usual, tables=Tables(usual.tables.calls, events))
    said = says(people, model)
    assert "Allowing for five comparisons, Ext. 201, 202 and 203" not in said
    assert re.search(r"Allowing for five comparisons, Ext\. 203 is below the others of their group", said)
    rows = {row[0].split()[1]: row for row in cells(str(people(model)), "Rings by extension")[:-1]}
    assert rows["203"][-1] == "below the others"
    assert rows["211"][-1] == "not told apart"
    assert "Triangle: differs from the others of their group." in said
    ungrouped = says(people, replace(model, settings=named(agents={})))
    assert "Ext. 203 is below the others" in ungrouped
    assert "Sorted by extension, not by result." in ungrouped


def test_few_rings_are_not_compared():
    model = weekly(usual_calls(n_before=4, a_day=4), n_before=4)
    html = str(people(model))
    counts = rung(model)
    few = [count.total() < 30 for count in counts.values()]
    assert any(few)
    assert [row[-1] == "too few" for row in cells(html, "Rings by extension")[:-1]] == few
    assert "Open dot: fewer than 30 rings." in plain(html)
    assert "no group can be told" not in plain(html) or not all(few)


def test_without_four_whole_weeks_nobody_is_compared():
    said = says(people, weekly(n_before=1))
    assert "Nobody is compared yet: that needs four whole weeks of calls." in said
    assert "told from" not in said


def test_a_shared_page_names_nobody_unless_the_account_chose_so(usual):
    for model, are_named in (
        (usual, False),
        (replace(usual, settings=named(show_agents="name")), True),
        (replace(usual, audience="internal"), True),
    ):
        html = f"{people(model)}{staffing(model)}"
        assert [name in html for name in NAMES.values()] == [are_named] * len(NAMES)
        assert ("Ext. 201" in html) == (not are_named)


def test_names_in_the_records_stay_hidden_and_numbers_are_shortened(usual):
    called = {
        "201": "Robin Doe",
        "202": "0509030018",
        "203": "Ext. 203",
        "211": "Robin Doe (2)",
        "212": "0123400018",
    }
    model = renamed(replace(usual, settings=named(show_agents="name")), called)
    html = str(people(model))
    labels = [row[0] for row in cells(html, "Rings by extension")[:-1]]
    assert len(set(labels)) == 5
    assert "Ext. 203" in labels
    assert sum(bool(re.fullmatch("Person [a-z]{4}", label)) for label in labels) == 2
    assert sum(bool(re.fullmatch(r"Ext. …018 \([a-z]{4}\)", label)) for label in labels) == 2
    assert "the same in every report" in plain(html)
    for name in ("Robin", "0509030018", "0123400018"):
        assert name not in html
    assert str(people(model)) == html  # the same letters every time
    inside = says(people, replace(model, audience="internal"))
    assert "Robin Doe" in inside
    assert "letters" not in inside


def test_hostile_names_are_inert_and_in_one_line(usual):
    evil = "<script>alert(1)</script>\u202e\n07700 900417 " + "W" * 300
    people_of = {who: Person(f"{who}{evil}", evil) for who in NAMES}
    model = replace(usual, settings=named(agents=people_of, show_agents="name"))
    html = str(people(model)) + str(staffing(model))
    assert "<script" not in html
    assert "\u202e" not in html
    assert "900417" not in html
    assert "W" * 41 not in html
    assert html.count("…</td>") + html.count("…</th>") + html.count("…</small>") > 5


def test_of_many_extensions_those_that_ring_most_are_drawn(usual):
    events = usual.tables.events
    number = pd.Series(range(len(events)), events.index) % (MOST_ROWS + 20) + 1000
    is_person = events["target_kind"] == "extension"
    name = events["target_name"].astype("object").mask(is_person, number.astype(str)).astype("category")
    html = str(people(changed(usual, target_name=name)))
    assert f"Drawn are the {MOST_ROWS} that rang most; all " in plain(html)
    drawn = len(re.findall(r">Ext\. \d+</text>", html)) / 2
    assert drawn == MOST_ROWS
    assert len(cells(html, "Rings by extension")) > MOST_ROWS + 1


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
    assert "No call came in an open hour of this week, so nobody was needed." in says(staffing, silent)
    shut = replace(usual, settings=named(opening=OpeningHours.parse({})))
    assert "No hour of this week was open, so nobody was needed." in says(staffing, shut)
    few = weekly(usual_calls(n_before=0, a_day=2), n_before=0)
    n = (few.calls["outcome"] == "answered").sum()
    assert f"Only {n} answered calls tell how long people talked." in says(staffing, few)


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


def test_enough_people_and_a_goal_missed_are_not_passed_over(usual):
    level = usual.compared["service_level"]
    said = says(staffing, usual)
    assert level.value < 0.8
    assert (
        f"As many people answered as the model asks for in every hour; yet {level.numerator:.0f} of {level.n} were "
        "answered within 20 s, below the goal of 80%."
    ) in said
    assert "The number of people alone does not explain" in said
    easy = says(staffing, replace(usual, settings=named(service_level_goal=0.3)))
    assert "As many people answered as the model asks for in every hour." in easy
    assert "does not explain" not in easy


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


def test_the_page_keeps_the_contract(busy):
    assert contract.breaches(page(busy)) == []


def test_labels_are_sorted_by_their_numbers():
    labels = ["Ext. 1000", "Ext. 99", "Person kbtr", "Ext. 201"]
    assert sorted(labels, key=extensions.place) == ["Ext. 99", "Ext. 201", "Ext. 1000", "Person kbtr"]
    assert extensions.listed(["Ext. 99", "Ext. 201"]) == ["Ext. 99", "201"]
    assert extensions.listed(["Ext. 99", "Robin"]) == ["Ext. 99", "Robin"]
