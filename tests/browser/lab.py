"""A JupyterLab server that leaves no trace: a free port, a token, and a home folder of its own."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ROOT", "Lab", "browser_path", "running"]

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SETTINGS = {  # nothing is saved or asked behind the learner's back
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@dataclass(frozen=True)
class Lab:
    """A running server: its address, its token, its folder, and when it was asked to start."""

    address: str
    token: str
    home: Path
    began: float

    def url(self, notebook: str) -> str:
        """Return the address that opens a notebook in a fresh workspace."""
        return f"{self.address}/lab/tree/notebooks/{notebook}?reset&token={self.token}"

    @property
    def progress(self) -> Path:
        """The learner's progress file."""
        return self.home / "progress.json"

    @property
    def log(self) -> str:
        """What the server wrote."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def running(home: Path, root: Path = ROOT) -> Iterator[Lab]:
    """Start JupyterLab on the checkout as ``make lab`` does, yield it when it answers, and stop it."""
    _write_settings(home / "settings")
    port, token = _free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", f"--port={port}", "--ip=127.0.0.1"]
    command += [f"--ServerApp.root_dir={root}", "--ServerApp.port_retries=0", "--expose-app-in-browser"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.extension_manager=readonly"]
    command += [f"--FileCheckpoints.checkpoint_dir={home / 'checkpoints'}"]
    command += ["--allow-root"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    lab = Lab(f"http://127.0.0.1:{port}", token, home, time.monotonic())
    with open(home / "server.log", "wb") as log:
        process = subprocess.Popen(command, env=_environment(home), stdout=log, stderr=log)
        try:
            _wait(lab, process)
            yield lab
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def _environment(home: Path) -> dict[str, str]:
    folders = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    own = {name: str(home / folder) for name, folder in folders.items()}
    own |= {"GLASSBOX_PROGRESS": str(home / "progress.json"), "GLASSBOX_STORE": str(home / "store")}
    return {**os.environ, **own}


def _write_settings(folder: Path) -> None:
    for name, settings in SETTINGS.items():
        path = folder / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _wait(lab: Lab, process: subprocess.Popen, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{lab.address}/api/status?token={lab.token}", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab does not answer at {lab.address}:\n{lab.log[-3000:]}")


def browser_path() -> str | None:
    """Return the Chromium to drive: GLASSBOX_BROWSER, else the system's, else None (Playwright's own)."""
    chosen = os.environ.get("GLASSBOX_BROWSER")
    found = chosen or next(filter(None, map(shutil.which, BROWSERS)), None)
    if chosen and not Path(chosen).exists():
        raise RuntimeError(f"GLASSBOX_BROWSER is {chosen!r}, and there is no such file.")
    return found
