"""The table of columns: what `calls` and `events` hold, column by column.

Naming: ``_s`` seconds (float), ``_at`` instant (UTC, microseconds), ``_local`` the account's wall clock without a
zone, ``_rate`` 0 to 1, ``n_`` a count, ``is_``/``has_`` yes or no, ``_raw`` the vendor's value untouched.
A vendor field in `Column.vendor` is a path in one record of ``GET /v1/call_report``.
"""

from dataclasses import dataclass

import pyarrow as pa

STEPS = (
    "received", "schedule_check", "menu", "menu_input", "announcement", "queued", "joined", "forwarded", "dialed",
    "answered", "no_answer", "busy", "transferred", "voicemail", "bot", "hangup", "unknown",
)  # fmt: skip
OUTCOMES = (
    "answered", "abandoned", "left_menu", "timeout", "no_answer", "busy", "voicemail", "closed", "failed", "unknown",
)  # fmt: skip
TARGET_KINDS = (
    "did", "extension", "ring_group", "queue", "menu", "announcement", "schedule", "voicemail", "number", "other",
)  # fmt: skip
ENDED_BY = ("caller", "callee", "system", "unknown")
AT_SOURCES = ("explicit", "derived", "missing")
DIRECTIONS = ("inbound", "outbound", "unknown")
EVIDENCE = ("talk", "voicemail", "schedule", "flow", "reason", "status", "assumed", "none")

TEXT = pa.string()
WORD = pa.dictionary(pa.int32(), pa.string())
INSTANT = pa.timestamp("us", tz="UTC")
WALL = pa.timestamp("us")
SECONDS = pa.float64()
COUNT = pa.int32()
FLAG = pa.bool_()
NEVER = "never"


@dataclass(frozen=True)
class Column:
    """
    One column of a table.

    Parameters
    ----------
    name, type
        Name, and Arrow type.
    meaning
        What it says, in one sentence.
    null
        When it is null; ``never`` for a column that is always filled.
    unit
        Unit of a number or clock of a time; empty where there is none.
    vendor
        Field or fields of a call_report record it comes from.
    assumed
        True where the vendor's page does not settle what the field means.
    personal
        True where it can name or locate a person; masked wherever data leaves callkit.
    """

    name: str
    type: pa.DataType
    meaning: str
    null: str = NEVER
    unit: str = ""
    vendor: tuple[str, ...] = ()
    assumed: bool = False
    personal: bool = False


_S = "call_stats."
_NO_FLOW = "the flow does not say"
_C = Column

CALLS: tuple[Column, ...] = (
    _C("call_key", TEXT, "Names the call: the vendor's call id, else its unique id, else a hash of the record.",
       vendor=(_S + "call_id", _S + "unique_id")),
    _C("account", WORD, "Account the call belongs to."),
    _C("dialect", WORD, "Form of the answer it was read from."),
    _C("record_id_raw", TEXT, "The vendor's index of the record.", "not sent", vendor=("id",)),
    _C("call_id_raw", TEXT, "The vendor's call id.", "not sent", vendor=(_S + "call_id",)),
    _C("unique_id_raw", TEXT, "The vendor's unique id.", "not sent", vendor=(_S + "unique_id",)),
    _C("started_at", INSTANT, "When the call began.", "no readable date", "UTC", ("date", _S + "call_id")),
    _C("started_local", WALL, "When the call began, on the account's wall clock.", "no readable date", "wall clock",
       ("date", _S + "call_date", _S + "connection_time")),
    _C("answered_at", INSTANT, "When a person answered.", "nobody answered, or " + _NO_FLOW, "UTC",
       (_S + "call_flow",)),
    _C("ended_at", INSTANT, "When the call ended: start plus duration.", "start or duration unknown", "UTC",
       ("date", _S + "call_duration")),
    _C("direction", WORD, "inbound, outbound or unknown.", vendor=("call_hint",)),
    _C("direction_raw", WORD, "The vendor's word for the direction.", "not sent", vendor=("call_hint",)),
    _C("caller", TEXT, "The other party's number in E.164: who called us, or whom we called.",
       "withheld, or not a whole number", vendor=("source", "destination"), assumed=True, personal=True),
    _C("caller_raw", TEXT, "The vendor's source.", "not sent", vendor=("source",), personal=True),
    _C("destination_raw", TEXT, "The vendor's destination.", "not sent", vendor=("destination",), personal=True),
    _C("forward_to_raw", TEXT, "Number and service the call was forwarded to.", "not sent",
       vendor=("forward_to_number",), personal=True),
    _C("did", WORD, "Our number the call came in on: E.164 where it can be told, else as the flow writes it.",
       _NO_FLOW, vendor=(_S + "call_flow",)),
    _C("service_kind", WORD, "Kind of service the call landed on, as the vendor names it.", "not sent",
       vendor=("service",)),
    _C("service_name", WORD, "Name of the service the call landed on.", "not sent", vendor=("service",)),
    _C("service_raw", WORD, "The vendor's service.", "not sent", vendor=("service",)),
    _C("agent_id", WORD, "Id of the extension that answered.", "nobody answered, or not sent",
       vendor=("call_answered_by",)),
    _C("agent_name", WORD, "Name of the extension that answered, from the flow or the settings.",
       "nobody answered, or not known", vendor=(_S + "call_flow",), personal=True),
    _C("answered_by_raw", WORD, "The vendor's id of who answered.", "not sent", vendor=("call_answered_by",)),
    _C("outcome", WORD, "How the call ended for the caller."),
    _C("outcome_evidence", WORD, "What decided the outcome; assumed where only an assumed grammar row speaks."),
    _C("contradictions", TEXT, "What in the record speaks against the outcome, parts joined by '; '.", "nothing does"),
    _C("ended_by", WORD, "Who ended the call: caller, callee, system or unknown.", vendor=(_S + "call_flow",)),
    _C("status_raw", WORD, "The vendor's status.", "not sent", vendor=("status",)),
    _C("reason_raw", WORD, "The vendor's reason.", "not sent", vendor=("reason_key",)),
    _C("hangup_cause_raw", WORD, "The vendor's hang-up cause.", "not sent", vendor=("hangup_cause",)),
    _C("duration_s", SECONDS, "Whole length of the call.", "not sent", "s", (_S + "call_duration",)),
    _C("wait_s", SECONDS,
       "From the first queued, forwarded or dialed step to the answer, else the voicemail, else the end.", _NO_FLOW,
       "s", (_S + "call_flow",)),
    _C("menu_s", SECONDS, "From the start to the first queued, forwarded or dialed step, or to the end.", _NO_FLOW,
       "s", (_S + "call_flow",)),
    _C("queue_s", SECONDS, "Waiting in a queue or group while nothing rang.", _NO_FLOW, "s", (_S + "call_flow",)),
    _C("ring_s", SECONDS, "Waiting while something rang.", _NO_FLOW, "s", (_S + "call_flow",)),
    _C("talk_s", SECONDS, "Talking with a person: the agent's side.", "not sent", "s",
       (_S + "answer_time", _S + "outbound_sec")),
    _C("ring_time_raw", SECONDS, "The vendor's ring time; on a missed call it counts from the call's start.",
       "not sent", "s", (_S + "ring_time",)),
    _C("inbound_s", SECONDS, "The vendor's inbound seconds.", "not sent", "s", (_S + "inbound_sec",)),
    _C("outbound_s", SECONDS, "The vendor's outbound seconds.", "not sent", "s", (_S + "outbound_sec",)),
    _C("n_steps", COUNT, "Steps of the call's flow.", vendor=(_S + "call_flow",)),
    _C("n_unknown_steps", COUNT, "Steps no grammar row fits.", vendor=(_S + "call_flow",)),
    _C("n_targets", COUNT, "Different targets that were rung or queued for.", vendor=(_S + "call_flow",)),
    _C("charge", SECONDS, "Charge as reported; the vendor names no currency.", "not sent", "as reported",
       (_S + "total_charges",)),
    _C("bill_s", SECONDS, "Billed seconds.", "not sent", "s", (_S + "bill_sec",)),
    _C("bill_calls", SECONDS, "Billed calls.", "not sent", "", (_S + "bill_calls",)),
    _C("has_recording", FLAG, "Whether a recording link was sent; it does not prove an answer.",
       vendor=("recording_file_link",)),
    _C("recording_url", TEXT, "Recording link without its query, which holds a token.", "no recording",
       vendor=("recording_file_link",), personal=True),
    _C("fetched_at", INSTANT, "When the record was fetched.", "the page carries no fetch time", "UTC"),
    _C("source", WORD, "Raw file or page the record stands in.", "the page carries no name"),
)  # fmt: skip

