"""Whose row is it: the groups in an engine's answers, and the place of each row's group among them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from callkit.metrics.groupings import ON_DAY, Grouping
from callkit.metrics.totals import Placed

_DAY = np.timedelta64(1, "D")


class Answer(NamedTuple):
    """
    Answers whose rows have their places.

    Parameters
    ----------
    groups
        A row a group that the period has; without groupings one, also of no rows.
    pools
        For each group, its place in the history, where stretches of time are one.
    rows
        The answers.
    """

    groups: pd.DataFrame
    pools: np.ndarray
    rows: list[Placed]


def placed(frames: Sequence[pd.DataFrame], keys: Mapping[str, Grouping], since: int | None) -> Answer:
    """
    Find the groups, and each row's place among them.

    Parameters
    ----------
    frames
        Answers with a column for each key, and perhaps their day.
    keys
        Name of each group's column, and the grouping.
    since
        The period's first day, as days since 1970; None: all rows are asked about.
    """
    names = list(keys)
    days = [_days(frame) for frame in frames]
    is_asked = [_is_asked(frame, day, since) for frame, day in zip(frames, days, strict=True)]
    if not names:
        rows = [
            Placed(frame, np.where(asked, 0, -1), np.zeros(len(frame), dtype=int), day)
            for frame, asked, day in zip(frames, is_asked, days, strict=True)
        ]
        return Answer(pd.DataFrame(index=range(1)), np.zeros(1, dtype=int), rows)
    every = pd.concat([frame[names] for frame in frames], ignore_index=True)
    code = every.groupby(names, dropna=False, sort=False).ngroup().to_numpy()
    pool_names = [name for name, group in keys.items() if not group.is_period]
    pool = np.zeros(len(every), dtype=int)
    if pool_names:
        pool = every.groupby(pool_names, dropna=False, sort=False).ngroup().to_numpy()
    asked = np.concatenate(is_asked)
    found, first = np.unique(code[asked], return_index=True)
    at = np.flatnonzero(asked)[first]
    place = np.full(code.max(initial=-1) + 1, -1)
    place[found] = np.arange(len(found))
    group = np.where(asked, place[code], -1)
    ends = np.cumsum([len(frame) for frame in frames])[:-1]
    rows = list(map(Placed, frames, np.split(group, ends), np.split(pool, ends), days))
    return Answer(every.iloc[at].reset_index(drop=True), pool[at], rows)


def _days(frame: pd.DataFrame) -> np.ndarray | None:
    if ON_DAY not in frame:
        return None
    day = frame[ON_DAY].to_numpy("datetime64[D]")
    return np.where(np.isnat(day), np.nan, (day - np.datetime64(0, "D")) / _DAY)


def _is_asked(frame: pd.DataFrame, day: np.ndarray | None, since: int | None) -> np.ndarray:
    return np.ones(len(frame), dtype=bool) if day is None or since is None else day >= since
