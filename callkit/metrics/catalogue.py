"""The table of numbers: what each one counts, of what, and which direction is better.

A row's `numerator` and `denominator` are Ibis expressions over one row of its grain's table, so the same definition
runs on every engine. A row whose numerator or denominator is null is left out of the number and counted in
``n_null``: a record that does not say is neither for nor against us.

Service level has a dozen formulas in the trade, which differ by several points on the same calls; six of them are here
by name. The default is answered within T / (answered + abandoned − abandoned within S), with T = 20 s and S = 5 s:
short abandons are left out, as Genesys does with its short-abandon switch. The strict one (S = 0) keeps them, and
always stands beside it. Calls count in the period they arrived in. Where nothing was offered the value is null, not
100 %.
"""

from callkit.metrics import other_grains
from callkit.metrics import terms as t
from callkit.metrics.number import Number

_GENESYS = "https://help.mypurecloud.com/articles/configure-the-service-level-calculation"
_AMAZON = "https://docs.aws.amazon.com/connect/latest/adminguide/metrics-definitions.html"
_ICMI = "https://www.icmi.com/Resources/QueueTips/2005/March/Service-Level-Calculations.aspx"
_TALKDESK = "https://data-dictionary.talkdesk.com/docs/missed-calls"
_WAZO = "https://github.com/wazo-platform/wazo-call-logd (queue statistics)"
_GOOGLE = "https://docs.cloud.google.com/contact-center/ccai-platform (data dictionary)"
_BROWN = "Brown et al. (2005), Journal of the American Statistical Association 100(469), 36–50"
_UNKNOWN = "unknown waits are left out, and above a tenth of them there is no value"
_N = Number

_VOLUMES = (
    _N("n_inbound", "Calls in", "calls", "Calls that came in, whatever became of them.", "count", t.inbound, t.inbound),
    _N("n_offered", "Calls offered", "calls",
       "Inbound calls, except those that left in the menu or met a closed line.",
       "count", t.offered, t.inbound, source=_AMAZON),
    _N("n_answered", "Answered", "calls", "Offered calls that a person answered.",
       "count", t.answered, t.offered, "high", source=_AMAZON),
    _N("answer_rate", "Answer rate", "share", "Answered calls ÷ offered calls.",
       "share", t.answered, t.offered, "high", source=_GENESYS),
    _N("n_missed", "Missed", "calls",
       "Offered calls nobody answered: abandoned, timed out, not picked up, busy, failed, or sent to voicemail.",
       "count", t.missed, t.offered, "low", source=_TALKDESK),
    _N("n_abandoned", "Abandoned", "calls", "Offered calls whose caller gave up while waiting or ringing.",
       "count", t.abandoned, t.offered, "low", source=_AMAZON),
    _N("n_timeout", "Timed out", "calls", "Offered calls the system ended after the longest wait it allows.",
       "count", t.ended("timeout"), t.offered, "low", source=_WAZO),
    _N("n_no_answer", "Not picked up", "calls", "Offered calls that rang out and that nobody picked up.",
       "count", t.ended("no_answer"), t.offered, "low", source=_WAZO),
    _N("n_busy", "Busy", "calls", "Offered calls that met nothing but busy lines.",
       "count", t.ended("busy"), t.offered, "low"),
    _N("n_voicemail", "Voicemail", "calls", "Offered calls that were sent to voicemail.",
       "count", t.ended("voicemail"), t.offered, "low", source=_TALKDESK),
    _N("n_failed", "Failed", "calls", "Offered calls that failed for a technical reason.",
       "count", t.ended("failed"), t.offered, "low"),
    _N("n_unknown_outcome", "Outcome unknown", "calls", "Offered calls whose record does not say how they ended.",
       "count", t.ended("unknown"), t.offered),
    _N("n_left_menu", "Left in the menu", "calls",
       "Inbound calls whose caller hung up in the menu, before waiting for anybody; not offered.",
       "count", t.ended("left_menu"), t.inbound, source=_BROWN),
    _N("n_closed", "Called while closed", "calls", "Inbound calls that met a closed line; not offered.",
       "count", t.ended("closed"), t.inbound, source=_WAZO),
    _N("n_outbound", "Calls out", "calls", "Calls we placed.", "count", t.outbound, t.outbound),
    _N("outbound_answer_rate", "Answer rate of our calls", "share",
       "Calls we placed that were answered ÷ calls we placed.",
       "share", t.outbound_answered, t.outbound, "high", source="answer-seizure ratio, ITU-T E.411"),
)  # fmt: skip

