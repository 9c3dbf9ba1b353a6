"""How many people are seen answering in each hour, beside how many a model asks for.

**Seen answering** in a clock hour: the different extensions that answered an inbound call in it, or still talked on
one they had answered before it. Who answered is told by the flow's ``answered`` steps at extensions, each until the
next answer of that call or until its end; where a flow has no such step, by the extension the record names, for the
seconds of talk. Hours are those of the account's wall clock.

It is not the rota. Somebody who waited for a call and got none is not seen; somebody who was there for a part of the
hour counts in full. Nor are people seen who made calls or answered at a number outside.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import ibis
import numpy as np
import pandas as pd

from callkit.metrics import load, terms
from callkit.metrics.engine import answers
from callkit.metrics.groupings import day_of
from callkit.metrics.sources import Sources, between, calls_of, sources, span
from callkit.metrics.staffing import agents_needed
from callkit.opening import OpeningHours, known_hours

_HOUR_S = 3600
_WORKDAYS = range(5)
_HALF = 0.5 + 1e-9
_NEEDED = ("agents", "agents_low", "agents_high")
COLUMNS = ("hour", "n", "n_open_hours", "arrivals_per_hour", "answering", *_NEEDED, "short")


def answering(data: Any, since: str | date | None = None, until: str | date | None = None) -> pd.DataFrame:
    """
    Count the different extensions that answered, or talked, in each clock hour.

    Parameters
    ----------
    data
        Tables, or a lake: calls with their events. Of calls alone the record's own extension is taken.
    since, until
        First date of the period, and the date after its last; default: all of the data.

    Returns
    -------
    pandas.DataFrame
        A row a clock hour in which anybody was seen, in order: ``day`` (midnight), ``hour`` (0 to 23) and ``n_people``.
        ``attrs["n_unknown"]``: answered inbound calls that do not say by which extension.

    Raises
    ------
    UsageError
        The data cannot be used, or `until` is not after `since`.
    """
    (told,) = answers(_of_period(sources(data, since=since, until=until)), _stretches)
    is_known = told["who"].notna()
    n_unknown = int(told.loc[~is_known, "n"].sum())
    told = told[is_known].astype({"first": "int64", "last": "int64"})
    n_hours = (told["last"] - told["first"] + 1).to_numpy()
    seen = told.loc[told.index.repeat(n_hours)].reset_index(drop=True)
    hour = seen["first"] + seen.groupby(np.repeat(np.arange(len(told)), n_hours)).cumcount()
    seen["day"] = seen["on_day"].astype("datetime64[us]") + pd.to_timedelta(hour // 24, unit="D")
    seen["hour"] = hour % 24
    found: pd.DataFrame = seen.groupby(["day", "hour"]).agg(n_people=("who", "nunique")).reset_index()
    found.attrs["n_unknown"] = n_unknown
    return found


def _of_period(given: Sources) -> Sources:
    """Leave out what frames hold beside the period: to hand the events on costs more than to count them."""
    if not isinstance(given.events, pd.DataFrame):
        return given
    calls = between(given.calls, given.since, given.until)
    return given._replace(calls=calls, events=given.events[given.events["call_key"].isin(calls["call_key"])])


def _stretches(given: Sources) -> list[Any]:
    """Return how often who was on a call from which hour to which, from the day's midnight on; null: nobody knows."""
    calls = between(given.calls, given.since, given.until)
    calls = calls.filter(terms.inbound(calls) & terms.answered(calls))
    began = calls.started_local
    calls = calls.select(
        "call_key", "duration_s", "talk_s",
        on_day=day_of(calls),
        clock_s=began.hour().cast("int64") * _HOUR_S + began.minute().cast("int64") * 60 + began.second(),
        who=ibis.coalesce(calls.agent_id.cast("string"), calls.agent_name.cast("string")),
    )  # fmt: skip
    on_call = _by_record(calls) if given.events is None else _by_flow(calls, given.events)
    begins = on_call.clock_s + ibis.coalesce(on_call.from_s, 0.0)
    ends = on_call.clock_s + ibis.coalesce(on_call.to_s, on_call.from_s, 0.0)
    hours = on_call.mutate(
        first=_hour(begins), last=_hour(ends - 0.001)
    )  # up to the full hour is not in the next
    hours = hours.mutate(last=ibis.greatest(hours.first, hours.last))
    return [hours.group_by(["who", "on_day", "first", "last"]).agg(n=hours.count())]


