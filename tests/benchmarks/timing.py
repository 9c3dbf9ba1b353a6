"""Times taken in turn, A B A B, each run alone in a child process on one core; and rows of the table they make."""

import gc
import importlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import psutil

_EVERY_S = 0.05
ONE_THREAD = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


class Times(NamedTuple):
    """The median of some rounds in seconds, and how many there were."""

    seconds: float
    rounds: int


class Alone(NamedTuple):
    """What a function returned that ran in a process of its own, and the most that it and its children held, in MB."""

    value: Any
    peak_mb: float


def in_turn(
    runs: Mapping[str, Callable[[], Any]],
    rounds: int,
    *,
    enough_s: float = 60,
    look: Callable[[str, Any], None] | None = None,
) -> dict[str, Times]:
    """
    Run each once a round, one after another, and return the medians.

    Parameters
    ----------
    runs
        What to run.
    rounds, enough_s
        How many rounds; who has run so many seconds sits out the rest.
    look
        Is given each name and result of the first round, outside the measured time.
    """
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for number in range(rounds):
        for name, run in runs.items():
            if sum(taken[name]) < enough_s:
                gc.collect()
                began = time.perf_counter()
                result = run()
                taken[name].append(time.perf_counter() - began)
                if look and number == 0:
                    look(name, result)
                del result
    return {name: Times(median(seconds), len(seconds)) for name, seconds in taken.items()}


def alone(
    function: Callable[..., Any], *arguments: Any, one_core: bool = True, is_watched: bool = False
) -> Alone:
    """
    Call a function of a module in a new process and return what it returns, which must be plain enough for JSON.

    Parameters
    ----------
    function, arguments
        What is called.
    one_core
        Whether it may use one core only, and one thread.
    is_watched
        Whether the memory of its children counts too; looking at it takes time from whoever holds much.
    """
    call = [function.__module__, function.__qualname__, arguments, one_core]
    command = [sys.executable, "-m", "tests.benchmarks.timing", json.dumps(call)]
    environ = {**os.environ, **(ONE_THREAD if one_core else {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as child:
        watch = _Watch(child.pid) if is_watched else None
        assert child.stdout
        said = child.stdout.read()
        child.wait()
        family_mb = watch.end() if watch else 0.0
    if child.returncode:
        raise RuntimeError(f"{function.__qualname__}{arguments} ended with {child.returncode}.")
    value, own_mb = json.loads(said.splitlines()[-1])
    return Alone(value, max(own_mb, family_mb))


class _Watch:
    """Looks at the memory of a process and of all its children together, every so often."""

    def __init__(self, pid: int) -> None:
        self._process, self._over, self._most = psutil.Process(pid), threading.Event(), 0
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> float:
        """Return the most there was at any look, in MB."""
        self._over.set()
        self._thread.join()
        return self._most / 1e6

    def _look(self) -> None:
        while not self._over.wait(_EVERY_S):
            try:
                family = [self._process, *self._process.children(recursive=True)]
                self._most = max(self._most, sum(_held(process) for process in family))
            except psutil.NoSuchProcess:
                continue


def _held(process: psutil.Process) -> int:
    """Return the bytes of a process; what it shares with others counts in parts, where the system can tell."""
    held = process.memory_full_info() if sys.platform == "linux" else process.memory_info()
    return int(getattr(held, "pss", held.rss))


def peak_mb() -> float:
    """Return the most memory this process held at any time; the system's own figure begins before it was itself."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024 / 1e6
    return float(psutil.Process().memory_info().rss / 1e6)


def _main(call: str) -> None:
    module, name, arguments, one_core = json.loads(call)
    if one_core and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    value = getattr(importlib.import_module(module), name)(*arguments)
    sys.stdout.write(f"\n{json.dumps([value, peak_mb()])}\n")


if __name__ == "__main__":
    _main(sys.argv[1])
