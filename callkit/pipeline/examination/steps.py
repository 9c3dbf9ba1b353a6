"""Steps that no row of the grammar fits, as rows for callkit.toml that do, without a number or a name in them."""

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from callkit.dialects.pages import UNREADABLE
from callkit.errors import SettingsError
from callkit.flow.grammar import KINDS, OBJECTS, Row, Shape, rows
from callkit.flow.reading import as_field, fits
from callkit.flow.stamps import loose_tail
from callkit.schema import STEPS

MOST_ROWS = 12
_WIDTH = 100
_STATES = ("dialst", "tgst", "dstype")
_STATE = re.compile(r"[A-Za-z]+(?:[ _-][A-Za-z]+){0,3}")
_TYPE = re.compile(r"[A-Za-z](?:[A-Za-z ._+-]|%20|%2B|\d(?!\d\d)){0,40}")
_PARTS = re.compile(r"\s+|[()]|[^\s()]+")
# a word with a capital is taken for a name, unless it is one of the vendor's
_WORDS = frozenset((
    "a", "agent", "an", "and", "announcement", "answered", "at", "attendant", "auto", "bridged", "busy", "by",
    "call", "called", "caller", "calls", "campaign", "cancelled", "client", "conference", "connected",
    "customer", "declined", "department", "destination", "dialed", "dialer", "dialled", "disconnected",
    "dtmf", "ended", "entered", "escalated", "extension", "failed", "for", "forwarded", "from", "group",
    "hanged", "hangup", "hold", "in", "inbound", "intercom", "invalid", "invited", "is", "ivr", "joined",
    "key", "left", "line", "listened", "menu", "message", "missed", "monitored", "music", "no", "not",
    "number", "of", "on", "option", "out", "outbound", "park", "parked", "phone", "picked", "placed",
    "played", "pressed", "queue", "queued", "receptionist", "recorded", "recording", "redirected", "rejected",
    "resumed", "retrieved", "ring", "ringing", "routed", "schedule", "selected", "service", "sip", "skipped",
    "system", "template", "the", "time", "timed", "to", "transfer", "transferred", "unanswered", "up", "user",
    "virtual", "voice", "voicemail", "waiting", "was", "webhook", "whisper", "with",
))  # fmt: skip


def as_rows(unknown: Sequence[str], n_all: int, names: Collection[str] = ()) -> list[str]:
    """
    Return lines of TOML: for each frequent kind of step a row that fits the steps it was made from.

    The step it means is left to be chosen. Numbers, what stands in brackets, given names and other words with a
    capital are no part of a row; a name in small letters that nobody told of cannot be told from a word.

    Parameters
    ----------
    unknown
        The steps, as the vendor wrote them.
    n_all
        How many steps were looked at, known ones too.
    names
        Names of people, groups and services that are known.
    """
    hidden = {word.casefold() for name in names for word in re.findall(r"\w+", name)} - _WORDS
    found = Counter(_row(step, hidden) for step in unknown)
    choices = f"Choose each row's step: {', '.join(step for step in STEPS if step != 'unknown')}."
    lines = [f"# {line}" for line in textwrap.wrap(choices, _WIDTH)]
    usable = [(row, n) for row, n in found.most_common() if row]
    for row, n in usable[:MOST_ROWS]:
        lines += ["", "[[grammar]]", *row, f'# step = "…"  # {n:,} of {n_all:,} steps are of this kind']
    if rest := len(unknown) - sum(n for _, n in usable[:MOST_ROWS]):
        are = "step is" if rest == 1 else "steps are"
        lines += ["", f"# {rest:,} more {are} of other kinds, or of kinds that no row can tell."]
    return lines if unknown else []


def _row(step: str, hidden: Collection[str]) -> tuple[str, ...]:
    """Return the lines of one row; none where no row fits."""
    fields = _object(step)
    written = {"pattern": pattern(step, hidden)} if fields is None else _shape(fields)
    if not written:
        return ()
    try:
        row = rows([{**written, "step": "queued"}])[0]
    except SettingsError:
        return ()
    if isinstance(row, Row):
        does_fit = bool(row.regex.fullmatch(_head(step)))
    else:
        does_fit = fields is not None and fits(row, fields)
    return tuple(f"{key} = '{text}'" for key, text in written.items()) if does_fit else ()


