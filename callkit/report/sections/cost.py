"""Cost: the charges the account reports, by line called and for the calls we placed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from callkit.look import words
from callkit.look.parts import ColumnSpec, Html, empty, section, table
from callkit.metrics.summary import summarise
from callkit.report.compared import plain, records
from callkit.report.model import Report

_ID, _HEADING = "cost", "Cost"
_IN, _OUT, _UNKNOWN = "inbound", "outbound", "unknown"
_NAMES = {_OUT: "Calls we placed", _UNKNOWN: "Direction not known"}
_KEYS = ["direction", "line"]
_NUMBERS = (
    "charge_total", "charge_per_answered", "n_answered", "talk_total", "outbound_answer_rate", "outbound_talk_mean",
)  # fmt: skip
_OF = {_IN: ("n_answered", "talk_total"), _OUT: ("outbound_answer_rate", "outbound_talk_mean")}

Row = dict[str, Any]


def cost(model: Report) -> Html:
    """Return the reported charges by line called, which add up to those of all calls."""
    if model.calls.empty:
        return empty(_ID, _HEADING, f"No call was made in this {model.noun}, so there is no charge.")
    if model.total("charge_total") is None:
        return empty(_ID, _HEADING, "The account reports no charges.")
    rows = _by_line(model)
    return section(_ID, _HEADING, _finding(model, rows), _say(model), [_table(model, rows)])


def _by_line(model: Report) -> list[Row]:
    """Return charges of each line called, the costliest first, then of all other calls."""
    calls = model.calls
    direction = calls["direction"].astype("str")
    labels = {did: model.line(did) for did in calls["did"].dropna().unique()}
    line = calls["did"].astype("object").map(lambda did: labels.get(did, model.line(None)))
    line = line.where(direction == _IN, direction.map(_NAMES)).astype("str")
    found = summarise(
        calls.assign(line=line, direction=direction), _NUMBERS, _KEYS, dispersion=False, **model.choices
    )
    rows = [_row(str(of), str(name), part) for (of, name), part in found.groupby(_KEYS, sort=True)]
    places = (_IN, *_NAMES)
    return sorted(
        rows,
        key=lambda row: (
            places.index(row["direction"]),
            -row["charge"],
            -(row["answered"] or 0),
            row["line"],
        ),
    )


def _row(direction: str, line: str, found: pd.DataFrame) -> Row:
    of = {row["number"]: {name: plain(value) for name, value in row.items()} for row in records(found)}
    charge, each = of["charge_total"]["numerator"] or 0.0, of["charge_per_answered"]["value"]
    row: Row = {"direction": direction, "line": line, "charge": charge, "answered": None}
    if direction == _UNKNOWN:  # the catalogue counts answers of calls in, and of calls out
        return row
    answered, talk = (of[name]["numerator"] or 0 for name in _OF[direction])
    return row | {"answered": answered, "minutes": talk / 60, "each": each if charge or not answered else 0.0}


def _sum(model: Report, rows: Sequence[Row]) -> Row:
    added = {name: sum(row.get(name) or 0 for row in rows) for name in ("answered", "minutes", "charge")}
    is_told = all(row["direction"] != _UNKNOWN for row in rows)
    return {"line": "All", **added, "each": model.total("charge_per_answered") if is_told else None}


def _finding(model: Report, rows: Sequence[Row]) -> str:
    begins = "The account reports" if model.is_complete else "So far the account reports"
    charged = {row["direction"] for row in rows if row["charge"]}
    is_known = not model.totals["charge_total"]["n_null"]
    total, which, none = _sum(model, rows), "", ""
    if is_known and len(charged) == 1 and {row["direction"] for row in rows} == {_IN, _OUT}:
        came, placed = " that came in", " we placed"
        which, other = (came, placed) if charged == {_IN} else (placed, came)
        none = f" It reports none for calls{other}."
        total = _sum(model, [row for row in rows if row["direction"] in charged])
        total["each"] = total["charge"] / total["answered"] if total["answered"] else None
    n, each = total["answered"], total["each"]
    if not n:
        return (
            f"{begins} charges of {words.decimal(total['charge'], 2)}, and no call{which} was answered.{none}"
        )
    said = f"{begins} charges of {words.decimal(total['charge'], 2)} for {words.plural(n, 'answered call')}{which}"
    of = "" if which else " answered calls" if is_known else " answered calls of known charge"
    rate = f", {words.decimal(100 * each, 1)} per 100{of}" if n > 1 and each else ""
    return f"{said}{rate}.{none}"


def _say(model: Report) -> list[str]:
    number = model.totals["charge_total"]
    n_null = int(number["n_null"])
    n = words.plural(n_null + int(number["n"]), "call")
    carry = "carries" if n_null == 1 else "carry"
    unknown = (
        f" {words.count(n_null)} of {n} {carry} no charge and {'is' if n_null == 1 else 'are'} left out."
        if n_null
        else ""
    )
    return [
        f"As the account reports them. The currency is not stated by the vendor.{unknown}",
        "Charges of calls that nobody answered are counted too. Minutes are those of talk. Rows are rounded.",
    ]


def _table(model: Report, rows: Sequence[Row]) -> Html:
    total = _sum(model, rows)
    if (
        len({row["direction"] for row in rows if row["charge"]})
        == 1
        < len({row["direction"] for row in rows})
    ):
        total["each"] = None  # charges of calls one way, over answers both ways, would mean nothing
    places = 2 if total["charge"] >= 0.1 else 4

    columns = [
        ColumnSpec("line", "Line"),
        ColumnSpec("answered", "Answered", numeric=True),
        ColumnSpec("minutes", "Minutes", numeric=True),
        ColumnSpec("charge", "Charge", numeric=True, show=lambda x: words.decimal(x, places)),
        ColumnSpec("each", "Per 100 answered", numeric=True, show=lambda x: words.decimal(100 * x, 1)),
    ]
    return table(rows, columns, caption="Charges by line called", foot=total)
