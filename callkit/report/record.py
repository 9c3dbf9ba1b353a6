"""The numbers of a report for programs: what its sidecar holds."""

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import callkit
from callkit.look import words
from callkit.look.typography import inert
from callkit.metrics.catalogue import CATALOGUE
from callkit.report.model import Report
from callkit.report.parameters import RECORD

_STACK = (
    "pandas",
    "numpy",
    "pyarrow",
    "ibis-framework",
    "duckdb",
    "scipy",
    "matplotlib",
    "papermill",
    "nbconvert",
)
_KEPT = ("value", "numerator", "n", "low", "high", "method", "n_null")


class Record(Mapping[str, Any]):
    """A record that a notebook displays as data and not as words."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Record({len(self)} entries)"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {RECORD: self._values, "text/plain": repr(self)}


def record(model: Report) -> Record:
    """Return what the sidecar of a report says, but for the run itself."""
    of_week = model.of_period
    fetched = model.of_period["fetched_at"].max()
    return Record(
        {
            "title": title(model),
            "running": f"{name(model)}, {words.named_with_year(model.period)} · {audience(model)}",
            "since": str(model.period.start),
            "until": str(model.period.end),
            "audience": model.audience,
            "is_complete": model.is_complete,
            "is_example": model.settings.example,
            "missing_days": [str(day) for day in model.missing_days],
            "data_as_of": None if fetched is None or fetched != fetched else fetched.isoformat(),
            "n_before": model.n_before,
            "service_level_s": model.settings.service_level_s,
            "numbers": [_number(model, name) for name in model.totals],
            "raw_data": {
                "sha256": model.raw_data_sha256,
                "n_days": len(model.statements),
                **{
                    name: int(of_week[name].sum())
                    for name in ("received", "kept", "duplicates", "quarantined")
                },
            },
            "versions": versions(),
        }
    )


def title(model: Report) -> str:
    """Return the title of the report's page."""
    return f"{name(model)}, {words.named(model.period)}" + ("" if model.is_complete else " (incomplete)")


def name(model: Report) -> str:
    """Return the name of the account as pages say it."""
    return inert(model.shown(model.settings.title)) or "Phone calls"


def audience(model: Report) -> str:
    """Say for whom the page is."""
    return (
        "shared copy, numbers masked"
        if model.audience == "shared"
        else "internal copy, with callers’ numbers"
    )


def versions() -> dict[str, str]:
    """Return the versions of callkit, Python and what the numbers and figures are made with."""
    stack = {name: version(name) for name in _STACK}
    return {"callkit": callkit.__version__, "python": platform.python_version(), **stack}


def _number(model: Report, name: str) -> dict[str, Any]:
    row, total = CATALOGUE[name], model.totals[name]
    found: dict[str, Any] = {"number": name, "label": row.label, "unit": row.unit}
    found |= {key: total[key] for key in _KEPT}
    compared = model.compared.get(name)
    if compared:
        kept = ("last_value", "usual_low", "usual_high", "verdict", "is_better", "n_before")
        found |= {key: getattr(compared, key) for key in kept}
    return found | {"in_words": words.value(total["value"], row.unit)}
