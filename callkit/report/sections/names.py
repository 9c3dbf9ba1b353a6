"""Names of an account as a line of the page holds them: short, and still told apart."""

from collections import Counter, defaultdict
from collections.abc import Iterable

LONGEST = 40
"""Characters of a name in a line; the numbers behind a figure have it whole."""
_END = 15


def shortened(name: str) -> str:
    """
    Return a name that a line holds, cut in its middle: names of one account often differ at their end alone.

    Examples
    --------
    >>> shortened("Customer service for the north of England, second line")
    'Customer service for the…nd, second line'
    """
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 1 - _END].rstrip()}…{name[-_END:].lstrip()}"


def told_apart(names: Iterable[str]) -> dict[str, str]:
    """Return each name shortened; those that then look alike are numbered."""
    short = {name: shortened(name) for name in sorted(set(names))}
    n_alike, number = Counter(short.values()), defaultdict[str, int](int)
    for name, label in short.items():
        if n_alike[label] > 1:
            number[label] += 1
            short[name] = f"{label} ({number[label]})"
    return short
