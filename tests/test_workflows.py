"""The GitHub workflows: valid, safe, pinned, and naming only what is in the repository."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

pytestmark = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)


def read(workflow: Path) -> dict:
    """Return the workflow; YAML 1.1 reads its key `on` as True."""
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    content["on"] = content.pop(True)
    return content


def steps(workflow: Path) -> list[dict]:
    """Return the steps of all jobs."""
    return [step for job in read(workflow)["jobs"].values() for step in job["steps"]]


def tool(name: str) -> str:
    """Return the path of a program that pip installed beside this Python."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found, f"{name} is not installed: run `python setup_env.py --dev`"
    return found


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)


def test_a_workflow_fits_githubs_schema(workflow: Path) -> None:
    done = run(tool("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", str(workflow))
    assert done.returncode == 0, done.stdout


def test_a_workflow_shows_no_known_weakness(workflow: Path) -> None:
    done = run(tool("zizmor"), "--offline", "--no-progress", "--persona=regular", str(workflow))
    assert done.returncode == 0, done.stdout


def test_actions_are_github_s_own_and_pinned_to_a_commit(workflow: Path) -> None:
    lines = re.findall(r"uses:\s*(.+)", workflow.read_text(encoding="utf-8"))
    assert lines and not [line for line in lines if not PINNED.fullmatch(line)]


def test_a_workflow_may_only_read_ends_by_itself_and_runs_once_at_a_time(workflow: Path) -> None:
    content = read(workflow)
    assert content["permissions"] == {"contents": "read"}
    assert "group" in content["concurrency"]
    assert all(job["timeout-minutes"] <= 60 and "permissions" not in job for job in content["jobs"].values())


def test_a_stranger_s_pull_request_reaches_no_machine_of_ours(workflow: Path) -> None:
    content = read(workflow)
    assert "pull_request_target" not in content["on"] and "workflow_run" not in content["on"]
    if any("self-hosted" in job["runs-on"] for job in content["jobs"].values()):
        assert "pull_request" not in content["on"] and "push" not in content["on"]


def test_each_script_is_one_that_bash_can_read(workflow: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("needs bash")
    for step in steps(workflow):
        script = re.sub(r"\$\{\{.*?\}\}", "value", step.get("run", ""))
        done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
        assert done.returncode == 0, f"{step['name']}: {done.stderr}"


def test_each_file_that_a_script_names_is_there(workflow: Path) -> None:
    scripts = " ".join(step.get("run", "") for step in steps(workflow))
    named = set(re.findall(r"(?<![\w./])(?:\.ci|\.github|tests|notebooks|binder)(?:/[\w.-]+)+", scripts))
    named |= set(re.findall(r"(?<![\w./])(?:setup_env\.py|requirements[\w-]*\.txt)", scripts))
    assert not [name for name in named if not (ROOT / name).exists()]


def test_make_is_asked_only_for_verbs_that_it_has(workflow: Path) -> None:
    verbs = re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"))
    scripts = "\n".join(step.get("run", "") for step in steps(workflow))
    assert not set(re.findall(r"(?m)^\s*make ([a-z-]+)", scripts)) - set(verbs)


def test_the_matrix_has_three_systems_and_the_oldest_and_newest_python(workflow: Path) -> None:
    if workflow.stem == "tests":
        matrix = read(workflow)["jobs"]["cpu"]["strategy"]["matrix"]
        assert {system.split("-")[0] for system in matrix["os"]} == {"ubuntu", "macos", "windows"}
        assert matrix["python"] == ["3.11", "3.13"]


def test_windows_runs_what_make_test_runs(workflow: Path) -> None:
    if workflow.stem == "tests":
        windows = next(
            step["run"] for step in steps(workflow) if step.get("if") == "runner.os == 'Windows'"
        ).split()
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        parallel = re.search(r"(?m)^PARALLEL := (.*)$", makefile)[1]
        commands = re.findall(r"(?m)^(?:lint|unit-test|notebook-test):.*\n\t(.*)$", makefile)
        expected = (
            " ".join(commands).replace("$(PARALLEL)", parallel).replace("$(PY)", ".venv/Scripts/python")
        )
        assert [word for word in windows if word != "\\"] == expected.split()
