"""What every test run needs: a strict nbval, nobody's progress or store, browser tests only on request."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Threads that spin while they wait make several test processes on few cores many times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

pytest_plugins = ["tools.strict"]

BROWSER = Path(__file__).parent / "tests" / "browser"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the browser tests out unless the command line names them."""
    named = any(
        "browser" in argument for argument in config.invocation_params.args if isinstance(argument, str)
    )
    return True if collection_path == BROWSER and not named else None


@pytest.fixture(autouse=True, scope="session")
def nobodys_progress(tmp_path_factory: pytest.TempPathFactory):
    """Point GLASSBOX_PROGRESS and GLASSBOX_STORE at a temporary folder for the whole run."""
    folder = tmp_path_factory.mktemp("progress")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBOX_PROGRESS", str(folder / "progress.json"))
        patch.setenv("GLASSBOX_STORE", str(folder / "store"))
        yield
