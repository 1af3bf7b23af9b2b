"""Exercise 12.batch: inputs and targets cut out of a stream in order."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Rows = list[tuple[list[int], list[int]]]


def in_order(stream: list[int], length: int) -> list[tuple[list[int], list[int]]]:
    """[5, 6, 7, 8, 9, 4], 2  ->  [([5, 6], [6, 7]), ([7, 8], [8, 9])]"""
    starts = range(0, len(stream) - length, length)
    return [(stream[i : i + length], stream[i + 1 : i + length + 1]) for i in starts]


def _no_shift(stream: list[int], length: int) -> Rows:
    return [(inputs, inputs) for inputs, _ in in_order(stream, length)]


def _no_shift_and_all(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length + 1, length)
    return [(stream[i : i + length], stream[i : i + length]) for i in starts]


def _shifted_back(stream: list[int], length: int) -> Rows:
    return [(targets, inputs) for inputs, targets in in_order(stream, length)]


def _shifted_twice(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length - 1, length)
    return [(stream[i : i + length], stream[i + 2 : i + length + 2]) for i in starts]


def _a_whole_row_ahead(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - 2 * length + 1, length)
    return [(stream[i : i + length], stream[i + length : i + 2 * length]) for i in starts]


def _overlapping(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length)
    return [(stream[i : i + length], stream[i + 1 : i + length + 1]) for i in starts]


def _short_targets(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length + 1, length)
    return [(stream[i : i + length], stream[i + 1 : i + length + 1]) for i in starts]


def _keeps_the_rest(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - 1, length)
    pieces = [stream[i : i + length + 1] for i in starts]
    return [(piece[:-1], piece[1:]) for piece in pieces]


def _wraps_around(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length + 1, length)
    return [(stream[i : i + length], (stream[1:] + stream[:1])[i : i + length]) for i in starts]


def _skips_one(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length, length + 1)
    return [(stream[i : i + length], stream[i + 1 : i + length + 1]) for i in starts]


def _loses_the_last(stream: list[int], length: int) -> Rows:
    starts = range(0, len(stream) - length - 1, length)
    return [(stream[i : i + length], stream[i + 1 : i + length + 1]) for i in starts]


def _only_the_next(stream: list[int], length: int) -> Rows:
    return [(inputs, targets[-1:]) for inputs, targets in in_order(stream, length)]


def _draw(rng: Random) -> tuple[list[int], int]:
    length = rng.randrange(2, 6)
    return ([rng.randrange(100) for _ in range(length * rng.randrange(2, 6) + rng.randrange(length))], length)


EXERCISE = Exercise(
    id="12.batch",
    title="Cut without leaking",
    minutes=6,
    difficulty=2,
    reference=in_order,
    cases=(
        ([5, 6, 7, 8, 9, 4], 2),
        ([5, 6, 7, 8, 9], 2),
        ([5, 6, 7, 8], 2),
        ([1, 2, 3], 3),
        ([1, 2, 3, 4], 3),
        ([7, 8, 9], 1),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "forgets the shift",
            _no_shift,
            "Your targets are your inputs: what can a model learn from repeating what it reads?",
        ),
        Misconception(
            "forgets the shift and keeps the last row",
            _no_shift_and_all,
            "Your targets are your inputs: what can a model learn from repeating what it reads?",
        ),
        Misconception(
            "shifts to the wrong side",
            _shifted_back,
            "After reading token 1, which token should be predicted: 2, or 0?",
        ),
        Misconception(
            "shifts twice",
            _shifted_twice,
            "Your model predicts the token after the next one: by how many places do you shift?",
        ),
        Misconception(
            "takes the next row as targets",
            _a_whole_row_ahead,
            "Each position predicts the very next token: how far apart are your inputs and targets?",
        ),
        Misconception(
            "lets rows overlap",
            _overlapping,
            "How far does each of your rows start from the one before, and how far should it?",
        ),
        Misconception(
            "lets the last targets run out",
            _short_targets,
            "Count the targets of your last row: does the token after the end exist?",
        ),
        Misconception(
            "keeps a short row at the end",
            _keeps_the_rest,
            "Have all your rows the same length, so that they could be stacked?",
        ),
        Misconception(
            "wraps around",
            _wraps_around,
            "The last token of your stream is followed by its first one: did that ever stand in a text?",
        ),
        Misconception(
            "skips a token between rows",
            _skips_one,
            "Rows share a border token, as a target of one and an input of the next: do you skip it?",
        ),
        Misconception(
            "loses a last row that fits",
            _loses_the_last,
            "A row of `length` inputs needs one more token, not two: where does your last row end?",
        ),
        Misconception(
            "gives one target a row",
            _only_the_next,
            "Every position predicts its next token: how many targets has a row?",
        ),
    ),
    hints=(
        "A row of T inputs needs T + 1 tokens of the stream.",
        "Rows start at 0, T, 2T, …; the last start that is allowed leaves T + 1 tokens.",
        "Starts: `range(0, len(stream) - length, length)`; targets: `stream[i + 1 : i + length + 1]`.",
    ),
)
