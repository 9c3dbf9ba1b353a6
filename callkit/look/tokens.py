"""The house style of figures, printed from the one table of colours.

The colours themselves stand in `callkit.look.colours`, which a page needs without matplotlib.
"""

from contextlib import AbstractContextManager
from typing import Any

import matplotlib
from cycler import cycler

from callkit.look.colours import COLOURS, DARK, LIGHT, MONO, NARROW, SANS, WIDE, css_variables

__all__ = [
    "COLOURS",
    "DARK",
    "FIGURE_FONT",
    "LIGHT",
    "MONO",
    "NARROW",
    "SANS",
    "WIDE",
    "css_variables",
    "style",
]

FIGURE_FONT = "DejaVu Sans"
"""matplotlib brings it, so figures measure the same on every machine; a page's own fonts are narrower."""


def style() -> AbstractContextManager[None]:
    """
    Return the context in which figures are drawn in the house style.

    Points are pixels (72 dpi), faces are transparent, and a name with a ``$`` in it is not mathematics.

    Examples
    --------
    >>> with style():
    ...     pass
    """
    colours: dict[str, Any] = {
        "text.color": LIGHT["ink2"],
        "axes.labelcolor": LIGHT["ink2"],
        "axes.titlecolor": LIGHT["ink"],
        "axes.edgecolor": LIGHT["line"],
        "grid.color": LIGHT["rule"],
        "xtick.color": LIGHT["line"],
        "ytick.color": LIGHT["line"],
        "xtick.labelcolor": LIGHT["ink2"],
        "ytick.labelcolor": LIGHT["ink2"],
        "axes.prop_cycle": cycler(color=[LIGHT["c1"], LIGHT["c2"], LIGHT["c3"], LIGHT["c4"]]),
    }
    rc: Any = _HOUSE_STYLE | colours
    return matplotlib.rc_context(rc)


_HOUSE_STYLE: dict[str, Any] = {
    "figure.dpi": 72,
    "savefig.dpi": 72,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "callkit",
    "font.size": 12,
    "font.family": "sans-serif",
    "font.sans-serif": [FIGURE_FONT],
    "text.parse_math": False,
    "axes.labelsize": 12,
    "axes.titlesize": 13,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.linewidth": 1,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.linewidth": 1,
    "xtick.labelsize": 12,
    "ytick.labelsize": 12,
    "xtick.major.size": 4,
    "ytick.major.size": 0,
    "xtick.major.pad": 4,
    "ytick.major.pad": 6,
    "lines.linewidth": 2,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "lines.markersize": 6,
    "patch.linewidth": 0,
    "legend.frameon": False,
    "hatch.linewidth": 1.5,
}
