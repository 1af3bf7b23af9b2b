"""Exercise 17.factors: two thin matrices out of a singular value decomposition."""

from __future__ import annotations

from random import Random

import numpy as np

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Pair = tuple[np.ndarray, np.ndarray]


def factors(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return A [M, K], which carries the singular values, and B [K, N]."""
    return U[:, :k] * S[:k], Vt[:k]


def _no_values(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k], Vt[:k]


def _values_in_both(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k] * S[:k], S[:k, None] * Vt[:k]


def _roots_in_both(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    root = np.sqrt(S[:k])
    return U[:, :k] * root, root[:, None] * Vt[:k]


def _values_in_b(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k], S[:k, None] * Vt[:k]


def _last(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, len(S) - k :] * S[len(S) - k :], Vt[len(S) - k :]


def _columns_of_vt(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k] * S[:k], Vt[:, :k]


def _rows_of_u(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:k] * S, Vt[:k]


def _b_transposed(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k] * S[:k], Vt[:k].T


def _v_untransposed(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k] * S[:k], Vt[:, :k].T


def _keeps_all(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U * S, Vt


def _zeros_the_rest(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U * np.where(np.arange(len(S)) < k, S, 0.0), Vt


def _multiplied_out(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> np.ndarray:
    return (U[:, :k] * S[:k]) @ Vt[:k]


def _swapped(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return Vt[:k], U[:, :k] * S[:k]


def _squares(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> Pair:
    return U[:, :k] * S[:k] ** 2, Vt[:k]


def _three(U: np.ndarray, S: np.ndarray, Vt: np.ndarray, k: int) -> tuple[np.ndarray, ...]:
    return U[:, :k], S[:k], Vt[:k]


def _svd(m: int, n: int, seed: int) -> Pair:
    matrix = np.random.default_rng(seed).normal(size=(m, n))
    return np.linalg.svd(matrix, full_matrices=False)


def _draw(rng: Random) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    m, n = rng.sample(range(3, 9), k=2)
    return *_svd(m, n, rng.randrange(2**31)), rng.randrange(1, min(m, n))


EXERCISE = Exercise(
    id="17.factors",
    title="Two thin matrices",
    minutes=5,
    difficulty=1,
    reference=factors,
    cases=(
        (*_svd(4, 3, 0), 2),
        (*_svd(3, 5, 1), 1),
        (*_svd(6, 2, 2), 2),
        (*_svd(5, 7, 3), 4),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "forgets the singular values",
            _no_values,
            "Your product only turns: where is the stretching, `S[:k]`?",
        ),
        Misconception(
            "stretches twice",
            _values_in_both,
            "Both factors carry the values, so AB stretches by their squares: which of the two should?",
        ),
        Misconception(
            "shares the values by roots",
            _roots_in_both,
            "Your product is right, but here A carries all of `S`: how long should the rows of B be?",
        ),
        Misconception(
            "lets B carry the values",
            _values_in_b,
            "Your product is right, but the rows of B should have length 1: which factor carries `S`?",
        ),
        Misconception(
            "keeps the last directions",
            _last,
            "You keep the k smallest singular values: where do the largest stand?",
        ),
        Misconception(
            "takes columns of Vt",
            _columns_of_vt,
            "The directions v are the *rows* of Vt: which axis do you cut? (Some notes write V^T[:, :k].)",
        ),
        Misconception(
            "takes rows of U",
            _rows_of_u,
            "The directions u are the columns of U: which axis do you cut?",
        ),
        Misconception(
            "transposes B",
            _b_transposed,
            "Vt holds the transpose already: what shape must B have for A @ B?",
        ),
        Misconception(
            "takes Vt for V",
            _v_untransposed,
            "Your B is made of columns of Vt, laid down: are the directions v not its rows already?",
        ),
        Misconception(
            "keeps all directions", _keeps_all, "Your A and B hold all directions: where is k used?"
        ),
        Misconception(
            "puts zeros instead of cutting",
            _zeros_the_rest,
            "The product is right, but nothing became smaller: how many columns does A need?",
        ),
        Misconception(
            "multiplies out",
            _multiplied_out,
            "That is the product, as large as before: which two thin matrices would you store?",
        ),
        Misconception("swaps A and B", _swapped, "A comes first and has M rows: which of your two has?"),
        Misconception(
            "squares the values",
            _squares,
            "The squares are the energy: by what does the matrix stretch?",
        ),
        Misconception(
            "returns three parts",
            _three,
            "Two matrices are asked for: into which of them do the values go?",
        ),
    ),
    hints=(
        "The first k directions: columns of U, values of S, rows of Vt.",
        "`U[:, :k] * S[:k]` multiplies each column by its value: numpy lines S up with the last axis.",
    ),
)
