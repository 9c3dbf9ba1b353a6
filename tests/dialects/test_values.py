"""Single values, as vendors write them."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from callkit.dialects.values import flow_lines, numbers, texts


@pytest.mark.parametrize(
    ("sent", "means"),
    [
        ("4", 4.0), (4, 4.0), (4.5, 4.5), (" 12 ", 12.0), ("1e3", 1000.0), ("-2", -2.0), (True, 1.0), ("", None),
        (None, None), ("N.A.", None), ("NULL", None), ("null", None), ("-", None),
    ],
)  # fmt: skip
def test_numbers(sent, means):
    assert numbers([sent]).to_pylist() == [means]


@pytest.mark.parametrize("sent", ["four", "1,234", "0x10", "1_000", "nan", "00:04", "١", 10**400])
def test_what_is_no_number_is_nan(sent):
    (value,) = numbers([sent]).to_pylist()
    assert math.isnan(value)


@given(st.one_of(st.integers(-(10**9), 10**9).map(str), st.floats(-1e9, 1e9).map(str), st.text(max_size=6)))
def test_the_typed_tier_reads_no_number_otherwise(text):
    try:
        typed = msgspec.json.decode(msgspec.json.encode(text), type=float | None, strict=False)
    except msgspec.ValidationError:
        return
    (value,) = numbers([text]).to_pylist()
    assert value == typed or not math.isfinite(typed)


def test_texts_are_kept_as_sent():
    assert texts(["000509", None, ""]).to_pylist() == ["000509", None, ""]
    assert texts([36671, None]).to_pylist() == ["36671", None]
    assert texts([10**30, "x", 1.5, False]).to_pylist() == [str(10**30), "x", "1.5", "false"]


@pytest.mark.parametrize(
    ("flow", "lines"),
    [
        (None, []),
        ([], []),
        ("", []),
        ("NULL", []),
        (["a", " b"], ["a", " b"]),
        ({"1": Raw(b'"b"'), "0": Raw(b'"a"'), "10": Raw(b'"c"')}, ["a", "b", "c"]),
        ({"first": Raw(b'"a"'), "then": Raw(b'{"b": 1}')}, ["a", '{"b": 1}']),
        ("a\n b\r\n", ["a", " b\r"]),
        ("a\n\n", ["a", ""]),
        ({"1" * 5000: Raw(b'"a"')}, ["a"]),
        ('["a", " b"]', ["a", " b"]),
        ('{"0": "a"}', ["a"]),
        ("[cut", ["[cut"]),
        ('[1, null, {"type": "init"}]', ["1", "null", '{"type": "init"}']),
        ("$call_flow", []),
    ],
)
def test_flows_of_every_shape(flow, lines):
    assert flow_lines(flow) == lines


@given(st.text())
def test_a_text_flow_is_its_lines(text):
    lines = flow_lines(text)
    assert not lines or text.lstrip()[:1] in ("[", "{") or "\n".join(lines) == text.removesuffix("\n")
