"""Pages as bytes: what a page says about itself, its records, and the page with fewer of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, NoReturn

import msgspec
import numpy as np

from callkit.errors import PageError
from callkit.privacy import mask_numbers

BOM = b"\xef\xbb\xbf"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][\da-fA-F]{2})"
)
_EMPTY = (b"null", b'""', b"[]", b"{}")
_FAILURE = ("success", "message", "errors")


@dataclass(frozen=True)
class Layout:
    """
    What a page of one dialect looks like.

    Parameters
    ----------
    records
        Name of the list of records in a page.
    counts
        Keys of the numbers a page gives of itself: all records, those the filters leave, those on the page, its own.
    kinds
        Kind of each field of a record, in the order of the wire, which is the order the decoder is fastest in:
        ``text``, ``number``, ``flag`` (text, number or true), ``json`` (of any shape), ``lines`` (a flow of text),
        ``steps`` (a flow of objects), ``unused`` (known, and not read), ``stats`` (an object with fields of its own).
    stats
        Kinds of the fields of that object.
    identity
        Fields that cannot differ when one record is sent twice.
    others
        Further keys of a page that are known.
    split
        Cuts a page that is nothing but records into them.
    """

    records: str
    counts: tuple[str, str, str, str]
    kinds: Mapping[str, str]
    stats: Mapping[str, str] = field(default_factory=dict)
    identity: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    split: Callable[[bytes], list[msgspec.Raw]] | None = None

    @cached_property
    def envelope(self) -> tuple[str, ...]:
        """Every known key of a page but its records."""
        return tuple(dict.fromkeys([key for key in (*self.counts, *self.others, *_FAILURE) if key]))

    @cached_property
    def _identities(self) -> msgspec.json.Decoder[Any]:
        fields = [(f"f{n}", msgspec.Raw, None) for n in range(len(self.identity))]
        rename = {f"f{n}": key for n, key in enumerate(self.identity)}
        return msgspec.json.Decoder(msgspec.defstruct("Identity", fields, rename=rename))

    def identity_of(self, record: msgspec.Raw) -> int:
        """Return the hash of what names a record: its fields of `identity`, or all of it where one is missing."""
        try:
            parts = msgspec.structs.astuple(self._identities.decode(record))
        except UNREADABLE:
            parts = (None,)
        named = b"\0".join(part for part in parts if part is not None and bytes(part) not in _EMPTY)
        is_whole = named.count(b"\0") < len(parts) - 1 or not named
        return hash(bytes(record) if is_whole else named)


class Envelope(NamedTuple):
    """
    What a page says about itself; None where it does not, or not in a number.

    Parameters
    ----------
    total, filtered, on_page
        Records of the account, those the filters leave, and those on this page.
    page
        Number of the page.
    n_records
        Records counted on the page.
    identities
        A number for each record, the same where the same record is sent again; they hold for one process only.
    """

    total: int | None
    filtered: int | None
    on_page: int | None
    page: int | None
    n_records: int
    identities: tuple[int, ...] = ()


def envelope(layout: Layout, body: bytes) -> Envelope:
    """
    Read what a page says about itself.

    Raises
    ------
    PageError
        The answer is not JSON, is cut short, reports a failure, or has no list of records.
    """
    page = members(body)
    records = records_of(page, layout)
    total, filtered, on_page, number = (_count(page.get(key)) for key in layout.counts)
    return Envelope(total, filtered, on_page, number, len(records), tuple(map(layout.identity_of, records)))


def members(body: bytes) -> dict[str, msgspec.Raw]:
    """
    Return the members of a page, their values still as bytes.

    Raises
    ------
    PageError
        The answer is not a JSON object, or reports a failure.
    """
    return _opened(body)[1]


def _opened(body: bytes) -> tuple[bytes, dict[str, msgspec.Raw]]:
    """
    Return the bytes a page was read from, and its members, which are views into those bytes.

    Half a surrogate pair, as a cut emoji leaves it, is read as U+FFFD: it must not hold up a whole day.
    """
    body = body.removeprefix(BOM)
    try:
        page = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except UNREADABLE as error:
        if (whole := mended(body)) != body:
            return _opened(whole)
        _refuse(body, error)
    if bytes(page.get("success", b"")).lower() in (b"false", b'"false"'):
        message = mask_numbers(_reported(page))[:200]
        raise PageError(f"The API reports a failure: {message}; no record was read from this answer.")
    return body, page


def mended(body: bytes) -> bytes:
    """Return the bytes with U+FFFD for every half of a surrogate pair."""
    return _SURROGATES.sub(lambda found: rb"\ufffd" if found["half"] else found[0], body)


def records_of(page: Mapping[str, msgspec.Raw], layout: Layout) -> list[msgspec.Raw]:
    """
    Return the records of a page as bytes; an object with index keys counts as a list.

    Raises
    ------
    PageError
        There is no list of records.
    """
    name = layout.records
    try:
        data = msgspec.json.decode(page[name], type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except KeyError:
        keys = mask_numbers(", ".join(sorted(page)[:10])) or "none"
        raise PageError(f"The answer has no {name} (its keys: {keys}); check base_url and dialect.") from None
    except msgspec.MsgspecError as error:
        raise PageError(
            f"{name} of the answer is not a list of records ({error}); check the dialect."
        ) from error
    return list(data.values()) if isinstance(data, dict) else data


def records(layout: Layout, body: bytes) -> list[msgspec.Raw]:
    """
    Return the records of a page as bytes.

    Raises
    ------
    PageError
        As for `envelope`.
    """
    return records_of(members(body), layout)


def with_records(layout: Layout, body: bytes, records: Sequence[bytes]) -> bytes:
    """Return a page with only these of its records, all else byte for byte."""
    whole, page = _opened(body)
    if [bytes(record) for record in records_of(page, layout)] == [bytes(record) for record in records]:
        return body
    values = np.frombuffer(page[layout.records], np.uint8)
    start = values.ctypes.data - np.frombuffer(whole, np.uint8).ctypes.data
    mark = BOM if body.startswith(BOM) else b""
    return mark + whole[:start] + b"[" + b",".join(records) + b"]" + whole[start + len(values) :]


def _count(raw: msgspec.Raw | None) -> int | None:
    try:
        return None if raw is None else msgspec.json.decode(raw, type=int | None, strict=False)
    except msgspec.MsgspecError:
        return None


def _reported(page: Mapping[str, msgspec.Raw]) -> str:
    """Return the message of a failure, which some answers put one object deeper."""
    message = page.get("message")
    if message is None and "errors" in page:
        try:
            message = msgspec.json.decode(page["errors"], type=dict[str, msgspec.Raw]).get("message")
        except msgspec.MsgspecError:
            message = page["errors"]
    return bytes(message or b"no message").decode("utf-8", "replace")


def _refuse(body: bytes, error: Exception) -> NoReturn:
    if not body.strip():
        raise PageError("The answer is empty; try again, and check base_url if it stays so.") from error
    if body.lstrip()[:1] == b"<":
        raise PageError("The answer is an HTML page, not JSON; check base_url.") from error
    size = f"{len(body):,} bytes"
    if body.lstrip()[:1] == b"{":
        raise PageError(
            f"The answer ({size}) is cut short or damaged JSON ({error}); fetch it again."
        ) from error
    raise PageError(f"The answer ({size}) is not a JSON object ({error}); check base_url.") from error
