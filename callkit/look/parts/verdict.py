"""How a number compares with its usual range, in words, shape and colour, in that order of trust."""

from typing import Literal

from callkit.look.markup import NOTHING, Html, Text, join, mark

Verdict = Literal["usual", "high", "low", "none"]

_BAND = 0.54


def tone(verdict: Verdict, is_better: bool | None) -> str:
    """Return the colour token of a verdict's mark and rule: ``alert``, ``better`` or ``ink``."""
    if verdict not in ("high", "low") or is_better is None:
        return "ink"
    return "better" if is_better else "alert"


def verdict_mark(verdict: Verdict, is_better: bool | None = None) -> Html:
    """Return the mark of a verdict: filled is worse or without direction, open is better."""
    if verdict in ("high", "low"):
        return mark(f"{verdict}-open" if is_better else verdict)
    return mark(verdict)


def badge(
    verdict: Verdict,
    is_better: bool | None = None,
    n_before: int | None = None,
    noun: str = "week",
    *,
    running: int = 0,
    is_too_wide: bool = False,
) -> Html:
    """
    Return a verdict as a mark with its words.

    Parameters
    ----------
    verdict
        ``usual``, ``high``, ``low``, or ``none`` where the number is not compared.
    is_better
        Whether an unusual number is good news; None where it has no direction.
    n_before
        With ``none``: how many of the 12 weeks or months a usual range needs are there.
    noun
        ``week`` or ``month``.
    running
        With ``high`` or ``low`` of a value inside its usual range: of how many weeks or months on that side of their
        mean it is the last; 0 where it left the range.
    is_too_wide
        With ``none``: whether the usual range holds every value there can be.
    """
    words = {"usual": "Usual", "none": "Not compared"}.get(verdict) or _said(verdict, noun, running)
    if verdict == "none" and is_too_wide:
        words = "Range too wide to judge"
    elif verdict == "none" and n_before is not None:
        words = f"Not enough {noun}s: {n_before}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}12"
    if verdict in ("high", "low") and is_better is not None:
        words += " · better" if is_better else " · worse"
    return Html('<span class="badge {}">{}{}</span>').format(
        tone(verdict, is_better) if verdict in ("high", "low") else "quiet",
        verdict_mark(verdict, is_better),
        words,
    )


def _said(verdict: Verdict, noun: str, running: int) -> str:
    """Say how an unusual number is unusual."""
    if not running:
        return f"Unusually {verdict}"
    return f"{'Above' if verdict == 'high' else 'Below'} the mean for {running} {noun}s"


def complete_badge(words: str, *, is_complete: bool) -> Html:
    """Return the badge that says whether all of the period's calls are in."""
    kind, shape = ("ink", "good") if is_complete else ("alert", "look")
    return Html('<span class="badge box {}">{}{}</span>').format(kind, mark(shape), words)


def range_bar(
    low: float | None,
    high: float | None,
    last: float | None,
    value: float | None,
    verdict: Verdict,
    is_better: bool | None = None,
) -> Html:
    """
    Draw this week and last week against the usual range; nothing where there is no usual range.

    The usual range always takes the same share of the width, so six bars compare; a mark that would lie beyond
    the end stands at the end. Hidden from screen readers: the tile's words say the same.
    """
    if low is None or high is None or value is None:
        return NOTHING
    half = (high - low) / 2 / _BAND or abs(value - low) * 1.15 or 1.0
    centre = (low + high) / 2

    def at(x: float) -> str:
        return f"{100 * min(0.97, max(0.03, 0.5 + (x - centre) / (2 * half))):.1f}%"

    start, end = at(low), at(high)
    width = f"{float(end[:-1]) - float(start[:-1]):.1f}%"
    pieces = [
        Html('<svg class="bar" width="100%" height="26" aria-hidden="true">'),
        Html('<line class="base" x1="0" x2="100%" y1="13" y2="13"/>'),
        Html('<rect class="usual" x="{}" y="6" width="{}" height="14"/>').format(start, width),
        *(Html('<line class="limit" x1="{0}" x2="{0}" y1="6" y2="20"/>').format(x) for x in (start, end)),
    ]
    if last is not None:
        pieces.append(Html('<circle class="last" cx="{}" cy="13" r="4"/>').format(at(last)))
    pieces += [end_mark(at(value), 13, verdict, is_better), Html("</svg>")]
    return join(pieces)


