"""The Structs a page is decoded into: one set for each tier, with the keys learned so far as further fields."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from callkit.dialects.call_report import ENVELOPE_KEYS, RECORD_KINDS, STATS, STATS_KINDS

TYPED: Mapping[str, Any] = {"text": str | int | None, "number": float | None, "flow": list[str] | None}
TOLERANT: Mapping[str, Any] = {
    "text": str | int | float | bool | None,
    "number": str | int | float | bool | None,
    "flow": list[Any] | dict[str, Any] | str | None,
}
ENVELOPE, RECORD = "envelope", ""
DATA = len(ENVELOPE_KEYS)  # the records' place among a page's members


def path(level: str, key: str) -> str:
    """Return the vendor path of a key of a record, of its statistics, or of the envelope."""
    return f"{level}.{key}" if level else key


def kinds() -> dict[str, str]:
    """Return the kind of each text and number field of a record, by its vendor path."""
    levels = ((RECORD, RECORD_KINDS), (STATS, STATS_KINDS))
    every = {path(level, key): kind for level, fields in levels for key, kind in fields.items()}
    return {name: kind for name, kind in every.items() if kind in ("text", "number")}


class Tier:
    """
    The decoder of one tier.

    Parameters
    ----------
    types
        `TYPED` or `TOLERANT`: the type of each kind of field.
    learned
        Keys callkit does not know but has met, by level; their fields are unset where they are not sent.
    """

    def __init__(self, types: Mapping[str, Any], learned: Mapping[str, Sequence[str]]) -> None:
        self.stats = _struct("Stats", {k: types[kind] for k, kind in STATS_KINDS.items()}, learned[STATS])
        fields = {key: types.get(kind, self.stats | None) for key, kind in RECORD_KINDS.items()}
        self.record = _struct("Record", fields, learned[RECORD])
        records: Any = list[self.record] | None  # type: ignore[name-defined]
        page = _struct("Page", dict.fromkeys(ENVELOPE_KEYS, Any) | {"data": records}, learned[ENVELOPE])
        self._decode = msgspec.json.Decoder(page, strict=types is TOLERANT).decode

    def members(self, body: bytes) -> tuple[Any, ...]:
        """Return the members of a page: those of `ENVELOPE_KEYS`, the records, and the learned ones."""
        return msgspec.structs.astuple(self._decode(body))


def _struct(name: str, types: Mapping[str, Any], learned: Sequence[str]) -> Any:
    keys = [*types, *learned]
    fields = [(f"f{n}", types.get(key, Any), None if key in types else UNSET) for n, key in enumerate(keys)]
    rename = {f"f{n}": key for n, key in enumerate(keys)}
    return msgspec.defstruct(name, fields, rename=rename, gc=False, forbid_unknown_fields=True)
