from hypothesis import given
from hypothesis import strategies as st

from callkit.look.typography import inert, plain, tidy_spaces, unbroken

NBSP, JOINER = "\N{NO-BREAK SPACE}", "\N{WORD JOINER}"


def test_units_dates_and_counts_do_not_break():
    assert unbroken("waited 13 s") == f"waited 13{NBSP}s"
    assert unbroken("1 h 12 min") == f"1{NBSP}h{NBSP}12{NBSP}min"
    assert unbroken("Tue 17 Nov, 10:42") == f"Tue 17{NBSP}Nov, 10:42"
    assert unbroken("n = 1,213") == f"n{NBSP}={NBSP}1,213"
    assert unbroken("13 sales, 5 hours") == "13 sales, 5 hours"


def test_a_range_stays_on_one_line_and_a_dash_between_words_does_not():
    assert unbroken("usual 5.0–8.1%") == f"usual 5.0{JOINER}–{JOINER}8.1%"
    assert unbroken("41–70 s") == f"41{JOINER}–{JOINER}70{NBSP}s"
    assert unbroken("Kaplan–Meier") == "Kaplan–Meier"


def test_only_the_text_of_a_page_is_tidied():
    page = '<p title="13 s">13 s</p><code>13 s</code><svg><text>13 s</text></svg><script>a = "13 s"</script>'
    assert tidy_spaces(page) == page.replace(">13 s</p>", f">13{NBSP}s</p>")


@given(st.text(alphabet="<>/ab p1– s\n", max_size=60))
def test_tidying_changes_nothing_but_spaces_and_joiners(text):
    assert tidy_spaces(text).replace(NBSP, " ").replace(JOINER, "") == text


def test_characters_that_turn_or_hide_text_become_visible():
    assert inert("a\u202eb\x00c\u200fd") == "a�b�c�d"
    assert inert("Zoë, “Größe”\n\t→ 日本") == "Zoë, “Größe”\n\t→ 日本"


def test_plain_gives_the_words_back():
    assert plain(tidy_spaces("<p>Usual <b>41–70 s</b></p><style>p{}</style>")) == "Usual 41–70 s"
