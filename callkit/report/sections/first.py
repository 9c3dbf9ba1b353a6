"""The first screen: whose week it is, three findings, six tiles, and the way to the sections."""

from datetime import timedelta

from callkit.look import words
from callkit.look.parts import (
    NOTHING,
    Html,
    banner,
    contents,
    join,
    leads,
    page_header,
    range_bar,
    tile,
    tiles,
    tiles_key,
)
from callkit.periods import Month
from callkit.report import compared, record
from callkit.report.compared import Compared
from callkit.report.model import TILES, Report
from callkit.report.sections import phrases
from callkit.report.sections.leads import findings

CONTENTS = (
    ("callback", "Call back"),
    ("when", "When people call"),
    ("waiting", "Waiting"),
    ("service-level", "Service level"),
    ("routes", "Routes"),
    ("people", "People"),
    ("weeks", "Last 13 weeks"),
    ("staffing", "Staffing"),
    ("cost", "Cost"),
    ("health", "Data health"),
    ("definitions", "Definitions"),
    ("provenance", "Provenance"),
)
"""Id and heading of every section, in order."""


def header(model: Report) -> Html:
    """Return the page's header: the period, whether its data are complete, and when they were fetched."""
    n_days = len(model.of_period)
    complete = f"Complete {model.noun}"
    if not model.is_complete:
        complete = f"Incomplete: {n_days - len(model.missing_days)} of {n_days} days"
    fetched = (
        [f"Fetched {words.long_moment(model.fetched_at, model.period.start.year)}"]
        if model.fetched_at
        else []
    )
    return page_header(
        record.title(model),
        words.period(model.period.start, model.period.end),
        kind=f"{words.opening(model.period.kind)} phone report",
        audience=model.audience,
        is_complete=model.is_complete,
        complete=complete,
        status=[*_until(model), *fetched],
        all_weeks="../index.html",
        noun=model.noun,
        example=model.settings.example,
    )


def first_screen(model: Report) -> Html:
    """Return the findings, the tiles and the contents; before them a warning where the week is not complete."""
    warning = (
        NOTHING if model.is_complete else banner(f"This {model.noun} is not complete.", _incomplete(model))
    )
    six = [_tile(model, model.compared[number]) for number in TILES]
    running = max(found.running for found in model.compared.values())
    key = tiles_key(model.noun, running=running) if model.is_compared else NOTHING
    return join(
        [
            warning,
            leads(findings(model)),
            tiles(six, f"The {model.noun} in numbers"),
            key,
            contents([*headings(model).items()]),
        ]
    )


def headings(model: Report) -> dict[str, str]:
    """Return the heading of every section by its id, in order, as this report has them."""
    return dict(CONTENTS) | ({"weeks": "Week by week"} if isinstance(model.period, Month) else {})


def label(model: Report, number: str) -> str:
    """Return what a reader of this report calls a number."""
    return compared.label(number, model.settings.service_level_s)


def verdict_badge(model: Report, found: Compared) -> Html:
    """Return the badge of a number; where it is not compared, why."""
    too_few = (
        found.n_before if model.is_complete and found.verdict == "none" and not model.is_compared else None
    )
    return compared.verdict_badge(found, model.noun, too_few, is_complete=model.is_complete)


def _until(model: Report) -> list[str]:
    if not model.is_still_arriving or model.complete_until == model.period.start:
        return []
    return [f"Data complete until {words.long_day(model.complete_until - timedelta(days=1))}, 23:59"]


def _incomplete(model: Report) -> str:
    missing = phrases.some_days(model.missing_days)
    where = f"The calls of {missing} are not all in."
    if model.is_still_arriving and model.complete_until > model.period.start:
        until = words.long_day(model.complete_until - timedelta(days=1))
        where = f"Calls are in only up to the end of {until}."
        if begun := phrases.some_days(model.begun_days):
            where = f"All calls are in up to the end of {until}, but only some of those of {begun}."
    return (
        f"{where} Nothing here is compared with usual {model.noun}s, and the call-back list may be missing callers. "
        "The full report follows when the data are complete."
    )


def _tile(model: Report, found: Compared) -> Html:
    usual = phrases.usual(found)
    last = (
        f"Last {model.noun} {phrases.of_number(found.number, found.last_value)}"
        if found.last_value is not None
        else ""
    )
    bar = NOTHING
    if model.is_compared and found.verdict != "none":
        bar = range_bar(
            found.usual_low,
            found.usual_high,
            found.last_value,
            found.value,
            found.verdict,
            found.is_better,
        )
    if not model.is_complete:
        usual, last = compared.usual_of_part(found, model.noun), ""
    else:
        usual = f"Usual {usual}" if usual else ""
    return tile(
        label(model, found.number),
        verdict_badge(model, found),
        phrases.value(found),
        _small(model, found),
        usual,
        last,
        bar,
    )


def _small(model: Report, found: Compared) -> list[str]:
    if found.number == "n_offered":
        lines = model.calls.loc[model.calls["direction"] == "inbound", "did"].nunique()
        return [f"on {words.plural(lines, 'number')}"] if lines else []
    if found.number == "wait_p90":
        half = f"half within {words.seconds(model.total('wait_median'))}"
        return [f"of {words.plural(found.n, 'answered call')}", half] if found.n else [phrases.no_wait(model)]
    if found.number == "n_unreached":
        unnamed = model.n_withheld
        beside = [f"{words.plural(unnamed, 'call')} without a number"] if unnamed else []
        until = model.by_its_end if model.is_complete else "so far"
        if unnamed and not found.n:
            return [f"{words.plural(unnamed, 'missed call')}, {'all ' * (unnamed > 1)}without a number"]
        return [f"{until}, of {words.plural(found.n, 'caller')} we missed", *beside]
    if found.value is None:
        return [_why_none(model)]
    if found.number == "service_level":
        strict = f"strict {words.rate(model.total('service_level_strict'))}, see definitions"
        return [phrases.of_all(found), strict]
    return [phrases.of_all(found), f"95% interval {words.interval(found.low, found.high)}"]


def _why_none(model: Report) -> str:
    """Say why a share has no value."""
    decided = model.totals["service_level_strict"]
    if not model.total("n_offered"):
        return "no call was offered"
    if decided["n_null"]:
        return "too many waits are not known"
    short = f"only calls given up within {words.seconds(model.settings.short_abandon_s)}"
    return short if decided["n"] else "no call was answered or given up"
