"""What of a table of paths may be seen: places by name, people not."""

import pandas as pd
import pytest

from callkit.tables.masks import masked_frame

SHOWN = {
    "received › menu Main menu › menu_input Main menu › forwarded ring group Sales": None,
    "schedule_check Opening hours › announcement Closed › queued queue Sales queue": None,
    "dialed extension 201 › hangup": None,
    "no_steps": None,
    "received › unknown": None,
    "dialed extension Ann Smith › answered extension Ann Smith › hangup": (
        "dialed extension name hidden › answered extension name hidden › hangup"
    ),
    "queued Ann's desk": "queued name hidden",
    "voicemail Ann": "voicemail name hidden",
    "menu extension Ann": "menu extension name hidden",
    "dialed number › hangup": None,
}


@pytest.mark.parametrize("column", ["path", "activity", "next_activity"])
def test_people_on_a_path_are_hidden_and_places_are_not(column):
    shown = masked_frame(pd.DataFrame({column: list(SHOWN)}))[column].tolist()
    assert shown == [kept or path for path, kept in SHOWN.items()]


def test_whom_a_call_came_back_from_is_hidden():
    pairs = pd.DataFrame({"target_kind": ["extension"], "target_name": ["Ann"], "from_name": ["Ben"]})
    assert masked_frame(pairs)[["target_name", "from_name"]].to_numpy().tolist() == [["name hidden"] * 2]
