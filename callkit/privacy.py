"""Secrets, masked numbers and keyed pseudonyms, applied wherever data leaves callkit."""

import hashlib
import hmac
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import phonenumbers
from phonenumbers import PhoneNumberType

from callkit.errors import SettingsError

# what stands between a number's digits, invisible signs too
BETWEEN = r"[\s()./_·\u00ad\u200b-\u200f\u2010-\u2015\u2060\ufeff-]{0,3}"
_DIGITS = re.compile(rf"\+?(?:\d{BETWEEN}){{6,}}\d")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LINK = re.compile(r"https?://[^\s)\]>\"']+", re.IGNORECASE)
_PERIOD = re.compile(
    r"(?<![\d+])(?:20\d\d/)?(?:19|20)\d\d-(?:W[0-5]\d|[01]\d(?:-[0-3]\d)?)(?![\d-])(?:T[\d:.]+(?:\+00:00)?)?"
)
_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjkmnpqrstv")
_SHORTEST = 7  # digits of a whole number; three of fewer would give too much away
_TYPES = {
    PhoneNumberType.MOBILE: "Mobile",
    PhoneNumberType.FIXED_LINE: "Landline",
    PhoneNumberType.TOLL_FREE: "Freephone",
}


class Secret:
    """Text that prints itself as ``***`` and cannot be written to JSON or pickled; `reveal` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def __repr__(self) -> str:
        return "***" if self._text else ""

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, _: object) -> "Secret":
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled; pass it in the environment, or load the settings there.")

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text


def require_country(country: str) -> None:
    """
    Make sure that national numbers can be read as those of a country.

    Raises
    ------
    SettingsError
        It is not the two letters of one.
    """
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise SettingsError(f"country {country!r} is not a two-letter ISO country; write it like 'GB'.")


@lru_cache(maxsize=100_000)
def e164(text: str, country: str = "GB") -> str | None:
    """
    Return a phone number in E.164 (``+442079460958``), or None where the text is not a whole number.

    Parameters
    ----------
    text
        A number as a vendor writes it: national, international, or international without its plus.
    country
        Two-letter region by which a national number is read.
    """
    digits = re.sub(r"[\s().-]", "", text)
    if not re.fullmatch(r"\+?\d{7,15}", digits):
        return None
    prefix = f"+{phonenumbers.country_code_for_region(country)}"
    candidates = [digits] if digits.startswith(("+", "0")) else [f"+{digits}", digits]
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, country)
        except phonenumbers.NumberParseException:
            continue
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        home = written.startswith(prefix)
        if phonenumbers.is_valid_number(number) or (home and phonenumbers.is_possible_number(number)):
            return written
    return None


@lru_cache(maxsize=100_000)
def masked(number: str, country: str = "GB") -> str:
    """
    Describe a number without giving it away: ``Mobile, ends 417``.

    The kind is the country where the number is foreign, else mobile, landline or freephone where that can be told.
    A number of fewer than seven digits, and one that does not end with three, is hidden altogether.
    """
    is_long = len(re.findall("[0-9]", number)) >= _SHORTEST
    ends = f"ends {number[-3:]}" if is_long and re.search("[0-9]{3}$", number) else "hidden"
    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return f"Number, {ends}"
    region = phonenumbers.region_code_for_number(parsed)
    if region and region != country:
        return f"{_country(region)}, {ends}"
    kind = _TYPES.get(phonenumbers.number_type(parsed)) or _british(number) or "Number"
    return f"{kind}, {ends}"


def _british(number: str) -> str | None:
    """Tell by Ofcom's numbering plan what the library cannot: numbers not in use, such as those kept for drama."""
    found = re.match(r"\+44(?:(?P<landline>[12])|(?P<mobile>7[1-57-9]))", number)
    return found and (found.lastgroup or "").capitalize() or None


def _country(region: str) -> str:
    from phonenumbers.geodata.locale import LOCALE_DATA  # 0.3 s, and few calls come from abroad

    names = LOCALE_DATA.get(region, {})
    name = names.get("en", region)
    return names[name[1:]] if name.startswith("*") else name  # "*aa" points to another language's entry


def mask_numbers(text: str) -> str:
    """
    Replace every run of seven or more digits in a text by its last three: ``…417``.

    Links and e-mail addresses are hidden altogether: a link to a recording opens it.
    """
    text = _MAIL.sub("e-mail hidden", _LINK.sub("link hidden", text))
    return _DIGITS.sub(lambda found: f"…{re.sub('[^0-9]', '', found[0])[-3:]}", text)


def mask_message(text: str) -> str:
    """
    Mask the numbers of a message as `mask_numbers` does, and leave its dates, weeks and months.

    >>> mask_message("Week 2026-W47 begins on 2026-11-16, and 07700 900417 rang.")
    'Week 2026-W47 begins on 2026-11-16, and …417 rang.'
    """
    text = _MAIL.sub("e-mail hidden", _LINK.sub("link hidden", text))
    kept = _PERIOD.findall(text)
    others = [mask_numbers(part) for part in _PERIOD.split(text)]
    return "".join(part for pair in zip(others, [*kept, ""], strict=True) for part in pair)


def pseudonym(text: str, key: Secret, kind: str = "caller") -> str:
    """Return a short name for a caller (or another kind of thing): the same for the same key, and no way back."""
    digest = hmac.new(key.reveal().encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{kind}-{digest[:12]}"


def caller_code(number: str, key: Secret) -> str:
    """
    Return eight letters that stand for a caller's `pseudonym` where people read it: ``kbtr mnpq``.

    Neither a figure nor a vowel is among them, so no code can look like a number or be a word.
    """
    digest = pseudonym(number, key).rpartition("-")[2].translate(_LETTERS)
    return f"{digest[:4]} {digest[4:8]}"


def pseudonym_key(configured: Secret, data: Path) -> Secret:
    """Return the configured key, else the one kept in ``data/.key``, which is made once with mode 0600."""
    if configured:
        return configured
    path = data / ".key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return Secret(path.read_text(encoding="ascii").strip())
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    return Secret(path.read_text(encoding="ascii").strip())
