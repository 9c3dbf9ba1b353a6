"""Routes: the ways calls take up to their answer, where nobody picked up, and what was handed on after it."""

from typing import Any

import pandas as pd

from callkit.look import words
from callkit.look.parts import ColumnSpec, Html, badge, empty, note, numbers_of, section, table
from callkit.look.parts import routes as rows_of
from callkit.look.parts.routes import ENDS, Route, in_words, told
from callkit.metrics import signals
from callkit.metrics.hops import hops
from callkit.metrics.routes import routes as count_routes
from callkit.report.compared import Compared, compare, plain, records, unjudged
from callkit.report.model import Report
from callkit.report.sections import phrases
from callkit.report.sections.names import told_apart
from callkit.tables.tidy import Tables

_ID, _HEADING = "routes", "Routes"
_PLACES = 7
_HANDED_ON = "transfer_rate"


def routes(model: Report) -> Html:
    """Return the commonest routes, the places nobody picked up at, and how many answered calls were handed on."""
    inbound = model.calls[model.calls["direction"] == "inbound"]
    if inbound.empty:
        return empty(_ID, _HEADING, f"No call came in in this {model.noun}, so there is no route to show.")
    events = model.tables.events
    if events.empty:
        return empty(
            _ID, _HEADING, "The account does not send the steps of a call, so routes cannot be shown."
        )
    data = Tables(inbound, events[events["call_key"].isin(inbound["call_key"])])
    ways, steps = count_routes(data)
    steps["label"] = steps["label"].map(model.shown)
    items, others = told(ways, steps)
    if not items:
        return empty(
            _ID, _HEADING, f"No call of this {model.noun} tells its steps, so routes cannot be shown."
        )
    met = hops(data, at_people=False)
    labels = told_apart([*steps["label"], *met["target_name"].dropna().map(model.shown)])
    places = _places(model, met, labels)
    handed = _handed_on(model)
    short = [
        route._replace(steps=[s._replace(label=labels[s.label]) for s in route.steps]) for route in items
    ]
    rows = Html("<div>{}{}</div>").format(rows_of(short, others), numbers_of("routes", _numbers(items)))
    finding = f"{_finding(places, items, len(inbound))}{_more_handed_on(handed)}"
    return section(
        _ID,
        _HEADING,
        phrases.so_far(model, finding),
        _say(items, ways, _worst(places)),
        [rows, *_in_vain(places), *_note(model, handed)],
    )


def _finding(places: list[dict[str, Any]], items: list[Route], n_all: int) -> str:
    worst = _worst(places)
    if worst:
        return _met_nobody(worst)
    first = items[0]
    way = ", ".join([*in_words(first), ENDS[first.end]])
    commonest = f"{words.count(first.n)} of {words.plural(n_all, 'call')} took the commonest way: {way}."
    if places:
        commonest = f"No call met nobody at a group or queue. {commonest}"
    return commonest


