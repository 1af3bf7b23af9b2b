"""Exercise 25.bytes: what a rank sends in one step at a ZeRO stage."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def bytes_sent(parameters: int, width: int, ranks: int, stage: int) -> int:
    """600, 2, 4, 0  ->  1800"""
    halves = 3 if stage == 3 else 2
    return halves * (ranks - 1) * (parameters // ranks) * width


def _halves(parameters: int, width: int, ranks: int, halves: int) -> int:
    return halves * (ranks - 1) * (parameters // ranks) * width


def _always_two(parameters: int, width: int, ranks: int, stage: int) -> int:
    return _halves(parameters, width, ranks, 2)


def _one_half(parameters: int, width: int, ranks: int, stage: int) -> int:
    return _halves(parameters, width, ranks, 1)


def _one_less(parameters: int, width: int, ranks: int, stage: int) -> int:
    return _halves(parameters, width, ranks, 2 if stage == 3 else 1)


def _by_stage(parameters: int, width: int, ranks: int, stage: int) -> int:
    return _halves(parameters, width, ranks, 2 + stage)


def _three_from_one(parameters: int, width: int, ranks: int, stage: int) -> int:
    return _halves(parameters, width, ranks, 3 if stage else 2)


def _four(parameters: int, width: int, ranks: int, stage: int) -> int:
    return _halves(parameters, width, ranks, 4 if stage == 3 else 2)


def _full_buffers(parameters: int, width: int, ranks: int, stage: int) -> int:
    return (3 if stage == 3 else 2) * parameters * width


def _to_everyone(parameters: int, width: int, ranks: int, stage: int) -> int:
    return (3 if stage == 3 else 2) * (ranks - 1) * parameters * width


def _numbers(parameters: int, width: int, ranks: int, stage: int) -> int:
    return bytes_sent(parameters, 1, ranks, stage)


def _both_ways(parameters: int, width: int, ranks: int, stage: int) -> int:
    return 2 * bytes_sent(parameters, width, ranks, stage)


def _draw(rng: Random) -> tuple[int, int, int, int]:
    ranks = rng.randrange(3, 12)
    return ranks * rng.randrange(5, 400), rng.choice([2, 4, 8]), ranks, rng.randrange(4)


EXERCISE = Exercise(
    id="25.bytes",
    title="Bytes on the wire",
    minutes=6,
    difficulty=2,
    reference=bytes_sent,
    cases=((600, 2, 4, 0), (600, 2, 4, 3), (900, 4, 3, 1), (700, 2, 1, 3), (1_000, 8, 5, 2), (64, 2, 64, 3)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "gives all stages the same",
            _always_two,
            "At stage 3 a rank lacks most weights: how often must it fetch them in a step?",
        ),
        Misconception(
            "counts half of the all-reduce",
            _one_half,
            "You count one trip round the ring: what follows the reduce-scatter?",
        ),
        Misconception(
            "leaves one trip out",
            _one_less,
            "Name the collectives of the stage, row by row of the table: how many are there?",
        ),
        Misconception(
            "adds a trip with each stage",
            _by_stage,
            "Stages 1 and 2 move the all-gather from the gradients to the weights: do they add one?",
        ),
        Misconception(
            "gathers twice from stage 1 on",
            _three_from_one,
            "At stages 1 and 2 every rank has all weights during both passes: who needs a second gather?",
        ),
        Misconception(
            "adds an all-reduce at stage 3",
            _four,
            "Does a rank need the whole gradient when it only steps its own weights?",
        ),
        Misconception(
            "forgets (N − 1)/N",
            _full_buffers,
            "A chunk that starts on one rank has met all N after how many steps?",
        ),
        Misconception(
            "sends everything to everyone",
            _to_everyone,
            "How large is what *one* rank sends in one step of the ring, and how many steps are there?",
        ),
        Misconception("counts numbers", _numbers, "How many bytes does a number take? `width` says it."),
        Misconception(
            "counts sent and received",
            _both_ways,
            "What one sends another receives: what is asked for?",
        ),
    ),
    hints=(
        "A reduce-scatter or an all-gather takes N − 1 steps, and each sends an Nth of the buffer.",
        "Two such trips at stages 0 to 2, three at stage 3, of (N − 1) · parameters / N · width bytes.",
    ),
)
