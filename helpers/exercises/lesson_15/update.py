"""Exercise 15.update: below which size an update of a weight is rounded away."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def lost_below(weight: float, mantissa_bits: int) -> float:
    """1.0, 10  ->  0.00048828125"""
    exponent = math.frexp(weight)[1] - 1
    step = 2.0 ** (exponent - mantissa_bits)
    return step / 2


def _whole_step(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (math.frexp(weight)[1] - 1 - mantissa_bits)


def _frexp_twice(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (math.frexp(weight)[1] - 1 - mantissa_bits) / 4


def _ignores_weight(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** -(mantissa_bits + 1)


def _ignores_weight_and_half(weight: float, mantissa_bits: int) -> float:
    return 2.0**-mantissa_bits


def _proportional(weight: float, mantissa_bits: int) -> float:
    return weight * 2.0 ** -(mantissa_bits + 1)


def _proportional_whole(weight: float, mantissa_bits: int) -> float:
    return weight * 2.0**-mantissa_bits


def _rounds_exponent(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (round(math.log2(weight)) - mantissa_bits - 1)


def _rounds_up(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (math.ceil(math.log2(weight)) - mantissa_bits - 1)


def _cuts_towards_zero(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (int(math.log2(weight)) - mantissa_bits - 1)


def _divides(weight: float, mantissa_bits: int) -> float:
    return weight / mantissa_bits / 2


def _subtracts_one_bit(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (math.frexp(weight)[1] - mantissa_bits)


def _decimal(weight: float, mantissa_bits: int) -> float:
    return 10.0 ** (math.floor(math.log10(weight)) - mantissa_bits) / 2


def _exponent_only(weight: float, mantissa_bits: int) -> float:
    return 2.0 ** (math.frexp(weight)[1] - 1) / 2


def _new_number(weight: float, mantissa_bits: int) -> float:
    return weight + lost_below(weight, mantissa_bits)


def _draw(rng: Random) -> tuple[float, int]:
    return 2.0 ** rng.uniform(-12, 12), rng.choice([2, 3, 7, 10, 23])


EXERCISE = Exercise(
    id="15.update",
    title="The smallest surviving update",
    minutes=6,
    difficulty=2,
    reference=lost_below,
    cases=((1.0, 10), (3.0, 10), (0.3, 7), (1.9, 7), (0.02, 10), (1000.0, 3)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "takes the whole step",
            _whole_step,
            "That is the distance to the next number: from where on does rounding already go there?",
        ),
        Misconception(
            "halves once too often",
            _frexp_twice,
            "Twice too small: `frexp` gives a fraction between 0.5 and 1; which exponent belongs to 1 to 2?",
        ),
        Misconception(
            "forgets the weight",
            _ignores_weight,
            "Right for weights from 1 to 2: how far apart are the numbers from 2 to 4?",
        ),
        Misconception(
            "gives the machine epsilon",
            _ignores_weight_and_half,
            "That is the step right above 1: what about other weights, and about half a step?",
        ),
        Misconception(
            "is proportional to the weight",
            _proportional,
            "Right for powers of two: from 1 to 2 the distance is one and the same; is yours?",
        ),
        Misconception(
            "takes the step as proportional, and whole",
            _proportional_whole,
            "Steps stay the same between powers of two, and half a step is the limit: which power is yours?",
        ),
        Misconception(
            "rounds the exponent to the nearest",
            _rounds_exponent,
            "Try 1.9: which power of two is its field made of, the one below or the nearest?",
        ),
        Misconception(
            "rounds the exponent up",
            _rounds_up,
            "Try 3.0: the numbers from 2 to 4 share the exponent of 2; which one did you take?",
        ),
        Misconception(
            "cuts the exponent towards zero",
            _cuts_towards_zero,
            "Try 0.3: its logarithm is −1.7, and below it is 0.25; what does `int` do there?",
        ),
        Misconception(
            "divides by the number of bits",
            _divides,
            "m bits cut the way to the next power of two into how many steps: m, or 2 to the power m?",
        ),
        Misconception(
            "is a factor of four too large",
            _subtracts_one_bit,
            "Four times too large: see what `frexp(1.0)` gives, and remember the half.",
        ),
        Misconception(
            "counts decimal digits",
            _decimal,
            "The fraction has bits, not digits: which power has to be 2?",
        ),
        Misconception(
            "forgets the fraction",
            _exponent_only,
            "That is half of the power of two itself: into how many steps do m bits cut it?",
        ),
        Misconception(
            "returns the new weight",
            _new_number,
            "That is the weight after the update: the question is the size of the update alone.",
        ),
    ),
    hints=(
        "From 1 to 2 there are 2 to the power m steps of one size. From 2 to 4 as many, so twice as large.",
        "`math.frexp(w)[1] - 1` is the exponent of the power of two at or below w.",
        "One step is 2 to the power (exponent − m); what is nearer than half a step is rounded back.",
    ),
)
