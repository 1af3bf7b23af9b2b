"""What nbval 0.11 lacks for notebooks whose every output must still be true. `apply` puts it in place.

1. Cells run with ``store_history=True``; without it a final ``;`` does not hide a result.
2. What an Output widget captures belongs to the widget, not to the cell.
3. A dead kernel is noticed within a second.
4. A busy machine may take 60 s, not 5 s, between two messages.
5. Floats in texts may differ by one part in a thousand when all else is equal.
6. Pictures are compared by what they show, not by their bytes; one that is missing or new counts.
7. A cell without an execution count, which nbval never compares, fails.
8. Outputs pass through the same normaliser as the stored ones before they are compared.
9. Each kernel gets a progress file of its own, no network, and a watch on its memory.
"""

from __future__ import annotations

import queue
import tempfile
import time
from pathlib import Path

from nbformat import NotebookNode
from nbval import kernel as nbval_kernel
from nbval import plugin as nbval_plugin

from tools import limits, normalise
from tools.kernel import Capture, environment, usage_of
from tools.memory import MemoryWatch
from tools.numbers import close
from tools.pictures import alike

__all__ = ["GuardedKernel", "apply", "same_form"]

POLL = 0.5  # seconds between two looks whether the kernel lives
OUTPUT_SECONDS = 60.0


class GuardedKernel(nbval_kernel.RunningKernel):
    """nbval's kernel, isolated, watched and with the messages that a reader would see."""

    strict = True

    def __init__(self, kernel_name: str, cwd: str | None = None, startup_timeout: float = 60) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="glassbox-", ignore_cleanup_errors=True)
        self.scratch = Path(self._home.name)
        self._capture = Capture()
        self._begin = time.monotonic()
        self._log = open(self.scratch / "kernel.log", "wb")  # noqa: SIM115 (closed in stop)
        self.km, self.kc = self._started(kernel_name, cwd, startup_timeout)
        self.watch = MemoryWatch(self.km.provisioner.pid, limits.MEMORY_BYTES if self.strict else None)
        self.watch.start()
        self._ensure_iopub_up()

    def _started(self, kernel_name: str, cwd: str | None, seconds: float) -> tuple:
        """Start a kernel that answers, again if need be: its ports may be taken after they were chosen."""
        for last in (False, False, True):
            try:
                return nbval_kernel.start_new_kernel(
                    startup_timeout=seconds,
                    kernel_name=kernel_name,
                    stderr=self._log,
                    cwd=cwd,
                    env=environment(self.scratch, keep_settings=not self.strict),
                )
            except RuntimeError:
                if last:
                    raise
        raise AssertionError("the last try returns or raises")

    def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
        """Send a cell as JupyterLab does; return the id of the message."""
        return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)

    def get_message(self, stream: str, timeout: float | None = None) -> dict:
        """Return the next message that no Output widget captures; raise at once when the kernel is dead."""
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            try:
                message = super().get_message(stream, timeout=max(0.0, min(POLL, left)))
            except queue.Empty:
                if not self.is_alive():
                    raise RuntimeError(self._obituary()) from None
                if left <= POLL:
                    raise
                continue
            if stream != "iopub" or not self._capture.takes(message):
                return message

    def _obituary(self) -> str:
        if self.watch.exceeded:
            used, allowed = self.watch.peak / 1e9, limits.MEMORY_BYTES / 1e9
            return f"The kernel was stopped: it held {used:.2f} GB of memory, more than {allowed:.2f} GB."
        last = (self.scratch / "kernel.log").read_text(encoding="utf-8", errors="replace")[-2000:].strip()
        return f"The kernel died.\n{last}".rstrip()

    def usage(self) -> limits.Usage:
        """Return what the notebook took so far; of a dead kernel only the clock and the memory are known."""
        if not self.is_alive():
            return limits.Usage(time.monotonic() - self._begin, 0.0, self.watch.peak)
        return usage_of(self.kc, self._begin, self.watch)

    def network(self) -> list[str]:
        """Return the attempts to reach another machine that were refused."""
        note = self.scratch / "guard.txt"
        return note.read_text(encoding="utf-8").splitlines() if note.exists() else []

    def stop(self) -> None:
        """Stop the kernel, the watch on it, and forget its files."""
        self.watch.close()
        super().stop()
        self._log.close()
        self._home.cleanup()


def same_form(test: list[NotebookNode], reference: list[NotebookNode]) -> tuple[list, list]:
    """Return both lists of outputs in canonical form, differing only where a reader should worry."""
    test, reference = normalise.outputs(test), normalise.outputs(reference)
    for new, old in zip(test, reference, strict=False):
        if new.output_type == old.output_type == "stream" and _close("text/plain", new.text, old.text):
            new.text = old.text
        for mime in new.get("data", {}).keys() & old.get("data", {}).keys():
            if _close(mime, new.data[mime], old.data[mime]):
                new.data[mime] = old.data[mime]
    return test, reference


def _close(mime: str, new: object, old: object) -> bool:
    if not isinstance(new, str) or not isinstance(old, str):
        return False
    if mime in ("image/png", "image/jpeg"):
        return alike(new, old)
    return mime == "image/svg+xml" or close(new, old, limits.RELATIVE_TOLERANCE)


def _compare(cell, test, reference, skip_compare=None) -> bool:
    kept = tuple(key for key in skip_compare or cell.parent.skip_compare if not key.startswith("image/"))
    return _original_compare(cell, *same_form(test, reference), kept)


def _run(cell) -> None:
    cell.output_timeout = OUTPUT_SECONDS
    _original_run(cell)
    if cell.parent.compare_outputs and cell.cell.execution_count is None and not cell.options["skip"]:
        cell.raise_cell_error("The stored cell was never run: it has no execution count")


_original_compare = nbval_plugin.IPyNbCell.compare_outputs
_original_run = nbval_plugin.IPyNbCell.runtest


def apply(strict: bool) -> None:
    """Put the patches in place; ``strict`` also enforces the memory limit and the default settings."""
    GuardedKernel.strict = strict
    nbval_plugin.RunningKernel = GuardedKernel
    nbval_plugin.IPyNbCell.compare_outputs = _compare
    nbval_plugin.IPyNbCell.runtest = _run
