"""Figures of the metric tables: data in, `ax` in and out; each also as a figure sized for the report.

A function such as `waits` draws on the axes it is given (default: the current ones, or a new figure of its natural
size) and returns them. ``figure_waits`` returns a `matplotlib.figure.Figure` of exactly the report's size.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "arrivals": "load",
    "figure_arrivals": "load",
    "heat_step": "load",
    "at_once": "concurrency",
    "figure_at_once": "concurrency",
    "waits": "waiting",
    "figure_waits": "waiting",
    "patience": "waiting",
    "figure_patience": "waiting",
    "hazard": "giving_up",
    "figure_hazard": "giving_up",
    "callback_curve": "recovery",
    "figure_callback_curve": "recovery",
    "service_level_by_hour": "signals",
    "figure_service_level_by_hour": "signals",
    "control_panel": "panel",
    "figure_control_panel": "panel",
    "agents_needed": "staffing",
    "figure_agents_needed": "staffing",
    "people_by_hour": "answering",
    "figure_people_by_hour": "answering",
    "main_paths": "paths",
    "figure_main_paths": "paths",
    "time_lost": "paths",
    "figure_time_lost": "paths",
    "answer_rates": "people",
    "figure_answer_rates": "people",
    "call_timeline": "timeline",
    "figure_call_timeline": "timeline",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"callkit.plots.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'callkit.plots' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
