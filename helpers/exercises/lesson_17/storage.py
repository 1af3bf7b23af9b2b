"""Exercise 17.storage: the largest rank at which a truncated SVD is smaller than the matrix."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def largest_paying_rank(m: int, n: int) -> int:
    """427, 640  ->  255"""
    return (m * n - 1) // (m + n + 1)


def _equal_is_fine(m: int, n: int) -> int:
    return m * n // (m + n + 1)


def _no_values(m: int, n: int) -> int:
    return (m * n - 1) // (m + n)


def _not_whole(m: int, n: int) -> float:
    return m * n / (m + n + 1)


def _rounded_up(m: int, n: int) -> int:
    return -(-m * n // (m + n + 1))


def _half(m: int, n: int) -> int:
    return min(m, n) // 2


def _all(m: int, n: int) -> int:
    return min(m, n)


def _all_but_one(m: int, n: int) -> int:
    return min(m, n) - 1


def _square_of_values(m: int, n: int) -> int:
    return max(k for k in range(min(m, n) + 1) if k * (m + n) + k * k < m * n)


def _full_u(m: int, n: int) -> int:
    return max([k for k in range(min(m, n) + 1) if m * m + k + n * n < m * n], default=0)


def _full_v(m: int, n: int) -> int:
    return max([k for k in range(min(m, n) + 1) if k * m + k + n * n < m * n], default=0)


def _one_factor(m: int, n: int) -> int:
    return (m * n - 1) // (m + 1)


def _longer_side(m: int, n: int) -> int:
    return (m * n - 1) // (2 * max(m, n) + 1)


def _draw(rng: Random) -> tuple[int, int]:
    m, n = rng.sample(range(2, 400), k=2)
    return m, n


EXERCISE = Exercise(
    id="17.storage",
    title="When does it pay?",
    minutes=5,
    difficulty=2,
    reference=largest_paying_rank,
    cases=((427, 640), (2, 3), (192, 192), (1, 1), (1000, 10), (5, 8), (3, 200)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "lets equality pay",
            _equal_is_fine,
            "For 2 × 3 and k = 1 you store 2 + 1 + 3 = 6 numbers: is that fewer than 6?",
        ),
        Misconception(
            "forgets the singular values",
            _no_values,
            "One column of U, one row of Vt, and what else belongs to each direction?",
        ),
        Misconception(
            "returns a fraction",
            _not_whole,
            "There is no such thing as a third of a direction: which whole number is meant?",
        ),
        Misconception(
            "takes one too many",
            _rounded_up,
            "Count the numbers for your k: are they still fewer? If you rounded, which way is safe?",
        ),
        Misconception(
            "halves the shorter side",
            _half,
            "Half the shorter side is right for a square at best: what does a long thin matrix cost?",
        ),
        Misconception(
            "takes the shorter side",
            _all,
            "With all directions you store two matrices instead of one: is that fewer numbers?",
        ),
        Misconception(
            "drops one direction only",
            _all_but_one,
            "Leaving out one direction saves one column and one row of how many? Count what is stored.",
        ),
        Misconception(
            "stores the values as a square",
            _square_of_values,
            "Σ has k values on its diagonal: must the zeros beside them be stored?",
        ),
        Misconception(
            "stores the full U and V",
            _full_u,
            "You store all of U and V: which of their columns meet a zero when only k values are kept?",
        ),
        Misconception(
            "cuts U but not V",
            _full_v,
            "You cut U, but keep all rows of Vt: how many of them are used?",
        ),
        Misconception(
            "counts one factor",
            _one_factor,
            "You count U and the values: what about the rows of Vt?",
        ),
        Misconception(
            "takes both sides as the longer one",
            _longer_side,
            "A column has m numbers and a row n: are they equally long?",
        ),
    ),
    hints=(
        "One direction costs a column of m numbers, a row of n numbers, and its value.",
        "k(m + n + 1) < mn: solve for k, and mind that k is whole and equality does not pay.",
    ),
)