_ABANDONS = (
    _N("abandon_rate", "Abandonment rate", "share",
       "Abandoned calls ÷ offered calls; short abandons count, calls that left in the menu do not.",
       "share", t.abandoned, t.offered, "low", source=_AMAZON),
    _N("abandon_rate_net", "Abandonment rate, net", "share",
       "Abandoned calls ÷ offered calls, both without short abandons; abandoned calls of unknown wait are left out, "
       "and where they are more than a tenth there is no value.",
       "share", t.abandoned, t.offered_without_short, "low", is_mixed=True, source=_GOOGLE),
    _N("n_short_abandoned", "Short abandons", "calls",
       "Abandoned calls whose caller gave up within the short-abandon threshold.",
       "count", t.short_abandon, t.abandoned, source=_GENESYS),
)  # fmt: skip

_SERVICE_LEVELS = (
    _N("service_level", "Service level", "share",
       f"Answered within the target ÷ (answered + abandoned − short abandons); {_UNKNOWN}.",
       "share", t.in_time, t.decided_without_short, "high", is_mixed=True, source=_GENESYS),
    _N("service_level_strict", "Service level, strict", "share",
       f"Answered within the target ÷ (answered + abandoned), short abandons included; {_UNKNOWN}.",
       "share", t.in_time, t.decided, "high", is_mixed=True, source=_ICMI),
    _N("service_level_positive", "Service level, positive", "share",
       f"Answered or abandoned within the target ÷ (answered + abandoned); {_UNKNOWN}.",
       "share", t.removed_in_time, t.decided, "high", is_mixed=True, source=_ICMI),
    _N("service_level_answered", "Service level of answered calls", "share",
       "Answered within the target ÷ answered; callers who gave up do not count at all.",
       "share", t.in_time, t.answered, "high", source=_ICMI),
    _N("service_level_ignore", "Service level, early abandons ignored", "share",
       f"Answered within the target ÷ (answered + abandoned after the target); {_UNKNOWN}.",
       "share", t.in_time, t.decided_without_early, "high", is_mixed=True, source=_ICMI),
    _N("service_level_credit", "Service level, short abandons credited", "share",
       f"Answered within the target or given up as short abandon ÷ (answered + abandoned); {_UNKNOWN}.",
       "share", t.in_time_or_short, t.decided, "high", is_mixed=True, source=_ICMI),
)  # fmt: skip

_wait, _talk, _ring = t.column("wait_s"), t.column("talk_s"), t.column("ring_s")

_WAITS = (
    _N("speed_of_answer", "Average speed of answer", "s", "Mean wait of answered calls.",
       "mean", _wait, t.answered, "low", source=_AMAZON),
    _N("abandon_wait_mean", "Average time to abandon", "s", "Mean wait of abandoned calls.",
       "mean", _wait, t.abandoned, source=_AMAZON),
    _N("wait_mean", "Average wait of all", "s", "Mean wait of offered calls, answered or not.",
       "mean", _wait, t.offered, "low", source=_WAZO),
    _N("wait_median", "Half answered within", "s", "Median wait of answered calls.",
       "quantile", _wait, t.answered, "low", 0.5),
    _N("wait_p90", "9 in 10 answered within", "s", "90th percentile of the wait of answered calls.",
       "quantile", _wait, t.answered, "low", 0.9),
    _N("wait_p95", "19 in 20 answered within", "s", "95th percentile of the wait of answered calls.",
       "quantile", _wait, t.answered, "low", 0.95),
    _N("abandon_wait_median", "Half of those who gave up did so within", "s", "Median wait of abandoned calls.",
       "quantile", _wait, t.abandoned, None, 0.5),
    _N("wait_longest", "Longest wait", "s", "Longest wait of any offered call, answered or not.",
       "largest", _wait, t.offered, "low"),
    _N("wait_longest_answered", "Longest wait, answered", "s", "Longest wait of an answered call.",
       "largest", _wait, t.answered, "low", source="NEC MIS; QueueMetrics"),
    _N("wait_longest_abandoned", "Longest wait, abandoned", "s", "Longest wait of a call whose caller gave up.",
       "largest", _wait, t.abandoned, "low", source="NEC MIS; QueueMetrics"),
    _N("ring_mean", "Average ring time", "s", "Mean time something rang before an answered call was answered.",
       "mean", _ring, t.answered, "low"),
)  # fmt: skip

