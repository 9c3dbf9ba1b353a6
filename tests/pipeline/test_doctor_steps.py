"""Unknown steps become rows that fit them, that the grammar accepts, and that give nobody away."""

import json
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.dialects import RawPage
from callkit.flow.grammar import rows
from callkit.pipeline.examination.steps import MOST_ROWS, as_rows, pattern
from callkit.tables.calls import Options
from callkit.tables.tidy import build
from tests.fetch.answers import page, record

AT = "at 16-Nov-2026 09:00:05"


def pasted(lines, step="queued"):
    """Return what a user makes of the lines: each row's step chosen."""
    toml = "\n".join(lines).replace('# step = "…"', f'step = "{step}"')
    return tomllib.loads(toml).get("grammar", [])


@pytest.mark.parametrize(
    ("line", "wanted"),
    [(f" Call parked on 701 {AT}", r"Call\s+parked\s+on\s+(?P<number>.+?)"),
     (f"Announced to Amira Jones {AT}", r"(?P<target_name>.+?)\s+to\s+(?:.+?)"),
     (f" Call sent to Ring Group (Sales (UK)) {AT}",
      r"Call\s+sent\s+to\s+(?P<kind>Ring Group)\s*\((?P<target_name>.*)\)"),
     ("Extension (Amira) didn't want it", r"(?P<kind>Extension)\s*\((?P<target_name>.*)\)\s+didn\x27t\s+want\s+it"),
     ("Fax (Back office) took +44 20 7946 0958 over",
      r"(?:.+?)\s*\((?P<target_name>.*)\)\s+took\s+(?P<number>.+?)\s+over"),
     ("", ""),
     (") odd (", r"\)\s+odd\s+\(")],
)  # fmt: skip
def test_patterns(line, wanted):
    assert pattern(line) == wanted


def test_known_names_are_hidden_in_any_case():
    assert pattern("answered by amira of sales", {"amira", "sales"}) == (
        r"answered\s+by\s+(?P<target_name>.+?)\s+of\s+(?:.+?)"
    )
    (row,) = pasted(as_rows(["taken by amira"], 1, ["Amira Jones"]))
    assert "amira" not in row["pattern"]


def test_rows_of_lines_and_their_counts():
    lines = [f"Call parked on {n} {AT}" for n in range(701, 705)] + [f"Music played {AT}"]
    found = as_rows(lines, 50)
    assert found[0].startswith("# Choose each row's step: received, schedule_check, ")
    assert "unknown" not in found[0] + found[1]
    assert '# step = "…"  # 4 of 50 steps are of this kind' in found
    assert [row["pattern"] for row in pasted(found)] == [
        r"Call\s+parked\s+on\s+(?P<number>.+?)", r"Music\s+played",
    ]  # fmt: skip


def test_only_the_most_frequent_are_rows():
    kinds = [f"{'busy ' * n}phone" for n in range(MOST_ROWS + 3)]
    found = as_rows(kinds, 99)
    assert len(pasted(found)) == MOST_ROWS
    assert "# 3 more steps are of other kinds, or of kinds that no row can tell." in found
    assert as_rows([], 99) == []


def parts(text):
    return st.text("ab AB(1+7)'.{}|[]\\^$ \t\nät", max_size=12) | st.just(text)


@given(st.lists(st.tuples(parts("Call parked"), parts(f"(Amira) {AT}")), min_size=1, max_size=4))
def test_every_row_is_accepted_and_fits_what_it_was_made_of(pieces):
    lines = ["".join(piece) for piece in pieces]
    found = pasted(as_rows(lines, 9))
    table = rows(found)[: len(found)]
    assert len(found) <= len(lines)
    for line in lines:
        head = re.sub(r"\s+at 16-Nov-2026 09:00:05\s*$", "", line).strip()
        if head and len(found) == len(set(lines)):
            assert any(row.regex.fullmatch(head) for row in table)
    assert not [row for row in found if re.search("Amira|701", row["pattern"])]


OBJECTS = [
    ({"type": "Parking Lot", "id": "77", "name": "Amira", "time": 1}, {"type": "Parking Lot"}),
    ({"type": "Agent", "dialst": "Missed", "num": "Extension-201", "time": 1},
     {"type": "Agent", "where": "dialst=Missed"}),
    ({"type": "Customer", "dialst": "Held", "num": "+447700900123", "time": 1},
     {"type": "Customer", "where": "dialst=Held, num=*"}),
    ({"type": "Barge", "dialst": "Dialed", "time": 1}, {"type": "Barge", "where": "dialst=Dialed"}),
]  # fmt: skip


@pytest.mark.parametrize(("step", "wanted"), OBJECTS)
def test_rows_of_objects(step, wanted):
    (row,) = pasted(as_rows([json.dumps(step)], 1))
    assert row == {**wanted, "step": "queued"}


@pytest.mark.parametrize(
    "step", [{"time": 1}, {"type": "447700900123"}, {"type": "O'Neill", "x": 1}, {"type": ["a"]}]
)
def test_objects_that_fit_no_row_are_only_counted(step):
    found = as_rows([json.dumps(step)], 1)
    assert pasted(found) == []
    assert found[-1].startswith("# 1 more step is of")


def test_a_pasted_row_reads_the_step():
    odd = record(1)
    odd["call_stats"]["call_flow"].insert(1, " Call parked on 701 at 16-Nov-2026 09:00:02")
    pages = [RawPage(page([odd]))]
    before = build(pages, Options())
    assert sum(before.unknown_lines.values()) == 1
    row = pasted(as_rows([" Call parked on 701 at 16-Nov-2026 09:00:02"], 5))
    after = build(pages, Options(grammar=tuple(row)))
    assert after.unknown_lines == {}
    assert after.events["step"].to_pylist()[1] == "queued"
    assert after.events["number"].to_pylist()[1] == "701"
