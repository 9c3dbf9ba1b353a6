"""The page as a PDF, for those who file or mail sheets: what a browser would print, without a browser.

weasyprint lays out the page's print rules. It reads a drawing apart from the page around it, so drawings are first
given what they would take from there: colours instead of variables, the rules of drawn bars, the shapes of marks.
"""

import copy
import hashlib
import re
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from callkit.errors import UsageError
from callkit.look.colours import LIGHT, SANS

_SVG = "{http://www.w3.org/2000/svg}"
_VARIABLE = re.compile(r"var\(--([a-z0-9]+)\)")
_OF_DRAWINGS = re.compile(r"^(?:\.bar|#hatch) [^{]*\{[^}]*\}", re.MULTILINE)
_MARK_COLOURS = {
    "alert": "alert", "look": "alert", "banner": "alert", "better": "better", "good": "better", "quiet": "ink3",
}  # fmt: skip


def require() -> None:
    """
    Make sure that a PDF can be made.

    Raises
    ------
    UsageError
        weasyprint is not installed, or does not find Pango on this machine.
    """
    if find_spec("weasyprint") is None:
        raise UsageError("A PDF needs weasyprint; install it with pip install 'callkit[pdf]'.")
    try:
        import_module("weasyprint")
    except OSError as error:
        message = (
            "weasyprint does not find Pango on this machine; install it, on Debian as libpango-1.0-0, "
            "libpangoft2-1.0-0 and libharfbuzz-subset0."
        )
        raise UsageError(message) from error


def write(html: str, path: Path) -> None:
    """
    Write a report page as a tagged PDF, the same bytes for the same page.

    Parameters
    ----------
    html
        The whole page.
    path
        Where the PDF is written.

    Raises
    ------
    UsageError
        weasyprint is not installed.
    """
    require()
    import weasyprint
    from weasyprint.urls import URLFetcher

    embedded = URLFetcher(allowed_protocols=("data",))  # a page asks for nothing else
    page = weasyprint.HTML(string=html, base_url="about:blank", url_fetcher=embedded)
    _settle(page.etree_element)
    digest = hashlib.sha256(html.encode()).hexdigest()[:32]
    path.write_bytes(page.write_pdf(pdf_identifier=digest.encode(), pdf_tags=True))


def _settle(root: Any) -> None:
    """Give every drawing of a parsed page what it would take from the page around it, and the page its last rules."""
    style = root.find("head/style")
    bars = _coloured("\n".join(_OF_DRAWINGS.findall(style.text)))
    style.text = style.text.replace("font-weight: 650", "font-weight: 700")  # it knows hundreds only
    style.text += files("callkit.look").joinpath("pdf.css").read_text(encoding="utf-8")
    shared = {f"#{e.get('id')}": e for e in root.iter() if e.tag in (f"{_SVG}symbol", f"{_SVG}pattern")}
    _walk(root, "ink", bars, shared)


def _walk(element: Any, colour: str, bars: str, shared: dict[str, Any]) -> None:
    kinds = (element.get("class") or "").split()
    colour = next((_MARK_COLOURS[kind] for kind in kinds if kind in _MARK_COLOURS), colour)
    if element.tag == f"{_SVG}svg":
        _settle_drawing(element, kinds, colour, bars, shared)
        return
    for child in element:
        _walk(child, colour, bars, shared)


def _settle_drawing(svg: Any, kinds: list[str], colour: str, bars: str, shared: dict[str, Any]) -> None:
    svg.set("font-family", SANS)
    svg.set("font-size", "12")
    if "mark" in kinds:
        symbol = shared[svg[0].get("href")]
        svg[:] = [copy.deepcopy(shape) for shape in symbol]
        svg.set("viewBox", symbol.get("viewBox"))
        svg.set("color", LIGHT[colour])
    if "bar" in kinds:
        style = svg.makeelement(f"{_SVG}style", {})
        style.text = bars
        svg.insert(0, style)
        if any(shape.get("class") == "no_answer" for shape in svg):
            svg.insert(1, copy.deepcopy(shared["#hatch"]))
    for shape in svg.iter():
        for declaration in filter(None, _coloured(shape.attrib.pop("style", "")).split(";")):
            name, _, value = declaration.partition(":")
            shape.set(name, value)


def _coloured(css: str) -> str:
    return _VARIABLE.sub(lambda found: LIGHT[found[1]], css)
