"""What a shared file shows of people: nothing that finds them."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from callkit.errors import UsageError
from callkit.metrics.catalogue import CATALOGUE
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
    assert read["service_raw"].tolist() == ["Ring Group (Sales)", "Extension (name hidden)"]
    assert read["forward_to_raw"].fillna("").tolist() == ["name hidden", ""]


KINDS = ["Ring Group", "Extension", "TimeGroup", "ivr", "Voicemail", "Helpers", None]
NAMES = ["Sales", "Robin", "Closed", "Menu", "Robin", "Robin", "Robin"]
SHOWN = ["Sales", "name hidden", "Closed", "Menu", "name hidden", "name hidden", "name hidden"]


@pytest.mark.parametrize("before", ["", "case:"])
def test_a_service_is_named_only_beside_a_kind_that_is_a_place(tmp_path, before):
    frame = pd.DataFrame({f"{before}service_kind": KINDS, f"{before}service_name": NAMES})
    assert shared(frame, tmp_path)[f"{before}service_name"].tolist() == SHOWN
    alone = shared(frame[[f"{before}service_name"]], tmp_path)
    assert set(alone[f"{before}service_name"]) == {"name hidden"}


def test_a_service_as_sent_says_its_kind_itself(tmp_path):
    texts = [
        "Ring Group (Sales)",
        "Department: Sales",
        "Extension (Robin)",
        "Agent: Robin",
        "Robin",
        "Extension (201)",
    ]
    wanted = ["Ring Group (Sales)", "Department: Sales", "Extension (name hidden)", "Agent (name hidden)",
              "name hidden", "Extension (201)"]  # fmt: skip
    assert shared(pd.DataFrame({"service_raw": texts}), tmp_path)["service_raw"].tolist() == wanted


def test_a_summary_by_service_names_queues_and_nobody(tmp_path):
    calls = calls_frame(2, service_kind=["Call Queue", "Extension"], service_name=["Sales", "Robin"],
                        direction=["inbound"] * 2)  # fmt: skip
    by_name = shared(summarise(calls, "n_offered", by="service_name"), tmp_path)
    assert set(by_name["service_name"]) == {"name hidden"}
    by_both = shared(summarise(calls, "n_offered", by=["service_kind", "service_name"]), tmp_path)
    assert by_both["service_name"].tolist() == ["Sales", "name hidden"]


def test_a_summary_keeps_the_names_of_its_numbers(tmp_path):
    table = summarise(calls_frame(2, direction=["inbound"] * 2), by="direction")
    assert shared(table, tmp_path)["number"].tolist() == [
        name for name, number in CATALOGUE.items() if number.grain != "ring"
    ]
    wide = table.pivot_table("value", "direction", "number", dropna=False)
    assert list(shared(wide, tmp_path)) == ["direction", *wide]


def test_a_number_beside_a_value_is_masked(tmp_path):
    frame = events_frame(2, number=[RAW, "Robin"])[["number"]].assign(value=1)
    assert shared(frame, tmp_path)["number"].tolist() == ["…417", "name hidden"]


def test_columns_of_two_heads_are_masked_like_those_of_one(tmp_path):
    frame = calls_frame(caller=[CALLER], service_raw=["Agent (Robin)"], direction=["inbound"])
    found = frame.groupby("direction", observed=True).agg({"caller": ["first"], "service_raw": ["first"]})
    assert shared(found, tmp_path).iloc[0].tolist() == [
        "inbound",
        pseudonym(CALLER, Secret("k")),
        "Agent (name hidden)",
    ]


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


@pytest.mark.parametrize(
    "turned",
    [
        lambda calls: calls.iloc[0].to_frame(),
        lambda calls: calls.melt("call_key", ["agent_name"]),
        lambda calls: calls.melt("call_key", ["caller", "agent_name"]).set_index(["call_key", "variable"]),
        lambda calls: calls.melt("call_key", ["service_name"], var_name="what"),
        lambda calls: calls[["caller"]].astype("int64").melt(),
    ],
)
def test_a_frame_on_its_side_or_long_is_refused(tmp_path, turned):
    frame = turned(calls_frame(caller=[CALLER], agent_name=["Robin"], service_name=["Robin"]))
    with pytest.raises(UsageError, match="rows are named like columns"):
        export(frame, tmp_path / "a.csv", ACCOUNT)
    assert not list(tmp_path.iterdir())
    assert export(frame, tmp_path / "a.csv", ACCOUNT, audience="internal").is_file()


def test_words_that_are_names_of_columns_are_no_reason_to_refuse(tmp_path):
    events = events_frame(target_kind=["number"], target_name=[RAW])
    assert shared(events, tmp_path)["target_kind"].tolist() == ["number"]
    events["at"] = pd.to_datetime(["2026-11-16"], utc=True)
    log = to_event_log(events, calls_frame(ended_by=["caller"]))
    assert shared(log, tmp_path)["case:ended_by"].tolist() == ["caller"]
