"""The last 13 weeks: six control panels, and what left its usual range; of a month its weeks."""

from callkit.look import words
from callkit.look.parts import Html, section
from callkit.periods import Month
from callkit.report.model import N_BEFORE, TILES, Report
from callkit.report.sections import phrases
from callkit.report.sections.first import headings
from callkit.report.sections.month_weeks import month_weeks
from callkit.report.sections.week_panels import week_panels

_ID = "weeks"


def weeks(model: Report) -> Html:
    """Return the six numbers week by week."""
    heading = headings(model)[_ID]
    if isinstance(model.period, Month):
        return month_weeks(model, heading)
    return section(_ID, heading, _finding(model), _say(model), [week_panels(model)])


def _finding(model: Report) -> str:
    if model.n_before < N_BEFORE:
        return phrases.not_enough(model)
    if not model.is_complete:
        return f"This {model.noun} is not complete, so it is not compared with those before."
    judged = [n for n in TILES if model.compared[n].verdict != "none"]
    unusual = [phrases.IN_A_SENTENCE[n] for n in judged if model.compared[n].is_unusual]
    if not judged:
        return f"No number of this {model.noun} can be compared with those before."
    if not unusual:
        if len(judged) < len(TILES):
            left = phrases.listing([phrases.IN_A_SENTENCE[n] for n in TILES if n not in judged])
            usual = (
                f"{words.opening(words.in_words(len(judged)))} {'number' if len(judged) == 1 else 'numbers'}"
            )
            return f"{usual} {phrases.was(len(judged))} usual; not compared: {left}."
        return f"All {words.in_words(len(judged))} numbers were usual this {model.noun}."
    if len(judged) == 1:
        return f"{_were(unusual[0])} unusual this {model.noun}; the other numbers cannot be compared."
    if len(unusual) == len(judged):
        return f"All {words.in_words(len(judged))} numbers were unusual this {model.noun}."
    are_all, n = len(judged) == len(TILES), words.in_words(len(judged))
    names = "" if are_all and len(unusual) >= len(judged) / 2 else f": {phrases.listing(unusual)}"
    numbers = f"{n} numbers" if are_all else f"the {n} numbers that can be compared"
    of = f"{words.opening(words.in_words(len(unusual)))} of {numbers}"
    return f"{of} {phrases.was(len(unusual))} unusual this {model.noun}{names}."


def _were(name: str) -> str:
    return f"{words.opening(name)} {'were' if name.startswith('call') else 'was'}"


def _say(model: Report) -> list[str]:
    if model.n_before < N_BEFORE:
        judged = f"The first verdict comes with {phrases.first_verdict(model)}."
        return [f"Dots are shown without limits until there are {N_BEFORE} whole weeks to judge by. {judged}"]
    if not model.is_complete:
        return [
            f"The shaded band is the usual range, from the {N_BEFORE} weeks before this one. "
            "The open dot is this week so far."
        ]
    return [
        f"The shaded band is the usual range, from the {N_BEFORE} weeks before this one. A week outside it, or the "
        "eighth in a row on one side of the mean, is called unusual.",
        "Everything else is ordinary variation: it needs no explanation. "
        "Weeks count as they came, those with bank holidays too. Callers not reached are those nobody had spoken to by "
        "the Sunday night of that week.",
        *([phrases.bank_holidays(model)] if model.bank_holidays else []),
    ]
