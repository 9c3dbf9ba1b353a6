"""When people call: calls by weekday and hour, and the hours that were unusual."""

from typing import Any

import pandas as pd

from callkit.look import dates, words
from callkit.look.parts import ColumnSpec, Html, empty, figure, section, strong, table
from callkit.look.tokens import NARROW, WIDE
from callkit.plots.load import figure_arrivals
from callkit.report.compared import records
from callkit.report.model import Report
from callkit.report.sections import phrases
from callkit.report.sections.peak import busiest, open_hours

_ID, _HEADING = "when", "When people call"
_NAMED = 3


def when(model: Report) -> Html:
    """Return the demand heatmap with its finding."""
    arrivals = model.arrivals
    n_all = int(model.compared["n_offered"].numerator or 0)
    is_open = arrivals["is_open"] & (arrivals["n_open_hours"] > 0)
    if not n_all or not is_open.any():
        return empty(
            _ID, _HEADING, f"No call was offered in this {model.noun}, so there is nothing to show by hour."
        )
    cells = arrivals[is_open]
    n_open, n_hours = int(cells["n"].sum()), float(cells["n_open_hours"].sum())
    outside = n_all - n_open
    left_out = (
        f"; {words.plural(outside, 'call')} {_outside(model)} {'is' if outside == 1 else 'are'} not shown"
        if outside
        else ""
    )
    drawn = figure(
        "f-when",
        figure_arrivals(arrivals, WIDE),
        figure_arrivals(arrivals, NARROW),
        title="Calls offered by weekday and hour of arrival.",
        desc=_described(cells, model),
        caption=strong("Calls offered per open hour,")
        + f" by hour of arrival. n = {words.plural(n_open, 'call')} in {open_hours(n_hours)}{left_out}.",
        numbers=_numbers(cells),
    )
    return section(_ID, _HEADING, _finding(model, cells), _say(model), [drawn])


def _outside(model: Report) -> str:
    return (
        "outside opening hours"
        if model.is_complete
        else "outside opening hours or on days that are not complete"
    )


def _finding(model: Report, cells: pd.DataFrame) -> str:
    peak = busiest(model)
    first = "No hour of the day stood out as the busiest."
    if peak:
        first = peak.sentence
    said = [_unusual(cells, "high", "busy"), _unusual(cells, "low", "quiet")]
    if not any(said):
        said = ["No hour was unusual."] if _is_judged(model, cells) else []
    return " ".join([first, *filter(None, said)])


def _unusual(cells: pd.DataFrame, verdict: str, how: str) -> str:
    found = cells[cells["verdict"] == verdict]
    if len(found) > _NAMED:
        return f"{words.opening(words.in_words(len(found)))} hours were unusually {how}."
    names = [f"{dates.WEEKDAYS[row['weekday']]} {words.hour(row['hour'])}" for row in records(found)]
    return f"{phrases.listing(names)} {phrases.was(len(names))} unusually {how}." if names else ""


def _is_judged(model: Report, cells: pd.DataFrame) -> bool:
    return model.is_complete and bool((cells["verdict"] != "none").any())


def _say(model: Report) -> list[str]:
    reading = "Calls offered in each open hour. Stronger colour means more calls."
    if model.is_compared:
        framed = (
            "A framed cell is unusual for that weekday and hour; of so many, chance alone frames one now and"
        )
        return [reading, f"{framed} then. A dash is closed.", *filter(None, [phrases.bank_holidays(model)])]
    dash = "A dash is closed." if model.is_complete else "A dash is closed, or a day that is not complete."
    return [reading, f"{dash} {phrases.not_enough(model)}".strip()]


def _described(cells: pd.DataFrame, model: Report) -> str:
    top = records(cells.nlargest(1, "per_open_hour"))[0]
    at = f"{dates.WEEKDAYS[top['weekday']]} at {words.hour(top['hour'])}"
    most = f"The most is {words.count(top['per_open_hour'])} an hour on {at}."
    unusual = int(cells["verdict"].isin(("high", "low")).sum())
    judged = (
        f" {words.plural(unusual, 'hour') if unusual else 'No hour'} {'were' if unusual > 1 else 'was'} unusual."
        if _is_judged(model, cells)
        else ""
    )
    return most + judged


def _numbers(cells: pd.DataFrame) -> Html:
    rows: list[dict[str, Any]] = []
    for hour in sorted(cells["hour"].unique()):
        by_day = {f"d{row['weekday']}": row["n"] for row in records(cells[cells["hour"] == hour])}
        rows.append({"hour": words.hour(hour), **by_day, "all": sum(by_day.values())})
    weekdays = sorted(cells["weekday"].unique())
    foot = {
        "hour": "All",
        **{f"d{d}": cells.loc[cells["weekday"] == d, "n"].sum() for d in weekdays},
        "all": cells["n"].sum(),
    }
    columns = [
        ColumnSpec("hour", "From"),
        *(ColumnSpec(f"d{d}", dates.WEEKDAYS[int(d)][:3], numeric=True) for d in weekdays),
        ColumnSpec("all", "All", numeric=True),
    ]
    return table(rows, columns, caption="Calls offered by weekday and hour", foot=foot)
