"""Call a function in a fresh Python process, where libraries that do not bear each other never meet."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import cloudpickle

__all__ = ["ApartError", "call"]

CHILD = """
import pickle, sys, traceback
function, args, values = pickle.load(sys.stdin.buffer)
out, sys.stdout = sys.stdout.buffer, sys.stderr
try:
    answer = True, function(*args, **values)
except BaseException:
    answer = False, traceback.format_exc(limit=-3)
pickle.dump(answer, out)
"""


class ApartError(RuntimeError):
    """The other process failed; the message says how."""


def call(function: Callable[..., Any], *args: Any, timeout: float = 60, **values: Any) -> Any:
    """Return `function(*args, **values)`, worked out by another process, which begins with nothing imported.

    PyTorch and faiss each bring an OpenMP of their own, and on macOS the second one ends the process
    (faiss-wheels issue 73). So faiss runs here.

    Args:
        function: of a notebook or a module; uses only its arguments and what it imports itself.
        args, values: its arguments, such as arrays.
        timeout: seconds until the process is ended.

    Raises:
        ApartError: if the function raised, did not end in time, or took the process with it.
    """
    message = cloudpickle.dumps((function, args, values))
    try:
        done = subprocess.run(
            [sys.executable, "-c", CHILD], input=message, capture_output=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        raise ApartError(f"{_name(function)} did not end within {timeout:g} seconds") from None
    try:
        worked, answer = pickle.loads(done.stdout)
    except (EOFError, pickle.UnpicklingError):
        said = (done.stderr.decode(errors="replace").strip() or "no message").splitlines()[-1]
        raise ApartError(
            f"{_name(function)} ended its process with status {done.returncode}: {said}"
        ) from None
    if not worked:
        raise ApartError(f"{_name(function)} failed in the other process: {answer.strip().splitlines()[-1]}")
    return answer


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "the function")
