"""Run somebody's code with a time limit, and stop it when it does not end."""

from __future__ import annotations

import _thread
import contextlib
import ctypes
import functools
import io
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Run", "Stopped", "run"]

STACK_BYTES = 64 * 2**20
PRINT_LIMIT = 2_000
GRACE, PAUSE = 1.5, 0.02  # seconds spent on stopping a thread, and between two strikes
CHAIN = 50  # handlers that one strike may break out of

# CPython's call (thread, exception); a third argument, which a weak reference adds, is ignored.
_raise_in_thread = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_ulong, ctypes.py_object, ctypes.py_object)(
    ("PyThreadState_SetAsyncExc", ctypes.pythonapi)
)
_chased: dict[int, list[weakref.ref]] = {}  # thread → the exceptions whose death strikes again


class Stopped(SystemExit):
    """Raised inside code that ran out of time; a thread ends silently on it.

    Code that catches it inside an endless loop rarely gets away: when the handler ends, the exception
    object dies, and its death raises the next one, outside of that handler.
    """

    def __init__(self) -> None:
        super().__init__()
        thread = threading.get_ident()
        deaths = _chased.get(thread)
        if deaths is not None and len(deaths) < CHAIN:
            deaths.append(weakref.ref(self, functools.partial(_raise_in_thread, thread, Stopped)))


@dataclass(frozen=True)
class Run:
    """How a run ended: its value, or the exception, or out of time (and then whether it could be stopped)."""

    value: Any = None
    error: BaseException | None = None
    timed_out: bool = False
    stopped: bool = True
    printed: str = ""


def run(function: Callable[[], Any], seconds: float) -> Run:
    """Call `function()` in a thread of its own; never raises because of it.

    Pure Python is stopped when time is up, even when it catches exceptions. A call that waits outside
    Python, such as a long sleep, is left behind and ends when it comes back. What is printed is kept
    (its beginning) and not shown.
    """
    finished: queue.SimpleQueue[Run] = queue.SimpleQueue()
    printed = _Printed()

    def work() -> None:
        try:
            ending = Run(function())
        except Stopped:
            return
        except BaseException as error:
            ending = Run(error=error)
        finished.put(ending)

    with contextlib.redirect_stdout(printed):
        thread = _start(work)
        try:
            ending = finished.get(timeout=seconds)
        except queue.Empty:
            ending = Run(timed_out=True, stopped=_stop(thread))
        except BaseException:  # the learner interrupts the kernel
            _stop(thread)
            raise
    return replace(ending, printed=printed.text)


class _Printed(io.TextIOBase):
    """Keeps the first characters that are printed."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < PRINT_LIMIT:
            self.text = (self.text + text)[:PRINT_LIMIT]
        return len(text)


def _start(work: Callable[[], None]) -> int:
    """Start a thread with room for deep recursion; return its identity once it runs."""
    running = threading.Event()
    before = threading.stack_size(STACK_BYTES)
    try:
        thread = _thread.start_new_thread(lambda: (running.set(), work()), ())
    finally:
        threading.stack_size(before)
    running.wait()
    return thread


def _stop(thread: int) -> bool:
    """Raise `Stopped` in the thread until it ends or the grace is over; return whether it ended."""
    deadline = time.monotonic() + GRACE
    while thread in sys._current_frames() and time.monotonic() < deadline:
        _chased[thread] = []
        _raise_in_thread(thread, Stopped, None)
        time.sleep(PAUSE)
    _chased.pop(thread, None)
    return thread not in sys._current_frames()
