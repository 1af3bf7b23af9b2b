"""Exercise 00.first: return the likeliest word, the first check that a learner meets."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def likeliest(probabilities: dict[str, float]) -> str:
    """{"morning": 0.6, "day": 0.4}  ->  "morning" """
    return max(probabilities, key=probabilities.get)


def _draw(rng: Random) -> tuple[dict[str, float]]:
    words = rng.sample(
        ["morning", "day", "evening", "night", "soup", "wind", "afternoon", "pie"], k=rng.randrange(2, 7)
    )
    weights = [rng.randrange(1, 9) for _ in words]
    return ({word: round(weight / sum(weights), 3) for word, weight in zip(words, weights, strict=True)},)


EXERCISE = Exercise(
    id="00.first",
    title="The likeliest word",
    minutes=3,
    difficulty=1,
    reference=likeliest,
    cases=(
        ({"morning": 0.6, "day": 0.4},),
        ({"soup": 0.1, "wind": 0.7, "day": 0.2},),
        ({"night": 0.5, "afternoon": 0.5},),
        ({"afternoon": 0.4, "pie": 0.4, "wind": 0.2},),
        ({"only": 1.0},),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "returns the probability",
            lambda probabilities: max(probabilities.values()),
            "That is the highest probability; which word does it belong to?",
        ),
        Misconception(
            "takes the largest word",
            lambda probabilities: max(probabilities),
            "`max` of a dictionary compares its keys, by the alphabet; how can it compare the numbers?",
        ),
        Misconception(
            "takes the least likely word",
            lambda probabilities: min(probabilities, key=probabilities.get),
            "You found the least likely word: look at the other end.",
        ),
        Misconception(
            "takes the first word",
            lambda probabilities: next(iter(probabilities)),
            "You always return the first word; what if a later one is more likely?",
        ),
        Misconception(
            "breaks ties by the alphabet",
            lambda probabilities: min(probabilities, key=lambda word: (-probabilities[word], word)),
            "In a tie, yours goes by the alphabet; which word stands first in `probabilities`?",
        ),
        Misconception(
            "takes the last among equals",
            lambda probabilities: max(reversed(probabilities), key=probabilities.get),
            "When two words are equally likely, which of them should come back?",
        ),
    ),
    hints=(
        "`max` can compare by anything you like: it takes a `key`.",
        "`probabilities.get` turns a word into its probability, so it can be that `key`.",
    ),
)
