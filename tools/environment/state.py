"""Look at an environment without changing it: does it work, is it finished, what does it lack?"""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.environment import pip, torch_build

__all__ = ["State", "examine", "python_in", "remove_stamp", "write_stamp"]

OLDEST = (3, 11)
STAMP = "glassbox.json"

# Runs inside the environment: which requirements are not met, and where packages lie.
PROBE = """
import importlib.metadata, json, sys, sysconfig
from pip._vendor.packaging.requirements import Requirement
unmet, versions = [], {}
for line in sys.stdin.read().splitlines():
    wanted = Requirement(line)
    if wanted.marker and not wanted.marker.evaluate():
        continue
    try:
        version = versions[wanted.name] = importlib.metadata.version(wanted.name) or ""
    except importlib.metadata.PackageNotFoundError:
        version = ""
    if not version or not wanted.specifier.contains(version, prereleases=True):
        unmet.append(line)
print(json.dumps({"unmet": unmet, "torch": versions.get("torch", ""), "python": sys.version.split()[0],
                  "packages": sysconfig.get_path("purelib")}))
"""


@dataclass(frozen=True)
class State:
    """What was found in the environment's folder.

    Args:
        usable: its Python runs, has pip, and stands where it was made.
        reason: why set-up has work to do, in words that follow "because"; empty when all is ready.
        finished: an earlier set-up reached its end.
        unmet: requirement lines that are not satisfied.
        torch: the installed version of torch, "" when there is none.
        python: the environment's Python version.
        packages: its site-packages folder.
    """

    usable: bool = False
    reason: str = ""
    finished: bool = False
    unmet: list[str] = field(default_factory=list)
    torch: str = ""
    python: str = ""
    packages: str = ""


def examine(venv: Path, files: Sequence[Path], torch: str = "auto", run: Callable = subprocess.run) -> State:
    """Say in well under a second what the environment lacks.

    Args:
        venv: the environment's folder, which need not exist.
        files: the requirement files it is held to; the first one names torch.
        torch: the build of PyTorch that is wanted: "auto", "cpu" or "cuda".
        run: called like `subprocess.run`.
    """
    if not (venv / "pyvenv.cfg").is_file():
        return State(reason="it is not complete" if venv.exists() else "there is none yet")
    answer = _probe(venv, files, run)
    if answer is None:
        return State(reason="its Python or its pip is missing or broken")
    stamp = _read_stamp(venv)
    if reason := _why_unusable(venv, answer["python"], stamp):
        return State(reason=reason)
    reason = ""
    if stamp is None:
        reason = "an earlier set-up did not finish"
    elif answer["unmet"]:
        reason = f"it lacks {_few(answer['unmet'])}"
    elif not torch_build.serves(answer["torch"], torch_build.pin(files[0]), torch):
        reason = f"it holds PyTorch {answer['torch']} and the {torch} build is wanted"
    return State(True, reason, stamp is not None, **answer)


def _probe(venv: Path, files: Sequence[Path], run: Callable) -> dict | None:
    wanted = "\n".join(line for file in files for line in pip.requirement_lines(file))
    try:
        done = pip.ask(run, [python_in(venv), "-c", PROBE], input=wanted)
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, ValueError):
        return None


def _why_unusable(venv: Path, python: str, stamp: dict | None) -> str:
    made, runs = _made_with(venv), _version(python)
    if made != runs:
        return f"it was made with Python {_dotted(made)} and now runs {_dotted(runs)}"
    if runs < OLDEST:
        return f"it runs Python {_dotted(runs)}, and {_dotted(OLDEST)} is the oldest that serves"
    if stamp is not None and stamp.get("folder") != _place(venv):
        return f"it was made in another folder, {stamp.get('folder')}"
    return ""


def _made_with(venv: Path) -> tuple[int, ...]:
    for line in (venv / "pyvenv.cfg").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.strip() in ("version", "version_info"):  # the second is virtualenv's and uv's name for it
            return _version(value.strip())
    return ()


def _version(text: str) -> tuple[int, ...]:
    """Return major and minor version of "3.11.7"."""
    return tuple(int(part) for part in text.split(".")[:2])


def _dotted(version: Sequence[int]) -> str:
    return ".".join(str(part) for part in version) or "of no known version"


def _few(lines: Sequence[str], most: int = 3) -> str:
    rest = f" and {len(lines) - most} more" if len(lines) > most else ""
    return ", ".join(lines[:most]) + rest


def python_in(venv: Path) -> Path:
    """Return the path of the environment's Python on this system."""
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def write_stamp(venv: Path) -> None:
    """Mark the environment as finished, in the folder where it stands."""
    (venv / STAMP).write_text(json.dumps({"folder": _place(venv)}) + "\n", encoding="utf-8")


def remove_stamp(venv: Path) -> None:
    """Mark the environment as unfinished."""
    (venv / STAMP).unlink(missing_ok=True)


def _read_stamp(venv: Path) -> dict | None:
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) else None


def _place(venv: Path) -> str:
    return os.path.normcase(os.path.realpath(venv))
