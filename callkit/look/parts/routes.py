"""The ways calls take, as rows: how many, which steps, how long each."""

from collections.abc import Sequence
from itertools import accumulate
from math import isnan
from typing import Any, Literal, NamedTuple

from callkit.look import words
from callkit.look.markup import Html, Text, join, strong

StepKind = Literal["menu", "queue", "ring", "no_answer"]
End = Literal["answered", "gave_up", "voicemail", "closed", "nobody"]

ENDS = {
    "answered": "answered",
    "gave_up": "caller gave up",
    "voicemail": "voicemail",
    "closed": "closed",
    "nobody": "ended unanswered",
}
"""What is said of each end of a route."""

_KINDS = {
    "menu": "menu or welcome",
    "queue": "waiting in a queue",
    "ring": "ringing, then answered",
    "no_answer": "rang, not picked up",
}
_END_MARKS = {
    "answered": '<circle cx="12" cy="6" r="5" class="end"/>',
    "gave_up": '<path d="M8 2l8 8M16 2l-8 8" class="end open"/>',
    "voicemail": '<rect x="8" y="2" width="8" height="8" class="end open"/>',
    "closed": '<path d="M7 6h10" class="end open"/>',
    "nobody": '<path d="M12 1l5 5-5 5-5-5z" class="end open"/>',
}


class Step(NamedTuple):
    """
    A step of a route.

    Parameters
    ----------
    kind
        ``menu``, ``queue``, ``ring`` (then answered) or ``no_answer`` (rang and was not picked up).
    label
        Where: ``Menu``, ``Sales``, ``Support``.
    seconds
        Median time the step took; NaN where none is known.
    """

    kind: StepKind
    label: str
    seconds: float


class Route(NamedTuple):
    """
    A way many calls took.

    Parameters
    ----------
    n
        How many calls took it.
    share
        Their share of all calls.
    steps
        Its steps in order.
    end
        ``answered``, ``gave_up``, ``voicemail``, ``closed``, or ``nobody`` where it ended unanswered in another way.
    """

    n: int
    share: float
    steps: Sequence[Step]
    end: End


def told(table: Any, steps: Any) -> tuple[list[Route], tuple[int, float, Text] | None]:
    """
    Return the routes whose steps are told, and what is said of all others: the arguments of `routes`.

    Parameters
    ----------
    table, steps
        The two frames `callkit.metrics.routes.routes` returns. Calls that tell no step are among the others.
    """
    of_route: dict[int, list[Step]] = {}
    for row in steps.itertuples():
        of_route.setdefault(row.route, []).append(Step(row.kind, row.label, float(row.median_s)))
    items = [
        Route(int(row.n), float(row.share), of_route[row.route], row.end)
        for row in table.itertuples()
        if row.route in of_route
    ]
    rest = table[~table["route"].isin(list(of_route))]
    if rest.empty:
        return items, None
    n, most = int(rest["n"].sum()), words.rate(rest["share"].max())
    number = words.plural(len(rest), "other route")
    text = f"{number}, {most} of calls" if len(rest) == 1 else f"{number}, none above {most} of calls"
    return items, (n, n / int(table["n"].sum()), text)


def in_words(route: Route) -> list[str]:
    """Return what is said of each step of a route: where the call was, and how long."""
    return [_said(*pair) for pair in zip(route.steps, [*route.steps[1:], None], strict=True)]


def _said(step: Step, after: Step | None) -> str:
    seconds = words.seconds(step.seconds)
    if step.kind == "queue":
        return f"{step.label}{'' if 'queue' in step.label.lower() else ' queue'} {seconds}"
    if step.kind != "no_answer":
        return f"{step.label} {seconds}"
    is_first = after is not None and (after.kind, after.label) == ("ring", step.label)
    return f"{step.label} did not pick up{' at first' if is_first else ''}, {seconds}"


