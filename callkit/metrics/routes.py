"""Routes: the ways calls take up to their answer, told as a reader would tell them, group by group.

A route is coarser than a path of `callkit.metrics.paths`: the extensions of a group are not told apart, and what lasts
no time of its own (a key pressed, an opening-hours check) is no stage.
"""

from datetime import date
from typing import Any, NamedTuple

import ibis
import pandas as pd

from callkit.errors import UsageError
from callkit.metrics.engine import answers
from callkit.metrics.paths import calls_in, known_direction, shares, sources_of, steps_of
from callkit.metrics.sources import Sources

ENDS = {
    "answered": "answered",
    "abandoned": "gave_up",
    "left_menu": "gave_up",
    "voicemail": "voicemail",
    "closed": "closed",
}
NOBODY = "nobody"
_MENU = {"menu": "Menu", "menu_input": "Menu", "announcement": "Announcement", "bot": "Assistant"}
_GROUP = ("forwarded", "queued", "transferred")
_REFUSED = ("no_answer", "busy")
_OVER = ("answered", "voicemail")
_SHOWN = (*_MENU, *_GROUP, "dialed", *_REFUSED, *_OVER)
_PERSONS = {"extension": "Extension", "number": "Number"}
_IN_CALL = ibis.window(group_by="call_key", order_by="position")
_UP_TO_HERE = ibis.window(group_by="call_key", order_by="position", preceding=None, following=0)


class Routes(NamedTuple):
    """
    What `routes` returns.

    Parameters
    ----------
    table
        A row a route, the commonest first: ``route`` (0, 1, …), ``n`` calls, ``share`` of all calls with ``low``,
        ``high`` (95 %) and ``method``, ``end`` (``answered``, ``gave_up``, ``voicemail``, ``closed`` or ``nobody``: it
        ended unanswered in any other way) and ``n_steps``. The calls add up to all calls; those without events have
        no steps.
    steps
        Of the commonest routes a row a step: ``route``, ``position``, ``kind`` (``menu``, ``queue``, ``ring`` for
        ringing that was answered, ``no_answer`` for ringing that was not), ``label`` (``Menu``, a group's name …),
        ``median_s`` and ``n_known`` (calls whose seconds in it are known).
    """

    table: pd.DataFrame
    steps: pd.DataFrame


def routes(
    data: Any,
    *,
    most: int = 7,
    direction: str | None = "inbound",
    since: date | None = None,
    until: date | None = None,
) -> Routes:
    """
    Count the calls of each route, and say how long each step of the commonest ones takes.

    Ringing in vain at several extensions of one group is one step. The seconds from a call's coming to a group to its
    first ring belong to that ring; an announcement in a queue to the queue. A step lasts to the next one, or to the
    answer, the voicemail or the call's end. What follows the first answer is no part of a route.

    Parameters
    ----------
    data
        Tables or a lake.
    most
        Of how many routes the steps are told.
    direction
        Only ``inbound`` (the default) or ``outbound`` calls; None: all.
    since, until
        First date of the period, and the date after its last; default: all of the calls.

    Returns
    -------
    Routes
        All routes, and the steps of the commonest.

    Raises
    ------
    UsageError
        The data hold no events, the direction is not known, or the period ends before it begins.
    """
    given = sources_of(data, since, until)
    if not isinstance(most, int) or most < 1:
        raise UsageError(f"most {most!r} is no number of routes; give a whole one of 1 or above.")
    (steps,) = answers(given, _routes, known_direction(direction))
    table = steps.drop_duplicates(["way", "end"])
    table = table.sort_values(["n", "way", "end"], ascending=[False, True, True], ignore_index=True)
    table["route"] = table.index
    table["share"], table["low"], table["high"], table["method"] = shares(
        table["n"], [table["n"].sum()] * len(table)
    )
    steps = steps.dropna(subset="position").drop(columns="n").astype({"position": "int32"})
    steps = steps.merge(
        table.loc[: most - 1, ["way", "end", "route"]], on=["way", "end"], validate="many_to_one"
    )
    steps = steps.sort_values(["route", "position"], ignore_index=True)
    return Routes(
        table[["route", "n", "share", "low", "high", "method", "end", "n_steps"]],
        steps[["route", "position", "kind", "label", "median_s", "n_known"]],
    )


def _routes(given: Sources, direction: str | None) -> list[Any]:
    """Return a row a way, end and stage: the calls and their seconds; ways without a stage have a row of nulls."""
    calls = calls_in(given, direction)
    stages = _stages(steps_of(given, calls), calls)
    # Not every engine orders what it gathers: the place stands before the word, so that sorting does.
    word = stages.position.cast("string").lpad(6, "0") + stages.kind + " " + stages.label
    words = stages.select("call_key", word=word).group_by("call_key").agg(words=lambda t: t.word.collect())
    ways = words.select(key="call_key", way=words.words.sort().join("\n"), n_steps=words.words.length())
    end = ibis.cases(*((calls.outcome.cast("string") == o, e) for o, e in ENDS.items()), else_=NOBODY)
    told = calls.select("call_key", end=end).left_join(ways, [("call_key", "key")])
    told = told.select("call_key", "end", way=told.way.fill_null(""), n_steps=told.n_steps.fill_null(0))
    told = told.mutate(n_steps=told.n_steps.cast("int64"))
    lasting = told.left_join(stages.rename(key="call_key"), [("call_key", "key")])
    lasting = lasting.group_by(["way", "end", "n_steps", "position", "kind", "label"]).agg(
        n=lasting.count(), median_s=lasting.lasting_s.median(), n_known=lasting.lasting_s.count()
    )
    return [lasting]


