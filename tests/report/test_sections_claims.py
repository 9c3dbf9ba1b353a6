"""What the page must not claim: comparisons of what does not compare, and more than the data hold."""

from datetime import date, datetime, timedelta

import pytest

from callkit.look.typography import plain
from callkit.metrics import recovery
from callkit.opening import OpeningHours
from callkit.report import contract, record, sections
from callkit.report.sections import phrases
from tests.report.pages import page, says
from tests.report.weeks import OPENING, SETTINGS, SUPPORT, call, named, usual_calls, weekly

MONDAY = datetime(2026, 11, 16)


def this_week(change):
    """Return the usual weeks, `change` applied to each call of the last one; None leaves it out."""
    rows = usual_calls()
    changed = [change(row) if row["started_local"] >= MONDAY else row for row in rows]
    return weekly([row for row in changed if row])


def unsaid(row):
    return {**row, "wait_s": None} if row["outcome"] == "answered" else row


def test_answered_calls_without_a_wait_give_no_service_level_and_are_not_called_unanswered():
    model = this_week(unsaid)
    level, waits, first = (
        says(part, model) for part in (sections.service_level, sections.waiting, sections.first_screen)
    )
    n = model.total("n_answered")
    assert (
        f"There is no service level. {n:.0f} of 200 calls answered or given up do not say how long" in level
    )
    assert "No answered call of this week says how long its caller waited." in waits
    assert "Service level, 20 s Not compared – too many waits are not known" in first
    assert "9 in 10 answered within Not compared – the calls do not say the wait" in first
    assert "obody was answered" not in waits + first
    assert contract.breaches(page(model)) == []


def test_some_answered_calls_without_a_wait_give_no_patience():
    model = this_week(lambda row: unsaid(row) if row["caller"] > "+447700900300" else row)
    said = says(sections.waiting, model)
    assert "Of answered calls, half were answered within" in said
    assert "so patience cannot be told." in said
    assert "Kaplan" not in said
    assert "give up within" not in said


def test_the_share_who_give_up_within_a_minute_has_its_interval():
    said = says(
        sections.waiting, weekly([*(call(MONDAY, wait_s=70) for _ in range(9)), call(MONDAY, "abandoned")])
    )
    assert "If nobody answers, an estimated 10% of callers give up within 60 s." in said
    assert "Shaded: 95% interval, for giving up within 60 s: 1–53%." in said


def test_a_line_that_loses_more_takes_the_place_of_the_share_who_give_up():
    def worse(row):
        lost = row["did"] == SUPPORT and row["started_local"].minute % 2
        return row | {"outcome": "abandoned", "wait_s": 70.0} if lost else row

    finding, rest = sections.waiting(this_week(worse)).partition('class="finding">')[2].split("</p>", 1)
    assert "On Support" in finding
    assert "If nobody answers" not in finding
    assert "If nobody answers, an estimated" in plain(rest)


def test_a_curve_that_ends_early_is_not_read_beyond_its_end():
    rows = [*(call(MONDAY, wait_s=11) for _ in range(9)), call(MONDAY, "abandoned", wait_s=5)]
    html = sections.waiting(weekly(rows, n_before=0))
    assert "after 60 s" not in html
    assert "90% after 11 s" in html.replace("\u00a0", " ")


def test_the_caption_counts_the_calls_in_time_whatever_the_target():
    model = weekly(
        [call(MONDAY, wait_s=s) for s in (5, 11, 12, 13)], n_before=0, settings=named(service_level_s=12)
    )
    assert "3 of 4 within 12 s" in sections.waiting(model).replace("\u00a0", " ")


def test_callers_without_a_number_are_not_called_reached():
    model = this_week(lambda row: {**row, "caller": None})
    first, listed = says(sections.first_screen, model), says(sections.call_back, model)
    n = model.total("n_missed")
    assert (
        f"Nobody we could ring is waiting. {n:.0f} missed calls came without a number we can ring." in first
    )
    assert f"Nobody we could ring is waiting. {n:.0f} missed calls came without a number" in listed
    assert f"Callers not reached Not compared 0 {n:.0f} missed calls, all without a number" in first


def test_one_call_is_no_verdict_on_waits_and_no_busiest_time():
    model = this_week(lambda row: None)
    rows = [*model.history.to_dict("records"), call(MONDAY + timedelta(hours=9), wait_s=1)]
    one = weekly(rows)
    assert one.compared["wait_p90"].verdict == "none"
    assert one.compared["n_offered"].verdict == "low"
    assert "busiest" not in says(sections.first_screen, one)
    assert "No call was missed." in says(sections.call_back, one)


def test_a_week_without_calls_is_not_praised_for_reaching_everybody():
    silent = this_week(lambda row: None)
    assert silent.compared["n_unreached"].verdict == "none"
    assert "better" not in says(sections.weeks, silent)
    assert "Calls offered were unusual this week; the other numbers cannot be" in says(sections.weeks, silent)


def test_hours_are_not_judged_by_weeks_that_are_not_whole():
    model = weekly(usual_calls(n_worse=6))
    model.statements.loc[model.statements["day"] == "2026-11-02", "is_complete"] = False
    assert not model.is_compared
    assert set(model.arrivals["verdict"]) == {"none"}


