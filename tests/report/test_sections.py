import re
from datetime import datetime, timedelta

import pytest

from callkit.look.typography import plain
from callkit.privacy import caller_code
from callkit.report import contract, record, sections
from callkit.report.sections.phrases import listing
from tests.report.pages import page, says
from tests.report.weeks import MAIN, SUPPORT, call, named, usual_calls, weekly

MONDAY, TUESDAY = datetime(2026, 11, 16, 9), datetime(2026, 11, 17, 9)


def callers(*rows):
    return weekly([*rows, call(TUESDAY)], n_before=0)


def test_call_back_lists_whom_nobody_reached_with_masked_numbers():
    model = callers(
        call(MONDAY, "abandoned", caller="+447700900083", wait_s=74),
        call(MONDAY + timedelta(hours=1), "abandoned", caller="+447700900083", wait_s=112),
        call(MONDAY, "no_answer", caller="+447700900655", wait_s=58),
        call(
            MONDAY + timedelta(hours=2), "no_answer", caller="+447700900655", direction="outbound", did=None
        ),
        call(MONDAY, "abandoned", caller="+447700900902"),
        call(MONDAY + timedelta(hours=2), "answered", caller="+447700900902", direction="outbound", did=None),
        call(MONDAY, "abandoned", caller=None),
    )
    said = says(sections.call_back, model)
    assert "2 callers had not spoken to us by Sunday night. Start with the one nobody has tried." in said
    code = caller_code("+447700900083", model.settings.pseudonym_key)
    first = (
        f"Mobile, ends 083 code {code} twice Mon 16 Nov, 10:00 Main line, waited 1 min 52 s Nobody has tried"
    )
    assert first in said
    assert re.search("Mobile, ends 655 code [a-z]{4} [a-z]{4} once", said)
    assert "We tried once, no answer" in said
    assert "902" not in said
    assert "1 missed call came without a number we can ring, such as a withheld one." in said
    assert "7700" not in said


def test_an_internal_copy_shows_whom_to_ring():
    model = weekly([call(MONDAY, "abandoned", caller="+447700900083")], n_before=0, audience="internal")
    assert "+447700900083" in says(sections.call_back, model)
    assert contract.breaches(page(model)) != []
    assert contract.breaches(page(model), masked=False) == []


def test_everybody_reached_is_said():
    model = callers(call(MONDAY, "abandoned"), call(MONDAY + timedelta(hours=2), "answered"))
    assert "Nobody is waiting for a call back. The one caller we missed has spoken to us since." in says(
        sections.call_back, model
    )


def test_waits_and_service_level_tell_the_lines_apart():
    rows = [call(MONDAY + timedelta(minutes=i), wait_s=i + 1) for i in range(30)]
    rows += [call(MONDAY, "abandoned", wait_s=40, did=SUPPORT)]
    model = weekly(rows, n_before=0)
    waits, level = says(sections.waiting, model), says(sections.service_level, model)
    assert "Of answered calls, half were answered within 16 s, nine in ten within 27 s." in waits
    assert "Main 30 16 s 27 s 0.0%" in waits
    assert "Support 1 – – 100.0% 1 ·" in waits
    assert "In all, 20 of 31 were answered within 20 s." in level
    assert "Main 20 of 30" in level
    assert "Support 0 of 1" in level


def test_a_line_whose_callers_give_up_more_often_is_named():
    rows = [call(MONDAY + timedelta(minutes=i)) for i in range(40)]
    rows += [call(MONDAY + timedelta(minutes=i), did=SUPPORT) for i in range(20)]
    rows += [call(MONDAY + timedelta(minutes=i), "abandoned", did=SUPPORT, caller=None) for i in range(10)]
    said = says(sections.waiting, weekly(rows, n_before=0))
    assert "On Support 10 of 30 gave up; on the other lines 0 of 40." in said
    assert "On Support" not in says(sections.waiting, weekly(rows[:62], n_before=0))
    assert "On Support" not in says(sections.waiting, weekly([*rows[:59], *rows[60:]], n_before=0))


def test_an_unusual_line_and_unusual_hours_open_the_service_level():
    rows = usual_calls()
    for row in rows:
        is_late = row["did"] == SUPPORT or row["started_local"].hour == 12
        if row["started_local"] >= MONDAY and is_late and row["outcome"] == "answered":
            row["wait_s"] = 50.0
    said = says(sections.service_level, weekly(rows))
    assert "Support was unusually low: 0 of" in said
    assert "A smaller share than usual was answered within 20 s at" in said
    assert "12:00" in said.split("Each dot")[0]


