"""Exercise 04.budget: the vocabulary size that a token budget asks for."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def vocabulary_for_budget(n_bytes: int, saved: list[int], budget: int) -> int | None:
    """100, [30, 20, 10], 55  ->  258"""
    tokens = n_bytes
    if tokens <= budget:
        return 256
    for merges, fewer in enumerate(saved, start=1):
        tokens -= fewer
        if tokens <= budget:
            return 256 + merges
    return None


def _forgets_the_bytes(n_bytes: int, saved: list[int], budget: int) -> int | None:
    size = vocabulary_for_budget(n_bytes, saved, budget)
    return None if size is None else size - 256


def _strictly_below(n_bytes: int, saved: list[int], budget: int) -> int | None:
    return vocabulary_for_budget(n_bytes, saved, budget - 1)


def _one_too_many(n_bytes: int, saved: list[int], budget: int) -> int | None:
    size = vocabulary_for_budget(n_bytes, saved, budget)
    return None if size is None else size + 1


def _never_gives_up(n_bytes: int, saved: list[int], budget: int) -> int:
    return vocabulary_for_budget(n_bytes, saved, budget) or 256 + len(saved)


def _always_a_merge(n_bytes: int, saved: list[int], budget: int) -> int | None:
    size = vocabulary_for_budget(n_bytes, saved, budget)
    return 257 if size == 256 else size


def _one_too_few(n_bytes: int, saved: list[int], budget: int) -> int | None:
    size = vocabulary_for_budget(n_bytes, saved, budget)
    return size - 1 if size is not None and size > 256 else size


def _not_added_up(n_bytes: int, saved: list[int], budget: int) -> int | None:
    if n_bytes <= budget:
        return 256
    return next((256 + k for k, fewer in enumerate(saved, start=1) if n_bytes - fewer <= budget), None)


def _minus_one(n_bytes: int, saved: list[int], budget: int) -> int:
    size = vocabulary_for_budget(n_bytes, saved, budget)
    return -1 if size is None else size


def _draw_budget(rng: Random) -> tuple[int, list[int], int]:
    saved = sorted((rng.randrange(1, 40) for _ in range(rng.randrange(1, 12))), reverse=True)
    n_bytes = sum(saved) + rng.randrange(1, 50)
    return n_bytes, saved, rng.randrange(max(1, n_bytes - sum(saved) - 5), n_bytes + 5)


EXERCISE = Exercise(
    id="04.budget",
    title="How large must the vocabulary be?",
    minutes=5,
    difficulty=2,
    reference=vocabulary_for_budget,
    cases=(
        (100, [30, 20, 10], 55),
        (100, [30, 20, 10], 50),
        (100, [30, 20, 10], 100),
        (100, [30, 20, 10], 40),
        (100, [30, 20, 10], 39),
        (10, [], 12),
        (10, [], 5),
    ),
    draw=_draw_budget,
    misconceptions=(
        Misconception(
            "forgets the 256 bytes",
            _forgets_the_bytes,
            "You return the number of merges; which ids does a vocabulary hold before the first merge?",
        ),
        Misconception(
            "asks for less than the budget",
            _strictly_below,
            "A text of exactly `budget` tokens still fits: is your comparison strict?",
        ),
        Misconception(
            "takes one merge too many",
            _one_too_many,
            "Your vocabulary is one larger than needed: do you test the budget before or after you "
            "count a merge?",
        ),
        Misconception(
            "takes one merge too few",
            _one_too_few,
            "With your vocabulary the text is still too long by one merge: what does 256 + k count?",
        ),
        Misconception(
            "does not add the savings up",
            _not_added_up,
            "The second merge shortens what the first has left: do your savings add up?",
        ),
        Misconception(
            "answers -1 for never",
            _minus_one,
            "A size of -1 could be taken for a number: what does the exercise ask for when nothing fits?",
        ),
        Misconception(
            "never answers None",
            _never_gives_up,
            "When even all merges do not save enough, no vocabulary will do: what should come back then?",
        ),
        Misconception(
            "always makes a merge",
            _always_a_merge,
            "If the bytes alone already fit, how many merges are needed?",
        ),
    ),
    hints=(
        "Follow the number of tokens merge by merge, beginning at `n_bytes`.",
        "Return 256 + the number of merges as soon as the tokens are at most `budget`; look before the "
        "first merge too.",
    ),
)