def _head(step: str) -> str:
    return step[: loose_tail(step)[1]].strip()


def pattern(step: str, hidden: Collection[str] = ()) -> str:
    r"""
    Return a pattern that fits a line, its stamp apart.

    Parameters
    ----------
    step
        The line.
    hidden
        Words that are names, in small letters.

    Examples
    --------
    >>> pattern(" Call parked on 701 by Extension (Amira) at 16-Nov-2026 09:00:00")
    'Call\\s+parked\\s+on\\s+(?P<number>.+?)\\s+by\\s+(?P<kind>Extension)\\s*\\((?P<target_name>.*)\\)'
    """
    head = _head(step)
    first, last = head.find("("), head.rfind(")")
    has_brackets = 0 <= first < last
    before, after = (head[:first], head[last + 1 :]) if has_brackets else (head, "")
    used = {"target_name"} if has_brackets else set()
    text = _words(before.rstrip() if has_brackets else before, hidden, used)
    if has_brackets:
        kind = next((k for k in sorted(KINDS, key=len, reverse=True) if before.rstrip().endswith(k)), "")
        escaped = r"\s+".join(map(re.escape, kind.split()))
        if kind and text.endswith(escaped):
            text = f"{text.removesuffix(escaped)}(?P<kind>{kind})"
        space = r"\s*" if text else ""
        text += rf"{space}\((?P<target_name>.*)\)" + _words(after, hidden, used)
    return text


def _words(text: str, hidden: Collection[str], used: set[str]) -> str:
    """Return a pattern for a part of a line; runs of hidden words become one group, named where the name is free."""
    parts = _PARTS.findall(text)
    flags = [part.isspace() or _is_hidden(part, hidden) for part in parts]
    done = []
    for is_open, run in groupby(zip(parts, flags, strict=True), key=lambda pair: pair[1]):
        words = [part for part, _ in run]
        inner = [word for word in words if not word.isspace()]
        if not is_open:
            done += [re.escape(word).replace("'", r"\x27") for word in words]
            continue
        if not inner:
            done.append(r"\s+")
            continue
        name = "number" if all(re.fullmatch(r"[\d+*#.-]+", word) for word in inner) else "target_name"
        group = "(?:.+?)" if name in used else f"(?P<{name}>.+?)"
        used.add(name)
        ends = [r"\s+" if words[place].isspace() else "" for place in (0, -1)]
        done.append(ends[0] + group + ends[1])
    return "".join(done)


def _is_hidden(part: str, hidden: Collection[str]) -> bool:
    words = re.findall(r"\w+", part)
    plain = [word.casefold() for word in words]
    return (
        not part.isprintable()
        or bool(re.search(r"[\d@/\\]", part))
        or any(word in hidden for word in plain)
        or any(word[0].isupper() and small not in _WORDS for word, small in zip(words, plain, strict=True))
    )


def _object(step: str) -> dict[str, str | None] | None:
    """Return the fields of a step that is an object, as text; None for a line."""
    try:
        found: dict[str, Any] = msgspec.json.decode(step, type=dict[str, Any])
    except UNREADABLE:
        return None
    return {key: as_field(value) for key, value in found.items()}


def _shape(fields: Mapping[str, str | None]) -> dict[str, str]:
    """Return the type of an object, and what tells it from objects of that type which the grammar knows."""
    kind = fields.get("type") or ""
    if not _TYPE.fullmatch(kind):
        return {}
    alike = [shape for shape in OBJECTS if fits(Shape(shape.type, "unknown"), fields)]
    keys = dict.fromkeys(key for shape in alike for key, _, _ in shape.conditions)
    conditions = []
    for key in [*keys, *(key for key in _STATES[:2] if fields.get(key) and key not in keys)]:
        state = fields.get(key)
        is_word = key in _STATES and bool(_STATE.fullmatch(state or ""))
        conditions.append(f"{key}={state if is_word else '*' if state else ''}")
    return {"type": kind, **({"where": ", ".join(conditions)} if conditions else {})}
