"""Whom to call back, worded for the audience."""

import pandas as pd

from callkit.look import words
from callkit.look.parts import CallBack
from callkit.privacy import Secret, caller_code, masked, pseudonym_key
from callkit.report.model import Report


def advice(model: Report) -> str:
    """Say with whom to start; empty where nobody is waiting."""
    n, n_untried = len(model.unreached), int((model.unreached["n_callbacks"] == 0).sum())
    if not n:
        return ""
    if not n_untried:
        return "We tried to call back, without an answer."
    if n_untried == n:
        return "Nobody has tried to call back yet."
    return f"Start with the {'one' if n_untried == 1 else words.count(n_untried)} nobody has tried."


def waiting_list(model: Report, most: int | None = None) -> list[CallBack]:
    """Return the callers of the period whom nobody has spoken to since, who to ring first first."""
    found = model.unreached.head(most) if most else model.unreached
    key = pseudonym_key(model.settings.pseudonym_key, model.settings.data) if len(found) else Secret()
    return [_row(model, row, key) for row in found.itertuples()]


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
