"""The top and the end of a page, its findings, its contents and its sections."""

from collections.abc import Iterable, Sequence

from callkit.look.markup import EXAMPLE, NOTHING, Html, Text, join, link, mark
from callkit.look.parts.verdict import Verdict, complete_badge, tone, verdict_mark


def page_header(
    title: Text,
    period: Text,
    *,
    kind: str = "Weekly phone report",
    audience: str = "shared",
    is_complete: bool = True,
    complete: str = "",
    status: Sequence[Text] = (),
    all_weeks: str = "",
    noun: str = "week",
    example: bool = False,
) -> Html:
    """
    Return the page's header: what it is, its period, and whether its data are complete.

    Parameters
    ----------
    title
        The page's h1, such as ``Phone calls, week 47``.
    period
        Such as ``Monday 16 to Sunday 22 November 2026``.
    kind
        What sort of page it is.
    audience
        ``shared`` (numbers masked) or ``internal``.
    is_complete
        Whether all of the period's calls are in.
    complete
        Words of the completeness badge; default such as ``Complete week``.
    status
        Further short statements: how far the data go, when they were fetched.
    all_weeks
        Address of the page that lists all reports, which a page sent alone does not reach; empty for none.
    noun
        ``week`` or ``month``.
    example
        Whether the account is invented; then the header says so twice, in other words.
    """
    audiences = {"shared": "shared copy, numbers masked", "internal": "internal copy, with callers’ numbers"}
    if audience not in audiences:
        raise ValueError(f"audience {audience!r} is neither 'shared' nor 'internal'.")
    invented = " of invented calls" if example else ""
    first = Html('<span class="example">{}:</span> ').format(EXAMPLE) if example else NOTHING
    words = complete or f"{'Complete' if is_complete else 'Incomplete'} {noun}"
    return join(
        [
            Html('<header class="page"><p class="kind"><span>{}{} · {}</span>{}</p>').format(
                kind, invented, audiences[audience], _to_all(all_weeks, noun)
            ),
            Html("<h1>{}{}</h1>").format(first, title),
            Html('<p class="period">{}</p>').format(period),
            Html('<p class="status">{}{}</p></header>').format(
                complete_badge(words, is_complete=is_complete),
                join(Html("<span>{}</span>").format(text) for text in status),
            ),
        ]
    )


def _to_all(address: str, noun: str) -> Html:
    return (
        Html('<a href="{}">All {}s, in the reports’ folder</a>').format(address, noun) if address else NOTHING
    )


def banner(bold: Text, text: Text) -> Html:
    """Return the warning below the period, such as that the week is not complete."""
    return Html('<div class="banner" role="note">{}<p><strong>{}</strong> {}</p></div>').format(
        mark("look"), bold, text
    )


def note(text: Text) -> Html:
    """Return a remark that belongs to the figure or table above it."""
    return Html('<p class="note">{}</p>').format(text)


def lead(
    verdict: Verdict, is_better: bool | None, bold: Text, text: Text, to: tuple[str, str] | None = None
) -> Html:
    """
    Return one finding of the first screen.

    Parameters
    ----------
    verdict
        Of the number the finding is about; an unusual one carries its mark and colour.
    is_better
        Whether an unusual number is good news.
    bold
        The finding itself, in at most six words.
    text
        One or two sentences with the numbers.
    to
        The section's id and the words of the link to it, such as ``("hours", "See the hours")``.
    """
    shape = verdict_mark(verdict, is_better) if verdict in ("high", "low") else NOTHING
    return Html('<li class="lead {}"><h3>{}{}</h3><p>{}{}</p></li>').format(
        tone(verdict, is_better), shape, bold, text, Html(" {}").format(link(*to)) if to else NOTHING
    )


def leads(items: Iterable[Html], heading: str = "What stands out") -> Html:
    """Return the findings of the first screen, the most important first, under a hidden heading."""
    return Html(
        '<section aria-labelledby="leads-h"><h2 class="sr" id="leads-h">{}</h2><ul class="leads">{}</ul></section>'
    ).format(heading, join(items))


def contents(sections: Iterable[tuple[str, str]]) -> Html:
    """Return links to the sections, given as id and heading."""
    return Html('<nav aria-label="Contents"><ul class="contents">{}</ul></nav>').format(
        join(Html("<li>{}</li>").format(link(anchor, words)) for anchor, words in sections)
    )


def section(
    id: str, heading: Text, finding: Text, say: Sequence[Text] = (), field: Sequence[Html] = ()
) -> Html:  # noqa: A002
    """
    Return a section: its finding and how to read it, then the evidence.

    Parameters
    ----------
    id
        Anchor, unique on the page.
    heading
        The words the contents use too.
    finding
        What the evidence shows, in one or two short sentences.
    say
        How to read it, and what it cannot tell: one or two paragraphs.
    field
        Figures, tables and notes.
    """
    return Html(
        '<section class="section" id="{0}" aria-labelledby="{0}-h"><div class="rail"><h2 id="{0}-h">{1}</h2>'
        '<p class="finding">{2}</p>{3}</div><div class="field">{4}</div></section>'
    ).format(
        id, heading, finding, join(Html('<p class="say">{}</p>').format(text) for text in say), join(field)
    )


def empty(id: str, heading: Text, sentence: Text, more: Text = "") -> Html:  # noqa: A002
    """Return a section without data: one sentence that says so, and at most one more."""
    return Html(
        '<section class="section" id="{0}" aria-labelledby="{0}-h"><div class="rail"><h2 id="{0}-h">{1}</h2></div>'
        '<div class="field"><p class="nothing"><strong>{2}</strong></p>{3}</div></section>'
    ).format(id, heading, sentence, Html('<p class="nothing">{}</p>').format(more) if more else NOTHING)


def footer(text: Text = "", *, is_final: bool = True, example: bool = False) -> Html:
    """Return the page's last line; an invented account's says that it is invented."""
    words = text or ("One file, no tracking, works offline." if is_final else "Not a final report.")
    source = "invented calls of the built-in sandbox" if example else "the account’s call records"
    warning = Html("<strong>{}.</strong> ").format(EXAMPLE) if example else NOTHING
    return Html('<footer class="page"><p>{}Made by callkit from {}. {}</p></footer>').format(
        warning, source, words
    )
