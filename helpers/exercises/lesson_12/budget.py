"""Exercise 12.budget: parameters and tokens for a budget of operations."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def spend(operations: float, tokens_per_parameter: float) -> tuple[float, float]:
    """1.2e22, 20  ->  (1e10, 2e11), parameters and tokens"""
    parameters = (operations / (6 * tokens_per_parameter)) ** 0.5
    return parameters, tokens_per_parameter * parameters


def _forward_only(operations: float, ratio: float) -> tuple[float, float]:
    parameters = math.sqrt(operations / (2 * ratio))
    return parameters, ratio * parameters


def _without_six(operations: float, ratio: float) -> tuple[float, float]:
    parameters = math.sqrt(operations / ratio)
    return parameters, ratio * parameters


def _no_root(operations: float, ratio: float) -> tuple[float, float]:
    parameters = operations / (6 * ratio)
    return parameters, ratio * parameters


def _ratio_outside(operations: float, ratio: float) -> tuple[float, float]:
    parameters = math.sqrt(operations / 6) / ratio
    return parameters, ratio * parameters


def _half_and_half(operations: float, ratio: float) -> tuple[float, float]:
    parameters = math.sqrt(operations / 6)
    return parameters, parameters


def _ratio_upside_down(operations: float, ratio: float) -> tuple[float, float]:
    return spend(operations, 1 / ratio)


def _ratio_always_twenty(operations: float, ratio: float) -> tuple[float, float]:
    return spend(operations, 20)


def _tokens_from_root(operations: float, ratio: float) -> tuple[float, float]:
    parameters = math.sqrt(operations / (6 * ratio))
    return parameters, math.sqrt(operations / 6)


def _draw(rng: Random) -> tuple[float, float]:
    return 10 ** rng.uniform(15, 26), rng.uniform(2, 300)


EXERCISE = Exercise(
    id="12.budget",
    title="Spend a budget",
    minutes=6,
    difficulty=2,
    reference=spend,
    cases=((1.2e22, 20), (5.88e23, 1.4e12 / 70e9), (6.0, 1.0), (2.4e3, 4.0)),
    draw=_draw,
    equal=approximately(rtol=1e-3),
    misconceptions=(
        Misconception(
            "counts the forward pass alone",
            _forward_only,
            "Two operations a parameter read a token: what do the gradients cost on top?",
        ),
        Misconception(
            "forgets the six",
            _without_six,
            "How many operations does one parameter cost for one token of training?",
        ),
        Misconception(
            "takes no root",
            _no_root,
            "Twice the parameters also read twice the tokens: how does 6·N·D grow, and what undoes that?",
        ),
        Misconception(
            "divides by the ratio outside the root",
            _ratio_outside,
            "Put D = ratio · N into C = 6·N·D: what stands below the root?",
        ),
        Misconception(
            "splits evenly",
            _half_and_half,
            "Your model reads one token a parameter: how many were asked for?",
        ),
        Misconception(
            "swaps parameters and tokens",
            _ratio_upside_down,
            "Divide your second number by your first: is that the ratio that was asked for, or one over it?",
        ),
        Misconception(
            "uses 20, whatever is asked",
            _ratio_always_twenty,
            "Twenty is Hoffmann's ratio; which one does the second argument ask for?",
        ),
        Misconception(
            "forgets the ratio in the tokens",
            _tokens_from_root,
            "Your parameters are right; divide your tokens by them: is that the ratio?",
        ),
    ),
    hints=(
        "Two equations: C = 6·N·D, and D = ratio · N.",
        "Put the second into the first: C = 6 · ratio · N².",
        "`parameters = math.sqrt(operations / (6 * tokens_per_parameter))`",
    ),
)
