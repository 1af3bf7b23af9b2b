"""Exercise 18.pays: the largest rank at which an adapter is smaller than its matrix."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def largest_rank(m: int, n: int) -> int:
    """4096, 4096  ->  2047"""
    return (m * n - 1) // (m + n)


def _equal_is_fine(m: int, n: int) -> int:
    return m * n // (m + n)


def _half_of_n(m: int, n: int) -> int:
    return (n - 1) // 2


def _half_of_m(m: int, n: int) -> int:
    return (m - 1) // 2


def _half(m: int, n: int) -> int:
    return (min(m, n) - 1) // 2


def _with_values(m: int, n: int) -> int:
    return (m * n - 1) // (m + n + 1)


def _fraction(m: int, n: int) -> float:
    return m * n / (m + n)


def _rounded_up(m: int, n: int) -> int:
    return -(-m * n // (m + n))


def _smaller_side(m: int, n: int) -> int:
    return min(m, n)


def _one_factor(m: int, n: int) -> int:
    return (m * n - 1) // max(m, n)


def _sum(m: int, n: int) -> int:
    return (m + n - 1) // 2


def _draw(rng: Random) -> tuple[int, int]:
    m, n = rng.sample(range(2, 400), k=2)
    return m, n


EXERCISE = Exercise(
    id="18.pays",
    title="When is an adapter smaller?",
    minutes=5,
    difficulty=2,
    reference=largest_rank,
    cases=((4_096, 4_096), (768, 192), (1, 1), (3, 6), (1_024, 8_192), (5, 8), (2, 300)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "lets equality count",
            _equal_is_fine,
            "For 3 × 6 and r = 2 you store 6 + 12 = 18 numbers: fewer than 18?",
        ),
        Misconception("halves n", _half_of_n, "r < n/2 holds for a square: what if m differs from n?"),
        Misconception("halves m", _half_of_m, "Half a side is right for a square: what if m differs from n?"),
        Misconception(
            "halves the smaller side",
            _half,
            "Half a side is right for a square: a long thin matrix allows more.",
        ),
        Misconception(
            "adds singular values",
            _with_values,
            "That was lesson 17's cut with its σ: does an adapter store a σ?",
        ),
        Misconception(
            "returns a fraction", _fraction, "There is no half a direction: which whole number is meant?"
        ),
        Misconception(
            "rounds up",
            _rounded_up,
            "Count the numbers for your r: are they still fewer? Which way is safe to round?",
        ),
        Misconception(
            "takes the smaller side",
            _smaller_side,
            "At full rank you store two matrices: is that fewer numbers?",
        ),
        Misconception("counts one factor", _one_factor, "You count one of A and B: how large is the other?"),
        Misconception(
            "averages the sides", _sum, "Try m = 2, n = 300: A and B of your r have how many numbers?"
        ),
    ),
    hints=(
        "A has r n numbers and B has m r.",
        "r (m + n) < m n: solve for r, which is whole, and equality does not count.",
    ),
)