def test_a_bank_holiday_of_the_week_is_named_beside_its_calls(monkeypatch):
    monkeypatch.setattr(
        "callkit.opening.bank_holidays", lambda country, year: {date(2026, 11, 16): "Invented"}
    )
    model = weekly(settings=named(opening=OpeningHours(OPENING.spans, "GB-ENG")))
    said = "Monday 16 November was a bank holiday, with the lines closed."
    for part in (sections.first_screen, sections.when, sections.weeks):
        assert said in says(part, model)
    assert phrases.bank_holidays(weekly()) == ""


@pytest.mark.parametrize(
    ("verdict", "value", "low", "high", "said"),
    [
        ("low", 12, 12.4, 60.6, "13–61"),
        ("high", 61, 12.4, 60.6, "12–60"),
        ("usual", 12.4, 12.4, 60.6, "12–61"),
    ],
)
def test_a_value_outside_its_range_never_reads_as_inside(verdict, value, low, high, said):
    found = weekly().compared["n_unreached"]
    found = found._replace(verdict=verdict, value=value, usual_low=low, usual_high=high, rule="limits")
    assert phrases.usual(found) == said


def test_half_open_hours_are_not_cut_off():
    half = OpeningHours.parse({"mon": "08:30-18:00"})
    said = says(sections.when, weekly(settings=named(opening=half)))
    assert "in 9.5 open hours" in said
    assert SETTINGS.opening is OPENING


def test_health_of_a_week_without_calls_does_not_blame_the_account():
    said = says(sections.health, weekly([], n_before=0, kept=[0] * 7, received=[0] * 7, n_lines=[0] * 7))
    assert "The account sends no call-flow lines" not in said
    assert "No call came, so there is no call-flow line to read." in said


def test_one_number_is_the_same_on_tile_section_and_sidecar():
    model = weekly(usual_calls(n_worse=6))
    sidecar = {row["number"]: row for row in record.record(model)["numbers"]}
    for name, found in model.compared.items():
        kept = sidecar[name]
        assert (found.value, found.n) == (kept["value"], kept["n"])
        assert found.value == model.over_time.query("number == @name")["value"].iloc[-1]
    assert len(recovery.unreached(model.calls)) == sidecar["n_unreached"]["value"]
    cells = model.arrivals
    assert cells["n"].sum() + cells["n_outside"].sum() == sidecar["n_offered"]["value"]
    assert model.hourly["numerator"].sum() == sidecar["service_level"]["numerator"]
    assert model.hourly["n"].sum() == sidecar["service_level"]["n"]


def test_one_record_is_one_call():
    said = says(
        sections.health, weekly([call(MONDAY)], n_before=0, kept=[1, *[0] * 6], received=[1, *[0] * 6])
    )
    assert "1 record received" in said
    assert "1 call kept" in said


def test_the_busiest_time_is_told_per_open_hour():
    rows = [call(MONDAY + timedelta(days=d, hours=9, minutes=m)) for d in range(5) for m in range(8)]
    rows += [call(MONDAY + timedelta(hours=15, minutes=m)) for m in range(20)]
    short = OpeningHours.parse(
        {"mon": "09:00-16:00", **dict.fromkeys(("tue", "wed", "thu", "fri"), "09:00-12:00")}
    )
    model = weekly(rows, n_before=0, settings=named(opening=short))
    said = "The busiest time was from 15:00 to 16:00, with 20 calls in 1 open hour."
    assert said in says(sections.when, model)
    assert said in says(sections.first_screen, model)


def test_an_hour_with_few_calls_is_not_named_the_lowest():
    few = [call(MONDAY + timedelta(hours=12, minutes=m), wait_s=50) for m in range(29)]
    many = [call(MONDAY + timedelta(hours=h, minutes=m), wait_s=10 + h) for h in (9, 11) for m in range(40)]
    said = says(sections.service_level, weekly([*few, *many], n_before=0))
    assert "The lowest was 11:00, with 0 of 40 answered within 20 s." in said


def test_the_lowest_hour_is_said_to_be_that_of_hours_with_enough_calls_where_another_lies_lower():
    few = [call(MONDAY + timedelta(hours=12, minutes=m), wait_s=50) for m in range(29)]
    many = [call(MONDAY + timedelta(hours=11, minutes=m), wait_s=m + 6) for m in range(40)]
    more = [call(MONDAY + timedelta(hours=9, minutes=m)) for m in range(40)]
    said = says(sections.service_level, weekly([*few, *many, *more], n_before=0))
    assert "Of hours with 30 calls or more the lowest was 11:00, with 15 of 40 answered within 20 s." in said


def test_a_peak_of_giving_up_is_marked_on_the_curve_only_where_there_is_one():
    def at_an_announcement(row):
        leaves = row["started_local"].minute % 4 == 0
        return row | ({"outcome": "abandoned", "wait_s": 32.0} if leaves else {"wait_s": 60.0})

    html = sections.waiting(this_week(at_an_announcement)).replace("\u00a0", " ")
    assert "Giving up peaks at 30 to 35 s." in html
    assert html.count("at 30 to 35 s") == 2
    assert "peaks" not in sections.waiting(weekly())
