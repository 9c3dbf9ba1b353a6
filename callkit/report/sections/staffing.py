"""Staffing: how many people were seen answering in each hour, and how many the goal asks for."""

from itertools import groupby
from typing import Any

import pandas as pd

from callkit.look import words
from callkit.look.dates import WEEKDAYS
from callkit.look.parts import ColumnSpec, Html, empty, figure, section, strong, table
from callkit.look.tokens import NARROW, WIDE
from callkit.metrics.answering import by_hour_of_day
from callkit.metrics.staffing import Learnt
from callkit.periods import Week
from callkit.plots.answering import figure_people_by_hour, mean_of
from callkit.report.compared import records
from callkit.report.model import Report
from callkit.report.sections import phrases

_ID, _HEADING = "staffing", "Staffing"
_LEAST_TALKS = 30
_MOST_UNKNOWN = 0.1  # of answered calls; beyond it nobody is said to be missing
_STRETCHES = 2


def staffing(model: Report) -> Html:
    """Return people seen answering beside people needed, hour by hour."""
    hours = _hours(model)
    if hours.empty:
        return empty(_ID, _HEADING, f"No hour of this {model.noun} was open, so no need can be reckoned.")
    n = int(hours["n"].sum())
    if not n:
        return empty(
            _ID, _HEADING, f"No call came in an open hour of this {model.noun}, so no need can be reckoned."
        )
    learnt: Learnt = hours.attrs["learnt"]
    if learnt.n_talks < _LEAST_TALKS or hours["agents"].isna().all():
        tell = "tells" if learnt.n_talks == 1 else "tell"
        of = (
            f"Only {words.plural(learnt.n_talks, 'answered call')} {tell}"
            if learnt.n_talks
            else "No answered call tells"
        )
        return empty(
            _ID,
            _HEADING,
            f"{of} how long people talked.",
            f"How many people are needed can be reckoned from {_LEAST_TALKS} on.",
        )
    drawn = figure(
        "f-staffing",
        figure_people_by_hour(hours, WIDE),
        figure_people_by_hour(hours, NARROW),
        title="People needed and people seen answering, by hour of the day.",
        desc=_described(hours),
        caption=_caption(model, hours, learnt),
        numbers=_numbers(hours),
    )
    finding = _finding(model, hours)
    return section(_ID, _HEADING, phrases.so_far(model, finding), _say(model, hours, learnt), [drawn])


def _hours(model: Report) -> pd.DataFrame:
    """Return the hours of the day; who answered is left out where too many calls do not say it."""
    settings = model.settings
    hours = by_hour_of_day(
        model.history if model.tables.events.empty else model.tables,
        settings.opening,
        model.period.start,
        model.period.end,
        left_out=model.missing_days,
        service_level=settings.service_level_goal,
        service_level_s=settings.service_level_s,
        time_zone=settings.time_zone,
    )
    n_answered = int(model.total("n_answered") or 0)
    if hours.attrs["n_unknown"] > _MOST_UNKNOWN * n_answered:
        hours[["answering", "short"]] = [float("nan"), 0]
    return hours


def _finding(model: Report, hours: pd.DataFrame) -> str:
    goal = _goal(model)
    if hours["answering"].isna().all():
        most = records(hours.nlargest(1, "agents"))[0]
        people = words.decimal(most["agents"], 0 if most["agents"] == round(most["agents"]) else 1)
        return f"Most people are needed at {words.hour(most['hour'])}: {people}, to answer {goal}."
    stretches = _stretches(hours)
    if not stretches:
        is_under = (hours["answering"] < hours["agents"]).any()  # by less than half a person
        enough = f"By the model no hour was {'a whole person short' if is_under else 'short of people'}"
        missed = _missed(model)
        return f"{enough}; yet {missed}." if missed else f"{enough}."
    if len(stretches) > _STRETCHES:
        n_hours = int((hours["short"] > 0).sum())
        worst = max(stretches, key=lambda of: of[2])
        return (
            f"In {words.in_words(n_hours)} of {words.in_words(len(hours))} hours more people would be needed to answer "
            f"{goal}; most of all {_more(*worst)}."
        )
    said = phrases.listing([_more(*stretch) for stretch in stretches])
    return f"{words.opening(said)} would be needed to answer {goal}."


def _more(first: int, last: int, short: int) -> str:
    more = f"{words.in_words(short)} more {'person' if short == 1 else 'people'}"
    return f"from {words.hour(first)} to {words.hour(last + 1)} {more}"


def _stretches(hours: pd.DataFrame) -> list[tuple[int, int, int]]:
    """Return the stretches of hours that lack as many people: the first hour, the last, and how many."""
    found = []
    short = [(int(row["hour"]), int(row["short"])) for row in records(hours) if row["short"]]
    for _, run in groupby(enumerate(short), lambda placed: (placed[1][0] - placed[0], placed[1][1])):
        rows = [row for _, row in run]
        found.append((rows[0][0], rows[-1][0], rows[0][1]))
    return found


