"""The events as an event log: what process-mining tools read.

Names and meanings are those of the XES standard (IEEE 1849-2023, extensions concept, time, organizational and
lifecycle), and what it calls an attribute of the trace carries ``case:`` before its name, as pm4py and others have it.
A call is a case, a step an event, and each event is atomic: its lifecycle transition is ``complete``.

An event needs an instant. Where the vendor gave none (``at_source`` is missing) none is invented: the event is left
out, counted in ``frame.attrs`` and said in a warning. Within a call events stand in the order of their instants, and
those of one instant in the order the vendor told them, which ``position`` keeps. Phone numbers and the vendor's own
lines are left behind.
"""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd

from callkit.errors import UsageError

CASE = "case:concept:name"
ACTIVITY = "concept:name"
INSTANT = "time:timestamp"
RESOURCE = "org:resource"
GROUP = "org:group"
TRANSITION = "lifecycle:transition"
OF_CALLS = ("direction", "outcome", "service_kind", "service_name", "ended_by", "wait_s", "talk_s")

log = logging.getLogger("callkit")
_GROUPS = ("ring_group", "queue")
_PLACES = (*_GROUPS, "menu", "announcement", "schedule")
_OF_EVENTS = ("call_key", "position", "step", "target_kind", "target_name", "target_id", "at", "at_source")


def to_event_log(events: pd.DataFrame, calls: pd.DataFrame | None = None) -> pd.DataFrame:
    """
    Turn events into an event log with the column names of process mining.

    Parameters
    ----------
    events
        Steps of calls, as `load` and `tidy` give them.
    calls
        The calls they belong to; adds what is known of each call.

    Returns
    -------
    pandas.DataFrame
        A row an event, in the order of the calls and of time:
        ``case:concept:name`` (the call's key), ``concept:name`` (the step), ``time:timestamp`` (UTC, with its zone),
        ``org:resource`` (the extension that rang, answered or hung up: its id, else its name), ``org:group`` (the
        ring group or queue), ``lifecycle:transition`` (complete), ``target_kind``, ``target_name`` (of groups, queues,
        menus, announcements and schedules), ``position``, ``at_source``; with `calls` also ``case:direction,
        case:outcome, case:service_kind, case:service_name, case:ended_by, case:wait_s, case:talk_s``.
        Its ``attrs`` count what is not in it: ``n_events_without_instant`` and ``n_calls_without_events``.

    Raises
    ------
    UsageError
        A column is missing, or events belong to none of the calls.
    """
    _require(events, _OF_EVENTS, "events")
    if calls is not None:
        _require(calls, ("call_key", *OF_CALLS), "calls")
        _require_calls(events, calls)
    is_dated = events["at"].notna().to_numpy()
    dated, case = events[is_dated], pd.factorize(events["call_key"])[0][is_dated]
    instants = dated["at"].to_numpy("datetime64[us]")  # as they are, numpy would compare object by object
    rows = dated.iloc[np.lexsort((dated["position"], instants, case))]
    kind, name, number = (_text(rows[column]) for column in ("target_kind", "target_name", "target_id"))
    found = pd.DataFrame(
        {
            CASE: _text(rows["call_key"]),
            ACTIVITY: _text(rows["step"]),
            INSTANT: rows["at"],
            RESOURCE: number.fillna(name).where(kind == "extension"),
            GROUP: name.fillna(number).where(kind.isin(_GROUPS)),
            TRANSITION: pd.Series("complete", index=rows.index, dtype="str"),
            "target_kind": kind,
            "target_name": name.where(kind.isin(_PLACES)),
            "position": rows["position"],
            "at_source": _text(rows["at_source"]),
        }
    ).reset_index(drop=True)
    return _counted(_with_calls(found, calls), events, calls)


def _with_calls(found: pd.DataFrame, calls: pd.DataFrame | None) -> pd.DataFrame:
    if calls is None:
        return found
    place = pd.Index(calls["call_key"]).get_indexer(found[CASE])
    for name in OF_CALLS:
        column = calls[name] if pd.api.types.is_numeric_dtype(calls[name]) else _text(calls[name])
        found[f"case:{name}"] = column.take(place).reset_index(drop=True)
    return found


def _counted(found: pd.DataFrame, events: pd.DataFrame, calls: pd.DataFrame | None) -> pd.DataFrame:
    undated = len(events) - len(found)
    empty = (events if calls is None else calls)["call_key"].nunique() - found[CASE].nunique()
    found.attrs = {"n_events_without_instant": undated, "n_calls_without_events": empty}
    if undated:
        log.warning(
            "%s of %s events have no instant and are not in the event log.",
            f"{undated:,}",
            f"{len(events):,}",
        )
    if empty:
        log.warning("%s calls have no event with an instant and are not in the event log.", f"{empty:,}")
    return found


def _text(column: pd.Series) -> pd.Series:
    return column.astype("str")


def _require(frame: object, columns: Sequence[str], what: str) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(f"{what} is {type(frame).__name__}; give the frame {what} of ck.load or ck.tidy.")
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise UsageError(f"The {what} have no column {missing[0]!r}; give the frame {what} whole.")


def _require_calls(events: pd.DataFrame, calls: pd.DataFrame) -> None:
    if calls["call_key"].duplicated().any():
        raise UsageError("The calls name a call twice; give each call once.")
    strange = events.loc[~events["call_key"].isin(calls["call_key"]), "call_key"].nunique()
    if strange:
        message = (
            f"The events of {strange:,} calls belong to none of the calls; give all calls, or leave these out with "
            "events[events.call_key.isin(calls.call_key)]."
        )
        raise UsageError(message)
