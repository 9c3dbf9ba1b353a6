"""How long callers wait, and how long they are willing to wait.

Both count offered calls whose wait is known; calls that left in the menu never queued and never count.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, ecdf

from callkit.errors import UsageError
from callkit.metrics import terms
from callkit.metrics.engine import collected
from callkit.metrics.number import MOST_UNKNOWN
from callkit.metrics.sources import calls_table

_LEVEL = 0.95


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
    if not (width_s > 0 and last_s > 0):
        raise UsageError(f"width_s {width_s!r} and last_s {last_s!r} must both be above 0 seconds.")
    waits = _waits(calls)
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
        (null once nobody is left), ``at_risk`` (callers who waited at least so long) and ``n_left`` (those who gave
        up then). ``attrs["n_null"]`` counts the offered calls whose wait is not known. No known wait, or
        more than a tenth of those answered or given up unknown: no rows, as one kind alone would speak for both.
    """
    waits = _waits(calls)
    both = waits[waits["kind"] != "other"]
    unknown = both.loc[both["wait_s"].isna(), "n"].sum()
    known = waits.dropna(subset=["wait_s"])
    if unknown > MOST_UNKNOWN * both["n"].sum():
        known = known.head(0)
    known = known.assign(n_left=lambda w: w["n"].where(w["kind"] == "abandoned", 0))
    steps = known.groupby("wait_s", as_index=False)[["n", "n_left"]].sum()
    steps["at_risk"] = steps["n"][::-1].cumsum()[::-1]
    steps[["staying", "low", "high"]] = _kaplan_meier(steps)
    steps.attrs["n_null"] = int(waits.loc[waits["wait_s"].isna(), "n"].sum())
    return steps[["wait_s", "staying", "low", "high", "at_risk", "n_left"]]


def _kaplan_meier(steps: pd.DataFrame) -> np.ndarray:
    if steps.empty:
        return np.empty((0, 3))
    waits, left = steps["wait_s"].to_numpy(float), steps["n_left"].to_numpy(int)
    others = steps["n"].to_numpy(int) - left
    willing = ecdf(CensoredData(np.repeat(waits, left), right=np.repeat(waits, others))).sf
    staying = willing.probabilities
    low, high = np.ones_like(staying), np.ones_like(staying)
    inside = (staying > 0) & (staying < 1)
    if inside.any():
        # where nobody or everybody has left, the formula has no value: set above and below
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
            interval = willing.confidence_interval(_LEVEL, method="log-log")
        low[inside], high[inside] = interval.low.probabilities[inside], interval.high.probabilities[inside]
    low[staying == 0] = high[staying == 0] = np.nan
    return np.column_stack([staying, low, high])


def _waits(calls: Any) -> pd.DataFrame:
    """Count the offered calls of each distinct wait (null included) and way to end."""
    table = calls_table(calls)
    is_other = ~table.outcome.isin(("answered", "abandoned"))
    kind = is_other.ifelse("other", table.outcome.cast("string"))
    offered = table.filter(terms.offered(table)).select(table.wait_s, kind=kind)
    counts = collected(offered.group_by(["wait_s", "kind"]).agg(n=offered.count()))
    return counts.astype({"wait_s": float, "n": int})
