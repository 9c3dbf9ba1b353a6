"""A matplotlib figure as inline SVG that follows the reader's theme.

matplotlib draws with the light colours of `callkit.look.tokens`; each is unique, so it can be rewritten to its
CSS variable. A colour that is no token, or a see-through one, is an error here rather than an ugly page later. Of a
figure with more than about 1,000 marks the marks are pictures, one for each theme; its words stay words.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from callkit.look.crowd import as_pictures, crowd, saved, slim
from callkit.look.markup import Html
from callkit.look.tokens import LIGHT
from callkit.look.typography import inert

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

MAX_BYTES = 40 * 1024
"""A drawing above this size has too many marks for SVG."""

MAX_PICTURE_BYTES = 160 * 1024
"""Limit for a drawing whose marks are pictures."""

_TOKENS = {light: f"var(--{token})" for token, light in LIGHT.items()}
_HEX = re.compile(r"#[0-9a-f]{3,8}\b", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_GEOMETRY = ("d", "x", "y", "width", "height", "transform", "points", "cx", "cy", "r", "x1", "x2", "y1", "y2")
_INHERITED = re.compile(r"font-family:|font-size: 12px$|font-style: normal$")


def inline(figure: "Figure", prefix: str, *, title: str, desc: str, kind: str = "") -> Html:
    """
    Return a figure as an `svg` element for a page.

    Parameters
    ----------
    figure
        Drawn inside `callkit.look.tokens.style`, at the px width it is shown in.
    prefix
        Begins every id inside, so that two figures on a page do not meet.
    title
        What is drawn.
    desc
        What it shows, with the numbers that matter.
    kind
        ``wide`` or ``narrow`` for twins of which the page shows one.

    Raises
    ------
    ValueError
        A colour is no token or see-through, the words are missing, or the drawing is larger than `MAX_BYTES`, with
        pictures `MAX_PICTURE_BYTES`.
    """
    if not title.strip() or not desc.strip():
        raise ValueError(f"figure {prefix!r} needs a title and a description for readers who cannot see it.")
    marks = crowd(figure)
    root = _with_pictures(figure, marks) if marks else _parsed(saved(figure))
    for element in root.iter():
        _theme(element, prefix)
    _refuse_black(root, prefix)
    _name(root, prefix)
    _drop_empty(root)
    _head(root, prefix, title, desc, kind)
    text = inert(ElementTree.tostring(root, encoding="unicode"))
    size = len(text.encode())
    most = MAX_PICTURE_BYTES if marks else MAX_BYTES
    if size > most:
        raise ValueError(f"figure {prefix!r} has {size:,} bytes of SVG, above {most:,}; draw fewer marks.")
    return Html(text)


def _parsed(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg[svg.index("<svg") :])  # noqa: S314 (matplotlib wrote it a moment ago)
    _strip(root)
    return root


def _with_pictures(figure: "Figure", marks: "list[Artist]") -> ElementTree.Element:
    """Return a drawing that holds each picture of its marks twice, for the light and for the dark theme."""
    light, dark = (_parsed(svg) for svg in as_pictures(figure, marks))
    others = iter(list(dark.iter("image")))
    for parent in list(light.iter()):
        for image in [child for child in parent if child.tag == "image"]:
            other = next(others)
            image.attrib |= {"class": "light", "href": slim(image.attrib["href"])}
            other.attrib |= {"class": "dark", "display": "none", "href": slim(other.attrib["href"])}
            parent.insert(list(parent).index(image) + 1, other)
    return light


def _strip(root: ElementTree.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        for name in list(element.attrib):
            if "}" in name:
                element.set(_local(name), element.attrib.pop(name))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _theme(element: ElementTree.Element, prefix: str) -> None:
    declarations = [part.strip() for part in element.get("style", "").split(";") if part.strip()]
    for name in ("fill", "stroke"):
        if _HEX.fullmatch(element.get(name, "")):
            declarations.append(f"{name}: {element.attrib.pop(name)}")
    declarations = [part for part in declarations if not _INHERITED.match(part)]
    if declarations:
        element.set("style", ";".join(_coloured(part, prefix) for part in declarations))
    else:
        element.attrib.pop("style", None)
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for name in _GEOMETRY:
        if name in element.attrib:
            element.set(name, _rounded(element.attrib[name]))
    element.tail = None
    if element.tag not in ("text", "tspan"):
        element.text = None


def _coloured(declaration: str, prefix: str) -> str:
    if "opacity" in declaration:
        raise ValueError(
            f"figure {prefix!r} has a see-through mark ({declaration}); draw it in a token without alpha."
        )
    found = _HEX.search(declaration)
    if found and found[0] not in _TOKENS:
        raise ValueError(
            f"figure {prefix!r} uses the colour {found[0]}, which is no token of callkit.look.tokens."
        )
    name, _, value = declaration.partition(": ")
    return f"{name}:{_HEX.sub(lambda hex_: _TOKENS[hex_[0]], value)}"


def _refuse_black(element: ElementTree.Element, prefix: str) -> None:
    """Raise where matplotlib wrote no fill: it leaves out black, which no theme could change."""
    if element.tag in ("clipPath", "defs") and element.find("pattern") is None:
        return  # a marker's shape takes its fill from where it is used
    if element.tag in ("path", "text", "use", "rect") and "fill:" not in element.get("style", ""):
        raise ValueError(f"figure {prefix!r} uses black, which is no token of callkit.look.tokens.")
    for child in element:
        _refuse_black(child, prefix)


def _rounded(text: str) -> str:
    text = _LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), text)
    return re.sub(r"\s+", " ", text).strip()


def _references(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for value in element.attrib.values():
            yield from _REFERENCE.findall(value)
        if element.get("href", "").startswith("#"):
            yield element.attrib["href"][1:]


def _name(root: ElementTree.Element, prefix: str) -> None:
    wanted = set(_references(root))
    names = {old: f"{prefix}-{place}" for place, old in enumerate(sorted(wanted))}
    for element in root.iter():
        if (old := element.attrib.pop("id", None)) in wanted and old is not None:
            element.set("id", names[old])
        for name, value in element.attrib.items():
            if "url(#" in value:
                element.set(name, _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", value))
        if element.get("href", "").startswith("#"):
            element.set("href", f"#{names[element.attrib['href'][1:]]}")


def _drop_empty(parent: ElementTree.Element) -> None:
    for child in list(parent):
        _drop_empty(child)
        if child.tag in ("g", "defs") and len(child) == 0:
            parent.remove(child)


def _head(root: ElementTree.Element, prefix: str, title: str, desc: str, kind: str) -> None:
    size = {name: root.get(name, "").removesuffix("pt") for name in ("width", "height")}
    view = root.get("viewBox", "")
    root.attrib.clear()
    root.attrib.update(
        {
            "class": f"fig {kind}".strip(),
            **size,
            "viewBox": view,
            "role": "img",
            "aria-labelledby": f"{prefix}-t {prefix}-d",
        }
    )
    for place, (tag, text) in enumerate((("title", title), ("desc", desc))):
        element = ElementTree.Element(tag, {"id": f"{prefix}-{tag[0]}"})
        element.text = text
        root.insert(place, element)
