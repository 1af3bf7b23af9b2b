"""Exercise 12.floor: the irreducible loss from three models, each twice as large as the one before."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def floor(small: float, medium: float, large: float) -> float:
    """4.0, 3.0, 2.5  ->  2.0"""
    shrink = (medium - large) / (small - medium)
    return large - shrink * (medium - large) / (1 - shrink)


def _last_loss(small: float, medium: float, large: float) -> float:
    return large


def _one_more_doubling(small: float, medium: float, large: float) -> float:
    return large - (medium - large) ** 2 / (small - medium)


def _straight_line(small: float, medium: float, large: float) -> float:
    return large - (medium - large)


def _no_floor(small: float, medium: float, large: float) -> float:
    return 0.0


def _ratio_of_losses(small: float, medium: float, large: float) -> float:
    """Extrapolate as if L itself were a power law."""
    return large * large / medium


def _half_of_the_step(small: float, medium: float, large: float) -> float:
    return large - (medium - large) / 2


def _halves_for_ever(small: float, medium: float, large: float) -> float:
    shrink = (medium - large) / (small - medium)
    return large - (medium - large) / (1 - shrink)


def _sign(small: float, medium: float, large: float) -> float:
    return 2 * large - floor(small, medium, large)


def _reducible(small: float, medium: float, large: float) -> float:
    return large - floor(small, medium, large)


def _exponent(small: float, medium: float, large: float) -> float:
    return math.log2((small - medium) / (medium - large))


def _draw(rng: Random) -> tuple[float, float, float]:
    floor_, scale, alpha = rng.uniform(0.2, 2), rng.uniform(0.5, 4), rng.uniform(0.1, 1.5)
    return tuple(floor_ + scale / 2 ** (alpha * k) for k in range(3))


EXERCISE = Exercise(
    id="12.floor",
    title="Find the floor",
    minutes=10,
    difficulty=3,
    reference=floor,
    cases=((4.0, 3.0, 2.5), (1.0, 0.6, 0.44), (3.9, 3.0, 2.4)),
    draw=_draw,
    equal=approximately(rtol=1e-3, atol=1e-4),
    misconceptions=(
        Misconception(
            "takes the last loss",
            _last_loss,
            "The loss still fell in the last doubling: would it stop there?",
        ),
        Misconception(
            "goes one doubling further",
            _one_more_doubling,
            "That is the next model's loss: what do all doublings after it take away together?",
        ),
        Misconception(
            "goes on in a straight line",
            _straight_line,
            "The second step was smaller than the first: why should the third be as large as the second?",
        ),
        Misconception(
            "says zero",
            _no_floor,
            "Does a power law with E added go to zero, or to E?",
        ),
        Misconception(
            "multiplies losses instead of differences",
            _ratio_of_losses,
            "L is no pure power law, but differences of L are free of E: what is their ratio?",
        ),
        Misconception(
            "assumes that steps halve",
            _half_of_the_step,
            "By which factor did the step shrink here: is it always a half?",
        ),
        Misconception(
            "counts the last step twice",
            _halves_for_ever,
            "The last step, medium to large, is already made: with which one does your sum begin?",
        ),
        Misconception(
            "adds instead of taking away",
            _sign,
            "Is the floor above or below the largest model's loss?",
        ),
        Misconception(
            "returns the reducible loss",
            _reducible,
            "That is what can still be gained: where does the loss end when all of it is gained?",
        ),
        Misconception(
            "returns the exponent",
            _exponent,
            "That is α: the question is where the losses end.",
        ),
    ),
    hints=(
        "Write down the two steps, small − medium and medium − large: E cancels in both.",
        "Each step is r times the one before, with r = 2^(−α): you know two of them.",
        "All steps still to come sum to step · (r + r² + …) = step · r / (1 − r).",
    ),
)
