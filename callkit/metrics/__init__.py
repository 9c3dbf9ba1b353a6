"""Numbers about calls: what each one means, how it is taken over any grouping, and what stands behind it."""

from importlib import import_module
from typing import Any

_MODULES = (
    "busy_hours", "compare", "concurrency", "erlang", "giving_up", "goals", "hops", "load", "paths", "people",
    "recovery", "routes", "signals", "staffing", "summary", "unreached", "waiting",
)  # fmt: skip
__all__ = list(_MODULES)  # noqa: PLE0605 (loaded when they are asked for)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"callkit.metrics.{name}")
    raise AttributeError(f"module 'callkit.metrics' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
