"""Make, mend and delete the environment's folder."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from csv import reader
from importlib.util import find_spec
from pathlib import Path

from tools.environment import pip
from tools.environment.failures import SetupError, explain

__all__ = ["make", "remove", "sweep"]

SIGNS_OF_AN_ENVIRONMENT = {"pyvenv.cfg", "bin", "Scripts", "lib", "Lib"}


def make(venv: Path, run: Callable = subprocess.run) -> None:
    """Create the environment anew, with pip; an older one in its place is deleted.

    Raises:
        SetupError: this Python cannot make environments, or the folder is not ours to delete.
    """
    for module in ("venv", "ensurepip"):
        if find_spec(module) is None:
            raise SetupError(explain(f"{module} is not available"))
    remove(venv)
    base = getattr(sys, "_base_executable", None) or sys.executable  # when .venv's own Python started us
    done = pip.ask(run, [base, "-m", "venv", venv])
    if done.returncode:
        raise SetupError(explain(done.stdout + done.stderr))


def remove(venv: Path) -> None:
    """Delete the environment, but never something that does not look like one.

    Raises:
        SetupError: it is something else, or a program holds it.
    """
    if not venv.exists() and not venv.is_symlink():
        return
    ours = venv.is_dir() and not venv.is_symlink()
    names = {entry.name for entry in venv.iterdir()} if ours else set()
    if not ours or (names and not names & SIGNS_OF_AN_ENVIRONMENT):
        raise SetupError(f"{venv} is something else than an environment: move it away and try again.")
    try:
        shutil.rmtree(venv)
    except OSError as error:
        why = error.strerror or error
        raise SetupError(f"{venv} cannot be deleted ({why}): close the programs that use it.") from error


def sweep(packages: Path) -> list[str]:
    """Remove the records of packages whose files are not all there, so that pip installs them again.

    Args:
        packages: a site-packages folder.

    Returns:
        Names of what was removed.
    """
    swept = [entry for entry in packages.glob("*.dist-info") if not _is_whole(entry)]
    swept += [entry for entry in packages.glob("~*") if entry.is_dir()]  # left by an interrupted upgrade
    for entry in swept:
        shutil.rmtree(entry)
    return sorted(entry.name for entry in swept)


def _is_whole(dist_info: Path) -> bool:
    record = dist_info / "RECORD"
    if not record.is_file() or not (dist_info / "METADATA").is_file():
        return False
    with record.open(encoding="utf-8", newline="") as rows:
        sizes = {row[0]: int(row[2]) for row in reader(rows) if len(row) == 3 and row[2]}
    files = ((dist_info.parent / name, size) for name, size in sizes.items())
    return all(file.is_file() and file.stat().st_size == size for file, size in files)
