"""Every kind of line against its golden; `pytest --update-goldens` makes them anew."""

import pytest

from callkit.flow.events import MISSING
from callkit.flow.grammar import ASSUMED, GRAMMAR, rows
from tests.flow.conftest import GOLDENS, Golden, read, told


def heads(lines):
    flow = read(lines)
    texts = [flow.heads.texts[h].strip() for h in flow.head.tolist()]
    return list(zip(texts, (flow.at_s != MISSING).tolist(), strict=True))


def fitting(head, is_stamped, table=GRAMMAR):
    return [row for row in table if (is_stamped or row.status != ASSUMED) and row.regex.fullmatch(head)]


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
    assert [row.pattern for row in GRAMMAR if row not in fits] == []


def test_a_new_kind_of_line_is_one_row():
    line = " Call parked on Orbit 7 at 27-Mar-2020 06:02:00"
    row = {"pattern": r"Call parked on (?P<target_name>.+?)", "step": "queued", "target_kind": "queue"}
    assert told([line]) == ["unknown (no row); at: 2020-03-27 06:02:00"]
    (now,) = told([line], [row])
    assert now == (
        "queued (observed); step_raw: Call parked on; target_kind: queue; target_name: Orbit 7; at: 2020-03-27 06:02:00"
    )
    assert len(fitting("Call parked on Orbit 7", True, rows([row]))) == 1


@pytest.mark.parametrize("step", ["menu_input", "dialed"])
def test_the_users_row_wins(step):
    row = {"pattern": r"Dialed (?P<kind>Extension) \((?P<target_id>\d+)\)", "step": step}
    (now,) = told([" Dialed Extension (201) at 27-Mar-2020 06:02:00"], [row])
    assert now.startswith(f"{step} (observed)")
    assert "target_id: 201" in now
