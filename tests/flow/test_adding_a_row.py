"""A new kind of line is one row and one golden: the dictionary, the fingerprint, the tables and the clocks follow."""

import pytest

from callkit.cli import main
from callkit.flow import grammar
from callkit.flow.grammar import ASSUMED, DOCUMENTED, Row, Shape
from callkit.settings import Settings
from callkit.tables import days, store
from callkit.tables.calls import Options
from callkit.tables.tidy import fingerprint, tidy
from tests.dialects.records import page, record
from tests.fetch.answers import record as archived
from tests.flow.conftest import Golden, told
from tests.tables.archived import MONDAY, put

AT = "at 27-Mar-2020 06:02:00"
PARKED = f" Call parked on Orbit 7 {AT}"
ROW = Row(r"Call parked on (?P<target_name>.+)", "queued", DOCUMENTED, "queue")
MEANS = (
    "queued (documented); step_raw: Call parked on; target_kind: queue; target_name: Orbit 7; "
    "at: 2020-03-27 06:02:00"
)
FLOW = ["Call received on 442079460100 at 27-Mar-2020 06:01:57", PARKED, " Caller hanged up the call"]
TOML = """account = "shop"
data = "{data}"
{grammar}
"""
USER_ROW = """[[grammar]]
pattern = 'Call parked on (?P<target_name>.+)'
step = "queued"
target_kind = "queue"
"""


def steps(capsys):
    main(["columns", "--steps"])
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def one_row_more(monkeypatch):
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, ROW))


def test_the_golden_is_made_by_the_row(tmp_path, monkeypatch):
    path = tmp_path / "parked.txt"
    path.write_text(f"--- input ---\n{PARKED}\n--- events ---\n", encoding="utf-8")
    golden = Golden(path)
    golden.update(told(golden.lines))
    assert Golden(path).events == ["unknown (no row); at: 2020-03-27 06:02:00"]
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, ROW))
    golden.update(told(golden.lines))
    assert path.read_text(encoding="utf-8") == f"--- input ---\n{PARKED}\n--- events ---\n{MEANS}\n"
    assert sum(bool(row.regex.fullmatch(PARKED.split(" at ")[0].strip())) for row in grammar.GRAMMAR) == 1


def test_the_other_goldens_stay(golden, one_row_more):
    if golden.path.stem != "unknown":  # it holds the line that has a meaning now
        assert told(golden.lines) == golden.events


def test_the_dictionary_names_the_row(capsys, monkeypatch):
    before = steps(capsys)
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, ROW))
    (line,) = set(steps(capsys)) - set(before)
    assert line.split()[:3] == ["queued", "documented", "Call"]


def test_the_fingerprint_changes(monkeypatch):
    before = fingerprint(Options())
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, ROW))
    assert fingerprint(Options()) != before


def test_tables_and_clocks_use_the_row(monkeypatch):
    told_of = page(record("1", {"call_flow": FLOW, "call_duration": 9}, reason_key=""))
    (calls, events) = tidy(told_of)
    assert events["step"].tolist() == ["received", "unknown", "hangup"]
    assert calls[["wait_s", "queue_s"]].isna().all(axis=None)
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, ROW))
    (calls, events) = tidy(told_of)
    assert events["step"].tolist() == ["received", "queued", "hangup"]
    assert (events["target_kind"].tolist()[1], events["target_name"].tolist()[1]) == ("queue", "Orbit 7")
    (one,) = calls.to_dict("records")
    assert (one["menu_s"], one["wait_s"], one["queue_s"], one["ring_s"]) == (3, 6, 6, 0)
    assert (one["outcome"], one["outcome_evidence"], one["n_unknown_steps"], one["n_targets"]) == (
        "abandoned",
        "flow",
        0,
        1,
    )


def test_an_assumed_row_waits_for_a_stamp(monkeypatch):
    assumed = Row(ROW.pattern, ROW.step, ASSUMED, ROW.target_kind)
    monkeypatch.setattr(grammar, "GRAMMAR", (*grammar.GRAMMAR, assumed))
    lines = [PARKED, PARKED.removesuffix(f" {AT}"), PARKED.replace("27-Mar", "31-Feb")]
    assert [line.split(";")[0] for line in told(lines)] == [
        "queued (assumed)",
        "unknown (no row)",
        "unknown (no row)",
    ]


def test_a_kind_of_object_is_one_row_too(monkeypatch):
    line = '{"type":"Parked","slot":"7","lot":"Front desk","since":1,"time":1585288920}'
    assert told([line]) == ["unknown (no row); at: 2020-03-27 06:02:00"]
    row = Shape("Parked", "queued", ASSUMED, "queue", name="lot", id="slot")
    monkeypatch.setattr(grammar, "OBJECTS", (*grammar.OBJECTS, row))
    assert told([line, line.replace(',"time":1585288920', "")]) == [
        "queued (assumed); step_raw: Parked; target_kind: queue; target_name: Front desk; target_id: 7; "
        "at: 2020-03-27 06:02:00",
        "unknown (no row)",
    ]


def with_flow(number):
    one = archived(number)
    return one | {"call_stats": one["call_stats"] | {"call_flow": [
        f"Call received on 442079460100 at {one['date']}",
        f" Call parked on Orbit 7 at {one['date']}",
        " Caller hanged up the call",
    ]}}  # fmt: skip


def test_a_row_of_callkit_toml_makes_the_stored_tables_anew(tmp_path, capsys):
    path = tmp_path / "callkit.toml"
    path.write_text(TOML.format(data=tmp_path.as_posix(), grammar=""), encoding="utf-8")
    settings = Settings.load(path, {})
    put(settings, MONDAY, [with_flow(n) for n in range(3)])
    calls, events = store.load(settings)
    assert (events["step"] == "unknown").sum() == calls["n_unknown_steps"].sum() == 3
    before = days.held(settings, "calls", MONDAY)
    assert before.unknown_lines == {"Call parked on Orbit 7": 3}

    path.write_text(TOML.format(data=tmp_path.as_posix(), grammar=USER_ROW), encoding="utf-8")
    settings = Settings.load(path, {})
    calls, events = store.load(settings)
    assert events["step"].tolist() == ["received", "queued", "hangup"] * 3
    assert calls["n_unknown_steps"].tolist() == [0, 0, 0]
    assert calls["wait_s"].notna().all()
    after = days.held(settings, "calls", MONDAY)
    assert (after.unknown_lines, after.n_unknown_lines) == ({}, 0)
    assert (after.raw, after.sha256) == (before.raw, before.sha256)
    assert after.fingerprint != before.fingerprint
    main(["columns", "--steps", "--config", str(path)])
    assert "Call parked on" in capsys.readouterr().out
