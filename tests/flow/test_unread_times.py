"""A time that is there and cannot be read is never passed over: that of a few steps is counted, that of many stops."""

import json

import pytest

from callkit.dialects import RawPage
from callkit.errors import PageError
from callkit.tables.calls import Options
from callkit.tables.tidy import build
from tests.dialects.records import page, record
from tests.flow.conftest import read

STAMP = "27-Mar-2020 06:02:00"
LINES = [
    f"Call received on 442079460100 at {STAMP}",
    f" Call forwarded to Ring Group (Sales) at {STAMP}",
    f" Dialed Extension (Ann (Sales)) at {STAMP}",
    " Caller hanged up the call",
]
OBJECTS = [
    {"type": "init", "value": "1585288920", "time": "1585288920"},
    {"type": "Inbound Queue", "id": "7", "name": "Support", "time": 1585288921},
    {"type": "Agent", "dialst": "Dialed", "id": "201", "name": "Ann Example", "time": 1585288922.5},
    {"type": "hangup", "time": 1585288930},
]


def of_lines(flow, n=5, more=()):
    return build([page(*(record(f"{k}", {"call_flow": flow}) for k in range(n)), *more)])


def of_objects(steps, n=5):
    records = [
        {"call_id": f"{k}", "date": "2020-03-27", "time": "06:02:00", "call_duration": 9, "call_flow": steps}
        for k in range(n)
    ]
    return build([RawPage(json.dumps({"results": records}).encode())], Options(dialect="call_records"))


@pytest.mark.parametrize(
    ("new", "form"),
    [
        (" at 2020-03-27 06:02:00", "####-##-## ##:##:##"),
        (" at 27/03/2020 06:02 AM", "##/##/#### ##:## AM"),
        (" on 27 March 2020, 6:02", "## March ####, #:##"),
        (" at 1585288920", " at ##########"),
        (" at 27-Mrz-2020 06:02:00", "##-Mrz-#### ##:##:##"),
        ("", r"Call forwarded to Ring Group .…."),
    ],
)
def test_stamps_of_another_form_stop_the_build(new, form):
    lines = [line.replace(f" at {STAMP}", new) for line in LINES]
    says = rf"times of (15|20) of (15|20) steps of call flows cannot be read \(the first ends '.*{form}'\); no table"
    with pytest.raises(PageError, match=says) as raised:
        of_lines(lines[1:] + lines[1:2])
    assert "Ann" not in str(raised.value)
    assert "9460100" not in str(raised.value)


@pytest.mark.parametrize("new", ["2020-03-27T06:02:00Z", "soon", -5, {"s": 1585288920}, 1e30, True])
def test_times_of_another_form_in_objects_stop_the_build(new):
    with pytest.raises(PageError, match="times of 20 of 20 steps .* .the first ends 'object init'") as raised:
        of_objects([step | {"time": new} for step in OBJECTS])
    assert "Ann" not in str(raised.value)


def test_a_few_are_counted_and_marked():
    odd = [line.replace("06:02", "26:02") for line in LINES]
    built = of_lines(LINES, 10, [record("x", {"call_flow": odd})])
    assert sum(built.unknown_lines.values()) == 3
    at_source = built.events["at_source"].to_pylist()
    assert (at_source.count("explicit"), at_source.count("derived"), at_source.count("missing")) == (
        30,
        11,
        3,
    )


@pytest.mark.parametrize("time", [None, "", 0, "0", "N.A."])
def test_objects_without_a_time_are_no_misreading(time):
    built = of_objects([step | {"time": time} for step in OBJECTS], 20)
    assert built.unknown_lines == {}
    assert set(built.events["at_source"].to_pylist()) == {"missing", "derived"}


def test_lines_without_a_time_are_no_misreading():
    built = of_lines(
        [*LINES, " Caller heard the tune", " Meeting (09:00 to 17:00)", " Caller hanged up the call"], 20
    )
    assert sum(built.unknown_lines.values()) == 40


def test_what_a_users_row_reads_needs_no_stamp():
    row = {"pattern": "Agent back at .+", "step": "joined"}
    line = " Agent back at 17:30"
    assert read([line]).heads.unread == [True]
    assert read([line], [row]).heads.unread == [False]


def test_end_stamps_of_another_form_stop_the_build():
    ends = ["27/03/2020 06:02", None, ""]
    records = [
        {"call_id": f"{k}", "date": "2020-03-27", "time": "06:02:00", "end_stamp": ends[k % 3]}
        for k in range(33)
    ]
    with pytest.raises(PageError, match="end_stamp of 11 of 33 records cannot be read .* '99/99/9999 99:99'"):
        build([RawPage(json.dumps({"results": records}).encode())], Options(dialect="call_records"))