def _stages(steps: Any, calls: Any) -> Any:
    """Return a row a stage of a call: its place from 0, kind, label and seconds."""
    shown = steps.filter(steps.step.isin(_SHOWN))
    is_over = shown.step.isin(_OVER).ifelse(1, 0)
    came_to, other = _places(shown)
    shown = shown.select(
        "call_key", "position", "elapsed_s", "step", came_to=came_to, other=other,
        n_over=is_over.sum().over(_UP_TO_HERE) - is_over,
        n_waits=shown.step.isin((*_GROUP, "dialed")).ifelse(1, 0).sum().over(_UP_TO_HERE),
        n_groups=came_to.count().over(_UP_TO_HERE),
    )  # fmt: skip
    # an announcement to those who wait already is a part of their waiting
    shown = shown.filter((shown.n_over == 0) & ~((shown.step == "announcement") & (shown.n_waits > 0)))
    length = calls.select(key="call_key", duration_s=calls.duration_s.cast("float64"))
    shown = shown.join(length, [("call_key", "key")])
    group = shown.came_to.max().over(ibis.window(group_by=["call_key", "n_groups"]))
    is_menu = shown.step.isin(tuple(_MENU))
    shown = shown.mutate(label=is_menu.ifelse(shown.other, ibis.coalesce(group, shown.other)))
    shown = shown.select(
        "call_key", "position", "elapsed_s", "step", "label", "duration_s",
        next_step=shown.step.lead().over(_IN_CALL), next_s=shown.elapsed_s.lead().over(_IN_CALL),
    )  # fmt: skip
    until = shown.next_step.isnull().ifelse(shown.duration_s, shown.next_s)  # noqa: PD003
    shown = shown.select(
        "call_key", "position", "step", "label", seconds=until - shown.elapsed_s, kind=_kind(shown)
    )
    shown = shown.mutate(run=shown.kind.count().over(_UP_TO_HERE) - shown.kind.notnull().ifelse(1, 0))  # noqa: PD004
    shown = shown.mutate(kind=shown.kind.max().over(ibis.window(group_by=["call_key", "run"])))
    shown = shown.filter(~shown.step.isin(_OVER))
    begins = (shown.kind != shown.kind.lag().over(_IN_CALL)) | (
        shown.label != shown.label.lag().over(_IN_CALL)
    )
    shown = shown.mutate(begins=begins.fill_null(True).ifelse(1, 0))
    shown = shown.mutate(stage=shown.begins.sum().over(_UP_TO_HERE) - 1)
    is_known = (shown.seconds >= 0).fill_null(False)
    stages = shown.group_by(["call_key", "stage", "kind", "label"]).agg(
        lasting_s=shown.seconds.sum(), n_unknown=is_known.ifelse(0, 1).sum()
    )
    lasting = (stages.n_unknown == 0).ifelse(stages.lasting_s, ibis.null("float64"))
    return stages.select("call_key", "kind", "label", position=stages.stage.cast("int32"), lasting_s=lasting)


def _places(shown: Any) -> tuple[Any, Any]:
    """Return the group each step comes to, null where it comes to none, and what else it may take place at."""
    kind = shown.target_kind.fill_null("")
    to_person = kind.isin(tuple(_PERSONS))
    group = shown.target_name.fill_null(kind.replace("_", " ").capitalize().nullif("")).fill_null("Queue")
    came_to = (shown.step.isin(_GROUP) & ~to_person).ifelse(group.replace("\n", " "), ibis.null("string"))
    menus = [(shown.step == step, word) for step, word in _MENU.items()]
    persons = [(kind == k, word) for k, word in _PERSONS.items()]
    return came_to, ibis.cases(*menus, *persons, else_="Extension")


def _kind(shown: Any) -> Any:
    """
    Say what each step is to the caller; null where the one after it tells.

    A group come to is where they queue, unless it rings next; and of extensions that begin to ring at one moment the
    last tells how that went.
    """
    then_rings = (shown.next_step == "dialed").fill_null(False)
    at_once = (shown.next_s == shown.elapsed_s).fill_null(False)
    is_open = then_rings & (shown.step.isin(_GROUP) | ((shown.step == "dialed") & at_once))
    is_answered = (shown.next_step == "answered").fill_null(False)
    return ibis.cases(
        (is_open, ibis.null("string")),
        (shown.step.isin(tuple(_MENU)), "menu"),
        (shown.step.isin(_GROUP), "queue"),
        (is_answered, "ring"),
        else_="no_answer",
    )
