"""Exercise 22.bm25: what one word adds to a score."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def one_word(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    """1, 1, 3, 10, 10.0, 1.5, 0.75  ->  0.3923317..."""
    idf = math.log(1 + (N - n + 0.5) / (n + 0.5))
    room = k1 * (1 - b + b * length / mean)
    return idf * f / (f + room)


def _idf(n: int, N: int) -> float:
    return math.log(1 + (N - n + 0.5) / (n + 0.5))


def _room(length: int, mean: float, k1: float, b: float) -> float:
    return k1 * (1 - b + b * length / mean)


def _times_k1(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f * (k1 + 1) / (f + _room(length, mean, k1, b))


def _plain_idf(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return math.log((N - n + 0.5) / (n + 0.5)) * f / (f + _room(length, mean, k1, b))


def _textbook_idf(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return math.log(N / n) * f / (f + _room(length, mean, k1, b))


def _idf_upside_down(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return math.log(1 + (n + 0.5) / (N - n + 0.5)) * f / (f + _room(length, mean, k1, b))


def _base_2(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return one_word(f, n, N, length, mean, k1, b) / math.log(2)


def _base_10(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return one_word(f, n, N, length, mean, k1, b) / math.log(10)


def _no_length(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f / (f + k1)


def _length_upside_down(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f / (f + _room(mean, length, k1, b))


def _b_swapped(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f / (f + _room(length, mean, k1, 1 - b))


def _k1_outside(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f / (f + k1 + (1 - b + b * length / mean))


def _no_k1(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f / (f + _room(length, mean, 1.0, b))


def _counts_alone(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f


def _no_idf(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return f / (f + _room(length, mean, k1, b))


def _by_length(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    share = f / length
    return _idf(n, N) * share / (share + _room(length, mean, k1, b))


def _fraction_lost(f: int, n: int, N: int, length: int, mean: float, k1: float, b: float) -> float:
    return _idf(n, N) * f / f + _room(length, mean, k1, b)


def _draw(rng: Random) -> tuple[int, int, int, int, float, float, float]:
    N = rng.randrange(5, 2_000)
    n, length = rng.randrange(1, N), rng.randrange(5, 400)
    numbers = round(rng.uniform(20, 200), 1), round(rng.uniform(0.4, 3), 2), round(rng.uniform(0.1, 0.95), 2)
    return rng.randrange(1, 9), n, N, length, *numbers


EXERCISE = Exercise(
    id="22.bm25",
    title="One score by hand",
    minutes=8,
    difficulty=2,
    reference=one_word,
    cases=(
        (1, 1, 3, 10, 10.0, 1.5, 0.75),
        (4, 7, 129, 300, 230.0, 1.2, 0.5),
        (0, 3, 50, 80, 90.0, 1.5, 0.75),
        (3, 90, 100, 40, 80.0, 2.0, 0.75),
        (2, 5, 668, 70, 86.5, 0.0, 0.3),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "multiplies by k1 + 1",
            _times_k1,
            "The factor k₁ + 1 is Okapi's: does the formula above have it, and does it change an order?",
        ),
        Misconception(
            "leaves out the 1 in the logarithm",
            _plain_idf,
            "What is your idf of a word that 90 of 100 documents hold? The formula adds something first.",
        ),
        Misconception(
            "takes the idf of a textbook",
            _textbook_idf,
            "ln(N/n) is TF-IDF's: which odds does BM25 take, and where do the halves go?",
        ),
        Misconception(
            "turns the idf upside down",
            _idf_upside_down,
            "Your idf grows with the number of documents that hold the word: which words should weigh more?",
        ),
        Misconception("takes a logarithm to base 2", _base_2, "Whose logarithm is ln? Yours has base 2."),
        Misconception("takes a logarithm to base 10", _base_10, "Whose logarithm is ln? Yours has base 10."),
        Misconception(
            "forgets the length", _no_length, "A long document should pay: where do b and the length stand?"
        ),
        Misconception(
            "divides the mean by the length",
            _length_upside_down,
            "For a document longer than the mean, should the score rise or fall? Yours rises.",
        ),
        Misconception("swaps b and 1 - b", _b_swapped, "At b = 0 the length must not matter: try it."),
        Misconception(
            "adds k1 where it multiplies",
            _k1_outside,
            "k₁ multiplies the bracket with b: what is your score when k₁ = 0?",
        ),
        Misconception("leaves out k1", _no_k1, "Your answer does not change with k₁: what does k₁ stretch?"),
        Misconception(
            "counts without saturation",
            _counts_alone,
            "Ten times the word is worth ten times one in your formula: by what is f divided?",
        ),
        Misconception(
            "forgets the idf", _no_idf, "*the* and *goat* weigh the same in yours: what is missing?"
        ),
        Misconception(
            "divides the count by the length",
            _by_length,
            "f is a count here, not a share of the text: the length comes in beside k₁.",
        ),
        Misconception(
            "loses the brackets of the fraction",
            _fraction_lost,
            "f / f + x is 1 + x: which brackets does the fraction need?",
        ),
    ),
    hints=(
        "Write three lines: the idf from n and N, the bracket from b and the length, then the fraction.",
        "The fraction is f / (f + k1 * bracket), and it is multiplied by the idf.",
    ),
)
