"""The process a notebook runs in, which can be started before what runs the notebook is loaded.

Both take a second or two to load. A report starts its kernel first, so that they load at the same time.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from jupyter_client.connect import write_connection_file
from jupyter_client.launcher import launch_kernel

from callkit.report.environment import without_key

PLAIN = "ipykernel_launcher"
"""Module that begins a kernel with nothing loaded."""
LOADED = "callkit.report.loaded"
"""Module that begins a kernel with all that a report's notebook imports."""
_LONGEST_SOCKET_FOLDER = 80  # a Unix socket's path has room for about 107 bytes
_ENDS_S = 5


class Kernel:
    """
    A kernel, reached over private sockets; the account's token and login never reach it.

    Parameters
    ----------
    connection_file
        Where it is told how it is reached.
    environ
        Additions to this process's environment.
    module
        What it begins with: `PLAIN` or `LOADED`.
    """

    def __init__(self, connection_file: Path, environ: Mapping[str, str], module: str = PLAIN) -> None:
        self.connection_file = connection_file
        is_posix = os.name == "posix"
        write_connection_file(
            str(connection_file),
            ip=str(connection_file.with_name("socket")) if is_posix else "",
            key=secrets.token_hex().encode(),
            transport="ipc" if is_posix else "tcp",
        )
        # a kernel spec may point at another environment, and a file in this folder may be named like a module (-P)
        command = [sys.executable, "-P", "-m", module, "-f", str(connection_file)]
        self.process: subprocess.Popen[bytes] = launch_kernel(
            [*command, "--HistoryManager.hist_file=:memory:"],
            env=without_key({**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1", **environ}),
        )

    def end(self) -> None:
        """End it, and what it started, at once."""
        if self.process.poll() is not None:
            return
        if os.name == "posix":  # it leads its own group
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait(_ENDS_S)


@contextlib.contextmanager
def started(environ: Mapping[str, str], module: str = PLAIN) -> Iterator[Kernel]:
    """Start a kernel and end it in any case; see `Kernel`."""
    with tempfile.TemporaryDirectory(prefix="callkit-", dir=_socket_folder()) as folder:
        kernel = Kernel(Path(folder) / "kernel.json", environ, module)
        try:
            yield kernel
        finally:
            kernel.end()


def _socket_folder() -> str | None:
    return None if len(tempfile.gettempdir()) <= _LONGEST_SOCKET_FOLDER else "/tmp"  # noqa: S108