def _worst(places: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the place at which most calls met nobody; None where none did."""
    worst = max(places, key=lambda place: place["n_went_on"] + place["n_ended"], default=None)
    return worst if worst and worst["n_went_on"] + worst["n_ended"] else None


def _met_nobody(place: dict[str, Any]) -> str:
    n, said = place["n_went_on"] + place["n_ended"], place["said"]
    if place["n"] == 1:
        return f"One call came to {said} and met nobody."
    if place["n"] != place["n_calls"]:
        return f"Of {words.times(place['n'])} that a call came to {said}, it met nobody {words.times(n)}."
    if n == place["n"]:
        return f"None of the {words.count(n)} calls that came to {said} was picked up there."
    return f"Of {words.plural(place['n'], 'call')} that came to {said}, {words.count(n)} met nobody there."


def _fate(place: dict[str, Any]) -> str:
    """Say what became of the calls that met nobody at a place."""
    went_on, ended = place["n_went_on"], place["n_ended"]
    after = f"{_after(place)}{_later(place)}"
    if went_on + ended == 1:
        return f"It went on{after}." if went_on else "It ended there."
    if not (went_on and ended):
        return (
            f"All {words.count(went_on)} went on{after}."
            if went_on
            else f"All {words.count(ended)} ended there."
        )
    return (
        f"Of the {words.count(went_on + ended)}, {words.count(ended)} ended there and {words.count(went_on)} went "
        f"on{after}."
    )


def _later(place: dict[str, Any]) -> str:
    """Say how many of the calls that went on from a place were answered in the end."""
    n, of = place["n_served_later"], place["n_went_on"]
    if of == 1:
        return ", and was answered later" if n else ""
    return (
        f"; {words.count(n) if n else 'none'} of the {words.count(of)} {phrases.was(n or of)} answered later"
    )


def _after(place: dict[str, Any]) -> str:
    """Say after how long calls went on from a place; empty where that is not known or was at once."""
    known, lost = place["n_known"], place["lost_median_s"]
    if not known or lost is None or lost < 1:
        return ""
    if known == 1:
        return f" after {words.seconds(lost)}" if place["n_went_on"] == 1 else ""
    of = f" of the {words.count(known)} whose time is known" if known < place["n_went_on"] else " of them"
    return f", half{of} after {words.seconds(lost)} or more"


def _say(items: list[Route], ways: pd.DataFrame, worst: dict[str, Any] | None) -> list[str]:
    commonest = "The commonest way" if len(items) == 1 else f"The {words.in_words(len(items))} commonest ways"
    n_none = int(ways.loc[ways["n_steps"] == 0, "n"].sum())
    silent = (
        f" {words.plural(n_none, 'call')} without a step {'is' if n_none == 1 else 'are'} among the others."
        if n_none
        else ""
    )
    return [
        *([_fate(worst)] if worst else []),
        f"{commonest} of calls that came in, up to the answer. Bars show the median time of each step, on one scale; "
        "hatched is time ringing that nobody picked up.",
        "Shares of routes carry no interval: they are counts, ranked, not compared. What follows the answer is no part "
        f"of a route.{silent}",
    ]


def _numbers(items: list[Route]) -> Html:
    rows = [
        {
            "n": route.n,
            "share": route.share,
            "way": " › ".join(in_words(route)),
            "end": ENDS[route.end],
        }
        for route in items
    ]
    columns = [
        ColumnSpec("n", "Calls", numeric=True),
        ColumnSpec("share", "Of all", numeric=True, show=words.rate),
        ColumnSpec("way", "Way, with median times", show=_any_length),
        ColumnSpec("end", "End"),
    ]
    return table(rows, columns, caption="The commonest routes")


def _any_length(text: str) -> Html:
    return Html('<span class="breaks">{}</span>').format(text)


def _places(model: Report, found: pd.DataFrame, labels: dict[str, str]) -> list[dict[str, Any]]:
    """Return groups and queues by the time lost there, each with its name in a table and in a sentence."""
    rows = [{name: plain(value) for name, value in row.items()} for row in records(found)]
    return [{**row, **dict(zip(("place", "said"), _named(model, row, labels), strict=True))} for row in rows]


def _named(model: Report, row: dict[str, Any], labels: dict[str, str]) -> tuple[str, str]:
    kind = row["target_kind"]
    if not row["target_name"]:
        what = {"ring_group": "group", "queue": "queue"}.get(kind, "place")
        return f"{words.opening(what)} without a name", f"a {what} without a name"
    name = labels[model.shown(str(row["target_name"]))]
    if kind != "queue":
        return name, name
    queue = name if "queue" in name.lower() else f"{name} queue"
    return queue, f"the {queue}"


def _in_vain(places: list[dict[str, Any]]) -> list[Html]:
    """Return the table of places that calls left or ended at without an answer; nothing where there is none."""
    rows = [_place(row) for row in places if row["n_went_on"] or row["n_ended"]]
    if not rows:
        return []
    columns = [
        ColumnSpec("place", "Group or queue", show=_any_length),
        ColumnSpec("n", "Came", numeric=True, small="calls"),
        ColumnSpec("n_ended", "Ended there", numeric=True),
        ColumnSpec("n_went_on", "Went on", numeric=True, small="rate"),
        ColumnSpec("lost_mean_s", "Lost, mean", numeric=True, small="total", show=words.seconds),
    ]
    caption = "Where calls waited in vain"
    if len(rows) > _PLACES:
        caption = f"{caption}: the {words.in_words(_PLACES)} costliest of {words.count(len(rows))} places"
    return [Html('<div class="vain">{}</div>').format(table(rows[:_PLACES], columns, caption=caption))]


def _place(row: dict[str, Any]) -> dict[str, Any]:
    is_again = row["n"] != row["n_calls"]
    return {
        **row,
        "calls": f"from {words.plural(row['n_calls'], 'call')}" if is_again else "",
        "rate": f"{words.rate(row['went_on_rate'], 0)}\N{NO-BREAK SPACE}· {words.interval(row['low'], row['high'])}",
        "total": f"{words.seconds(row['lost_total_s'])} in\N{NO-BREAK SPACE}all"
        if row["n_known"] > 1
        else "",
    }


def _handed_on(model: Report) -> Compared:
    judged = signals.verdicts(model.series(model.history, (_HANDED_ON,)), model.period)
    return compare(records(judged if model.is_complete else unjudged(judged))[0])


def _more_handed_on(handed: Compared) -> str:
    if not handed.is_unusual:
        return ""
    share = "A larger" if handed.verdict == "high" else "A smaller"
    return f" {share} share of answered calls than usual was handed on."


def _note(model: Report, handed: Compared) -> list[Html]:
    if not handed.n:
        return []
    n = handed.numerator or 0
    share = f"{phrases.value(handed)}, 95% interval {words.span(handed.low, handed.high, words.rate)}"
    said = (
        f"After an answer, {words.count(n)} of {words.plural(handed.n, 'call')} {phrases.was(n)} handed to somebody "
        f"else: {share}{phrases.then(phrases.against(handed, model.noun))}."
    )
    if not handed.is_unusual:
        return [note(said)]
    return [note(Html("{} {}").format(badge(handed.verdict, handed.is_better, None, model.noun), said))]
