"""Exercise 18.stall: the share of a change that a low-rank adapter cannot learn."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def unlearned(S: list[float], r: int) -> float:
    """[3.0, 1.0], 1  ->  0.1"""
    energies = sorted((s * s for s in S), reverse=True)
    return sum(energies[r:]) / sum(energies)


def _not_squared(S: list[float], r: int) -> float:
    return sum(sorted(S, reverse=True)[r:]) / sum(S)


def _learned(S: list[float], r: int) -> float:
    return 1 - unlearned(S, r)


def _root(S: list[float], r: int) -> float:
    return unlearned(S, r) ** 0.5


def _not_a_share(S: list[float], r: int) -> float:
    return sum(s * s for s in sorted(S, reverse=True)[r:])


def _next_only(S: list[float], r: int) -> float:
    rest = sorted(S, reverse=True)[r : r + 1]
    return sum(s * s for s in rest) / sum(s * s for s in S)


def _one_less(S: list[float], r: int) -> float:
    return unlearned(S, r - 1)


def _one_more(S: list[float], r: int) -> float:
    return unlearned(S, r + 1)


def _counts(S: list[float], r: int) -> float:
    return max(0, len(S) - r) / len(S)


def _in_given_order(S: list[float], r: int) -> float:
    return sum(s * s for s in S[r:]) / sum(s * s for s in S)


def _smallest_kept(S: list[float], r: int) -> float:
    energies = sorted(s * s for s in S)
    return sum(energies[r:]) / sum(energies)


def _all_or_nothing(S: list[float], r: int) -> float:
    return 0.0 if r >= sum(s > 0 for s in S) else 1.0


def _draw(rng: Random) -> tuple[list[float], int]:
    S = [round(rng.uniform(0.1, 9.0), 2) for _ in range(rng.randrange(2, 9))]
    return S, rng.randrange(1, len(S) + 2)


EXERCISE = Exercise(
    id="18.stall",
    title="Where it stalls",
    minutes=6,
    difficulty=2,
    reference=unlearned,
    cases=(
        ([3.0, 1.0], 1),
        ([2.0, 2.0, 2.0, 2.0], 1),
        ([5.0, 3.0, 1.0], 2),
        ([4.0, 2.0, 1.0], 3),
        ([1.0, 3.0, 2.0, 6.0], 1),
        ([7.0, 1.0], 8),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "adds without squaring",
            _not_squared,
            "The loss adds *squared* errors: what is the energy of a σ?",
        ),
        Misconception(
            "returns what is learned", _learned, "That is the share that the adapter can learn: what is left?"
        ),
        Misconception(
            "takes the root",
            _root,
            "That is the relative error, as in lesson 17: which share of the energy is it?",
        ),
        Misconception(
            "forgets to divide", _not_a_share, "That is the energy itself: what share of the whole is it?"
        ),
        Misconception(
            "leaves out one direction",
            _next_only,
            "An adapter of rank r leaves *all* directions after r, not one.",
        ),
        Misconception(
            "keeps one too few", _one_less, "How many directions does an adapter of rank r keep: r, or r - 1?"
        ),
        Misconception(
            "keeps one too many",
            _one_more,
            "How many directions does an adapter of rank r keep: r, or r + 1?",
        ),
        Misconception(
            "counts directions", _counts, "Are all directions equally strong? Weigh each by its energy."
        ),
        Misconception(
            "trusts the order", _in_given_order, "Is the strongest direction always the first in the list?"
        ),
        Misconception(
            "keeps the weakest",
            _smallest_kept,
            "You keep the weakest directions: which ones would training keep?",
        ),
        Misconception(
            "all or nothing",
            _all_or_nothing,
            "With too small an r, is nothing learned at all? Look at the curves.",
        ),
    ),
    hints=(
        "The best matrix of rank r is the truncated SVD of lesson 17: it keeps the r strongest directions.",
        "The sum of the squares after the r largest, divided by the sum of all squares.",
    ),
)
