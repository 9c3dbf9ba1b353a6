"""The table of steps: what each line, or each object, of a `call_flow` says.

A line is a *head*, such as ``Dialed Extension (201)``, and mostly a *stamp*, such as `` at 27-Mar-2020 06:02:00``.
A row's pattern must fit the whole head, blanks around it apart. Named groups of a pattern: ``kind`` (the vendor's word
for a target, see `KINDS`), ``target_name``, ``target_id`` and ``number``. Names may hold anything, parentheses too: the
outermost ones count. An object has a ``type``, whose case, blanks and signs do not matter, and further fields.

*Documented* rows stand on the vendor's page, *observed* ones in live traffic that others have published. The rest are
*assumed*: they follow the vendor's vocabulary, and fit only steps with a valid stamp. At most one row fits a step, so
the order of the rows says nothing; where a row of callkit.toml and one of this table both fit, that of callkit.toml
wins, and of two in callkit.toml the first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from callkit.errors import SettingsError
from callkit.flow.patterns import require_pattern
from callkit.schema import ENDED_BY, STEPS, TARGET_KINDS
from callkit.validation import grammar_row

DOCUMENTED, OBSERVED, ASSUMED = "documented", "observed", "assumed"
KINDS = {
    "Extension": "extension",
    "Ring Group": "ring_group",
    "Call Queue": "queue",
    "Virtual Receptionist": "menu",
    "Voicemail": "voicemail",
    "Time Group": "schedule",
    "Announcement": "announcement",
    "Number": "number",
}
GROUPS = ("kind", "target_name", "target_id", "number")
_SHOWN = 80  # characters of a pattern in a message
_KEYS = ("pattern", "type", "where", "step", "target_kind", "ended_by", "failed")
DESTINATIONS = {
    "extension": "extension", "agent": "extension", "agent_extension": "extension", "department": "ring_group",
    "inbound_queue": "queue", "ivr": "menu", "auto_attendant": "announcement", "auto_attend": "announcement",
    "time_condition": "schedule", "voicemail": "voicemail", "number": "number",
}  # fmt: skip
_NAME = r" \((?P<target_name>.*)\)"
_TARGET = r"(?P<kind>[^()]+?)" + _NAME
_NO_STAGE = r"(?!(?i:Virtual Receptionist|Call Queue|Voicemail)\s*\()"  # these have rows of their own
_ONE = r"(?P<kind>Extension|Number)" + _NAME


@dataclass(frozen=True)
class Row:
    """
    One kind of line.

    Parameters
    ----------
    pattern
        Regular expression for the whole head.
    step
        Step it means, one of `schema.STEPS`.
    status
        ``documented`` by the vendor's page, ``observed`` (a row of callkit.toml), or ``assumed``.
    target_kind
        Kind of the target, where no group ``kind`` of the pattern says it.
    ended_by
        Who hung up, for a hang-up.
    failed
        True for a schedule check that found the business closed.
    """

    pattern: str
    step: str
    status: str = ASSUMED
    target_kind: str | None = None
    ended_by: str | None = None
    failed: bool = False

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled pattern."""
        return re.compile(self.pattern, re.DOTALL)


@dataclass(frozen=True)
class Shape:
    """
    One kind of object.

    Parameters
    ----------
    type
        Its type; empty for an object without one.
    step, status, target_kind, ended_by, failed
        As for `Row`; without a target kind, the object's ``dstype`` tells it.
    where
        What else must hold, parts joined by commas: ``key=value``, ``key!=value``, ``key=*`` (there is one),
        ``key=`` (there is none).
    name, id, number, at
        Fields that hold the target's name, its id, a number or key, and the time.
    """

    type: str
    step: str
    status: str = ASSUMED
    target_kind: str | None = None
    where: str = ""
    ended_by: str | None = None
    failed: bool = False
    name: str = "name"
    id: str = "id"
    number: str = "num"
    at: str = "time"

    @property
    def pattern(self) -> str:
        """The shape in words."""
        return " ".join(
            part for part in (self.type or "(no type)", self.where and f"where {self.where}") if part
        )

    @cached_property
    def conditions(self) -> tuple[tuple[str, str, bool], ...]:
        """Key, value, and whether they must be equal, of each part of `where`."""
        parts = (part.strip().partition("=") for part in self.where.split(",") if part)
        return tuple((key.rstrip("! "), value.strip(), not key.endswith("!")) for key, _, value in parts)


GRAMMAR: tuple[Row, ...] = (
    Row(r"Call received on (?P<number>\S+)", "received", DOCUMENTED, "did"),
    Row(r"Call forwarded to " + _NO_STAGE + _TARGET, "forwarded", DOCUMENTED),
    Row(r"Dialed " + _TARGET, "dialed", DOCUMENTED),
    Row(r"Caller hanged up the call", "hangup", DOCUMENTED, ended_by="caller"),
    Row(r"Call placed by (?P<kind>Extension)" + _NAME, "received"),
    Row(r"Call forwarded to (?P<kind>Virtual Receptionist)" + _NAME, "menu"),
    Row(r"Option (?P<number>[0-9*#]+) selected in (?P<kind>Virtual Receptionist)" + _NAME, "menu_input"),
    Row(r"Call outside (?P<kind>Time Group)" + _NAME, "schedule_check", failed=True),
    Row(r"(?P<kind>Announcement)" + _NAME + " played", "announcement"),
    Row(r"Call forwarded to (?P<kind>Call Queue)" + _NAME, "queued"),
    Row(_ONE + " did not answer", "no_answer"),
    Row(_ONE + " is busy", "busy"),
    Row(r"Call answered by " + _ONE, "answered"),
    Row(r"Call transferred to " + _TARGET, "transferred"),
    Row(r"Call forwarded to (?P<kind>Voicemail)" + _NAME, "voicemail"),
    Row(r"(?P<kind>Extension)" + _NAME + " hanged up the call", "hangup", ended_by="callee"),
    Row(r"(?P<kind>Number)" + _NAME + " hanged up the call", "hangup", ended_by="caller"),
    Row(r"Call ended by the system", "hangup", ended_by="system"),
)  # fmt: skip

