"""Service level: the share answered in time, by hour of arrival and by line called."""

from typing import Any, NamedTuple

import pandas as pd

from callkit.look import words
from callkit.look.parts import ColumnSpec, Html, empty, figure, section, strong, table
from callkit.look.tokens import NARROW, WIDE
from callkit.metrics import signals
from callkit.metrics.judging import RUN
from callkit.plots.signals import figure_service_level_by_hour
from callkit.report.compared import Compared, compare, records, unjudged, verdict_badge
from callkit.report.model import Report
from callkit.report.sections import phrases
from callkit.report.sections.waiting import by_line

_ID, _HEADING = "service-level", "Service level"
_UNANSWERED = ("n_timeout", "n_no_answer", "n_busy", "n_failed", "n_unknown_outcome")
_ENOUGH = 30  # calls an hour needs to be named the lowest


def service_level(model: Report) -> Html:
    """Return the service level by hour with its usual ranges, and by line called."""
    found, hours = model.compared["service_level"], model.hourly
    if not model.compared["n_offered"].numerator:
        return empty(
            _ID, _HEADING, f"No call was offered in this {model.noun}, so there is no service level."
        )
    if found.value is None or hours.empty:
        return empty(_ID, _HEADING, "There is no service level.", _why_none(model))
    target, goal = model.settings.service_level_s, model.settings.service_level_goal
    caption = (
        f" {phrases.value(found)} over the {model.noun}{'' if model.is_complete else ' so far'} "
        f"({phrases.of_all(found)}; "
        f"strict rule {words.rate(model.total('service_level_strict'))})."
    )
    drawn = figure(
        "f-service-level",
        figure_service_level_by_hour(hours, WIDE, target=goal, target_s=target),
        figure_service_level_by_hour(hours, NARROW, target=goal, target_s=target),
        title="Service level by hour of arrival with 95% intervals"
        + (" and usual range." if model.is_compared else "."),
        desc=f"{_extremes(hours, target)} Target {words.rate(goal, 0)}.",
        caption=strong("Service level by hour,") + caption,
        numbers=_numbers(hours),
    )
    lines = _lines(model)
    finding = _finding(lines, hours, target, model.noun)
    return section(_ID, _HEADING, finding, _say(model), [drawn, _by_line(model, lines)])


def _why_none(model: Report) -> str:
    """Say what the service level lacks."""
    total = model.totals["service_level_strict"]
    n, unknown = int(total["n"] + total["n_null"]), int(total["n_null"])
    if not n:
        return "No call was answered or given up."
    if not unknown:
        return "Nobody was answered, and the calls given up were short."
    say = "does" if unknown == 1 else "do"
    return (
        f"{words.count(unknown)} of {words.plural(n, 'call')} answered or given up {say} not say how long the caller "
        "waited; a share of the others would mislead."
    )


def _finding(lines: "list[_Line]", hours: pd.DataFrame, target: int, noun: str) -> str:
    by_line, by_hour = _unusual_lines(lines, target, noun), _unusual_hours(hours, target, noun)
    quiet = "No hour was unusual." if not by_hour and (hours["verdict"] == "usual").any() else ""
    lowest = "" if by_line or by_hour else _extremes(hours, target)
    return " ".join(filter(None, [*by_line, *by_hour, quiet, lowest]))


def _unusual_hours(hours: pd.DataFrame, target: int, noun: str) -> list[str]:
    within = f"within {words.seconds(target)}"
    said = []
    for verdict, smaller, side in (("low", "smaller", "below"), ("high", "larger", "above")):
        unusual = hours[hours["verdict"] == verdict]
        beyond = [words.hour(h) for h in unusual.loc[unusual["rule"] == "limits", "hour"]]
        running = [words.hour(h) for h in unusual.loc[unusual["rule"] == "run", "hour"]]
        if beyond:
            said.append(f"A {smaller} share than usual was answered {within} at {phrases.listing(beyond)}.")
        if running:
            have = "has" if len(running) == 1 else "have"
            said.append(
                f"{phrases.listing(running)} {have} been {side} the mean for {words.in_words(RUN)} {noun}s in a row."
            )
    if said and (hours["verdict"] == "usual").any():
        said.append("Other hours were usual.")
    return said


def _extremes(hours: pd.DataFrame, target: int) -> str:
    enough = hours[hours["n"] >= _ENOUGH]
    if enough.empty or enough["value"].min() == enough["value"].max():
        n = int(hours["numerator"].sum())
        every = f"{words.count(n)} of {words.count(hours['n'].sum())} {phrases.was(n)}"
        return f"In all, {every} answered within {words.seconds(target)}."
    low = enough.sort_values(["value", "hour"]).iloc[0]
    part = f"{words.count(low['numerator'])} of {words.count(low['n'])}"
    among = f"Of hours with {_ENOUGH} calls or more the" if hours["value"].min() < low["value"] else "The"
    return f"{among} lowest was {words.hour(int(low['hour']))}, with {part} answered within {words.seconds(target)}."


