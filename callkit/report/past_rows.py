"""The rows of the list of past reports: one for each report, and one for each stretch without any."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from callkit.look import words
from callkit.look.parts import Past, Text, badge, past_badge, past_number, strong
from callkit.periods import Period, Week, spanning
from callkit.report.compared import value
from callkit.report.past import ENOUGH, NUMBERS, PastReport


class Gap(NamedTuple):
    """Periods in a row between two reports that were neither reported nor tried: the first, the last, how many."""

    first: Period
    last: Period
    n: int


def past_rows(past: Sequence[PastReport], noun: str) -> list[Past]:
    """Return a row for each report and each gap between two of them, the newest first."""
    newest = past[0].period
    found = {one.period: _row(one, newest, noun) for one in past}
    found |= {gap.last: _of_gap(gap, newest, noun) for gap in gaps(past)}
    return [found[period] for period in sorted(found, reverse=True)]


def gaps(past: Sequence[PastReport]) -> list[Gap]:
    """Return the gaps between reports that are given the newest first."""
    between = [(before.period.shift(1), after.period.shift(-1)) for after, before in pairwise(past)]
    return [
        Gap(first, last, sum(1 for _ in spanning(first, last))) for first, last in between if first <= last
    ]


def why(one: PastReport) -> str:
    """Say why there are no numbers of a period."""
    if one.is_published:
        return f"{one.period}.json, beside its page, is damaged or missing; make the report again."
    tried = f" (tried on {words.moment(one.tried_at)})" if one.tried_at else ""
    return f"{words.opening(one.reason)}{tried}. Nothing was overwritten."


def _row(one: PastReport, newest: Period, noun: str) -> Past:
    name, dates = words.opening(words.named(one.period)), _dates(one.period, one.period, newest)
    if not one.numbers:
        bad = "Numbers not readable" if one.is_published else "Not published"
        what = past_badge(bad, is_bad=True)
        return Past(str(one.period), name, dates, one.address, [], what, reason=why(one))
    cells = [
        past_number(
            NUMBERS[name],
            value(found),
            found.value,
            found.verdict,
            found.is_better,
            noun,
            running=found.running,
        )
        for name, found in one.numbers.items()
    ]
    return Past(str(one.period), name, dates, one.address, cells, _verdict(one, noun), one.n_unusual)


def _of_gap(gap: Gap, newest: Period, noun: str) -> Past:
    name, those = words.opening(words.named(gap.first)), f"this {noun}"
    if gap.n > 1:
        last = str(gap.last.number) if isinstance(gap.last, Week) else words.named(gap.last)
        name = f"{name.replace('Week', 'Weeks')} to {last}"
        those = f"these {words.in_words(gap.n)} {noun}s"
    reason = f"None was made of {those}, or none is left here."
    dates = _dates(gap.first, gap.last, newest)
    return Past(str(gap.last), name, dates, "", [], strong("No report"), reason=reason)


def _dates(first: Period, last: Period, newest: Period) -> str:
    """Return the days of weeks, with their year where it is not that of the newest; nothing of months."""
    if not isinstance(last, Week):
        return ""
    year = "" if last.end.year == newest.end.year else f" {last.year}"
    days = words.short_days(first.start, last.end)
    if first.year != last.year:
        days = days.replace("–", f" {first.year}–")
    return days + year


def _verdict(one: PastReport, noun: str) -> Text:
    found = (one.numbers or {}).values()
    n_usual = sum(each.verdict == "usual" for each in found)
    if not one.is_complete:
        return past_badge("Incomplete", is_bad=True)
    if one.n_unusual:
        return strong(f"{one.n_unusual} unusual")
    if not n_usual:
        return badge("none", None, one.n_before if one.n_before < ENOUGH else None, noun)
    return past_badge(f"{'All' if n_usual == len(found) else f'{n_usual} of {len(found)}'} usual")
