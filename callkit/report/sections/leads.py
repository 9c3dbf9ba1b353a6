"""The three findings of the first screen: what got worse, what to do, and the rest."""

from typing import NamedTuple

import pandas as pd

from callkit.look import dates, words
from callkit.look.parts import Html, lead
from callkit.metrics.sources import between
from callkit.metrics.summary import summarise
from callkit.periods import Week
from callkit.report.compared import Compared
from callkit.report.model import Report
from callkit.report.sections import beside_last, phrases
from callkit.report.sections.peak import busiest
from callkit.report.sections.waiting_list import advice


class Lead(NamedTuple):
    """A finding before it is set: the number it is about, its words, and the section it leads to."""

    found: Compared
    bold: str
    text: str
    to: tuple[str, str] | None


def findings(model: Report) -> list[Html]:
    """Return three findings, the most important first: unusual and worse, then what to do, then the rest."""
    offered, action = _offered(model), _unreached(model)
    gave_up, waited = _gave_up(model), _waited(model)
    unusual = [x for x in (gave_up, _answered(model), _in_time(model), waited, offered) if x.found.is_unusual]
    worse = _one_a_topic([x for x in unusual if x.found.is_better is False])
    rest = [*_one_a_topic([x for x in unusual if x.found.is_better is not False]), offered, gave_up, waited]
    ranked = [*worse[:2], action, *rest]
    if offered.found.numerator == 0:
        ranked = [offered, action]
    elif action.found.is_unusual and action.found.is_better is False:
        ranked = [action, *worse, *rest]
    return [_set(x) for x in list({x.found.number: x for x in ranked}.values())[:3]]


def _set(x: Lead) -> Html:
    return lead(x.found.verdict, x.found.is_better, x.bold, x.text, x.to)


def _one_a_topic(items: list[Lead]) -> list[Lead]:
    topic = {
        "answer_rate": "answered",
        "abandon_rate": "answered",
        "wait_p90": "wait",
        "service_level": "wait",
    }
    first: dict[str, Lead] = {}
    for x in items:
        first.setdefault(topic.get(x.found.number, x.found.number), x)
    return list(first.values())


def _offered(model: Report) -> Lead:
    found = model.compared["n_offered"]
    called = words.plural(found.numerator or 0, "call")
    to = ("when", "See when people call")
    if not model.is_complete:
        text = f"Part of a {model.noun} cannot be compared with whole {model.noun}s."
        return Lead(found, f"So far {called} {phrases.was(found.numerator or 0)} offered.", text, to)
    if not found.numerator:
        text = f"The account reports no call to answer{phrases.then(phrases.against(found, model.noun))}."
        closed = int(model.total("n_closed") or 0)
        more = "Check that the lines work."
        if closed:
            more = f"{words.plural(closed, 'call')} came while the lines were closed."
        return Lead(found, "Not one call was offered.", f"{text} {more}", ("health", "See the data"))
    bold = {
        "high": "More calls than usual.",
        "low": "Fewer calls than usual.",
        "usual": "The number of calls was usual.",
    }.get(found.verdict, f"{called} {phrases.was(found.numerator or 0)} offered.")
    said = [
        f"{called} {phrases.was(found.numerator or 0)} offered{phrases.then(phrases.against(found, model.noun))}."
    ]
    if found.verdict == "none":
        beside, said_beside = beside_last.offered(model, found)
        bold, said = beside or bold, [x for x in [said_beside, phrases.not_enough(model)] if x]
    bold = phrases.stays(found, "Calls stay", "their") or bold
    peak = busiest(model)
    said += [phrases.bank_holidays(model), peak.sentence if peak else ""]
    return Lead(found, bold, " ".join(filter(None, said)), to)


def _gave_up(model: Report) -> Lead:
    found = model.compared["abandon_rate"]
    n, to = found.numerator or 0, ("service-level", "See the hours")
    calls = f"{words.plural(n, 'call')} {phrases.was(n)} given up" if n else "Nobody gave up"
    if not model.is_complete:
        return Lead(found, f"{calls} so far.", _share(found, "Too early to call it unusual."), to)
    bold = {
        "high": "A larger share gave up waiting.",
        "low": "A smaller share gave up waiting.",
        "usual": "The share giving up was usual.",
    }.get(found.verdict, f"{calls}.")
    if found.verdict == "none":
        few = "" if model.is_compared or not found.n else f"Too few {model.noun}s to call it unusual."
        if found.is_too_wide:
            few = "The usual range is too wide to judge by."
        more = f"{beside_last.share(model, found)} {few}".strip()
        return Lead(found, bold, _share(found, more), to)
    bold = phrases.stays(found, "Giving up stays", "its") or bold
    value = f"{phrases.value(found)}, {phrases.against(found, model.noun)}"
    text = f"{phrases.of_all(found)} gave up before anybody answered: {value}."
    where = _rise(model) if found.verdict == "high" and found.rule == "limits" else ""
    return Lead(found, bold, f"{text} {where}".strip(), to)


