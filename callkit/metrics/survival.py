"""How long until something happens, where for some it had not happened yet when we last looked (Kaplan–Meier)."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import CensoredData, ecdf

_LEVEL = 0.95


class Quantile(NamedTuple):
    """A quantile and its 95 % interval; each is null where its curve is never known to fall so far."""

    value: float
    low: float
    high: float


def kaplan_meier(times: np.ndarray, n: np.ndarray, n_events: np.ndarray) -> pd.DataFrame:
    """
    Estimate the share to whom something has not happened yet, after each time.

    Kaplan, E. L. and Meier, P. (1958), Journal of the American Statistical Association 53, 457–481. The interval is
    pointwise, 95 %, on the log-log scale with Greenwood's variance.

    Parameters
    ----------
    times
        Distinct times, rising.
    n, n_events
        How many were watched for exactly so long, and to how many of them it happened then; the others are censored:
        it had not happened yet.

    Returns
    -------
    pandas.DataFrame
        A row a time: ``left`` (the share), ``low``, ``high`` (null once nobody is left), ``at_risk`` (how many were
        watched at least so long) and ``error`` (Greenwood's standard error of the share; null once nobody is left).
    """
    times, n, n_events = np.asarray(times, float), np.asarray(n, int), np.asarray(n_events, int)
    found = pd.DataFrame({"left": np.ones(len(times)), "low": 1.0, "high": 1.0})
    found["at_risk"] = n[::-1].cumsum()[::-1]
    left_over = np.where(found["at_risk"] > n_events, found["at_risk"] - n_events, np.nan)
    variance = np.cumsum(n_events / (found["at_risk"] * left_over))
    if not len(times):
        return found.assign(error=variance)
    curve = ecdf(CensoredData(np.repeat(times, n_events), right=np.repeat(times, n - n_events))).sf
    found["left"] = left = curve.probabilities
    inside = (left > 0) & (left < 1)
    if inside.any():
        # where it has happened to nobody or to everybody, the formula has no value: set above and below
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
            interval = curve.confidence_interval(_LEVEL, method="log-log")
        found.loc[inside, "low"] = interval.low.probabilities[inside]
        found.loc[inside, "high"] = interval.high.probabilities[inside]
    found.loc[left == 0, ["low", "high"]] = np.nan
    return found.assign(error=left * np.sqrt(variance))


def quantile(times: np.ndarray, curve: pd.DataFrame, level: float) -> Quantile:
    """
    Return the first time after which it has happened to a share `level` or more, with its 95 % interval.

    The interval holds the times whose own interval of the share left holds 1 − `level`: Brookmeyer, R. and Crowley, J.
    (1982), Biometrics 38, 29–41, on the log-log scale.

    Parameters
    ----------
    times, curve
        The times given to `kaplan_meier`, and what it returned.
    level
        Which quantile, above 0 and below 1; 0.5 is the median.
    """
    times, room = np.asarray(times, float), 1 - level + 1e-12  # a share of 1/3 is not written exactly
    ends = (curve["left"] <= room, curve["low"].fillna(0) <= room, curve["high"] <= room)
    return Quantile(*(float(times[np.argmax(so_far)]) if so_far.any() else np.nan for so_far in ends))


def median(times: np.ndarray, curve: pd.DataFrame) -> Quantile:
    """Return the median time with its 95 % interval; see `quantile`."""
    return quantile(times, curve, 0.5)
