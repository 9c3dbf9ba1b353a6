"""A process that has everything imported and no thread running, and forks a child for each sync asked for.

``python -m tests.faults.zygote BASE_URL`` reads a line of JSON for each sync, prints the child's id and, once that has
ended, its status and what it said.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from callkit.cli.terminal import say_error
from callkit.errors import CallkitError
from callkit.sandbox.faults import Plan
from tests.faults.world import World

NOBODY = 65534


class Ended(NamedTuple):
    """How a child ended: its exit code, or less the signal's number; and what it said."""

    status: int
    said: str


class Zygote:
    """The parent's end of it."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process

    def start(
        self, folder: Path, dialect: str, since: date, until: date, moment: datetime, **more: object
    ) -> int:
        """Begin a sync of days into a folder and return the child's id."""
        asked = {"folder": str(folder), "dialect": dialect, "since": str(since), "until": str(until),
                 "moment": moment.isoformat(), **more}  # fmt: skip
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def ended(self) -> Ended:
        """Wait for the child's end."""
        return Ended(*json.loads(self._process.stdout.readline()))


@contextmanager
def zygote(base_url: str) -> Iterator[Zygote]:
    """Have a zygote while the context lasts."""
    command = [sys.executable, "-m", "tests.faults.zygote", base_url]
    environ = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ,
        cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        yield Zygote(process)
        process.stdin.close()


def main(base_url: str) -> None:
    """Serve until standard input ends."""
    for line in sys.stdin:
        with TemporaryFile("w+") as said:
            child = os.fork()
            if not child:
                os.dup2(said.fileno(), 2)
                os._exit(run(base_url, **json.loads(line)))
            print(child, flush=True)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said.seek(0)
            print(json.dumps([status, said.read()]), flush=True)


def run(
    base_url: str, folder: str, dialect: str, since: str, until: str, moment: str, most_bytes: int = 0,
    is_nobody: bool = False,
) -> int:  # fmt: skip
    """Synchronise, perhaps with files of so many bytes at most or as a user who may write nowhere."""
    if most_bytes:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    if is_nobody:
        with suppress(PermissionError):
            os.setuid(NOBODY)
    served = World(base_url, Plan(), [datetime.fromisoformat(moment)])
    settings = served.settings(Path(folder), dialect, connections=2)
    try:
        days = date.fromisoformat(since), date.fromisoformat(until)
        served.sync(settings, *days, datetime.fromisoformat(moment), limit=40)
    except CallkitError as error:
        say_error(str(error))
        return error.exit_code
    except OSError as error:
        say_error(f"{error.errno} {error}")
        return 2
    return 0


if __name__ == "__main__":
    main(sys.argv[1])
