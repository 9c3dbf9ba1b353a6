import re
from pathlib import Path

import matplotlib
import pytest
from matplotlib.font_manager import FontProperties, findfont

from callkit.look.page import document
from callkit.look.tokens import COLOURS, DARK, FIGURE_FONT, LIGHT, css_variables, style

THEMES = {"light": LIGHT, "dark": DARK}
BODY = [("ink", "paper", 4.5), ("ink2", "paper", 4.5), ("ink3", "paper", 4.5), ("blue", "paper", 4.5)]
ON_FILLS = [("ink", "panel", 4.5), ("ink2", "panel", 4.5), ("ink3", "band", 4.5), ("ink", "alert2", 4.5)]
VERDICTS = [(text, ground, 4.5) for text in ("alert", "better") for ground in ("paper", f"{text}2")]
MARKS = [(token, "paper", 3) for token in ("line", "blue2", "focus", "c1", "c2", "c3", "c4")]
HEAT = [(f"h{step}t", f"h{step}", 4.5) for step in range(7)]
WRITTEN_DOWN = {  # contrast on paper as the design table has it: light, dark
    "ink": (16.3, 15.1), "ink2": (8.6, 9.8), "ink3": (5.8, 6.8), "line": (3.4, 4.1), "blue": (6.7, 8.2),
    "blue2": (3.3, 4.3), "alert": (6.0, 8.7), "better": (6.4, 9.2), "focus": (6.2, 8.5),
}  # fmt: skip


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_every_light_colour_is_unique_and_every_colour_a_full_hex():
    assert len(set(LIGHT.values())) == len(LIGHT)
    for pair in COLOURS.values():
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in pair)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground", "least"), BODY + ON_FILLS + VERDICTS + MARKS + HEAT)
def test_contrast_is_enough(theme, mark, ground, least):
    colours = THEMES[theme]
    assert contrast(colours[mark], colours[ground]) >= least


@pytest.mark.parametrize("token", WRITTEN_DOWN)
def test_contrast_on_paper_is_what_the_table_says(token):
    found = [contrast(colours[token], colours["paper"]) for colours in (LIGHT, DARK)]
    assert found == pytest.approx(WRITTEN_DOWN[token], abs=0.06)


@pytest.mark.parametrize("theme", THEMES)
def test_heat_steps_grow_away_from_the_paper(theme):
    colours = THEMES[theme]
    from_paper = [contrast(colours[f"h{step}"], colours["paper"]) for step in range(7)]
    assert from_paper == sorted(from_paper)


def test_css_declares_every_token_and_dark_ones_for_screens_only():
    css = css_variables()
    for token, (light, dark) in COLOURS.items():
        assert f"--{token}:{light}" in css
        assert f"--{token}:{dark}" in css.partition("@media screen and (prefers-color-scheme: dark)")[2]


def test_css_of_the_page_uses_no_undeclared_token_and_no_colour_of_its_own():
    css = re.search("<style>(.*?)</style>", document("A page", ""), re.DOTALL)[1]
    declared = set(re.findall(r"--([\w-]+):", css))
    assert set(re.findall(r"var\(--([\w-]+)\)", css)) <= declared
    rules = css.replace(css_variables(), "")
    assert set(re.findall(r"#[0-9a-f]{6}\b", rules)) <= {LIGHT["ink3"]}  # margin boxes of a sheet


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_figures_use_only_the_font_matplotlib_brings(weight):
    with style():
        fonts = matplotlib.rcParams["font.sans-serif"]
        found = Path(findfont(FontProperties(weight=weight), fallback_to_default=False))
    assert fonts == [FIGURE_FONT]
    assert (Path(matplotlib.get_data_path(), "fonts", "ttf") / found.name).exists()


def test_style_is_a_context_and_leaves_nothing_behind():
    before = dict(matplotlib.rcParams)
    with style():
        assert matplotlib.rcParams["figure.dpi"] == 72
        assert matplotlib.rcParams["text.color"] == LIGHT["ink2"]
        assert not matplotlib.rcParams["text.parse_math"]
    assert dict(matplotlib.rcParams) == before
