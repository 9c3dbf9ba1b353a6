"""Tables as plain text, and the characters no text may show."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import zip_longest

# control characters but tab and line feed, direction marks, half characters: none shows, and some turn what follows
UNSEEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


def table(
    header: tuple[str, ...], rows: Iterable[tuple[str, ...]], width: int | None = None
) -> Iterator[str]:
    """
    Yield the lines of a table of text.

    Parameters
    ----------
    header, rows
        Cells of the first line, and of the others.
    width
        Characters a line may have: the widest columns are wrapped, but no word is cut. Default: no limit.
    """
    lines = [header, *rows]
    columns = list(zip(*lines, strict=True))
    widths = [max(map(len, column)) for column in columns]
    least = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    room = sum(widths) if width is None else width - 2 * (len(widths) - 1)
    while sum(widths) > room and widths != least:
        widest = max(range(len(widths)), key=lambda i: (widths[i] > least[i], widths[i]))
        widths[widest] -= 1
    for line in lines:
        parts = [textwrap.wrap(cell, width) or [""] for cell, width in zip(line, widths, strict=True)]
        for cells in zip_longest(*parts, fillvalue=""):
            yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
