"""The processes behind the ranks: an ipyparallel cluster of our own, with a guard that ends them with us."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any

from helpers import packages
from helpers.cluster import guard

if TYPE_CHECKING:
    from ipyparallel import Client, DirectView

__all__ = ["Processes", "RankError"]

_ROOT = Path(__file__).resolve().parents[2]
_LOOPBACK = {"linux": "lo", "darwin": "lo0"}


class RankError(RuntimeError):
    """What went wrong on a rank, in one sentence; `trace` holds the traceback of the rank, if any."""

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


class Processes:
    """A controller and `size` engines: on this machine, or launched as an ipyparallel profile says."""

    def __init__(self, size: int, profile: str = "") -> None:
        self.size, self.profile = size, profile
        self._cluster: Any = None
        self._client: Client | None = None
        self._guard: Popen | None = None
        self._folder: Path | None = None

    def open(self, seconds: float) -> None:
        """Start the processes and wait until all engines are there and have what a rank needs.

        Raises:
            RankError: if they do not come up in time.
        """
        ipyparallel = packages.load("ipyparallel")
        options: dict[str, Any] = {"profile_dir": _folder_of(self.profile)} if self.profile else {}
        if not self.profile:
            self._folder = Path(tempfile.mkdtemp(prefix="glassbox-ranks-")).resolve()
            self._guard = guard.begin(self._folder)
            options = {"profile_dir": str(self._folder), "load_profile": False}
        self._cluster = ipyparallel.Cluster(
            n=self.size, log_level=logging.CRITICAL, shutdown_atexit=bool(self.profile), **options
        )
        try:
            self._cluster.start_cluster_sync(self.size)
            self._client = self._cluster.connect_client_sync()
            self._client.wait_for_engines(self.size, timeout=seconds, interactive=False)
            self._client[:].execute(self._prelude(), block=True)
        except Exception as error:
            where = f"by the profile {self.profile!r}" if self.profile else "on this machine"
            raise RankError(
                f"{self.size} ranks could not be started {where} within {seconds:g} s "
                f"({type(error).__name__}: {error})."
            ) from error

    def view(self, rank: int) -> DirectView:
        """Return the way to the process of a rank."""
        return self._client[sorted(self._client.ids)[rank]]

    def close(self) -> None:
        """End the processes and remove what they wrote."""
        if self._client is not None:
            self._client.close()
        if self._folder is not None:
            guard.kill_all(self._folder)
            self._guard.stdin.close()
            self._guard.wait(timeout=10)
        elif self._cluster is not None:
            self._cluster.stop_cluster_sync()
        self._client = self._cluster = self._folder = None

    def _prelude(self) -> str:
        """Return the first lines that each engine runs: the same modules as here, one thread."""
        loopback = "" if self.profile else _LOOPBACK.get(sys.platform, "")
        return (
            "import os, sys\n"
            f"sys.path += [path for path in {[str(_ROOT), *sys.path]!r} if path not in sys.path]\n"
            "os.environ['OMP_NUM_THREADS'] = '1'\n"
            f"if {loopback!r}: os.environ['GLOO_SOCKET_IFNAME'] = {loopback!r}\n"
            "import helpers.cluster.member\n"
        )


def _folder_of(profile: str) -> str:
    from IPython.paths import locate_profile

    try:
        return locate_profile(profile)
    except OSError:
        raise RankError(
            f"There is no ipyparallel profile {profile!r}: make it with "
            f"`ipython profile create --parallel --profile={profile}`."
        ) from None
