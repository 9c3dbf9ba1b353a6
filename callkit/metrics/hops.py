"""Where calls lose time on their way: targets left unanswered for another one, and calls sent to and fro.

A *visit* is a call's stay at a target before its first answer: at an extension from its ring to the answer, to its
refusal, or to the call's going elsewhere; at a group or a queue from the call's coming to its going elsewhere, however
many extensions rang meanwhile. So the seconds of a group's extensions are part of the group's.
"""

from datetime import date
from typing import Any

import ibis
import pandas as pd

from callkit.metrics.engine import answers, n_where
from callkit.metrics.paths import calls_in, known_direction, shares, sources_of, steps_of
from callkit.metrics.sources import Sources

_AT_PERSON = ("extension", "number")
_ON = ("forwarded", "queued", "transferred", "menu", "voicemail", "bot")
_OVER = ("answered", "hangup")
_TARGET = ("target_kind", "target_name")
_IN_CALL = ibis.window(group_by="call_key", order_by="position")


def hops(
    data: Any,
    *,
    at_people: bool = True,
    direction: str | None = "inbound",
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """
    Say for each target how many calls came, how many went on from it unanswered, and the time they lost there.

    Parameters
    ----------
    data
        Tables or a lake.
    at_people
        Also at extensions and phone numbers; False: at groups and queues alone, which is quicker.
    direction
        Only ``inbound`` (the default) or ``outbound`` calls; None: all.
    since, until
        First date of the period, and the date after its last; default: all of the calls.

    Returns
    -------
    pandas.DataFrame
        A row a target, the costliest first: ``target_kind``, ``target_name`` (null of phone numbers, which stand
        together), ``n_calls`` that came, ``n`` (visits: a call may come again), of these ``n_answered`` (there, or at
        an extension ringing beside it), ``n_went_on`` (to another target, to a voicemail or menu, or to ring again),
        of these ``n_served_later`` (the call was answered in the end), and ``n_ended`` (the call ended there);
        ``went_on_rate`` of the visits with ``low``, ``high`` (95 %) and ``method``, and of the visits that went on
        ``lost_total_s``, ``lost_mean_s``, ``lost_median_s`` and ``n_known`` (whose seconds are known).

    Raises
    ------
    UsageError
        The data hold no events, the direction is not known, or the period ends before it begins.
    """
    found = answers(sources_of(data, since, until), _hops, known_direction(direction), at_people)[0]
    order = ["lost_total_s", "n_went_on", "n", *_TARGET]
    found = found.sort_values(order, ascending=[False, False, False, True, True], ignore_index=True)
    rates = shares(found["n_went_on"], found["n"])
    found["went_on_rate"], found["low"], found["high"], found["method"] = rates
    return found[
        [
            *_TARGET, "n_calls", "n", "n_answered", "n_went_on", "n_served_later", "n_ended", "went_on_rate",
            "low", "high", "method", "lost_total_s", "lost_mean_s", "lost_median_s", "n_known",
        ]
    ]  # fmt: skip


def ping_pong(
    data: Any,
    *,
    by_pair: bool = False,
    direction: str | None = "inbound",
    since: date | None = None,
    until: date | None = None,
) -> pd.DataFrame:
    """
    Count the calls that came back: to a target they had been at, from another one.

    Extensions are held against extensions rung, groups and queues against groups and queues come to; the whole call
    counts, handed-over calls too. A round through several extensions that starts again comes back as well.

    Parameters
    ----------
    data, direction, since, until
        As for `hops`.
    by_pair
        A row for each target come back to and the one it came from, the commonest first.

    Returns
    -------
    pandas.DataFrame
        ``n_calls`` that came back, ``n`` (calls that came to any target), ``share`` with ``low``, ``high`` (95 %)
        and ``method``, ``n_returns`` (a call may come back more than once); one row, or with `by_pair` a row a pair of
        ``target_kind``, ``target_name`` and ``from_kind``, ``from_name``. A call may be in several pairs.

    Raises
    ------
    UsageError
        As for `hops`.
    """
    pairs, total = answers(sources_of(data, since, until), _returns, known_direction(direction))
    n = int(total["n"].iloc[0])
    found = total[["n_calls", "n_returns"]]
    if by_pair:
        order = ["n_calls", "n_returns", *_TARGET, "from_kind", "from_name"]
        found = pairs.sort_values(order, ascending=[False, False, *[True] * 4], ignore_index=True)
    found = found.assign(n=n)
    found["share"], found["low"], found["high"], found["method"] = shares(found["n_calls"], found["n"])
    targets = [*_TARGET, "from_kind", "from_name"] if by_pair else []
    return found[[*targets, "n_calls", "n", "share", "low", "high", "method", "n_returns"]]


def _hops(given: Sources, direction: str | None, at_people: bool) -> list[Any]:
    steps = steps_of(given, calls_in(given, direction))
    is_answer = (steps.step == "answered").ifelse(1, 0)
    in_all = is_answer.sum().over(ibis.window(group_by="call_key"))
    steps = steps.mutate(n_before=is_answer.sum().over(_up_to_here()) - is_answer, is_served=in_all > 0)
    visits = _rings(steps).union(_stays(steps)) if at_people else _stays(steps)
    seconds = (visits.fate == "went_on").ifelse(visits.left_s - visits.came_s, ibis.null("float64"))
    visits = visits.mutate(lost_s=(seconds >= 0).ifelse(seconds, ibis.null("float64")))
    counted = visits.group_by(_TARGET).agg(
        n_calls=visits.call_key.nunique(),
        n=visits.count(),
        n_answered=n_where(visits.fate == "answered"),
        n_went_on=n_where(visits.fate == "went_on"),
        n_served_later=n_where((visits.fate == "went_on") & visits.is_served),
        n_ended=n_where(visits.fate == "ended"),
        lost_total_s=visits.lost_s.sum().fill_null(0.0),
        lost_mean_s=visits.lost_s.mean(),
        lost_median_s=visits.lost_s.median(),
        n_known=visits.lost_s.count(),
    )
    return [counted]


def _up_to_here() -> Any:
    return ibis.window(group_by="call_key", order_by="position", preceding=None, following=0)


def _is_stay(steps: Any) -> Any:
    at_group = ~steps.target_kind.fill_null("").isin(_AT_PERSON)
    return steps.step.isin(("forwarded", "queued")) & at_group


def _fate(step: Any) -> Any:
    """Say what became of a visit by the step that took the call away from it; null: none did."""
    away = step.fill_null("hangup")
    return ibis.cases((away == "answered", "answered"), (away == "hangup", "ended"), else_="went_on")


def _stays(steps: Any) -> Any:
    """Return the visits at groups and queues before the first answer; to come again at once is to stay."""
    # an extension the call is sent on to is rung within the group as far as the flow tells
    marks = steps.filter(_is_stay(steps) | (steps.step.isin((*_ON, *_OVER)) & ~_is_to_person(steps)))
    identity = marks.target_kind.fill_null("") + "\x1f" + marks.target_name.fill_null("")
    marks = marks.mutate(identity=_is_stay(marks).ifelse(identity, ibis.null("string")))
    marks = marks.mutate(is_again=(marks.identity == marks.identity.lag().over(_IN_CALL)).fill_null(False))
    marks = marks.filter(~marks.is_again)
    after = marks.mutate(
        next_step=marks.step.lead().over(_IN_CALL), left_s=marks.elapsed_s.lead().over(_IN_CALL)
    )
    return after.filter(after.identity.notnull() & (after.n_before == 0)).select(  # noqa: PD004
        "call_key",
        *_TARGET,
        "is_served",
        came_s="elapsed_s",
        left_s="left_s",
        fate=lambda t: _fate(t.next_step),
    )


def _is_to_person(steps: Any) -> Any:
    return steps.step.isin(("forwarded", "queued")) & steps.target_kind.fill_null("").isin(_AT_PERSON)


def _rings(steps: Any) -> Any:
    """
    Return the visits at extensions and numbers: each ring, with what ended it.

    That is the extension's own refusal or answer, told before it rings again; where none is told, the next step that
    takes the call elsewhere. Extensions that begin to ring at one moment ring beside one another.
    """
    marks = steps.filter(steps.step.isin(("dialed", *_ON, *_OVER)))
    beside = (marks.step == "dialed") & (marks.step.lag().over(_IN_CALL) == "dialed")
    beside &= marks.elapsed_s == marks.elapsed_s.lag().over(_IN_CALL)
    marks = marks.mutate(begins=beside.fill_null(False).ifelse(0, 1))
    marks = marks.mutate(block=marks.begins.sum().over(_up_to_here()))
    starts = marks.filter(marks.begins == 1).select(
        key=marks.call_key, next_block=marks.block - 1, away="step", away_s="elapsed_s"
    )
    identity = [steps.target_kind.fill_null(""), steps.target_name.fill_null(""), steps.number.fill_null("")]
    own = steps.filter(steps.step.isin(("dialed", "no_answer", "busy", "answered")))
    of_target = ibis.window(group_by=["call_key", *identity], order_by="position")
    own = own.mutate(own_step=own.step.lead().over(of_target), own_s=own.elapsed_s.lead().over(of_target))
    own = own.filter((own.step == "dialed") & (own.n_before == 0))
    blocks = marks.filter(marks.step == "dialed").select(key=marks.call_key, place="position", block="block")
    rings = own.join(blocks, [own.call_key == blocks.key, own.position == blocks.place]).drop("key", "place")
    rings = rings.left_join(starts, [rings.call_key == starts.key, rings.block == starts.next_block])
    is_told = rings.own_step.isin(("no_answer", "busy", "answered")).fill_null(False)
    step = (rings.own_step == "answered").fill_null(False).ifelse("answered", rings.away)
    is_refused = is_told & (rings.own_step != "answered") & (rings.away == "answered")
    return rings.select(
        "call_key",
        *_TARGET,
        "is_served",
        came_s="elapsed_s",
        left_s=is_told.ifelse(rings.own_s, rings.away_s),
        fate=is_refused.fill_null(False).ifelse("went_on", _fate(step)),
    )


def _returns(given: Sources, direction: str | None) -> list[Any]:
    steps = steps_of(given, calls_in(given, direction))
    is_group = steps.step.isin(("forwarded", "queued", "transferred")) & ~steps.target_kind.fill_null(
        ""
    ).isin(_AT_PERSON)
    came = steps.mutate(level=ibis.cases((steps.step == "dialed", "rung"), (is_group, "group")))
    came = came.filter(came.level.notnull())  # noqa: PD004
    identity = [came[name].fill_null("") for name in (*_TARGET, "number")]
    came = came.mutate(identity=identity[0] + "\x1f" + identity[1] + "\x1f" + identity[2])
    of_level = ibis.window(group_by=["call_key", "level"], order_by="position")
    of_target = ibis.window(group_by=["call_key", "level", "identity"], order_by="position")
    came = came.mutate(
        before=came.identity.lag().over(of_level),
        from_kind=came.target_kind.lag().over(of_level),
        from_name=came.target_name.lag().over(of_level),
        n_earlier=ibis.row_number().over(of_target),
    )
    came = came.mutate(is_return=((came.n_earlier > 0) & (came.before != came.identity)).fill_null(False))
    back = came.filter(came.is_return)
    pairs = back.group_by([*_TARGET, "from_kind", "from_name"]).agg(
        n_calls=back.call_key.nunique(), n_returns=back.count()
    )
    total = came.agg(
        n=came.call_key.nunique(),
        n_calls=came.is_return.ifelse(came.call_key, ibis.null("string")).nunique(),
        n_returns=n_where(came.is_return),
    )
    return [pairs, total]