def _by_flow(calls: Any, events: Any) -> Any:
    """Return each answer by an extension, until the next answer of the call; of calls without one the record's."""
    steps = events.select(
        "position",
        key=events.call_key,
        at_s=events.elapsed_s,
        kind=events.target_kind.cast("string"),
        of=ibis.coalesce(events.target_id.cast("string"), events.target_name.cast("string")),
        step=events.step.cast("string"),
    )
    steps = steps.filter(steps.step == "answered")
    until_s = steps.at_s.lead().over(ibis.window(group_by="key", order_by="position"))
    steps = steps.mutate(until_s=until_s)
    steps = steps.filter(steps.kind == "extension").drop_null("of")
    both = calls.inner_join(steps, calls.call_key == steps.key)
    told = both.select(
        "on_day", "clock_s", who=both.of, from_s=both.at_s, to_s=ibis.coalesce(both.until_s, both.duration_s)
    )
    return told.union(_by_record(calls.anti_join(steps, calls.call_key == steps.key)))


def _by_record(calls: Any) -> Any:
    start_s = ibis.greatest(calls.duration_s - calls.talk_s, 0.0)
    return calls.select("on_day", "clock_s", "who", from_s=start_s, to_s=calls.duration_s)


def _hour(seconds: Any) -> Any:
    return (seconds / _HOUR_S).floor().cast("int64")


def by_hour_of_day(
    data: Any,
    opening: OpeningHours,
    since: str | date,
    until: str | date,
    *,
    left_out: Iterable[date] = (),
    service_level: float = 0.8,
    service_level_s: float = 20.0,
    time_zone: str = "Europe/London",
) -> pd.DataFrame:
    """
    Return how many people were seen answering in each hour of the day, and how many the goal asks for.

    Means over the days from Monday to Friday, or over all weekdays where the business opens on none of these; an hour
    that was open for a part counts for that part.

    Parameters
    ----------
    data
        Tables, or a lake: calls with their events, those before the period too.
    opening
        Opening hours and bank holidays.
    since, until
        First date, and the date after the last one.
    left_out
        Dates of the period that are not counted, such as those whose calls are not all in.
    service_level, service_level_s, time_zone
        As for `callkit.metrics.staffing.agents_needed`.

    Returns
    -------
    pandas.DataFrame
        A row an hour that was open: ``hour``, ``n`` (offered calls), ``n_open_hours``, ``arrivals_per_hour``,
        ``answering`` (mean of `answering`), ``agents``, ``agents_low`` and ``agents_high`` (means of the model's
        numbers; null where it has none) and ``short`` (whole people by which `answering` is below `agents`, half a
        person rounded up; 0 where it is not). ``attrs`` are those of `agents_needed`, with ``weekdays`` (0 is Monday),
        ``n_open_days`` and ``n_unknown`` (of `answering`).

    Raises
    ------
    UsageError
        As for `agents_needed` and `answering`.
    """
    goal = {"service_level": service_level, "service_level_s": service_level_s}
    opening = known_hours(opening).without(left_out)
    needed = agents_needed(calls_of(data), opening, since, until, time_zone=time_zone, **goal)
    seen = answering(data, since, until)
    hours = load.open_hours(opening, *span(since, until), time_zone)
    hours = hours[hours["hours"] > 0].assign(weekday=lambda of: of["day"].dt.day_of_week)
    weekdays = [day for day in _WORKDAYS if (hours["weekday"] == day).any()] or sorted(set(hours["weekday"]))
    hours = hours[hours["weekday"].isin(weekdays)].merge(seen, how="left", on=["day", "hour"])
    table = _means(hours, needed[needed["weekday"].isin(weekdays)])
    table.attrs = needed.attrs | seen.attrs | {"weekdays": weekdays, "n_open_days": hours["day"].nunique()}
    return table


def _means(hours: pd.DataFrame, needed: pd.DataFrame) -> pd.DataFrame:
    """Return the means over open hours: of people seen, by dates and hours, and of people needed, by weekdays."""
    table = hours.assign(answering=hours["hours"] * hours["n_people"].fillna(0))
    table = table.groupby("hour")[["hours", "answering"]].sum()
    table["answering"] /= table["hours"]
    weighted = needed[[*_NEEDED]].astype(float).mul(needed["n_open_hours"], axis=0).groupby(needed["hour"])
    table = table.join(weighted.sum(min_count=1).div(table["hours"], axis=0))
    table["n"] = needed.groupby("hour")["n"].sum()
    table = table.rename(columns={"hours": "n_open_hours"}).reset_index()
    table["arrivals_per_hour"] = table["n"] / table["n_open_hours"]
    lacking = np.floor((table["agents"] - table["answering"]).fillna(0) + _HALF)
    table["short"] = lacking.clip(lower=0).astype(int)
    return table[list(COLUMNS)]
