"""How long they wait: waits of answered calls, patience of all callers, and waits by line."""

from typing import Any

import numpy as np
import pandas as pd

from callkit.look import words
from callkit.look.parts import ColumnSpec, Html, empty, figure, figures, section, strong, table
from callkit.metrics import giving_up
from callkit.metrics import waiting as metrics
from callkit.metrics.worst import above_others
from callkit.plots.waiting import figure_patience, figure_waits
from callkit.report.compared import records
from callkit.report.model import Report
from callkit.report.sections import phrases

_ID, _HEADING = "waiting", "Waiting"
_LONG_S = 60
_NUMBERS = ("n_offered", "wait_median", "wait_p90", "abandon_rate")


def waiting(model: Report) -> Html:
    """Return the wait distribution and the patience curve with their finding, and waits by line called."""
    median, p90 = model.total("wait_median"), model.total("wait_p90")
    lines = _lines(model)
    if median is None:
        n = model.compared["n_offered"].numerator
        said = f"Nobody was answered in this {model.noun}, so there is no wait to show."
        if model.total("n_answered"):
            said = f"No answered call of this {model.noun} says how long its caller waited."
        more = "" if n else "No call was offered."
        return empty(_ID, _HEADING, said, more)
    curve = metrics.patience(model.calls)
    met = phrases.waits(model, words.seconds(median), words.seconds(p90))
    lost, worst = _loss(curve), _worst_line(lines)
    say = ["The wait shows what answered callers met.", _too_few_known(model)]
    if len(curve):
        say = [
            f"{say[0]} Patience shows how long callers are willing to stay, counting also those who were answered "
            "before they would have given up.",
            "The mean wait of those who left would understate patience, so it is not shown.",
        ]
    if lost and worst:  # one of them is enough in bold
        say.insert(0, lost)
    finding = " ".join(filter(None, [met, worst or lost]))
    drawn = [_waits(model, p90), *([_patience(model, curve)] if len(curve) else [])]
    return section(_ID, _HEADING, finding, say, [figures(*drawn), _by_line(model, lines)])


def _loss(curve: pd.DataFrame) -> str:
    row = _after_long(curve)
    if row is None:
        return ""
    lost = words.rate(1 - row["staying"], 0)
    return f"If nobody answers, an estimated {lost} of callers give up within {words.seconds(_LONG_S)}."


def _after_long(curve: pd.DataFrame) -> "pd.Series[Any] | None":
    """Return the curve's point after a long wait; None where no wait was that long, or nobody gave up by then."""
    at = curve[curve["wait_s"] <= _LONG_S]
    if at.empty or curve["wait_s"].max() < _LONG_S or at["staying"].iloc[-1] == 1:
        return None
    return at.iloc[-1]


def _shaded(curve: pd.DataFrame) -> str:
    row = _after_long(curve)
    if row is None or pd.isna(row["low"]):
        return "Shaded: 95% interval."
    span = words.interval(1 - row["high"], 1 - row["low"])
    return f"Shaded: 95% interval, for giving up within {words.seconds(_LONG_S)}: {span}."


def _too_few_known(model: Report) -> str:
    """Say why there is no patience curve."""
    total = model.totals["service_level_strict"]
    n = int(total["n"] + total["n_null"])
    return (
        f"{words.count(total['n_null'])} of {words.plural(n, 'call')} answered or given up do not say how long the "
        "caller waited, so patience cannot be told."
    )


def staying(curve: pd.DataFrame, at_s: float) -> float:
    """Return the share of callers still willing to wait after so many seconds."""
    before = curve.loc[curve["wait_s"] <= at_s, "staying"]
    return float(before.iloc[-1]) if len(before) else 1.0


def _waits(model: Report, p90: float) -> Html:
    bins = metrics.wait_bins(model.calls)
    target, n = model.settings.service_level_s, int(bins["n"].sum())
    within = model.totals["service_level"]["numerator"]
    unknown = model.totals["wait_p90"]["n_null"]
    left_out = (
        f" {words.plural(unknown, 'answered call')} whose wait is not known left out." if unknown else ""
    )
    rows = [{"from": _bin(row), "n": row.n} for row in bins.itertuples()]
    return figure(
        "f-waits",
        figure_waits(bins, target_s=target, nine_in_ten_s=p90),
        title="Waits of answered calls.",
        desc=f"{words.count(within)} of {words.count(n)} within {words.seconds(target)}; "
        f"nine in ten within {words.seconds(p90)}.",
        caption=strong("Wait of answered calls,")
        + f" n = {words.count(n)}. Stronger bars met the target.{left_out}",
        numbers=table(
            rows,
            [ColumnSpec("from", "Wait"), ColumnSpec("n", "Answered calls", numeric=True)],
            caption="Answered calls by wait",
            foot={"from": "All", "n": n},
        ),
        heading="How long the wait was",
    )


def _bin(row: Any) -> str:
    return (
        f"over {row.from_s:g} s"
        if row.to_s == float("inf")
        else f"{'over ' if row.from_s else ''}{row.from_s:g} to {row.to_s:g} s"
    )