def test_health_counts_what_was_forgotten_and_says_a_wrong_zone():
    said = says(sections.health, weekly(received=42, forgotten=2, n_off_clock=30, off_by_s=-3600))
    assert "282 records received" in said
    assert "2 forgotten on request" in said
    assert (
        "30 of 280 calls were stamped 1 h behind what their ids tell; check the account’s time zone" in said
    )
    plain = says(sections.health, weekly())
    assert (
        "All 7 days fetched to their end; on each as many different records came as the account announced."
        in plain
    )
    assert "forgotten" not in plain
    assert "stamped" not in plain


def test_health_adds_up_and_names_what_was_not_understood():
    heads = {"Call parked on 07700 900417": 2, "<b>Whisper</b>": 1}
    model = weekly(
        received=43, kept=39, duplicates=3, quarantined=1, n_unknown_lines=3, unknown_lines=heads,
        unknown_keys={"zone": 3}, n_contradictions=1, n_assumed=2, audience="internal",
    )  # fmt: skip
    said = says(sections.health, model)
    assert (
        "The week is complete. 1 record could not be read and 3 call-flow lines were not understood." in said
    )
    assert "283 records received" in said
    assert "279 calls kept" in said
    assert (
        "match no known pattern: “Call parked on …417” twice and “<b>Whisper</b>” once. They are kept" in said
    )
    assert "Records carry a field callkit does not know: “zone”." in said
    assert "1 of 279 calls contradicts itself" in said
    assert "<b>Whisper" not in sections.health(model)


def test_a_shared_copy_quotes_no_line_and_no_field_that_may_name_somebody():
    model = weekly(n_unknown_lines=1, unknown_lines={"Whispered to Robin": 1}, unknown_keys={"Robin": 3})
    said = says(sections.health, model)
    assert "match no known pattern. They are kept as unknown; the internal copy quotes them." in said
    assert "Records carry a field callkit does not know. The raw data keep what they say" in said
    assert "Robin" not in said


def test_names_from_outside_come_out_as_inert_text():
    settings = named(title="<script>x</script>", dids={MAIN: "<img src=x onerror=y>\u202e"}, example=True)
    html = page(weekly(settings=settings, n_before=0))
    assert contract.breaches(html) == []
    assert "<script>x" not in html
    assert "<img src=x" not in html
    assert "\u202e" not in html
    assert "Example data" in plain(html)


def test_a_whole_number_in_a_label_is_masked_too():
    settings = named(title="Acme 0113 496 0000", dids={MAIN: "020 7946 0100"})
    model = weekly([call(MONDAY, "abandoned")], n_before=0, settings=settings)
    assert contract.breaches(page(model)) == []
    assert "Acme …000, week 47" in says(sections.header, model)
    assert "…100 line" in says(sections.call_back, model)


def test_the_record_holds_plain_values_and_every_number():
    found = record.record(weekly())
    by_name = {row["number"]: row for row in found["numbers"]}
    assert by_name["n_offered"]["value"] == 200
    assert by_name["abandon_rate"]["usual_high"] > by_name["abandon_rate"]["usual_low"]
    assert by_name["wait_longest"]["in_words"].endswith(" s")
    assert found["raw_data"]["received"] == 280
    assert len(found["raw_data"]["sha256"]) == 64
    assert set(found._repr_mimebundle_()) == {record.RECORD, "text/plain"}


def test_the_hash_of_the_raw_data_changes_with_any_day():
    assert weekly(sha256="other").raw_data_sha256 != weekly().raw_data_sha256


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listing(items, said):
    assert listing(items) == said


def test_a_very_long_list_is_cut_and_says_so():
    rows = [
        call(MONDAY + timedelta(seconds=i), "abandoned", caller=f"+447700900{i:03d}", wait_s=40)
        for i in range(260)
    ]
    shown = sections.call_back(weekly(rows, n_before=0))
    assert shown.count('<th role="rowheader"') == 250
    assert "260 callers had not spoken to us" in plain(shown)
    assert "The list shows the 250 most urgent of 260 callers; " in plain(shown)
