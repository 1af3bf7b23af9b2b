"""The repository's address stands in one place, and one command moves everything that names it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import links

ROOT = Path(__file__).resolve().parents[1]
KINDS = """
https://github.com/OLD/blob/main/notebooks/04.ipynb
[![Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/OLD/HEAD?labpath=notebooks/04.ipynb)
https://colab.research.google.com/github/OLD/blob/main/notebooks/04.ipynb
git clone https://github.com/OLD.git
address = "https://github.com/OLD"
See https://github.com/OLD. It is there.
https://raw.githubusercontent.com/OLD/main/a.png
"""


@pytest.fixture
def checkout(tmp_path):
    """A small checkout that names its repository in every way there is."""
    (tmp_path / "pyproject.toml").write_text('[tool.glassbox]\nrepository = "old-owner/glass.box"\n')
    (tmp_path / "notebooks").mkdir()
    for name in ("README.md", "notebooks/04.ipynb", "CITATION.cff"):
        (tmp_path / name).write_text(KINDS.replace("OLD", "old-owner/glass.box"))
    return tmp_path


def test_every_link_moves_to_the_new_address(checkout):
    changed = links.rewrite("new/place", checkout)
    assert {path.name for path in changed} == {"pyproject.toml", "README.md", "04.ipynb", "CITATION.cff"}
    assert links.address_of(checkout) == "new/place"
    for name in ("README.md", "notebooks/04.ipynb", "CITATION.cff"):
        assert (checkout / name).read_text() == KINDS.replace("OLD", "new/place")


def test_moving_there_and_back_changes_nothing(checkout):
    before = {path: path.read_bytes() for path in links.text_files(checkout)}
    links.rewrite("new/place", checkout)
    links.rewrite("old-owner/glass.box", checkout)
    assert {path: path.read_bytes() for path in links.text_files(checkout)} == before


def test_other_repositories_and_longer_names_stay(checkout):
    others = "https://github.com/old-owner/glass.box-2 github.com/old-owner/glassXbox old-owner/glass.box\n"
    (checkout / "README.md").write_text(others)
    links.rewrite("new/place", checkout)
    assert (checkout / "README.md").read_text() == others


@pytest.mark.parametrize("wrong", ["glassbox", "a/b/c", "https://github.com/a/b", "a b/c", ""])
def test_an_address_that_is_no_owner_and_name_is_refused(checkout, wrong):
    with pytest.raises(ValueError, match="owner/name"):
        links.rewrite(wrong, checkout)


def test_this_checkout_moves_completely(tmp_path):
    old = links.address_of()
    for path in links.text_files():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    changed = links.rewrite("somebody/elsewhere", tmp_path)
    assert tmp_path / "tools" / "bootstrap_cell.py.txt" in changed
    left = [path for path in links.text_files(tmp_path) if old in path.read_text(encoding="utf-8")]
    assert left == [], f"these still name {old}: {left}"
