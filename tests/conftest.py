"""What several test files share: tiny notebooks for tests of the guard, one thread, one process a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
KINDS = {"print": "stream", "show": "display_data", "result": "execute_result", "error": "error"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, for the sake of what they share; a test may say otherwise."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Keep torch's threads from waiting for each other where other tests run beside these."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass(frozen=True)
class Verdict:
    """What pytest said of one cell: its complaint, empty when it passed, and the seconds it took."""

    complaint: str
    seconds: float


@dataclass(frozen=True)
class Session:
    """One run of pytest over a folder of notebooks."""

    verdicts: dict[tuple[str, str], Verdict]
    text: str
    seconds: float

    def red(self, notebook: str) -> dict[str, str]:
        """Return the complaint of each test that failed in ``notebook``; refuse one that was not tested."""
        tests = {test: verdict for (name, test), verdict in self.verdicts.items() if name == notebook}
        assert tests, f"{notebook} was not tested:\n{self.text}"
        return {test: verdict.complaint for test, verdict in tests.items() if verdict.complaint}


class Tiny:
    """Makes notebooks of a few cells."""

    @staticmethod
    def code(source: str, *outputs: NotebookNode, count: int | None = 1, tags: tuple[str, ...] = ()):
        """Return a code cell that was run and showed ``outputs``."""
        metadata = {"tags": list(tags)} if tags else {}
        return new_code_cell(source, outputs=list(outputs), execution_count=count, metadata=metadata)

    @staticmethod
    def words(source: str) -> NotebookNode:
        """Return a markdown cell."""
        return new_markdown_cell(source)

    @staticmethod
    def printed(text: str, name: str = "stdout") -> NotebookNode:
        """Return what ``print`` leaves."""
        return new_output("stream", name=name, text=text)

    @staticmethod
    def shown(**data: str) -> NotebookNode:
        """Return a display; ``png`` and ``text`` name the kinds of data."""
        names = {"png": "image/png", "text": "text/plain", "html": "text/html"}
        return new_output("display_data", {names[kind]: value for kind, value in data.items()})

    @staticmethod
    def result(text: str) -> NotebookNode:
        """Return the value of the last expression."""
        return new_output("execute_result", {"text/plain": text}, execution_count=1)

    @staticmethod
    def notebook(*cells: NotebookNode) -> NotebookNode:
        """Return the notebook with these cells."""
        return new_notebook(cells=list(cells))

    def write(self, path: Path, *cells: NotebookNode) -> Path:
        """Write the notebook with these cells and return its path."""
        nbformat.write(self.notebook(*cells), path)
        return path


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    """Makers of cells, outputs and notebooks."""
    return Tiny()


def run_nbval(folder: Path, *options: str) -> Session:
    """Run the strict nbval over the notebooks in ``folder``, with the repository's own conftest.py."""
    shutil.copy(ROOT / "conftest.py", folder)
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60"]
    command += [
        "-p",
        "no:cacheprovider",
        f"--junitxml={report}",
        f"--rootdir={folder}",
        str(folder),
        *options,
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8")
    suite = ET.parse(report).getroot().find("testsuite")
    verdicts = {}
    for case in suite.iter("testcase"):
        wrong = [*case.iter("failure"), *case.iter("error")]
        complaint = "\n".join(f"{one.get('message')}\n{one.text}" for one in wrong)
        verdicts[case.get("classname"), case.get("name")] = Verdict(complaint, float(case.get("time")))
    return Session(verdicts, done.stdout + done.stderr, float(suite.get("time")))


@pytest.fixture(scope="session")
def nbval():
    """The function that runs the strict nbval over a folder."""
    return run_nbval
