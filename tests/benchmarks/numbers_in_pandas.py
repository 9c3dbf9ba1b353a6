"""Twenty numbers of the catalogue by hour and service, written by hand with pandas."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmarks.numbers_in_sql import COLUMNS

_BY = ["hour_of_day", "service_name"]


def numbers(files: Path) -> pd.DataFrame:
    """Return a row an hour and service, a column a number."""
    calls = _flagged(pd.read_parquet(files, columns=list(COLUMNS)))
    groups = calls.groupby(_BY, observed=True)
    flags = [name for name in calls if calls[name].dtype == bool]
    found = groups[flags].sum().astype("int64")
    for kind in ("answer", "abandon"):
        found[f"{kind}_rate"] = found[f"n_{kind}ed"] / found["n_offered"].where(found["n_offered"] > 0)
    for name, said in (("service_level", "said_long"), ("service_level_strict", "said")):
        level = found["in_time"] / found[said].where(found[said] > 0)
        found[name] = level.where(found["unsaid"] <= 0.1 * (found[said] + found["unsaid"]))
    found["wait_longest"] = (
        calls["wait_s"].where(calls["n_offered"]).groupby(groups.ngroup()).max().to_numpy()
    )
    answered = calls[calls["n_answered"]].groupby(_BY, observed=True)
    found["speed_of_answer"], found["talk_mean"] = answered["wait_s"].mean(), answered["talk_s"].mean()
    found["wait_median"], found["wait_p90"] = (answered["wait_s"].quantile(level) for level in (0.5, 0.9))
    found["talk_median"], found["talk_total"] = answered["talk_s"].median(), answered["talk_s"].sum()
    return found.drop(columns=["unsaid", "said", "said_long", "in_time"]).join(_callers(calls)).reset_index()


def _flagged(calls: pd.DataFrame) -> pd.DataFrame:
    inbound, outcome, wait = calls["direction"] == "inbound", calls["outcome"], calls["wait_s"]
    answered, abandoned = inbound & (outcome == "answered"), inbound & (outcome == "abandoned")
    offered, both, short = inbound & ~outcome.isin(["left_menu", "closed"]), answered | abandoned, wait <= 5
    return calls.assign(
        hour_of_day=calls["started_local"].dt.hour,
        n_offered=offered,
        n_answered=answered,
        n_abandoned=abandoned,
        n_short_abandoned=abandoned & short,
        n_missed=offered & ~answered,
        n_left_menu=inbound & (outcome == "left_menu"),
        n_closed=inbound & (outcome == "closed"),
        unsaid=both & wait.isna(),
        said=both & wait.notna(),
        said_long=both & wait.notna() & ~(abandoned & short),
        in_time=answered & (wait <= 20),
    )


def _callers(calls: pd.DataFrame) -> pd.DataFrame:
    reached = (calls["outcome"] == "answered") & calls["direction"].isin(["inbound", "outbound"])
    last = calls[reached].groupby("caller")["started_at"].max().rename("last_answered")
    named = calls[calls["n_missed"] & calls["caller"].notna() & calls["started_at"].notna()]
    missed = named.groupby([*_BY, "caller"], observed=True)["started_at"].min().rename("first_missed")
    missed = missed.reset_index().merge(last, "left", left_on="caller", right_index=True)
    is_lost = missed["last_answered"].isna() | (missed["last_answered"] < missed["first_missed"])
    groups = missed.assign(n_missed_callers=1, n_unreached=is_lost.astype(np.int64)).groupby(
        _BY, observed=True
    )
    return groups[["n_missed_callers", "n_unreached"]].sum()
