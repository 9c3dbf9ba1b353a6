"""How each call ended, what says so, and what in the record speaks against it.

The first of these that speaks decides: the agent's seconds; a voicemail step; a failed schedule check; who hung up, and
in which stage; the vendor's reason and cause; its status. An assumed row of the grammar decides where no documented
field does, and the evidence then says ``assumed``.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from callkit.flow.causes import CAUSES, STATUSES, Word
from callkit.flow.events import Flow, words
from callkit.flow.journey import MENU, WAITING, Floats, Journey
from callkit.flow.marks import FAILED_CHECK, Flags
from callkit.flow.stamps import Ints
from callkit.schema import ENDED_BY, EVIDENCE, OUTCOMES

_AGENT_FIRST = "answeredbyagent"  # of a call we place: our own extension was rung first, which is no answer
_CLEARED = "normalclearing"


class Facts(NamedTuple):
    """
    What the fields of each record say beside the flow.

    Parameters
    ----------
    talk_s
        Agent-side seconds, NaN where not sent.
    is_outbound
        Whether we placed the call.
    status, reason, hangup_cause
        The vendor's words.
    names_answerer, is_voicemail
        Whether the record names who answered, and whether it says that there is a voicemail.
    answerer_field
        Field that names who answered.
    clears_by_caller
        Whether "NormalClearing" is sent where a caller nobody answered rings off: an inference, nowhere documented.
    notes
        Further contradictions: a text, and the calls it holds for.
    """

    talk_s: Floats
    is_outbound: Flags
    status: pa.DictionaryArray
    reason: pa.DictionaryArray
    hangup_cause: pa.DictionaryArray
    names_answerer: Flags
    is_voicemail: Flags
    answerer_field: str
    clears_by_caller: bool
    notes: Sequence[tuple[str, Flags]] = ()


class Verdict(NamedTuple):
    """Outcome, evidence and ender of each call, and what contradicts the outcome (null where nothing does)."""

    outcome: pa.DictionaryArray
    evidence: pa.DictionaryArray
    ended_by: pa.DictionaryArray
    contradictions: pa.Array
    is_answered: Flags


def decide(flow: Flow, way: Journey, facts: Facts) -> Verdict:
    """
    Decide each call's outcome.

    Parameters
    ----------
    flow, way
        The lines of all calls, and what they say together.
    facts
        What the record's fields say.
    """
    status = Word.of(facts.status, CAUSES | STATUSES)
    reason, cause = Word.of(facts.reason, CAUSES), Word.of(facts.hangup_cause, CAUSES)
    outcome, evidence = _by_fields((("reason", reason), ("reason", cause), ("status", status)))
    own_leg = facts.is_outbound & status.is_word(_AGENT_FIRST) & (evidence == EVIDENCE.index("status"))
    outcome = np.where(own_leg, OUTCOMES.index("unknown"), outcome)
    evidence = np.where(own_leg, EVIDENCE.index("none"), evidence)
    says_answered = (status.outcome() == OUTCOMES.index("answered")) & ~own_leg
    ender, is_sure_end = _enders(flow, way, facts, (reason, cause))
    for name, holds, kind, is_sure in reversed(_rules(way, facts, says_answered, ender, is_sure_end)):
        outcome = np.where(holds, OUTCOMES.index(name), outcome)
        word = np.where(is_sure, EVIDENCE.index(kind), EVIDENCE.index("assumed"))
        evidence = np.where(holds, word, evidence)
    for said in (reason, cause):
        ender = np.where(ender == ENDED_BY.index("unknown"), said.ended_by(), ender)
    notes = _contradictions(way, facts, outcome, (reason, cause, status))
    return Verdict(
        words(OUTCOMES, outcome),
        words(EVIDENCE, evidence),
        words(ENDED_BY, ender),
        _joined(notes, len(outcome)),
        outcome == OUTCOMES.index("answered"),
    )


def _by_fields(said: Sequence[tuple[str, Word]]) -> tuple[Ints, Ints]:
    """Return outcome and evidence by the vendor's words alone, the first that speaks deciding."""
    n = len(said[0][1].codes)
    outcome, evidence = np.full(n, OUTCOMES.index("unknown")), np.full(n, EVIDENCE.index("none"))
    for name, word in reversed(said):
        speaks = word.outcome()
        outcome = np.where(speaks >= 0, speaks, outcome)
        evidence = np.where(speaks >= 0, EVIDENCE.index(name), evidence)
    return outcome, evidence


