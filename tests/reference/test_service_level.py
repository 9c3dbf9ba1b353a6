"""The published vectors of service-level formulas: ICMI's five, Cisco's three, and Genesys's.

ICMI: icmi.com/Resources/QueueTips/2005/March/Service-Level-Calculations.aspx, 1,000 calls answered, 860 of them within
20 s, and 60 abandoned, 20 of them within 20 s. Of these 10 within 5 s is our own addition for the formulas that know
short abandons. Cisco: ICM 4.5 (manualsdump.com, page 143), 70 answered and 10 abandoned within, 20 beyond.
"""

import numpy as np
import pytest

from callkit.metrics.summary import summarise
from tests.metrics.frames import call, calls, row, times

ICMI = calls(
    *times(860, call("answered", 20)),
    *times(140, call("answered", 21)),
    *times(10, call("abandoned", 5)),
    *times(10, call("abandoned", 20)),
    *times(40, call("abandoned", 21)),
)
ICMI_PUBLISHED = {  # formula: number, what is published in per cent, numerator, denominator
    1: ("service_level_positive", 83, 880, 1060),
    2: ("service_level_answered", 86, 860, 1000),
    3: ("service_level_strict", 81, 860, 1060),
    4: ("service_level_ignore", 83, 860, 1040),
    5: ("service_level_credit", 82, 870, 1060),
}
CISCO = calls(
    *times(70, call("answered", 15)), *times(10, call("abandoned", 15)), *times(20, call("answered", 60))
)
CISCO_PUBLISHED = {"service_level_ignore": 77.8, "service_level_strict": 70, "service_level_positive": 80}


@pytest.mark.parametrize("formula", ICMI_PUBLISHED)
def test_icmi(formula):
    name, published, numerator, n = ICMI_PUBLISHED[formula]
    found = row(summarise(ICMI, name), name)
    assert (found["numerator"], found["n"]) == (numerator, n)
    assert found["value"] == numerator / n
    assert round(100 * found["value"]) == published


def test_genesys_leaves_short_abandons_out():
    # help.mypurecloud.com/articles/configure-the-service-level-calculation: 860 / 1050 with short abandons off
    found = row(summarise(ICMI, "service_level"), "service_level")
    assert (found["numerator"], found["n"]) == (860, 1050)
    assert found["value"].round(3) == 0.819


@pytest.mark.parametrize("name", CISCO_PUBLISHED)
def test_cisco(name):
    found = row(summarise(CISCO, name), name)
    assert round(100 * found["value"], 1) == CISCO_PUBLISHED[name]


def test_a_service_may_have_a_target_of_its_own():
    mixed = calls(
        *times(3, call("answered", 15, service_name="Sales")),
        *times(5, call("answered", 15, service_name="Support")),
        *times(2, call("abandoned", 15, service_name="Sales")),
        *times(4, call("answered", 15, service_name=None)),
    )
    own = {"service_targets": {"Sales": 10}}
    found = summarise(mixed, ["service_level", "service_level_ignore"], "service_name", **own)
    values = found.pivot(index="service_name", columns="number", values="value")
    assert values.loc["Sales"].tolist() == [0, 0]
    assert values.loc["Support"].tolist() == [1, 1]
    whole = summarise(mixed, ["service_level", "service_level_ignore"], **own)
    assert whole["numerator"].tolist() == [9, 9]
    assert whole["n"].tolist() == [14, 14]
    assert summarise(mixed, "service_level")["numerator"].tolist() == [12]


def test_nothing_offered_is_no_service_level_rather_than_a_perfect_one():
    found = summarise(calls(call("closed"), call("left_menu")))
    levels = found[found["number"].str.startswith("service_level")]
    assert len(levels) == 6
    assert levels["value"].isna().all()
    assert (levels["n"] == 0).all()
    assert np.isnan(row(found, "abandon_rate")["value"])
