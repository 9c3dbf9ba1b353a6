"""The table of numbers: what each one counts, of what, and which direction is better.

A row's `numerator` and `denominator` are Ibis expressions over one row of its grain's table, so the same definition
runs on every engine. A row whose numerator or denominator is null is left out of the number and counted in
``n_null``: a record that does not say is neither for nor against us.

Who counts: **offered** are inbound calls, except those that left in the menu or met a closed line; **missed** are
offered calls nobody answered; **abandoned** are the missed ones that the caller ended while waiting.

Service level has a dozen formulas in the trade, which differ by several points on the same calls. The default is
answered within T / (answered + abandoned − abandoned within S), with T = 20 s and S = 5 s: short abandons are left
out, as Genesys does with its short-abandon switch. The strict one (S = 0) keeps them, and always stands beside it.
Calls count in the period they arrived in. Where nothing was offered the value is null, not 100 %.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import ibis

from callkit import schema

NOT_OFFERED = ("left_menu", "closed")
MISSED_OUTCOMES = tuple(o for o in schema.OUTCOMES if o not in (*NOT_OFFERED, "answered"))

Statistic = Literal["count", "share", "mean", "total", "largest", "quantile"]


class Options(NamedTuple):
    """What the reader may choose: seconds that count as in time, and seconds below which an abandon is short."""

    service_level_s: float = 20
    short_abandon_s: float = 5


DEFAULTS = Options()
MOST_UNKNOWN = 0.1
"""Share of unknown waits above which answered and abandoned calls are not set against each other."""
Expression = Callable[[Any, Options], Any]


@dataclass(frozen=True)
class Number:
    """
    One number of the catalogue.

    Parameters
    ----------
    name, label, unit, definition
        Code name; what a reader calls it; ``calls``, ``callers``, ``share`` or ``s``; what it is, in one sentence.
    statistic
        How the rows become one value: ``count`` and ``share`` take true numerators (of all denominators), the
        others the numerator's seconds over the denominator's rows.
    numerator, denominator
        Expressions over a row of the grain's table: true or false, or seconds; and whether the row counts.
    better
        ``high`` or ``low``; None where neither is.
    level
        Which quantile, 0 to 1, for the statistic ``quantile``; numpy's linear interpolation.
    grain
        Table the number is taken over: ``call``, or another of `callkit.metrics.grains`.
    is_mixed
        Whether it sets the waits of answered calls against those of abandoned ones. Then the value is null where more
        than a tenth of the rows do not say: one kind alone would speak for both.
    source
        Where the definition comes from.
    """

    name: str
    label: str
    unit: Literal["calls", "callers", "share", "s"]
    definition: str
    statistic: Statistic
    numerator: Expression
    denominator: Expression
    better: Literal["high", "low"] | None = None
    level: float | None = None
    grain: Literal["call", "missed_caller"] = "call"
    is_mixed: bool = False
    source: str = ""


def inbound(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which calls came in."""
    return t.direction == "inbound"


def offered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which inbound calls neither left in the menu nor met a closed line."""
    return inbound(t) & t.outcome.notin(NOT_OFFERED)


def answered(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which offered calls a person answered."""
    return inbound(t) & (t.outcome == "answered")