_TALKS = (
    _N("talk_mean", "Average talk time", "s", "Mean talk time of answered inbound calls.",
       "mean", _talk, t.answered, source=_AMAZON),
    _N("talk_mean_trimmed", "Average talk time, trimmed", "s",
       "Mean talk time of answered inbound calls of at most an hour.",
       "mean", _talk, t.answered_briefly, source=_BROWN),
    _N("talk_median", "Median talk time", "s", "Median talk time of answered inbound calls.",
       "quantile", _talk, t.answered, None, 0.5),
    _N("talk_p90", "9 in 10 talks within", "s", "90th percentile of the talk time of answered inbound calls.",
       "quantile", _talk, t.answered, None, 0.9),
    _N("talk_total", "Talk time in all", "s", "Talk time of all answered inbound calls together.",
       "total", _talk, t.answered),
    _N("n_short_answered", "Short answered calls", "calls",
       "Answered calls with less talk than the short-talk threshold, 10 s by default.",
       "count", t.short_talk, t.answered, "low", source=_BROWN),
    _N("short_answered_rate", "Share of short answered calls", "share", "Short answered calls ÷ answered calls.",
       "share", t.short_talk, t.answered, "low", source=_BROWN),
    _N("outbound_talk_mean", "Average talk time of our calls", "s", "Mean talk time of answered calls we placed.",
       "mean", _talk, t.outbound_answered),
)  # fmt: skip

_ROUTES = (
    _N("n_transferred", "Transferred", "calls", "Answered calls that were handed on after the answer.",
       "count", t.transferred, t.answered, "low", source=_AMAZON),
    _N("transfer_rate", "Transfer rate", "share", "Answered calls handed on after the answer ÷ answered calls.",
       "share", t.transferred, t.answered, "low", source=_AMAZON),
    _N("targets_per_answer", "Places tried for an answer", "each",
       "Different extensions, groups and queues tried, for each answered call.",
       "mean", t.counted_in_flow("n_targets"), t.answered, "low"),
    _N("rings_per_answer", "Rings for an answer", "each",
       "Times something was rung before the answer, for each answered call.",
       "mean", t.counted_in_flow("n_rings"), t.answered, "low"),
)  # fmt: skip

_COSTS = (
    _N("charge_total", "Charges", "charge", "Charges of all calls, as reported; the vendor names no currency.",
       "total", t.column("charge"), t.every, is_null_if_zero=True),
    _N("charge_per_answered", "Charge for an answered call", "charge",
       "Charges of all calls ÷ answered calls, in or out, as reported.",
       "ratio", t.column("charge"), t.every, "low", per=t.one(t.conversation), is_null_if_zero=True),
    _N("charge_per_minute", "Charge for a minute of talk", "charge",
       "Charges of all calls ÷ minutes of talk, in or out, as reported.",
       "ratio", t.charge_of_known_talk, t.every, "low", per=t.column("talk_s", 60), is_null_if_zero=True),
)  # fmt: skip

_ROWS = (
    *_VOLUMES, *_ABANDONS, *_SERVICE_LEVELS, *_WAITS, *_TALKS, *_ROUTES, *other_grains.ROWS, *_COSTS,
)  # fmt: skip
CATALOGUE: dict[str, Number] = {row.name: row for row in _ROWS}
