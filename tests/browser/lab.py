"""JupyterLab on a loopback port, and a headless Chromium in front of it; ends only what it started."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_S = 60
_QUIET = {"fetchNews": "false", "checkForUpdates": False}


def missing() -> str:
    """Say which part of the rig is not installed; empty where all is there."""
    if not CHROMIUM.exists():
        return f"Chromium is not at {CHROMIUM}"
    return next(
        (f"{name} is not installed" for name in ("jupyterlab", "playwright") if not find_spec(name)), ""
    )


@contextmanager
def serving(folder: Path, theme: str = "JupyterLab Light", **environ: str) -> Iterator[str]:
    """Serve a folder of notebooks and yield the address of JupyterLab, with its token."""
    home, port, token = folder / ".jupyter-home", _free_port(), secrets.token_hex(16)
    _settings(home, theme)
    options = {
        "ServerApp.ip": "127.0.0.1", "ServerApp.port": port, "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder, "ServerApp.allow_root": True, "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": True, "LabApp.extension_manager": "readonly",
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        *(f"--{k}={v}" for k, v in options.items()),
    ]
    with (folder / "lab.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_environ(home, environ), cwd=folder)
        address = f"http://127.0.0.1:{port}"
        try:
            _await(process, f"{address}/api/status?token={token}", folder / "lab.log")
            yield f"{address}/lab?token={token}"
        finally:
            _shut(process, address, token)


def _environ(home: Path, more: dict[str, str]) -> dict[str, str]:
    homes = {
        name: str(home / name.lower())
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "IPYTHONDIR",
            "MPLCONFIGDIR",
        )
    }
    lab = {f"JUPYTERLAB_{name.upper()}_DIR": str(home / name) for name in ("settings", "workspaces")}
    return {**os.environ, **homes, **lab, **more}


def _settings(home: Path, theme: str) -> None:
    folder = home / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    for name, values in (("themes", {"theme": theme}), ("notification", _QUIET)):
        (folder / f"{name}.jupyterlab-settings").write_text(json.dumps(values))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


def _shut(process: subprocess.Popen[bytes], address: str, token: str) -> None:
    """Ask the server to end itself and its kernels; only if it does not, end the one process started here."""
    if process.poll() is None:
        headers = {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"{address}/api/shutdown", method="POST", headers=headers)
        try:
            urllib.request.urlopen(request, timeout=10).close()
            process.wait(15)
        except (OSError, subprocess.TimeoutExpired):
            process.terminate()
            process.wait(15)
