"""Exercise 15.scale: the largest loss scale that overflows nothing in fp16."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def largest_scale(gradients: list[float]) -> float:
    """[0.5, -3.0]  ->  16384.0"""
    largest = max(abs(gradient) for gradient in gradients)
    scale = 1.0
    while scale * largest > 65504:
        scale /= 2
    while 2 * scale * largest <= 65504:
        scale *= 2
    return scale


def _signed(gradients: list[float]) -> float:
    return largest_scale([max(gradients)])


def _no_power(gradients: list[float]) -> float:
    return 65504 / max(map(abs, gradients))


def _limit_65536(gradients: list[float]) -> float:
    return 2.0 ** math.floor(math.log2(65536 / max(map(abs, gradients))))


def _rounds(gradients: list[float]) -> float:
    return 2.0 ** round(math.log2(65504 / max(map(abs, gradients))))


def _one_too_many(gradients: list[float]) -> float:
    return 2 * largest_scale(gradients)


def _one_too_few(gradients: list[float]) -> float:
    return largest_scale(gradients) / 2


def _smallest(gradients: list[float]) -> float:
    return largest_scale([min(abs(gradient) for gradient in gradients if gradient)])


def _mean(gradients: list[float]) -> float:
    return largest_scale([sum(map(abs, gradients)) / len(gradients)])


def _sum(gradients: list[float]) -> float:
    return largest_scale([sum(map(abs, gradients))])


def _norm(gradients: list[float]) -> float:
    return largest_scale([math.hypot(*gradients)])


def _never_below_one(gradients: list[float]) -> float:
    return max(1.0, largest_scale(gradients))


def _the_default(gradients: list[float]) -> float:
    return 65536.0


def _exponent(gradients: list[float]) -> float:
    return math.log2(largest_scale(gradients))


def _inverse(gradients: list[float]) -> float:
    return 1 / largest_scale(gradients)


def _lifts_the_smallest(gradients: list[float]) -> float:
    return 2.0 ** math.ceil(math.log2(2**-24 / min(abs(gradient) for gradient in gradients if gradient)))


def _draw(rng: Random) -> tuple[list[float]]:
    size = 10 ** rng.uniform(-8, 7)
    positive = rng.uniform(0.01, 1) * size  # with one in each list, all ways to forget the sign agree
    return ([rng.uniform(-1, 1) * size for _ in range(rng.randrange(1, 8))] + [positive],)


EXERCISE = Exercise(
    id="15.scale",
    title="The largest safe scale",
    minutes=6,
    difficulty=2,
    reference=largest_scale,
    cases=(
        ([0.5, -3.0],),
        ([1.0],),
        ([0.0, 65504.0],),
        ([-(2.0**-20), 1e-7, 0.0],),
        ([200_000.0, -3.0, 0.5],),
        ([3.0, -0.01, 0.002],),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "looks at positive gradients only",
            _signed,
            "A large negative gradient overflows too: which number of `[0.5, -3.0]` is the largest in size?",
        ),
        Misconception(
            "returns no power of two",
            _no_power,
            "That just fits, but multiplying by it rounds: which powers of two change only the exponent?",
        ),
        Misconception(
            "takes 65,536 for the largest number",
            _limit_65536,
            "Try `[1.0]`: is 65,536 a number of fp16?",
        ),
        Misconception(
            "rounds to the nearest power",
            _rounds,
            "The nearest power of two may be the one above: does the largest gradient still fit?",
        ),
        Misconception(
            "is twice too large",
            _one_too_many,
            "With your scale the largest gradient exceeds 65,504: which power of two is the last that fits?",
        ),
        Misconception(
            "is twice too small",
            _one_too_few,
            "Safe, but twice as much would fit too: when exactly should the doubling stop?",
        ),
        Misconception(
            "looks at the smallest gradient",
            _smallest,
            "Which gradient overflows first, the smallest or the largest?",
        ),
        Misconception(
            "looks at the mean",
            _mean,
            "One infinite gradient spoils the step: does the mean tell you about the largest?",
        ),
        Misconception(
            "looks at the sum",
            _sum,
            "The gradients are multiplied one by one: what has their sum to do with it?",
        ),
        Misconception(
            "looks at the norm",
            _norm,
            "The norm is larger than each gradient: which single number must stay below 65,504?",
        ),
        Misconception(
            "never scales down",
            _never_below_one,
            "A gradient of 200,000 does not fit as it is: may a scale be below 1?",
        ),
        Misconception(
            "always takes 65,536",
            _the_default,
            "That is where PyTorch starts; it does not depend on your gradients. Does it fit them?",
        ),
        Misconception(
            "returns the exponent",
            _exponent,
            "That is the power; the loss is multiplied by two to that power.",
        ),
        Misconception(
            "returns the factor for afterwards",
            _inverse,
            "That is what gradients are multiplied by before the update: what was the loss multiplied by?",
        ),
        Misconception(
            "lifts the smallest gradient",
            _lifts_the_smallest,
            "You rescue the smallest gradient: what happens to the largest one?",
        ),
    ),
    hints=(
        "Only the largest gradient in size decides.",
        "Begin with a scale of 1; halve while it is too large, double while twice as much would fit.",
        "Fits means: scale times the largest size is at most 65,504.",
    ),
)
