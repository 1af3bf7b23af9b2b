"""Exercise 18.count: the numbers in adapters on the query and value projections of a Llama."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def adapter_numbers(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    """32, 4096, 32, 32, 1  ->  524288"""
    values = width // heads * groups
    return layers * r * ((width + width) + (values + width))


def _no_groups(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * 4 * width


def _table(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return round(2 * r * (12 * layers * width**2) ** 0.5)


def _one_matrix(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * 2 * width


def _one_layer(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return adapter_numbers(1, width, heads, groups, r)


def _no_rank(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return adapter_numbers(layers, width, heads, groups, 1)


def _matrices(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * (width * width + width * (width // heads * groups))


def _only_b(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * (width + width // heads * groups)


def _both_narrow(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * 2 * (width + width // heads * groups)


def _groups_divide(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * (3 * width + width // groups)


def _one_head(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * (3 * width + width // heads)


def _square_rank(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return adapter_numbers(layers, width, heads, groups, r * r)


def _with_k(layers: int, width: int, heads: int, groups: int, r: int) -> int:
    return layers * r * (2 * width + 2 * (width + width // heads * groups))


def _draw(rng: Random) -> tuple[int, int, int, int, int]:
    groups = rng.choice((1, 2, 4, 8))
    heads = groups * rng.choice((2, 3, 4))
    return rng.randrange(2, 90), heads * rng.choice((16, 64, 128)), heads, groups, rng.randrange(2, 65)


EXERCISE = Exercise(
    id="18.count",
    title="Adapters on q and v",
    minutes=6,
    difficulty=2,
    reference=adapter_numbers,
    cases=(
        (32, 4_096, 32, 32, 1),
        (32, 4_096, 32, 32, 8),
        (80, 8_192, 64, 8, 1),
        (40, 5_120, 40, 40, 16),
        (3, 48, 6, 2, 5),
        (1, 12, 4, 1, 2),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "forgets the groups",
            _no_groups,
            "With fewer key-value heads than query heads, how wide is v's output?",
        ),
        Misconception(
            "counts one square matrix",
            _table,
            "That is the table in the notes: is the model one square matrix?",
        ),
        Misconception(
            "counts one matrix or one factor",
            _one_matrix,
            "Each adapter has an A *and* a B, and there are two adapters in a layer: did you count all four?",
        ),
        Misconception("counts one layer", _one_layer, "That is one layer: how many are there?"),
        Misconception("forgets the rank", _no_rank, "That is right for r = 1: what does the rank multiply?"),
        Misconception(
            "counts the matrices themselves",
            _matrices,
            "Those are the frozen numbers: how large are A and B?",
        ),
        Misconception("counts B only", _only_b, "That is B for q and v: what about A, r × N, for each?"),
        Misconception(
            "narrows q too",
            _both_narrow,
            "Only v has as few heads as there are groups: how wide is q's output?",
        ),
        Misconception(
            "divides by the groups",
            _groups_divide,
            "One head has width / heads numbers: how many heads does v have?",
        ),
        Misconception(
            "takes one head", _one_head, "That is a v with one head: how many key-value heads are there?"
        ),
        Misconception(
            "squares the rank", _square_rank, "Each of A and B has one side of length r: is it r squared?"
        ),
        Misconception("adds k", _with_k, "q and v only: did you count k as well?"),
    ),
    hints=(
        "r (M + N) for each matrix. Both take `width` numbers; q gives `width`, v one head for each group.",
        "A head has width // heads numbers, so v gives width // heads * groups.",
    ),
)
