"""How long callers wait, how long they are willing to, and how long they would have had to.

All count offered calls whose wait is known; calls that left in the menu never queued and never count. Three curves
answer three questions: `patience`, who would still be there if nobody ever answered; `offered_wait`, how long the
answer takes for a caller who stays; `given_up_by`, how many of all callers did give up by then. Waits are censored:
a call that was answered tells only that its caller was willing to wait that long, so the mean wait of those who gave
up understates patience.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics import terms
from callkit.metrics.bounds import ABOVE_0, checked
from callkit.metrics.engine import answers
from callkit.metrics.estimates import wilson
from callkit.metrics.number import MOST_UNKNOWN
from callkit.metrics.sources import Sources, sources
from callkit.metrics.survival import kaplan_meier, quantile


def wait_bins(calls: Any, width_s: float = 5, last_s: float = 120) -> pd.DataFrame:
    """
    Count calls by their wait, in bins of equal width and a last one for all longer waits.

    A bin holds the waits above its start up to and including its end, so that the bins up to a target hold exactly
    the calls answered within it; the first one also holds waits of 0.

    Returns
    -------
    pandas.DataFrame
        A row a bin: ``from_s``, ``to_s`` (infinite in the last), ``n`` (answered calls), ``n_abandoned`` and
        ``n_other`` (offered calls that ended otherwise). ``attrs["n_null"]`` counts the offered calls whose wait is
        not known; with them the counts add up to the calls offered.

    Raises
    ------
    UsageError
        The width or the last start is not above 0.
    """
    checked("width_s", width_s, ABOVE_0)
    checked("last_s", last_s, ABOVE_0)
    waits = counted(calls)
    starts = np.arange(0, last_s, width_s)
    edges = np.append(starts, last_s)
    known = waits.dropna(subset=["wait_s"])
    place = np.clip(np.searchsorted(edges, known["wait_s"], side="left") - 1, 0, len(edges) - 1)
    bins = pd.DataFrame({"from_s": edges, "to_s": np.append(edges[1:], np.inf)})
    for name, kind in (("n", "answered"), ("n_abandoned", "abandoned"), ("n_other", "other")):
        counts = known["n"].where(known["kind"] == kind, 0)
        bins[name] = np.bincount(place, counts, len(edges)).astype(int)
    bins.attrs["n_null"] = int(waits.loc[waits["wait_s"].isna(), "n"].sum())
    return bins


def patience(calls: Any) -> pd.DataFrame:
    """
    Estimate the share of callers still willing to wait after each wait (Kaplan–Meier).

    Giving up is the event; a call that was answered, or ended in any other way, tells only that the caller was
    willing to wait that long. The interval is pointwise, 95 %, on the log-log scale with Greenwood's variance.
    Kaplan, E. L. and Meier, P. (1958), Journal of the American Statistical Association 53, 457–481.

    Returns
    -------
    pandas.DataFrame
        A row a distinct wait, rising: ``wait_s``, ``staying`` (share willing to wait longer), ``low``, ``high``
        (null once nobody is left), ``error`` (Greenwood's standard error), ``at_risk`` (callers who waited at least
        so long) and ``n_left`` (those who gave up then). ``attrs["n_null"]`` counts the offered calls whose wait is
        not known. No known wait, or more than a tenth of those answered or given up unknown: no rows, as one kind
        alone would speak for both.
    """
    curve = _curve(calls, "abandoned").rename(columns={"left": "staying", "n_events": "n_left"})
    return curve[["wait_s", "staying", "low", "high", "error", "at_risk", "n_left"]]


def offered_wait(calls: Any) -> pd.DataFrame:
    """
    Estimate the share of callers who would still be unanswered after each wait, if all of them stayed (Kaplan–Meier).

    The same as `patience` with the roles changed: the answer is the event, and a call that was given up or ended in
    any other way tells only that the answer would have taken longer. Brown, L. et al. (2005), Journal of the American
    Statistical Association 100, 36–50, § 5.1, call it the virtual waiting time.

    Returns
    -------
    pandas.DataFrame
        A row a distinct wait, rising: ``wait_s``, ``unanswered`` (share whose answer takes longer), ``low``,
        ``high``, ``error``, ``at_risk`` and ``n_answered``; otherwise as `patience`.
    """
    curve = _curve(calls, "answered").rename(columns={"left": "unanswered", "n_events": "n_answered"})
    return curve[["wait_s", "unanswered", "low", "high", "error", "at_risk", "n_answered"]]


def willing_wait(calls: Any, levels: float | Sequence[float] = (0.1, 0.25, 0.5)) -> pd.DataFrame:
    """
    Estimate how long callers are willing to wait: the wait by which a share of them would have given up.

    Parameters
    ----------
    calls
        Tables, a calls frame, a lake or an Ibis table.
    levels
        Shares of the callers, above 0 and below 1; 0.5 gives the median patience.

    Returns
    -------
    pandas.DataFrame
        A row a level: ``level``, ``wait_s``, ``low_s`` and ``high_s`` (95 % interval of Brookmeyer and Crowley, 1982).
        ``wait_s`` and ``high_s`` are null where the curve never falls so far: as most calls are answered, the data
        then only say that the wait is at least ``low_s``, which is the longest wait where even the lower end of the
        curve stays above. All three are null where `patience` has no rows.

    Raises
    ------
    UsageError
        A level is not above 0 and below 1.
    """
    asked: list[float] = checked("levels", np.atleast_1d(levels)).tolist()
    wrong = [level for level in asked if not 0 < level < 1]
    if wrong:
        raise UsageError(f"level {wrong[0]:g} is not above 0 and below 1; 0.5 gives the median.")
    curve = patience(calls)
    found = [
        quantile(curve["wait_s"].to_numpy(), curve.rename(columns={"staying": "left"}), x) for x in asked
    ]
    table = pd.DataFrame(found, columns=["wait_s", "low_s", "high_s"], dtype=float)
    table.insert(0, "level", asked)
    table["low_s"] = table["low_s"].fillna(curve["wait_s"].max())
    table.attrs["n_null"] = curve.attrs["n_null"]
    return table


def given_up_by(calls: Any) -> pd.DataFrame:
    """
    Count the share of offered calls that were given up by each wait, answers taking the others out of the running.

    This is the cumulative incidence, another question than ``1 − staying``: that says how many would have given up if
    nobody had answered. Every call is followed to its end, so the estimate of Aalen and Johansen (1978) is the plain
    share, and its interval Wilson's.

    Returns
    -------
    pandas.DataFrame
        A row a distinct wait, rising: ``wait_s``, ``value`` (share given up within it), ``low``, ``high`` (95 %),
        ``numerator`` and ``n`` (calls whose wait is known). Rows and ``attrs`` as `patience`.
    """
    steps = _steps(calls, "abandoned")
    steps["numerator"], steps["n"] = steps["n_events"].cumsum(), steps["n"].sum()
    steps["value"] = steps["numerator"] / steps["n"]
    steps["low"], steps["high"] = wilson(steps["numerator"], steps["n"])
    return steps[["wait_s", "value", "low", "high", "numerator", "n"]]


def _curve(calls: Any, event: str) -> pd.DataFrame:
    steps = _steps(calls, event)
    curve = kaplan_meier(*(steps[name].to_numpy() for name in ("wait_s", "n", "n_events")))
    curve[["wait_s", "n_events"]] = steps[["wait_s", "n_events"]]
    curve.attrs |= steps.attrs
    return curve


def _steps(calls: Any, event: str) -> pd.DataFrame:
    """Count the calls of each known wait, and those that ended so."""
    known, n_null = comparable(counted(calls))
    known = known.assign(n_events=known["n"].where(known["kind"] == event, 0))
    steps = known.groupby("wait_s", as_index=False)[["n", "n_events"]].sum()
    steps.attrs["n_null"] = n_null
    return steps


def comparable(waits: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the known waits of `counted`, none where too many are unknown, and how many calls do not say theirs."""
    both, is_null = waits["kind"] != "other", waits["wait_s"].isna()
    too_few = waits.loc[both & is_null, "n"].sum() > MOST_UNKNOWN * waits.loc[both, "n"].sum()
    return waits[~is_null & (not too_few)], int(waits.loc[is_null, "n"].sum())


def counted(calls: Any) -> pd.DataFrame:
    """Count the offered calls of each distinct wait (null included) and way to end: answered, abandoned or other."""
    (counts,) = answers(sources(calls), _by_wait)
    return counts.astype({"wait_s": float, "n": int})


def _by_wait(given: Sources) -> list[Any]:
    table = given.calls
    is_other = ~table.outcome.isin(("answered", "abandoned"))
    kind = is_other.ifelse("other", table.outcome.cast("string"))
    offered = table.filter(terms.offered(table)).select(table.wait_s, kind=kind)
    return [offered.group_by(["wait_s", "kind"]).agg(n=offered.count())]
