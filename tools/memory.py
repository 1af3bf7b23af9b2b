"""Watch how much memory a process and its children hold, and stop them when it is too much."""

from __future__ import annotations

import threading

import psutil

__all__ = ["MemoryWatch", "stop_tree", "tree_bytes"]

EVERY = 0.05  # seconds between two looks at the process itself
CHILDREN_EVERY = 20  # looks at the process for one at its children, which costs more


class MemoryWatch(threading.Thread):
    """Look at a process twenty times a second; `peak` is the most it and its children held at once, in bytes.

    When that is more than ``limit`` the process is stopped and `exceeded` is true; None only measures.
    """

    def __init__(self, pid: int, limit: int | None) -> None:
        super().__init__(daemon=True, name=f"memory of {pid}")
        self.peak = 0
        self.exceeded = False
        self._process = psutil.Process(pid)
        self._limit = limit
        self._done = threading.Event()

    def run(self) -> None:
        """Watch until `close` is called or the process ends."""
        looks, children = 0, 0
        while not self._done.wait(EVERY):
            try:
                if looks % CHILDREN_EVERY == 0:
                    children = sum(_private(child) for child in self._process.children(recursive=True))
                held = self._process.memory_info().rss + children
            except psutil.Error:
                return
            looks += 1
            self.peak = max(self.peak, held)
            if self._limit is not None and held > self._limit:
                self.exceeded = True
                stop_tree(self._process.pid)
                return

    def close(self) -> None:
        """Stop watching."""
        self._done.set()
        self.join(timeout=5)


def _private(process: psutil.Process) -> int:
    """Return the bytes that end with the process: what it shares with its parent is counted there."""
    try:
        return process.memory_full_info().uss
    except psutil.Error:
        return 0


def tree_bytes(pid: int) -> int:
    """Return what the process and its children hold now, in bytes."""
    process = psutil.Process(pid)
    return process.memory_info().rss + sum(_private(child) for child in process.children(recursive=True))


def stop_tree(pid: int) -> None:
    """Kill the process and all its children."""
    try:
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            one.kill()
    except psutil.Error:
        pass
