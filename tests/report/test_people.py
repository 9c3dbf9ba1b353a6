"""What the section of people says, held to a plain count of the same rings; and that a shared page names nobody."""

import re
from collections import Counter, defaultdict
from dataclasses import replace

import pandas as pd
import pytest

from callkit.look.typography import plain
from callkit.report.sections import crowd, extensions
from callkit.report.sections.crowd import MOST_ROWS
from callkit.report.sections.people import people
from callkit.report.sections.staffing import staffing
from callkit.tables.tidy import Tables
from callkit.validation import Person
from tests.report.crews import busy_week, cells, steps_of, usual_week
from tests.report.flow import GROUPS, NAMES
from tests.report.pages import says
from tests.report.weeks import named, usual_calls, weekly

GROUP_OF = {who: group for group, members in GROUPS for who in members}


@pytest.fixture(scope="module")
def busy():
    return busy_week()


@pytest.fixture(scope="module")
def counts(busy):
    return rung(busy)


@pytest.fixture(scope="module")
def usual():
    return usual_week()


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
    assert "nobody can be told from the others in the same group" in said


def test_who_differs_is_named_only_after_allowing_for_the_comparisons(usual):
    """Nobody but 203 picks up none of its rings."""
    events = usual.tables.events
    is_203 = (events["target_name"] == "203") & (events["step"] == "answered")
    events = events.assign(step=events["step"].astype("object").mask(is_203, "no_answer").astype("category"))
    model = replace(usual, tables=Tables(usual.tables.calls, events))
    said = says(people, model)
    assert "Allowing for five comparisons, Ext. 201, 202 and 203" not in said
    assert re.search(r"Allowing for five comparisons, Ext\. 203 is below the others in the same group", said)
    rows = {row[0].split()[1]: row for row in cells(str(people(model)), "Rings by extension")[:-1]}
    assert rows["203"][-1] == "below the others"
    assert rows["211"][-1] == "not told apart"
    assert "Triangle: differs from the others in the same group." in said
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
        "202": "01632960018",
        "203": "Ext. 203",
        "211": "Robin Doe (2)",
        "212": "02079460018",
    }
    model = renamed(replace(usual, settings=named(show_agents="name")), called)
    html = str(people(model))
    labels = [row[0] for row in cells(html, "Rings by extension")[:-1]]
    assert len(set(labels)) == 5
    assert "Ext. 203" in labels
    assert sum(bool(re.fullmatch("Person [a-z]{4}", label)) for label in labels) == 2
    assert sum(bool(re.fullmatch(r"Ext. …018 \([a-z]{4}\)", label)) for label in labels) == 2
    assert "the same in every report" in plain(html)
    for name in ("Robin", "01632960018", "02079460018"):
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
    assert len(re.findall("…W{15}", html)) > 5


def test_of_many_extensions_those_that_ring_most_are_shown_and_the_others_added_up(usual):
    events = usual.tables.events
    number = pd.Series(range(len(events)), events.index) % (MOST_ROWS + 20) + 1000
    is_person = events["target_kind"] == "extension"
    name = events["target_name"].astype("object").mask(is_person, number.astype(str)).astype("category")
    html = str(people(changed(usual, target_name=name)))
    *rows, others, total = cells(html, "Rings by extension")
    n_others = int(others[0].split()[0])
    assert n_others > 10
    assert f"Shown are the {MOST_ROWS} of {MOST_ROWS + n_others} that rang most or differ;" in plain(html)
    assert "callkit.metrics.people.people lists all." in plain(html)
    assert len(re.findall(r">Ext\. \d+</text>", html)) / 2 == len(rows) == MOST_ROWS
    assert others[0] == f"{n_others} others"
    for place in (1, 2, 3):
        counts = [int(row[place].replace(",", "")) for row in (*rows, others, total)]
        assert sum(counts[:-1]) == counts[-1]


def test_who_differs_is_shown_however_little_it_rang():
    rows = pd.DataFrame({"group": None, "n_rings": range(100, 140), "verdict": ["low", *["usual"] * 39]})
    assert crowd.most_rung(rows).index.tolist() == [0, *range(11, 40)]
    assert crowd.most_rung(rows.head(30)).index.tolist() == [*range(30)]
    assert crowd.most_rung(rows.assign(group=[f"Team {n // 4}" for n in range(40)])).index.tolist() == [
        0,
        *range(21, 40),
    ]


def test_labels_are_sorted_by_their_numbers():
    labels = ["Ext. 1000", "Ext. 99", "Person kbtr", "Ext. 201"]
    assert sorted(labels, key=extensions.place) == ["Ext. 99", "Ext. 201", "Ext. 1000", "Person kbtr"]
    assert extensions.listed(["Ext. 99", "Ext. 201"]) == ["Ext. 99", "201"]
    assert extensions.listed(["Ext. 99", "Robin"]) == ["Ext. 99", "Robin"]
