"""What the section of cost says, held to a plain sum of the same charges."""

import re
from datetime import datetime, timedelta

import pytest

from callkit.look.typography import plain
from callkit.report.sections.cost import cost
from tests.report.pages import says
from tests.report.weeks import MAIN, SUPPORT, call, weekly

MONDAY, TUESDAY = datetime(2026, 11, 16, 9), datetime(2026, 11, 17, 9)


def charged():
    rows = [
        call(MONDAY + timedelta(minutes=i), charge=0.05, did=[MAIN, SUPPORT, None][i % 3], talk_s=90)
        for i in range(30)
    ]
    rows += [call(MONDAY, "abandoned", charge=0.01), call(TUESDAY, charge=None, talk_s=60)]
    return rows


def cells(html):
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def test_charges_by_line_add_up():
    ours = [
        call(TUESDAY + timedelta(hours=1), direction="outbound", did=None, charge=0.5, talk_s=600),
        call(TUESDAY + timedelta(hours=2), "no_answer", direction="outbound", did=None, charge=0.25),
    ]
    model = weekly([*charged(), *ours], n_before=0)
    _, *lines, total = cells(cost(model))
    assert lines == [
        ["Main", "11", "16", "0.51", "5.1"],
        ["Support", "10", "15", "0.50", "5.0"],
        ["Unknown line", "10", "15", "0.50", "5.0"],
        ["Calls we placed", "1", "10", "0.75", "75.0"],
    ]
    assert total == ["All", "32", "56", "2.26", "7.3"]
    assert float(total[3]) == pytest.approx(model.calls["charge"].sum())
    said = says(cost, model)
    assert "charges of 2.26 for 32 answered calls, 7.3 per 100 answered calls of known charge." in said
    assert "1 of 34 calls carries no charge and is left out." in said


def test_charges_of_one_side_alone_are_set_against_that_side():
    ours = [
        call(TUESDAY + timedelta(hours=i), direction="outbound", did=None, charge=0.5, talk_s=600)
        for i in range(2)
    ]
    free = [call(MONDAY + timedelta(minutes=i), charge=0.0) for i in range(9)]
    model = weekly([*ours, *free], n_before=0)
    said = says(cost, model)
    assert "charges of 1.00 for 2 answered calls we placed, 50.0 per 100." in said
    assert "It reports none for calls that came in." in said
    charges = [row[3:] for row in cells(cost(model))[1:]]
    assert charges == [["0.00", "0.0"], ["1.00", "50.0"], ["1.00", "–"]]  # decimal points stand in one line


def test_a_call_of_no_direction_is_charged_too():
    rows = [call(MONDAY + timedelta(minutes=i), charge=0.1) for i in range(3)]
    model = weekly([*rows, call(TUESDAY, direction="unknown", did=None, charge=0.2)], n_before=0)
    lines = cells(cost(model))
    assert lines[-2:] == [
        ["Direction not known", "–", "–", "0.20", "–"],
        ["All", "3", "6", "0.50", "–"],
    ]
    assert "charges of 0.50 for 3 answered calls." in says(cost, model)


def test_small_charges_keep_the_decimals_they_need():
    rows = [
        call(MONDAY + timedelta(minutes=i), charge=0.0125, did=did) for i, did in enumerate([MAIN, SUPPORT])
    ]
    assert [row[3] for row in cells(cost(weekly(rows, n_before=0)))[1:]] == ["0.0125", "0.0125", "0.0250"]


def test_charges_that_add_up_in_hundredths_are_written_so():
    rows = [call(MONDAY + timedelta(minutes=i), charge=charge) for i, charge in enumerate((1.2531, 0.5, 0.5))]
    assert [row[3] for row in cells(cost(weekly(rows, n_before=0)))[1:]] == ["2.25", "2.25"]


def test_an_account_without_charges_says_so():
    for charge in (None, 0.0):
        model = weekly([call(MONDAY, charge=charge)], n_before=0)
        assert says(cost, model) == "Cost The account reports no charges."
    assert "No call was made in this week" in says(cost, weekly([], n_before=0))


def test_part_of_a_week_says_so_far():
    model = weekly(charged(), n_before=0, is_complete=[True] * 3 + [False] * 4)
    assert "So far the account reports charges of 1.51 for 31 answered calls" in says(cost, model)
