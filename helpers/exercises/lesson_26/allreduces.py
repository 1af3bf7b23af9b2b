"""Exercise 26.allreduces: the all-reduces of a tensor-parallel training step."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def all_reduces(layers: int, micro_batches: int, recompute: bool) -> int:
    """12, 4, False  ->  192"""
    passes = 3 if recompute else 2
    return 2 * passes * layers * micro_batches


def _forward_only(layers: int, micro_batches: int, recompute: bool) -> int:
    return 2 * (1 + recompute) * layers * micro_batches


def _one_a_layer(layers: int, micro_batches: int, recompute: bool) -> int:
    return (2 + recompute) * layers * micro_batches


def _one_for_each_matrix(layers: int, micro_batches: int, recompute: bool) -> int:
    return 4 * (2 + recompute) * layers * micro_batches


def _six_matrices(layers: int, micro_batches: int, recompute: bool) -> int:
    return 6 * (2 + recompute) * layers * micro_batches


def _careless_plan(layers: int, micro_batches: int, recompute: bool) -> int:
    return (6 + 2 * recompute) * layers * micro_batches


def _no_recomputation(layers: int, micro_batches: int, recompute: bool) -> int:
    return 4 * layers * micro_batches


def _recomputes_everything(layers: int, micro_batches: int, recompute: bool) -> int:
    return 4 * (1 + recompute) * layers * micro_batches


def _one_more(layers: int, micro_batches: int, recompute: bool) -> int:
    return (4 + recompute) * layers * micro_batches


def _once_a_step(layers: int, micro_batches: int, recompute: bool) -> int:
    return 2 * (2 + recompute) * layers


def _no_layers(layers: int, micro_batches: int, recompute: bool) -> int:
    return 2 * (2 + recompute) * micro_batches


def _recomputes_once(layers: int, micro_batches: int, recompute: bool) -> int:
    return 4 * layers * micro_batches + 2 * layers * recompute


def _adds(layers: int, micro_batches: int, recompute: bool) -> int:
    return 2 * (2 + recompute) * (layers + micro_batches)


def _always_recomputes(layers: int, micro_batches: int, recompute: bool) -> int:
    return 6 * layers * micro_batches


def _less_with_recomputation(layers: int, micro_batches: int, recompute: bool) -> int:
    return (4 - 2 * recompute) * layers * micro_batches


def _draw(rng: Random) -> tuple[int, int, bool]:
    return rng.randrange(1, 100), rng.randrange(1, 200), rng.random() < 0.5


EXERCISE = Exercise(
    id="26.allreduces",
    title="All-reduces of a step",
    minutes=5,
    difficulty=2,
    reference=all_reduces,
    cases=((12, 4, False), (12, 4, True), (1, 1, False), (1, 1, True), (7, 30, True), (96, 1, False)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "forgets the way back",
            _forward_only,
            "The counter in §3 printed two dictionaries: which way is missing in your sum?",
        ),
        Misconception(
            "sums once a layer and pass",
            _one_a_layer,
            "A layer has two halves, attention and the MLP: where does each of them leave the cut?",
        ),
        Misconception(
            "sums for each of four matrices",
            _one_for_each_matrix,
            "Between the first and the second matrix of a half nothing is said: why not?",
        ),
        Misconception(
            "sums for each of six matrices",
            _six_matrices,
            "Queries, keys and values are cut by columns: do their outputs have to be summed?",
        ),
        Misconception(
            "counts the careless plan",
            _careless_plan,
            "Six a layer is the library's obvious plan: how many does the careful one need?",
        ),
        Misconception(
            "recomputes without messages",
            _no_recomputation,
            "A forward pass that is done again sends its messages again: where are they in your sum?",
        ),
        Misconception(
            "recomputes both passes",
            _recomputes_everything,
            "Only the forward pass is done once more: how many sums has that one?",
        ),
        Misconception(
            "adds one sum for recomputation",
            _one_more,
            "A forward pass of a layer has two halves: how many sums are added by doing it again?",
        ),
        Misconception(
            "counts one micro-batch",
            _once_a_step,
            "Each micro-batch goes through all layers of the stage: where does their number come in?",
        ),
        Misconception(
            "counts one layer",
            _no_layers,
            "That is one layer: how many does the stage have?",
        ),
        Misconception(
            "recomputes one micro-batch",
            _recomputes_once,
            "Recomputation happens for each micro-batch: yours does it once.",
        ),
        Misconception(
            "adds where it should multiply",
            _adds,
            "Every micro-batch meets every layer: is that a sum or a product?",
        ),
        Misconception(
            "always recomputes",
            _always_recomputes,
            "What is different when `recompute` is False?",
        ),
        Misconception(
            "has fewer with recomputation",
            _less_with_recomputation,
            "Recomputation saves memory: does it save messages too, or cost some?",
        ),
    ),
    hints=(
        "Count one layer and one micro-batch first: forward, then backward. `CommDebugMode` did so in §3.",
        "Two sums on each pass: one for attention, one for the MLP. Recomputation is a third pass.",
        "Passes times 2, times layers, times micro-batches.",
    ),
)
