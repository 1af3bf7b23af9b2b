"""Exercise 25.mean: the gradient of the whole batch from shards of unequal size."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def average(gradients: list[list[float]], counts: list[int]) -> list[float]:
    """[[1.0, 2.0], [4.0, 8.0]], [2, 1]  ->  [2.0, 4.0]"""
    total = sum(counts)
    columns = zip(*gradients, strict=True)
    return [sum(c * g for c, g in zip(counts, column, strict=True)) / total for column in columns]


def _weighted(gradients: list[list[float]], weights: list[float]) -> list[float]:
    return [sum(w * g for w, g in zip(weights, row, strict=True)) for row in zip(*gradients, strict=True)]


def _plain_mean(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [1 / len(counts)] * len(counts))


def _mean_of_busy(gradients: list[list[float]], counts: list[int]) -> list[float]:
    busy = sum(count > 0 for count in counts)
    return _weighted(gradients, [(count > 0) / busy for count in counts])


def _sum(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [1.0] * len(counts))


def _never_divided(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [float(count) for count in counts])


def _by_ranks(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [count / len(counts) for count in counts])


def _already_sums(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [1 / sum(counts)] * len(counts))


def _divided_by_own(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [1 / count / len(counts) if count else 0.0 for count in counts])


def _by_largest(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return _weighted(gradients, [count / max(counts) / len(counts) for count in counts])


def _rows(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return [count * sum(row) / sum(counts) for row, count in zip(gradients, counts, strict=True)]


def _largest_only(gradients: list[list[float]], counts: list[int]) -> list[float]:
    return list(gradients[counts.index(max(counts))])


def _draw(rng: Random) -> tuple[list[list[float]], list[int]]:
    ranks, size = rng.sample(range(2, 7), k=2)
    counts = [rng.randrange(0, 9) for _ in range(ranks - 1)] + [rng.randrange(9, 14)]
    rng.shuffle(counts)
    gradients = [[rng.uniform(-4, 4) if count else 0.0 for _ in range(size)] for count in counts]
    return gradients, counts


EXERCISE = Exercise(
    id="25.mean",
    title="Average what is unequal",
    minutes=6,
    difficulty=2,
    reference=average,
    cases=(
        ([[1.0, 2.0], [4.0, 8.0]], [2, 1]),
        ([[1.0], [2.0], [6.0]], [4, 4, 4]),
        ([[3.0, 1.0, 2.0], [0.0, 0.0, 0.0], [5.0, -1.0, 0.0]], [3, 0, 1]),
        ([[7.0, -2.0]], [5]),
        ([[1.0], [2.0], [3.0], [9.0]], [3, 3, 3, 1]),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "takes the plain mean",
            _plain_mean,
            "Every rank counts alike in yours: how often does a text on a rank with few texts count then?",
        ),
        Misconception(
            "leaves out the empty ranks only",
            _mean_of_busy,
            "Ranks without texts are out, good: do the others all speak for the same number of texts?",
        ),
        Misconception(
            "adds up", _sum, "You add the gradients: is the loss of the whole batch a sum over the ranks?"
        ),
        Misconception(
            "does not divide",
            _never_divided,
            "You have the sum over all texts now: what makes a mean of it?",
        ),
        Misconception(
            "divides by the ranks",
            _by_ranks,
            "You divide by the number of ranks: over how many texts does the mean go?",
        ),
        Misconception(
            "takes means for sums",
            _already_sums,
            "What the ranks report is the gradient of a *mean*: how do you get the sum over its texts back?",
        ),
        Misconception(
            "divides by each rank's count",
            _divided_by_own,
            "The ranks have divided by their counts already: which way does the count go to undo that?",
        ),
        Misconception(
            "weighs by the largest",
            _by_largest,
            "Do your weights add up to 1? Try three equal gradients with counts 3, 3 and 1.",
        ),
        Misconception(
            "adds up each rank",
            _rows,
            "You return one number a rank: a gradient has one number a parameter. Which way do you add?",
        ),
        Misconception(
            "takes the largest shard",
            _largest_only,
            "That is what one rank saw: where do the texts of the others go?",
        ),
    ),
    hints=(
        "A mean times its count is a sum. Add the sums of all ranks, then divide once.",
        "For each parameter: sum(count · gradient) / sum(count).",
    ),
)
