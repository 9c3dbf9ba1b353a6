"""Figures with more marks than SVG can carry: the marks become pictures, one a theme, and words stay words.

matplotlib draws single artists as PNG inside an SVG. Drawn once with the light colours and once with the dark ones,
the two pictures lie in one place, and the page shows the one of the reader's theme; paper shows the light one.
"""

import base64
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from matplotlib.colors import to_hex, to_rgba_array
from PIL import Image

from callkit.look.tokens import DARK, LIGHT, style

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

MOST_MARKS = 1_000
"""A figure with more marks than these has them drawn as pictures."""

_DPI = 144  # two points of a picture for each px, for screens with small ones
_N_COLOURS = 128
_COLOURS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")
_OF_LIGHT = {light: token for token, light in LIGHT.items()}


def crowd(figure: "Figure") -> "list[Artist]":
    """Return the lines, patches and collections of a figure where they have too many marks; else nothing."""
    marks = [mark for axes in figure.axes for mark in (*axes.lines, *axes.patches, *axes.collections)]
    return marks if sum(map(_n_marks, marks)) > MOST_MARKS else []


def as_pictures(figure: "Figure", marks: "list[Artist]") -> tuple[str, str]:
    """
    Return a figure as matplotlib's SVG with its marks as pictures: once in the light colours, once in the dark ones.

    Raises
    ------
    ValueError
        A mark has a colour that is no token, a see-through one, or colours from a map.
    """
    kept = [mark.get_rasterized() for mark in marks]
    try:
        for mark in marks:
            mark.set_rasterized(True)
        light = saved(figure, dpi=_DPI)
        with _darkened(marks):
            return light, saved(figure, dpi=_DPI)
    finally:
        for mark, before in zip(marks, kept, strict=True):
            mark.set_rasterized(before)


def slim(image: str) -> str:
    """Return an embedded PNG with its colours rounded to 128: a quarter of the bytes, and no eye tells them apart."""
    head, _, data = image.partition(",")
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        small = picture.quantize(_N_COLOURS, method=Image.Quantize.FASTOCTREE)
        small.save(buffer, "png", optimize=True)
    return f"{head},{base64.b64encode(buffer.getvalue()).decode()}"


def saved(figure: "Figure", **options: Any) -> str:
    """Return a figure as matplotlib's own SVG, the same text for the same figure."""
    buffer = io.StringIO()
    with style(), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Glyph .* missing from font"
        )  # the reader's own fonts will draw the text
        figure.savefig(buffer, format="svg", metadata={"Date": None}, **options)
    return buffer.getvalue()


def _n_marks(mark: Any) -> int:
    if hasattr(mark, "get_xydata"):
        return len(mark.get_xydata())
    if not hasattr(mark, "get_paths"):
        return 1
    mapped = mark.get_array()
    return max(len(mark.get_offsets()), len(mark.get_paths()), 0 if mapped is None else mapped.size)


@contextmanager
def _darkened(marks: "list[Artist]") -> Iterator[None]:
    of_marks = [(mark, name) for mark in marks for name in _COLOURS if hasattr(mark, f"get_{name}")]
    before = [(mark, name, getattr(mark, f"get_{name}")()) for mark, name in of_marks]
    dark = [_dark(mark, colour) for mark, _, colour in before]
    try:
        for (mark, name, _), colour in zip(before, dark, strict=True):
            getattr(mark, f"set_{name}")(colour)
        yield
    finally:
        for mark, name, colour in before:
            getattr(mark, f"set_{name}")(colour)


def _dark(mark: Any, colour: Any) -> Any:
    """Return the dark twins of a mark's colours."""
    if getattr(mark, "get_array", lambda: None)() is not None:
        raise ValueError("marks drawn as a picture need colours of their own, not those of a colour map.")
    if isinstance(colour, str) and colour in ("none", "None", "face", "auto"):
        return colour
    rows = to_rgba_array(colour)
    if any(0 < row[3] < 1 for row in rows):
        raise ValueError("marks drawn as a picture are see-through; draw them in a token without alpha.")
    names = [to_hex(row) if row[3] else "none" for row in rows]
    for name in names:
        if name != "none" and name not in _OF_LIGHT:
            raise ValueError(f"marks have the colour {name}, which is no token of callkit.look.tokens.")
    dark = ["none" if name == "none" else DARK[_OF_LIGHT[name]] for name in names]
    return dark[0] if len(dark) == 1 else dark
