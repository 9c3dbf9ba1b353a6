"""Whom to call back, worded for the audience."""

from typing import NamedTuple

import pandas as pd

from callkit.look import words
from callkit.look.parts import CallBack
from callkit.privacy import Secret, caller_code, masked, pseudonym_key
from callkit.report.model import Report


class WaitingList(NamedTuple):
    """Callers nobody has spoken to, who to ring first first; and how many could not be told apart."""

    rows: list[CallBack]
    n_untried: int
    n_withheld: int

    @property
    def advice(self) -> str:
        """Say with whom to start; empty where the list is."""
        n = len(self.rows)
        if not n:
            return ""
        if not self.n_untried:
            return "We tried to call back, without an answer."
        if self.n_untried == n:
            return "Nobody has tried to call back yet."
        untried = "one" if self.n_untried == 1 else words.count(self.n_untried)
        return f"Start with the {untried} nobody has tried."


def waiting_list(model: Report) -> WaitingList:
    """Return the callers of the week whom nobody has spoken to since."""
    found = model.unreached
    key = pseudonym_key(model.settings.pseudonym_key, model.settings.data) if len(found) else Secret()
    rows = [_row(model, row, key) for row in found.itertuples()]
    return WaitingList(rows, int((found["n_callbacks"] == 0).sum()), model.n_withheld)


def _row(model: Report, row: object, key: Secret) -> CallBack:
    number = str(row.caller)  # type: ignore[attr-defined]
    is_whole = model.audience == "internal"
    waited = row.last_wait_s  # type: ignore[attr-defined]
    return CallBack(
        number if is_whole else masked(number, model.settings.country),
        int(row.n_attempts),  # type: ignore[attr-defined]
        pd.Timestamp(row.last_tried_local).to_pydatetime(),  # type: ignore[attr-defined]
        _line(model, row.last_did),  # type: ignore[attr-defined]
        None if pd.isna(waited) else float(waited),
        int(row.n_callbacks),  # type: ignore[attr-defined]
        "" if is_whole else caller_code(number, key),
    )


def _line(model: Report, did: object) -> str:
    label = model.line(None if pd.isna(did) else str(did))  # type: ignore[call-overload]
    return label if label.lower().startswith("line ") or label.lower().endswith("line") else f"{label} line"
