"""When most calls come: the stretch of open hours that stands out."""

from typing import NamedTuple

from callkit.look import words
from callkit.report.model import Report

_NEAR = 0.85  # an hour belongs to the peak from this share of the busiest hour on
_STANDS_OUT = 1.25  # the busiest hour against the mean of all
_MOST = 0.5  # of the hours that are open; a longer stretch is no peak
_LEAST = 30  # calls in open hours; of fewer, chance alone makes one hour stand out


class Peak(NamedTuple):
    """A stretch of hours, `until` excluded, its calls, and how many hours it was open."""

    since: int
    until: int
    n: int
    n_open_hours: float

    @property
    def sentence(self) -> str:
        """Say when the peak is."""
        counted = f"{words.plural(self.n, 'call')} in {open_hours(self.n_open_hours)}"
        return (
            f"The busiest time was from {words.hour(self.since)} to {words.hour(self.until)}, with {counted}."
        )


def open_hours(n: float) -> str:
    """Write how many hours were open: ``54 open hours``, ``9.5 open hours``."""
    return words.plural(int(n), "open hour") if n == int(n) else f"{words.decimal(n)} open hours"


def busiest(model: Report) -> Peak | None:
    """Return the stretch of hours with most calls per open hour; None where no hour stands out."""
    table = model.arrivals
    cells = table[table["is_open"] & (table["n_open_hours"] > 0)]
    hours = cells.groupby("hour")[["n", "n_open_hours"]].sum()
    rate = hours["n"] / hours["n_open_hours"]
    if hours["n"].sum() < _LEAST or rate.max() < _STANDS_OUT * rate.mean():
        return None
    top = int(rate.index[int(rate.argmax())])
    first = last = top
    while rate.get(first - 1, 0) >= _NEAR * rate[top]:
        first -= 1
    while rate.get(last + 1, 0) >= _NEAR * rate[top]:
        last += 1
    if last - first + 1 > _MOST * len(hours):
        return None
    peak = hours.loc[first:last].sum()
    return Peak(first, last + 1, int(peak["n"]), float(peak["n_open_hours"]))