def missed(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which offered calls nobody answered."""
    return inbound(t) & t.outcome.isin(MISSED_OUTCOMES)


def abandoned(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which offered calls their caller ended while waiting."""
    return inbound(t) & (t.outcome == "abandoned")


def _left_menu(t: Any, _: Options) -> Any:
    return t.outcome == "left_menu"


def _closed(t: Any, _: Options) -> Any:
    return t.outcome == "closed"


def _short(t: Any, options: Options) -> Any:
    return abandoned(t) & (t.wait_s <= options.short_abandon_s)


def _in_time(t: Any, options: Options) -> Any:
    within = answered(t) & (t.wait_s <= options.service_level_s)
    return t.wait_s.notnull().ifelse(
        within, ibis.null("boolean")
    )  # an unknown wait is neither in time nor late


def _answered_or_abandoned(t: Any, _: Options) -> Any:
    return inbound(t) & t.outcome.isin(("answered", "abandoned"))


def _without_short(t: Any, options: Options) -> Any:
    both = _answered_or_abandoned(t, options)
    return both & ~_short(t, options) if options.short_abandon_s > 0 else both


def _wait(t: Any, _: Options) -> Any:
    return t.wait_s


def _talk(t: Any, _: Options) -> Any:
    return t.talk_s


def _told_apart(t: Any, _: Options) -> Any:
    return t.is_known.ifelse(True, ibis.null("boolean"))


def unreached(t: Any, _: Options = DEFAULTS) -> Any:
    """Tell which missed callers had no answered call at or after their first missed one."""
    return t.last_answered.isnull() | (t.last_answered < t.first_missed)


_GENESYS = "https://help.mypurecloud.com/articles/configure-the-service-level-calculation"
_AMAZON = "https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html"
_ICMI = "https://www.icmi.com/Resources/QueueTips/2005/March/Service-Level-Calculations.aspx"
_N = Number

_ROWS = (
    _N("n_offered", "Calls offered", "calls",
       "Inbound calls, except those that left in the menu or met a closed line.",
       "count", offered, inbound, source=_AMAZON),
    _N("n_answered", "Answered", "calls", "Offered calls that a person answered.",
       "count", answered, offered, "high", source=_AMAZON),
    _N("answer_rate", "Answer rate", "share", "Answered calls ÷ offered calls.",
       "share", answered, offered, "high", source=_GENESYS),
    _N("n_abandoned", "Abandoned", "calls", "Offered calls whose caller gave up while waiting or ringing.",
       "count", abandoned, offered, "low", source=_AMAZON),
    _N("abandon_rate", "Abandonment rate", "share",
       "Abandoned calls ÷ offered calls; short abandons count, calls that left in the menu do not.",
       "share", abandoned, offered, "low", source=_AMAZON),
    _N("n_short_abandoned", "Short abandons", "calls",
       "Abandoned calls whose caller gave up within the short-abandon threshold.",
       "count", _short, abandoned, source=_GENESYS),
    _N("n_missed", "Missed", "calls",
       "Offered calls nobody answered: abandoned, timed out, not picked up, busy, failed, or sent to voicemail.",
       "count", missed, offered, "low"),
    _N("n_left_menu", "Left in the menu", "calls",
       "Inbound calls whose caller hung up in the menu, before waiting for anybody; not offered.",
       "count", _left_menu, inbound),
    _N("n_closed", "Called while closed", "calls", "Inbound calls that met a closed line; not offered.",
       "count", _closed, inbound),
    _N("service_level", "Service level", "share",
       "Answered within the target ÷ (answered + abandoned − short abandons); unknown waits are left out, and "
       "above a tenth of them there is no value.",
       "share", _in_time, _without_short, "high", is_mixed=True, source=_GENESYS),
    _N("service_level_strict", "Service level, strict", "share",
       "Answered within the target ÷ (answered + abandoned), short abandons included; unknown waits are left out, "
       "and above a tenth of them there is no value.",
       "share", _in_time, _answered_or_abandoned, "high", is_mixed=True, source=_ICMI),
    _N("speed_of_answer", "Average speed of answer", "s", "Mean wait of answered calls.",
       "mean", _wait, answered, "low", source=_AMAZON),
    _N("wait_median", "Half answered within", "s", "Median wait of answered calls.",
       "quantile", _wait, answered, "low", 0.5),
    _N("wait_p90", "9 in 10 answered within", "s", "90th percentile of the wait of answered calls.",
       "quantile", _wait, answered, "low", 0.9),
    _N("wait_longest", "Longest wait", "s", "Longest wait of any offered call, answered or not.",
       "largest", _wait, offered, "low"),
    _N("talk_mean", "Average talk time", "s", "Mean talk time of answered inbound calls.",
       "mean", _talk, answered),
    _N("talk_median", "Median talk time", "s", "Median talk time of answered inbound calls.",
       "quantile", _talk, answered, None, 0.5),
    _N("talk_total", "Talk time in all", "s", "Talk time of all answered inbound calls together.",
       "total", _talk, answered),
    _N("n_missed_callers", "Callers missed", "callers",
       "Callers with at least one missed call; withheld numbers cannot be told apart and are counted beside it.",
       "count", _told_apart, _told_apart, "low", grain="missed_caller"),
    _N("n_unreached", "Callers never reached", "callers",
       "Callers with a missed call and no answered call, by us or by them, from their first missed call to the end "
       "of the period; withheld numbers are counted beside it.",
       "count", unreached, _told_apart, "low", grain="missed_caller"),
)  # fmt: skip

CATALOGUE: dict[str, Number] = {row.name: row for row in _ROWS}
