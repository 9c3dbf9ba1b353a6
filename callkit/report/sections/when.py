"""When people call: calls by weekday and hour, the hours that were unusual, and those in which most are lost."""

from typing import Any

import pandas as pd

from callkit.look import dates, words
from callkit.look.parts import ColumnSpec, Html, empty, figure, section, strong, table
from callkit.look.tokens import NARROW, WIDE
from callkit.metrics.worst import Block, worst_hours
from callkit.periods import Month
from callkit.plots.load import figure_arrivals, heat_step
from callkit.report.compared import records
from callkit.report.model import Report
from callkit.report.sections import phrases
from callkit.report.sections.peak import busiest, open_hours

_ID, _HEADING = "when", "When people call"
_NAMED = 3
_ROOM = 1.2  # above the usual mean of the busiest hour, before its colour is the strongest
_NAMING = (
    "Hours are named for missed calls only where chance can hardly explain the difference, however many hours and "
    "days are compared. Calls outside opening hours are among them."
)


def when(model: Report) -> Html:
    """Return the demand heatmap with its finding."""
    arrivals = model.arrivals
    n_all = int(model.compared["n_offered"].numerator or 0)
    is_open = arrivals["is_open"] & (arrivals["n_open_hours"] > 0)
    if not n_all or not is_open.any():
        all_of = f"All {words.count(n_all)} calls" if n_all > 1 else "The one call"
        said = (
            f"{all_of} offered came {_outside(model)}"
            if n_all
            else f"No call was offered in this {model.noun}"
        )
        return empty(_ID, _HEADING, f"{said}, so there is nothing to show by hour.")
    cells = arrivals[is_open]
    n_open, n_hours = int(cells["n"].sum()), float(cells["n_open_hours"].sum())
    outside = n_all - n_open
    left_out = (
        f"; {words.plural(outside, 'call')} {_outside(model)} {'is' if outside == 1 else 'are'} not shown"
        if outside
        else ""
    )
    lost = worst_hours(model.history, model.period.start, model.period.end) if model.is_complete else None
    drawn = figure(
        "f-when",
        figure_arrivals(arrivals, WIDE, step=_step(cells)),
        figure_arrivals(arrivals, NARROW, step=_step(cells)),
        title="Calls offered by weekday and hour of arrival.",
        desc=_described(cells, model),
        caption=strong("Calls offered per open hour,")
        + f" by hour of arrival. n = {words.plural(n_open, 'call')} in {open_hours(n_hours)}{left_out}."
        + (" The margins add the cells up, to a mean week." if isinstance(model.period, Month) else ""),
        numbers=_numbers(cells, is_mean=isinstance(model.period, Month)),
    )
    return section(_ID, _HEADING, _finding(model, cells, lost), _say(model, cells, lost), [drawn])


def _step(cells: pd.DataFrame) -> float | None:
    """Return the calls from one step of colour to the next, from what is usual, so that reports compare."""
    known = cells[cells["usual_low"] > 0]
    if known.empty:
        return None
    return heat_step(_ROOM * (known["usual_low"] + known["usual_high"]) / 2)


def _outside(model: Report) -> str:
    return (
        "outside opening hours"
        if model.is_complete
        else "outside opening hours or on days that are not complete"
    )


def _finding(model: Report, cells: pd.DataFrame, lost: Block | None) -> str:
    unusual = [_unusual(model, cells, "high", "busy"), _unusual(model, cells, "low", "quiet")]
    rest = [] if lost else _ordinary(model, cells)
    return " ".join(filter(None, [_lost(model, lost), *rest[:1], *unusual, *rest[1:]]))


def _ordinary(model: Report, cells: pd.DataFrame) -> list[str]:
    """Say when most calls came, and that no hour was unusual where that is so."""
    peak = busiest(model)
    first = peak.sentence if peak else "No hour of the day stood out as the busiest."
    is_usual = _is_judged(model, cells) and not cells["verdict"].isin(("high", "low")).any()
    return [first, *(["No hour was unusually busy or quiet."] if is_usual else [])]


