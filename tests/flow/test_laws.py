"""Laws of parsing, for lines of any kind."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from callkit.flow import events
from callkit.flow.grammar import rows
from callkit.schema import STEPS
from tests.flow.conftest import GOLDENS, Golden

KNOWN = [line for path in GOLDENS for line in Golden(path).lines]


def mutated(line, at, by):
    place = at % (len(line) + 1)
    return line[:place] + by + line[place + 1 :]


lines = st.one_of(
    st.sampled_from(KNOWN),
    st.builds(mutated, st.sampled_from(KNOWN), st.integers(0, 90), st.text(max_size=3)),
    st.text(max_size=40),
)
flows = st.lists(st.lists(lines, max_size=6), max_size=6)


def read(calls, cut=1):
    every = [line for call in calls for line in call]
    at = len(every) // cut if cut else 0
    chunks = pa.chunked_array([every[:at], every[at:]], pa.string())
    return events.read(chunks, np.array([len(call) for call in calls], dtype=np.int64), rows())


def told(flow):
    heads = [flow.heads.heads[h] for h in flow.head.tolist()]
    return list(zip(heads, flow.at_ms.tolist(), flow.at_source.tolist(), strict=True))


@given(flows)
def test_every_line_becomes_one_event_with_its_own_words(calls):
    flow = read(calls)
    every = [line for call in calls for line in call]
    assert flow.lines.to_pylist() == every
    assert len(flow.head) == len(flow.at_ms) == len(every)
    assert set(flow.step().tolist()) <= set(range(len(STEPS)))


@given(flows)
def test_positions_count_from_zero_in_each_call(calls):
    flow = read(calls)
    assert flow.position.tolist() == [n for call in calls for n in range(len(call))]
    assert flow.owner.tolist() == [n for n, call in enumerate(calls) for _ in call]


@given(flows, st.integers(0, 6))
def test_half_and_half_make_the_whole(calls, at):
    assert told(read(calls[:at])) + told(read(calls[at:])) == told(read(calls))


@given(flows)
def test_how_the_column_is_cut_does_not_matter(calls):
    assert told(read(calls, cut=2)) == told(read(calls))


@given(flows)
def test_unknown_lines_are_counted_and_masked(calls):
    flow = read(calls)
    counted = events.most_frequent(events.unknown_lines(flow), most=2)
    assert sum(counted.values()) == (flow.step() == STEPS.index("unknown")).sum()
    assert len(counted) <= 3
