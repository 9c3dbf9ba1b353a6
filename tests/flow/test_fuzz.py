"""A small run of `tests.benchmarks.fuzz`, and the proof that it notices what it looks for."""

import pytest

from callkit.flow import events, grammar
from callkit.flow.grammar import Row, rows
from tests.benchmarks import fuzz, plain_reading
from tests.flow.conftest import GOLDENS, Golden, told


def test_odd_lines_and_pages_lose_nothing_and_mean_what_they_say_plainly():
    seen = fuzz.fuzz(20_000, seed=20)
    assert seen.lines == 20_000
    assert min(seen.objects, seen.unknown, seen.calls, seen.duplicates, seen.quarantined) > 50
    assert seen.received == seen.calls + seen.duplicates + seen.quarantined


@pytest.mark.parametrize("dialect", fuzz.FORMS)
def test_both_dialects_are_tried(dialect, monkeypatch):
    monkeypatch.setattr(fuzz, "FORMS", {dialect: fuzz.FORMS[dialect]})
    assert fuzz.fuzz(3000, seed=7).pages > 5


def test_the_seed_decides_what_is_tried():
    assert fuzz.fuzz(500, seed=3) == fuzz.fuzz(500, seed=3) != fuzz.fuzz(500, seed=4)


def test_a_row_less_is_noticed(monkeypatch):
    monkeypatch.setattr(fuzz, "known_rows", lambda: rows()[1:])
    with pytest.raises(fuzz.DiffersError, match="meaning, number .*'received', 'documented'"):
        fuzz.fuzz(5000, seed=1)


def test_a_new_row_and_its_golden_are_all_it_takes(monkeypatch):
    new = Row(r"(?P<kind>Ring Group) \((?P<target_name>.*)\) is busy", "busy")
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, new))
    assert new in rows()
    assert new not in fuzz.known_rows()
    assert fuzz.fuzz(5000, seed=1).lines == 5000
    assert new in rows()


def test_a_line_less_is_noticed(monkeypatch):
    whole = events.read

    def lossy(lines, n_lines, table):
        flow = whole(lines, n_lines, table)
        return flow._replace(lines=flow.lines.slice(1))

    monkeypatch.setattr(events, "read", lossy)
    with pytest.raises(fuzz.DiffersError, match="raw: 499 where 500 must be"):
        fuzz.fuzz(500, seed=1)


def test_the_plain_reading_says_what_the_goldens_say():
    table = fuzz.known_rows()
    for path in GOLDENS:
        lines = Golden(path).lines
        for line, said in zip(lines, told(lines, table=table), strict=True):
            plain = plain_reading.read(line)
            assert said.startswith(f"{plain.step} ({plain.status or 'no row'})"), line
            assert (f"; at: {_stamp(plain.at_ms)}" in said) == (plain.at_ms is not None), line


def _stamp(at_ms):
    return plain_reading.datetime.fromtimestamp((at_ms or 0) / 1000, plain_reading.UTC).strftime(
        "%Y-%m-%d %H:%M:%S"
    )
