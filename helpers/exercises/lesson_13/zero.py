"""Exercise 13.zero: temperature in plain Python, and why 0 is a special case."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def temperature_probs(logits: list[float], temperature: float) -> list[float]:
    """[1.0, 1.0, 0.0], 0.0  ->  [1.0, 0.0, 0.0]"""
    top = max(logits)
    if temperature == 0:
        winner = logits.index(top)
        return [1.0 if place == winner else 0.0 for place in range(len(logits))]
    exps = [math.exp((logit - top) / temperature) for logit in logits]
    return [e / sum(exps) for e in exps]


def _softmax(scaled: list[float]) -> list[float]:
    exps = [math.exp(s - max(scaled)) for s in scaled]
    return [e / sum(exps) for e in exps]


def _shares_among_ties(logits: list[float], temperature: float) -> list[float]:
    return _softmax([logit / (temperature or 1e-9) for logit in logits])


def _divides_by_zero(logits: list[float], temperature: float) -> list[float]:
    return _softmax([logit / temperature for logit in logits])


def _no_shift(logits: list[float], temperature: float) -> list[float]:
    if temperature == 0:
        return temperature_probs(logits, 0)
    exps = [math.exp(logit / temperature) for logit in logits]
    return [e / sum(exps) for e in exps]


def _multiplies(logits: list[float], temperature: float) -> list[float]:
    return (
        _softmax([logit * temperature for logit in logits]) if temperature else temperature_probs(logits, 0)
    )


def _uniform_at_zero(logits: list[float], temperature: float) -> list[float]:
    return temperature_probs(logits, temperature) if temperature else [1 / len(logits)] * len(logits)


def _plain_at_zero(logits: list[float], temperature: float) -> list[float]:
    return temperature_probs(logits, temperature or 1.0)


def _last_of_ties(logits: list[float], temperature: float) -> list[float]:
    return temperature_probs(logits[::-1], temperature)[::-1]


def _ignores(logits: list[float], temperature: float) -> list[float]:
    return _softmax(logits) if temperature else temperature_probs(logits, 0)


def _after_the_softmax(logits: list[float], temperature: float) -> list[float]:
    if not temperature:
        return temperature_probs(logits, 0)
    return [p / temperature for p in _softmax(logits)]


def _returns_index(logits: list[float], temperature: float) -> object:
    return temperature_probs(logits, temperature) if temperature else logits.index(max(logits))


def _all_ties_get_one(logits: list[float], temperature: float) -> list[float]:
    if temperature:
        return temperature_probs(logits, temperature)
    return [float(logit == max(logits)) for logit in logits]


def _not_normalised(logits: list[float], temperature: float) -> list[float]:
    if not temperature:
        return temperature_probs(logits, 0)
    return [math.exp((logit - max(logits)) / temperature) for logit in logits]


def _logits_over_temperature(logits: list[float], temperature: float) -> list[float]:
    return [logit / temperature for logit in logits] if temperature else temperature_probs(logits, 0)


def _first_place(logits: list[float], temperature: float) -> list[float]:
    return temperature_probs(logits, temperature) if temperature else [1.0] + [0.0] * (len(logits) - 1)


def _draw(rng: Random) -> tuple[list[float], float]:
    logits = [round(rng.uniform(-3, 3), 1) for _ in range(rng.randrange(2, 7))]
    if rng.random() < 0.4:
        logits.append(max(logits))
    return logits, rng.choice([0.0, 0.25, 0.5, 1.5, 2.0, 5.0])


EXERCISE = Exercise(
    id="13.zero",
    title="Why T = 0 is a special case",
    minutes=6,
    difficulty=1,
    reference=temperature_probs,
    cases=(
        ([1.0, 1.0, 0.0], 0.0),
        ([2.0, 1.0, 0.5, -1.0], 2.0),
        ([-1.0, 3.0, 2.0, 3.0], 0.0),
        ([1000.0, 999.0], 1.0),
        ([1.0, 0.0, -1.0], 0.001),
        ([5.0], 0.0),
    ),
    draw=_draw,
    equal=approximately(rtol=1e-5, atol=1e-8),
    misconceptions=(
        Misconception(
            "divides by zero",
            _divides_by_zero,
            "The formula has no value at 0: which token should get all there, and where do you say so?",
        ),
        Misconception(
            "takes a tiny number instead of 0",
            _shares_among_ties,
            "Very cold is not 0: when two logits tie, who gets what from you, and what is asked?",
        ),
        Misconception(
            "overflows",
            _no_shift,
            "What is e to the power of 1,000? Subtracting the largest logit from all changes no probability.",
        ),
        Misconception(
            "multiplies by the temperature",
            _multiplies,
            "Your distribution gets sharper when it is hotter: do you divide the logits, or multiply them?",
        ),
        Misconception(
            "is uniform at 0",
            _uniform_at_zero,
            "Uniform is what happens at very high temperature: what happens when it falls towards 0?",
        ),
        Misconception(
            "switches the temperature off at 0",
            _plain_at_zero,
            "At 0 you give the plain softmax, which is temperature 1: what would 0.01 give?",
        ),
        Misconception(
            "takes the last of the tied logits",
            _last_of_ties,
            "Two logits tie for the first place: which of them is the first in the list?",
        ),
        Misconception(
            "gives all tied logits a 1",
            _all_ties_get_one,
            "Your probabilities sum to more than 1 when logits tie: who is to take all?",
        ),
        Misconception(
            "ignores the temperature",
            _ignores,
            "Your answer is the same at 0.25 and at 5: where does the temperature come in?",
        ),
        Misconception(
            "divides the probabilities",
            _after_the_softmax,
            "Do your numbers sum to 1? The temperature divides the logits, before the exponential.",
        ),
        Misconception(
            "returns the token at 0",
            _returns_index,
            "At 0 you return which token wins: the exercise asks for the probabilities of all.",
        ),
        Misconception(
            "does not divide by the sum",
            _not_normalised,
            "Your exponentials are right: what must they sum to, so that they are probabilities?",
        ),
        Misconception(
            "leaves out the softmax",
            _logits_over_temperature,
            "These are still logits, divided by the temperature: what turns them into probabilities?",
        ),
        Misconception(
            "gives all to the first place at 0",
            _first_place,
            "At 0 your winner is always the first in the list: whose place should get the 1?",
        ),
    ),
    hints=(
        "Two branches: `if temperature == 0` comes first, so that nothing is ever divided by 0.",
        "At 0: `logits.index(max(logits))` is the place of the 1.0; all other places hold 0.0.",
        "Else: `math.exp((logit - top) / temperature)` for each, then divide by their sum.",
    ),
)
