"""The parts of a page: each a function from values to `Html`, which a notebook shows as it is."""

from callkit.look.markup import EXAMPLE, NOTHING, SYMBOLS, Html, Text, join, link, mark, strong
from callkit.look.parts.call_backs import CallBack, call_back_list
from callkit.look.parts.closing import Definition, checks, definitions, equation, provenance
from callkit.look.parts.figures import figure, figures, numbers_of, panel, panels
from callkit.look.parts.frame import (
    banner,
    contents,
    empty,
    footer,
    lead,
    leads,
    note,
    page_header,
    section,
)
from callkit.look.parts.index import (
    Past,
    open_button,
    past_badge,
    past_number,
    past_table,
    sparkline,
    sparklines_key,
)
from callkit.look.parts.routes import Route, Step, routes
from callkit.look.parts.tables import ColumnSpec, table
from callkit.look.parts.verdict import Verdict, badge, range_bar, tile, tiles, tiles_key

__all__ = [
    "EXAMPLE",
    "NOTHING",
    "SYMBOLS",
    "CallBack",
    "ColumnSpec",
    "Definition",
    "Html",
    "Past",
    "Route",
    "Step",
    "Text",
    "Verdict",
    "badge",
    "banner",
    "call_back_list",
    "checks",
    "contents",
    "definitions",
    "empty",
    "equation",
    "figure",
    "figures",
    "footer",
    "join",
    "lead",
    "leads",
    "link",
    "mark",
    "note",
    "numbers_of",
    "open_button",
    "page_header",
    "panel",
    "panels",
    "past_badge",
    "past_number",
    "past_table",
    "provenance",
    "range_bar",
    "routes",
    "section",
    "sparkline",
    "sparklines_key",
    "strong",
    "table",
    "tile",
    "tiles",
    "tiles_key",
]
