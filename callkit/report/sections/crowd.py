"""Which extensions a page shows where an account has very many, and all others in one row that adds up."""

from typing import Any

import pandas as pd

from callkit.look import words

MOST_ROWS = 30
"""Rows of a figure, those of group names among them: with its lead it still fits a sheet of paper."""
_SUMMED = ("n_rings", "n_answered", "n_unanswered", "n_busy", "n_elsewhere", "n_unknown")


def most_rung(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the extensions that are shown: all, or where these are too many, who differs and who rang most."""
    heads = rows["group"].nunique(dropna=False) if rows["group"].notna().any() else 0
    room = max(MOST_ROWS - heads, MOST_ROWS // 2)
    order = rows.assign(differs=rows["verdict"].isin(("low", "high"))).sort_values(
        ["differs", "n_rings"], ascending=False, kind="stable"
    )
    return rows.loc[sorted(order.index[:room])]


def others(rows: pd.DataFrame, shown: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the row of those not shown, as the table writes it; nothing where all are shown."""
    rest = rows.drop(index=shown.index)
    if rest.empty:
        return []
    summed: dict[str, Any] = {name: int(rest[name].sum()) for name in _SUMMED}
    decided = summed["n_answered"] + summed["n_unanswered"]
    rate = summed["n_answered"] / decided if decided else None
    return [{**summed, "name": words.plural(len(rest), "other"), "answer_rate": rate}]


def partly(n: int, n_all: int) -> str:
    """Say that not all are shown, and where all of them are; empty where they are."""
    if n == n_all:
        return ""
    return (
        f" Shown are the {words.count(n)} of {words.count(n_all)} that rang most or differ; the table adds up the "
        "others in one row, and callkit.metrics.people.people lists all."
    )
