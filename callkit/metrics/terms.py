"""Who counts: what the numbers of the catalogue ask of a row, as Ibis expressions that run on every engine.

**Offered** are inbound calls, except those that left in the menu or met a closed line; **missed** are offered calls
nobody answered; **abandoned** are the missed ones that the caller ended while waiting. An expression that is null says
that the record does not tell: such a row is neither for nor against, and counted beside.
"""

from typing import Any

import ibis

from callkit import schema
from callkit.metrics.options import DEFAULTS, Expression, Options

NOT_OFFERED = ("left_menu", "closed")
MISSED_OUTCOMES = tuple(o for o in schema.OUTCOMES if o not in (*NOT_OFFERED, "answered"))
DAY_S = 86_400
LONG_TALK_S = 3_600


def inbound(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which calls came in."""
    return t.direction == "inbound"


def outbound(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which calls we placed."""
    return t.direction == "outbound"


def every(_: Any, __: Options = DEFAULTS) -> Any:
    """Tell that every row counts."""
    return ibis.literal(True)


def offered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which inbound calls neither left in the menu nor met a closed line."""
    return inbound(t) & t.outcome.notin(NOT_OFFERED)


def ended(outcome: str) -> Expression:
    """Return what tells which calls ended with an outcome."""

    def has_ended(t: Any, _: Options) -> Any:
        return t.outcome == outcome

    return has_ended


def answered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which offered calls a person answered."""
    return inbound(t) & (t.outcome == "answered")


def missed(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which offered calls nobody answered."""
    return inbound(t) & t.outcome.isin(MISSED_OUTCOMES)


def abandoned(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which offered calls their caller ended while waiting."""
    return inbound(t) & (t.outcome == "abandoned")


def outbound_answered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which of our calls were answered."""
    return outbound(t) & (t.outcome == "answered")


def conversation(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which calls were answered, whoever rang."""
    return t.outcome == "answered"


def decided(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which calls were answered or abandoned."""
    return inbound(t) & t.outcome.isin(("answered", "abandoned"))


def target_s(t: Any, options: Options) -> Any:
    """Return the seconds within which a call should be answered: its service's own, else everybody's."""
    own = [(t.service_name == name, float(seconds)) for name, seconds in options.service_targets]
    return ibis.cases(*own, else_=float(options.service_level_s)) if own else options.service_level_s


def _if_waited(t: Any, condition: Any) -> Any:
    return t.wait_s.notnull().ifelse(condition, ibis.null("boolean"))  # an unknown wait tells nothing


def short_abandon(t: Any, options: Options) -> Any:
    """Tell which abandoned calls were given up within the short-abandon threshold; none where it is 0."""
    if not options.short_abandon_s:
        return ibis.literal(False)
    return abandoned(t) & (t.wait_s <= options.short_abandon_s)


def in_time(t: Any, options: Options) -> Any:
    """Tell which calls were answered within the target."""
    return _if_waited(t, answered(t) & (t.wait_s <= target_s(t, options)))


def removed_in_time(t: Any, options: Options) -> Any:
    """Tell which calls were answered or abandoned within the target."""
    return _if_waited(t, decided(t) & (t.wait_s <= target_s(t, options)))


def in_time_or_short(t: Any, options: Options) -> Any:
    """Tell which calls were answered within the target, or were short abandons."""
    return _if_waited(t, in_time(t, options) | short_abandon(t, options))


def decided_without_short(t: Any, options: Options) -> Any:
    """Tell which calls were answered or abandoned, without short abandons."""
    return decided(t) & ~short_abandon(t, options)


def decided_without_early(t: Any, options: Options) -> Any:
    """Tell which calls were answered, or abandoned after the target."""
    return decided(t) & ~(abandoned(t) & (t.wait_s <= target_s(t, options)))


def offered_without_short(t: Any, options: Options) -> Any:
    """Tell which calls were offered, without short abandons."""
    return offered(t) & ~short_abandon(t, options)


def short_talk(t: Any, options: Options) -> Any:
    """Tell which calls lasted less than the short-talk threshold once answered."""
    return t.talk_s < options.short_talk_s


def answered_briefly(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which answered calls had no talk of over an hour; null where the talk is not known."""
    return answered(t) & (t.talk_s <= LONG_TALK_S)


def transferred(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which calls were handed on after somebody answered; null where the record has no flow."""
    return (t.n_steps > 0).ifelse(t.n_transfers > 0, ibis.null("boolean"))


def column(name: str, scale: float = 1.0) -> Expression:
    """Return a column's amount, divided by a scale."""

    def amount(t: Any, _: Options) -> Any:
        return t[name] if scale == 1 else t[name] / scale

    return amount


def counted_in_flow(name: str) -> Expression:
    """Return a count of a call's flow; null where the record has none."""

    def amount(t: Any, _: Options) -> Any:
        return (t.n_steps > 0).ifelse(t[name], None)

    return amount


def charge_of_known_talk(t: Any, _: Options) -> Any:
    """Return a call's charge; null where its talk is not known, so that no charge is set against no talk."""
    return t.talk_s.notnull().ifelse(t.charge, None)


def one(condition: Expression) -> Expression:
    """Return 1 where a condition holds, else 0."""

    def number(t: Any, options: Options) -> Any:
        return condition(t, options).ifelse(1.0, 0.0)

    return number


def decided_ring(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which rings were answered or not; those that a colleague picked up are neither."""
    return t.is_answered | t.is_unanswered


def flag(name: str) -> Expression:
    """Return a true or false column of a grain's table."""
    return column(name)


def known(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which callers can be told apart; null of the others."""
    return t.is_known.ifelse(True, ibis.null("boolean"))


def unreached(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which missed callers had no answered call at or after their first missed one."""
    return t.last_answered.isnull() | (t.last_answered < t.first_missed)


def returning(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which callers had rung in before."""
    return ~t.is_new


def ever_offered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which callers had an offered call; null of offered calls whose caller cannot be told apart."""
    return (t.n_offered > 0) & known(t)


def ever_answered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which callers had an answered call."""
    return t.n_answered > 0


def called_again(days: int, *, negated: bool = False) -> Expression:
    """Return what tells which answered calls were followed by another of their caller within some days."""

    def is_followed(t: Any, _: Options) -> Any:
        again = t.next_s.notnull() & (t.next_s <= days * DAY_S)
        return ~again if negated else again

    return is_followed


def watched(days: int) -> Expression:
    """Return what tells which answered calls lie so many days before the end of the data; null of later ones."""

    def is_watched(t: Any, _: Options) -> Any:
        return (t.observed_s >= days * DAY_S).ifelse(True, ibis.null("boolean"))

    return is_watched
