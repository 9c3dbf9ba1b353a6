"""The table `calls`: each record's fields and its flow's journey, column by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from callkit.dialects.records import Records
from callkit.flow.events import Flow, instants, place, words
from callkit.flow.journey import Floats, Journey, journey, last_hangup, settle
from callkit.flow.marks import Flags
from callkit.flow.outcome import Facts, Verdict, decide
from callkit.flow.stamps import MISSING, Ints
from callkit.schema import CALLS_SCHEMA, INSTANT, WALL, conform, vendor
from callkit.tables.columns import field as vendor_field
from callkit.tables.columns import first_told, links, raw_numbers, raw_texts
from callkit.tables.parties import agents, answerers, directions, other_party, our_number, services
from callkit.tables.times import ClockCheck, after, end_stamps, lasted, starts


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


class CallsTable(NamedTuple):
    """
    The table, and what the events need of it.

    Parameters
    ----------
    table
        A row a call.
    flow
        The flow with its stamps as instants.
    began
        The start of each call's flow in UTC epoch milliseconds, or `MISSING`.
    clock
        Whether the account's zone agrees with the epochs.
    """

    table: pa.Table
    flow: Flow
    began: Ints
    clock: ClockCheck


def calls_table(records: Records, keys: pa.Array, flow: Flow, options: Options) -> CallsTable:
    """
    Make `calls`.

    Parameters
    ----------
    records
        The records, each call once.
    keys
        Their call keys.
    flow
        Their steps, read.
    options
        What they depend on beside the pages.
    """
    dialect = options.dialect
    raw = raw_texts(records, dialect)
    numbers, notes = raw_numbers(records, dialect)
    start = starts(records, flow, dialect, options.time_zone)
    stamped = end_stamps(records, start.utc_ms, dialect, options.time_zone)
    ended = _first(after(start.utc_ms, numbers["duration_s"]), stamped)
    flow = place(flow, start.utc_ms, ended, options.time_zone)
    hangup = last_hangup(flow, len(keys))
    if dialect == "webhook":  # its `duration` counts from the queue at times, so that none is read
        ended = _first(hangup, stamped)
        begin = np.where(start.disagrees, start.flow_ms, start.utc_ms)
        numbers["duration_s"] = lasted(begin, ended)
    elif dialect == "call_records":
        ended = _first(after(start.utc_ms, numbers["duration_s"]), hangup, stamped)
    notes.append(("epoch disagrees with date", start.disagrees))
    direction = directions(raw["direction_raw"])
    told = answerers(records, dialect)
    facts = _facts(records, raw, numbers, direction, told[0], notes, dialect)
    way = journey(flow, start.flow_ms, _first(hangup, ended))
    verdict = decide(flow, way, facts)
    way = settle(way, verdict.is_answered)
    numbers["talk_s"] = _talk(numbers["talk_s"], way, hangup, verdict.is_answered, dialect)
    plain = direction.dictionary_decode()
    kind, name = services(raw["service_raw"])
    link = links(vendor_field(records, vendor("recording_url", dialect)[0]))
    columns = {
        "call_key": keys,
        "started_at": instants(start.utc_ms, INSTANT),
        "started_local": instants(start.wall_ms, WALL),
        "ended_at": instants(ended, INSTANT),
        "direction": direction,
        **raw,
        **numbers,
        **_fixed(records, options),
        "caller": other_party(records, raw, plain, dialect, options.country),
        "did": our_number(records, raw, plain, flow, way, dialect, options.country),
        "service_kind": kind,
        "service_name": name,
        "has_recording": link.is_valid(),
        "recording_url": link,
        **_followed(way, verdict),
        **agents(flow, way, verdict.is_answered, told, options.agents),
    }
    table = pa.table({name: _array(columns[name]) for name in CALLS_SCHEMA.names})
    return CallsTable(conform(table, CALLS_SCHEMA), flow, start.flow_ms, start.check)


def _array(column: pa.Array | npt.NDArray[np.generic]) -> pa.Array:
    return pa.array(column, from_pandas=True) if isinstance(column, np.ndarray) else column


def _first(*moments: Ints) -> Ints:
    """Return the first of some moments that is known."""
    found = moments[0]
    for moment in moments[1:]:
        found = np.where(found == MISSING, moment, found)
    return found


def _facts(
    records: Records, raw: Mapping[str, pa.Array], numbers: dict[str, Floats], direction: pa.DictionaryArray,
    answerer: pa.DictionaryArray, notes: list[tuple[str, Flags]], dialect: str,
) -> Facts:  # fmt: skip
    """Gather what the fields of each record say; a record of call_report may tell the agent's seconds in two fields."""
    is_outbound = pc.equal(direction.dictionary_decode(), "outbound").to_numpy(zero_copy_only=False)
    if dialect == "call_report":
        answer, agent = numbers["talk_s"], numbers["outbound_s"]
        numbers["talk_s"] = np.where(np.isnan(answer), agent, answer)
        notes.append(("outbound_sec without answer_time", (answer == 0) & (agent > 0) & ~is_outbound))
    is_voicemail = np.zeros(len(is_outbound), dtype=bool)
    if flag := vendor("outcome", dialect):
        word = pc.utf8_lower(first_told(records, flag))
        is_voicemail = pc.is_in(word, pa.array(["true", "1", "yes"])).to_numpy(zero_copy_only=False)
    return Facts(
        numbers["talk_s"], is_outbound, raw["status_raw"], raw["reason_raw"], raw["hangup_cause_raw"],
        answerer.is_valid().to_numpy(zero_copy_only=False), is_voicemail, vendor("agent_id", dialect)[0],
        dialect == "webhook", notes,
    )  # fmt: skip


def _talk(said: Floats, way: Journey, hangup: Ints, is_answered: Flags, dialect: str) -> Floats:
    """
    Return the agent's seconds: as the record says them, else from the answer in a flow of objects to its hang-up.

    Where the caller was passed on, some of that was no talk, and how much is not told.
    """
    if dialect == "call_report":
        return said
    is_told = is_answered & ~way.marks.has("transferred", "voicemail")
    return np.where(np.isnan(said) & is_told, lasted(way.answered_at, hangup), said)


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


def _followed(way: Journey, verdict: Verdict) -> dict[str, pa.Array]:
    """Return the columns that the flow tells."""
    return {
        "answered_at": instants(way.answered_at, INSTANT),
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
        "n_rings": way.n_rings,
        "n_transfers": way.n_transfers,
    }
