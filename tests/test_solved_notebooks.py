"""Every lesson runs to its end with all exercises solved, each check passes, and the progress is kept.

On the way each explorer is tried at the extremes of its controls.
"""

from __future__ import annotations

import ast

import pytest

from helpers import exercises
from tools import normalise
from tools.notebooks import execute, read
from tools.rules.page import Cell

# Each takes most of a minute and shares nothing, so any process may take any of them.
LESSONS = [
    pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(f"solved {path.stem}"))
    for path in sorted((normalise.ROOT / "notebooks").glob("*.ipynb"))
]


def solved(source: str) -> tuple[str, str]:
    """Return the id of a cell's exercise, and the cell solved, with a check that must pass."""
    tree = ast.parse(source)
    call = tree.body[-1].value
    exercise = exercises.get(call.args[0].value)
    lines = source.splitlines()
    blank = next(one for one in tree.body if exercise.answer_name in _names(one))
    begin = min([blank.lineno, *(decorator.lineno for decorator in getattr(blank, "decorator_list", []))])
    before, after = lines[: begin - 1], lines[blank.end_lineno : tree.body[-1].lineno - 1]
    check = ["checked = " + ast.unparse(call), "assert checked.passed, str(checked)", "checked"]
    return exercise.id, "\n".join([*before, exercise.solution(), *after, *check])


def probed(source: str) -> str:
    """Return the cell of an explorer, which then has to stand its extremes."""
    *before, show = ast.parse(source).body
    lines = ["\n".join(map(ast.unparse, before)), f"explorer = {ast.unparse(show)}"]
    return "\n".join([*lines, "faults = explorer.probe(most=6)", "assert faults == [], faults", "explorer"])


def _names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef):
        return [statement.name]
    return [ast.unparse(target) for target in getattr(statement, "targets", [])]


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_runs_with_every_exercise_solved(path, tmp_path):
    notebook = read(path)
    done = []
    for number, node in enumerate(notebook.cells, start=1):
        if "exercise" in Cell(number, node).tags:
            id, node.source = solved(node.source)
            done.append(id)
        if "explorer" in Cell(number, node).tags:
            node.source = probed(node.source)
    assert sorted(done) == sorted(one.id for one in exercises.all() if one.id.startswith(f"{path.name[:2]}."))
    execute(notebook, path.parent, tmp_path)
    kept = (tmp_path / "progress.json").read_text(encoding="utf-8") if done else ""
    assert [id for id in done if id not in kept] == []


def test_the_solution_takes_the_place_of_the_blank():
    exercise = next(one for one in exercises.all() if one.is_function)
    name = exercise.answer_name
    source = f'import math\n\n{exercise.blank()}\n\nSIZE = 3\nexercises.check("{exercise.id}", {name})\n'
    id, filled = solved(source)
    assert id == exercise.id
    assert filled.startswith("import math\n\ndef ") and exercise.solution() in filled
    assert filled.count(f"def {name}(") == 1 and "SIZE = 3" in filled
    assert filled.splitlines()[-2:] == ["assert checked.passed, str(checked)", "checked"]
