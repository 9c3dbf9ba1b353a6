"""The table of steps: what each line of a `call_flow` says.

A line is a *head*, such as ``Dialed Extension (201)``, and mostly a *stamp*, such as `` at 27-Mar-2020 06:02:00``.
A row's pattern must fit the whole head, blanks around it apart. Four rows are *documented* by the vendor's page; the
others are *assumed*: they follow the vendor's vocabulary, and fit only lines with a valid stamp. At most one row fits
a line, so the order of the rows says nothing; where a row of callkit.toml and one of this table both fit, the row of
callkit.toml wins.

Named groups of a pattern: ``kind`` (the vendor's word for a target, see `KINDS`), ``target_name``, ``target_id`` and
``number``. Names may hold anything, parentheses too: the outermost ones count.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from callkit.errors import SettingsError
from callkit.privacy import mask_numbers
from callkit.schema import ENDED_BY, STEPS, TARGET_KINDS

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
_KEYS = ("pattern", "step", "target_kind", "ended_by", "failed")
_NAME = r" \((?P<target_name>.*)\)"
_TARGET = r"(?P<kind>[^()]+?)" + _NAME
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


class Head(NamedTuple):
    """What a head says; `row` is None where no row fits it."""

    row: Row | None
    step: str = "unknown"
    step_raw: str | None = None
    target_kind: str | None = None
    target_name: str | None = None
    target_id: str | None = None
    number: str | None = None
    ended_by: str | None = None
    is_failed_check: bool = False


GRAMMAR: tuple[Row, ...] = (
    Row(r"Call received on (?P<number>\S+)", "received", DOCUMENTED, "did"),
    Row(r"Call forwarded to (?!(?:Virtual Receptionist|Call Queue|Voicemail) \()" + _TARGET, "forwarded", DOCUMENTED),
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


def rows(user_rows: Sequence[Mapping[str, object]] = ()) -> tuple[Row, ...]:
    """
    Return the whole table: the rows of callkit.toml first, then those of callkit.

    Parameters
    ----------
    user_rows
        Each with ``pattern`` and ``step``; optional ``target_kind``, ``ended_by``, and ``failed`` (``"true"`` for a
        schedule check that found the business closed).

    Raises
    ------
    SettingsError
        A row cannot be used; the message names it.
    """
    return (*(_user_row(number, row) for number, row in enumerate(user_rows, 1)), *GRAMMAR)


def _user_row(number: int, written: Mapping[str, object]) -> Row:
    row = {key: str(value) for key, value in written.items()}  # TOML writes true without quotes
    where = f"[[grammar]] row {number} ({row.get('pattern', 'no pattern')!r})"
    if odd := sorted(set(row) - {*_KEYS}):
        raise SettingsError(f"{where} has an unknown key {odd[0]!r}; the keys are {', '.join(_KEYS)}.")
    if not row.get("pattern"):
        raise SettingsError(f"{where} has no pattern; write the line's words, without its stamp.")
    _one_of(where, "step", row.get("step"), [s for s in STEPS if s != "unknown"])
    _one_of(where, "failed", row.get("failed", "false").lower(), ["true", "false"])
    for key, values in (("target_kind", TARGET_KINDS), ("ended_by", ENDED_BY)):
        if key in row:
            _one_of(where, key, row[key], values)
    try:
        groups = re.compile(row["pattern"], re.DOTALL).groupindex
    except re.error as error:
        raise SettingsError(f"{where} is not a regular expression: {error}.") from error
    if odd := sorted(set(groups) - {*GROUPS}):
        raise SettingsError(f"{where} names a group {odd[0]!r}; the groups are {', '.join(GROUPS)}.")
    failed = row.get("failed", "false").lower() == "true"
    return Row(row["pattern"], row["step"], OBSERVED, row.get("target_kind"), row.get("ended_by"), failed)


def _one_of(where: str, key: str, value: str | None, values: Sequence[str]) -> None:
    if value not in values:
        raise SettingsError(f"{where} has {key} {value!r}; it must be one of {', '.join(values)}.")


def read_head(table: Sequence[Row], head: str, *, is_stamped: bool) -> Head:
    """
    Return what the first row that fits says of a head.

    Parameters
    ----------
    table
        The rows, in the order of `rows`.
    head
        The line without its stamp.
    is_stamped
        Whether a valid stamp followed; without one no assumed row fits.
    """
    head = head.strip()
    for row in table:
        if (is_stamped or row.status != ASSUMED) and (match := row.regex.fullmatch(head)):
            return _said(row, match)
    return Head(None)


def _said(row: Row, match: re.Match[str]) -> Head:
    said = {name: text.strip() or None for name, text in match.groupdict().items() if text is not None}
    word = said.get("kind")
    kind = KINDS.get(word, "other") if word else row.target_kind
    if kind is None and (said.get("target_name") or said.get("target_id")):
        kind = "other"
    name, number = said.get("target_name"), said.get("number")
    if kind == "number" and number is None:
        name, number = None, name
    return Head(
        row, row.step, _words(match), kind, name, said.get("target_id"), number, row.ended_by, row.failed
    )


def _words(match: re.Match[str]) -> str:
    text = match.string
    spans = (
        match.span(name) for name in ("target_name", "target_id", "number") if name in match.re.groupindex
    )
    for start, end in sorted(spans, reverse=True):
        text = text[: max(start, 0)] + text[max(end, 0) :]
    return nameless(text.replace("()", " "))


def nameless(text: str) -> str:
    """Return a head's words with numbers masked and what stands in brackets hidden."""
    first, last = text.find("("), text.rfind(")")
    if 0 <= first < last:
        text = f"{text[:first]}(…){text[last + 1 :]}"
    return mask_numbers(" ".join(text.split()))
