import re

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from callkit.look.svg import inline
from callkit.look.tokens import LIGHT, NARROW, style

WORDS = {"title": "What is drawn", "desc": "What it shows: 3 of 4"}


def drawn(draw=None, width=NARROW, height=150):
    with style():
        figure = Figure(figsize=(width / 72, height / 72))
        ax = figure.add_axes((0.1, 0.2, 0.8, 0.7))
        ax.plot([1, 2, 3], [2, 3, 1], "o-", color=LIGHT["blue"])
        if draw:
            draw(ax)
    return figure


def test_colours_become_variables_and_nothing_of_matplotlib_is_left():
    svg = inline(drawn(), "f1", **WORDS)
    assert "var(--blue)" in svg
    assert "var(--rule)" in svg
    assert not re.search(
        r"#[0-9a-f]{6}|<style|<metadata|<!--|font-family|https?:|xlink|matplotlib|<g ?/>", svg
    )


def test_it_is_drawn_in_px_and_named_for_those_who_cannot_see_it():
    svg = inline(drawn(), "f1", **WORDS, kind="wide")
    assert svg.startswith('<svg class="fig wide" width="344" height="150" viewBox="0 0 344 150" role="img"')
    assert 'aria-labelledby="f1-t f1-d"><title id="f1-t">What is drawn</title><desc id="f1-d">' in svg


def test_ids_begin_with_the_prefix_and_only_those_referred_to_are_left():
    def hatched(ax):
        ax.bar([1, 2], [1, 2], hatch="///", facecolor=LIGHT["alert2"], edgecolor=LIGHT["alert"])

    svg = inline(drawn(hatched), "f7", **WORDS)
    ids = re.findall(r' id="([^"]+)"', svg)
    referred = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)
    assert all(name.startswith("f7-") for name in ids)
    assert len(ids) == len(set(ids))
    assert {one or other for one, other in referred} | {"f7-t", "f7-d"} == set(ids)


def test_the_same_figure_gives_the_same_bytes():
    assert inline(drawn(), "f1", **WORDS) == inline(drawn(), "f1", **WORDS)


@pytest.mark.parametrize("colour", ["red", "#1d5c9d", "black"])
def test_a_colour_that_is_no_token_is_an_error(colour):
    figure = drawn(lambda ax: ax.add_patch(Rectangle((1, 1), 1, 1, facecolor=colour)))
    with pytest.raises(ValueError, match="no token"):
        inline(figure, "f1", **WORDS)


def test_a_see_through_mark_is_an_error():
    with pytest.raises(ValueError, match="see-through"):
        inline(drawn(lambda ax: ax.axhspan(1, 2, facecolor=LIGHT["band"], alpha=0.5)), "f1", **WORDS)


@pytest.mark.parametrize("words", [{"title": "", "desc": "b"}, {"title": "a", "desc": " "}])
def test_words_are_required(words):
    with pytest.raises(ValueError, match="title and a description"):
        inline(drawn(), "f1", **words)


def test_names_in_a_figure_are_only_text():
    nasty = "<script>alert(1)</script> $x$ \u202e #1d5c9d & 5"
    svg = inline(drawn(lambda ax: ax.text(1, 1, nasty)), "f1", title=nasty, desc=nasty)
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert svg.count("&lt;script&gt;alert(1)&lt;/script&gt; $x$ � #1d5c9d &amp; 5") == 3


def test_letters_our_fonts_lack_are_left_to_the_readers_fonts():
    svg = inline(drawn(lambda ax: ax.text(1, 2, "名前 \U0001f600", color=LIGHT["ink"])), "f1", **WORDS)
    assert "名前 \U0001f600" in svg
