"""The Structs a page is decoded into: one set for each tier, with the keys learned so far as further fields."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from callkit.dialects.pages import Layout

ENVELOPE, RECORD = "envelope", ""
FLOWS = ("lines", "steps")
_SCALAR = str | int | float | bool | None
_LOOSE_FLOW = list[Raw] | dict[str, Raw] | str | None
_TEXT_FLOW = list[str] | dict[str, Raw] | str | None
TYPED: dict[str, Any] = {
    "text": str | int | None, "number": float | None, "flag": str | int | bool | None, "json": Raw, "unused": Raw,
    "lines": list[str] | None, "steps": list[Raw] | None,
}  # fmt: skip
TOLERANT: dict[str, Any] = {
    "text": _SCALAR, "number": _SCALAR, "flag": _SCALAR, "json": Raw, "unused": Raw,
    "lines": _TEXT_FLOW, "steps": _LOOSE_FLOW,
}  # fmt: skip
LOOSE: dict[str, Any] = TOLERANT | {"lines": _LOOSE_FLOW}  # a line may be anything, a number or an object


def path(level: str, key: str) -> str:
    """Return the vendor path of a key of a record, of its statistics, or of the envelope."""
    return f"{level}.{key}" if level else key


def nested(layout: Layout) -> str:
    """Return the key of the object of a record that has fields of its own; empty where there is none."""
    return next((key for key, kind in layout.kinds.items() if kind == "stats"), "")


def kinds(layout: Layout) -> dict[str, str]:
    """Return the kind of each field of a record that becomes a column, by its vendor path: ``text`` or ``number``."""
    levels = ((RECORD, layout.kinds), (nested(layout), layout.stats))
    every = {path(level, key): kind for level, fields in levels for key, kind in fields.items()}
    return {
        name: "number" if kind == "number" else "text"
        for name, kind in every.items()
        if kind in ("text", "number", "flag", "json")
    }


class Tier:
    """
    The decoder of one tier.

    Parameters
    ----------
    layout
        What a page looks like.
    types
        `TYPED`, `TOLERANT` or `LOOSE`: the type of each kind of field.
    learned
        Keys callkit does not know but has met, by level; their fields are unset where they are not sent.
    """

    def __init__(
        self, layout: Layout, types: Mapping[str, Any], learned: Mapping[str, Sequence[str]]
    ) -> None:
        inner = nested(layout)
        self.stats = _struct(
            "Stats", {k: types[kind] for k, kind in layout.stats.items()}, learned.get(inner)
        )
        fields = {key: types.get(kind, self.stats | None) for key, kind in layout.kinds.items()}
        self.record = _struct("Record", fields, learned[RECORD])
        records: Any = list[self.record] | None  # type: ignore[name-defined]
        members = dict.fromkeys(layout.envelope, Any) | {layout.records: records}
        page = _struct("Page", members, learned[ENVELOPE])
        is_strict = types is not TYPED
        self._decode = msgspec.json.Decoder(page, strict=is_strict).decode
        self.read = msgspec.json.Decoder(self.record, strict=is_strict).decode
        self._holds_bytes = is_strict or Raw in {types.get(kind) for kind in layout.kinds.values()}

    def members(self, body: bytes) -> tuple[Any, ...]:
        """Return the members of a page: those of the envelope, the records, and the learned ones."""
        if self._holds_bytes:
            body.decode()  # values kept as bytes are not looked into before they are used
        return msgspec.structs.astuple(self._decode(body))


def _struct(name: str, types: Mapping[str, Any], learned: Sequence[str] | None) -> Any:
    keys = [*types, *(learned or ())]
    fields = [(f"f{n}", types.get(key, Any), None if key in types else UNSET) for n, key in enumerate(keys)]
    rename = {f"f{n}": key for n, key in enumerate(keys)}
    return msgspec.defstruct(name, fields, rename=rename, gc=False, forbid_unknown_fields=True)
