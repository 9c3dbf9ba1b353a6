"""The monthly report: the sections of the weekly one, true of a month, and its weeks inside."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from callkit.look.typography import plain
from callkit.periods import Month, Week
from callkit.report import contract, record, sections
from callkit.report.making import find_notebook
from callkit.report.model import Report
from callkit.report.sections.month_weeks import ended_in
from callkit.report.sections.phrases import some_days
from tests.report.months import OCTOBER, monthly, rows
from tests.report.pages import page, says
from tests.report.weeks import SETTINGS, tables, weekly


def in_week_43(row):
    """Return a call; of those of week 43 a third is given up."""
    is_worse = Week.of(row["started_local"].date()) == Week(2026, 43) and row["started_local"].minute % 3 == 0
    return {**row, "outcome": "abandoned", "wait_s": 40.0, "talk_s": 0.0} if is_worse else row


@pytest.fixture(scope="module")
def usual():
    return monthly()


@pytest.fixture(scope="module")
def worse():
    return monthly(rows(change=in_week_43))


@pytest.fixture(scope="module")
def young():
    return monthly(rows(n_before=3), 3)


def test_a_month_has_the_page_of_a_week_and_speaks_of_months(usual):
    html = page(usual)
    assert contract.breaches(html) == []
    assert record.title(usual) == "Phone calls, October 2026"
    said = plain(html)
    assert "Complete month" in said
    assert "had not spoken to us by the end of the month" in said
    assert "from the 12 months before" in said
    assert "Counts of the months before are set to as many days as this month has." in said
    assert not re.search(r"(?i)\b(this|last|of the) week\b|last 13 weeks", said)


def test_the_contents_name_the_weeks_of_the_month(usual):
    assert '<a href="#weeks">Week by week</a>' in sections.first_screen(usual)
    assert says(sections.weeks, usual).startswith("Week by week ")


def test_the_weeks_that_ended_in_a_month_are_its_weeks():
    assert [*ended_in(OCTOBER)] == [Week(2026, n) for n in (40, 41, 42, 43)]
    assert [*ended_in(Month(2027, 1))] == [Week(2026, 53), *(Week(2027, n) for n in (1, 2, 3, 4))]
    every = [week for back in range(12) for week in ended_in(Month(2026, 1).shift(back))]
    assert every == [Week(2026, 1).shift(n) for n in range(52)]


def test_weeks_in_which_nothing_was_unusual_are_said_to_be_so(usual):
    assert "Nothing was unusual in the four weeks that ended in October." in says(sections.weeks, usual)


def test_an_unusual_week_is_named_as_its_own_report_judges_it(worse):
    week = Week(2026, 43)
    until = pd.Timestamp(week.end)
    alone = Report(
        SETTINGS,
        week,
        "shared",
        tables([row for row in rows(change=in_week_43) if row["started_local"] < until]),
        worse.statements[worse.statements["day"] < until],
    )
    inside = replace(worse, period=week)
    assert inside.compared == alone.compared
    unusual = [name for name, found in alone.compared.items() if found.is_unusual]
    assert {"answer_rate", "abandon_rate"} <= {*unusual}
    said = says(sections.weeks, worse)
    assert "Of the four weeks that ended in October, one had unusual numbers: week 43 (" in said
    assert "Weeks that ended in October" in said
    assert "Week 40 28 Sep–4 Oct" in said
    assert said.count(", unusually ") == len(unusual)


def test_weeks_are_judged_though_the_months_are_too_few():
    model = monthly(rows(n_before=4, change=in_week_43), 4)
    assert "Not enough months: 4 of 12" in says(sections.first_screen, model)
    assert "one had unusual numbers: week 43 (" in says(sections.weeks, model)


def test_weeks_that_are_not_complete_are_not_counted_among_the_others():
    model = monthly(rows(n_before=4), 4, missing=[date(2026, 10, 20)])
    said = says(sections.weeks, model)
    assert "Nothing was unusual in the three complete weeks that ended in October so far." in said


def test_too_few_weeks_say_so():
    model = monthly(rows(n_before=1), 1)
    said = says(sections.weeks, model)
    assert "Only six whole weeks came before week 43, and usual ranges need 12." in said
    assert "the first verdict comes with week 49 of 2026" in said
    assert "judges each week" not in said


def test_a_first_year_is_set_beside_the_month_before_without_a_verdict(young):
    said = says(sections.first_screen, young)
    now, before = (replace(young, period=month).total("n_offered") for month in (OCTOBER, OCTOBER.shift(-1)))
    assert now == before
    assert f"{now:.0f}, as many as last month." in said
    assert "Only three whole months came before this one, and usual ranges need 12." in said
    assert "Last month" in said
    assert "usual 4" not in said
    assert "nusual" not in said.replace("Too few months to call it unusual.", "")


def test_a_clear_difference_from_the_month_before_is_described():
    twice = [row for row in rows(n_before=3)]
    twice += [
        {
            **row,
            "call_key": row["call_key"] + "b",
            "started_local": row["started_local"] + timedelta(minutes=1),
        }
        for row in twice
        if row["started_local"].month == 10
    ]
    said = says(sections.first_screen, monthly(twice, 3))
    assert "More calls than last month. 616 against 308." in said


def test_a_first_week_is_set_beside_the_week_before():
    said = says(sections.first_screen, weekly(n_before=4))
    assert "200, as many as last week." in said
    assert "as many as" not in says(sections.first_screen, weekly())
    assert "as many as" not in says(sections.first_screen, weekly(n_before=4, is_complete=[False]))


def test_the_days_that_hold_a_rise_are_named_with_their_date():
    def change(row):
        at = row["started_local"]
        is_lost = at.date() in (date(2026, 10, 6), date(2026, 10, 13))
        return {**row, "outcome": "abandoned", "wait_s": 40.0, "talk_s": 0.0} if is_lost else row

    said = says(sections.first_screen, monthly(rows(change=change)))
    assert "A larger share gave up waiting." in said
    assert "Most of the rise came on Tuesday 6 October and Tuesday 13 October." in said


def test_months_of_other_lengths_are_compared_by_the_open_day():
    month = Month(2026, 8)
    said = says(sections.first_screen, monthly(rows(month, 3), 3, month=month))
    assert "294 in 21 open days against 322 in 23 last month; such a difference can be chance." in said
    assert "Fewer calls" not in said


def test_days_in_a_row_are_named_by_the_first_and_the_last():
    assert some_days([]) == ""
    assert some_days([date(2026, 10, 5), date(2026, 10, 6)]) == "Monday 5 October and Tuesday 6 October"
    run = [date(2026, 10, 30) + timedelta(days=n) for n in range(4)]
    assert some_days([date(2026, 10, 1), *run]) == (
        "Thursday 1 October and Friday 30 October to Monday 2 November"
    )


def test_a_month_with_a_gap_counts_the_complete_days_of_each_weekday(usual):
    gap = [date(2026, 10, day) for day in (5, 6, 7)]
    model = monthly(missing=gap)
    first = says(sections.first_screen, model)
    assert "The calls of Monday 5 to Wednesday 7 October are not all in." in first
    assert "So far 308 calls were offered." in first
    assert "3 days of 31 are not complete: Monday 5 to Wednesday 7 October." in says(sections.health, model)
    whole, partial = usual.arrivals, model.arrivals
    mondays = whole["weekday"] == 0
    assert whole.loc[mondays, "n_open_hours"].sum() == 40
    assert partial.loc[mondays, "n_open_hours"].sum() == 30
    on_gap = model.calls["started_local"].dt.date.isin(gap)
    assert partial["n"].sum() == whole["n"].sum() - on_gap.sum()
    assert set(partial["verdict"]) == {"none"}
    assert "Nothing was unusual in week 40, the one that can be judged." in says(sections.weeks, model)


def test_a_month_still_arriving_shows_what_is_there():
    missing = [date(2026, 10, 3) + timedelta(days=n) for n in range(29)]
    model = monthly([row for row in rows() if row["started_local"].date() not in missing], missing=missing)
    assert "Calls are in only up to the end of Friday 2 October." in says(sections.first_screen, model)
    assert "n = 28 calls in 20 open hours" in says(sections.when, model)
    assert "No week that ended in October so far is complete." in says(sections.weeks, model)


def test_hours_that_lose_most_are_named_by_weekday():
    def change(row):
        at = row["started_local"]
        is_worse = at.year == 2026 and at.month == 10 and at.hour == 8
        return {**row, "outcome": "abandoned", "wait_s": 40.0, "talk_s": 0.0} if is_worse else row

    model = monthly(rows(change=change))
    said = says(sections.when, model)
    at_eight = model.calls["started_local"].dt.hour == 8
    lost = model.calls["outcome"] == "abandoned"
    n, others, others_lost = at_eight.sum(), (~at_eight).sum(), (lost & ~at_eight).sum()
    share = f"{100 * others_lost / others:.0f}%"
    assert (
        f"From 08:00 to 09:00 we missed {n} of {n} calls (100%); at all other times {others_lost} of {others} calls "
        f"({share})." in said
    )
    assert "Hours are named for missed calls only where" in said
    assert "we missed" not in says(sections.when, monthly())


def test_both_notebooks_have_the_same_cells():
    weekly, month = (nbformat.read(find_notebook(kind), as_version=4).cells for kind in ("weekly", "monthly"))
    assert [cell.id for cell in weekly] == [cell.id for cell in month]
    own = {"question", "parameters", "gather"}
    assert [cell for cell in weekly if cell.id not in own] == [cell for cell in month if cell.id not in own]
    gather = [{cell.id: cell for cell in cells}["gather"].source for cells in (weekly, month)]
    assert gather[0].replace("week", "month") == gather[1].replace("weekly", "monthly")
    assert Path(find_notebook("monthly")).name == "monthly.ipynb"
