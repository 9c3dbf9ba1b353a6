"""Figures with their captions and numbers, and the small multiples of the last weeks."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from callkit.look.markup import NOTHING, Html, Text, join
from callkit.look.svg import inline

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def numbers_of(what: Text, table: Html) -> Html:
    """Return a figure's table behind the words "Show the numbers"; `what` names the figure for screen readers."""
    return Html(
        '<details class="numbers"><summary>Show the numbers<span class="sr">: {}</span></summary>{}</details>'
    ).format(what, table)


def figure(
    id: str,  # noqa: A002
    wide: "Figure",
    narrow: "Figure | None" = None,
    *,
    title: str,
    desc: str,
    caption: Text,
    numbers: Html | None = None,
    heading: Text = "",
) -> Html:
    """
    Return a figure with its caption and its table.

    Parameters
    ----------
    id
        Unique on the page; the ids inside the drawing begin with it.
    wide
        The figure, 712 px wide with a `narrow` twin, or 344 px wide without one.
    narrow
        The same over one module, for a phone.
    title
        What is drawn, for screen readers.
    desc
        What it shows, with the two or three numbers that matter.
    caption
        What the reader sees below: ``strong("Calls offered,") + " n = 1,498; …"``.
    numbers
        Its table, shown on demand.
    heading
        A title above the figure, where the section has more than one.
    """
    if narrow is None:
        drawings = inline(wide, id, title=title, desc=desc)
    else:
        drawings = join(
            [
                inline(wide, f"{id}-wide", title=title, desc=desc, kind="wide"),
                inline(narrow, f"{id}-narrow", title=title, desc=desc, kind="narrow"),
            ]
        )
    return Html('<figure id="{}">{}{}<figcaption>{}</figcaption>{}</figure>').format(
        id,
        Html("<h3>{}</h3>").format(heading) if heading else NOTHING,
        drawings,
        caption,
        numbers_of(heading or title, numbers) if numbers else NOTHING,
    )


def figures(*items: Html) -> Html:
    """Return figures of one module each side by side; one below the other on a phone."""
    return Html('<div class="two">{}</div>').format(join(items))


def panel(
    label: Text,
    verdict_badge: Html,
    drawing: "Figure",
    *,
    id: str,
    title: str,
    desc: str,  # noqa: A002
) -> Html:
    """
    Return one number's last 13 weeks, for `panels`.

    Parameters
    ----------
    label
        Name of the number.
    verdict_badge
        From `badge`.
    drawing
        344 px wide.
    id
        Unique on the page.
    title
        What is drawn, for screen readers.
    desc
        What it shows.
    """
    return Html('<div class="panel"><div class="head"><h3>{}</h3>{}</div>{}</div>').format(
        label, verdict_badge, inline(drawing, id, title=title, desc=desc)
    )


def panels(items: Iterable[Html], numbers: Html | None = None) -> Html:
    """Return the panels two abreast, with the one table they share."""
    return Html('<figure class="panels"><div class="two">{}</div>{}</figure>').format(
        join(items), numbers_of("last weeks", numbers) if numbers else NOTHING
    )
