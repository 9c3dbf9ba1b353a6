import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.tables.cells import defused, each, fused, plain, seen
from tests.tables.hostile import PAYLOADS, TRIGGERS, texts


def begins_a_formula(cell):
    """Tell, without the code under test, whether a spreadsheet may take a cell for a formula."""
    return cell[:1] in ("\t", "\r", "\n", "\0") or (cell.strip(' \u00a0\u3000"')[:1] or "a") in TRIGGERS


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_is_a_formula_wherever_a_cell_begins(payload):
    cell = defused(payload)
    assert not any(begins_a_formula(part) for part in re.split(r"[,;|\t\n]", cell))
    assert not begins_a_formula(cell)


@pytest.mark.parametrize(
    "text",
    ["Sales", "a-b", "1-2", "Zoë, “Größe”", "日本", "", "a = b", "Sales, Support", "…417", "'tis", "e+5"],
)
def test_a_harmless_text_stays(text):
    assert defused(text) == text


@given(texts)
def test_a_defused_text_comes_back_but_for_what_cannot_be_seen(text):
    assert fused(defused(text)) == seen(text)


@given(texts)
def test_no_text_begins_a_formula(text):
    cell = defused(text)
    assert not begins_a_formula(cell)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ufeff]", cell)
    assert all(not begins_a_formula(part) for part in re.split(r"[,;|]", cell))


@given(st.lists(st.none() | texts))
def test_each_text_is_changed_once_and_nulls_stay(values):
    column = pd.Series(
        [v if v is None else seen(v) for v in values], dtype="str", index=range(5, 5 + len(values))
    )
    asked = []
    changed = each(column, lambda text: asked.append(text) or f"<{text}>")
    assert len(asked) == len(set(asked)) == column.nunique()
    assert changed.index.equals(column.index)
    for old, new in zip(column, changed, strict=True):
        assert (pd.isna(old) and pd.isna(new)) or new == f"<{old}>"


def test_plain_columns_are_numbers_times_or_text():
    assert plain(pd.Series([True, None], dtype="object")).tolist() == [True, None]
    assert plain(pd.Series([-1, 2.5], dtype="object")).tolist() == [-1, 2.5]
    assert plain(pd.Series(["a", -1], dtype="object")).tolist() == ["a", "-1"]
    assert plain(pd.Series([b"=1"], dtype="object")).tolist() == ["b'=1'"]
    assert plain(pd.Series([["=1"]], dtype="object")).tolist() == ["['=1']"]
    assert plain(pd.Series(["\ud800="], dtype="object")).tolist() == ["�="]
    assert plain(pd.Series(pd.Categorical([3, None, 3]))).isna().tolist() == [False, True, False]
    assert plain(pd.Series(pd.to_timedelta(["1s"]))).dtype == "str"
    zoned = pd.Series(pd.to_datetime(["2026-07-01 12:00"])).dt.tz_localize("Europe/London")
    assert str(plain(zoned)[0]) == "2026-07-01 11:00:00+00:00"
