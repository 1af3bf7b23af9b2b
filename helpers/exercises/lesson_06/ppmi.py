"""Exercise 06.ppmi: the positive pointwise mutual information of one pair."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def positive_pmi(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    """8, 10, 20, 100  ->  1.3863"""
    import math

    if n_wc == 0:
        return 0.0
    return max(0.0, math.log(n_wc * total / (n_w * n_c)))


def _keeps_negative(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return math.log(n_wc * total / (n_w * n_c)) if n_wc else -math.inf


def _keeps_negative_but_not_infinite(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return math.log(n_wc * total / (n_w * n_c)) if n_wc else 0.0


def _fails_on_zero(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return max(0.0, math.log(n_wc * total / (n_w * n_c)))


def _bits(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return positive_pmi(n_wc, n_w, n_c, total) / math.log(2)


def _tens(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return positive_pmi(n_wc, n_w, n_c, total) / math.log(10)


def _ratio(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return n_wc * total / (n_w * n_c)


def _forgets_total(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return max(0.0, math.log(n_wc / (n_w * n_c))) if n_wc else 0.0


def _weighted(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return n_wc / total * positive_pmi(n_wc, n_w, n_c, total)


def _adds(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return max(0.0, math.log(n_wc * total / (n_w + n_c))) if n_wc else 0.0


def _absolute(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return abs(math.log(n_wc * total / (n_w * n_c))) if n_wc else 0.0


def _total_squared(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return max(0.0, math.log(n_wc * total**2 / (n_w * n_c))) if n_wc else 0.0


def _add_one(n_wc: int, n_w: int, n_c: int, total: int) -> float:
    return max(0.0, math.log((n_wc + 1) * total / (n_w * n_c)))


def _draw(rng: Random) -> tuple[int, int, int, int]:
    n_w, n_c = rng.sample(range(3, 60), k=2)
    return rng.randrange(min(n_w, n_c) + 1), n_w, n_c, rng.randrange(n_w + n_c, 900)


EXERCISE = Exercise(
    id="06.ppmi",
    title="More than chance?",
    minutes=5,
    difficulty=1,
    reference=positive_pmi,
    cases=(
        (8, 10, 20, 100),
        (0, 10, 20, 100),
        (2, 10, 20, 100),
        (1, 10, 20, 100),
        (10, 10, 10, 1000),
        (5, 40, 50, 100),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "keeps negative values",
            _keeps_negative,
            "Your PMI may be below 0: what does *positive* PMI say of pairs that meet less than chance?",
        ),
        Misconception(
            "keeps negative values of pairs that meet",
            _keeps_negative_but_not_infinite,
            "You catch the pair that never meets, but one that meets too seldom still comes out below 0.",
        ),
        Misconception(
            "fails when the pair never meets",
            _fails_on_zero,
            "With n_wc = 0 you ask for the logarithm of 0: what should come back?",
        ),
        Misconception("measures in bits", _bits, "Nats are asked for: which logarithm gives bits?"),
        Misconception(
            "takes the logarithm to base 10",
            _tens,
            "Nats are asked for: which base has the natural logarithm?",
        ),
        Misconception(
            "forgets the logarithm", _ratio, "That is the ratio itself: what turns a factor of 1 into 0?"
        ),
        Misconception(
            "forgets the total",
            _forgets_total,
            "You divide counts where probabilities are meant: how often does `total` remain?",
        ),
        Misconception(
            "divides the single counts by total, the pair not",
            _total_squared,
            "P(w) and P(c) are shares of `total`: is your P(w, c) one too?",
        ),
        Misconception(
            "weights by the probability of the pair",
            _weighted,
            "A factor P(w, c) makes it a term of mutual information: did the exercise ask for the mean?",
        ),
        Misconception(
            "adds the two counts",
            _adds,
            "If two words ignored each other, is the chance of meeting the sum or the product of theirs?",
        ),
        Misconception(
            "takes the absolute value",
            _absolute,
            "A pair that meets less than chance comes out above 0 with you: should it?",
        ),
        Misconception(
            "adds one to the count",
            _add_one,
            "You smooth the count by 1: did the exercise ask for smoothing?",
        ),
    ),
    hints=(
        "P(w, c) = n_wc / total, P(w) = n_w / total, P(c) = n_c / total.",
        "Their ratio is n_wc · total / (n_w · n_c); take the natural logarithm.",
        "Return 0.0 when n_wc is 0, and never less than 0.0.",
    ),
)
