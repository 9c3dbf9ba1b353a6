"""Callers we missed: who still waits for us, and how long it took until somebody spoke with the others.

`unreached` looks at a period by itself; `episodes` (what one is tells `callkit.metrics.episodes`) follows every run of
misses to the end of the data. Withheld numbers cannot be told apart nor called back; they are counted beside.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.engine import answers
from callkit.metrics.episodes import followed
from callkit.metrics.estimates import INDEPENDENT, wilson
from callkit.metrics.sources import sources
from callkit.metrics.survival import kaplan_meier, median
from callkit.metrics.unreached import COLUMNS, n_withheld, unreached
from callkit.opening import OpeningHours, known_hours

__all__ = ["COLUMNS", "callback_curve", "callback_summary", "episodes", "n_withheld", "unreached"]

Clock = Literal["wall", "open"]
Until = Literal["callback", "resolved"]

EPISODE_COLUMNS = (
    "caller", "first_missed_at", "first_missed_local", "did", "n_attempts", "n_callbacks", "resolved_at",
    "resolved_local", "resolved_by", "is_censored", "to_callback_s", "to_resolved_s", "observed_s",
    "open_to_callback_s", "open_to_resolved_s", "open_observed_s",
)  # fmt: skip


def episodes(
    data: Any,
    opening: OpeningHours | None = None,
    since: date | None = None,
    until: date | None = None,
    *,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Follow every run of misses of a caller until somebody spoke with them.

    Parameters
    ----------
    data
        Tables, a calls frame, a lake or an Ibis table: all the calls there are.
    opening, time_zone
        Opening hours and their IANA zone, for the clock that stands still while the business is closed.
    since, until
        First date of the period in which an episode begins, and the date after its last; default: all of the data.

    Returns
    -------
    pandas.DataFrame
        A row an episode of a known caller, by its first miss: ``caller``, ``first_missed_at`` and
        ``first_missed_local``, ``did`` (of the first miss), ``n_attempts`` (missed calls), ``n_callbacks`` (our calls,
        the answered one included), ``resolved_at`` and ``resolved_local`` (start of the first answered call before the
        caller's next episode), ``resolved_by`` (``us``, ``caller`` or null), ``is_censored`` (not resolved as far as
        we see), seconds from the first miss ``to_callback_s`` (our first call, answered or not; null where there was
        none before the episode was resolved), ``to_resolved_s`` and ``observed_s`` (to the answered call, else to the
        caller's next episode, else to the last start of a call in the data), and these three on the opening-hours
        clock: ``open_to_callback_s`` and so on, null without `opening`. ``attrs["n_withheld"]`` counts the missed
        calls of the period whose number was withheld or cannot be read.

    Raises
    ------
    UsageError
        The data are not calls, the period ends before it begins, or `opening` is not opening hours.
    """
    if opening is not None:
        known_hours(opening)
    (rows,) = answers(sources(data, (), since, until), followed)
    found = rows[rows["is_known"].astype(bool)].rename(columns={"who": "caller"})
    found = found.sort_values(["first_missed_at", "caller"], ignore_index=True)
    found["is_censored"] = found["resolved_at"].isna()
    by = found["is_by_us"].astype(bool).map({True: "us", False: "caller"})
    found["resolved_by"] = by.astype("str").mask(found["is_censored"])
    for name in ("first_missed_at", "callback_at", "resolved_at", "observed_at"):
        found[name] = pd.to_datetime(found[name], utc=True).dt.as_unit("us")  # Spark's instants name no zone
    begun = _epoch_s(found["first_missed_at"])
    for name in ("callback", "resolved", "observed"):
        column = "observed_s" if name == "observed" else f"to_{name}_s"
        ended = _epoch_s(found[f"{name}_at"])
        found[column] = ended - begun
        found[f"open_{column}"] = opening.open_s(begun, ended, time_zone) if opening else np.nan
    found = found.astype({"n_attempts": int, "n_callbacks": int})[list(EPISODE_COLUMNS)]
    found.attrs["n_withheld"] = len(rows) - len(found)
    return found


def _epoch_s(moments: pd.Series) -> np.ndarray:
    seconds = moments.to_numpy("datetime64[us]").astype("int64") / 1e6
    return np.where(moments.isna(), np.nan, seconds)


