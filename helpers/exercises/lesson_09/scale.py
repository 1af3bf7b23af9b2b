"""Exercise 09.scale: the divisor that keeps the scores at variance 1."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def score_divisor(d: int, std_q: float, std_k: float) -> float:
    """64, 1.0, 1.0  ->  8.0"""
    variance = d * std_q**2 * std_k**2
    return variance**0.5


def _divides_by_d(d: int, std_q: float, std_k: float) -> float:
    return d * std_q * std_k


def _divides_by_d_of_unit_entries(d: int, std_q: float, std_k: float) -> float:
    return float(d)


def _unit_entries(d: int, std_q: float, std_k: float) -> float:
    return d**0.5


def _variance(d: int, std_q: float, std_k: float) -> float:
    return d * std_q**2 * std_k**2


def _factor(d: int, std_q: float, std_k: float) -> float:
    return 1 / score_divisor(d, std_q, std_k)


def _adds_variances(d: int, std_q: float, std_k: float) -> float:
    return (d * (std_q**2 + std_k**2)) ** 0.5


def _product_not_squared(d: int, std_q: float, std_k: float) -> float:
    return (d * std_q * std_k) ** 0.5


def _adds_spreads(d: int, std_q: float, std_k: float) -> float:
    return d**0.5 * (std_q + std_k)


def _variances_under_no_root(d: int, std_q: float, std_k: float) -> float:
    return d**0.5 * std_q**2 * std_k**2


def _divides_by_the_spreads(d: int, std_q: float, std_k: float) -> float:
    return d**0.5 / (std_q * std_k)


def _one_spread(d: int, std_q: float, std_k: float) -> float:
    return d**0.5 * std_q


def _other_spread(d: int, std_q: float, std_k: float) -> float:
    return d**0.5 * std_k


def _forgets_the_size(d: int, std_q: float, std_k: float) -> float:
    return std_q * std_k


def _draw(rng: Random) -> tuple[int, float, float]:
    return rng.randrange(2, 300), rng.uniform(0.2, 4.0), rng.uniform(0.2, 4.0)


EXERCISE = Exercise(
    id="09.scale",
    title="Why divide by √d?",
    minutes=6,
    difficulty=1,
    reference=score_divisor,
    cases=((64, 1.0, 1.0), (64, 2.0, 0.25), (1, 3.0, 1.0), (1024, 0.5, 0.5)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "divides by d",
            _divides_by_d,
            "It is the variance of a score that grows like d: how does its spread grow?",
        ),
        Misconception(
            "divides by d and ignores the spreads",
            _divides_by_d_of_unit_entries,
            "Try it for d = 64 with both spreads 1: the variance of a score is 64; which divisor makes it 1?",
        ),
        Misconception(
            "takes the entries to have spread 1",
            _unit_entries,
            "√d is right for entries of variance 1: what happens to a product when q is twice as wide?",
        ),
        Misconception(
            "returns the variance",
            _variance,
            "That is the variance of a score: dividing a number by c divides its variance by what?",
        ),
        Misconception(
            "returns the factor",
            _factor,
            "That is the factor to multiply by; which number are the scores divided by?",
        ),
        Misconception(
            "adds the two variances",
            _adds_variances,
            "Variances add when independent numbers are added: what does one term of q·k do with its two?",
        ),
        Misconception(
            "does not square the spreads",
            _product_not_squared,
            "A standard deviation is given: what is the variance of one product q_i·k_i?",
        ),
        Misconception(
            "adds the two spreads",
            _adds_spreads,
            "A term is q_i times k_i: if both are twice as wide, how many times as wide is the term?",
        ),
        Misconception(
            "takes the root of d only",
            _variances_under_no_root,
            "You take the root of d and leave the variances squared: what is the root of the whole product?",
        ),
        Misconception(
            "divides by the spreads",
            _divides_by_the_spreads,
            "Wider queries give wider scores: must the divisor grow or shrink with `std_q`?",
        ),
        Misconception(
            "uses the spread of q only",
            _one_spread,
            "Twice as wide keys give twice as wide scores: where does your divisor see the keys?",
        ),
        Misconception(
            "uses the spread of k only",
            _other_spread,
            "Twice as wide queries give twice as wide scores: where does your divisor see the queries?",
        ),
        Misconception(
            "forgets the size",
            _forgets_the_size,
            "That is right for one term; a score adds up d of them: what happens to the variance?",
        ),
    ),
    hints=(
        "One term q_i·k_i of independent numbers with mean 0 has the variance std_q² · std_k².",
        "A score is the sum of d such terms, and variances of independent terms add.",
        "Dividing by c divides the variance by c², so c is the square root of d · std_q² · std_k².",
    ),
)
