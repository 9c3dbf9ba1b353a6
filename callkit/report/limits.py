"""Work in this process that ends when its time is up, and work that no signal cuts in two."""

import contextlib
import signal
import threading
from collections.abc import Iterator

from callkit.errors import RunTimeoutError

_LEAST_S = 0.001  # 0 would switch the alarm off
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN_S = 1.0  # a library may swallow the first one


@contextlib.contextmanager
def limited(seconds: float, whole_s: float, doing: str) -> Iterator[None]:
    """
    End what runs inside when the time is up, where this is the main thread.

    Parameters
    ----------
    seconds
        What is left of the time.
    whole_s
        The whole limit, for the error's words.
    doing
        What was being done.

    Raises
    ------
    RunTimeoutError
        The time was up first.
    """
    if not _is_main():
        yield
        return

    def stop(*_: object) -> None:
        raise RunTimeoutError(f"The run took longer than {whole_s:g} s and was ended while {doing}.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, _LEAST_S), _AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def undisturbed(*, is_ending: bool = False) -> Iterator[None]:
    """
    Let signals wait until what runs inside is done, where this is the main thread.

    Parameters
    ----------
    is_ending
        True where a signal or an error ends the run already: then a further signal has nothing to add.
    """
    if not _is_main():
        yield
        return
    came: list[int] = []
    before = [signal.signal(number, lambda number, _: came.append(number)) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)
    if came and not is_ending:
        signal.raise_signal(came[0])


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()
