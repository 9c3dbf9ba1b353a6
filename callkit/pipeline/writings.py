"""Find a phone number in any writing: national or international, with separators, escaped or percent-encoded."""

import html
import re
import unicodedata
from urllib.parse import unquote_to_bytes

import phonenumbers

from callkit.privacy import BETWEEN

_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))
_ESCAPED = re.compile(r"\\+(?:u(?P<code>[0-9a-fA-F]{4})|(?P<space>[nrt])|/)")
_OTHER_SIGN = re.compile(r"[^\x00-\x7f]")
# what follows is another country's number
_ABROAD = re.compile(r"(?:\+|(?<![0-9])00)[1-9][0-9]{0,2}[ ().-]{0,2}\Z")
_ABROAD_LENGTH = 8


class Sought:
    """
    A number that is looked for.

    A national writing counts only where the account's country reads it as this number. A longer number that holds the
    same digits is another one.

    Parameters
    ----------
    number
        The number in E.164.
    country
        Two-letter region by which national numbers are read.
    """

    def __init__(self, number: str, country: str) -> None:
        parsed = phonenumbers.parse(number)
        national, code = phonenumbers.national_significant_number(parsed), parsed.country_code or 0
        region = phonenumbers.region_code_for_country_code(code)
        trunk = phonenumbers.ndd_prefix_for_region(region, True) or ""
        long_way = f"(?:{_spread(trunk)}{BETWEEN})?" if trunk else ""
        written = (
            f"(?:(?:\\+|{_spread('00')}|{_spread('011')}){BETWEEN})?{_spread(str(code))}{BETWEEN}{long_way}"
        )
        self._is_home = code == phonenumbers.country_code_for_region(country)
        if self._is_home:
            written = f"(?P<whole>{written})|{long_way}"
        self._digits = national.encode()
        self._pattern = re.compile(rf"(?<![0-9])(?:{written}){_spread(national)}(?![0-9])(?!\.[0-9]{{2}})")

    def stands_in(self, data: bytes) -> bool:
        """Tell whether the number stands in a page, a record, a file or any other text."""
        plain = _plain(data)
        if self._digits not in plain.translate(None, _NO_DIGITS):
            return False
        text = plain.decode("utf-8", "replace")
        for found in self._pattern.finditer(text):
            before = text[max(0, found.start() - _ABROAD_LENGTH) : found.start()]
            if not self._is_home or found["whole"] or not _ABROAD.search(before):
                return True
        return False


def _spread(digits: str) -> str:
    return BETWEEN.join(digits)


def _plain(data: bytes) -> bytes:
    """Undo every way of writing a character by other ones; the usual page has none and comes back as it is."""
    while b"%" in data and (decoded := unquote_to_bytes(data)) != data:
        data = decoded
    if b"\\" in data or b"&" in data or not data.isascii():
        text = data.decode("utf-8", "replace")
        text = _ESCAPED.sub(_unescaped, text)
        text = html.unescape(text) if "&" in text else text
        text = _OTHER_SIGN.sub(lambda found: str(unicodedata.decimal(found[0], found[0])), text)
        data = text.encode("utf-8", "surrogatepass")
    return data


def _unescaped(found: re.Match[str]) -> str:
    if found["code"]:
        return chr(int(found["code"], 16))
    return "\n" if found["space"] else "/"
