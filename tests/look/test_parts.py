import re
from datetime import datetime
from xml.etree import ElementTree

import pandas as pd
import pytest

from callkit.look import parts
from callkit.look.parts import (
    CallBack,
    ColumnSpec,
    Definition,
    Html,
    Route,
    Step,
    badge,
    call_back_list,
    equation,
    lead,
    page_header,
    range_bar,
    routes,
    section,
    strong,
    table,
    tile,
)
from callkit.look.parts.verdict import marked
from callkit.look.typography import plain

NASTY = "<img src=x onerror=alert(1)>\u202e\"'&"
ESCAPED = "&lt;img src=x onerror=alert(1)&gt;�&#34;&#39;&amp;"
FRAME = pd.DataFrame(
    {"line": ["Main", "Support"], "n": [812, 1431], "rate": [0.089, None], "within": ["8–10%", ""]}
)
COLUMNS = [
    ColumnSpec("line", "Line"),
    ColumnSpec("n", "Offered", numeric=True),
    ColumnSpec("rate", "Abandoned", numeric=True, small="within", show=lambda share: f"{share:.1%}"),
]


def parsed(page):
    return ElementTree.fromstring(f"<div>{page}</div>")


def everything(text):
    number = Html("<p>a table</p>")
    return {
        "page_header": page_header(text, text, kind=text, complete=text, status=[text], all_weeks=text),
        "banner": parts.banner(text, text),
        "note": parts.note(text),
        "leads": parts.leads([lead("high", False, text, text, (text, text))], heading=text),
        "tiles": parts.tiles([tile(text, badge("usual"), text, [text, text], text, text)], heading=text),
        "contents": parts.contents([(text, text)]),
        "section": section(text, text, text, [text], [strong(text)]),
        "empty": parts.empty(text, text, text, text),
        "table": table([{"a": text}], [ColumnSpec("a", text), ColumnSpec("a", text, small="a")], caption=text),
        "call_back_list": call_back_list([CallBack(text, 1, datetime(2026, 11, 20), text, None, 0)]),
        "routes": routes([Route(1, 0.5, [Step("no_answer", text, 9), Step("ring", text, 1)], "gave_up")], (1, 1, text)),
        "equation": equation((1, text), (1, text)),
        "checks": parts.checks([(True, text), (False, text)]),
        "definitions": parts.definitions([Definition(text, text, text)]),
        "provenance": parts.provenance({text: text}),
        "footer": parts.footer(text),
        "open_button": parts.open_button(text, text),
        "past_badge": parts.past_badge(text),
        "past_table": parts.past_table([parts.Past(text, text, text, text, [], text, reason=text)], [text], noun=text),
        "numbers_of": parts.numbers_of(text, number),
    }  # fmt: skip


@pytest.mark.parametrize("name", everything(""))
def test_text_is_only_text_whatever_it_holds(name):
    page = everything(NASTY)[name]
    assert ESCAPED in page
    assert "<img" not in page
    assert "\u202e" not in page
    parsed(page)


def test_every_part_is_a_html_that_a_notebook_shows():
    for page in everything("x").values():
        assert isinstance(page, Html)
        assert page._repr_html_() == str(page)
        assert len(repr(page)) < 40


@pytest.mark.parametrize(
    ("given", "words", "shape", "tone"),
    [
        (("usual", None), "Usual", "m-usual", "quiet"),
        (("usual", True), "Usual", "m-usual", "quiet"),
        (("high", None), "Unusually high", "m-high", "ink"),
        (("high", False), "Unusually high · worse", "m-high", "alert"),
        (("low", True), "Unusually low · better", "m-low-open", "better"),
        (("none", None), "Not compared", "m-none", "quiet"),
        (("none", None, 5), "Not enough weeks: 5 of 12", "m-none", "quiet"),
    ],
)
def test_a_badge_says_shows_and_colours_its_verdict(given, words, shape, tone):
    page = badge(*given)
    assert plain(page) == words
    assert f'href="#{shape}"' in page
    assert f'class="badge {tone}"' in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"verdict": "high", "is_better": True, "running": 8}, "Above the mean for 8 weeks · better"),
        ({"verdict": "low", "running": 8, "noun": "month"}, "Below the mean for 8 months"),
        ({"verdict": "none", "is_too_wide": True, "n_before": 12}, "Range too wide to judge"),
        ({"verdict": "usual", "is_too_wide": False}, "Usual"),
    ],
)
def test_a_badge_says_what_is_true_inside_the_usual_range(given, words):
    assert plain(badge(**given)) == words


def test_a_marked_number_says_that_it_is_the_last_of_a_run():
    assert plain(marked("7.0%", "high", False, running=8)) == "7.0% , above the mean for 8 weeks, worse"
    assert plain(marked("7.0%", "high", False)) == "7.0% , unusually high, worse"


def test_range_bar_puts_the_band_in_the_middle_and_values_to_scale():
    bar = parsed(range_bar(40, 60, 45, 50, "usual"))[0]
    band, last, now = bar.find("rect"), bar.find("circle[@class='last']"), bar.find("circle[@class='now']")
    assert (band.get("x"), band.get("width")) == ("23.0%", "54.0%")
    assert (last.get("cx"), now.get("cx")) == ("36.5%", "50.0%")


def test_range_bar_keeps_a_far_value_inside_and_draws_it_as_a_triangle():
    triangle = parsed(range_bar(0.05, 0.08, None, 0.9, "high", is_better=False))[0].find("svg")
    assert triangle.get("x") == "97.0%"
    assert triangle.get("class") == "now alert"


