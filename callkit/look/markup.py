"""Pieces of markup, and the marks that stand beside a verdict in words."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

from callkit.look.typography import inert


class Html(Markup):
    """
    Markup that shows itself in a notebook; whatever text is formatted or joined into it is escaped.

    Control characters and direction marks in such text become a visible sign, so a name or a menu label of the
    account cannot be more than words on the page.

    Examples
    --------
    >>> print(Html("<b>{}</b>").format("Sales <1>"))
    <b>Sales &lt;1&gt;</b>
    """

    __slots__ = ()

    @classmethod
    def escape(cls, s: Any, /) -> "Html":
        """Return text as markup; markup stays what it is."""
        return cls(s) if hasattr(s, "__html__") else cls(escape(inert(str(s))))

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return f"Html({len(self)} characters)"


Text = str | Html
"""Words for a page: a plain string is escaped, Html is taken as it is."""

NOTHING = Html("")

EXAMPLE = "Example data"
"""What stands on every page of the sandbox's invented account."""


def join(pieces: Iterable[Text], between: str = "") -> Html:
    """Return pieces one after another, the plain strings among them escaped."""
    return Html(between).join(pieces)


def strong(text: Text) -> Html:
    """Return text in bold, such as the opening words of a figure's caption."""
    return Html("<strong>{}</strong>").format(text)


def link(anchor: str, words: Text) -> Html:
    """Return a link to a section of the page."""
    return Html('<a href="#{}">{}</a>').format(anchor, words)


def mark(name: str) -> Html:
    """
    Return one of the marks of `SYMBOLS`, hidden from screen readers: words beside it say the same.

    Parameters
    ----------
    name
        ``usual``, ``high``, ``low``, ``high-open``, ``low-open``, ``none``, ``good`` or ``look``.
    """
    if name not in _SHAPES:
        raise ValueError(f"there is no mark {name!r}; the marks are {', '.join(_SHAPES)}.")
    return Html('<svg class="mark" aria-hidden="true"><use href="#m-{}"/></svg>').format(name)


_SHAPES = {
    "usual": '<circle cx="6" cy="6" r="4" fill="currentColor"/>',
    "high": '<path d="M6 1 11.5 11H.5z" fill="currentColor"/>',
    "low": '<path d="M6 11 .5 1h11z" fill="currentColor"/>',
    "high-open": '<path d="M6 2.2 10.6 10.4H1.4z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "low-open": '<path d="M6 9.8 1.4 1.6h9.2z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "none": '<circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" stroke-width="1.6" '
    'stroke-dasharray="2.6 1.59"/>',
    "good": '<path d="M1.5 6.5 4.5 9.5 10.5 2.8" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "look": '<path d="M6 1.2 11.2 10.6H.8z" fill="none" stroke="currentColor" stroke-width="1.4" '
    'stroke-linejoin="round"/><path d="M6 4.6v2.8M6 8.4v1.1" stroke="currentColor" stroke-width="1.3"/>',
}

SYMBOLS = join(
    [
        Html('<svg class="symbols" width="0" height="0" aria-hidden="true" focusable="false">'),
        *(
            Html(f'<symbol id="m-{name}" viewBox="0 0 12 12">{shape}</symbol>')
            for name, shape in _SHAPES.items()
        ),
        Html("</svg>"),
    ]
)
"""The shapes `mark` refers to: once on each page (`callkit.look.page.document` puts them there)."""
