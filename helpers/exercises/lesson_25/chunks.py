"""Exercise 25.chunks: the finished chunks that a rank of the ring holds after some steps."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def whole_chunks(ranks: int, rank: int, steps: int) -> list[int]:
    """4, 2, 4  ->  [1, 2]"""
    finished = max(0, steps - (ranks - 1) + 1)
    return sorted((rank - back) % ranks for back in range(finished))


def _from(ranks: int, rank: int, count: int, way: int) -> list[int]:
    return sorted((rank + way * far) % ranks for far in range(max(0, min(count, ranks))))


def _other_way(ranks: int, rank: int, steps: int) -> list[int]:
    return _from(ranks, rank, steps - ranks + 2, +1)


def _one_too_few(ranks: int, rank: int, steps: int) -> list[int]:
    return _from(ranks, rank, steps - ranks + 1, -1)


def _one_too_many(ranks: int, rank: int, steps: int) -> list[int]:
    return _from(ranks, rank, steps - ranks + 3, -1)


def _starts_next(ranks: int, rank: int, steps: int) -> list[int]:
    return _from(ranks, (rank + 1) % ranks, steps - ranks + 2, -1)


def _touched(ranks: int, rank: int, steps: int) -> list[int]:
    return _from(ranks, rank, steps, -1)


def _always_own(ranks: int, rank: int, steps: int) -> list[int]:
    return _from(ranks, rank, max(1, steps - ranks + 2), -1)


def _all_at_once(ranks: int, rank: int, steps: int) -> list[int]:
    return list(range(ranks)) if steps >= 2 * (ranks - 1) else [rank] if steps >= ranks - 1 else []


def _all_after_half(ranks: int, rank: int, steps: int) -> list[int]:
    return list(range(ranks)) if steps >= ranks - 1 else []


def _unsorted(ranks: int, rank: int, steps: int) -> list[int]:
    return [(rank - back) % ranks for back in range(max(0, steps - ranks + 2))]


def _no_wrap(ranks: int, rank: int, steps: int) -> list[int]:
    return sorted(one for one in (rank - back for back in range(max(0, steps - ranks + 2))) if one >= 0)


def _from_zero(ranks: int, rank: int, steps: int) -> list[int]:
    return list(range(max(0, min(ranks, steps - ranks + 2))))


def _draw(rng: Random) -> tuple[int, int, int]:
    ranks = rng.randrange(3, 10)
    return ranks, rng.randrange(ranks), rng.randrange(0, 2 * ranks - 1)


EXERCISE = Exercise(
    id="25.chunks",
    title="What does a rank hold?",
    minutes=6,
    difficulty=2,
    reference=whole_chunks,
    cases=(
        (4, 2, 4),
        (4, 0, 3),
        (4, 0, 2),
        (4, 1, 5),
        (4, 3, 6),
        (4, 0, 0),
        (1, 0, 0),
        (2, 1, 1),
        (2, 0, 2),
        (7, 1, 9),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "goes round the other way",
            _other_way,
            "What arrives comes from the rank *before*: whose finished chunk is that?",
        ),
        Misconception(
            "counts one too few",
            _one_too_few,
            "When the first half is over, is there no finished chunk on the rank yet?",
        ),
        Misconception(
            "counts one too many",
            _one_too_many,
            "A chunk is finished when N numbers are in it, after N − 1 additions: are yours?",
        ),
        Misconception(
            "begins with the next rank's chunk",
            _starts_next,
            "Put k = N − 2 into the formula: which chunk does rank r receive in the last adding step?",
        ),
        Misconception(
            "counts what was touched",
            _touched,
            "In the first half each arriving chunk is a part of a sum: when is a sum whole?",
        ),
        Misconception(
            "gives a rank its own chunk from the start",
            _always_own,
            "Before the first half is over, whose numbers are still missing in the rank's own chunk?",
        ),
        Misconception(
            "hands out all chunks at the end",
            _all_at_once,
            "Between half-way and the end: does a step of the all-gather bring nothing?",
        ),
        Misconception(
            "has everything after half the steps",
            _all_after_half,
            "After N − 1 steps a rank has added N − 1 times: into how many chunks the last number?",
        ),
        Misconception(
            "forgets to sort",
            _unsorted,
            "The right chunks, in the order in which they came: what does the task want?",
        ),
        Misconception(
            "does not go round",
            _no_wrap,
            "What comes before chunk 0? The ring has no end.",
        ),
        Misconception(
            "takes chunks from 0",
            _from_zero,
            "All ranks would hold the same chunks: who holds the others?",
        ),
    ),
    hints=(
        "After N − 1 steps a rank holds one finished chunk: its own. Each further step brings one more.",
        "It comes from the rank before: chunks r, r − 1, r − 2, … modulo N; there are steps − N + 2 of them.",
    ),
)
