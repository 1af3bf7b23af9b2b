"""Exercise 17.noise: singular values above what noise alone would reach."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def numerical_rank(S: list[float], m: int, n: int, noise: float) -> int:
    """[9.0, 4.0, 0.6, 0.1], 9, 16, 0.1  ->  2"""
    reach = noise * (m**0.5 + n**0.5)
    return sum(value > reach for value in S)


def _above(S: list[float], reach: float) -> int:
    return sum(value > reach for value in S)


def _not_zero(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, 0.0)


def _rounding(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, max(m, n) * 2.2e-16 * max(S, default=0.0))


def _all(S: list[float], m: int, n: int, noise: float) -> int:
    return len(S)


def _short_side(S: list[float], m: int, n: int, noise: float) -> int:
    return min(m, n)


def _one_entry(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, noise)


def _one_root(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, noise * math.sqrt(max(m, n)))


def _root_of_sum(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, noise * math.sqrt(m + n))


def _no_root(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, noise * (m + n))


def _whole_noise(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, noise * math.sqrt(m * n))


def _relative(S: list[float], m: int, n: int, noise: float) -> int:
    return _above(S, noise * (math.sqrt(m) + math.sqrt(n)) * max(S, default=0.0))


def _squares(S: list[float], m: int, n: int, noise: float) -> int:
    return _above([value**2 for value in S], noise * (math.sqrt(m) + math.sqrt(n)))


def _below(S: list[float], m: int, n: int, noise: float) -> int:
    return len(S) - numerical_rank(S, m, n, noise)


def _index(S: list[float], m: int, n: int, noise: float) -> int:
    return numerical_rank(S, m, n, noise) - 1


def _draw(rng: Random) -> tuple[list[float], int, int, float]:
    m, n = rng.sample(range(12, 120), k=2)
    noise = 10.0 ** rng.randrange(-3, 1)
    reach = noise * (math.sqrt(m) + math.sqrt(n))
    steps = [noise * factor for factor in (0.02, 0.5, 1.5, 1.5, 3.0)]
    steps += [reach * factor for factor in (0.6, 0.8, 0.95, 1.05, 1.2, 1.5, 2.5, 6.0, 20.0)]
    values = sorted((step * rng.uniform(0.97, 1.03) for step in steps), reverse=True)
    return values[: rng.randrange(11, 15)], m, n, noise


EXERCISE = Exercise(
    id="17.noise",
    title="Count what noise cannot explain",
    minutes=5,
    difficulty=2,
    reference=numerical_rank,
    cases=(
        ([9.0, 4.0, 0.6, 0.1], 9, 16, 0.1),
        ([50.0, 33.0, 12.0, 9.9, 7.1, 6.9, 5.1, 4.9, 1.0, 0.4], 36, 25, 1.0),
        ([3.0, 2.0, 1.0, 1e-14], 5, 4, 0.0),
        ([5.0, 3.0, 1e-15], 20, 30, 1e-3),
        ([0.5, 0.4, 0.3], 100, 3, 0.2),
        ([0.0, 0.0], 2, 7, 0.0),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "counts what is not zero",
            _not_zero,
            "With noise in every entry, is any singular value exactly zero? What does noise alone reach?",
        ),
        Misconception(
            "allows for rounding only",
            _rounding,
            "That tolerance covers rounding, sixteen digits down: how large is the noise here?",
        ),
        Misconception(
            "counts all", _all, "You count every value: which of them could be made by noise alone?"
        ),
        Misconception(
            "returns the shorter side",
            _short_side,
            "The shorter side is the largest rank there can be: which values say what it is here?",
        ),
        Misconception(
            "compares with the noise of one entry",
            _one_entry,
            "`noise` is the size in one entry; a singular value gathers many: how do m and n come in?",
        ),
        Misconception(
            "takes the root of one side only",
            _one_root,
            "Noise gathers along rows and along columns: which of the two roots is missing?",
        ),
        Misconception(
            "takes the root of the sum",
            _root_of_sum,
            "Is √m + √n the same as √(m + n)? Try m = 9 and n = 16.",
        ),
        Misconception(
            "takes no roots",
            _no_root,
            "Independent noise partly cancels, so it does not grow with m + n: what is missing on m and n?",
        ),
        Misconception(
            "takes the whole energy of the noise",
            _whole_noise,
            "noise·√(mn) is the Frobenius norm of all the noise: is it all in one direction?",
        ),
        Misconception(
            "scales the bound by the largest value",
            _relative,
            "The noise does not know how large the signal is: why multiply by the largest singular value?",
        ),
        Misconception(
            "compares squares",
            _squares,
            "You compare energies with a length: is the bound on σ or on σ²?",
        ),
        Misconception(
            "counts what is below",
            _below,
            "You count what noise can explain: which side of the bound holds the signal?",
        ),
        Misconception(
            "returns an index",
            _index,
            "That is the position of the last value above the bound, counted from 0: how many are there?",
        ),
    ),
    hints=(
        "§5 gives the largest singular value that noise alone has, from its size and from m and n.",
        "The bound is noise · (√m + √n); count the values above it.",
    ),
)
