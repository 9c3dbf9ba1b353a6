"""Every kind of line against its golden; `pytest --update-goldens` makes them anew."""

import json

import pytest

from callkit.flow.events import MISSING
from callkit.flow.grammar import ASSUMED, Row, rows
from callkit.flow.reading import as_field, fits
from tests.flow.conftest import GOLDENS, Golden, read, told


def heads(lines):
    """Return each step's head, a text or the fields of an object, and whether it has a stamp."""
    flow = read(lines)
    texts = [flow.heads.texts[h].strip() for h in flow.head.tolist()]
    texts = [
        {key: as_field(value) for key, value in json.loads(line).items()} if is_object else text
        for line, text, is_object in zip(lines, texts, flow.is_object.tolist(), strict=True)
    ]
    return list(zip(texts, (flow.at_ms != MISSING).tolist(), strict=True))


ROWS = rows()


def fitting(head, is_stamped, table=ROWS):
    return [row for row in table if (is_stamped or row.status != ASSUMED) and fit(row, head)]


def fit(row, head):
    if isinstance(row, Row):
        return isinstance(head, str) and row.regex.fullmatch(head)
    return isinstance(head, dict) and fits(row, head)


def test_the_lines_mean_what_the_golden_says(golden, pytestconfig):
    now = told(golden.lines)
    if pytestconfig.getoption("--update-goldens"):
        golden.update(now)
    assert now == Golden(golden.path).events


def test_at_most_one_row_fits_a_line(golden):
    for head, is_stamped in heads(golden.lines):
        assert len(fitting(head, is_stamped)) <= 1, head


def test_the_lines_are_kept_byte_for_byte(golden):
    assert read(golden.lines).lines.to_pylist() == golden.lines


def test_every_row_has_a_golden():
    fits = [row for path in GOLDENS for head in heads(Golden(path).lines) for row in fitting(*head)]
    assert [row.pattern for row in rows() if row not in fits] == []


def test_a_new_kind_of_line_is_one_row():
    line = " Call parked on Orbit 7 at 27-Mar-2020 06:02:00"
    row = {"pattern": r"Call parked on (?P<target_name>.+?)", "step": "queued", "target_kind": "queue"}
    assert told([line]) == ["unknown (no row); at: 2020-03-27 06:02:00"]
    (now,) = told([line], [row])
    assert now == (
        "queued (observed); step_raw: Call parked on; target_kind: queue; target_name: Orbit 7; at: 2020-03-27 06:02:00"
    )
    assert len(fitting("Call parked on Orbit 7", True, rows([row]))) == 1


def test_a_new_kind_of_object_is_one_row():
    line = '{"type": "Agent", "dialst": "Missed", "id": "201", "name": "Amy", "time": 1585288920}'
    row = {"type": "agent", "where": "dialst=Missed", "step": "no_answer", "target_kind": "extension"}
    assert told([line]) == ["unknown (no row); at: 2020-03-27 06:02:00"]
    (now,) = told([line], [row])
    assert now == (
        "no_answer (observed); step_raw: Agent Missed; target_kind: extension; target_name: Amy; target_id: 201; "
        "at: 2020-03-27 06:02:00"
    )


def test_a_row_may_ask_for_any_key():
    line = '{"type": "Agent", "dialst": "Dialed", "subtype": "softphone", "time": 1585288920}'
    row = {"type": "Agent", "where": "subtype=softphone, id=, dialst!=Answered", "step": "bot"}
    assert told([line], [row])[0].startswith("bot (observed)")
    assert told([line.replace("Dialed", "Answered")], [row])[0].startswith("answered")
    assert told([line.replace("{", '{"id": 7, ')], [row])[0].startswith("dialed")


@pytest.mark.parametrize("step", ["menu_input", "dialed"])
def test_the_users_row_wins(step):
    row = {"pattern": r"Dialed (?P<kind>Extension) \((?P<target_id>\d+)\)", "step": step}
    (now,) = told([" Dialed Extension (201) at 27-Mar-2020 06:02:00"], [row])
    assert now.startswith(f"{step} (observed)")
    assert "target_id: 201" in now
