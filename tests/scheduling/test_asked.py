import pytest

from callkit import cli
from callkit.cli import reporting
from callkit.periods import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_complete_one_is_the_default(desk, kind):
    parsed = cli.parser().parse_args(["report", kind])
    assert reporting.periods_of(parsed, desk.settings) == [KINDS[kind].last_complete("Europe/London")]


@pytest.mark.parametrize(
    ("arguments", "periods"),
    [
        ("weekly --week 2026-W47", ["2026-W47"]),
        ("monthly --month 2026-11", ["2026-11"]),
        ("weekly --weeks 2026-W52..2027-W01", ["2026-W52", "2026-W53", "2027-W01"]),
        ("monthly --months 2025-12..2026-02", ["2025-12", "2026-01", "2026-02"]),
        ("weekly --weeks 2026-W47..2026-W47", ["2026-W47"]),
    ],
)
def test_periods_and_spans(desk, arguments, periods):
    parsed = cli.parser().parse_args(["report", *arguments.split()])
    assert [*map(str, reporting.periods_of(parsed, desk.settings))] == periods


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            "weekly --weeks 2026-W40..2026-W39",
            "weeks 2026-W40..2026-W39 runs backwards; write the earlier week first.",
        ),
        ("monthly --week 2026-W47", "--week is not for the monthly report; write --month 2026-11."),
        ("monthly --weeks a", "--weeks is not for the monthly report; write --months 2026-08..2026-11."),
        ("weekly --month 2026-11", "--month is not for the weekly report; write --week 2026-W47."),
        ("weekly --weeks 2026-W40", "weeks '2026-W40' is not a span; write it like 2026-W40..2026-W47."),
        ("weekly --weeks 2026-W40..", "week '' is not an ISO week"),
        ("weekly --weeks 2026-W40...2026-W41", "week '.2026-W41' is not an ISO week"),
        ("monthly --months 2026-13..2027-01", "month '2026-13' is not a calendar month"),
        ("weekly --week 2026-11", "week '2026-11' is not an ISO week"),
        ("weekly --week", "expected one argument"),
        ("weekly --keep 0", "'0' is not a whole number above 0"),
        ("weekly --keep 1.5", "'1.5' is not a whole number above 0"),
        ("weekly --timeout nan", "'nan' is not a number of seconds above 0"),
        ("weekly --audience all", "invalid choice: 'all'"),
        ("weekly --log-format xml", "invalid choice: 'xml'"),
        ("weekly --week 2026-W47 --weeks 2026-W46..2026-W47", "not allowed with argument"),
        ("weekly --notify-cmd no-such-program", "which is no program that can be run here"),
        ("weekly --notify-cmd ''", "notify-cmd"),
    ],
)
def test_bad_input_is_a_sentence_and_nothing_is_done(desk, report, arguments, said):
    code, out, err = report(*arguments.split())
    assert (code, out) == (2, "")
    assert said in err
    assert (desk.made, desk.synced) == ([], [])
    assert not desk.settings.data.exists()


def test_a_pdf_without_its_extra_is_refused_before_anything_is_done(desk, report, monkeypatch):
    monkeypatch.setattr("callkit.report.pdf.find_spec", lambda name: None)
    code, _, err = report("weekly", "--pdf")
    assert (code, err.count("\n")) == (2, 1)
    assert "weasyprint" in err
    assert (desk.made, desk.synced) == ([], [])
