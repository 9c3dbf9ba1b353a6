"""Invented sidecars of past reports, as a report writes them, with a page beside each."""

import json
import random
from datetime import datetime, timedelta

from callkit.metrics.catalogue import CATALOGUE
from callkit.periods import Month, Week
from callkit.report.model import TILES

NEWEST = Week(2026, 47)
_VALUES = {
    "n_offered": (1480, 40, 1372, 1604),
    "answer_rate": (0.858, 0.008, 0.829, 0.887),
    "abandon_rate": (0.064, 0.005, 0.050, 0.081),
    "wait_p90": (55, 4, 41, 70),
    "service_level": (0.69, 0.02, 0.609, 0.778),
    "n_unreached": (41, 4, 29, 53),
}
_UNUSUAL = {
    "answer_rate": (0.81, "low", False),
    "abandon_rate": (0.087, "high", False),
    "n_unreached": (24, "low", True),
}


def sidecar(period: Week | Month, *, n_before: int = 12, unusual: bool = False, **changes: object) -> dict:
    """Return what a report of a period says; `changes` replace its entries."""
    said = {
        "report": period.kind,
        "account": "drama",
        "period": str(period),
        "title": f"Phone calls, {period}",
        "since": str(period.start),
        "until": str(period.end),
        "audience": "shared",
        "is_complete": True,
        "is_example": False,
        "data_as_of": f"{datetime.combine(period.end, datetime.min.time()) + timedelta(hours=6, minutes=5)}+00:00",
        "n_before": n_before,
        "service_level_s": 20,
        "numbers": [_number(name, str(period), n_before, unusual=unusual) for name in TILES],
        "status": "ok",
        "made_at": f"{period.end}T06:06:00+00:00",
    }
    return said | changes


def _number(name: str, seed: str, n_before: int, *, unusual: bool) -> dict:
    mean, spread, low, high = _VALUES[name]
    value = random.Random(f"{seed} {name}").gauss(mean, spread / 2)  # noqa: S311
    verdict, is_better = "usual" if n_before >= 12 else "none", None
    if unusual and name in _UNUSUAL:
        value, verdict, is_better = _UNUSUAL[name]
    unit = CATALOGUE[name].unit
    n = 1498
    value = round(value * n) / n if unit == "share" else float(round(value))
    return {
        "number": name,
        "unit": unit,
        "value": value,
        "numerator": round(value * n) if unit == "share" else value,
        "n": n,
        "low": value - 0.02 if unit == "share" else None,
        "high": value + 0.02 if unit == "share" else None,
        "last_value": mean,
        "usual_low": low if n_before >= 12 else None,
        "usual_high": high if n_before >= 12 else None,
        "verdict": verdict,
        "is_better": is_better,
        "n_before": n_before,
        "in_words": "",
    }


def put(folder, said: dict, *, page: str = "<!doctype html>", audience: str = "") -> None:
    """Write a sidecar at its place, with its page where there is one."""
    year = folder / said["period"][:4]
    year.mkdir(parents=True, exist_ok=True)
    stem = said["period"] + audience
    (year / f"{stem}.json").write_text(json.dumps(said, indent=2), encoding="utf-8")
    if page:
        (year / f"{stem}.html").write_text(page, encoding="utf-8")


def put_failed(
    folder, period: Week | Month, status: str = "AuthError", error: str = "", **more: object
) -> None:
    """Write what a failed run leaves."""
    place = folder / "_failed"
    place.mkdir(parents=True, exist_ok=True)
    said = {"report": period.kind, "period": str(period), "status": status, "error": error}
    said |= {"made_at": f"{period.end}T05:05:00+00:00", **more}
    (place / f"{period}.json").write_text(json.dumps(said), encoding="utf-8")


def put_many(folder, newest: Week | Month = NEWEST, n: int = 13) -> None:
    """Write so many reports in a row, the newest with three unusual numbers, and a failed one before them."""
    for back in range(n):
        put(folder, sidecar(newest.shift(-back), unusual=back == 0))
    put_failed(folder, newest.shift(-n))
