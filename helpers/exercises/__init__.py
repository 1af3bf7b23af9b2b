"""Exercises: cards, checks, hints and solutions; one module of `EXERCISES` a lesson.

In a notebook the last line of an exercise cell is `exercises.check("04.merge", merge)`.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from typing import Any

from helpers.exercises.cards import Card, Result
from helpers.exercises.comparing import approximately, same
from helpers.exercises.exercise import Exercise, Misconception

__all__ = [
    "Card",
    "Exercise",
    "Misconception",
    "Result",
    "all",
    "approximately",
    "check",
    "get",
    "hint",
    "same",
    "solution",
]


def check(exercise_id: str, answer: Any) -> Result:
    """Check an answer, remember the result, and return it; as a cell's last line it shows a card."""
    from helpers import progress

    result = get(exercise_id).check(answer)
    if result.status == "not attempted":
        return result
    return result.noting(progress.record(exercise_id, result.passed))


def hint(exercise_id: str, n: int = 1) -> Card:
    """Return the n-th hint, counted from 1; as a cell's last line it is shown."""
    exercise = get(exercise_id)
    text = exercise.hint(n)
    more = f' The next one: `exercises.hint("{exercise_id}", {n + 1})`.' if n < len(exercise.hints) else ""
    return Card(exercise.heading, f"Hint {n} of {len(exercise.hints)}", text + more)


def solution(exercise_id: str) -> Card:
    """Return the solution's source; as a cell's last line it is shown."""
    exercise = get(exercise_id)
    return Card(exercise.heading, "Solution", "One way to write it:", code=exercise.solution())


def get(exercise_id: str) -> Exercise:
    """Return the exercise with this id, such as "04.merge".

    Raises:
        ValueError: there is none; close matches are named.
    """
    lesson = re.match(r"\d\d(?=\.)", str(exercise_id))
    own = _of_module(f"lesson_{lesson.group()}") if lesson else ()
    for exercise in own:
        if exercise.id == exercise_id:
            return exercise
    names = [exercise.id for exercise in own or all()]
    close = difflib.get_close_matches(str(exercise_id), names, n=3, cutoff=0.3) or names[:3]
    advice = f" Did you mean {' or '.join(close)}?" if close else ""
    raise ValueError(f"There is no exercise {exercise_id!r}.{advice}")


def all() -> tuple[Exercise, ...]:
    """Return the exercises of all lessons, in order."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    found = [exercise for name in modules if name.startswith("lesson_") for exercise in _of_module(name)]
    return tuple(found)


def _of_module(name: str) -> tuple[Exercise, ...]:
    full_name = f"{__name__}.{name}"
    try:
        module = importlib.import_module(full_name)
    except ModuleNotFoundError as error:
        if error.name != full_name:
            raise
        return ()
    return tuple(module.EXERCISES)
