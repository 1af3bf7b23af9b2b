"""Run the cells of a notebook in a kernel of this Python and keep what they show.

The loop reads the kernel's messages itself: nbclient can hang on Output widgets and does not notice at once
when a kernel dies.
"""

from __future__ import annotations

import ast
import os
import queue
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import nbformat
from ipykernel import kernelspec
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from tools.limits import Usage
from tools.memory import MemoryWatch

__all__ = ["Capture", "CellFailed", "Kernel", "environment", "started", "usage_of"]

GUARD = Path(__file__).resolve().parent / "guard"
LEARNER_SETTINGS = tuple(
    f"GLASSBOX_{name}" for name in ("MODEL", "DEVICE", "SCALE", "ENCODER", "RERANKER", "PROFILE")
)
USAGE = "(lambda g: (g.peak_bytes(), g.processor_seconds()))(__import__('glassbox_guard'))"


class CellFailed(RuntimeError):
    """A cell raised, ran too long, or took the kernel with it; the message is one readable paragraph."""


class ThisPython(KernelSpecManager):
    """Answers every kernel name with the running Python, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the specification of a kernel in the running Python."""
        return KernelSpec(resource_dir=kernelspec.RESOURCES, **kernelspec.get_kernel_dict())


def environment(scratch: Path, keep_settings: bool = False) -> dict[str, str]:
    """Return the environment variables of a kernel that must not depend on who runs it.

    Args:
        scratch: an empty folder for the progress file, the store, IPython's profile and the guard's reports.
        keep_settings: keep the learner's choice of model, device and scale (a GPU run does).
    """
    dropped = () if keep_settings else LEARNER_SETTINGS
    env = {name: value for name, value in os.environ.items() if name not in dropped}
    path = [str(GUARD), *filter(None, [env.get("PYTHONPATH")])]
    env.update(
        GLASSBOX_PROGRESS=str(scratch / "progress.json"),
        GLASSBOX_STORE=str(scratch / "store"),
        OMP_WAIT_POLICY="PASSIVE",  # threads that spin make two kernels on two cores 5 times slower
        GLASSBOX_GUARD=str(scratch / "guard.txt"),
        PYDEVD_DISABLE_FILE_VALIDATION="1",
        IPYTHONDIR=str(scratch / "ipython"),
        PYTHONHASHSEED="0",
        PYTHONPATH=os.pathsep.join(path),
    )
    return env


class Capture:
    """Knows which messages an Output widget takes: they belong to the widget, not to the cell's outputs."""

    def __init__(self) -> None:
        self._taking: dict[str, str] = {}

    def takes(self, message: dict) -> bool:
        """Note what ``message`` says about Output widgets; return whether one captures it."""
        content, kind = message["content"], message["msg_type"]
        if kind in ("comm_open", "comm_msg"):
            state = content.get("data", {}).get("state", {})
            if "msg_id" in state:
                self._taking[content["comm_id"]] = state["msg_id"]
        shown = kind in ("stream", "display_data", "execute_result", "error")
        return shown and message["parent_header"].get("msg_id") in filter(None, self._taking.values())


class Kernel:
    """A running kernel: `run` a cell, ask for its `usage`. Made by `started`."""

    def __init__(self, manager: KernelManager, log: Path) -> None:
        self._manager = manager
        self._log = log
        self._begin = time.monotonic()
        self._watch = MemoryWatch(manager.provisioner.pid, limit=None)
        self._watch.start()
        self._client = manager.client()
        self._client.start_channels()
        self._capture = Capture()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until the kernel answers; raise `RuntimeError` if it does not."""
        self._client.wait_for_ready(timeout=seconds)

    def close(self) -> None:
        """Stop the kernel and everything it holds."""
        self._watch.close()
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, source: str, seconds: float = 300.0) -> tuple[int | None, list[dict]]:
        """Run one cell; return its execution count and its outputs (an error is an output too).

        Raises:
            CellFailed: the kernel died, or the cell ran longer than ``seconds``.
        """
        asked = self._client.execute(source, store_history=True, allow_stdin=False, stop_on_error=False)
        count, shown = None, []
        for message in self._messages(asked, time.monotonic() + seconds):
            kind, content = message["msg_type"], message["content"]
            if self._capture.takes(message):
                continue
            if kind == "execute_input":
                count = content["execution_count"]
            elif kind in ("stream", "display_data", "execute_result", "error"):
                shown.append(nbformat.v4.output_from_msg(message))
        return count, shown

    def usage(self) -> Usage:
        """Return what the kernel took since it was started."""
        return usage_of(self._client, self._begin, self._watch)

    def _messages(self, asked: str, deadline: float) -> Iterator[dict]:
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=0.5)
            except queue.Empty:
                self._complain_if_stuck(deadline)
                continue
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message

    def _complain_if_stuck(self, deadline: float) -> None:
        if not self._manager.is_alive():
            last = self._log.read_text(encoding="utf-8", errors="replace")[-2000:].strip()
            raise CellFailed(f"The kernel died while it ran the cell.\n{last}".rstrip())
        if time.monotonic() > deadline:
            raise CellFailed("The cell ran longer than its time limit.")


@contextmanager
def started(folder: Path, scratch: Path | None = None) -> Iterator[Kernel]:
    """Yield a fresh kernel working in ``folder``, with a progress file of its own, and stop it afterwards."""
    with tempfile.TemporaryDirectory(prefix="glassbox-", ignore_cleanup_errors=True) as made:
        home = scratch or Path(made)
        with open(home / "kernel.log", "wb") as log:
            kernel = _answering(folder, home, log)
            try:
                yield kernel
            finally:
                kernel.close()


def _answering(folder: Path, home: Path, log: BinaryIO) -> Kernel:
    """Start a kernel that answers, once more if need be: its ports may be taken after they were chosen."""
    for last in (False, False, True):
        manager = KernelManager(kernel_name="python3", kernel_spec_manager=ThisPython())
        manager.start_kernel(cwd=str(folder), env=environment(home), stderr=log)
        kernel = Kernel(manager, home / "kernel.log")
        try:
            kernel.wait()
        except RuntimeError:
            kernel.close()
            if last:
                raise
        else:
            break
    return kernel


def usage_of(client: BlockingKernelClient, begin: float, watch: MemoryWatch) -> Usage:
    """Ask a kernel what it took since ``begin``; the ``watch`` knows about its children."""
    asked = client.execute("", silent=True, user_expressions={"usage": USAGE}, reply=True, timeout=30)
    answer = asked["content"]["user_expressions"]["usage"]
    if answer["status"] != "ok":
        raise RuntimeError(f"The kernel cannot tell what it took: {answer['evalue']}")
    peak, processor_seconds = ast.literal_eval(answer["data"]["text/plain"])
    return Usage(time.monotonic() - begin, processor_seconds, max(peak, watch.peak))