def test_range_bar_of_one_value_or_of_none():
    assert parsed(range_bar(3, 3, 3, 3, "usual"))[0].find("circle[@class='now']").get("cx") == "50.0%"
    assert range_bar(None, None, 3, 3, "none") == ""


def test_a_table_has_caption_scopes_and_raw_values_to_sort_by():
    page = parsed(
        table(FRAME, COLUMNS, caption="Calls by line", foot={"line": "All", "n": 2243, "rate": 0.1})
    )
    box, grid = page[0], page[0][0]
    assert (box.get("role"), box.get("aria-label"), box.get("tabindex")) == (
        "region",
        "Table: Calls by line",
        "0",
    )
    assert [head.get("scope") for head in grid.findall("thead//th")] == ["col"] * 3
    assert [head.text for head in grid.findall("thead//button")] == ["Line", "Offered", "Abandoned"]
    assert [row[0].get("scope") for row in grid.findall("tbody/tr")] == ["row", "row"]
    assert [cell.get("data-v") for cell in grid.find("tbody")[1]] == [None, "1431", "-Infinity"]
    assert [cell.text for cell in grid.find("tbody")[1]] == ["Support", "1,431", "–"]
    assert plain(ElementTree.tostring(grid.find("tfoot"), encoding="unicode")) == "All 2,243 10.0%"
    assert [small.text for small in grid.findall("tbody//small")] == ["8–10%", None]  # so that values align


def test_a_column_without_second_lines_has_no_room_for_them():
    page = table(
        [{"line": "Main", "n": 3, "why": ""}], [*COLUMNS[:1], ColumnSpec("n", "N", True, "why")], caption="a"
    )
    assert "<small>" not in page
    assert "both" not in page


def test_a_stacked_table_names_its_values_and_stays_a_table():
    page = parsed(table(FRAME, COLUMNS, caption="a", foot={"line": "All"}, stacked=True))[0]
    assert page.get("class") == "scroll stack"
    roles = {
        tag: {e.get("role") for e in page.iter(tag)}
        for tag in ("table", "thead", "tbody", "tfoot", "tr", "td")
    }
    assert roles == {
        "table": {"table"}, "thead": {"rowgroup"}, "tbody": {"rowgroup"}, "tfoot": {"rowgroup"}, "tr": {"row"},
        "td": {"cell"},
    }  # fmt: skip
    assert [e.get("role") for e in page.iter("th")] == ["columnheader"] * 3 + ["rowheader"] * 3
    assert [e.get("data-label") for e in page.iter("td")] == ["Offered", "Abandoned"] * 3
    assert "role=" not in table(FRAME, COLUMNS, caption="a").split("<table", 1)[1]


def test_a_table_of_long_words_gives_them_room():
    said = {word: 'class="scroll long"' in table([{"line": word}], COLUMNS[:1], caption="a")
            for word in ("Main", "Calls we placed", "Announcement")}  # fmt: skip
    assert said == {"Main": False, "Calls we placed": False, "Announcement": True}


def test_a_table_of_one_row_or_unsortable_has_no_buttons():
    assert "<button" not in table(FRAME, COLUMNS, caption="a", sortable=False)
    assert "<button" not in table(FRAME.head(1), COLUMNS, caption="a")


def test_dates_sort_by_time_and_show_in_words():
    rows = [{"day": datetime(2026, 11, 20)}, {"day": datetime(2026, 11, 3)}]
    page = table(rows, [ColumnSpec("day", "Day", show=lambda d: f"{d:%d %b}")], caption="a")
    assert re.findall(r'data-v="([^"]+)">([^<]+)<', page) == [
        ("2026-11-20T00:00:00", "20 Nov"),
        ("2026-11-03T00:00:00", "03 Nov"),
    ]


def test_an_equation_must_add_up():
    said = plain(
        equation((1622, "records received"), (1595, "calls kept"), (25, "duplicates"), (2, "unread"))
    )
    assert said == "1,622 records received = equals 1,595 calls kept + plus 25 duplicates + plus 2 unread"
    with pytest.raises(ValueError, match="not the sum"):
        equation((10, "records"), (9, "kept"), (2, "unread"))


def test_a_route_says_its_steps_and_draws_them_on_one_scale():
    slow = Route(58, 0.039, [Step("menu", "Menu", 10), Step("no_answer", "Sales", 30)], "voicemail")
    quick = Route(402, 0.268, [Step("ring", "Sales", 20)], "answered")
    page = routes([quick, slow])
    assert "58 3.9% Menu 10 s › Sales did not pick up, 30 s › voicemail" in plain(page)
    bars = re.findall(r'<rect class="(?:ring|menu|no_answer)" x="[\d.]+%" y="3" width="([\d.]+)%', page)
    widths = [float(width) for width in bars]
    assert widths == pytest.approx([2 * widths[1], widths[1], 3 * widths[1]], abs=0.02)


def test_an_example_says_so_in_header_and_footer():
    said = plain(page_header("Phone calls", "a week", example=True))
    assert (
        "Weekly phone report of invented calls · shared copy, numbers masked Example data: Phone calls"
        in said
    )
    assert "Example data." in plain(parts.footer(example=True))
    assert "Example" not in plain(page_header("Phone calls", "a week") + parts.footer())


def test_an_unknown_audience_or_mark_is_refused():
    with pytest.raises(ValueError, match="neither 'shared' nor 'internal'"):
        page_header("a", "b", audience="public")
    with pytest.raises(ValueError, match="no mark 'star'"):
        parts.mark("star")
