"""The rows of the catalogue whose numbers are taken over other things than calls: rings, callers, hours."""

from callkit.metrics import terms as t
from callkit.metrics.number import Number

_AMAZON = "https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html"
_SQM = "https://www.sqmgroup.com (repeat-call tracking windows)"
_TRILINE = "https://docs.tri-line.com (missed calls report)"
_NFON = "https://www.nfon.com (unreturned missed calls)"
_TRAFFIC = "ITU-T E.600, traffic intensity"
_N = Number

_RINGS = (
    _N("n_ring_attempts", "Ring attempts", "rings", "Times an extension was rung or found engaged.",
       "count", t.every, t.every, grain="ring", source=_AMAZON),
    _N("n_ring_no_answer", "Rings not answered", "rings",
       "Times an extension was rung and did not answer, also because the caller gave up; one call may count"
       " several times.",
       "count", t.flag("is_unanswered"), t.every, "low", grain="ring", source=_AMAZON),
    _N("ring_answer_rate", "Extension answer rate", "share",
       "Rings answered ÷ rings answered or not answered; rings at an engaged extension, or picked up by a colleague, "
       "are neither.",
       "share", t.flag("is_answered"), t.decided_ring, "high", grain="ring", source=_AMAZON),
)  # fmt: skip

_CALLERS = (
    _N("n_missed_callers", "Callers missed", "callers",
       "Callers with at least one missed call; withheld numbers cannot be told apart and are counted beside it.",
       "count", t.known, t.known, "low", grain="missed_caller"),
    _N("n_unreached", "Callers never reached", "callers",
       "Callers with a missed call and no answered call, by us or by them, from their first missed call to the end "
       "of the period; withheld numbers are counted beside it.",
       "count", t.unreached, t.known, "low", grain="missed_caller", source=_TRILINE),
    _N("n_episodes", "Missed-call episodes", "misses",
       "Stretches of missed calls of one caller, each ended by an answered call or by a day without another miss; "
       "withheld numbers are counted beside it.",
       "count", t.known, t.known, "low", grain="episode", source=_TRILINE),
    _N("recovery_rate", "Recovered within a day", "share",
       "Missed-call episodes whose caller was spoken with within 24 hours of the first miss, whoever rang ÷ those "
       "whose 24 hours are over.",
       "share", t.flag("is_recovered"), t.known, "high", grain="episode", source=_NFON),
    _N("recovered_by_us_rate", "Recovered by our call", "share",
       "Missed-call episodes ended within 24 hours by our own call ÷ those whose 24 hours are over.",
       "share", t.flag("is_by_us"), t.known, "high", grain="episode", source=_NFON),
    _N("recovered_by_caller_rate", "Recovered by calling again", "share",
       "Missed-call episodes whose caller rang again and was answered within 24 hours ÷ those whose 24 hours are over.",
       "share", t.flag("is_by_caller"), t.known, grain="episode", source=_NFON),
    _N("callback_rate", "Called back within a day", "share",
       "Missed-call episodes in which we rang within 24 hours, answered or not, before anybody had spoken with the "
       "caller ÷ those whose 24 hours are over.",
       "share", t.flag("is_called_back"), t.known, "high", grain="episode", source=_NFON),
)  # fmt: skip

_CONTACTS = (
    _N("n_callers", "Different callers", "callers",
       "Callers who rang in; withheld numbers cannot be told apart and are counted beside it.",
       "count", t.known, t.known, grain="caller"),
    _N("n_new_callers", "New callers", "callers",
       "Callers whose first call in all the data is among these; how far back the data go stands beside it.",
       "count", t.flag("is_new"), t.known, grain="caller", grows_with_archive=True),
    _N("n_returning_callers", "Returning callers", "callers",
       "Callers who had rung in before, as far back as the data go.",
       "count", t.returning, t.known, grain="caller", grows_with_archive=True),
    _N("new_caller_rate", "Share of new callers", "share", "New callers ÷ different callers.",
       "share", t.flag("is_new"), t.known, grain="caller", grows_with_archive=True),
    _N("calls_per_caller", "Calls for each caller", "each", "Mean number of calls of a caller.",
       "mean", t.column("n_calls"), t.known, grain="caller"),
    _N("caller_answer_rate", "Callers answered at least once", "share",
       "Callers with an answered call ÷ callers with an offered call.",
       "share", t.ever_answered, t.ever_offered, "high", grain="caller"),
    _N("repeat_rate_1d", "Called again within a day", "share",
       "Answered calls whose caller rang the same number of ours again within a day ÷ answered calls of known callers "
       "at least a day before the end of the data.",
       "share", t.called_again(1), t.watched(1), "low", grain="contact", source=_SQM),
    _N("repeat_rate_7d", "Called again within a week", "share",
       "Answered calls whose caller rang the same number of ours again within seven days ÷ answered calls of known "
       "callers at least seven days before the end of the data.",
       "share", t.called_again(7), t.watched(7), "low", grain="contact", source=_SQM),
    _N("resolution_rate_1d", "First-call resolution, one-day proxy", "share",
       "One minus the share called again within a day.",
       "share", t.called_again(1, negated=True), t.watched(1), "high", grain="contact", source=_SQM),
    _N("resolution_rate_7d", "First-call resolution, one-week proxy", "share",
       "One minus the share called again within a week.",
       "share", t.called_again(7, negated=True), t.watched(7), "high", grain="contact", source=_SQM),
)  # fmt: skip

_IN_USE = "clock hours in which anybody rang in or talked"
_LOADS = (
    _N("talking_peak", "Most talks at once", "calls", "Largest number of inbound calls being talked on at one moment.",
       "largest", t.column("talking_peak"), t.every, grain="hour", source=_TRAFFIC),
    _N("talking_mean", "Talks at once", "Erlangs", f"Mean number of inbound calls being talked on, over {_IN_USE}.",
       "mean", t.column("talking_s", 3600), t.every, grain="hour", source=_TRAFFIC),
    _N("waiting_peak", "Most callers waiting at once", "calls", "Largest number of callers waiting at one moment.",
       "largest", t.column("waiting_peak"), t.every, "low", grain="hour"),
    _N("offered_erlangs", "Offered traffic", "Erlangs",
       f"Calls offered in an hour × the period’s mean talk time, in hours, over {_IN_USE}.",
       "mean", t.column("offered_erlangs"), t.every, grain="hour", source=_TRAFFIC),
    _N("busy_hour_offered", "Calls in the busiest hour", "calls", "Most calls offered in one clock hour.",
       "largest", t.column("n_offered"), t.every, grain="hour", source=_TRAFFIC),
    _N("busy_hour_erlangs", "Traffic in the busiest hour", "Erlangs",
       "Most traffic carried in one clock hour: mean number of inbound calls being talked on.",
       "largest", t.column("talking_s", 3600), t.every, grain="hour", source=_TRAFFIC),
)  # fmt: skip

ROWS = (*_RINGS, *_CALLERS, *_CONTACTS, *_LOADS)
