"""Bring in a library that few lessons need, quietly, and say clearly what to do where it is missing."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["PackageError", "is_colab", "load", "need"]

_REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"


class PackageError(ImportError):
    """A library that is missing; the message says in one sentence what to do."""


def load(name: str, package: str = "") -> types.ModuleType:
    """Import a library of requirements.txt, without the notices that it may log, and return it.

    On Google Colab, which lacks some of them, a missing one is installed first, and nothing else with it.

    Args:
        name: the name under which it is imported, such as "bitsandbytes".
        package: the name under which it is installed, where that is another one.

    Raises:
        PackageError: if it is not installed, or Colab could not install it.
    """
    need(name, package)
    with _quiet():
        return importlib.import_module(name)


def need(name: str, package: str = "") -> None:
    """Make sure that a library could be imported, as `load` does, without importing it."""
    if importlib.util.find_spec(name) is None:
        if not is_colab():
            raise PackageError(f"{name} is not installed in this environment: run `make setup` once more")
        _install(_requirement(package or name))


def is_colab() -> bool:
    """Return whether this is a notebook of Google Colab."""
    return "google.colab" in sys.modules


def _requirement(name: str) -> str:
    """Return the line of requirements.txt, such as "bitsandbytes~=0.50.2", or the bare name."""
    for line in _REQUIREMENTS.read_text(encoding="utf-8").splitlines():
        wanted = line.split("#")[0].strip()
        if wanted and _plain(re.match(r"[\w.-]+", wanted)[0]) == _plain(name):
            return wanted
    return name


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _install(requirement: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", requirement]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip() or "no message").splitlines()[-1]
        raise PackageError(f"pip could not install {requirement}: {said}")
    importlib.invalidate_caches()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what is logged below the level of an error; afterwards all is as before."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)