def routes(items: Sequence[Route], others: tuple[int, float, Text] | None = None) -> Html:
    """
    Return route rows on a common scale of seconds, under their key.

    Parameters
    ----------
    items
        The commonest first.
    others
        How many calls took any other route, their share, and words such as
        ``63 other routes, none above 2% of calls``.
    """
    longest = max((sum(map(_known, route.steps)) for route in items), default=0.0) or 1.0
    step_s = next(
        size for size in (5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600) if longest / size <= 4 or size == 3600
    )
    marks = [step_s * place for place in range(int(longest // step_s) + 2)]
    scale = max(longest * 1.12, marks[-1] * 1.07)
    rows = [_row(route, scale, marks) for route in items]
    if others:
        rows.append(
            Html('<li><p class="count">{}<small>{}</small></p><p class="steps">{}</p></li>').format(
                words.count(others[0]), words.rate(others[1]), others[2]
            )
        )
    axis = join(
        Html('<span style="left:{:.1f}%">{}</span>').format(100 * s / scale, words.seconds(s) if s else "0")
        for s in marks
    )
    return Html(
        '<div class="routes">{}<p class="axis" aria-hidden="true"><span>calls</span><span class="scale">{}</span></p>'
        "<ol>{}</ol></div>"
    ).format(_key(items), axis, join(rows))


def _known(step: Step) -> float:
    return 0.0 if isnan(step.seconds) else step.seconds


def _row(route: Route, scale: float, marks: Sequence[float]) -> Html:
    said = [
        strong(text) if step.kind == "no_answer" else Html("{}").format(text)
        for step, text in zip(route.steps, in_words(route), strict=True)
    ]
    then = Html('<span class="step">{} <span class="then">›</span></span>')
    end = Html('<span class="step"><strong class="end">{}</strong></span>').format(ENDS[route.end])
    return Html('<li><p class="count">{}<small>{}</small></p><p class="steps">{}</p>{}</li>').format(
        words.count(route.n),
        words.rate(route.share),
        join([*(then.format(text) for text in said), end], " "),
        _bar(route, scale, marks),
    )


def _bar(route: Route, scale: float, marks: Sequence[float]) -> Html:
    ends = list(accumulate(map(_known, route.steps)))
    pieces = [
        Html('<line class="base" x1="{0:.1f}%" x2="{0:.1f}%" y1="0" y2="18"/>').format(100 * s / scale)
        for s in marks
    ]
    for step, end in zip(route.steps, ends, strict=True):
        start = end - _known(step)
        pieces.append(
            Html('<rect class="{}" x="{:.2f}%" y="3" width="{:.2f}%" height="12"/>').format(
                step.kind, 100 * start / scale, 100 * _known(step) / scale
            )
        )
    last = ends[-1] if ends else 0.0
    pieces.append(
        Html('<svg class="now" x="{:.2f}%" y="3">{}</svg>').format(
            100 * last / scale, Html(_END_MARKS[route.end])
        )
    )
    return Html('<svg class="bar" width="100%" height="18" aria-hidden="true">{}</svg>').format(join(pieces))


def _key(items: Sequence[Route]) -> Html:
    """Return what the fills and marks mean, of those alone that occur."""
    kinds = {step.kind for route in items for step in route.steps}
    ends = {route.end for route in items}
    patch = Html(
        '<span><svg class="bar" width="24" height="12"><rect class="{0}" width="24" height="12"/></svg>{1}</span>'
    )
    end = Html('<span><svg class="bar" width="18" height="12">{}</svg>{}</span>')
    hatch = Html(
        '<svg class="symbols" width="0" height="0" aria-hidden="true"><pattern id="hatch" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="lost" width="6" height="6"/>'
        '<rect class="stripe" width="2.4" height="6"/></pattern></svg>'
    )
    said = [patch.format(kind, text) for kind, text in _KINDS.items() if kind in kinds]
    said += [end.format(Html(_END_MARKS[name]), ENDS[name]) for name in ENDS if name in ends]
    return Html('{}<p class="key" aria-hidden="true">{}</p>').format(hatch, join(said))
