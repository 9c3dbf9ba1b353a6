"""Text as a page sets it: foreign characters made inert, spaces that must not break."""

import html
import re

from callkit.look.dates import MONTHS
from callkit.plaintext import UNSEEN

_CLEAR = re.compile(UNSEEN)


def inert(text: str) -> str:
    """
    Replace control characters, direction marks and half characters by a visible sign.

    Names and labels come from the account; one such character could turn the words around it.
    """
    return _CLEAR.sub("\N{REPLACEMENT CHARACTER}", text)


_NO_BREAK = "\N{NO-BREAK SPACE}"
_SHORT_MONTHS = "|".join(month[:3] for month in MONTHS)
_UNIT = re.compile(r"(?<=\d) (?=(?:s|min|h|ms|KiB|weeks?)\b)")
_REST = re.compile(rf"(?<=\d{_NO_BREAK}h) (?=\d)|(?<=\d{_NO_BREAK}min) (?=\d)")
_EQUALS = re.compile(r"\bn = (?=\d)")
_DATE = re.compile(rf"\b(\d\d?) (?={_SHORT_MONTHS})")
_RANGE = re.compile(r"(?<=[\d%sh])–(?=\d)")
_TEXT = re.compile(r"(<(style|script|svg|code|title)\b.*?</\2>|<[^>]*>)", re.DOTALL)


def unbroken(text: str) -> str:
    r"""
    Make the spaces before units and within dates unbreakable, and keep a range on one line.

    Examples
    --------
    >>> unbroken("1 min 52 s").split(" ")
    ['1\xa0min\xa052\xa0s']
    """
    text = _REST.sub(_NO_BREAK, _UNIT.sub(_NO_BREAK, text))
    text = _DATE.sub(rf"\g<1>{_NO_BREAK}", text)
    text = _EQUALS.sub(f"n{_NO_BREAK}={_NO_BREAK}", text)
    return _RANGE.sub("\N{WORD JOINER}–\N{WORD JOINER}", text)


def tidy_spaces(page: str) -> str:
    """Apply `unbroken` to the text of a piece of HTML, leaving tags, styles, scripts and figures alone."""
    pieces = _TEXT.split(page)
    return "".join(
        piece if index % 3 == 1 else unbroken(piece) for index, piece in enumerate(pieces) if index % 3 != 2
    )


def plain(page: str) -> str:
    """Return the words of a piece of HTML as text, with plain spaces: for a label, a log line or a test."""
    text = html.unescape(re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL))
    text = text.replace("\N{WORD JOINER}", "").replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text).strip()
