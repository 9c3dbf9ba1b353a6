"""Patterns that users write for lines: which of them can be used, and why another one cannot."""

import math
import re
from collections.abc import Sequence

from callkit.errors import SettingsError

LONGEST = 500
_ANYTHING = (
    "",
    "\0",
    "\0 (\0) \0",
)  # lines that say nothing: a pattern that fits one of them fits almost any
_STAMP = re.compile(r"\d\d-[A-Z][a-z]{2}-\d{4}")
_TOKENS = re.compile(
    r"(?P<sign>\\[\W_])|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<opens>\((?:\?(?:P<\w+>|[:=!>]|<[=!]|[\w-]+:)?)?)"
    r"|(?P<closes>\))|(?P<choice>\|)|(?P<repeat>(?:[*+]|\{(?:\d+|\d*,\d*)\})[?+]?)|(?P<option>\?[?+]?)"
    r"|(?P<letter>[^.^$])|.",
    re.DOTALL,
)
_BOUNDS = re.compile(r"\{(\d*)(,?)(\d*)\}")
_WIDE, _APART = (
    100,
    10,
)  # in how many ways a repeat can be read; and one that words part from the repeat before it
_TOO_MANY = 10_000_000


def require_pattern(where: str, pattern: str, groups: Sequence[str]) -> None:
    """
    Make sure that a pattern can be used to read lines.

    Parameters
    ----------
    where
        Where it stands, for the message.
    pattern
        A regular expression for a line without its stamp.
    groups
        Names its groups may have.

    Raises
    ------
    SettingsError
        It cannot; the message says why.
    """
    if len(pattern) > LONGEST:
        raise SettingsError(f"{where} has {len(pattern):,} characters; a pattern may have {LONGEST} at most.")
    try:
        regex = re.compile(pattern, re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise SettingsError(f"{where} is not a regular expression: {error}.") from error
    if odd := sorted(set(regex.groupindex) - {*groups}):
        raise SettingsError(f"{where} names a group {odd[0]!r}; the groups are {', '.join(groups)}.")
    if pattern != pattern.strip():
        raise SettingsError(f"{where} begins or ends with a blank, which lines lose before they are read.")
    if _STAMP.search(pattern):
        raise SettingsError(f"{where} holds a stamp; write the line's words up to its ' at 27-Mar-2020 …'.")
    if any(regex.fullmatch(line) for line in _ANYTHING):
        raise SettingsError(f"{where} fits lines of any kind; write at least one of the line's words.")
    if _repeats_a_choice(pattern):
        message = (
            f"{where} repeats a part that itself repeats or has a choice, which can take for ever on a long name; "
            "repeat one character or class, as in .+ or [0-9 ]+."
        )
        raise SettingsError(message)
    if _ways(pattern) >= _TOO_MANY:
        message = (
            f"{where} can be read in too many ways, which can take for ever on a long name; keep to three repeats such "
            "as .+ or [0-9 ]+, or put words between them, or write two rows."
        )
        raise SettingsError(message)


def _repeats_a_choice(pattern: str) -> bool:
    """Say whether something that can be read in several ways is repeated: that may take a time without end."""
    is_open = [False]  # of each group around, whether it can
    closed = False
    for token in _TOKENS.finditer(pattern):
        kind = token.lastgroup
        if kind == "repeat" and closed:
            return True
        if kind == "option" and closed:
            continue
        if kind == "opens":
            is_open.append(False)
        elif kind in ("choice", "repeat", "option"):
            is_open[-1] = True
        closed = kind == "closes" and len(is_open) > 1 and is_open.pop()
        is_open[-1] |= closed
    return False


def _ways(pattern: str) -> int:
    """Return in how many ways a long line might be tried: roughly, and as the product of what each part can."""
    tokens = [(found.lastgroup, found[0]) for found in _TOKENS.finditer(pattern)]
    ways, is_apart, branches = 1, False, [1]
    for place, (kind, text) in enumerate(tokens):
        if kind in ("repeat", "option"):
            if not _is_gap(tokens, place):
                ways *= min(_lengths(text), _APART if is_apart else _WIDE)
                is_apart = False
        elif kind == "opens":
            branches.append(1)
        elif kind == "choice":
            branches[-1] += 1
            is_apart = False
        elif kind == "closes":
            ways *= branches.pop() if len(branches) > 1 else 1
            is_apart = False  # what the group holds may be left out
        elif _is_word(tokens, place):
            is_apart = True
    return ways * math.prod(branches)


def _is_word(tokens: Sequence[tuple[str | None, str]], place: int) -> bool:
    """Say whether a letter or sign stands there that is no blank and must be in the line."""
    after = tokens[place + 1][0] if place + 1 < len(tokens) else None
    kind, text = tokens[place] if 0 <= place < len(tokens) else (None, "")
    return kind in ("letter", "sign") and not text[-1].isspace() and after not in ("repeat", "option")


def _is_gap(tokens: Sequence[tuple[str | None, str]], place: int) -> bool:
    """Say whether a repeat is that of the blanks before or after a word, which are few."""
    is_blank = place > 0 and tokens[place - 1][1] in (" ", r"\ ", r"\s")
    return is_blank and (_is_word(tokens, place - 2) or _is_word(tokens, place + 1))


def _lengths(repeat: str) -> int:
    """Return how many lengths a repeat may have, `_WIDE` where there is no end to them."""
    if not (bounds := _BOUNDS.match(repeat)):
        return 2 if repeat[0] == "?" else _WIDE
    least, comma, most = bounds.groups()
    if not comma:
        return 1
    return int(most) - int(least or 0) + 1 if most else _WIDE
