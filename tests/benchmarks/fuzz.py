"""Odd lines and odd pages against a slow reading in plain Python: ``python -m tests.benchmarks.fuzz``.

Every line is read four times: among its neighbours, among others, in a whole page of records of one of the two
dialects, and plainly. Nothing may be lost, nothing may raise, and all must say the same. It is seeded.
"""

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

import msgspec
import numpy as np
import pyarrow as pa

from callkit.dialects import RawPage
from callkit.dialects.pages import mended
from callkit.flow import events, grammar
from callkit.flow.events import MISSING
from callkit.flow.grammar import Row, Shape, rows
from callkit.tables.calls import Options
from callkit.tables.tidy import Built, build
from tests.benchmarks import plain_reading
from tests.benchmarks.odd_flows import FORMS, ODD, flow, line, step
from tests.benchmarks.plain_reading import Plain
from tests.flow.conftest import GOLDENS, Golden

BATCH = 25_000
A_PAGE = 100
NO_RECORDS = [value for value in ODD if not isinstance(value, dict)]
_HEAD = ("step", "target_kind", "target_name", "target_id", "number", "ended_by")


@dataclass
class Seen:
    """What was tried."""

    lines: int = 0
    objects: int = 0
    unknown: int = 0
    pages: int = 0
    received: int = 0
    calls: int = 0
    duplicates: int = 0
    quarantined: int = 0
    steps: int = 0
    heads: set[str] = field(default_factory=set)


class DiffersError(AssertionError):
    """Two readings that must agree do not."""


def same(ours: Sequence[Any], theirs: Sequence[Any], what: str, told: Sequence[object] = ()) -> None:
    """Make sure that two lists are equal; else say where they first differ."""
    if len(ours) != len(theirs):
        raise DiffersError(f"{what}: {len(ours):,} where {len(theirs):,} must be")
    if ours != theirs:
        n = next(n for n, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a != b)
        raise DiffersError(
            f"{what}, number {n}{f' {told[n]!r}' if told else ''}: {ours[n]!r} where {theirs[n]!r} must be"
        )


def fuzz(n_lines: int, seed: int, tell: Callable[[str], object] = lambda _: None) -> Seen:
    """Read so many odd lines in every way."""
    table = known_rows()
    kinds = {"GRAMMAR": Row, "OBJECTS": Shape}
    known = {name: tuple(row for row in table if isinstance(row, kind)) for name, kind in kinds.items()}
    with patch.multiple(grammar, **known):
        return _fuzz(n_lines, seed, tell, table)


def known_rows() -> tuple[Row | Shape, ...]:
    """Return the rows of the grammar but those whose golden the plain reading does not know yet."""
    lines = [line for path in GOLDENS for line in Golden(path).lines]
    read = events.read(pa.chunked_array([lines]), np.array([len(lines)]), rows())
    told = zip(
        (read.heads.heads[head].row for head in read.head.tolist()),
        map(plain_reading.read, lines),
        strict=True,
    )
    known = {row for row, plain in told if plain.step != "unknown"}
    return tuple(row for row in rows() if row in known)