OBJECTS: tuple[Shape, ...] = (
    Shape("init", "received", OBSERVED, "did", "id=", name=""),
    Shape("init", "received", ASSUMED, "extension", "id=*"),
    Shape("TimeGroup", "schedule_check", OBSERVED, "schedule", "tgst=Failed", failed=True),
    Shape("TimeGroup", "schedule_check", ASSUMED, "schedule", "tgst!=Failed"),
    Shape("IVR", "menu", OBSERVED, "menu"),
    Shape("DTMF", "menu_input", OBSERVED, "menu", name="ivr_name", id="", number="input"),
    Shape("Auto Attendant", "announcement", OBSERVED, "announcement"),
    Shape("Department", "forwarded", ASSUMED, "ring_group"),
    Shape("Inbound Queue", "queued", OBSERVED, "queue"),
    Shape("Customer", "joined", OBSERVED, None, "dialst=Answered, num="),  # to the queue: no agent has answered
    Shape("", "joined", OBSERVED, None, "anstime=*", at="anstime"),
    Shape("Customer", "answered", ASSUMED, "number", "dialst=Answered, num=*", name=""),
    Shape("Customer", "no_answer", ASSUMED, "number", "dialst=No Answer", name=""),
    Shape("Customer", "busy", ASSUMED, "number", "dialst=Busy", name=""),
    Shape("ClickToCall", "dialed", OBSERVED, "number", name="", number="name"),
    Shape("Agent", "dialed", OBSERVED, "extension", "dialst=Dialed"),
    Shape("Agent", "answered", OBSERVED, "extension", "dialst=Answered"),
    Shape("Agent", "no_answer", ASSUMED, "extension", "dialst=No Answer"),
    Shape("Agent", "busy", ASSUMED, "extension", "dialst=Busy"),
    Shape("Transfer", "transferred"),
    Shape("Voicemail", "voicemail", ASSUMED, "voicemail"),
    Shape("voice-streaming", "bot", OBSERVED, "other"),
    Shape("Agent-Hangup", "hangup", OBSERVED, "extension"),  # the last agent's leg ends, whoever hung up
    Shape("Hangup", "hangup", OBSERVED),
)  # fmt: skip


def rows(user_rows: Sequence[Mapping[str, object]] = ()) -> tuple[Row | Shape, ...]:
    """
    Return the whole table: the rows of callkit.toml first, then those of callkit.

    Parameters
    ----------
    user_rows
        Each with ``step``, and ``pattern`` for a line or ``type`` for an object; optional ``where`` beside a type,
        ``target_kind``, ``ended_by``, and ``failed`` (``"true"`` for a schedule check that found the business closed).

    Raises
    ------
    SettingsError
        A row cannot be used; the message names it.
    """
    return (*(_user_row(number, row) for number, row in enumerate(user_rows, 1)), *GRAMMAR, *OBJECTS)


def _user_row(number: int, written: Mapping[str, object]) -> Row | Shape:
    row = grammar_row(number, written)
    where = f"[[grammar]] row {number} ({row.get('pattern', row.get('type', 'no pattern'))[:_SHOWN]!r})"
    if odd := sorted(set(row) - {*_KEYS}):
        raise SettingsError(f"{where} has an unknown key {odd[0]!r}; the keys are {', '.join(_KEYS)}.")
    if not row.get("pattern") and not row.get("type", "").strip():
        raise SettingsError(
            f"{where} has no pattern; write the line's words, without its stamp, or an object's type."
        )
    _one_of(where, "step", row.get("step"), [s for s in STEPS if s != "unknown"])
    _one_of(where, "failed", row.get("failed", "false").lower(), ["true", "false"])
    for key, values in (("target_kind", TARGET_KINDS), ("ended_by", ENDED_BY)):
        if key in row:
            _one_of(where, key, row[key], values)
    for key, step in (("ended_by", "hangup"), ("failed", "schedule_check")):
        if key in row and row["step"] != step:
            raise SettingsError(f"{where} has {key} beside step {row['step']!r}; it belongs to a {step}.")
    failed = row.get("failed", "false").lower() == "true"
    kind, ender = row.get("target_kind"), row.get("ended_by")
    if "type" in row:
        _check_shape(where, row)
        return Shape(row["type"], row["step"], OBSERVED, kind, row.get("where", ""), ender, failed)
    require_pattern(where, row["pattern"], GROUPS)
    if "where" in row:
        raise SettingsError(f"{where} has where beside a pattern; it belongs to a type.")
    return Row(row["pattern"], row["step"], OBSERVED, kind, ender, failed)


def _check_shape(where: str, row: Mapping[str, str]) -> None:
    if "pattern" in row:
        raise SettingsError(f"{where} has both a pattern and a type; a step is a line or an object.")
    for part in row.get("where", "").split(","):
        if "where" in row and not re.fullmatch(r"\s*[\w.-]+\s*!?=.*", part):
            raise SettingsError(f"{where} has where {row['where']!r}; write it like 'dialst=Missed'.")


def _one_of(where: str, key: str, value: str | None, values: Sequence[str]) -> None:
    if value not in values:
        raise SettingsError(f"{where} has {key} {value!r}; it must be one of {', '.join(values)}.")