def callback_curve(data: Any, clock: Clock = "wall", of: Until = "callback", **choices: Any) -> pd.DataFrame:
    """
    Estimate the share of missed callers not yet called back after each time (Kaplan–Meier).

    Parameters
    ----------
    data
        What `episodes` returns, or calls.
    clock
        ``wall``: seconds that passed; ``open``: those in which the business was open.
    of
        ``callback``: until our first call, answered or not. A caller who got through to us before it is censored
        there: the curve tells how long callers would wait for us who do not ring again. ``resolved``: until the first
        answered call, whoever rang. Both are censored at the caller's next episode and at the end of the data.
    **choices
        With calls: ``opening``, ``since``, ``until`` and ``time_zone`` of `episodes`.

    Returns
    -------
    pandas.DataFrame
        A row a distinct time, rising: ``after_s``, ``waiting`` (share not yet called back or spoken with), ``low``,
        ``high`` (pointwise 95 %, log-log; null once nobody is left), ``at_risk`` (episodes watched at least so long)
        and ``n`` (those that ended then). ``attrs`` holds ``clock``, ``of``, ``n_episodes`` and ``n_withheld``.

    Raises
    ------
    UsageError
        The clock or what is waited for is not known, or opening hours are missing for their clock.
    """
    found = _followed(data, **choices)
    steps = _steps(found, clock, of)
    curve = kaplan_meier(*(steps[name].to_numpy() for name in ("after_s", "n_watched", "n")))
    curve = steps.join(curve.rename(columns={"left": "waiting"}))
    curve = curve[["after_s", "waiting", "low", "high", "at_risk", "n"]]
    told = {
        "clock": clock,
        "of": of,
        "n_episodes": len(found),
        "n_withheld": found.attrs.get("n_withheld", 0),
    }
    curve.attrs.update(told)
    return curve


def _followed(data: Any, **choices: Any) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame) and set(EPISODE_COLUMNS) <= set(data.columns):
        return data
    return episodes(data, **choices)


def _steps(found: pd.DataFrame, clock: Clock, of: Until) -> pd.DataFrame:
    if clock not in ("wall", "open"):
        raise UsageError(f"clock {clock!r} is not known; use 'wall' or 'open'.")
    if of not in ("callback", "resolved"):
        raise UsageError(f"of {of!r} is not known; use 'callback' or 'resolved'.")
    prefix = "open_" if clock == "open" else ""
    event, observed = found[f"{prefix}to_{of}_s"], found[f"{prefix}observed_s"]
    if len(found) and observed.isna().all():
        raise UsageError("clock 'open' needs opening hours; give opening=OpeningHours.parse({...}).")
    times = pd.DataFrame({"after_s": event.fillna(observed), "n_watched": 1, "n": event.notna().astype(int)})
    return times.groupby("after_s", as_index=False).sum()


def callback_summary(data: Any, **choices: Any) -> pd.DataFrame:
    """
    Sum up what became of missed callers, by episode.

    Parameters
    ----------
    data
        What `episodes` returns, or calls.
    **choices
        With calls: ``opening``, ``since``, ``until`` and ``time_zone`` of `episodes`.

    Returns
    -------
    pandas.DataFrame
        Eight rows, or ten: ``number``, ``clock`` (``wall``, ``open`` or null), ``value``, ``numerator``, ``n``,
        ``low``, ``high`` (95 %) and ``method``. Shares of episodes ``by_us``, ``by_caller``, ``open`` (nobody spoke
        with them as far as the data go) and ``called_back`` (any call of ours, answered or not); ``unanswered`` is the
        share of our call-backs nobody answered. ``to_callback`` and ``to_resolved`` are the median seconds of
        `callback_curve`, a row a clock (the open one only with opening hours); ``withheld`` counts missed calls
        without a number.
    """
    found = _followed(data, **choices)
    n, by, calls = len(found), found["resolved_by"], int(found["n_callbacks"].sum())
    shares = {
        "by_us": ((by == "us").sum(), n),
        "by_caller": ((by == "caller").sum(), n),
        "open": (by.isna().sum(), n),
        "called_back": ((found["n_callbacks"] > 0).sum(), n),
        "unanswered": (calls - (by == "us").sum(), calls),
    }
    rows: list[dict[str, Any]] = []
    for name, (k, of) in shares.items():
        (low, high), value = wilson(k, of), k / of if of else np.nan
        rows.append(_row(name, value, k, of, (float(low), float(high)), INDEPENDENT if of else None))
    has_open = not found["open_observed_s"].isna().all()
    for clock in ("wall", "open") if has_open else ("wall",):
        for until in ("callback", "resolved"):
            curve = callback_curve(found, clock, until)
            value, *ends = median(curve["after_s"].to_numpy(), curve.rename(columns={"waiting": "left"}))
            rows.append(_row(f"to_{until}", value, curve["n"].sum(), n, ends, "Kaplan–Meier, log-log", clock))
    withheld = found.attrs.get("n_withheld", 0)
    rows.append(_row("withheld", withheld, withheld, withheld))
    return pd.DataFrame(rows).astype({"clock": "str", "method": "str", "numerator": int, "n": int})


def _row(
    number: str,
    value: float,
    numerator: float,
    n: int,
    ends: Sequence[float] = (np.nan, np.nan),
    method: str | None = None,
    clock: Clock | None = None,
) -> dict[str, Any]:
    told = {"number": number, "clock": clock, "value": value, "numerator": numerator, "n": n}
    return told | {"low": ends[0], "high": ends[1], "method": method}
