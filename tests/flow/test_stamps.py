"""Stamps by integer arithmetic against a plain reading with the standard library."""

import re
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.flow.stamps import MISSING, MONTHS, loose_tail, tail_seconds

LINE = re.compile(rb".* at (\d\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d)", re.DOTALL)


def plainly(line):
    found = LINE.fullmatch(line.encode())
    try:
        day, year, *clock = (int(found[n]) for n in (1, 3, 4, 5, 6))
        moment = datetime(year, MONTHS.index(found[2].decode().lower()) + 1, day, *clock, tzinfo=UTC)
    except (TypeError, ValueError):
        return MISSING
    return int(moment.timestamp()) if 1970 <= year < 2100 else MISSING


def seconds(lines):
    return tail_seconds(pa.array(lines, pa.string())).tolist()


moments = st.datetimes(datetime(1960, 1, 1), datetime(2105, 1, 1)).map(
    lambda m: f" at {m.day:02d}-{MONTHS[m.month - 1].title()}-{m.year:04d} {m:%H:%M:%S}"
)
broken = st.builds(
    lambda stamp, at, by: stamp[:at] + by + stamp[at + 1 :],
    moments, st.integers(0, 23), st.sampled_from([*"0123456789 :-aZ", "é", ""]),
)  # fmt: skip
lines = st.builds(
    lambda head, tail: head + tail, st.text(max_size=9), st.one_of(moments, broken, st.text(max_size=30))
)


@given(st.lists(lines, max_size=8))
def test_every_line_reads_as_it_would_plainly(some):
    assert seconds(some) == [plainly(line) for line in some]


@given(st.lists(lines, min_size=2, max_size=8))
def test_a_slice_reads_like_the_whole(some):
    assert tail_seconds(pa.array(some, pa.string())[1:]).tolist() == seconds(some)[1:]


@pytest.mark.parametrize("few", [[], [""], ["x"], ["", "x" * 23], [" at 27-Mar-2020 06:01:5"]])
def test_short_lines_have_no_stamp(few):
    assert seconds(few) == [MISSING] * len(few)


def test_a_stamp_alone_is_read():
    assert seconds([" at 27-Mar-2020 06:01:57"]) == [1585288917]


@pytest.mark.parametrize(
    ("line", "cut"), [("Dialed x at 7-Mar-2020 06:02:00", 8), ("Dialed x at 07-Mar-2020 06:02:00 \r\n", 8)]
)
def test_a_stamp_of_another_width_is_found(line, cut):
    assert loose_tail(line) == (int(datetime(2020, 3, 7, 6, 2, tzinfo=UTC).timestamp()), cut)


@pytest.mark.parametrize("line", ["", "Dialed x", "x at 31-Feb-2020 06:02:00", "x at 7-Mar-2020 6:02:00"])
def test_what_is_no_stamp_is_not_found(line):
    assert loose_tail(line) == (MISSING, len(line))
