import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from callkit import schema
from callkit.dialects import dialect
from callkit.dialects.structs import kinds
from callkit.validation import DIALECTS

NEVER_NULL = [field for field in schema.EVENTS_SCHEMA if not field.nullable]


def mapped(name):
    return {field for column in schema.CALLS for field in column.vendor.get(name, ())}


REFERENCE = Path(__file__).parent / "reference" / "call_report.json"


def test_every_field_of_the_reference_page_has_a_column():
    record = json.loads(REFERENCE.read_text(encoding="utf-8"))["data"][0]
    sent = set(record) - {"call_stats"} | {f"call_stats.{key}" for key in record["call_stats"]}
    assert sent | {"call_stats.unique_id"} <= mapped(
        "call_report"
    )  # the page's text names it, its sample lacks it


@pytest.mark.parametrize("name", DIALECTS)
def test_every_field_that_is_read_has_a_column_and_every_field_of_a_column_is_read(name):
    layout = dialect(name).LAYOUT
    flow = "call_stats.call_flow" if layout.stats else "call_flow"
    assert {*kinds(layout), flow} == mapped(name)


@pytest.mark.parametrize("columns", [schema.CALLS, schema.EVENTS])
def test_a_column_says_all_of_itself(columns):
    names = [c.name for c in columns]
    assert len(set(names)) == len(names)
    for column in columns:
        assert re.fullmatch(r".+\.", column.meaning), column.name
        assert column.unit == "s" or not column.name.endswith("_s"), column.name
        assert column.type == schema.INSTANT or not column.name.endswith("_at"), column.name
        assert column.type == schema.WALL or not column.name.endswith("_local"), column.name


def test_conform_orders_and_types():
    shuffled = schema.EVENTS_SCHEMA.empty_table().select(sorted(schema.EVENTS_SCHEMA.names))
    assert schema.conform(shuffled, schema.EVENTS_SCHEMA).schema == schema.EVENTS_SCHEMA


def test_conform_names_what_is_missing_or_too_much():
    table = (
        schema.EVENTS_SCHEMA.empty_table()
        .drop_columns(["raw"])
        .append_column("extra", pa.array([], pa.int8()))
    )
    with pytest.raises(ValueError, match=r"missing \['raw'\], too many \['extra'\]"):
        schema.conform(table, schema.EVENTS_SCHEMA)


def test_conform_refuses_nulls_where_none_may_be():
    row = {
        f.name: pa.array([0 if f.name == "position" else "x"]).cast(f.type, safe=False) for f in NEVER_NULL
    }
    nothing = {f.name: pa.nulls(1, f.type) for f in schema.EVENTS_SCHEMA}
    assert schema.conform(pa.table(nothing | row), schema.EVENTS_SCHEMA).num_rows == 1
    for field in NEVER_NULL:
        table = pa.table(nothing | row | {field.name: pa.nulls(1, field.type)})
        with pytest.raises(ValueError, match=f"'{field.name}' with null values"):
            schema.conform(table, schema.EVENTS_SCHEMA)


def test_what_can_identify_a_person_is_marked():
    assert set(schema.personal(schema.CALLS)) >= {"caller", "caller_raw", "destination_raw", "recording_url"}
    assert set(schema.personal(schema.EVENTS)) == {"target_name", "number", "raw"}
