"""Rules that compare a lesson with what is registered elsewhere: exercises and concepts."""

from __future__ import annotations

import ast
import csv
from collections import Counter
from pathlib import Path

from helpers import exercises
from helpers.exercises import Exercise
from tools.rules.cells import CONCEPT
from tools.rules.page import Cell, Page

__all__ = ["concept_rows", "concepts", "exercise_cells", "exercises_are_complete"]

FEWEST_MISCONCEPTIONS = 3


def exercise_cells(page: Page) -> list[str]:
    """Every exercise cell checks one registered exercise, blank, under a heading that agrees with it."""
    known = {exercise.id: exercise for exercise in _of(page)}
    found, used = [], Counter()
    above = ""
    for cell in page.cells:
        if not cell.is_code:
            above = cell.source
            continue
        asked = _checked(cell)
        used.update(id for id, _ in asked)
        if "exercise" not in cell.tags:
            found += [f"{cell} checks {id!r} without the tag exercise" for id, _ in asked if id in known]
        elif len(asked) != 1 or asked[0][0] not in known:
            found.append(f"{cell} has to end with exercises.check of one of {sorted(known)}")
        else:
            found += _disagreements(cell, known[asked[0][0]], asked[0][1], above)
    missing = [id for id in known if used[id] != 1]
    return found + [f"exercise {id} is checked {used[id]} times" for id in missing]


def _checked(cell: Cell) -> list[tuple[str, str]]:
    """Return (id, answer) of each check in the cell."""
    calls = [node for node in ast.walk(cell.tree) if isinstance(node, ast.Call)]
    checks = [node for node in calls if ast.unparse(node.func) == "exercises.check" and len(node.args) == 2]
    return [
        (node.args[0].value, ast.unparse(node.args[1]))
        for node in checks
        if isinstance(node.args[0], ast.Constant)
    ]


def _disagreements(cell: Cell, exercise: Exercise, answer: str, above: str) -> list[str]:
    found = []
    if f"### {exercise.heading}" not in above.splitlines():
        found.append(f"the text above {cell} has no line '### {exercise.heading}'")
    last = cell.tree.body[-1]
    if not (isinstance(last, ast.Expr) and "exercises.check" in ast.unparse(last)):
        found.append(f"{cell} does not end with exercises.check")
    if answer != exercise.answer_name:
        found.append(f"{cell} checks {answer!r}, the solution defines {exercise.answer_name!r}")
    if not any(_is_blank(statement) for statement in cell.tree.body):
        found.append(f"{cell} has no blank '...' for the learner")
    return found


def _is_blank(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef):
        last = statement.body[-1]
        return isinstance(last, ast.Expr) and ast.unparse(last) == "..."
    return isinstance(statement, ast.Assign) and ast.unparse(statement.value) == "..."


def exercises_are_complete(page: Page) -> list[str]:
    """Every exercise of the lesson has a card, hints, a solution and 3 or more misconceptions with advice."""
    found = []
    for exercise in _of(page):
        few = len(exercise.misconceptions) < FEWEST_MISCONCEPTIONS
        named = all(one.name.strip() and one.advice.strip() for one in exercise.misconceptions)
        complaints = {
            "fewer than 3 misconceptions": few,
            "a misconception without a name or advice": not named,
            "no hint": not any(hint.strip() for hint in exercise.hints),
            "no solution": not exercise.solution().strip(),
            "no title, minutes or difficulty": not (
                exercise.title and exercise.minutes > 0 and 1 <= exercise.difficulty <= 3
            ),
        }
        found += [f"exercise {exercise.id} has {what}" for what, is_so in complaints.items() if is_so]
    return found


def _of(page: Page) -> list[Exercise]:
    return [one for one in exercises.all() if one.id.startswith(f"{page.path.stem[:2]}.")]


def concept_rows(folder: Path) -> list[dict[str, str]]:
    """Return the rows of concepts.csv."""
    path = folder / "concepts.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def concepts(page: Page) -> list[str]:
    """Every concept of the lesson is shown by a cell, and every concept tag is a row of concepts.csv."""
    rows = concept_rows(page.path.parent)
    own = {row["id"] for row in rows if row["lesson"] == page.path.stem}
    shown = {tag for cell in page.cells for tag in cell.tags if CONCEPT.fullmatch(tag)}
    found = [f"no cell shows the concept {id}" for id in sorted(own - shown)]
    strange = sorted(shown - {row["id"] for row in rows})
    return found + [f"the tag {id} is no row of concepts.csv" for id in strange]
