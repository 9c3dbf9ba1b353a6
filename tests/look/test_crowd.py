"""A figure with thousands of marks: pictures for both themes, and words that stay words."""

import base64
import io
import re

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from PIL import Image

from callkit.look.crowd import MOST_MARKS, crowd
from callkit.look.svg import MAX_BYTES, MAX_PICTURE_BYTES, inline
from callkit.look.tokens import DARK, LIGHT, style

WORDS = {"title": "Waits of 5,000 calls.", "desc": "Half within 13 s of 5,000."}
RNG = np.random.default_rng(47)
X, Y = RNG.normal(12, 3, 5000), RNG.exponential(30, 5000)


def drawn(draw):
    with style():
        figure = Figure(figsize=(712 / 72, 284 / 72))
        ax = figure.add_axes((0.06, 0.12, 0.9, 0.8))
        draw(ax)
        ax.text(0.5, 0.5, "target 20 s", transform=ax.transAxes)
    return figure


def scatter(ax, n=5000, **look):
    return ax.scatter(X[:n], Y[:n], s=9, linewidths=0, **{"color": LIGHT["blue"], **look})


def pictures(svg):
    found = re.findall(r'<image [^>]*href="data:image/png;base64,([^"]*)"', svg)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


def holds(picture, colour):
    """Whether many points of a picture have a colour, but for rounding no eye sees."""
    pixels = np.asarray(picture.convert("RGBA")).astype(int).reshape(-1, 4)
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255])
    return bool((np.abs(pixels - wanted).max(axis=1) <= 3).sum() > 1000)


@pytest.fixture(scope="module")
def svg():
    return inline(drawn(scatter), "f1", **WORDS)


def test_the_marks_are_pictures_for_both_themes_and_the_words_are_text(svg):
    assert re.findall(r'<image [^>]*class="(\w+)"', svg) == ["light", "dark"]
    light, dark = pictures(svg)
    assert [holds(picture, LIGHT["blue"]) for picture in (light, dark)] == [True, False]
    assert [holds(picture, DARK["blue"]) for picture in (light, dark)] == [False, True]
    assert light.size == dark.size
    assert max(light.size) > 1000  # two points a px
    assert ">target 20 s</text>" in svg
    assert f'<title id="f1-t">{WORDS["title"]}</title><desc id="f1-d">{WORDS["desc"]}</desc>' in svg
    assert len(svg.encode()) <= MAX_PICTURE_BYTES


def test_without_a_style_sheet_the_light_picture_is_shown(svg):
    shown = re.findall(r"<image [^>]*>", svg)
    assert [' display="none"' in image for image in shown] == [False, True]


def test_the_same_figure_gives_the_same_bytes_and_tells_nothing_of_when_it_was_made(svg):
    assert inline(drawn(scatter), "f1", **WORDS) == svg
    assert all(set(picture.info) <= {"transparency"} for picture in pictures(svg))


def test_the_figure_is_left_as_it_was():
    figure = drawn(scatter)
    inline(figure, "f1", **WORDS)
    (marks,) = figure.axes[0].collections
    assert not marks.get_rasterized()
    assert (
        marks.get_facecolor().round(3).tolist()
        == drawn(scatter).axes[0].collections[0].get_facecolor().round(3).tolist()
    )


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: ax.plot(X[:1001], Y[:1001], "o", color=LIGHT["blue"], markeredgewidth=0),
        lambda ax: ax.bar(np.arange(1001), 1, color=LIGHT["blue2"]),
        lambda ax: ax.add_collection(
            LineCollection([[(x, 0), (x, 1)] for x in X[:1001]], colors=LIGHT["ink"])
        ),
        lambda ax: scatter(ax, 1001),
    ],
)
def test_every_kind_of_mark_is_counted(draw):
    svg = inline(drawn(draw), "f1", **WORDS)
    assert len(pictures(svg)) == 2
    assert crowd(drawn(draw))


def test_so_many_marks_are_still_drawn_as_svg():
    figure = drawn(lambda ax: scatter(ax, 300))
    assert crowd(figure) == []
    assert "<image" not in inline(figure, "f1", **WORDS)
    assert len(crowd(drawn(lambda ax: scatter(ax, MOST_MARKS + 1)))) == 1
    assert crowd(drawn(lambda ax: scatter(ax, MOST_MARKS))) == []


def test_marks_of_several_colours_are_each_turned_dark():
    look = {"color": None, "facecolor": [LIGHT[t] for t in ("c1", "c2")] * 2500}
    _, dark = pictures(inline(drawn(lambda ax: scatter(ax, **look)), "f1", **WORDS))
    assert all(holds(dark, DARK[token]) for token in ("c1", "c2"))


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ({"color": "red"}, "no token"),
        ({"alpha": 0.4}, "see-through"),
        ({"color": None, "c": Y}, "colour map"),
    ],
)
def test_a_colour_no_theme_has_is_an_error(look, said):
    with pytest.raises(ValueError, match=said):
        inline(drawn(lambda ax: scatter(ax, **look)), "f1", **WORDS)


def test_too_many_words_are_an_error():
    def wordy(ax):
        for x, y in zip(X[:600], Y, strict=False):
            ax.text(x, y, "a call that waited", color=LIGHT["ink"])

    with pytest.raises(ValueError, match=f"above {MAX_BYTES:,}; draw fewer"):
        inline(drawn(wordy), "f1", **WORDS)
