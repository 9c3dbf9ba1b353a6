"""What the explorer says: names of values, the sentence over a view, and the Python lines that make it."""

import re
from collections.abc import Mapping
from typing import Any

from callkit.explore.state import NONE, Choice
from callkit.look import words
from callkit.look.steps import ENDS, STEPS
from callkit.look.typography import inert
from callkit.privacy import e164, mask_numbers, masked
from callkit.settings import Settings

OUTCOMES = {
    "answered": "answered",
    "abandoned": "gave up",
    "left_menu": "left in menu",
    "timeout": "timed out",
    "no_answer": "not picked up",
    "busy": "busy",
    "voicemail": "voicemail",
    "closed": "closed",
    "failed": "failed",
    "unknown": "not known",
}
DIRECTIONS = {"inbound": "incoming", "outbound": "outgoing", "unknown": "direction not known"}
HEADS = ("When", "Caller", "Line", "Service", "Outcome", "Wait", "Talk")
"""Heads of the list of calls."""

_WIDEST = 40  # characters of a cell: one long name would push the columns after it out of sight
_MISSING = {"service_name": "no service", "did": "no line"}
_WORDS = {"outcome": OUTCOMES, "direction": DIRECTIONS}


class Names:
    """
    Names of lines and people as the settings give them.

    Parameters
    ----------
    settings
        Settings of the account; without them a line is told by its last three digits.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        lines: Mapping[str, str] = settings.dids if settings else {}
        self._lines = {_digits(number): _shown(label) for number, label in lines.items()}
        self._country = settings.country if settings else "GB"
        self._people = settings.agents if settings and settings.show_agents == "name" else {}

    def value(self, column: str, value: str) -> str:
        """Name one value of a column."""
        if value == NONE:
            return _MISSING.get(column, "none")
        if column == "did":
            return self._lines.get(_digits(value), f"ends {value[-3:]}")
        return _WORDS.get(column, {}).get(value, _shown(value))

    def target(self, kind: str, name: str) -> str:
        """Name what a step leads to; numbers are masked, people appear as the account chose."""
        if kind == "did":
            return f"the line {self.value('did', name)}"
        if kind == "number":
            return masked(e164(name, self._country) or name, self._country)
        if kind == "extension":
            person = self._people.get(name)
            return _shown(person.name if person and person.name else f"extension {name}")
        return _shown(name)

    def other_party(self, call: Any) -> str:
        """Tell who called, or whom we called, without giving the number away."""
        if _text(call.caller):
            return masked(call.caller, self._country)
        raw = _text(call.destination_raw if call.direction == "outbound" else call.caller_raw)
        if not any(letter.isdigit() for letter in raw):
            return "withheld"
        # a short number is one of our extensions or a service's; words beside a number may be a name
        return raw if re.fullmatch("[0-9]{1,6}", raw) else masked(raw, self._country)

    def party(self, call: Any) -> str:
        """Tell the other party within a sentence."""
        told = self.other_party(call)
        return "a withheld number" if told == "withheld" else told


def finding(choice: Choice, n: int, names: Names) -> str:
    """Say in one sentence how many calls a view holds, of which days, and what was picked."""
    inside = [_picked(column, values, names) for column, values in choice.picked.items() if values]
    period = words.period(choice.since, choice.until)
    if n == 0:
        return f"No calls fit on {period}{_listed(inside)}."
    return f"{words.plural(n, 'call')}, {period}{_listed(inside)}."


def code(choice: Choice, last_lines: list[str]) -> str:
    """Return the Python lines that pick the calls of a view, and then `last_lines`."""
    lines = [
        f'days = calls["started_local"].between("{choice.since}", "{choice.until}", inclusive="left")',
        "view = calls[days]",
    ]
    for column, values in choice.picked.items():
        if values:
            lines.append(f"view = view[{_condition(column, values)}]")
    return "\n".join([*lines, *last_lines])


def call_line(call: Any, names: Names) -> tuple[str, ...]:
    """Return one call, a named tuple of its columns, as the cells under `HEADS`."""
    return (
        words.moment(call.started_local),
        names.other_party(call),
        _cell(names.value("did", call.did)) if _text(call.did) else words.NOTHING,
        _cell(names.value("service_name", call.service_name)) if _text(call.service_name) else words.NOTHING,
        OUTCOMES[call.outcome],
        words.seconds(call.wait_s),
        words.seconds(call.talk_s) if call.outcome == "answered" else words.NOTHING,
    )


def call_sentence(call: Any, names: Names) -> str:
    """Say one call in a sentence."""
    way = "to" if call.direction == "outbound" else "from"
    waited = f" after a wait of {words.seconds(call.wait_s)}" if call.wait_s == call.wait_s else ""
    talked = f", talked for {words.seconds(call.talk_s)}" if call.outcome == "answered" else ""
    ended = f"{OUTCOMES[call.outcome]}{waited}{talked}"
    return f"{words.moment(call.started_local)}, {way} {names.party(call)}: {ended}."


def step_words(step: Any, names: Names) -> str:
    """Say one step, a named tuple of its columns."""
    if step.step == "hangup":
        return ENDS.get(step.ended_by, STEPS["hangup"])
    fields = (
        (step.number, step.target_name) if step.step == "menu_input" else (step.target_name, step.target_id)
    )
    target = next((text for text in (*fields, step.number) if _text(text)), "")
    named = names.target(_text(step.target_kind), target) if target else "somebody"
    return STEPS[step.step].format(named)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _shown(text: str) -> str:
    return inert(" ".join(mask_numbers(text).split()))


def _cell(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)


def _picked(column: str, values: tuple[str, ...], names: Names) -> str:
    said = [names.value(column, value) for value in values]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"
    return f"line {listed}" if column == "did" else listed


def _listed(parts: list[str]) -> str:
    return f": {'; '.join(parts)}" if parts else ""


def _condition(column: str, values: tuple[str, ...]) -> str:
    whole = [value for value in values if value != NONE]
    private = [mask_numbers(value) for value in whole if column != "did" and mask_numbers(value) != value]
    known = [value for value in whole if column == "did" or mask_numbers(value) == value]
    tests = [f'view["{column}"].isin({known!r})'] if known else []
    if private:
        said = f'view["{column}"].astype("str").map(ck.privacy.mask_numbers, na_action="ignore")'
        tests.append(f"{said}.isin({private!r})")
    tests += [f'view["{column}"].isna()'] if NONE in values else []
    return " | ".join(tests)
