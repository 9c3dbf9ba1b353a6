"""What ends a report: whether its data add up, what its numbers mean, how it was made."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from callkit.look import words
from callkit.look.markup import NOTHING, Html, Text, join, mark


def equation(total: tuple[int, str], *terms: tuple[int, str]) -> Html:
    """
    Return a sum in which each number carries its name.

    Parameters
    ----------
    total
        The whole and its name, such as ``(1622, "records received")``.
    *terms
        The parts it is made of.

    Raises
    ------
    ValueError
        The parts do not add up to the whole.
    """
    if total[0] != sum(number for number, _ in terms):
        raise ValueError(
            f"{total[0]} {total[1]} are not the sum of {', '.join(f'{n} {name}' for n, name in terms)}."
        )
    signs = ["", "=", *["+"] * (len(terms) - 1)]
    said = {"": "", "=": "equals ", "+": "plus "}
    return Html('<p class="eq">{}</p>').format(
        join(
            Html('<span class="term">{}<span class="number">{}</span><small>{}</small></span>').format(
                Html('<span class="sign" aria-hidden="true">{}</span><span class="sr">{}</span>').format(
                    sign, said[sign]
                )
                if sign
                else NOTHING,
                words.count(number),
                name,
            )
            for sign, (number, name) in zip(signs, (total, *terms), strict=True)
        )
    )


def checks(items: Iterable[tuple[bool, Text]]) -> Html:
    """Return checks of the data, each with whether it is well and a sentence."""
    return Html('<ul class="checks">{}</ul>').format(
        join(
            Html('<li class="{}">{}<span class="sr">{} </span><span>{}</span></li>').format(
                "good" if is_good else "look",
                mark("good" if is_good else "look"),
                "Good:" if is_good else "Look:",
                text,
            )
            for is_good, text in items
        )
    )


class Definition(NamedTuple):
    """
    What a number counts.

    Parameters
    ----------
    label
        Its name on the page.
    text
        One sentence.
    code
        Its name in code; empty for none.
    """

    label: str
    text: Text
    code: str = ""


def definitions(items: Iterable[Definition]) -> Html:
    """Return what each number counts, in two columns."""
    return Html('<dl class="definitions">{}</dl>').format(
        join(
            Html("<div><dt>{}</dt><dd>{}{}</dd></div>").format(
                item.label, item.text, Html(" <code>{}</code>").format(item.code) if item.code else NOTHING
            )
            for item in items
        )
    )


def provenance(items: Mapping[str, str]) -> Html:
    """Return how the page was made, as names and values."""
    return Html('<dl class="provenance">{}</dl>').format(
        join(Html("<dt>{}</dt><dd>{}</dd>").format(name, text) for name, text in items.items())
    )
