"""Run the environment's pip, and read requirement files as it does."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment.failures import SetupError, explain

__all__ = ["ask", "clean_environment", "finds_locally", "install", "requirement_lines"]

MISLEADING = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_LOG"}


def clean_environment() -> dict[str, str]:
    """Return the environment variables without those that would mislead Python or pip in a `.venv`."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    ours = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"}
    return kept | ours


def ask(run: Callable, command: Sequence[str | Path], **more: object) -> subprocess.CompletedProcess:
    """Run a command whose words only we read: they are captured as text."""
    how = {"text": True, "encoding": "utf-8", "errors": "replace", "capture_output": True}
    return run([str(part) for part in command], env=clean_environment(), **how, **more)


def requirement_lines(file: Path) -> list[str]:
    """Return a requirement file's lines without comments and blank lines."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise SetupError(f"{file} is missing: this is not a whole checkout.") from None
    return [bare for line in lines if (bare := line.split("#")[0].strip())]


def finds_locally(python: Path, requirement: str, run: Callable) -> bool:
    """Tell whether pip finds a package without any index, in the places its configuration names."""
    probe = ["install", "--dry-run", "--no-index", "--no-deps", "--ignore-installed", "--quiet", requirement]
    return ask(run, [python, "-m", "pip", *probe]).returncode == 0


def install(python: Path, arguments: Sequence[str], run: Callable) -> None:
    """Run `pip install` where the learner sees its progress, with a log from which a failure is explained.

    Raises:
        SetupError: one sentence on why pip failed.
    """
    log = python.parents[1] / "setup.log"
    log.unlink(missing_ok=True)
    quiet = [] if sys.stdout.isatty() else ["-qq", "--progress-bar", "off"]
    options = ["--retries", "3", "--log", str(log), *quiet]
    if run([str(python), "-m", "pip", "install", *options, *arguments], env=clean_environment()).returncode:
        raise SetupError(explain(log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""))
    log.unlink(missing_ok=True)
