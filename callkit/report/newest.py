"""The newest of the past reports: its six numbers, each with its last weeks or months as a line."""

from collections.abc import Sequence

from callkit.look import words
from callkit.look.parts import (
    NOTHING,
    Html,
    join,
    open_button,
    sparkline,
    sparklines_key,
    tile,
    tiles,
)
from callkit.periods import Period, Week
from callkit.report.compared import (
    Compared,
    by_its_end,
    label,
    of_all,
    usual,
    usual_of_part,
    value,
    verdict_badge,
)
from callkit.report.past import ENOUGH, PastReport


def first_screen(past: Sequence[PastReport], newest: PastReport, noun: str) -> Html:
    """Return the way to the newest report and its numbers, with those of the reports before it."""
    button = open_button(newest.address, f"Open {words.named(newest.period)}") if newest.address else NOTHING
    last = _last_periods(past, newest)
    six = [_tile(found, newest, last, noun) for found in (newest.numbers or {}).values()]
    is_drawn = len(last) > 1 or newest.is_compared
    running = max(found.running for found in (newest.numbers or {}).values())
    key = sparklines_key(noun, is_compared=newest.is_compared, has_gap=None in last, running=running)
    key = key if is_drawn else NOTHING
    return join([button, tiles(six, f"The newest {noun} in numbers"), key])


def _last_periods(past: Sequence[PastReport], newest: PastReport) -> list[PastReport | None]:
    """Return the newest report and those of the 12 periods before it, from the first there is; None for a gap."""
    known = {one.period: one for one in past if one.numbers and one.is_complete} | {newest.period: newest}
    periods = [newest.period.shift(-back) for back in range(ENOUGH, -1, -1)]
    found = [known.get(period) for period in periods]
    return found[next(place for place, one in enumerate(found) if one) :]


def _tile(found: Compared, newest: PastReport, last: Sequence[PastReport | None], noun: str) -> Html:
    values = [one.numbers[found.number].value if one and one.numbers else None for one in last]
    if not newest.is_complete:
        values[-1] = None  # part of a period is not on the line of whole ones
    spark = sparkline(values, found.value, found.usual_low, found.usual_high, found.verdict, found.is_better)
    span = usual(found)
    said = f"Usual {span}" if newest.is_complete else usual_of_part(found, noun)
    first = next(one for one in last if one).period
    return tile(
        label(found.number, newest.service_level_s),
        _badge(found, newest, noun),
        value(found),
        _small(found, newest, noun),
        said if span else "",
        f"{_tick(first)} to {_tick(newest.period)}" if first != newest.period else "",
        spark,
    )


def _small(found: Compared, newest: PastReport, noun: str) -> str | list[str]:
    if found.value is None or found.number == "n_offered":
        return ""
    if found.number == "wait_p90":
        return f"of {words.plural(found.n, 'answered call')}"
    if found.number == "n_unreached":
        until = by_its_end(noun) if newest.is_complete else "so far"
        return f"{until}, of {words.plural(found.n, 'caller')} we missed"
    interval = words.interval(found.low, found.high) if found.low is not None else ""
    return [of_all(found), f"95% interval {interval}" if interval else ""]


def _badge(found: Compared, one: PastReport, noun: str) -> Html:
    too_few = one.n_before if one.is_complete and one.n_before < ENOUGH else None
    return verdict_badge(found, noun, too_few, is_complete=one.is_complete)


def _tick(period: Period) -> str:
    return words.tick(period) if isinstance(period, Week) else f"{words.tick(period)} {period.year}"