def _goal(model: Report) -> str:
    return f"{words.rate(model.settings.service_level_goal, 0)} within {words.seconds(model.settings.service_level_s)}"


def _say(model: Report, hours: pd.DataFrame, learnt: Learnt) -> list[str]:
    from_what = "calls, talk times and patience (Erlang A)"
    if learnt.patience_s != learnt.patience_s:
        from_what = "calls and talk times (Erlang C, in which nobody gives up, as patience is not known)"
    reading = (
        f"Thick bars: people needed to answer {_goal(model)}, computed from this {model.noun}’s {from_what}; thin "
        f"lines: their range, as calls vary.{_columns(model, hours)}"
    )
    takes = (
        "Both are means of several days. The model assumes that calls are spread evenly within the hour and that "
        "everybody takes every call. Breaks and paperwork are not in the data; add them."
    )
    return [reading, f"{takes}{_seen(hours)}", *filter(None, [phrases.bank_holidays(model)])]


def _columns(model: Report, hours: pd.DataFrame) -> str:
    n, n_answered = hours.attrs["n_unknown"], int(model.total("n_answered") or 0)
    of = f"{words.count(n)} of {words.plural(n_answered, 'answered call')} {'does' if n == 1 else 'do'} not say by whom"
    if hours["answering"].isna().all():
        return f" How many people answered is not shown: {of}."
    return f" Columns: people who answered or talked in that hour{f'; {of}' if n else ''}."


def _seen(hours: pd.DataFrame) -> str:
    if hours["answering"].isna().all():
        return ""
    return (
        " Somebody who waited and got no call is not seen; somebody there for a part of the hour counts in full, so "
        "fewer may have been there at once."
    )


def _missed(model: Report) -> str:
    """Say that the goal was missed, so that nobody takes the model's word for it; empty where it was not."""
    found, goal = model.compared["service_level"], model.settings.service_level_goal
    if found.value is None or found.value >= goal:
        return ""
    seconds = words.seconds(model.settings.service_level_s)
    answered = f"{words.count(found.numerator)} of {words.count(found.n)} were answered within {seconds}"
    return f"{answered}, below {words.rate(goal, 0)}"


def _caption(model: Report, hours: pd.DataFrame, learnt: Learnt) -> Html:
    weekdays = hours.attrs["weekdays"]
    days = mean_of(weekdays)
    means = f"{days}s" if days.endswith(" mean") else f"means{days.removeprefix('mean')}"
    patience = (
        ""
        if learnt.patience_s != learnt.patience_s
        else f", mean patience {words.seconds(learnt.patience_s)}"
    )
    is_week = isinstance(model.period, Week)
    others = [
        f"{WEEKDAYS[day]}{'' if is_week else 's'}"
        for day, spans in enumerate(model.settings.opening.spans)
        if spans and day not in weekdays
    ]
    were = phrases.was(len(others)) if is_week else "were"
    left_out = f" {phrases.listing(others)} {were} left out." if others else ""
    missing = " Days that are not complete are left out." if model.missing_days else ""
    seen = "" if hours["answering"].isna().all() else " and people seen answering"
    return strong(f"People needed{seen},") + (
        f" {means}, n = {words.plural(int(hours['n'].sum()), 'call')}. Mean talk time {words.seconds(learnt.talk_s)}"
        f"{patience}.{left_out}{missing}"
    )


def _described(hours: pd.DataFrame) -> str:
    most = records(hours.nlargest(1, "agents"))[0]
    said = f"Most are needed at {words.hour(most['hour'])}: {words.decimal(most['agents'])}"
    if hours["answering"].isna().all():
        return f"{said}."
    said = f"{said}, when {words.decimal(most['answering'])} were seen answering."
    short = [f"{words.hour(row['hour'])} {row['short']}" for row in records(hours) if row["short"]]
    return (
        f"{said} People short: {', '.join(short)}." if short else f"{said} No hour is a whole person short."
    )


def _numbers(hours: pd.DataFrame) -> Html:
    rows: list[dict[str, Any]] = [
        {
            "from": words.hour(row["hour"]),
            "calls": row["arrivals_per_hour"],
            "answering": row["answering"],
            "agents": row["agents"],
            "range": words.span(row["agents_low"], row["agents_high"], words.decimal),
            "short": None if pd.isna(row["answering"]) else row["short"],
        }
        for row in records(hours)
    ]
    tenths: dict[str, Any] = {"numeric": True, "show": lambda value: words.decimal(value)}
    columns = [
        ColumnSpec("from", "From"),
        ColumnSpec("calls", "Calls an hour", **tenths),
        ColumnSpec("answering", "Seen answering", **tenths),
        ColumnSpec("agents", "Needed", small="range", **tenths),
        ColumnSpec("short", "Short", numeric=True),
    ]
    return table(rows, columns, caption="People seen answering and needed, by hour of the day")
