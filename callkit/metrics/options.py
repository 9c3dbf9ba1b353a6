"""What the reader of a number may choose."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Options(NamedTuple):
    """
    What the reader may choose.

    Parameters
    ----------
    service_level_s
        Seconds within which an answer is in time.
    short_abandon_s
        Seconds within which an abandon is short; 0: none is.
    short_talk_s
        Seconds below which the talk of an answered call is short.
    service_targets
        Own targets of services, in place of `service_level_s`: pairs of a service's name and seconds.
    """

    service_level_s: float = 20
    short_abandon_s: float = 5
    short_talk_s: float = 10
    service_targets: tuple[tuple[str, float], ...] = ()


DEFAULTS = Options()
Expression = Callable[[Any, Options], Any]