def _fuzz(n_lines: int, seed: int, tell: Callable[[str], object], table: tuple[Row | Shape, ...]) -> Seen:
    seen = Seen()
    for batch in range(-(-n_lines // BATCH)):
        random = Random(f"{seed} {batch}")
        share = random.choice((0.0, 0.05, 0.5, 1.0))  # of objects
        size = min(BATCH, n_lines - seen.lines)
        lines = [step(random) if random.random() < share else line(random) for _ in range(size)]
        plain = list(map(plain_reading.read, lines))
        directly(random, lines, plain, table, seen)
        as_pages(random, lines, plain, list(FORMS)[batch % len(FORMS)], seen)
        seen.lines += size
        tell(f"\r{seen.lines:,} lines")
    return seen


def directly(random: Random, lines: list[str], plain: list[Plain], table: Any, seen: Seen) -> None:
    """Read lines in their order and in another, in chunks of any size."""
    order = random.sample(range(len(lines)), len(lines))
    for some, wanted in ((lines, plain), ([lines[n] for n in order], [plain[n] for n in order])):
        cuts = sorted(random.choices(range(len(some) + 1), k=random.randrange(6)))
        chunks = [some[a:b] for a, b in zip([0, *cuts], [*cuts, len(some)], strict=True)]
        sizes = parts(random, len(some))
        read = events.read(pa.chunked_array(chunks, pa.string()), np.array(sizes), table)
        same(read.lines.to_pylist(), some, "raw")
        same(read.position.tolist(), [n for size in sizes for n in range(size)], "position")
        same(read.owner.tolist(), [call for call, size in enumerate(sizes) for _ in range(size)], "call")
        said = [
            (h.step, h.row and h.row.status, *(getattr(h, name) for name in _HEAD[1:]), h.is_failed_check)
            for h in read.heads.heads
        ]
        times = (None if at == MISSING else at for at in read.at_ms.tolist())
        ours = [(*said[head], at) for head, at in zip(read.head.tolist(), times, strict=True)]
        same(ours, [tuple(one) for one in wanted], "meaning", some)
        counted = sum(events.unknown_lines(read).values())
        same([counted], [sum(one.step == "unknown" for one in wanted)], "unknown lines")
    patterns = [row.regex.fullmatch for row in table if isinstance(row, Row)]
    heads = (text.strip() for text in read.heads.texts)
    same(
        [head for head in heads if sum(fits(head) is not None for fits in patterns) > 1],
        [],
        "lines two rows fit",
    )
    seen.objects += int(read.is_object.sum())
    seen.unknown += counted
    seen.heads.update(read.heads.texts)


def parts(random: Random, n: int) -> list[int]:
    """Cut so many lines into flows of up to eight."""
    sizes = []
    while n:
        sizes.append(min(n, random.randrange(9)))
        n -= sizes[-1]
    return sizes


def is_timed(text: str, said: Plain) -> bool:
    """Say whether a line's time can be read, or there is none: pages in which many cannot are refused."""
    silent = said.status != "documented" and not re.search(r"\d", text[-40:]) and '"time"' not in text
    return said.at_ms is not None or said.step == "hangup" or silent


def as_pages(random: Random, lines: list[str], plain: list[Plain], dialect: str, seen: Seen) -> None:
    """Read the lines as flows of records, some of them odd, twice there or none at all."""
    some = [
        text
        for text, said in zip(lines, plain, strict=True)
        if random.random() < 0.05 or is_timed(text, said)
    ]
    name, form = FORMS[dialect]
    sent: list[tuple[str, Any, list[str]]] = []
    begin = 0
    for size in parts(random, len(some)):
        shaped, told = flow(random, some[begin : begin + size])
        begin += size
        new = f"c{len(sent)}"
        key = random.choice(sent)[0] or new if sent and random.random() < 0.05 else new
        sent.append((key, form(random, key, shaped), told))
        if random.random() < 0.01:
            sent.append(("", random.choice(NO_RECORDS), []))
    pages = [sent[n : n + A_PAGE] for n in range(0, len(sent), A_PAGE)]
    bodies = [msgspec.json.encode({name: [record for _, record, _ in page]}) for page in pages]
    built = build((RawPage(body, source=str(n)) for n, body in enumerate(bodies)), Options(dialect))
    held = {int(q.page_source) * A_PAGE + q.index for q in built.quarantined}
    kept = [(key, told) for n, (key, _, told) in enumerate(sent) if n not in held]
    accounted(built, kept, len(sent), dict(zip(lines, plain, strict=True)))
    seen.pages += len(pages)
    seen.received += built.received
    seen.calls += built.calls.num_rows
    seen.duplicates += built.duplicates
    seen.quarantined += len(built.quarantined)
    seen.steps += built.events.num_rows


def whole(text: str) -> str:
    """Return a step with U+FFFD for half an emoji, as pages are read."""
    return mended(text.encode()).decode() if "\\ud" in text.lower() else text


def accounted(built: Built, kept: list[tuple[str, list[str]]], n_sent: int, alone: dict[str, Plain]) -> None:
    """Make sure that every record and every step of pages is where it belongs, and says what it says alone."""
    same([built.received], [n_sent], "records received")
    last = {key: n for n, (key, _) in enumerate(kept)}
    kept = [(key, told) for n, (key, told) in enumerate(kept) if last[key] == n]
    same(
        [built.calls.num_rows + built.duplicates + len(built.quarantined)],
        [n_sent],
        "calls, duplicates and quarantined",
    )
    same(built.calls["call_key"].to_pylist(), [key for key, _ in kept], "calls")
    same(built.calls["n_steps"].to_pylist(), [len(told) for _, told in kept], "steps of calls")
    table = built.events.to_pydict()
    raw = [text for _, told in kept for text in told]
    same(list(map(whole, table["raw"])), list(map(whole, raw)), "raw of events")
    same(table["call_key"], [key for key, told in kept for _ in told], "call of events")
    same(table["position"], [n for _, told in kept for n in range(len(told))], "position of events")
    plain = [alone.get(text) or plain_reading.read(text) for text in raw]
    ours = list(zip(*(table[column] for column in _HEAD), strict=True))
    same(
        ours, [(p.step, p.kind, p.name, p.id, p.number, p.ended_by) for p in plain], "meaning of events", raw
    )
    source = [
        "explicit" if p.at_ms is not None else "derived" if p.step == "hangup" else "missing" for p in plain
    ]
    ours = [
        "derived" if s == "missing" and p.step == "hangup" else s
        for s, p in zip(table["at_source"], plain, strict=True)
    ]
    same(ours, source, "source of times", raw)
    same(
        [at is None for at in table["at"]],
        [s == "missing" for s in table["at_source"]],
        "nulls of times",
        raw,
    )


def main() -> None:
    """Try it, and say what was tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fuzz", description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines to draw (default: 1,000,000)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    seen = fuzz(asked.lines, asked.seed, sys.stderr.write)
    share = seen.unknown / max(seen.lines, 1)
    sys.stdout.write(
        f"{seen.lines:,} lines and objects (seed {asked.seed}; {seen.objects:,} objects), {len(seen.heads):,} distinct "
        f"heads, {share:.0%} unknown: read in two orders by {len(known_rows())} of {len(rows())} rows and plainly, "
        "all alike, and no line fits two rows.\n"
        f"{seen.pages:,} pages with {seen.received:,} records and {seen.steps:,} steps: {seen.calls:,} calls, "
        f"{seen.duplicates:,} duplicates, {seen.quarantined:,} quarantined; nothing lost.\n"
        f"{time.monotonic() - began:.0f} s\n"
    )


if __name__ == "__main__":
    main()
