"""Exercise 23.overlap: the smallest overlap that cuts no run of words, and what it costs."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def enough_overlap(length: int, size: int) -> tuple[int, float]:
    """12, 80  ->  (11, 1.1594203)"""
    overlap = length - 1
    return overlap, size / (size - overlap)


def _with(overlap: int, size: int) -> tuple[int, float]:
    return overlap, size / max(1, size - overlap)


def _grows_by_a_share(length: int, size: int) -> tuple[int, float]:
    return length - 1, 1 + (length - 1) / size


def _share_of_overlap(length: int, size: int) -> tuple[int, float]:
    return length - 1, (length - 1) / size


def _shrinks(length: int, size: int) -> tuple[int, float]:
    return length - 1, (size - length + 1) / size


def _added_twice(length: int, size: int) -> tuple[int, float]:
    return length - 1, (size + length - 1) / (size - length + 1)


def _without_overlap_in_size(length: int, size: int) -> tuple[int, float]:
    return length - 1, (size + length - 1) / size + (length - 1) / size


def _step(length: int, size: int) -> tuple[int, float]:
    return size - length + 1, size / (size - length + 1)


def _only_added(length: int, size: int) -> tuple[int, float]:
    return length - 1, size / (size - length + 1) - 1


def _growth_of_length(length: int, size: int) -> tuple[int, float]:
    return length - 1, size / max(1, size - length)


def _percent(length: int, size: int) -> tuple[int, float]:
    return length - 1, 100 * size / (size - length + 1)


def _draw(rng: Random) -> tuple[int, int]:
    size = rng.randint(12, 300)
    return rng.randint(5, size - 3), size


EXERCISE = Exercise(
    id="23.overlap",
    title="Enough overlap",
    minutes=8,
    difficulty=2,
    reference=enough_overlap,
    cases=((12, 80), (1, 40), (25, 80), (40, 40), (6, 10)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "takes the whole length",
            lambda length, size: _with(length, size),
            "Yours is safe, but is it the smallest? A run of one word needs no overlap at all.",
        ),
        Misconception(
            "takes half of the length",
            lambda length, size: _with(length // 2, size),
            "Let the run begin just after the half: does the next chunk begin before it?",
        ),
        Misconception(
            "takes two less than the length",
            lambda length, size: _with(max(0, length - 2), size),
            "Try a run of 2 words across a border with no overlap: is it whole in any chunk?",
        ),
        Misconception(
            "takes half of a chunk",
            lambda length, size: _with(size // 2, size),
            "Yours does not depend on the length of the run: is half a chunk enough for `size` words?",
        ),
        Misconception(
            "takes all but one word of a chunk",
            lambda length, size: _with(size - 1, size),
            "That cuts nothing, and stores each word as often as a chunk has words: how much less is enough?",
        ),
        Misconception(
            "takes no overlap",
            lambda length, size: (0, 1.0),
            "Without overlap every border cuts runs of two words and more: draw one.",
        ),
        Misconception(
            "grows by overlap / size",
            _grows_by_a_share,
            "The overlap is right. With half a chunk of it each word is stored twice: what is your factor?",
        ),
        Misconception(
            "gives the share of the overlap",
            _share_of_overlap,
            "The overlap is right; a factor of 1 says that nothing grows: what is yours without overlap?",
        ),
        Misconception(
            "turns the factor upside down",
            _shrinks,
            "The overlap is right; does an index grow or shrink when words are stored twice?",
        ),
        Misconception(
            "adds the overlap to the chunk",
            _added_twice,
            "A chunk has `size` words, the overlap among them: how far does it move on?",
        ),
        Misconception(
            "adds the overlap on both sides",
            _without_overlap_in_size,
            "Each chunk stores `size` words whatever the overlap; what changes is how many chunks there are.",
        ),
        Misconception(
            "returns the step",
            _step,
            "That is how far a chunk moves on; the overlap is the rest of it.",
        ),
        Misconception(
            "gives the growth without the 1",
            _only_added,
            "The overlap is right; asked is the factor, not what comes on top.",
        ),
        Misconception(
            "lets the chunks move by size - length",
            _growth_of_length,
            "The overlap is right; chunks then move on by `size` minus *that*: your factor uses the length.",
        ),
        Misconception("gives per cent", _percent, "The factor is asked, not per cent of it."),
    ),
    hints=(
        "Let a run begin one word before a chunk ends. How many of its words must the next chunk repeat?",
        "A chunk begins every size - overlap words and stores size words: how often is each word stored?",
    ),
)
