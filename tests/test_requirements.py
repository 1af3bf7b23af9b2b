"""The requirement files name every package that the code imports, and no other place to get it from."""

import ast
import importlib.metadata
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.environment import pip

ROOT = Path(__file__).resolve().parents[1]
OURS = {"helpers", "assets", "tools", "tests", "conftest", "docs"}
LEARNERS = ("helpers", "assets", "notebooks")
MAINTAINERS = ("tools", "tests", "docs", "benchmarks")


def names(*files: str) -> set[str]:
    """Return the names of the packages in requirement files, in pip's normal form."""
    lines = [line for file in files for line in pip.requirement_lines(ROOT / file)]
    return {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in lines}


def sources(folders: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Yield each Python source below the folders, a notebook's code cells included."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix == ".py" and "guard" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
            elif path.suffix == ".ipynb" and ".ipynb_checkpoints" not in path.parts:
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
                yield path, "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def imported(folders: tuple[str, ...]) -> dict[str, str]:
    """Return the packages of others that the folders import, each with a place where."""
    found = {}
    for path, source in sources(folders):
        for node in ast.walk(ast.parse(source)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for module in modules:
                found.setdefault(module.split(".")[0], str(path.relative_to(ROOT)))
    return {name: place for name, place in found.items() if name not in OURS | sys.stdlib_module_names}


def packages(modules: dict[str, str]) -> dict[str, str]:
    """Return the modules under the names by which pip knows them."""
    known = importlib.metadata.packages_distributions()
    return {
        known[module][0].lower().replace("_", "-"): place
        for module, place in modules.items()
        if module in known
    }


def test_what_lessons_import_is_what_a_learner_installs() -> None:
    missing = {
        name: place
        for name, place in packages(imported(LEARNERS)).items()
        if name not in names("requirements.txt")
    }
    assert not missing, "add to requirements.txt"


def test_what_tools_and_tests_import_is_installed_by_dev() -> None:
    wanted = names("requirements.txt", "requirements-dev.txt")
    missing = {name: place for name, place in packages(imported(MAINTAINERS)).items() if name not in wanted}
    assert not missing, "add to requirements-dev.txt"


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_a_requirement_is_one_package_with_a_version(file: str) -> None:
    plain = re.compile(r"[A-Za-z0-9._-]+(==|~=|>=)[\d.]+(,<[\d.]+)?")
    assert not [line for line in pip.requirement_lines(ROOT / file) if not plain.fullmatch(line)]


def test_the_versions_that_run_these_tests_are_the_required_ones() -> None:
    from packaging.requirements import Requirement

    for line in pip.requirement_lines(ROOT / "requirements.txt"):
        wanted = Requirement(line)
        assert wanted.specifier.contains(importlib.metadata.version(wanted.name)), line
