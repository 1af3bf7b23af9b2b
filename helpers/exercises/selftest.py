"""Check an exercise itself: what its author must guarantee."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.exercises.exercise import Exercise

__all__ = ["faults"]

SEEDS = range(3)


def faults(exercise: Exercise) -> list[str]:
    """Return what is wrong with an exercise, as sentences.

    The solution passes, the blank is "not attempted", each misconception is refused with its own advice
    (so that they differ from the reference and from each other) whatever inputs are drawn, and the card
    is complete.
    """
    found = [*_card_faults(exercise)]
    for seed in SEEDS:
        found += _answer_faults(exercise, seed)
    return [f"{exercise.id}: {fault}" for fault in dict.fromkeys(found)]


def _card_faults(exercise: Exercise) -> list[str]:
    found = []
    if not re.fullmatch(r"\d\d\.[a-z][a-z0-9_]*", exercise.id):
        found.append('the id must be like "04.merge".')
    if exercise.difficulty not in (1, 2, 3) or exercise.minutes < 1:
        found.append(
            f"difficulty is 1 to 3 and minutes at least 1, not {exercise.difficulty}, {exercise.minutes}."
        )
    if not exercise.title or not exercise.hints or not all(exercise.hints):
        found.append("it needs a title and at least one hint.")
    if len(exercise.misconceptions) < 3:
        found.append(f"it needs at least 3 misconceptions, not {len(exercise.misconceptions)}.")
    if exercise.is_function and not exercise.cases:
        found.append("it needs fixed cases beside the fresh inputs.")
    return found


def _answer_faults(exercise: Exercise, seed: int) -> list[str]:
    found = []
    solved = exercise.check(_run(exercise, exercise.solution()), seed)
    if not solved.passed:
        found.append(f"its own solution is refused: {solved.message}")
    for blank in (_run(exercise, exercise.blank()), None, ...):
        status = exercise.check(blank, seed).status
        if status != "not attempted":
            found.append(f"the blank {blank!r} is {status!r} instead of 'not attempted'.")
    for item in exercise.misconceptions:
        if callable(item.wrong) and not exercise.is_function:
            continue  # a predicate describes many wrong values; there is none to try
        result = exercise.check(item.wrong, seed)
        if result.passed or result.message != item.advice:
            found.append(f"misconception {item.name!r} is answered with: {result.message}")
    return found


def _run(exercise: Exercise, source: str) -> Any:
    """Execute source where the reference's module names are known; return what it calls the answer."""
    namespace = (
        dict(getattr(inspect.unwrap(exercise.reference), "__globals__", {})) if exercise.is_function else {}
    )
    exec(compile(source, f"<exercise {exercise.id}>", "exec"), namespace)
    return namespace[exercise.answer_name]
