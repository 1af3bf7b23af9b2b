"""Exercise 17.energy: the smallest number of directions with a share of the energy."""

from __future__ import annotations

from itertools import accumulate
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def directions_for(S: list[float], share: float) -> int:
    """[3.0, 2.0, 1.0], 0.9  ->  2, for (9 + 4) / 14 is 0.93"""
    total = sum(value**2 for value in S)
    kept, k = 0.0, 0
    while kept < share * total:
        kept += S[k] ** 2
        k += 1
    return k


def _first(sums: list[float], wanted: float) -> int:
    """Return how many of the sums are below what is wanted, and one more."""
    return sum(one < wanted for one in sums) + 1


def _no_squares(S: list[float], share: float) -> int:
    return _first(list(accumulate(S)), share * sum(S))


def _one_too_few(S: list[float], share: float) -> int:
    return max(0, directions_for(S, share) - 1)


def _one_too_many(S: list[float], share: float) -> int:
    return directions_for(S, share) + 1


def _strictly_more(S: list[float], share: float) -> int:
    squares = [value**2 for value in S]
    return min(len(S), sum(one <= share * sum(squares) for one in accumulate(squares)) + 1)


def _share_of_count(S: list[float], share: float) -> int:
    return -(-round(share * len(S) * 1e9) // 10**9)


def _share_is_error(S: list[float], share: float) -> int:
    return directions_for(S, 1 - (1 - share) ** 2)


def _root_of_energy(S: list[float], share: float) -> int:
    return directions_for(S, share**2)


def _what_is_left(S: list[float], share: float) -> int:
    return directions_for(S, 1 - share)


def _relative_to_largest(S: list[float], share: float) -> int:
    return sum(value >= (1 - share) * max(S, default=0.0) for value in S)


def _single_share(S: list[float], share: float) -> int:
    total = sum(value**2 for value in S)
    return sum(value**2 >= share * total for value in S)


def _from_the_end(S: list[float], share: float) -> int:
    return directions_for(S[::-1], share)


def _draw(rng: Random) -> tuple[list[float], float]:
    """Draw falling values and a share that no sum of theirs meets by a hair."""
    while True:
        size, fall = rng.randrange(8, 30), rng.uniform(0.75, 0.97)
        S = sorted((10 * fall**i * rng.uniform(0.8, 1.25) for i in range(size)), reverse=True)
        share = rng.choice([0.5, 0.8, 0.9, 0.95, 0.99])
        total = sum(value**2 for value in S)
        if min(abs(one / total - share) for one in accumulate(value**2 for value in S)) > 1e-6:
            return S, share


EXERCISE = Exercise(
    id="17.energy",
    title="The smallest k for 95 %",
    minutes=6,
    difficulty=2,
    reference=directions_for,
    cases=(
        ([3.0, 2.0, 1.0], 0.9),
        ([4.0, 3.0, 2.0, 2.0, 1.0, 1.0, 1.0], 0.95),
        ([2.0, 2.0], 0.5),
        ([5.0, 1.0, 1.0, 1.0], 0.75),
        ([1.0] * 20, 0.95),
        ([6.0, 3.0, 2.0, 1.0], 1.0),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "adds the values themselves",
            _no_squares,
            "Energy is the sum of squared entries: what is added up of the singular values?",
        ),
        Misconception(
            "returns one too few",
            _one_too_few,
            "With your k the share is not reached yet: is it an index from 0, or a count?",
        ),
        Misconception(
            "returns one too many", _one_too_many, "Is there a smaller k that holds the share, too?"
        ),
        Misconception(
            "wants more than the share",
            _strictly_more,
            "“At least” allows equality: what should S = [2, 2] and a share of 0.5 give?",
        ),
        Misconception(
            "takes a share of the count",
            _share_of_count,
            "You take 95 % of the directions: do all of them hold the same energy?",
        ),
        Misconception(
            "takes the share for one minus the error",
            _share_is_error,
            "The error is the root of the missing energy; here the energy itself is asked for.",
        ),
        Misconception(
            "takes the root of the energy",
            _root_of_energy,
            "You compare norms, not energies: where does a root come in that is not asked for?",
        ),
        Misconception(
            "holds what should be left out",
            _what_is_left,
            "Your k holds 1 − share: is `share` what is kept or what is dropped?",
        ),
        Misconception(
            "compares with the largest value",
            _relative_to_largest,
            "You compare each value with the largest: what is the share a share of?",
        ),
        Misconception(
            "wants one direction to hold the share",
            _single_share,
            "No single direction has to hold it: what do the first k hold together?",
        ),
        Misconception(
            "starts with the smallest",
            _from_the_end,
            "You add from the small end: which k values hold most?",
        ),
    ),
    hints=(
        "Square the values, add them up from the first on, and divide by the sum of all squares.",
        "Walk: while what you kept is below `share` times the total, take one more.",
    ),
)
