"""Every finished lesson keeps every rule of `tools.rules`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from helpers import exercises, lessons
from tools import normalise
from tools.kernel import environment
from tools.rules import RULES, Page
from tools.rules.registers import concept_rows

NOTEBOOKS = normalise.ROOT / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


def test_the_exemplar_lessons_are_there():
    assert {"00_start_here", "04_byte_pair_encoding"} <= {path.stem for path in LESSONS}


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def lesson(request) -> Page:
    """A finished lesson."""
    return Page.of(request.param)


@pytest.mark.parametrize("rule", RULES)
def test_every_lesson_keeps_the_rule(lesson, rule):
    complaints = RULES[rule](lesson)
    assert not complaints, f"{lesson.path.name}: {rule}?\n  " + "\n  ".join(complaints)


def test_the_builds_of_every_lesson_import_alone_and_silently(lesson, tmp_path):
    if not any(lesson.tagged("build")):
        pytest.skip("this lesson builds nothing")
    source = f"from helpers import lessons; lessons.load({lesson.path.stem!r})"
    env = {**environment(tmp_path), "PYTHONWARNINGS": "error::SyntaxWarning"}
    path = os.pathsep.join([env["PYTHONPATH"], str(normalise.ROOT)])
    command = [sys.executable, "-c", source]
    done = subprocess.run(
        command, cwd=tmp_path, env={**env, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_notebook_is_a_lesson_of_the_curriculum():
    assert {path.stem for path in LESSONS} <= {one.id for one in lessons.all()}


def test_every_exercise_belongs_to_a_finished_lesson():
    finished = {path.stem[:2] for path in LESSONS}
    assert [one.id for one in exercises.all() if one.id[:2] not in finished] == []


def test_concepts_are_listed_once_for_finished_lessons_and_with_a_known_verdict():
    rows = concept_rows(NOTEBOOKS)
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids)
    assert {row["lesson"] for row in rows} <= {path.stem for path in LESSONS}
    assert {row["verdict"] for row in rows} <= {"correct", "imprecise", "wrong", "outdated", "opinion"}
    assert [
        row["id"] for row in rows if row["verdict"] in ("wrong", "outdated") and not row["correction"]
    ] == []


def test_the_pages_of_the_repository_have_no_dead_links():
    for path in (*normalise.ROOT.glob("*.md"), *NOTEBOOKS.glob("*.md")):
        page = Page(path, new_notebook(cells=[new_markdown_cell(path.read_text(encoding="utf-8"))]))
        for rule in ("every relative link resolves", "every image has alt text"):
            assert RULES[rule](page) == [], path.name