EVENTS: tuple[Column, ...] = (
    _C("call_key", TEXT, "Call the step belongs to."),
    _C("position", COUNT, "Place of the step in its call, from 0."),
    _C("step", WORD, "What happened."),
    _C("step_raw", WORD, "The vendor's words or type for the step, without names and numbers.",
       "no grammar row fits"),
    _C("target_kind", WORD, "Kind of what the step leads to.", "the step has no target"),
    _C("target_name", WORD, "Name of what the step leads to.", "the step has no target, or it has no name",
       personal=True),
    _C("target_id", WORD, "The vendor's id of the target.", "not sent"),
    _C("number", WORD, "Phone number or key in the step.", "the step has none", personal=True),
    _C("at", INSTANT, "When the step happened.", "at_source is missing", "UTC"),
    _C("at_source", WORD, "explicit (stamped), derived (start plus duration) or missing."),
    _C("elapsed_s", SECONDS, "Seconds since the call began.", "at is null", "s"),
    _C("ended_by", WORD, "Who hung up.", "the step is not a hang-up"),
    _C("raw", TEXT, "The step as the vendor wrote it, byte for byte.", personal=True),
)  # fmt: skip


def arrow(columns: tuple[Column, ...]) -> pa.Schema:
    """Return the Arrow schema of a table of columns."""
    return pa.schema([pa.field(c.name, c.type, nullable=c.null != NEVER) for c in columns])


CALLS_SCHEMA = arrow(CALLS)
EVENTS_SCHEMA = arrow(EVENTS)


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """
    Return the table with exactly the schema's columns, in order and of its types.

    Raises
    ------
    ValueError
        A column is missing or too many, or holds nulls where the schema allows none.
    """
    wanted, there = set(schema.names), set(table.column_names)
    if wanted != there:
        raise ValueError(
            f"columns differ: missing {sorted(wanted - there)}, too many {sorted(there - wanted)}"
        )
    return table.select(schema.names).cast(schema)


def personal(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Name the columns that can identify a person."""
    return tuple(c.name for c in columns if c.personal)


def dictionary(columns: tuple[Column, ...]) -> list[tuple[str, ...]]:
    """Return the data dictionary of a table as rows of text: column, type, unit, meaning, null when, vendor fields."""
    return [
        (c.name, _type_name(c.type), c.unit, c.meaning + " Assumed." * c.assumed, c.null, ", ".join(c.vendor))
        for c in columns
    ]


def _type_name(kind: pa.DataType) -> str:
    return "category" if pa.types.is_dictionary(kind) else str(kind)
