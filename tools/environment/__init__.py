"""Make `.venv`, the environment the lessons run in, and repair it when it is half made.

`setup_env.py` in the root calls `main`. Standard library only: this runs before anything is installed.
A set-up that finished leaves a stamp in `.venv`; without the stamp, or when a quick look finds something
wrong, only what is wrong is done again.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment import folder, pip, state, torch_build
from tools.environment.failures import SetupError, explain
from tools.environment.state import State, examine

__all__ = ["main", "set_up"]

ROOT = Path(__file__).resolve().parents[2]
LAB_ON_WINDOWS = r".venv\Scripts\jupyter-lab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb"
ANNOUNCEMENTS = "@jupyterlab/apputils-extension:announcements"


def main(argv: Sequence[str] = ()) -> int:
    """Set up and say what happened in plain words; the exit status is 0 when the environment is ready."""
    parser = argparse.ArgumentParser("setup_env.py", description="Make or repair .venv for Glassbox.")
    parser.add_argument("--torch", choices=("auto", "cpu", "cuda"), default="auto", help="PyTorch build")
    parser.add_argument("--dev", action="store_true", help="also install what the tests need")
    parser.add_argument("--fresh", action="store_true", help="delete .venv and start over")
    options = parser.parse_args(argv)
    try:
        set_up(ROOT, torch=options.torch, dev=options.dev, fresh=options.fresh)
    except SetupError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped: run the same command again and it goes on from here.", file=sys.stderr)
        return 130
    return 0


def set_up(
    root: Path,
    *,
    torch: str = "auto",
    dev: bool = False,
    fresh: bool = False,
    run: Callable[..., subprocess.CompletedProcess] = subprocess.run,
) -> None:
    """Bring `root/.venv` to the state that the requirement files describe.

    Args:
        root: the checkout, which holds the requirement files.
        torch: "cpu", "cuda", or "auto" (CUDA if there is an NVIDIA GPU; what is installed already stays).
        dev: also install `requirements-dev.txt`.
        fresh: delete the environment first.
        run: called like `subprocess.run`; tests pass their own.

    Raises:
        SetupError: one sentence on what failed and what to do.
    """
    venv = root / ".venv"
    files = [root / name for name in ("requirements.txt", "requirements-dev.txt")[: 1 + dev]]
    try:
        if fresh:
            folder.remove(venv)
        found = examine(venv, files, torch, run)
        if found.reason:
            print(f"Setting up .venv, because {found.reason}.", flush=True)
            _complete(venv, files, torch, found, run)
        else:
            print(f"Ready: Python {found.python} and PyTorch {found.torch} in .venv.")
    except OSError as error:
        raise SetupError(explain(str(error))) from error


def _complete(venv: Path, files: list[Path], torch: str, found: State, run: Callable) -> None:
    build = torch_build.choose(torch, run)
    torch_build.check_disk(venv.parent, build, have_torch=bool(found.torch))
    if not found.usable:
        _say(f"Making .venv with Python {sys.version.split()[0]}")
        folder.make(venv, run)
        found = examine(venv, files, torch, run)
        if not found.usable:
            raise SetupError(f"the new .venv does not work, because {found.reason}.")
    if not found.finished:
        folder.sweep(Path(found.packages))
        found = examine(venv, files, torch, run)
    state.remove_stamp(venv)
    python = state.python_in(venv)
    _install_torch(python, torch_build.pin(files[0]), build, torch, found.torch, run)
    _say("Installing what " + " and ".join(file.name for file in files) + " name")
    pip.install(python, [part for file in files for part in ("--requirement", str(file))], run)
    _check_torch_loads(python, run)
    _silence_news(python, run)
    state.write_stamp(venv)
    _say(f"Ready. Next: {LAB_ON_WINDOWS if os.name == 'nt' else 'make lab'}")


def _install_torch(python: Path, pin: str, build: str, wanted: str, installed: str, run: Callable) -> None:
    if torch_build.serves(installed, pin, wanted):
        return
    _say(f"Installing PyTorch {pin} ({torch_build.SIZES[build]})")
    torch_build.install(python, pin, build, replace=bool(installed), run=run)
    if build == "registry" and os.name == "nt":
        _say("Note: this PyTorch for Windows has no CUDA; pytorch.org/get-started shows one that does")


def _check_torch_loads(python: Path, run: Callable) -> None:
    done = pip.ask(run, [python, "-c", "import torch; torch.zeros(2).sum()"])
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        hint = (
            ": install Microsoft's Visual C++ Redistributable (x64) and try again" if os.name == "nt" else ""
        )
        raise SetupError(f"PyTorch is installed but does not load ({last}){hint}.")


def _silence_news(python: Path, run: Callable) -> None:
    """Keep JupyterLab from asking for news and looking for updates; no failure if that cannot be."""
    disable = ["-m", "jupyter", "labextension", "disable", "--level=sys_prefix", ANNOUNCEMENTS]
    pip.ask(run, [python, *disable])


def _say(what: str) -> None:
    print(f"-- {what}", flush=True)
