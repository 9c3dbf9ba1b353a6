"""A month week by week: six control panels up to its last whole week, and a verdict on each week that ended in it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from callkit.look import words
from callkit.look.dates import MONTHS
from callkit.look.parts import ColumnSpec, Html, empty, section, table
from callkit.look.parts.verdict import marked
from callkit.periods import Period, Week
from callkit.report.model import N_BEFORE, TILES, Report
from callkit.report.sections import phrases
from callkit.report.sections.first import label
from callkit.report.sections.week_panels import week_panels

_ID = "weeks"
_NAMED = 3
_UNBROKEN = "\N{WORD JOINER}–\N{WORD JOINER}"


def month_weeks(model: Report, heading: str) -> Html:
    """Return the weeks that ended in the month, each judged against the twelve before it."""
    ended = [replace(model, period=week) for week in ended_in(model.period)]
    whole = [week for week in ended if week.is_complete]
    month = f"{MONTHS[model.period.number - 1]}{'' if model.is_complete else ' so far'}"
    if not whole:
        return empty(_ID, heading, f"No week that ended in {month} is complete.")
    last = words.named(whole[-1].period)
    drawn = [_table(whole, month), week_panels(whole[-1], words.opening(last))]
    noun = "weeks" if len(whole) == len(ended) else "complete weeks"
    return section(_ID, heading, _finding(whole, month, noun), _say(whole), drawn)


def ended_in(period: Period) -> Iterator[Week]:
    """Yield the weeks whose Sunday lies in a month."""
    week = Week.of(period.start)
    while week.end - timedelta(days=1) < period.end:
        yield week
        week = week.shift(1)


def _finding(weeks: list[Report], month: str, noun: str) -> str:
    judged = [week for week in weeks if any(found.verdict != "none" for found in week.compared.values())]
    if not judged:
        return _not_judged(weeks[-1])
    unusual = [said for week in judged if (said := _unusual(week))]
    n = words.in_words(len(judged))
    if len(judged) == 1:
        week = words.named(judged[0].period)
        return (
            f"Unusual in the one week that can be judged: {unusual[0]}."
            if unusual
            else f"Nothing was unusual in {week}, the one that can be judged."
        )
    which = "that can be judged" if len(judged) < len(weeks) else f"that ended in {month}"
    if not unusual:
        return f"Nothing was unusual in the {n} {noun} {which}."
    had = f"{words.in_words(len(unusual))} had unusual numbers: {phrases.listing(unusual)}"
    return f"Of the {n} {noun} {which}, {had}."


def _not_judged(last: Report) -> str:
    name, n = words.named(last.period), last.n_before
    if n >= N_BEFORE:
        return f"No number of {name} can be compared with the weeks before it."
    so_far = f"{words.in_words(n)} whole week{'' if n == 1 else 's'}"
    return (
        f"{f'Only {so_far}' if n else 'No whole week'} came before {name}, and usual ranges need {N_BEFORE}."
    )


def _unusual(week: Report) -> str:
    """Name a week with its unusual numbers; empty where it has none."""
    names = [phrases.IN_A_SENTENCE[number] for number, found in week.compared.items() if found.is_unusual]
    if not names:
        return ""
    many = f"{words.in_words(len(names))} of {words.in_words(len(TILES))} numbers"
    return f"{words.named(week.period)} ({', '.join(names) if len(names) <= _NAMED else many})"


def _say(weeks: list[Report]) -> list[str]:
    last = words.named(weeks[-1].period)
    panels = (
        f"The panels go up to {last}. The shaded band and the verdict beside each name are those of {last}, from the "
        f"{N_BEFORE} weeks before it."
    )
    if weeks[-1].n_before < N_BEFORE:
        panels = (
            f"The panels go up to {last}. Dots are shown without limits until there are {N_BEFORE} whole weeks to "
            f"judge by; the first verdict comes with {phrases.first_verdict(weeks[-1])}."
        )
    judged = (
        f"The table judges each week against the {N_BEFORE} before it: outside their usual range, or the eighth in a "
        "row on one side of their mean, is unusual. Everything else is ordinary variation: it needs no explanation."
    )
    return [
        panels,
        *([judged] if weeks[-1].n_before >= N_BEFORE else []),
        "Weeks run from Monday to Sunday, so they do not add up to the month. Callers not reached are those nobody "
        "had spoken to by Sunday night.",
    ]


def _table(weeks: list[Report], month: str) -> Html:
    rows: list[dict[str, Any]] = [
        {
            "week": words.opening(words.named(week.period)),
            "days": words.short_days(week.period.start, week.period.end).replace("–", _UNBROKEN),
            **{
                number: marked(phrases.value(found), found.verdict, found.is_better, running=found.running)
                for number, found in week.compared.items()
            },
        }
        for week in weeks
    ]
    columns = [
        ColumnSpec("week", "Week", small="days"),
        *(ColumnSpec(number, label(weeks[0], number), numeric=True) for number in TILES),
    ]
    return table(rows, columns, caption=f"Weeks that ended in {month}", sortable=False, stacked=True)
