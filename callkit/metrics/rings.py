"""The table of rings that numbers are taken over: a row each time an inbound call rang an extension.

A ring begins with a ``dialed`` step that leads to an extension, also where a colleague hands a call on. It ends with
the first later step that tells:

- **answered**: that extension answers. Where an answered call has no such step and left one ring open, it is that one.
- **unanswered**: it does not answer; or before it answers another target is dialed, the call goes elsewhere (queue,
  voicemail, transfer, announcement), or ends. A caller who gives up while it rings counts too, as in Amazon Connect's
  agent non-response: one call counts once for each ring. So does ``busy`` more than two seconds after the dialing: it
  rang and was turned down.
- neither, **busy** at once: the extension was engaged and never rang. Where a group does not skip those who talk, the
  busiest people would else seem not to answer.
- neither, **elsewhere**: somebody else answered while it rang. Extensions dialed within two seconds of each other ring
  together; those a colleague was quicker than have not failed to answer.
- unknown, null: the call was answered and no step tells by which of several; or no time tells which rang together.

An extension is told by its id, else by its name. Rings of one call add up to more than the call: sums over extensions
count a call that was handed on more than once.

Source: https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html (agent non-response).
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.operations as ops

from callkit.metrics.groupings import ON_DAY, Grouping, day_of
from callkit.metrics.sources import Sources
from callkit.metrics.terms import inbound

AT_ONCE_S = 2.0
"""Seconds between two steps up to which they happened together."""
_TELLING = ("dialed", "answered", "no_answer", "busy")
_ANSWERED, _BUSY = _TELLING.index("answered"), _TELLING.index("busy")
_SAYS_NOTHING = ("joined", "unknown")  # all further steps end every ring
_STEPS = 8  # more than there are telling ones
_AGENT = ("agent_id", "agent_name")
_OWN = (
    ON_DAY, "call_key", "position", "who", "started_local", "is_answered", "is_unanswered", "is_busy", "ring_s",
    "talk_s",
)  # fmt: skip
_FACTS = ("call_key", "direction", "outcome", "started_local", "duration_s", "talk_s")
_UNTIMED = -1.0  # stands for the time of a step without a stamp, so that none of a later step passes for it


def rings(sources: Sources, groups: Mapping[str, Grouping]) -> Any:
    """
    Return a row a ring of an inbound call at an extension.

    Parameters
    ----------
    sources
        Calls and events.
    groups
        Name of each group's column, and the grouping; `agent_id` and `agent_name` are those of the extension rung.

    Returns
    -------
    ibis.Table
        The groups, then ``on_day`` (the wall-clock day the call began on), ``call_key`` and ``position`` of the dialed
        step, ``who`` (the extension's id, else its name), ``started_local`` (of the call), ``is_answered`` and
        ``is_unanswered`` (both false where it was engaged or somebody else answered, null where the record does not
        tell), ``is_busy`` (engaged), ``ring_s`` (how long it rang, in seconds; null where no stamp tells), ``talk_s``
        (seconds of talk it led to: the record's, or where several people answered the call, from the answer to the
        hand-over or the end by the flow's stamps; null where it was not answered), ``agent_id`` (the extension's id,
        else its name where that is a number) and ``agent_name`` (as in the calls it answered, else the flow's).
    """
    calls = sources.calls.filter(inbound(sources.calls))
    of_agents = {name: group for name, group in groups.items() if _fields(group, calls) & {*_AGENT}}
    of_calls = {name: group.of(calls) for name, group in groups.items() if name not in of_agents}
    read = sorted(set().union(*(_fields(group, calls) for group in of_agents.values())) - {*_AGENT, *_OWN})
    told = _dialed(sources.events)
    told = told.inner_join(
        calls.select(*_FACTS, **of_calls, **{f"its_{name}": calls[name] for name in read}),
        told.key == calls.call_key,
    )
    told = told.mutate(**_fates(told))
    told = told.filter(told.target_kind == "extension")
    told = told.mutate(
        on_day=day_of(told),
        ring_s=told.is_unsaid.ifelse(None, _between(told.elapsed_s, told.rang_until_s)),
        talk_s=told.is_answered.ifelse(_talk_s(told), None),
    )
    found = _named(told, sources.calls)
    found = found.select(*of_calls, *_OWN, *_AGENT, **{name: found[f"its_{name}"] for name in read})
    found = found.mutate(**{name: group.of(found) for name, group in of_agents.items()})
    return found.select(*groups, *_OWN, *_AGENT)


def _fields(group: Grouping, calls: Any) -> set[str]:
    """Name the columns of the calls that a grouping reads."""
    return {field.name for field in group.of(calls).op().find(ops.Field)}


def _named(rings: Any, calls: Any) -> Any:
    """Give each extension the name that the calls it answered have for it; else the flow's."""
    names = calls.filter(calls.agent_id.notnull() & calls.agent_name.notnull())
    names = names.group_by(its_id=names.agent_id.cast("string")).agg(
        its_name=names.agent_name.cast("string").max()
    )
    found = rings.left_join(names, rings.agent_id == names.its_id)
    return found.mutate(agent_name=ibis.coalesce(found.its_name, found.agent_name))


def _dialed(events: Any) -> Any:
    """
    Return the dialed steps, each with what follows it in its call.

    That is, as place in the flow and as time: the first step that ends every ring, the first that tells of its own
    target (``own``, with the step), the first answer by another, and the first other dialed step that came later than
    at once. Then how many answers the call has, and how many of its dialed steps nothing tells about.
    """
    words = {
        name: events[name].cast("string")  # also of a frame whose column says nothing
        for name in ("step", "target_kind", "target_id", "target_name")
    }
    steps = events.select("position", "elapsed_s", key=events.call_key, **words)
    steps = steps.mutate(who=ibis.coalesce(steps.target_id, steps.target_name, ""))
    dialed = steps.filter(steps.step == "dialed")
    later = steps.filter(steps.step.notin(_SAYS_NOTHING) & (steps.position > 0)).select(
        later_key="key", at="position", at_s="elapsed_s", does="step", of="target_kind", to="who"
    )
    pairs = dialed.left_join(later, [dialed.key == later.later_key, dialed.position < later.at])
    same = {name: pairs[name].arbitrary() for name in dialed.columns if name not in ("key", "position")}
    rings = pairs.group_by(["key", "position"]).agg(**same, **_followed(pairs))
    is_number = rings.target_name.re_search(r"^[0-9 ()+.-]+$")
    is_open = rings.own.isnull() | (rings.own // _STEPS > rings.end_at).fill_null(False)
    rings = rings.mutate(
        agent_id=ibis.coalesce(rings.target_id, is_number.ifelse(rings.target_name, None)),
        agent_name=rings.target_name,
        is_open=is_open,
        n_open=is_open.ifelse(1, 0).sum().over(ibis.window(group_by="key")),
        own_step=rings.own % _STEPS,
        answer_at=_inside(rings, "answer"),
        apart_at=_inside(rings, "apart"),
    )
    answers = (
        steps.filter(steps.step == "answered").group_by(answered_key="key").agg(n_answers=ibis._.count())
    )
    return rings.left_join(answers, rings.key == answers.answered_key).drop("answered_key")


def _followed(t: Any) -> dict[str, Any]:
    is_own = (t.to == t.who) & (t.of == t.target_kind)
    which = {
        "end": ~t.does.isin(_TELLING),
        "own": is_own & t.does.isin(_TELLING),
        "answer": ~is_own & (t.does == "answered"),
        "apart": ~is_own & (t.does == "dialed") & (t.at_s - t.elapsed_s > AT_ONCE_S),
    }
    timed = ibis.coalesce(t.at_s, _UNTIMED)
    code = t.at * _STEPS + ibis.cases(*((t.does == name, k) for k, name in enumerate(_TELLING)), else_=0)
    places = {f"{name}_at": is_it.ifelse(t.at, None).min() for name, is_it in which.items() if name != "own"}
    times = {f"{name}_s": is_it.ifelse(timed, None).min() for name, is_it in which.items()}
    return places | times | {"own": which["own"].ifelse(code, None).min()}


def _inside(t: Any, name: str) -> Any:
    """Return the place of a step, null where it stands after the one that ends every ring."""
    at = t[f"{name}_at"]
    return (t.end_at < at).fill_null(False).ifelse(None, at)


def _fates(t: Any) -> dict[str, Any]:
    """Return what became of each ring, and when it ended."""
    is_passed = t.is_open & t.apart_at.notnull() & (t.answer_at.isnull() | (t.apart_at < t.answer_at))
    is_elsewhere = t.is_open & ~is_passed & t.answer_at.notnull()
    is_unsaid = t.is_open & t.n_answers.isnull() & t.outcome.isin(("answered", "unknown"))
    is_only = is_unsaid & (t.n_open == 1) & (t.outcome == "answered")
    is_unknown = (is_unsaid & ~is_only) | (is_elsewhere & t.elapsed_s.isnull())
    is_answered = (~t.is_open & (t.own_step == _ANSWERED)) | is_only
    is_late = (t.own_s - t.elapsed_s > AT_ONCE_S).fill_null(False)
    is_busy = ~t.is_open & (t.own_step == _BUSY) & ~is_late
    return {
        "is_answered": is_unknown.ifelse(None, is_answered),
        "is_unanswered": is_unknown.ifelse(None, ~is_answered & ~is_elsewhere & ~is_busy),
        "is_busy": is_busy,
        "is_unsaid": is_unsaid,
        "rang_until_s": ibis.cases(
            (~t.is_open, t.own_s),
            (is_passed, t.apart_s),
            (is_elsewhere, t.answer_s),
            else_=ibis.coalesce(t.end_s, t.duration_s),
        ),
    }


def _talk_s(t: Any) -> Any:
    by_flow = _between(
        t.own_s, ibis.coalesce(t.answer_at.notnull().ifelse(t.answer_s, None), t.end_s, t.duration_s)
    )
    return (t.n_answers > 1).fill_null(False).ifelse(by_flow, t.talk_s)


def _between(start: Any, end: Any) -> Any:
    return (end >= start).ifelse(end - start, None)
