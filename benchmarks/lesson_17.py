"""Lesson 17: rank and singular values, by a plain loop, by ours, and by numpy."""

from __future__ import annotations

import numpy as np

from helpers import lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "17_rank_and_svd"


def singular_values() -> Row:
    """Singular values of 96 × 64 random numbers."""
    build, matrix = lessons.load(LESSON), np.random.default_rng(17).normal(size=(96, 64))
    return Row(
        "singular values, 96 × 64",
        {
            "own": lambda: build.jacobi_svd(matrix)[1],
            "naive": lambda: _lengths(build.orthogonalise_slowly(matrix)[0]),
            "library": lambda: np.linalg.svd(matrix, full_matrices=False)[1],
        },
        agree=_all_close,
        goals=(
            Goal("own is at least 3 times as fast as naive", lambda best: best["naive"] >= 3 * best["own"]),
        ),
    )


def ranks() -> Row:
    """Rank of a 200 × 150 matrix of rank 60: elimination against singular values."""
    rng = np.random.default_rng(17)
    matrix = rng.normal(size=(200, 60)) @ rng.normal(size=(60, 150))
    build = lessons.load(LESSON)
    return Row(
        "rank of a 200 × 150 matrix of rank 60",
        {
            "own": lambda: build.rank(matrix),
            "library": lambda: int(np.linalg.matrix_rank(matrix)),
        },
        agree=lambda results: set(results.values()) == {60},
    )


def equations() -> Row:
    """Least squares with 60 unknowns and 90 equations."""
    rng = np.random.default_rng(17)
    matrix, b = rng.normal(size=(90, 60)), rng.normal(size=90)
    build = lessons.load(LESSON)
    return Row(
        "least squares, 90 equations with 60 unknowns",
        {
            "own": lambda: build.least_squares(matrix, b),
            "library": lambda: np.linalg.lstsq(matrix, b)[0],
        },
        agree=_all_close,
    )


def _lengths(columns: np.ndarray) -> np.ndarray:
    return np.sort(np.linalg.norm(columns, axis=0))[::-1]


def _all_close(results: dict[str, np.ndarray]) -> bool:
    return all(np.allclose(result, results["library"]) for result in results.values())


ROWS = (singular_values, ranks, equations)