def _lost(model: Report, worst: Block | None) -> str:
    """Say in which hours clearly more calls are missed than in the others; empty where there are none."""
    if worst is None:
        return ""
    days = "" if worst.weekday is None else f"On {_weekday(model, worst.weekday)}"
    hours = "" if worst.hour is None else f"from {words.hour(worst.hour)} to {words.hour(worst.hour + 1)}"
    missed = (
        f"{words.count(k)} of {words.count(n)} calls ({words.rate(k / n, 0)})"
        for k, n in ((worst.n_missed, worst.n), (worst.others_missed, worst.others_n))
    )
    when = words.opening(" ".join(filter(None, [days, hours])))
    return f"{when} we missed {next(missed)}; at all other times {next(missed)}."


def _weekday(model: Report, weekday: int) -> str:
    return f"{dates.WEEKDAYS[int(weekday)]}{'s' if isinstance(model.period, Month) else ''}"


def _unusual(model: Report, cells: pd.DataFrame, verdict: str, how: str) -> str:
    found = cells[cells["verdict"] == verdict]
    if len(found) > _NAMED:
        return f"{words.opening(words.in_words(len(found)))} hours were unusually {how}."
    is_month = isinstance(model.period, Month)
    at = " at " if is_month else " "
    names = [f"{_weekday(model, row['weekday'])}{at}{words.hour(row['hour'])}" for row in records(found)]
    were = "were" if is_month else phrases.was(len(names))
    return f"{phrases.listing(names)} {were} unusually {how}." if names else ""


def _is_judged(model: Report, cells: pd.DataFrame) -> bool:
    return model.is_complete and bool((cells["verdict"] != "none").any())


def _say(model: Report, cells: pd.DataFrame, lost: Block | None) -> list[str]:
    """Say how to read the colours, then what the hours are judged by, in at most three paragraphs."""
    mean = ", a mean over the month" if isinstance(model.period, Month) else ""
    closed = "closed" if model.is_complete else "closed, or a day that is not complete"
    reading = f"Calls offered in each open hour{mean}. Stronger colour means more calls; a dash is {closed}."
    judged = phrases.not_enough(model)
    if model.is_compared:
        judged = (
            "A framed cell is unusual for that weekday and hour; of so many, chance alone frames one now and then. "
            f"{phrases.bank_holidays(model)}"
        )
    if not lost:
        return [reading, *filter(None, [judged.strip()])]
    return [" ".join(_ordinary(model, cells)), reading, f"{judged.strip()} {_NAMING}".strip()]


def _described(cells: pd.DataFrame, model: Report) -> str:
    top = records(cells.nlargest(1, "per_open_hour"))[0]
    at = f"{_weekday(model, top['weekday'])} at {words.hour(top['hour'])}"
    write = words.decimal if isinstance(model.period, Month) else words.count
    most = f"The most is {write(top['per_open_hour'])} an hour on {at}."
    unusual = int(cells["verdict"].isin(("high", "low")).sum())
    judged = (
        f" {words.plural(unusual, 'hour') if unusual else 'No hour'} {'were' if unusual > 1 else 'was'} unusual."
        if _is_judged(model, cells)
        else ""
    )
    return most + judged


def _numbers(cells: pd.DataFrame, *, is_mean: bool) -> Html:
    """Return the cells as a table; of a month calls per open hour, as drawn, with their number below."""
    column, write = ("per_open_hour", words.decimal) if is_mean else ("n", words.count)
    weekdays = sorted(cells["weekday"].unique())

    def row(name: str, of: pd.DataFrame) -> dict[str, Any]:
        days = of.groupby("weekday")[list({column, "n"})].sum()
        found: dict[str, Any] = {
            "hour": name,
            "all": days[column].sum(),
            "n_all": words.count(days["n"].sum()),
        }
        found |= {f"d{day}": value for day, value in days[column].items()}
        return found | {f"n_d{day}": words.count(n) for day, n in days["n"].items()}

    def spec(key: str, label: str) -> ColumnSpec:
        return ColumnSpec(key, label, numeric=True, small=f"n_{key}" if is_mean else None, show=write)

    rows = [row(words.hour(hour), cells[cells["hour"] == hour]) for hour in sorted(cells["hour"].unique())]
    columns = [
        ColumnSpec("hour", "From"),
        *(spec(f"d{day}", dates.WEEKDAYS[int(day)][:3]) for day in weekdays),
        spec("all", "All"),
    ]
    per = "Calls per open hour, and their number below," if is_mean else "Calls offered"
    return table(rows, columns, caption=f"{per} by weekday and hour", foot=row("All", cells))
