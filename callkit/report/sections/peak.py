"""When most calls come: the stretch of open hours that stands out."""

from typing import NamedTuple

from callkit.look import words
from callkit.report.model import Weekly

_NEAR = 0.85  # an hour belongs to the peak from this share of the busiest hour on
_STANDS_OUT = 1.25  # the busiest hour against the mean of all


class Peak(NamedTuple):
    """A stretch of hours, `until` excluded, and how many calls one of them has on a day."""

    since: int
    until: int
    per_hour: float

    @property
    def sentence(self) -> str:
        """Say when the peak is."""
        return f"The busiest time was from {words.hour(self.since)} to {words.hour(self.until)}."


def busiest(model: Weekly) -> Peak | None:
    """Return the stretch of hours with most calls per open hour; None where no hour stands out."""
    table = model.arrivals
    cells = table[table["is_open"] & (table["n_open_hours"] > 0)]
    hours = cells.groupby("hour")[["n", "n_open_hours"]].sum()
    rate = hours["n"] / hours["n_open_hours"]
    if rate.empty or rate.max() <= 0 or rate.max() < _STANDS_OUT * rate.mean():
        return None
    top = int(rate.index[int(rate.argmax())])
    first = last = top
    while rate.get(first - 1, 0) >= _NEAR * rate[top]:
        first -= 1
    while rate.get(last + 1, 0) >= _NEAR * rate[top]:
        last += 1
    return Peak(first, last + 1, float(rate.loc[first:last].mean()))
