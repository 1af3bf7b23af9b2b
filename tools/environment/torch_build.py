"""Choose and install the right build of PyTorch: for the CPU, or the one that the package registry has."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.environment import pip
from tools.environment.failures import SetupError

__all__ = ["SIZES", "check_disk", "choose", "install", "pin", "serves"]

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
ON_MAC = sys.platform == "darwin"
SIZES = {
    "cpu": "CPU build, about 200 MB",
    "registry": "macOS build, about 100 MB" if ON_MAC else "CUDA build, about 3 GB",
}
GIGABYTES_NEEDED = {"cpu": 2.5, "registry": 2.5 if ON_MAC else 9.0}
GIGABYTES_FOR_THE_REST = 0.5


def pin(file: Path) -> str:
    """Return the version of torch that a requirement file names, such as "2.13.0"."""
    for line in pip.requirement_lines(file):
        if match := re.fullmatch(r"torch\s*==\s*([\w.]+)(\+\w+)?", line):
            return match[1]
    raise SetupError(f"{file.name} names no version of torch.")


def serves(installed: str, pinned: str, wanted: str) -> bool:
    """Tell whether the installed version is the pinned one, and of the wanted build ("auto" takes any).

    >>> serves("2.13.0+cpu", "2.13.0", "auto"), serves("2.13.0", "2.14.0", "auto")
    (True, False)
    """
    version, _, build = installed.partition("+")
    if version != pinned:
        return False
    return wanted == "auto" or ON_MAC or (build == "cpu") == (wanted == "cpu")


def choose(wanted: str, run: Callable = subprocess.run) -> str:
    """Return "cpu", or "registry" for the package registry's own build (macOS, and CUDA on Linux)."""
    if ON_MAC or wanted == "cuda":
        return "registry"
    return "registry" if wanted == "auto" and _has_nvidia_gpu(run) else "cpu"


def _has_nvidia_gpu(run: Callable) -> bool:
    if not (tool := shutil.which("nvidia-smi")):
        return False
    try:
        done = pip.ask(run, [tool, "-L"], timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "GPU" in done.stdout


def check_disk(folder: Path, build: str, have_torch: bool) -> None:
    """Refuse to begin a download that the disk cannot hold.

    Raises:
        SetupError: with the gigabytes that are needed and free.
    """
    needed = GIGABYTES_FOR_THE_REST if have_torch else GIGABYTES_NEEDED[build]
    free = shutil.disk_usage(folder).free / 1e9
    if free < needed:
        raise SetupError(f"about {needed} GB of disk is needed and {free:.1f} GB is free at {folder}.")


def install(python: Path, version: str, build: str, *, replace: bool, run: Callable) -> None:
    """Install torch alone; its dependencies come with the requirement files.

    For the CPU a wheel that pip finds locally is taken first, else one from PyTorch's CPU index. The
    registry's build is asked for with `===`, since pip counts a local "+cpu" wheel as the newer one.
    """
    arguments = ["--no-deps", *(["--force-reinstall"] if replace else [])]
    if build == "registry":
        arguments += [f"torch==={version}"]
    elif pip.finds_locally(python, f"torch=={version}+cpu", run):
        arguments += [f"torch=={version}+cpu"]
    else:
        arguments += [f"torch=={version}", "--index-url", CPU_INDEX]
    pip.install(python, arguments, run)
