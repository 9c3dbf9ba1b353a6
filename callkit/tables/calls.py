"""The table `calls`: each record's fields and its flow's journey, column by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from callkit import clock
from callkit.dialects.decode import Records
from callkit.dialects.call_report import LAYOUT
from callkit.dialects.structs import kinds
from callkit.flow.events import Flow, instants, place, words
from callkit.flow.grammar import Head
from callkit.flow.journey import Floats, Journey, journey, settle
from callkit.flow.marks import Flags
from callkit.flow.outcome import Facts, Verdict, decide
from callkit.flow.stamps import MISSING, Ints
from callkit.privacy import e164
from callkit.schema import CALLS, CALLS_SCHEMA, INSTANT, WALL, conform
from callkit.tables.columns import callers, cleaned, directions, epochs, links, mapped, services, walls

EPOCH_SLACK_S = 120
_PATHS = {column.name: column.vendor[0] for column in CALLS if column.vendor}
_KIND_OF = {name: kinds(LAYOUT).get(path) for name, path in _PATHS.items()}
_TEXTS = tuple(name for name, kind in _KIND_OF.items() if kind == "text" and name.endswith("_raw"))
_NUMBERS = tuple(name for name, kind in _KIND_OF.items() if kind == "number")
_MAY_BE_NEGATIVE = ("charge",)
_TOO_MUCH = 1e8  # seconds of three years: no call lasts that long


@dataclass(frozen=True)
class Options:
    """
    What the tables depend on beside the pages.

    Parameters
    ----------
    dialect, time_zone
        Form of the pages, and IANA zone of the vendor's stamps.
    account, country
        Name that column `account` carries, and two-letter region by which national phone numbers are read.
    grammar
        Further rows for the table of steps.
    agents
        Name of each extension, by its id.
    """

    dialect: str = "call_report"
    time_zone: str = "Europe/London"
    account: str = ""
    country: str = "GB"
    grammar: Sequence[Mapping[str, object]] = ()
    agents: Mapping[str, str] = field(default_factory=dict)


class _Start(NamedTuple):
    """When each call began: UTC and wall-clock seconds, and whether the epoch in its id disagrees."""

    utc: Ints
    wall: Ints
    disagrees: Flags


def calls_table(
    records: Records, keys: pa.Array, flow: Flow, options: Options
) -> tuple[pa.Table, Flow, Ints]:
    """
    Make `calls`.

    Parameters
    ----------
    records
        The records, each call once.
    keys
        Their call keys.
    flow
        Their lines, read.
    options
        What they depend on beside the pages.

    Returns
    -------
    tuple
        The table; the flow with its stamps as instants; the start of each call in UTC epoch seconds.
    """
    raw = _texts(records)
    numbers, notes = _numbers(records)
    start = _starts(records, raw["call_id_raw"], options.time_zone)
    ended = _ends(start.utc, numbers["duration_s"])
    flow = place(flow, start.utc, ended, options.time_zone)
    answer, agent = numbers["talk_s"], numbers["outbound_s"]
    numbers["talk_s"] = np.where(np.isnan(answer), agent, answer)
    direction, agent_id = directions(raw["direction_raw"]), _agent_ids(raw["answered_by_raw"])
    is_outbound = pc.equal(direction.dictionary_decode(), "outbound").to_numpy(zero_copy_only=False)
    names_answerer = agent_id.is_valid().to_numpy(zero_copy_only=False)
    notes += [
        ("epoch disagrees with date", start.disagrees),
        ("outbound_sec without answer_time", (answer == 0) & (agent > 0) & ~is_outbound),
    ]
    facts = Facts(
        numbers["talk_s"], is_outbound, raw["status_raw"], raw["reason_raw"], raw["hangup_cause_raw"],
        names_answerer, notes,
    )  # fmt: skip
    way = journey(flow, start.utc, ended)
    verdict = decide(flow, way, facts)
    way = settle(way, verdict.is_answered)
    columns = {
        "call_key": keys,
        "started_at": instants(start.utc, INSTANT),
        "started_local": instants(start.wall, WALL),
        "ended_at": instants(ended, INSTANT),
        "direction": direction,
        **raw,
        **numbers,
        **_fixed(records, options),
        **_told(records, raw, direction.dictionary_decode(), options.country),
        **_followed(flow, way, verdict, options.country),
        **_agents(flow, way, verdict.is_answered, agent_id, options.agents),
    }
    table = pa.table({name: _array(columns[name]) for name in CALLS_SCHEMA.names})
    return conform(table, CALLS_SCHEMA), flow, start.utc


def _array(column: pa.Array | npt.NDArray[np.generic]) -> pa.Array:
    return pa.array(column, from_pandas=True) if isinstance(column, np.ndarray) else column


def _texts(records: Records) -> dict[str, pa.Array]:
    """Return the text fields as sent, those of few words as dictionaries."""
    texts = {name: records.columns[_PATHS[name]].combine_chunks() for name in _TEXTS}
    coded = (name for name in texts if pa.types.is_dictionary(CALLS_SCHEMA.field(name).type))
    return texts | {name: texts[name].dictionary_encode() for name in coded}


def _numbers(records: Records) -> tuple[dict[str, Floats], list[tuple[str, Flags]]]:
    """Return number fields, NaN where there is none, and notes on what was sent and cannot be a number of its kind."""
    numbers, notes = {}, []
    for name in _NUMBERS:
        column = records.columns[_PATHS[name]]
        values = column.to_numpy()
        bad = ~((np.abs(values) < _TOO_MUCH) & ((values >= 0) | (name in _MAY_BE_NEGATIVE)))
        bad &= column.is_valid().to_numpy()
        if bad.any():
            values = np.where(bad, np.nan, values)
            notes.append((f"unreadable {_PATHS[name].rpartition('.')[2]}", bad))
        numbers[name] = values
    return numbers, notes


def _ends(started: Ints, duration: Floats) -> Ints:
    known = (started != MISSING) & np.isfinite(duration)
    return np.where(known, started + np.rint(np.where(known, duration, 0)).astype(np.int64), MISSING)


def _starts(records: Records, call_ids: pa.Array, time_zone: str) -> _Start:
    wall, epoch = walls(records), epochs(call_ids)
    has_wall, has_epoch = wall != MISSING, epoch != MISSING
    utc = np.where(has_epoch, epoch, MISSING)
    utc[has_wall] = clock.to_utc(wall[has_wall], time_zone, np.where(has_epoch, epoch, -1)[has_wall])
    only_epoch = has_epoch & ~has_wall
    wall[only_epoch] = clock.to_wall(epoch[only_epoch], time_zone)
    both = has_wall & has_epoch
    apart = np.abs(np.where(both, utc, 0) - np.where(both, epoch, 0))
    return _Start(utc, wall, apart > EPOCH_SLACK_S)


def _agent_ids(raw: pa.DictionaryArray) -> pa.DictionaryArray:
    ids = cleaned(raw.dictionary).to_pylist()
    return mapped(raw, [None if i is None or i.strip() == "0" else i.strip() for i in ids])


def _fixed(records: Records, options: Options) -> dict[str, pa.Array]:
    """Return the columns that the page or the options give."""
    same = np.zeros(len(records.page_of), dtype=np.int64)
    fetched = [
        MISSING if f is None else round(f.astimezone(UTC).timestamp() * 1_000_000) for f in records.fetched_at
    ]
    micros = np.array(fetched, dtype=np.int64)[records.page_of]
    return {
        "account": words([options.account], same),
        "dialect": words([options.dialect], same),
        "fetched_at": pa.array(micros, mask=micros == MISSING).view(INSTANT),
        "source": words([s or None for s in records.source], records.page_of),
    }


def _told(
    records: Records, raw: Mapping[str, pa.Array], direction: pa.Array, country: str
) -> dict[str, pa.Array]:
    """Return the columns that single fields of the record tell."""
    none = pa.scalar(None, pa.string())
    outbound = pc.if_else(pc.equal(direction, "outbound"), raw["destination_raw"], none)
    kind, name = services(raw["service_raw"])
    link = links(records.columns["recording_file_link"].combine_chunks())
    return {
        "caller": callers(pc.if_else(pc.equal(direction, "inbound"), raw["caller_raw"], outbound), country),
        "service_kind": kind,
        "service_name": name,
        "has_recording": link.is_valid(),
        "recording_url": link,
    }


def _followed(flow: Flow, way: Journey, verdict: Verdict, country: str) -> dict[str, pa.Array]:
    """Return the columns that the flow tells."""
    return {
        "answered_at": instants(way.answered_at, INSTANT),
        "did": words([_did(h, country) for h in flow.heads.heads] + [None], flow.head_of(way.received)),
        "outcome": verdict.outcome,
        "outcome_evidence": verdict.evidence,
        "contradictions": verdict.contradictions,
        "ended_by": verdict.ended_by,
        "wait_s": way.wait_s,
        "menu_s": way.menu_s,
        "queue_s": way.queue_s,
        "ring_s": way.ring_s,
        "n_steps": way.n_steps,
        "n_unknown_steps": way.n_unknown,
        "n_targets": way.n_targets,
    }


def _did(head: Head, country: str) -> str | None:
    if head.target_kind != "did" or not head.number:
        return None
    return e164(head.number, country) or head.number


def _agents(
    flow: Flow,
    way: Journey,
    is_answered: Flags,
    ids: pa.DictionaryArray,
    names: Mapping[str, str],
) -> dict[str, pa.Array]:
    """Return who answered: the id as sent, and the name by the settings, else as the flow says it."""
    heads = [h.target_name if h.target_kind == "extension" else None for h in flow.heads.heads]
    said = [None if h is None else names.get(h, h) for h in heads] + [None]
    by_id = mapped(ids, [names.get(i) for i in ids.dictionary.to_pylist()])
    answered, placed = (words(said, flow.head_of(line)) for line in (way.answered, way.received))
    name = pc.coalesce(*(column.dictionary_decode() for column in (by_id, answered, placed)))
    answers, none = pa.array(is_answered), pa.scalar(None, pa.string())
    columns = {"agent_id": ids.dictionary_decode(), "agent_name": name}
    return {key: pc.if_else(answers, column, none).dictionary_encode() for key, column in columns.items()}