def _patience(model: Report, curve: pd.DataFrame) -> Html:
    n, left = int(curve["at_risk"].iloc[0]), int(curve["n_left"].sum())
    shown = [s for s in range(0, 121, 10) if s <= curve["wait_s"].max()]
    rows = [_at(curve, s) for s in shown]
    longest = curve["wait_s"].max()
    ends = [s for s in (20, _LONG_S) if s <= longest] or [longest]
    unknown = int(model.total("n_offered") or 0) - n
    left_out = (
        f" {words.plural(unknown, 'offered call')} whose wait is not known left out." if unknown else ""
    )
    peak = _peak(model)
    said = ", ".join(f"{words.rate(staying(curve, s), 0)} after {words.seconds(s)}" for s in ends)
    return figure(
        "f-patience",
        figure_patience(
            curve, remark=(sum(peak) / 2, f"giving up peaks\nat {_stretch(peak)}") if peak else None
        ),
        title="Share of callers still willing to wait, with its 95% interval.",
        desc=f"{said}; {words.count(left)} of {words.count(n)} gave up."
        + (f" Giving up peaks at {_stretch(peak)}." if peak else ""),
        caption=strong("Patience")
        + f" (Kaplan–Meier), n = {words.count(n)}, of whom {words.count(left)} gave up. {_shaded(curve)}"
        + left_out,
        numbers=table(
            rows,
            [
                ColumnSpec("wait", "Waited", show=words.seconds),
                ColumnSpec(
                    "staying", "Still willing", numeric=True, small="interval", show=lambda x: words.rate(x)
                ),
                ColumnSpec("at_risk", "Still waiting", numeric=True),
            ],
            caption="Share still willing to wait",
        ),
        heading="How long callers stay on the line",
    )


def _peak(model: Report) -> tuple[float, float] | None:
    """Return the seconds of the highest peak of giving up; None where it is no higher than chance makes one."""
    found = giving_up.peaks(giving_up.hazard(model.calls))
    if found.empty:
        return None
    top = records(found.nlargest(1, "rate"))[0]
    return float(top["from_s"]), float(top["to_s"])


def _stretch(peak: tuple[float, float]) -> str:
    return f"{peak[0]:g} to {words.seconds(peak[1])}"


def _at(curve: pd.DataFrame, at_s: int) -> dict[str, Any]:
    before = curve[curve["wait_s"] <= at_s]
    if before.empty:
        return {"wait": at_s, "staying": 1.0, "interval": "", "at_risk": int(curve["at_risk"].iloc[0])}
    row = before.iloc[-1]
    still = curve[curve["wait_s"] >= at_s]
    at_risk = int(still["at_risk"].iloc[0]) if len(still) else 0
    return {
        "wait": at_s,
        "staying": row["staying"],
        "interval": "" if row["staying"] in (0, 1) else words.interval(row["low"], row["high"]),
        "at_risk": at_risk,
    }


def _lines(model: Report) -> list[dict[str, Any]]:
    """Return waits and abandoned calls of each line with an offered call, most calls first."""
    found = model.summarise(_NUMBERS, by_line(model, model.history), by="line")
    rows = [
        _line(str(name), {row["number"]: row for row in records(rows)})
        for name, rows in found.groupby("line", sort=True)
    ]
    return sorted((row for row in rows if row["n_offered"]), key=lambda row: (-row["n_offered"], row["line"]))


def _worst_line(lines: list[dict[str, Any]]) -> str:
    """Name the line whose callers gave up clearly more often than those of all other lines together."""
    n, gave_up = (np.array([row[name] for row in lines], dtype=float) for name in ("n", "gave_up"))
    phi = [row["dispersion"] for row in lines]
    gaps = above_others(gave_up, n, gave_up.sum() - gave_up, n.sum() - n, phi)
    if not (gaps > 0).any():
        return ""
    worst = lines[int(np.nanargmax(gaps))]
    there = f"{words.count(worst['gave_up'])} of {words.count(worst['n'])} gave up"
    here = f"{words.count(gave_up.sum() - worst['gave_up'])} of {words.count(n.sum() - worst['n'])}"
    return f"On {worst['line']} {there}; on the other lines {here}."


def _by_line(model: Report, lines: list[dict[str, Any]]) -> Html:
    total = _line("All", {number: model.totals[number] for number in _NUMBERS})
    columns = [
        ColumnSpec("line", "Line"),
        ColumnSpec("n_offered", "Offered", numeric=True),
        ColumnSpec("wait_median", "Half within", numeric=True, show=words.seconds),
        ColumnSpec("wait_p90", "9 in 10 within", numeric=True, show=words.seconds),
        ColumnSpec(
            "abandon_rate", "Abandoned", numeric=True, small="abandoned", show=lambda x: words.rate(x)
        ),
    ]
    return table(lines, columns, caption="Waits by line called", foot=total)


def by_line(model: Report, calls: pd.DataFrame) -> pd.DataFrame:
    """Return inbound calls with the label of the line they came in on, as column ``line``."""
    inbound = calls[calls["direction"] == "inbound"]
    labels = {did: model.line(did) for did in inbound["did"].dropna().unique()}
    line = inbound["did"].astype("object").map(labels).fillna(model.line(None))
    return inbound.assign(line=line.astype("str"))


def _line(name: str, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    values = {number: row["value"] for number, row in found.items()}
    gave_up = found["abandon_rate"]
    small = (
        f"{words.count(gave_up['numerator'])} · {words.interval(gave_up['low'], gave_up['high'])}"
        if gave_up["n"]
        else ""
    )
    counts = {"n": gave_up["n"], "gave_up": gave_up["numerator"] if gave_up["n"] else 0}
    # without weeks to tell, calls are taken as independent, as the interval in the table is
    phi = 1.0 if pd.isna(gave_up["dispersion"]) else gave_up["dispersion"]
    return {"line": name, **values, **counts, "dispersion": phi, "abandoned": small}
