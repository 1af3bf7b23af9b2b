"""Exercise 22.rrf: fuse two rankings by their reciprocal ranks."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def fuse(first: list[str], second: list[str], k: int) -> dict[str, float]:
    """["a", "b"], ["b"], 60  ->  {"a": 1/61, "b": 1/62 + 1/61}"""
    scores = {}
    for ranking in (first, second):
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0) + 1 / (k + rank)
    return scores


def _from_zero(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return fuse(first, second, k - 1)


def _no_k(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return fuse(first, second, 0)


def _ranks_added(first: list[str], second: list[str], k: int) -> dict[str, float]:
    scores = {}
    for ranking in (first, second):
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0) + k + rank
    return scores


def _brackets(first: list[str], second: list[str], k: int) -> dict[str, float]:
    scores = {}
    for ranking in (first, second):
        for rank, name in enumerate(ranking, start=1):
            scores[name] = scores.get(name, 0) + 1 / k + rank
    return scores


def _mean(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return {name: score / 2 for name, score in fuse(first, second, k).items()}


def _best_only(first: list[str], second: list[str], k: int) -> dict[str, float]:
    one, other = fuse(first, [], k), fuse([], second, k)
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in one | other}


def _last_only(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return fuse(first, [], k) | fuse([], second, k)


def _both_only(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return {name: score for name, score in fuse(first, second, k).items() if name in first and name in second}


def _missing_is_last(first: list[str], second: list[str], k: int) -> dict[str, float]:
    scores = fuse(first, second, k)
    for ranking in (first, second):
        for name in scores:
            if name not in ranking:
                scores[name] += 1 / (k + len(ranking) + 1)
    return scores


def _first_only(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return fuse(first, [], k)


def _joined(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return {name: 1 / (k + rank) for rank, name in enumerate(dict.fromkeys(first + second), start=1)}


def _reversed(first: list[str], second: list[str], k: int) -> dict[str, float]:
    return fuse(first[::-1], second[::-1], k)


def _order_alone(first: list[str], second: list[str], k: int) -> list[str]:
    scores = fuse(first, second, k)
    return sorted(scores, key=lambda name: -scores[name])


def _draw(rng: Random) -> tuple[list[str], list[str], int]:
    names = [f"HB-{number:03}" for number in rng.sample(range(1, 130), k=9)]
    first, second = (rng.sample(names, k=size) for size in rng.sample(range(2, 8), k=2))
    return first, second, rng.choice((1, 10, 60))


EXERCISE = Exercise(
    id="22.rrf",
    title="Fuse two lists",
    minutes=6,
    difficulty=2,
    reference=fuse,
    cases=(
        (["a", "b"], ["b"], 60),
        (["a", "b", "c"], ["c", "d"], 60),
        ([], ["b", "a"], 10),
        (["x", "y", "z"], ["z", "y", "x"], 1),
        (["p", "q", "r", "s"], ["t"], 5),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "counts ranks from 0", _from_zero, "The first of a list has rank 1: where does yours begin?"
        ),
        Misconception("leaves out k", _no_k, "At k = 60 the first is worth 1/61: where is your k?"),
        Misconception(
            "adds ranks and not their reciprocals",
            _ranks_added,
            "A better place must be worth more: what is done with k + rank?",
        ),
        Misconception(
            "loses the brackets",
            _brackets,
            "1 / k + rank divides first: which brackets does the sum need?",
        ),
        Misconception(
            "takes the mean", _mean, "Your scores are half as large: are the two worths added or averaged?"
        ),
        Misconception(
            "keeps the better of two",
            _best_only,
            "A name in both lists must gain from both: what does `b` get in the example?",
        ),
        Misconception(
            "overwrites the first list",
            _last_only,
            "When the second list names something again, what happens to what it had already?",
        ),
        Misconception(
            "keeps what both lists hold",
            _both_only,
            "A name in one list only is not lost: what does it get from the other?",
        ),
        Misconception(
            "puts what is missing at the end of a list",
            _missing_is_last,
            "A list gives nothing to a name that it does not hold: what did yours give?",
        ),
        Misconception("uses the first list only", _first_only, "Your answer never looks at `second`."),
        Misconception(
            "joins the lists before ranking",
            _joined,
            "Each list has ranks of its own, from 1: where does the second one of yours begin?",
        ),
        Misconception(
            "reads the lists backwards", _reversed, "The best stands first: which end do you begin with?"
        ),
        Misconception(
            "returns the order alone", _order_alone, "The order is right; asked are the scores, name → score."
        ),
    ),
    hints=(
        "Go through both lists with enumerate(ranking, start=1).",
        "scores.get(name, 0) + 1 / (k + rank) adds to what the name has already.",
    ),
)
