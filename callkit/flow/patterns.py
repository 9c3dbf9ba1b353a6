"""Patterns that users write for lines: which of them can be used, and why another one cannot."""

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
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<opens>\()|(?P<closes>\))|(?P<choice>\|)"
    r"|(?P<repeat>[*+]|\{(?:\d+(?:,\d*)?|,\d+)\})|.",
    re.DOTALL,
)


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


def _repeats_a_choice(pattern: str) -> bool:
    """Say whether something that can be read in several ways is repeated: that may take a time without end."""
    is_open = [False]  # of each group around, whether it can
    closed = False
    for token in _TOKENS.finditer(pattern):
        kind = token.lastgroup
        if kind == "repeat" and closed:
            return True
        if kind == "opens":
            is_open.append(False)
        elif kind in ("choice", "repeat"):
            is_open[-1] = True
        closed = kind == "closes" and len(is_open) > 1 and is_open.pop()
        is_open[-1] |= closed
    return False
