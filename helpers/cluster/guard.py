"""End the processes of a cluster when the process that started them is gone, however it went.

Run as a script, `python guard.py FOLDER`, with a pipe for its standard input: when the pipe closes, every
process whose environment names FOLDER as its ipyparallel profile is killed, and FOLDER is removed. It imports
nothing of ours, so it stays small.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psutil

__all__ = ["begin", "kill_all"]


def begin(folder: Path) -> subprocess.Popen:
    """Start the guard of a profile folder; closing its `stdin`, or dying, sets it to work."""
    return subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,  # an interrupt of the kernel is not meant for it
    )


def kill_all(folder: Path) -> int:
    """Kill the processes that belong to a profile folder; return how many there were."""
    found = [process for process in psutil.process_iter() if _belongs(process, folder)]
    for process in found:
        try:
            process.kill()
        except psutil.Error:  # gone in the meantime
            continue
    psutil.wait_procs(found, timeout=5)
    return len(found)


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.environ().get("IPP_PROFILE_DIR") == str(folder)
    except (psutil.Error, OSError):  # gone, or not ours to ask
        return False


def _watch(folder: Path) -> None:
    sys.stdin.buffer.read()
    kill_all(folder)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]))
