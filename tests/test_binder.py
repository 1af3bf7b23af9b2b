"""The launch configuration for mybinder.org: its pins, and the Dockerfile that repo2docker makes of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.environment import pip, torch_build

ROOT = Path(__file__).resolve().parents[1]
BINDER = ROOT / "binder"


@pytest.fixture(scope="module")
def dockerfile() -> str:
    """What repo2docker says, and then the Dockerfile that it renders without Docker."""
    if sys.platform == "win32":
        pytest.skip("repo2docker does not run on Windows")
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


def test_binder_installs_what_a_learner_installs_with_the_cpu_build_of_torch() -> None:
    learner = pip.requirement_lines(ROOT / "requirements.txt")
    torch = f"torch=={torch_build.pin(ROOT / 'requirements.txt')}"
    expected = [
        f"--extra-index-url {torch_build.CPU_INDEX}",
        *(f"{line}+cpu" if line == torch else line for line in learner),
    ]
    assert pip.requirement_lines(BINDER / "requirements.txt") == expected


def test_no_line_makes_binder_copy_the_repository_before_it_installs(dockerfile: str) -> None:
    lines = pip.requirement_lines(BINDER / "requirements.txt")
    assert not [line for line in lines if line.startswith(("-r", "-e", "-c", "."))]
    assert dockerfile.index("pip install --no-cache-dir -r") < dockerfile.index("COPY --chown=0:0 src/ ")


def test_the_image_has_a_python_that_lessons_run_on(dockerfile: str) -> None:
    assert (BINDER / "runtime.txt").read_text(encoding="utf-8").strip() == "python-3.11"
    assert "Building conda environment for python=3.11" in dockerfile


def test_the_image_is_made_from_the_binder_folder_and_runs_post_build(dockerfile: str) -> None:
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile


def test_post_build_is_a_shell_script_that_stops_at_the_first_failure() -> None:
    lines = (BINDER / "postBuild").read_bytes().decode("utf-8").split("\n")
    assert lines[0] == "#!/bin/bash" and "set -euo pipefail" in lines
    assert not any(line.endswith("\r") for line in lines)
