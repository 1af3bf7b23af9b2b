"""Exercise 22.sphere: Euclidean distances from dot products and lengths."""

from __future__ import annotations

from random import Random

import numpy as np

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def distances(dots_QP: np.ndarray, lengths_Q: np.ndarray, lengths_P: np.ndarray) -> np.ndarray:
    """[[0., 1.]], [1.], [1., 1.]  ->  [[1.4142136, 0.]]"""
    squares_QP = lengths_Q[:, None] ** 2 + lengths_P[None, :] ** 2 - 2 * dots_QP
    return np.sqrt(np.maximum(squares_QP, 0))


def _squares(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return q[:, None] ** 2 + p[None, :] ** 2 - 2 * dots


def _squared(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.maximum(_squares(dots, q, p), 0)


def _unit_only(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(2 - 2 * dots, 0))


def _one_dot(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(_squares(dots, q, p) + dots, 0))


def _plus(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(_squares(dots, q, p) + 4 * dots, 0))


def _lengths_not_squared(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(q[:, None] + p[None, :] - 2 * dots, 0))


def _cosine_distance(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return 1 - dots / np.maximum(q[:, None] * p[None, :], 1e-12)


def _cosine(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return dots / np.maximum(q[:, None] * p[None, :], 1e-12)


def _angles_only(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(2 - 2 * dots / np.maximum(q[:, None] * p[None, :], 1e-12), 0))


def _negative(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return -distances(dots, q, p)


def _transposed(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return distances(dots, q, p).T


def _unguarded(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.sqrt(_squares(dots, q, p))


def _forgets_questions(dots: np.ndarray, q: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(p[None, :] ** 2 - 2 * dots, 0))


def _draw(rng: Random) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    questions, found, size = rng.sample(range(2, 8), k=3)
    numbers = np.random.default_rng(rng.randrange(10**6))
    q, p = numbers.normal(size=(questions, size)), numbers.normal(size=(found, size))
    return q @ p.T, np.linalg.norm(q, axis=1), np.linalg.norm(p, axis=1)


EXERCISE = Exercise(
    id="22.sphere",
    title="From products to distances",
    minutes=6,
    difficulty=2,
    reference=distances,
    equal=approximately(rtol=1e-5, atol=1e-7),
    cases=(
        (np.array([[0.0, 1.0]]), np.array([1.0]), np.array([1.0, 1.0])),
        (np.array([[2.0, 0.0, -6.0], [0.0, 1.0, 0.0]]), np.array([2.0, 1.0]), np.array([1.0, 1.0, 3.0])),
        (np.array([[1.0 + 1e-9], [0.5]]), np.array([1.0, 0.5]), np.array([1.0])),
        (np.array([[0.0, 0.0]]), np.array([0.0]), np.array([0.0, 5.0])),
    ),
    draw=_draw,
    misconceptions=(
        Misconception("forgets the root", _squared, "Yours are squared distances: what is the last step?"),
        Misconception(
            "takes all lengths to be 1",
            _unit_only,
            "2 − 2 q·d holds on the sphere: where do the given lengths come in?",
        ),
        Misconception(
            "subtracts the product once", _one_dot, "Write out (q − d)·(q − d): how often does q·d occur?"
        ),
        Misconception("adds the product", _plus, "That is |q + d|: vectors that point alike should be near."),
        Misconception(
            "does not square the lengths",
            _lengths_not_squared,
            "q·q is the length times itself: what did you add?",
        ),
        Misconception(
            "returns 1 − cosine",
            _cosine_distance,
            "That is a cosine distance: how far apart are two vectors that point alike, one twice as long?",
        ),
        Misconception("returns the cosine", _cosine, "A cosine grows with nearness: asked is a distance."),
        Misconception(
            "scales the vectors to length 1 first",
            _angles_only,
            "You measure between directions: two vectors may point alike and be far apart.",
        ),
        Misconception(
            "returns negative distances", _negative, "A distance is not negative: which sign has the root?"
        ),
        Misconception(
            "swaps the axes", _transposed, "Rows are questions: which axis of the result is first?"
        ),
        Misconception(
            "lets rounding make a root of less than 0",
            _unguarded,
            "Somewhere yours is NaN: what does rounding do to 1 + 1 − 2 · 1.000000001?",
        ),
        Misconception(
            "leaves the questions' lengths out",
            _forgets_questions,
            "That keeps the order for one question, but is no distance: which square is missing?",
        ),
    ),
    hints=(
        "|q − d|² = q·q + d·d − 2 q·d, and q·q is the square of a length.",
        "lengths_Q[:, None] has one row a question, lengths_P[None, :] one column a passage.",
        "np.maximum(squares, 0) before the root: rounding may leave −1e-9.",
    ),
)
