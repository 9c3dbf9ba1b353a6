"""Who took part in each call: direction, the other party, our number, the service, and who answered."""

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callkit.dialects.records import Records
from callkit.dialects.values import NOTHING
from callkit.flow.events import Flow, words
from callkit.flow.journey import Journey
from callkit.flow.marks import Flags
from callkit.flow.reading import Head, as_field
from callkit.privacy import e164
from callkit.schema import vendor
from callkit.tables.columns import cleaned, field, first_told, mapped

_OTHER_PARTY = {  # fields that name the other party whoever called
    "call_records": ("client_number",),
    "webhook": ("customer_number_with_prefix", "customer_no_with_prefix "),
}
_NONE = pa.scalar(None, pa.string())


def directions(raw: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return inbound or outbound by the vendor's word, unknown where it says neither."""
    values = [_direction(text) for text in raw.dictionary.to_pylist()]
    return mapped(raw, values).dictionary_decode().fill_null("unknown").dictionary_encode()


def _direction(word: str) -> str:
    word = word.strip().lower()
    if "inbound" in word or word == "1":
        return "inbound"
    is_ours = "outbound" in word or word == "2" or word.replace("_", "").startswith("clicktocall")
    return "outbound" if is_ours else "unknown"


def other_party(
    records: Records, raw: Mapping[str, pa.Array], direction: pa.Array, dialect: str, country: str
) -> pa.Array:
    """Return the other party's number: what names it, else the caller of a call to us, whom we called otherwise."""
    outbound = pc.if_else(pc.equal(direction, "outbound"), raw["destination_raw"], _NONE)
    number = pc.if_else(pc.equal(direction, "inbound"), raw["caller_raw"], outbound)
    if dialect in _OTHER_PARTY:
        number = pc.coalesce(first_told(records, _OTHER_PARTY[dialect]), number)
    return callers(number, country)


def callers(raw: pa.Array, country: str) -> pa.Array:
    """Return numbers in E.164, null where a text is not a whole number."""
    encoded = raw.dictionary_encode()
    distinct = encoded.dictionary
    if country == "GB":  # what e164 gives for the usual forms, for all at once
        usual = pc.replace_substring_regex(distinct, r"^(?:\+?44|0)([1-9]\d{9})$", r"+44\1")
        is_usual = pc.match_substring_regex(distinct, r"^(?:\+?44|0)[1-9]\d{9}$")
    else:
        usual, is_usual = distinct, pa.array(np.zeros(len(distinct), dtype=bool))
    others = pc.filter(distinct, pc.invert(is_usual)).to_pylist()
    read = pa.array([e164(text, country) for text in others], pa.string())
    return pc.replace_with_mask(usual, pc.invert(is_usual), read).take(encoded.indices)


def our_number(
    records: Records, raw: Mapping[str, pa.Array], direction: pa.Array, flow: Flow, way: Journey,
    dialect: str, country: str,
) -> pa.DictionaryArray:  # fmt: skip
    """Return our own number: as the record names it, else by the direction, else as the flow says it."""
    said = words([_did(h, country) for h in flow.heads.heads] + [None], flow.head_of(way.received))
    if dialect == "call_report":
        return said
    named = first_told(records, ("did_number",))
    if dialect == "webhook":
        outbound = pc.if_else(pc.equal(direction, "outbound"), raw["caller_raw"], _NONE)
        ours = pc.if_else(pc.equal(direction, "inbound"), raw["destination_raw"], outbound)
        named = pc.coalesce(named, cleaned(ours))
    encoded = named.dictionary_encode()
    return mapped(encoded, [_as_written(text, country) for text in encoded.dictionary.to_pylist()])


def _did(head: Head, country: str) -> str | None:
    return _as_written(head.number, country) if head.target_kind == "did" and head.number else None


def _as_written(number: str, country: str) -> str:
    return e164(number, country) or number


def services(raw: pa.DictionaryArray) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Return kind and name of services written ``Kind (Name)`` or ``Kind: Name``; another text is a name."""
    split = [service(text) for text in raw.dictionary.to_pylist()]
    return mapped(raw, [kind for kind, _ in split]), mapped(raw, [name for _, name in split])


def service(text: str) -> tuple[str | None, str | None]:
    """Return kind and name of a service; see `services`."""
    text = text.strip()
    if text.lower() in NOTHING:
        return None, None
    kind, bracket, name = text.partition("(")
    if bracket and name.endswith(")"):
        return kind.strip() or None, name[:-1].strip() or None
    kind, colon, name = text.partition(": ")
    return (kind.strip() or None, name.strip() or None) if colon else (None, text)


def answerers(records: Records, dialect: str) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
    """Return id and name of who answered, as the record itself says them."""
    if dialect == "call_report":
        raw = field(records, vendor("agent_id", dialect)[0]).dictionary_encode()
        ids = cleaned(raw.dictionary).to_pylist()
        told = mapped(raw, [None if i is None or i.strip() == "0" else i.strip() for i in ids])
        return told, mapped(raw, [None] * len(ids))
    if dialect == "call_records":
        name = first_told(records, ("agent_name",)).dictionary_encode()
        return mapped(name, [None] * len(name.dictionary)), name
    raw = first_told(records, ("answered_agent",)).dictionary_encode()
    people = [_person(text) for text in raw.dictionary.to_pylist()]
    named = mapped(raw, [name for _, name in people]).dictionary_decode()
    name = pc.coalesce(named, first_told(records, ("answered_agent_name",)))
    return mapped(raw, [target_id for target_id, _ in people]), name.dictionary_encode()


def _person(text: str) -> tuple[str | None, str | None]:
    """Return id and name of an agent that is an object, the last one of a list, or a text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None, text
    try:
        person: Any = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return None, None
    if isinstance(person, list):
        person = person[-1] if person else None
    return (
        (as_field(person.get("id")), as_field(person.get("name")))
        if isinstance(person, dict)
        else (None, None)
    )


def agents(
    flow: Flow, way: Journey, is_answered: Flags, told: tuple[pa.DictionaryArray, pa.DictionaryArray],
    names: Mapping[str, str],
) -> dict[str, pa.Array]:  # fmt: skip
    """Return who answered: the id, and the name by the settings, else as the record or the flow says it."""
    ids, name = told
    heads = [h if h.target_kind == "extension" else None for h in flow.heads.heads] + [None]
    said = [names.get(h.target_name, h.target_name) if h and h.target_name else None for h in heads]
    by_flow = [h.target_id if h else None for h in heads]
    lines = (way.answered, way.received)
    if any(by_flow):
        found = (words(by_flow, flow.head_of(line)).dictionary_decode() for line in lines)
        ids = pc.coalesce(ids.dictionary_decode(), *found).dictionary_encode()
    by_id = mapped(ids, [names.get(i) for i in ids.dictionary.to_pylist()])
    columns = [by_id, name, *(words(said, flow.head_of(line)) for line in lines)]
    answers = pa.array(is_answered)
    found_name = pc.coalesce(*(column.dictionary_decode() for column in columns))
    both = {"agent_id": ids.dictionary_decode(), "agent_name": found_name}
    return {key: pc.if_else(answers, column, _NONE).dictionary_encode() for key, column in both.items()}
