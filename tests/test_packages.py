"""Libraries that few lessons need: imported quietly, installed only on Colab, missed in one sentence."""

from __future__ import annotations

import importlib.util
import logging
import re
import subprocess
import sys
import types

import pytest

from helpers import packages

MISSING = "glassbox_no_such_library"


def test_an_installed_library_is_imported():
    import json

    assert packages.load("json") is json


def test_a_missing_library_is_named_with_what_to_do():
    with pytest.raises(packages.PackageError, match=rf"{MISSING} is not installed.*make setup"):
        packages.load(MISSING)


def test_notices_of_an_import_are_kept_back_and_logging_comes_back(tmp_path, monkeypatch, caplog):
    name = "glassbox_talkative"
    source = "import logging\nlogging.getLogger(__name__).warning('please install more')\n"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    before = logging.root.manager.disable
    packages.load(name)
    assert not caplog.records
    assert logging.root.manager.disable == before
    del sys.modules[name]
    importlib.import_module(name)
    assert [record.message for record in caplog.records] == ["please install more"], "the notice is real"


def test_colab_installs_what_is_missing_and_nothing_else(tmp_path, monkeypatch):
    commands = []

    def install(command: list[str], **options: object) -> subprocess.CompletedProcess:
        commands.append(command)
        (tmp_path / f"{MISSING}.py").write_text("VALUE = 3\n", encoding="utf-8")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr(subprocess, "run", install)
    try:
        assert packages.load(MISSING).VALUE == 3
    finally:
        sys.modules.pop(MISSING, None)
    assert commands == [[sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", MISSING]]


def test_a_failed_installation_says_what_pip_said(monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "a long story\nERROR: no such version\n")
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr(subprocess, "run", lambda command, **options: failed)
    with pytest.raises(packages.PackageError, match=r"could not install .*: ERROR: no such version"):
        packages.load(MISSING)


def test_the_version_is_that_of_the_requirements():
    assert packages._requirement("bitsandbytes").startswith("bitsandbytes~=")
    assert packages._requirement("sklearn") == "sklearn"


def test_a_library_can_be_wanted_without_being_imported():
    name = "this"  # prints a poem when it is imported
    sys.modules.pop(name, None)
    packages.need(name)
    assert name not in sys.modules
    with pytest.raises(packages.PackageError, match=rf"{MISSING} is not installed"):
        packages.need(MISSING)


def test_a_library_is_installed_under_the_name_that_pip_knows(monkeypatch):
    commands = []

    def install(command: list[str], **options: object) -> subprocess.CompletedProcess:
        commands.append(command[-1])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr(subprocess, "run", install)
    packages.need(MISSING, "scikit-learn")
    packages.need(MISSING, "Huggingface_Hub")
    assert [re.match(r"[\w-]+", wanted)[0] for wanted in commands] == ["scikit-learn", "huggingface-hub"]
