"""The bootstrap cell finds the checkout, or fetches it with git, and says in one sentence why it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.links import address_of

ROOT = Path(__file__).resolve().parents[1]
CELL = (ROOT / "tools" / "bootstrap_cell.py.txt").read_text(encoding="utf-8")
NO_GIT = {**os.environ, "PATH": "", "PYTHONPATH": ""}
TELL = "\nprint(sys.path.count(str(root)), root)\n"
GOOD_GIT = """
import pathlib, sys
*options, address, target = sys.argv[1:]
print("git", *options, address, "noise on both streams")
print("Cloning into ...", file=sys.stderr)
helpers = pathlib.Path(target) / "helpers"
helpers.mkdir(parents=True)
(helpers / "lessons.py").write_text("")
(helpers.parent / "asked.txt").write_text(" ".join(sys.argv[1:-1]))
"""
BAD_GIT = 'import sys; sys.exit("fatal: unable to access the host: Could not resolve host")'


def _run(folder: Path, git: str | None, source: str = CELL + TELL) -> subprocess.CompletedProcess:
    commands = folder / "commands"
    commands.mkdir(exist_ok=True)
    if git is not None:
        script = commands / "git"
        script.write_text(f"#!{sys.executable}\n{git}", encoding="utf-8")
        script.chmod(0o755)
    env = {**os.environ, "PATH": str(commands), "PYTHONPATH": ""}
    work = folder / "work"
    work.mkdir(exist_ok=True)
    command = [sys.executable, "-c", source]
    return subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, encoding="utf-8")


posix = pytest.mark.skipif(sys.platform == "win32", reason="the imitation of git is a script")


def test_beside_the_notebook_the_checkout_is_found_and_nothing_is_said():
    command = [sys.executable, "-c", CELL]
    done = subprocess.run(command, cwd=ROOT / "notebooks", env=NO_GIT, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_checkout_is_on_the_path_once_however_often_the_cell_runs():
    command = [sys.executable, "-c", CELL + CELL + TELL]
    done = subprocess.run(command, cwd=ROOT / "tools" / "guard", env=NO_GIT, capture_output=True, text=True)
    assert done.stdout == f"1 {ROOT}\n", done.stderr


@posix
def test_elsewhere_it_fetches_the_repository_silently(tmp_path):
    done = _run(tmp_path, GOOD_GIT)
    fetched = tmp_path / "work" / "glassbox"
    assert (done.stdout, done.stderr) == (f"1 {fetched}\n", "")
    assert (fetched / "asked.txt").read_text().endswith(f"--depth=1 https://github.com/{address_of()}")


@posix
def test_what_was_fetched_is_used_again(tmp_path):
    assert _run(tmp_path, GOOD_GIT).returncode == 0
    assert _run(tmp_path, BAD_GIT).returncode == 0


@posix
def test_a_failure_is_one_sentence_with_what_git_said(tmp_path):
    done = _run(tmp_path, BAD_GIT)
    *_, last = done.stderr.strip().splitlines()
    address = f"https://github.com/{address_of()}"
    said = "fatal: unable to access the host: Could not resolve host"
    assert last == f"RuntimeError: Glassbox could not be fetched from {address}: {said}"
    assert "During handling" not in done.stderr


@posix
def test_a_missing_git_is_said_too(tmp_path):
    done = _run(tmp_path, None)
    assert "Glassbox could not be fetched" in done.stderr and "'git'" in done.stderr


def test_the_cell_is_short_enough_to_skip():
    assert len(CELL.splitlines()) <= 20
