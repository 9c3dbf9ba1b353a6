from datetime import datetime
from xml.etree import ElementTree

from callkit.look.parts import CallBack, call_back_list
from callkit.look.typography import plain


def parsed(page):
    return ElementTree.fromstring(page)


def callers(*attempts):
    when = datetime(2026, 11, 20, 16, 52)
    return [
        CallBack(f"Mobile, ends {417 + i}", n, when, "Support line", 112, i % 2)
        for i, n in enumerate(attempts)
    ]


def test_the_list_to_ring_is_one_table_that_shows_ten_or_on_a_phone_five():
    page = call_back_list(callers(*[2] * 10, *[1] * 3))
    box = parsed(page)
    bodies = box.findall("table/tbody")
    assert [len(body) for body in bodies] == [5, 5, 3]
    assert len(box.findall("table/thead")) == 1
    summary = box.find("details/summary")
    assert summary.get("aria-controls").split() == [body.get("id") for body in bodies[1:]]
    assert {span.get("class"): span.text for span in summary} == {
        "desk": "Show the other 3, who called once",
        "phone": "Show the other 8",
    }


def test_what_stands_open_everywhere_is_not_offered():
    box = parsed(call_back_list(callers(*[2] * 7)))
    assert box.find("details").get("class") == "more phone"
    assert [span.get("class") for span in box.find("details/summary")] == ["phone"]
    assert "<details" not in call_back_list(callers(3, 2))
    assert "who called once" not in call_back_list(callers(3, 3), n_first=1)


def test_the_list_to_ring_says_what_we_did():
    said = plain(call_back_list(callers(5, 1)))
    assert (
        "Mobile, ends 417 5 times Fri 20 Nov, 16:52 Support line, waited 1 min 52 s Nobody has tried yet"
        in said
    )
    assert (
        "Mobile, ends 418 once Fri 20 Nov, 16:52 Support line, waited 1 min 52 s We tried once, no answer"
        in said
    )