def _enders(flow: Flow, way: Journey, facts: Facts, said: Sequence[Word]) -> tuple[Ints, Flags]:
    """
    Return who hung up and whether that is more than assumed.

    Where the flow has a hang-up and does not say whose, reason and cause say it.
    """
    unknown, caller = ENDED_BY.index("unknown"), ENDED_BY.index("caller")
    ender = way.ended_by.astype(np.int64)
    is_sure = ~np.append(flow.heads.assumed(), True)[flow.head_of(way.hangup)]
    for word in said:
        ender = np.where((way.hangup >= 0) & (ender == unknown), word.ended_by(), ender)
    if facts.clears_by_caller:
        is_open = (way.hangup >= 0) & (ender == unknown) & ~facts.is_outbound & ~way.marks.has("answered")
        cleared = is_open & ~(facts.talk_s > 0) & said[-1].is_word(_CLEARED)
        ender, is_sure = np.where(cleared, caller, ender), is_sure & ~cleared
    return ender, is_sure


def _rules(
    way: Journey, facts: Facts, says_answered: Flags, ender: Ints, sure_end: Flags
) -> list[tuple[str, Flags, str, Flags]]:
    """Return the rules: outcome, where it holds, its evidence, and where that is more than an assumed row."""
    has, surely = way.marks.has, way.marks.surely
    talks, answers = facts.talk_s > 0, has("answered")
    by_caller = (ender == ENDED_BY.index("caller")) & ~facts.is_outbound & ~answers
    by_system = (ender == ENDED_BY.index("system")) & ~answers
    unmoved = ~way.waits & (
        way.n_unknown == 0
    )  # an unknown line may have been the one that moved the call on
    sure_wait = sure_end & surely(*WAITING)
    return [
        ("answered", talks, "talk", talks),
        ("answered", answers & says_answered, "flow", surely("answered")),
        (
            "voicemail",
            has("voicemail") | facts.is_voicemail,
            "voicemail",
            surely("voicemail") | facts.is_voicemail,
        ),
        ("closed", has(FAILED_CHECK), "schedule", surely(FAILED_CHECK)),
        ("left_menu", by_caller & unmoved & has(*MENU), "flow", sure_end & surely(*MENU)),
        ("abandoned", by_caller & unmoved, "flow", sure_end),
        ("abandoned", by_caller & way.waits, "flow", sure_wait),
        ("timeout", by_system & has("queued"), "flow", sure_end & surely("queued")),
        ("no_answer", by_system & way.waits, "flow", sure_wait),
    ]


def _contradictions(
    way: Journey, facts: Facts, outcome: Ints, said: Sequence[Word]
) -> list[tuple[Sequence[str], Ints]]:
    """Return contradictions as lists of texts and, for each call, the place of its text in the list, 0 for none."""
    answered, has = outcome == OUTCOMES.index("answered"), way.marks.has
    reason, cause, status = said
    notes: list[tuple[Sequence[str], Ints]] = []
    for word, before in ((reason, ""), (cause, ""), (status, "status ")):
        texts = ["", *(before + text for text in word.texts)]
        notes.append((texts, np.where(word.against(outcome), word.codes + 1, 0)))
    flags = [
        ("answered step", has("answered") & ~answered),
        ("voicemail step", has("voicemail") & answered & ~has("answered")),
        ("failed schedule check", has(FAILED_CHECK) & answered),
        (facts.answerer_field, facts.names_answerer & ~answered),
        ("stamps disagree with the call's start or duration", way.is_disordered),
        *facts.notes,
    ]
    return notes + [(["", text], holds.view(np.int8)) for text, holds in flags]


def _joined(notes: Sequence[tuple[Sequence[str], Ints]], n: int) -> pa.Array:
    some = np.zeros(n, dtype=bool)
    for _, place in notes:
        some |= place > 0
    rows = pd.DataFrame({k: place[some] for k, (_, place) in enumerate(notes)})
    codes = rows.groupby(list(rows), sort=False).ngroup().to_numpy() + 1
    texts: list[str | None] = [None]
    for combination in rows.drop_duplicates().itertuples(index=False):
        parts = dict.fromkeys(notes[k][0][place] for k, place in enumerate(combination) if place)
        texts.append("; ".join(parts))
    number = np.zeros(n, dtype=np.int64)
    number[some] = codes
    return pa.array(texts, pa.string()).take(pa.array(number))
