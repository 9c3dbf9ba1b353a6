"""The table of columns: what `calls` and `events` hold, column by column.

Naming: ``_s`` seconds (float), ``_at`` instant (UTC, microseconds), ``_local`` the account's wall clock without a
zone, ``_rate`` 0 to 1, ``n_`` a count, ``is_``/``has_`` yes or no, ``_raw`` the vendor's value untouched.
A vendor field in `Column.vendor` is a path in one record of a dialect.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
        Field or fields of a record it comes from, by dialect; of several the first that says anything counts first.
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
    vendor: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    assumed: bool = False
    personal: bool = False


def _from(call_report: str = "", call_records: str = "", webhook: str = "") -> dict[str, tuple[str, ...]]:
    """Return vendor fields by dialect; `` / `` stands between the fields of one dialect."""
    told = {"call_report": call_report, "call_records": call_records, "webhook": webhook}
    return {dialect: tuple(fields.split(" / ")) for dialect, fields in told.items() if fields}


_S = "call_stats."
_FLOW = _from(_S + "call_flow", "call_flow", "call_flow")
_NO_FLOW = "the flow does not say"
_SERVICE = _from("service", "service")
_RECORDING = _from("recording_file_link", "recording_url", "recording_url")
_C = Column

CALLS: tuple[Column, ...] = (
    _C("call_key", TEXT, "Names the call: the vendor's call id, else its unique id, else a hash of the record.",
       vendor=_from(_S + "call_id / " + _S + "unique_id", "call_id / uuid", "call_id / uuid")),
    _C("account", WORD, "Account the call belongs to."),
    _C("dialect", WORD, "Form of the answer it was read from."),
    _C("record_id_raw", TEXT, "The vendor's index of the record.", "not sent", vendor=_from("id", "id")),
    _C("call_id_raw", TEXT, "The vendor's call id.", "not sent", vendor=_from(_S + "call_id", "call_id", "call_id")),
    _C("unique_id_raw", TEXT, "The vendor's unique id.", "not sent", vendor=_from(_S + "unique_id", "uuid", "uuid")),
    _C("started_at", INSTANT, "When the call began.", "no readable date", "UTC",
       _from("date / " + _S + "call_id", "date / time / call_id / call_flow / uuid",
             "start_stamp / call_id / call_flow / uuid")),
    _C("started_local", WALL, "When the call began, on the account's wall clock.", "no readable date", "wall clock",
       _from(f"date / {_S}call_date / {_S}connection_time", "date / time", "start_stamp")),
    _C("answered_at", INSTANT, "When a person answered.", "nobody answered, or " + _NO_FLOW, "UTC", _FLOW),
    _C("ended_at", INSTANT, "When the call ended: start plus duration, else the flow's hang-up, else the end stamp.",
       "nothing tells it", "UTC",
       _from(f"date / {_S}call_duration", "date / time / call_duration / call_flow / end_stamp",
             "call_flow / end_stamp")),
    _C("direction", WORD, "inbound, outbound or unknown.", vendor=_from("call_hint", "direction", "direction")),
    _C("direction_raw", WORD, "The vendor's word for the direction.", "not sent",
       vendor=_from("call_hint", "direction", "direction")),
    _C("caller", TEXT, "The other party's number in E.164: who called us, or whom we called.",
       "withheld, or not a whole number", assumed=True, personal=True,
       vendor=_from("source / destination", "client_number",
                    "customer_number_with_prefix / customer_no_with_prefix  / caller_id_number / call_to_number")),
    _C("caller_raw", TEXT, "The number the vendor says the call came from.", "not sent",
       vendor=_from("source", "client_number", "caller_id_number"), personal=True),
    _C("destination_raw", TEXT, "The number the vendor says the call went to.", "not sent",
       vendor=_from("destination", "", "call_to_number"), personal=True),
    _C("forward_to_raw", TEXT, "Number and service the call was forwarded to.", "not sent",
       vendor=_from("forward_to_number"), personal=True),
    _C("did", WORD, "Our number the call came in on: E.164 where it can be told, else as the vendor writes it.",
       "nothing tells it",
       vendor=_from(_S + "call_flow", "did_number", "did_number / call_to_number / caller_id_number")),
    _C("service_kind", WORD, "Kind of service the call landed on, as the vendor names it.", "not sent",
       vendor=_SERVICE),
    _C("service_name", WORD, "Name of the service the call landed on.", "not sent", vendor=_SERVICE),
    _C("service_raw", WORD, "The vendor's service.", "not sent", vendor=_SERVICE),
    _C("agent_id", WORD, "Id of the extension that answered.", "nobody answered, or not sent",
       vendor=_from("call_answered_by", "call_flow", "answered_agent / call_flow")),
    _C("agent_name", WORD, "Name of the extension that answered, from the settings, the record or the flow.",
       "nobody answered, or not known", personal=True,
       vendor=_from(_S + "call_flow", "agent_name / call_flow", "answered_agent / answered_agent_name / call_flow")),
    _C("answered_by_raw", WORD, "The vendor's id or number of who answered.", "not sent", personal=True,
       vendor=_from("call_answered_by", "agent_number", "answered_agent_number")),
    _C("outcome", WORD, "How the call ended for the caller.", vendor=_from("", "voicemail_recording")),
    _C("outcome_evidence", WORD, "What decided the outcome; assumed where only an assumption speaks."),
    _C("contradictions", TEXT, "What in the record speaks against the outcome, parts joined by '; '.", "nothing does"),
    _C("ended_by", WORD, "Who ended the call: caller, callee, system or unknown.",
       vendor=_from(f"{_S}call_flow / reason_key", "reason / hangup_cause", "reason_key / hangup_cause")),
    _C("status_raw", WORD, "The vendor's status.", "not sent",
       vendor=_from("status", "status", "call_status / status")),
    _C("reason_raw", WORD, "The vendor's reason.", "not sent", vendor=_from("reason_key", "reason", "reason_key")),
    _C("hangup_cause_raw", WORD, "The vendor's hang-up cause.", "not sent",
       vendor=_from("hangup_cause", "hangup_cause",
                    "hangup_cause / hangup_cause_key / hangup_cause_description")),
    _C("duration_s", SECONDS, "Whole length of the call.", "not sent", "s",
       _from(_S + "call_duration", "call_duration", "start_stamp / call_flow / end_stamp")),
    _C("wait_s", SECONDS,
       "From the first queued, forwarded or dialed step to the answer, else the voicemail, else the end.", _NO_FLOW,
       "s", _FLOW),
    _C("menu_s", SECONDS, "From the start to the first queued, forwarded or dialed step, or to the end.", _NO_FLOW,
       "s", _FLOW),
    _C("queue_s", SECONDS, "Waiting in a queue or group while nothing rang.", _NO_FLOW, "s", _FLOW),
    _C("ring_s", SECONDS, "Waiting while something rang.", _NO_FLOW, "s", _FLOW),
    _C("talk_s", SECONDS, "Talking with a person: the agent's side.", "nothing tells it", "s",
       _from(f"{_S}answer_time / {_S}outbound_sec", "answered_seconds / call_flow", "outbound_sec / call_flow")),
    _C("ring_time_raw", SECONDS, "The vendor's ring time; in call_report a missed call's counts from the call's start.",
       "not sent", "s", _from(_S + "ring_time", "agent_ring_time", "agent_ring_time")),
    _C("inbound_s", SECONDS, "The vendor's inbound seconds.", "not sent", "s", _from(_S + "inbound_sec")),
    _C("outbound_s", SECONDS, "The vendor's outbound seconds.", "not sent", "s",
       _from(_S + "outbound_sec", "", "outbound_sec")),
    _C("n_steps", COUNT, "Steps of the call's flow.", vendor=_FLOW),
    _C("n_unknown_steps", COUNT, "Steps no grammar row fits.", vendor=_FLOW),
    _C("n_targets", COUNT, "Different targets rung or queued for before the answer.", vendor=_FLOW),
    _C("n_rings", COUNT, "Dialed steps before the first answered step, or in all where there is none.", vendor=_FLOW),
    _C("n_transfers", COUNT, "Transferred steps after the first answered step.", vendor=_FLOW),
    _C("charge", SECONDS, "Charge as reported; the vendor names no currency.", "not sent", "as reported",
       _from(_S + "total_charges", "charges")),
    _C("bill_s", SECONDS, "Billed seconds.", "not sent", "s", _from(_S + "bill_sec", "", "billsec")),
    _C("bill_calls", SECONDS, "Billed calls.", "not sent", "", _from(_S + "bill_calls")),
    _C("has_recording", FLAG, "Whether a recording link was sent; it does not prove an answer.", vendor=_RECORDING),
    _C("recording_url", TEXT, "Recording link without its query, which holds a token.", "no recording",
       vendor=_RECORDING, personal=True),
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


def vendor(name: str, dialect: str) -> tuple[str, ...]:
    """Return the fields of a dialect's record that a column of `calls` comes from."""
    return _VENDOR[name].get(dialect, ())


_VENDOR = {column.name: column.vendor for column in CALLS}


def dictionary(columns: tuple[Column, ...]) -> list[tuple[str, ...]]:
    """Return the data dictionary of a table as rows of text: column, type, unit, meaning, null when, vendor fields."""
    return [
        (c.name, _type_name(c.type), c.unit, c.meaning + " Assumed." * c.assumed, c.null, _fields(c.vendor))
        for c in columns
    ]


def _fields(by_dialect: Mapping[str, tuple[str, ...]]) -> str:
    told = {dialect: ", ".join(field.strip() for field in fields) for dialect, fields in by_dialect.items()}
    return "; ".join(f"{dialect}: {fields}" for dialect, fields in told.items())


def _type_name(kind: pa.DataType) -> str:
    return "category" if pa.types.is_dictionary(kind) else str(kind)
