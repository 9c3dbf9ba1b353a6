"""What a shared file shows of people: nothing that finds them."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.metrics.summary import summarise
from callkit.privacy import Secret, pseudonym
from callkit.schema import CALLS, EVENTS, personal
from callkit.settings import Settings
from callkit.tables.event_log import to_event_log
from callkit.tables.export import export
from callkit.validation import Person
from tests.tables.hostile import calls_frame, events_frame

ACCOUNT = Settings("shop", pseudonym_key=Secret("k"))
CALLER, RAW, OURS = "+447700900417", "07700 900417", "+442079460100"


def shared(frame, tmp_path, settings=ACCOUNT):
    return pd.read_parquet(export(frame, tmp_path / "a.parquet", settings)).astype("str")


@pytest.mark.parametrize(("make", "columns"), [(calls_frame, CALLS), (events_frame, EVENTS)])
@pytest.mark.parametrize(
    "text",
    [CALLER, RAW, "447700900417", "Robin Example", "Robin (07700900417)", "robin@example.org",
     "07700900417 Robin", "https://example.org/900"],
)  # fmt: skip
def test_nothing_that_finds_a_person_is_left_in_a_personal_column(tmp_path, make, columns, text):
    names = list(personal(columns))
    frame = make(**{name: [text] for name in names})
    (line,) = shared(frame, tmp_path)[names].to_numpy().tolist()
    assert all(line)
    assert not re.search("900|robin|example", " ".join(line), re.IGNORECASE)
    assert export(frame, tmp_path / "a.csv", ACCOUNT).read_text().count(text) == 0


def test_callers_are_the_same_pseudonyms_in_every_file(tmp_path):
    frame = calls_frame(3, caller=[CALLER, None, CALLER])
    first, second = shared(frame, tmp_path), shared(frame[["caller"]].iloc[:1], tmp_path)
    assert first["caller"].isna().tolist() == [False, True, False]
    assert first["caller"][0] == first["caller"][2] == second["caller"][0] == pseudonym(CALLER, Secret("k"))
    assert (
        shared(frame, tmp_path, replace(ACCOUNT, pseudonym_key=Secret("j")))["caller"][0]
        != first["caller"][0]
    )


def test_callers_that_are_labels_or_numbers_are_pseudonyms_too(tmp_path):
    grouped = calls_frame(2, caller=[CALLER, CALLER]).groupby("caller").size()
    name = pseudonym(CALLER, Secret("k"))
    assert shared(grouped.rename("n").to_frame(), tmp_path)["caller"].tolist() == [name]
    wide = grouped.rename("n").to_frame().T
    assert list(shared(wide, tmp_path)) == ["index", name]
    assert shared(pd.DataFrame({"caller": [447700900417]}), tmp_path)["caller"][0].startswith("caller-")


def test_a_line_is_hidden_and_its_step_stays(tmp_path):
    read = shared(
        events_frame(step=["dialed"], step_raw=["Dialed Extension"], raw=[" Dialed Extension (Robin)"]),
        tmp_path,
    )
    assert read[["step", "step_raw", "raw"]].iloc[0].tolist() == ["dialed", "Dialed Extension", "line hidden"]


def test_names_of_places_stay_and_those_of_people_do_not(tmp_path):
    kinds = ["did", "queue", "extension", "extension", "number"]
    names = [OURS, "Sales", "201", "Robin", CALLER]
    read = shared(events_frame(5, target_kind=kinds, target_name=names), tmp_path)
    assert read["target_name"].tolist() == ["'" + OURS, "Sales", "201", "name hidden", "…417"]
    calls = calls_frame(
        2, service_kind=["Ring Group", "Extension"], service_name=["Sales", "Robin"],
        service_raw=["Ring Group (Sales)", "Extension (Robin)"], forward_to_raw=[f"{RAW} Extension (Robin)", None],
    )  # fmt: skip
    read = shared(calls, tmp_path)
    assert read["service_name"].tolist() == ["Sales", "name hidden"]
    assert read["service_raw"].tolist() == ["Ring Group (Sales)", "Extension (…)"]
    assert read["forward_to_raw"].fillna("").tolist() == ["name hidden", ""]


def test_a_summary_keeps_the_names_of_its_numbers(tmp_path):
    table = summarise(
        calls_frame(2, service_name=["Sales", "Robin"], direction=["inbound"] * 2), by="service_name"
    )
    assert shared(table, tmp_path)["number"].tolist() == table["number"].tolist()


def test_people_are_named_where_the_account_says_so(tmp_path):
    named = replace(ACCOUNT, agents={"201": Person("Robin")}, show_agents="name")
    frame = calls_frame(2, agent_name=["Robin", "Sam"])
    assert shared(frame, tmp_path, named)["agent_name"].tolist() == ["Robin", "name hidden"]
    assert set(shared(frame, tmp_path)["agent_name"]) == {"name hidden"}


def test_a_key_that_holds_a_number_is_the_same_pseudonym_in_all_tables(tmp_path):
    key = "447700900417-1795000000"
    calls, events = calls_frame(call_key=[key], outcome=["unknown"]), events_frame(call_key=[key])
    events["at"] = pd.to_datetime(["2026-11-16"], utc=True)
    found = {shared(frame, tmp_path)["call_key"][0] for frame in (calls, events)}
    found.add(shared(to_event_log(events, calls), tmp_path)["case:concept:name"][0])
    assert found == {pseudonym(key, Secret("k"), "call")}
    assert shared(calls_frame(), tmp_path)["call_key"][0] == "1795000000.000000"


def test_an_event_log_names_nobody(tmp_path):
    events = events_frame(
        2, target_kind=["extension", "extension"], target_name=["Robin", "Sam"], target_id=["201", None]
    )
    events["at"] = pd.to_datetime(["2026-11-16"] * 2, utc=True)
    assert shared(to_event_log(events), tmp_path)["org:resource"].tolist() == ["201", "name hidden"]


def test_an_internal_file_shows_all(tmp_path):
    frame = calls_frame(caller=[CALLER], agent_name=["Robin"], recording_url=["https://example.org/a"])
    read = pd.read_parquet(export(frame, tmp_path / "a.parquet", ACCOUNT, audience="internal")).iloc[0]
    assert (read.caller, read.agent_name, read.recording_url) == (
        "'" + CALLER,
        "Robin",
        "https://example.org/a",
    )


def test_the_key_of_an_account_without_one_is_made_once(tmp_path):
    settings = Settings("shop", data=tmp_path / "data")
    frame = calls_frame(caller=[CALLER])
    assert shared(frame, tmp_path, settings)["caller"][0] == shared(frame, tmp_path, settings)["caller"][0]
    assert (tmp_path / "data" / ".key").is_file()


def test_a_frame_on_its_side_is_refused(tmp_path):
    with pytest.raises(UsageError, match="rows are named like columns"):
        export(calls_frame(caller=[CALLER]).iloc[0].to_frame(), tmp_path / "a.csv", ACCOUNT)