def end_mark(x: str, y: str | int, verdict: Verdict, is_better: bool | None) -> Html:
    """Return the mark of the newest value in a drawn bar: a dot, or a triangle where it is unusual."""
    if verdict not in ("high", "low"):
        return Html('<circle class="now" cx="{}" cy="{}" r="6"/>').format(x, y)
    points = "0,-7.5 8.5,7 -8.5,7" if verdict == "high" else "0,7.5 8.5,-7 -8.5,-7"
    kind = tone(verdict, is_better) + (" open" if is_better else "")
    triangle = Html('<svg class="now {}" x="{}" y="{}"><polygon points="{}"/></svg>')
    return triangle.format(kind, x, y, points)


def tile(
    label: Text,
    verdict_badge: Html,
    value: Text,
    small: Text | list[str] = "",
    usual: Text = "",
    last: Text = "",
    bar: Html = NOTHING,
) -> Html:
    """
    Return one number of the first screen with the company it needs.

    Parameters
    ----------
    label
        Name of the number as the catalogue has it.
    verdict_badge
        From `badge`.
    value
        The number in words, such as ``81.0%``.
    small
        What it is a share of, and its interval: a text, or pieces that stand in a row and stack on a phone.
    usual
        Such as ``Usual 82.9–88.7%``.
    last
        Such as ``Last week 85.9%``.
    bar
        From `range_bar`.
    """
    pieces = [small] if isinstance(small, str) else small
    spans = join((Html("<span>{}</span>").format(piece) for piece in pieces if piece), " ")
    pair = join(Html("<span>{}</span>").format(text) for text in (usual, last) if text)
    return join(
        [
            Html('<li class="tile"><div class="head"><h3>{}</h3>{}</div>').format(label, verdict_badge),
            Html('<p class="value">{}</p>').format(value),
            Html('<p class="small">{}</p>').format(spans) if spans else NOTHING,
            bar,
            Html('<p class="pair">{}</p>').format(pair) if pair else NOTHING,
            Html("</li>"),
        ]
    )


def tiles(items: list[Html], heading: str = "The week in numbers") -> Html:
    """Return the tiles of the first screen, under a heading that only screen readers meet."""
    return Html(
        '<section aria-labelledby="tiles-h"><h2 class="sr" id="tiles-h">{}</h2><ul class="tiles">{}</ul></section>'
    ).format(heading, join(items))


def tiles_key(noun: str = "week", *, running: int = 0) -> Html:
    """Return the one explanation of the range bars, for below the tiles; of a run too, where one is drawn."""
    usual = '<svg class="bar" width="28" height="14"><rect class="usual" x="1" width="26" height="14"/>'
    usual += '<line class="limit" x1="1" x2="1" y2="14"/><line class="limit" x1="27" x2="27" y2="14"/></svg>'
    last = '<svg class="bar" width="12" height="14"><circle class="last" cx="6" cy="7" r="4"/></svg>'
    now = '<svg class="bar" width="14" height="14"><circle class="now" cx="7" cy="7" r="6"/></svg>'
    items = [
        Html(usual) + f"usual range, from the 12 {noun}s before",
        Html(last) + f"last {noun}",
        Html(now) + f"this {noun}, usual",
        Html('<span class="alert">{}</span><span class="better">{}</span>').format(
            mark("high"), mark("low-open")
        )
        + f"this {noun}, unusual: filled worse, open better",
    ]
    if running:
        items.append(Html("{}").format(run_words(noun, running)))
    return Html('<p class="key" aria-hidden="true">{}</p>').format(
        join(Html("<span>{}</span>").format(item) for item in items)
    )


def run_words(noun: str, running: int) -> str:
    """Say why a number inside its usual range may be unusual."""
    return f"unusual inside the range: {running} {noun}s in a row on one side of the mean"


def marked(
    number: Text, verdict: Verdict, is_better: bool | None = None, noun: str = "week", *, running: int = 0
) -> Text:
    """Return a number for a table's cell; an unusual one carries its mark, and says so to screen readers."""
    if verdict not in ("high", "low"):
        return number
    said = _said(verdict, noun, running)
    said = said[:1].lower() + said[1:] + ("" if is_better is None else ", better" if is_better else ", worse")
    return Html('<span class="hit {}">{} {}<span class="sr">, {}</span></span>').format(
        tone(verdict, is_better), verdict_mark(verdict, is_better), number, said
    )
