"""Lesson 17: rank, singular values by rotation, truncation and energy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers import lessons

lesson = lessons.load("17_rank_and_svd")


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def low_rank(m: int, n: int, r: int, seed: int = 0) -> np.ndarray:
    return random(m, r, seed=seed) @ random(r, n, seed=seed + 1)


# ---- rank


def test_the_rank_of_a_table_whose_middle_row_is_a_mean_is_two():
    assert lesson.rank([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == 2
    assert lesson.rank([[0, 0], [0, 0], [0, 0]]) == 0
    assert lesson.rank([[0, 3, 0]]) == 1


@pytest.mark.parametrize("shape", [(7, 5, 3), (5, 7, 4), (12, 12, 1), (40, 30, 30), (6, 9, 0)])
@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_the_rank_is_that_of_numpy_whatever_the_scale(shape, scale):
    m, n, r = shape
    matrix = scale * low_rank(m, n, r)
    assert lesson.rank(matrix) == lesson.rank(matrix.T) == np.linalg.matrix_rank(matrix) == r


def test_a_tolerance_decides_which_pivots_count():
    matrix = np.diag([5.0, 1e-3, 1e-6])
    assert [lesson.rank(matrix, tol) for tol in (0, 1e-6, 1e-4, 1.0, 5.0)] == [3, 2, 2, 1, 0]


def test_rank_leaves_its_argument_alone():
    matrix = random(4, 3)
    before = matrix.copy()
    lesson.rank(matrix)
    assert (matrix == before).all()


@pytest.mark.parametrize("matrix", [[1.0, 2.0], [[1.0, math.nan]], [[math.inf]], np.zeros((2, 2, 2))])
def test_what_is_no_matrix_of_finite_numbers_is_refused(matrix):
    for build in (lesson.rank, lesson.jacobi_svd):
        with pytest.raises(ValueError, match="two axes and finite numbers"):
            build(matrix)


@pytest.mark.parametrize("tol", [-1e-9, math.nan])
def test_a_negative_tolerance_is_refused(tol):
    with pytest.raises(ValueError, match="tol must be at least 0"):
        lesson.rank(np.eye(2), tol)


# ---- solvability


@pytest.mark.parametrize(
    "matrix, b, said",
    [
        ([[1, 1], [1, -1]], [3, 1], "one"),
        ([[1, 1], [2, 2]], [3, 6], "infinitely many"),
        ([[1, 1], [2, 2]], [3, 7], "none"),
        ([[1], [2], [3]], [2, 4, 6], "one"),
        ([[1], [2], [3]], [2, 4, 7], "none"),
        ([[1, 2, 3]], [5], "infinitely many"),
        ([[0, 0]], [1], "none"),
    ],
)
def test_solutions_are_counted_by_rank(matrix, b, said):
    assert lesson.count_solutions(matrix, b) == said


def test_a_right_hand_side_of_another_length_is_refused():
    with pytest.raises(ValueError, match="one number a row, 3"):
        lesson.count_solutions(random(3, 2), [1, 2])


@pytest.mark.parametrize("shape", [(7, 4, 4), (4, 7, 4), (6, 6, 6), (9, 6, 3), (6, 9, 2), (5, 4, 0)])
def test_least_squares_gives_the_shortest_best_solution(shape):
    m, n, r = shape
    matrix, b = low_rank(m, n, r), random(m, seed=5)
    np.testing.assert_allclose(
        lesson.least_squares(matrix, b), np.linalg.lstsq(matrix, b, rcond=1e-12)[0], rtol=1e-8, atol=1e-12
    )


# ---- singular values


def test_a_turn_makes_two_columns_orthogonal():
    a, b = random(6, seed=1), random(6, seed=2)
    c, s = lesson.turn(a @ a, b @ b, a @ b)
    assert math.isclose(c * c + s * s, 1.0)
    assert abs((c * a - s * b) @ (s * a + c * b)) < 1e-14


def test_the_singular_values_of_a_small_matrix_are_those_worked_out_by_hand():
    U, S, Vt = lesson.jacobi_svd([[3, 0], [4, 5]])
    np.testing.assert_allclose(S, [math.sqrt(45), math.sqrt(5)])
    np.testing.assert_allclose(np.abs(Vt), np.full((2, 2), math.sqrt(0.5)))
    np.testing.assert_allclose(np.abs(U[:, 0]), np.array([1, 3]) / math.sqrt(10))


CASES = {
    "tall": random(13, 7),
    "wide": random(7, 13),
    "one row": random(1, 6),
    "one column": random(6, 1),
    "low rank, tall": low_rank(20, 11, 3),
    "low rank, wide": low_rank(11, 20, 3),
    "zero": np.zeros((5, 3)),
    "equal values": np.eye(6)[:, :4],
    "all alike": np.ones((5, 5)),
    "huge": 1e300 * random(6, 5),
    "tiny": 1e-300 * random(6, 5),
    "falling fast": random(12, 12) * 10.0 ** -np.arange(12),
    "trap": np.eye(30) - np.triu(np.ones((30, 30)), 1),
    "a zero column": np.column_stack([random(5, 2), np.zeros(5)]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_decomposition_is_that_of_numpy(name):
    matrix = CASES[name]
    U, S, Vt = lesson.jacobi_svd(matrix)
    theirs = np.linalg.svd(matrix, full_matrices=False)
    size = theirs[1].max()
    assert [part.shape for part in (U, S, Vt)] == [part.shape for part in theirs]
    assert (np.diff(S) <= 0).all()
    np.testing.assert_allclose(S, theirs[1], rtol=1e-10, atol=1e-13 * size)
    np.testing.assert_allclose((U * S) @ Vt, matrix, rtol=1e-10, atol=1e-13 * size)
    np.testing.assert_allclose(U.T @ U, np.eye(len(S)), atol=1e-11)
    np.testing.assert_allclose(Vt @ Vt.T, np.eye(len(S)), atol=1e-11)


def test_singular_vectors_are_those_of_numpy_up_to_their_sign():
    matrix = random(9, 5, seed=3)
    (U, _, Vt), (U_np, _, Vt_np) = lesson.jacobi_svd(matrix), np.linalg.svd(matrix, full_matrices=False)
    np.testing.assert_allclose(np.abs((U * U_np).sum(axis=0)), np.ones(5))
    np.testing.assert_allclose(np.abs((Vt * Vt_np).sum(axis=1)), np.ones(5))


@pytest.mark.parametrize("shape", [(9, 6), (6, 9), (8, 5), (5, 1)])
def test_the_tournament_orthogonalises_like_the_loop(shape):
    matrix = random(*shape)
    lengths = []
    for build in (lesson.orthogonalise_slowly, lesson.orthogonalise):
        AV, V, _ = build(matrix)
        np.testing.assert_allclose(AV, matrix @ V, atol=1e-12)
        np.testing.assert_allclose(V.T @ V, np.eye(shape[1]), atol=1e-12)
        lengths.append(np.sort(np.linalg.norm(AV, axis=0)))
    np.testing.assert_allclose(*lengths, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 10])
def test_in_a_tournament_everyone_meets_everyone_once(n):
    rounds = lesson.rounds(n)
    for one in rounds:
        assert len(set(one.ravel().tolist())) == one.size, "nobody plays twice in a round"
    met = sorted(tuple(sorted(pair)) for one in rounds for pair in one.T.tolist())
    assert met == [(i, j) for i in range(n) for j in range(i + 1, n)]


@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_basis_is_completed_with_orthonormal_columns(start):
    U, _ = np.linalg.qr(random(5, 3))
    whole = lesson.complete(U[:, :start], 5)
    np.testing.assert_allclose(whole.T @ whole, np.eye(5), atol=1e-13)
    assert (whole[:, :start] == U[:, :start]).all()


# ---- truncation and energy


def test_one_direction_of_a_small_matrix_is_the_one_worked_out_by_hand():
    svd = lesson.jacobi_svd([[3, 0], [4, 5]])
    np.testing.assert_allclose(lesson.truncate(*svd, 1), [[1.5, 1.5], [4.5, 4.5]])
    assert (lesson.truncate(*svd, 0) == np.zeros((2, 2))).all()


@pytest.mark.parametrize("k", [0, 1, 3, 5])
def test_the_error_of_a_truncation_is_the_norm_of_the_tail(k):
    matrix = random(8, 5)
    U, S, Vt = np.linalg.svd(matrix, full_matrices=False)
    rest = matrix - lesson.truncate(U, S, Vt, k)
    assert math.isclose(np.linalg.norm(rest), math.sqrt((S[k:] ** 2).sum()), abs_tol=1e-13)
    assert math.isclose(np.linalg.norm(rest, 2), [*S, 0.0][k], abs_tol=1e-13)


@pytest.mark.parametrize("k", [-1, 4])
def test_more_directions_than_there_are_is_refused(k):
    with pytest.raises(ValueError, match=f"0 to 3, got {k}"):
        lesson.truncate(*lesson.jacobi_svd(random(3, 5)), k)


@pytest.mark.parametrize(
    "S, share, k",
    [
        ([3, 2, 1], 9 / 14, 1),
        ([3, 2, 1], 0.9, 2),
        ([3, 2, 1], 0.93, 3),
        ([3, 2, 1], 1.0, 3),
        ([3, 2, 1], 0.0, 0),
        ([2, 2], 0.5, 1),
        ([5, 0, 0], 1.0, 1),
        ([0, 0], 0.95, 0),
        ([1] * 20, 0.95, 19),
    ],
)
def test_the_smallest_rank_for_an_energy_is_right_by_hand(S, share, k):
    assert lesson.smallest_rank_for_energy(np.array(S, dtype=float), share) == k


@pytest.mark.parametrize("share", [-0.1, 1.1, 95])
def test_a_share_beyond_one_is_refused(share):
    with pytest.raises(ValueError, match="share must be 0 to 1"):
        lesson.smallest_rank_for_energy(np.ones(3), share)
