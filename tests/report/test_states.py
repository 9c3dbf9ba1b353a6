"""What the page says of a usual week, a worse one, part of one, a silent one, and one of too few."""

import pandas as pd
import pytest

from callkit.periods import Week
from callkit.report import contract, record, sections
from callkit.report.sections.phrases import first_verdict
from tests.report.pages import page, says
from tests.report.weeks import usual_calls, weekly


@pytest.fixture(scope="module")
def usual():
    return weekly()


@pytest.fixture(scope="module")
def worse():
    return weekly(usual_calls(n_worse=6))


@pytest.fixture(scope="module")
def partial():
    rows = [row for row in usual_calls() if row["started_local"] < pd.Timestamp("2026-11-19")]
    return weekly(rows, is_complete=[True] * 3 + [False] * 4)


@pytest.fixture(scope="module")
def silent():
    return weekly([row for row in usual_calls() if row["started_local"] < pd.Timestamp("2026-11-16")])


@pytest.mark.parametrize("name", ["usual", "worse", "partial", "silent"])
def test_every_state_of_the_page_keeps_the_contract(name, request):
    assert contract.breaches(page(request.getfixturevalue(name))) == []


def test_the_same_week_gives_the_same_page(worse):
    assert page(worse) == page(weekly(usual_calls(n_worse=6)))


def test_a_usual_week_says_so(usual):
    assert "The number of calls was usual. 200 calls were offered, inside the usual" in says(
        sections.first_screen, usual
    )
    assert says(sections.first_screen, usual).count("Usual") >= 6
    assert "All six numbers were usual this week." in says(sections.weeks, usual)
    assert "No hour was unusual." in says(sections.when, usual)
    assert "The week is complete and every record was read." in says(sections.health, usual)


def test_a_worse_week_leads_with_what_got_worse_and_names_the_day(worse):
    said = says(sections.first_screen, worse)
    found = worse.compared["abandon_rate"]
    assert found.verdict == "high"
    assert "A larger share gave up waiting." in said
    assert f"{found.numerator:.0f} of 200 gave up before anybody answered" in said
    assert "Most of the rise came on Tuesday." in said
    assert "Unusually high · worse" in said


def test_part_of_a_week_is_compared_with_nothing_and_says_so_everywhere(partial):
    said = says(sections.first_screen, partial)
    assert "This week is not complete. Calls are in only up to the end of Wednesday 18 November." in said
    assert "So far 120 calls were offered." in said
    assert said.count("Not compared") == 6
    assert said.count("Usual for a whole week:") == 3
    assert "Usual for 120 calls:" in said  # a share’s range is that of so many calls
    assert record.title(partial) == "Phone calls, week 47 (incomplete)"
    assert "Incomplete: 3 of 7 days" in says(sections.header, partial)
    assert set(partial.arrivals["verdict"]) == set(partial.hourly["verdict"]) == {"none"}
    assert not record.record(partial)["is_complete"]
    assert record.record(partial)["missing_days"][0] == "2026-11-19"


def test_a_gap_in_the_week_is_named_and_its_day_not_shown_as_quiet():
    model = weekly(is_complete=[True, False, True, True, True, True, True])
    assert "The calls of Tuesday 17 November are not all in." in says(sections.first_screen, model)
    assert not model.arrivals.loc[model.arrivals["weekday"] == 1, "is_open"].any()
    assert "40 calls outside opening hours or on days that are not complete are not shown" in says(
        sections.when, model
    )


def test_an_unusual_number_of_unreached_callers_comes_first(worse):
    assert worse.compared["n_unreached"].verdict == "high"
    said = says(sections.first_screen, worse)
    assert said.index("More callers than usual not reached.") < said.index("A larger share gave up waiting.")


def test_a_week_without_calls_has_a_sentence_in_every_section(silent):
    assert "Nobody is waiting for a call back. Nobody called." in says(sections.call_back, silent)
    assert "No call was offered in this week" in says(sections.when, silent)
    assert "Nobody was answered in this week" in says(sections.waiting, silent)
    assert "No call was offered in this week, so there is no service" in says(sections.service_level, silent)
    first = says(sections.first_screen, silent)
    assert "Not one call was offered. The account reports no call to answer, below the usual" in first
    assert "Check that the lines work." in first
    assert "Calls offered Unusually low 0 Usual" in first


@pytest.mark.parametrize(
    ("n_before", "said", "verdict"),
    [
        (0, "No whole week came before this one, and usual ranges need 12.", "week 6 of 2027"),
        (4, "Only four whole weeks came before this one, and usual ranges need 12.", "week 2 of 2027"),
    ],
)
def test_too_few_weeks_say_when_the_first_verdict_comes(n_before, said, verdict):
    model = weekly(n_before=n_before)
    assert said in says(sections.weeks, model)
    assert first_verdict(model) == verdict
    assert "Not enough weeks:" in says(sections.first_screen, model)
    assert contract.breaches(page(model)) == []


def test_a_gap_in_the_weeks_before_delays_the_first_verdict():
    model = weekly()
    model.statements.loc[model.statements["day"] == "2026-11-02", "is_complete"] = False
    assert model.n_before == 11
    assert first_verdict(model) == "week 5 of 2027"
    assert Week(2026, 47).shift(-2) not in model.periods


def test_a_number_that_is_not_compared_has_no_bar(silent, worse):
    tiles = [
        tile.partition("</li>")[0] for tile in sections.first_screen(silent).split('<li class="tile">')[1:]
    ]
    assert ["Not compared" in tile for tile in tiles] == ['<svg class="bar"' not in tile for tile in tiles]
    assert sum('<svg class="bar"' in tile for tile in tiles) == 1
    assert sections.first_screen(worse).count('<li class="tile">') == 6


def test_definitions_tell_only_values_that_are_known(silent, worse):
    assert "This week: –" not in says(sections.define, silent)
    assert "This week: 39." in says(sections.define, worse)