def _share(found: Compared, more: str) -> str:
    if found.value is None:
        return f"No call was offered. {more}".strip()
    interval = f"(95% interval {words.interval(found.low, found.high)})"
    return f"{phrases.value(found)} of {words.count(found.n)} {interval}. {more}".strip()


def _answered(model: Report) -> Lead:
    found = model.compared["answer_rate"]
    bold = f"A {'smaller' if found.verdict == 'low' else 'larger'} share was answered."
    bold = phrases.stays(found, "The answer rate stays", "its") or bold
    value = f"{phrases.value(found)}{phrases.then(phrases.against(found, model.noun))}"
    text = f"{phrases.of_all(found)} calls were answered: {value}."
    return Lead(found, bold, text, ("service-level", "See the hours"))


def _in_time(model: Report) -> Lead:
    found = model.compared["service_level"]
    bold = f"A {'smaller' if found.verdict == 'low' else 'larger'} share in time."
    bold = phrases.stays(found, "The service level stays", "its") or bold
    within = f"within {words.seconds(model.settings.service_level_s)}"
    value = f"{phrases.value(found)}{phrases.then(phrases.against(found, model.noun))}"
    text = f"{phrases.of_all(found)} were answered {within}: {value}."
    return Lead(found, bold, text, ("service-level", "See the hours"))


def _waited(model: Report) -> Lead:
    found = model.compared["wait_p90"]
    bold = {
        "high": "Callers waited longer than usual.",
        "low": "Callers waited less than usual.",
        "usual": "Waits were usual.",
    }.get(found.verdict, "How long callers waited.")
    bold = phrases.stays(found, "Waits stay", "their") or bold
    if found.value is None:
        why = words.opening(phrases.no_wait(model))
        return Lead(found, "No wait to tell.", f"{why}.", ("waiting", "See the waits"))
    half = words.seconds(model.total("wait_median"))
    against = phrases.then(phrases.against(found, model.noun)) or beside_last.amount(model, found)
    nine = f"{phrases.value(found)}{against}"
    text = phrases.waits(model, half, nine)
    return Lead(found, bold, text, ("waiting", "See the waits"))


def _unreached(model: Report) -> Lead:
    found, to = model.compared["n_unreached"], ("callback", "See the list")
    n, n_missed = found.numerator or 0, found.n
    if not n:
        return Lead(found, *_all_reached(model, n_missed), None)
    bold = {
        "high": "More callers than usual not reached.",
        "low": "Fewer callers than usual not reached.",
    }.get(found.verdict)
    bold = phrases.stays(found, "Callers not reached stay", "their") or bold
    waiting = f"{words.plural(n, 'caller')} {phrases.was(n)} not reached."
    by, had = model.by_its_end, "had" if model.is_complete else "has" if n == 1 else "have"
    if not model.is_complete:
        by, waiting = "yet", f"{words.plural(n, 'caller')} {'is' if n == 1 else 'are'} not reached yet."
    text = f"Of {words.plural(n_missed, 'caller')} we missed, {words.count(n)} {had} not spoken to us {by}"
    if n == n_missed > 1:
        text = f"None of the {words.count(n)} callers we missed {had} spoken to us {by}"
    elif n == n_missed:
        text = f"The one caller we missed {'had' if model.is_complete else 'has'} not spoken to us {by}"
    against = phrases.then(phrases.against(found, model.noun)) or beside_last.amount(model, found)
    text += f"{against}. {advice(model)}"
    return Lead(found, bold or waiting, text.strip(), to)


def _all_reached(model: Report, n_missed: int) -> tuple[str, str]:
    """Say why nobody is on the list: all were reached, nobody was missed, or no number is known."""
    n_withheld = model.n_withheld
    so_far = "" if model.is_complete else " so far"
    if n_withheld:
        reached = f"{words.plural(n_withheld, 'missed call')} came without a number we can ring."
        return "Nobody we could ring is waiting.", reached
    if not n_missed:
        return f"Nobody waits for a call back{so_far}.", f"No call was missed{so_far}."
    reached = "The one caller" if n_missed == 1 else f"All {words.count(n_missed)} callers"
    return f"Nobody waits for a call back{so_far}.", f"{reached} we missed {phrases.was(n_missed)} reached."


def _rise(model: Report) -> str:
    """Name the one or two days that hold most of the calls given up beyond the usual share."""
    before = between(model.history, model.periods[0].start, model.period.start)
    mean = summarise(before, ["abandon_rate"])["value"].iloc[0]
    days = summarise(model.calls, ["abandon_rate"], by="day")
    excess = (days["numerator"] - days["n"] * mean).clip(lower=0)
    total = excess.sum()
    top = days.assign(excess=excess).nlargest(2, "excess")
    chosen = top.head(1) if top["excess"].iloc[0] > total / 2 else top
    if not total or chosen["excess"].sum() <= total / 2:
        return "The rise is spread over several days."
    in_order = [pd.Timestamp(day) for day in sorted(chosen["day"])]
    is_week = isinstance(model.period, Week)
    names = [dates.WEEKDAYS[day.weekday()] if is_week else words.long_day(day) for day in in_order]
    return f"Most of the rise came on {phrases.listing(names)}."
