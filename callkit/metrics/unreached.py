"""Callers we missed and nobody has spoken with since: whom to ring first.

A caller counts as reached by any answered call, ours to them or theirs to us, at or after their first missed call of
the period and before its end. Withheld numbers cannot be told apart nor called back; they are counted beside.
"""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from callkit.metrics import terms
from callkit.metrics.callers import missed_callers
from callkit.metrics.engine import answers
from callkit.metrics.sources import Sources, between, calls_of
from callkit.metrics.summary import summarise

COLUMNS = (
    "caller", "n_attempts", "first_missed_local", "last_tried_local", "last_did", "last_wait_s", "n_callbacks",
    "last_callback_local", "longest_wait_s", "total_wait_s", "priority",
)  # fmt: skip


def unreached(calls: Any, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """
    List the callers nobody has spoken with since we missed them, those to ring first on top.

    Parameters
    ----------
    calls
        Tables, a calls frame, a lake or an Ibis table.
    since, until
        First date of the period, and the date after its last; default: all of the calls.

    Returns
    -------
    pandas.DataFrame
        A row a caller by ``priority`` (1 is to be rung first): most attempts first; of as many, the latest day of a
        last attempt; of one day, the longest single wait; then the latest attempt, and the number. ``caller`` (E.164),
        ``n_attempts`` (missed calls), ``first_missed_local``, ``last_tried_local``, ``last_did`` and ``last_wait_s``
        (of the last attempt), ``n_callbacks`` (our unanswered calls to them since the first miss),
        ``last_callback_local`` (null where nobody has tried), ``longest_wait_s`` and ``total_wait_s`` (over the
        attempts; null where no wait is known).
    """
    (rows,) = answers(Sources(calls_of(between(calls, since, until))), _tries)
    rows = rows.sort_values(["caller", "started_at", "call_key"])
    attempts, callbacks = (
        rows[rows["is_missed"]].groupby("caller"),
        rows[~rows["is_missed"]].groupby("caller"),
    )
    found: pd.DataFrame = attempts.tail(1).set_index("caller")[["started_local", "did", "wait_s"]]
    found.columns = ["last_tried_local", "last_did", "last_wait_s"]
    found["n_attempts"] = attempts.size()
    found["first_missed_local"] = attempts["started_local"].first()
    found["n_callbacks"] = callbacks.size().reindex(found.index, fill_value=0)
    found["last_callback_local"] = callbacks["started_local"].last()
    found["longest_wait_s"], found["total_wait_s"] = (
        attempts["wait_s"].max(),
        attempts["wait_s"].sum(min_count=1),
    )
    found["day"] = found["last_tried_local"].dt.normalize()
    order = ["n_attempts", "day", "longest_wait_s", "last_tried_local", "caller"]
    found = found.reset_index().sort_values(order, ascending=[False] * 4 + [True], ignore_index=True)
    return found.assign(priority=np.arange(1, len(found) + 1))[list(COLUMNS)]


def _tries(given: Sources) -> list[Any]:
    """Return the missed calls of callers nobody has spoken with since, and our calls to them after the first."""
    calls = given.calls
    waiting = missed_callers(given, {})
    waiting = waiting.filter(waiting.is_known, terms.unreached(waiting))
    joined = calls.inner_join(waiting.select("who", "first_missed"), calls.caller == waiting.who)
    joined = joined.mutate(is_missed=terms.missed(joined))
    is_callback = (joined.direction == "outbound") & (joined.started_at >= joined.first_missed)
    joined = joined.filter(joined.is_missed | is_callback)
    return [joined.select("caller", "is_missed", "started_at", "call_key", "started_local", "did", "wait_s")]


def n_withheld(calls: Any, since: date | None = None, until: date | None = None) -> int:
    """Count the missed calls of the period whose number was withheld or cannot be read."""
    return int(summarise(between(calls, since, until), "n_unreached")["n_null"].iloc[0])
