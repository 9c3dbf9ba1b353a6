import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callkit.pipeline.writings import Sought
from callkit.privacy import e164
from tests.fetch.answers import page, record

NUMBER = "+447700900417"
SOUGHT = Sought(NUMBER, "GB")
SEPARATORS = (" ", "-", ".", "(", ") ", "/", "\u00a0", "\u2011", "\u202f", " - ")


@pytest.mark.parametrize(
    "text",
    [
        "+447700900417",
        "447700900417",
        "00447700900417",
        "01144 7700900417",
        "07700900417",
        "7700900417",
        "07700 900417",
        "07700-900-417",
        "(07700) 900 417",
        "+44 (0)7700 900417",
        "+44 (0) 7700 900417",
        "+44.7700.900.417",
        "%2B447700900417",
        "%252B447700900417",
        "0%37700900417",
        "PJSIP/447700900417@TRUNK",
        "PJSIP%2F447700900417%40TRUNK",
        "07700%20900%20417",
        "07700+900+417".replace("+", "%20"),
        r"07700\u00a0900\u2011417",
        r"07700\/900417",
        r"07700\n900417",
        "5+447700900417",
        "+1\n07700900417",
        "07700&nbsp;900417",
        "&#43;447700900417",
        "٠٧٧٠٠ ٩٠٠٤١٧",
        "0\uff17700 900417",
        "Extension 201 07700900417",
        "201 7700900417",
        "https://example.org/rec-07700900417-20261116.mp3",
        "?src=07700900417&dst=1",
        '{"source":7700900417}',
        "447700900417.0",
        "07700900417.",
        "sip:07700900417;x=1",
        "a07700900417b",
    ],
)
def test_every_writing_is_found(text):
    assert SOUGHT.stands_in(text.encode())
    assert SOUGHT.stands_in(json.dumps({"x": ["é", text]}).encode())
    assert SOUGHT.stands_in(f"before {text} after".encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "07700900418",
        "1447700900417",
        "107700900417",
        "077009004171",
        "+17700900417",
        "+1 7700900417",
        "+39 07700900417",
        "001 770 090 0417",
        "7700900417.231961",
        "44207946 0958",
        '"0770090","0417"',
        "07700 90041, 7",
        "Mobile, ends 417",
        "…417",
    ],
)
def test_another_number_is_not_taken_for_it(text):
    assert not SOUGHT.stands_in(text.encode())


def test_a_foreign_number_needs_its_country():
    sought = Sought("+33199001234", "GB")
    assert sought.stands_in(b"+33 1 99 00 12 34")
    assert sought.stands_in(b"0033 199001234")
    assert sought.stands_in(b"33199001234")
    assert not sought.stands_in(b"0199 001234")
    assert Sought("+33199001234", "FR").stands_in(b"01 99 00 12 34")


@given(
    prefix=st.sampled_from(["+44", "0044", "44", "0", "", "+44 (0)"]),
    gaps=st.lists(st.sampled_from(("", *SEPARATORS)), min_size=10, max_size=10),
    how=st.sampled_from([str, quote, lambda t: json.dumps(t), lambda t: json.dumps(t, ensure_ascii=False)]),
    around=st.sampled_from(["", " ", "x", '"', ",", "\n"]),
)
def test_separators_and_escapes_hide_nothing(prefix, gaps, how, around):
    written = prefix + "".join(map("".join, zip(gaps, "7700900417", strict=True)))
    assert SOUGHT.stands_in(how(f"{around}{written}{around}").encode())


@given(st.from_regex(r"\A\+?[0-9() .-]{7,18}\Z"))
def test_what_the_tables_read_as_the_number_is_found(text):
    if e164(text, "GB") == NUMBER:
        assert SOUGHT.stands_in(text.encode())


@given(st.binary(max_size=60))
def test_any_bytes_can_be_searched(data):
    assert not SOUGHT.stands_in(data)
    assert SOUGHT.stands_in(data + b"\n 07700900417")


def test_a_page_without_the_number_costs_next_to_nothing():
    body = page([record(n, caller="07700900999") for n in range(100)])
    started = time.process_time()
    for _ in range(200):
        assert not SOUGHT.stands_in(body)
    assert 200 * len(body) / (time.process_time() - started) > 30e6
