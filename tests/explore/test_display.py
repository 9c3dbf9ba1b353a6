"""Frames in notebooks show masked personal columns and keep the real values."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from callkit.explore import display
from callkit.schema import CALLS, EVENTS, personal

CALLER = "+447700900417"
CALLS_FRAME = pd.DataFrame(
    {
        "call_key": ["1", "2"],
        "caller": pd.Series([CALLER, None], dtype="str"),
        "caller_raw": ["447700900417", ""],
        "agent_name": pd.Categorical(["Robin Example", None]),
        "recording_url": ["https://example.org/a.mp3", None],
        "wait_s": [24.0, 3.0],
    }
)
EVENTS_FRAME = pd.DataFrame(
    {
        "step": pd.Categorical(["received", "forwarded", "dialed", "dialed"]),
        "target_kind": pd.Categorical(["did", "ring_group", "extension", "extension"]),
        "target_name": pd.Categorical(["442079460100", "Sales", "201", "Robin Example"]),
        "number": pd.Categorical([None, None, None, "447700900417"]),
        "raw": [
            "Call received on 442079460100 at …",
            " Call forwarded …",
            " Dialed …",
            " Dialed (447700900417)",
        ],
    }
)


@pytest.fixture
def shell():
    made = SimpleNamespace(display_formatter=DisplayFormatter())
    assert display.register(made)
    return made


def shown(shell, value):
    data, _ = shell.display_formatter.format(value)
    return data


def test_every_personal_column_of_the_schema_has_a_mask():
    assert set(display.MASKS) == {*personal(CALLS), *personal(EVENTS)}


def test_a_masked_frame_hides_people_and_keeps_the_rest():
    frame = display.masked_frame(CALLS_FRAME)
    assert frame["caller"].tolist()[0] == "Mobile, ends 417"
    assert frame["caller"].isna().tolist() == [False, True]
    assert frame["caller_raw"].tolist() == ["…417", ""]
    assert frame["agent_name"].tolist()[0] == "name hidden"
    assert frame["recording_url"].tolist()[0] == "link hidden"
    assert frame["wait_s"].tolist() == [24.0, 3.0]
    assert CALLS_FRAME["caller"].tolist()[0] == CALLER


def test_names_of_groups_stay_readable_and_names_of_people_do_not():
    frame = display.masked_frame(EVENTS_FRAME)
    assert frame["target_name"].tolist() == ["442079460100", "Sales", "201", "name hidden"]
    assert frame["raw"].tolist()[3] == " Dialed (…417)"
    assert display.masked_frame(EVENTS_FRAME[["target_name"]])["target_name"].tolist()[1] == "name hidden"


def test_a_frame_without_callkits_columns_comes_back_itself():
    other = pd.DataFrame({"number": ["answer_rate", "n_offered"], "value": [0.9, 12.0]})
    assert display.masked_frame(other) is other


def test_numbers_in_labels_are_masked_too():
    by_caller = CALLS_FRAME.assign(n=1).groupby("caller")[["n"]].sum()
    assert display.masked_frame(by_caller).index.tolist() == ["Mobile, ends 417"]
    both = CALLS_FRAME.assign(n=1).groupby(["caller", "wait_s"])[["n"]].sum()
    assert display.masked_frame(both).index.tolist() == [("Mobile, ends 417", 24.0)]
    assert display.masked_frame(by_caller.T).columns.tolist() == ["Mobile, ends 417"]


def test_columns_that_share_a_name_are_all_masked():
    twice = pd.concat([CALLS_FRAME[["caller"]], CALLS_FRAME[["caller"]]], axis=1)
    assert CALLER not in display.masked_frame(twice).to_string()


@pytest.mark.parametrize("mime", ["text/html", "text/plain"])
@pytest.mark.parametrize("value", [CALLS_FRAME, EVENTS_FRAME, CALLS_FRAME.set_index("caller")])
def test_a_notebook_shows_frames_masked_and_says_so(shell, value, mime):
    text = shown(shell, value)[mime]
    assert "7700900417" not in text
    assert "Robin" not in text
    assert "ends 417" in text or "…417" in text
    assert "Masked in this view: " in text


TWO_CALLERS = pd.DataFrame({"caller": [CALLER, "+447700900418"], "did": ["+442079460100"] * 2, "n": [1, 2]})


@pytest.mark.parametrize(
    "value",
    [
        CALLS_FRAME.T,
        CALLS_FRAME.iloc[0],
        CALLS_FRAME.rename(columns={"caller": "who", "caller_raw": "raw number"}).drop(columns="agent_name"),
        CALLS_FRAME["caller"].rename(None),
        CALLS_FRAME["caller"].unique(),
        CALLS_FRAME["caller"].to_numpy(),
        CALLS_FRAME["caller"].value_counts().index,
        CALLS_FRAME["caller"].astype("category").cat.categories,
        CALLS_FRAME["caller"].astype("category").rename("x"),
        CALLS_FRAME.set_index(["caller", "wait_s"]).index,
        CALLS_FRAME.set_index("caller").rename_axis(None)["wait_s"],
        CALLS_FRAME.head(1).style,
        TWO_CALLERS.groupby("did")["caller"].agg(["first", "last"]),
        TWO_CALLERS.groupby("did")["caller"].agg(list),
        TWO_CALLERS.merge(TWO_CALLERS, on="did"),
        TWO_CALLERS.melt(),
        TWO_CALLERS.max(),
        [TWO_CALLERS],
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_way_to_turn_a_frame_shows_a_number(shell, value):
    for text in shown(shell, value).values():
        assert "7700900417" not in text
        assert "7700900418" not in text
        assert "Robin" not in text
        assert "example.org" not in text


def test_our_own_lines_and_the_keys_of_calls_stay_readable(shell):
    frame = pd.DataFrame({"did": ["+442079460100"], "call_key": ["07700900418"], "n": [1]})
    assert display.masked_frame(frame) is frame
    assert shown(shell, frame["did"])["text/plain"] == repr(frame["did"])


def test_numbers_arrays_look_as_numpy_writes_them(shell):
    for array in (np.arange(3.0), np.array(["a", "b"]), pd.array([1, 2]), pd.Index(["a"])):
        assert shown(shell, array)["text/plain"] == repr(array)


def test_a_notebook_shows_a_series_masked(shell):
    text = shown(shell, CALLS_FRAME["caller"])["text/plain"]
    assert "Mobile, ends 417" in text
    assert "Name: caller" in text
    assert "text/html" not in shown(shell, CALLS_FRAME["caller"])


def test_other_frames_look_as_pandas_writes_them(shell):
    other = pd.DataFrame({"a": [1, 2]})
    assert shown(shell, other)["text/html"] == other._repr_html_()
    assert shown(shell, other)["text/plain"] == repr(other)
    assert shown(shell, other["a"])["text/plain"] == repr(other["a"])


def test_a_long_frame_shows_both_its_ends_masked_and_its_real_length(shell):
    callers = [f"+4477009{i:05d}" for i in range(500)]
    text = shown(shell, pd.DataFrame({"caller": callers, "n": range(500)}))["text/plain"]
    assert "ends 000" in text
    assert "ends 499" in text
    assert "[500 rows x 2 columns]" in text
    everything = display.masked_frame(pd.DataFrame({"caller": callers}))["caller"]
    assert everything.str.endswith(tuple(str(d) for d in range(10))).all()


def test_registering_twice_changes_nothing(shell):
    before = shell.display_formatter.formatters["text/html"].type_printers[pd.DataFrame]
    assert display.register(shell)
    assert shell.display_formatter.formatters["text/html"].type_printers[pd.DataFrame] is before


def test_an_earlier_way_of_showing_frames_gets_the_masked_frame():
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    shell.display_formatter.formatters["text/html"].for_type(
        pd.DataFrame, lambda frame: f"[{frame['caller'][0]}]"
    )
    display.register(shell)
    assert shown(shell, CALLS_FRAME)["text/html"].startswith("[Mobile, ends 417]")


def test_a_running_shell_is_found_by_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    quiet = Config()
    quiet.HistoryManager.enabled = False
    running = InteractiveShell.instance(config=quiet)
    try:
        assert display.register()
        running.user_ns["calls"] = CALLS_FRAME
        result = running.run_cell("calls.head(1)", store_history=False)
        assert "Mobile, ends 417" in shown(running, result.result)["text/html"]
    finally:
        InteractiveShell.clear_instance()


def test_without_a_shell_nothing_is_registered():
    assert display.register() is False