def _say(model: Report) -> list[str]:
    box = ", the shaded box what that hour usually gives" if model.is_compared else ""
    short = words.seconds(model.settings.short_abandon_s)
    target = words.seconds(model.settings.service_level_s)
    return [
        f"Each dot is the share answered within {target}, the line its 95% interval{box}.",
        f"Formula: answered within {target} ÷ (answered + abandoned − abandoned within {short}).",
        *_in_neither(model),
    ]


def _in_neither(model: Report) -> list[str]:
    """Say how many offered calls the formula leaves out."""
    offered = int(model.total("n_offered") or 0)
    n = offered - int(model.compared["service_level"].n)
    if not n:
        return []
    counts = {
        name: int(model.total(name) or 0) for name in ("n_voicemail", "n_short_abandoned", *_UNANSWERED)
    }
    voicemail, short, unanswered = (
        counts["n_voicemail"],
        counts["n_short_abandoned"],
        sum(counts[name] for name in _UNANSWERED),
    )
    within = words.seconds(model.settings.short_abandon_s)
    parts = [
        (voicemail, "gone to voicemail"),
        (short, f"given up within {within}"),
        (unanswered, "timed out, busy, failed or not picked up"),
        (n - voicemail - short - unanswered, "of a wait that is not known"),
    ]
    told = phrases.listing([f"{words.count(k)} {what}" for k, what in parts if k])
    return [
        f"{words.count(n)} of {words.plural(offered, 'offered call')} {'is' if n == 1 else 'are'} not in it: {told}."
    ]


def _numbers(hours: pd.DataFrame) -> Html:
    rows = [
        {
            "hour": words.hour(row["hour"]),
            "within": f"{words.count(row['numerator'])} of {words.count(row['n'])}",
            "value": row["value"],
            "interval": words.interval(row["low"], row["high"]),
            "usual": _range(row),
        }
        for row in records(hours)
    ]
    columns = [
        ColumnSpec("hour", "From"),
        ColumnSpec("within", "In time", numeric=True),
        ColumnSpec("value", "Service level", numeric=True, small="interval", show=lambda x: words.rate(x)),
        ColumnSpec("usual", "Usual", numeric=True),
    ]
    return table(rows, columns, caption="Service level by hour of arrival")


def _range(row: dict[str, Any]) -> str:
    return "" if pd.isna(row["usual_low"]) else words.interval(row["usual_low"], row["usual_high"])


class _Line(NamedTuple):
    name: str
    found: Compared


def _lines(model: Report) -> list[_Line]:
    """Return each line with a service level this week, most calls first."""
    judged = signals.by_group(
        by_line(model, model.history), model.periods, model.period, "line", "service_level", **model.choices
    )
    judged = judged if model.is_complete else unjudged(judged)
    lines = [_Line(row["line"], compare(row)) for row in records(judged)]
    return sorted(lines, key=lambda line: (-line.found.n, line.name))


def _unusual_lines(lines: list[_Line], target: int, noun: str) -> list[str]:
    within = f"answered within {words.seconds(target)}"
    return [
        f"{line.name} {_how(line.found, noun)}: {phrases.of_all(line.found)} {within}, {_where(line.found, noun)}."
        for line in lines
        if line.found.is_unusual
    ]


def _how(found: Compared, noun: str) -> str:
    if not found.running:
        return f"was unusually {found.verdict}"
    side = "above" if found.verdict == "high" else "below"
    return f"has been {side} its mean for {words.in_words(found.running)} {noun}s in a row"


def _where(found: Compared, noun: str) -> str:
    return f"inside the usual {phrases.usual(found)}" if found.running else phrases.against(found, noun)


def _by_line(model: Report, lines: list[_Line]) -> Html:
    columns = [
        ColumnSpec("line", "Line"),
        ColumnSpec("within", f"Within {words.seconds(model.settings.service_level_s)}", numeric=True),
        ColumnSpec("value", "Service level", numeric=True, small="interval", show=lambda x: words.rate(x)),
        ColumnSpec("usual", "Usual", numeric=True),
        ColumnSpec("verdict", "Verdict"),
    ]
    return table([_row(model, line) for line in lines], columns, caption="Service level by line called")


def _row(model: Report, line: _Line) -> dict[str, Any]:
    found = line.found
    few = found.n_before if found.verdict == "none" and model.is_complete and not model.is_compared else None
    return {
        "line": line.name,
        "within": phrases.of_all(found),
        "value": found.value,
        "interval": words.interval(found.low, found.high),
        "usual": "" if found.usual_low is None else words.interval(found.usual_low, found.usual_high),
        "verdict": verdict_badge(found, model.noun, few, is_complete=model.is_complete),
    }
