"""The rate limit of an account: requests leave one by one, whichever thread or process sends them."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_MARGIN = 1.01  # what leaves here evenly arrives unevenly: 1 % below the limit is never above it
_LONGEST_S = 600.0  # no turn lies further ahead: such a note is of before the machine started anew


class Limiter:
    """
    Let requests through one by one, just under `rate` a second.

    Parameters
    ----------
    rate
        Requests a second at most; 0 for no limit.
    shared
        File in which the next free moment is noted, so that all processes of an account keep the rate together;
        None: the moment is known to this process alone.
    sleep, monotonic
        How to wait (true where it was woken before the time), and the clock to wait by; it must be one for all
        processes of the machine.
    """

    def __init__(
        self,
        rate: float,
        shared: Path | None = None,
        *,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = _MARGIN / rate if rate else 0.0
        self._shared = shared if rate else None
        self._sleep, self._monotonic = sleep, monotonic
        self._next, self._turnstile = 0.0, Lock()

    def wait(self) -> None:
        """Return when the next request may go out."""
        if not self._interval and not self._next:
            return
        with self._turn():
            left = self._next - self._monotonic()
            if 0 < left <= _LONGEST_S and self._sleep(left):
                return  # woken by the end of the session: the turn is nobody's, and stays as it was noted
            self._next = self._monotonic() + self._interval if self._interval else 0.0

    def hold(self, seconds: float) -> None:
        """Let no request out for some seconds: the API asked for it."""
        with self._turn():
            self._next = max(self._next, self._monotonic() + seconds)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._turnstile:
            if self._shared is None:
                yield
                return
            with self._shared.open("a+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.seek(0)
                self._next = _number(file.read())
                yield
                file.truncate(0)
                file.write(repr(self._next))


def note_in(folder: Path) -> Path | None:
    """Return the file of an account's folder in which its processes note their turns; None where it cannot be used."""
    return folder / ".rate" if os.access(folder, os.W_OK) else None


def _number(noted: str) -> float:
    """Return the moment noted, 0 where a process was killed while it wrote."""
    try:
        return float(noted)
    except ValueError:
        return 0.0
