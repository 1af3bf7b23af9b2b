"""Exercise 12.perplexity: the perplexity of a text from the probabilities that its tokens got."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def perplexity_of(probabilities: list[float]) -> float:
    """[0.5, 0.125]  ->  4.0"""
    nats = [-math.log(p) for p in probabilities]
    return math.exp(sum(nats) / len(nats))


def _mean_of_inverses(probabilities: list[float]) -> float:
    return sum(1 / p for p in probabilities) / len(probabilities)


def _inverse_of_mean(probabilities: list[float]) -> float:
    return len(probabilities) / sum(probabilities)


def _no_mean(probabilities: list[float]) -> float:
    return 1 / math.prod(probabilities)


def _upside_down(probabilities: list[float]) -> float:
    return 1 / perplexity_of(probabilities)


def _only_the_loss(probabilities: list[float]) -> float:
    return math.log(perplexity_of(probabilities))


def _loss_in_bits(probabilities: list[float]) -> float:
    return math.log2(perplexity_of(probabilities))


def _mixed_bases(probabilities: list[float]) -> float:
    return 2 ** math.log(perplexity_of(probabilities))


def _bits_as_nats(probabilities: list[float]) -> float:
    return math.exp(math.log2(perplexity_of(probabilities)))


def _one_token_more(probabilities: list[float]) -> float:
    return math.exp(-sum(map(math.log, probabilities)) / (len(probabilities) + 1))


def _one_token_less(probabilities: list[float]) -> float:
    return math.exp(-sum(map(math.log, probabilities)) / max(1, len(probabilities) - 1))


def _entropy(probabilities: list[float]) -> float:
    return math.exp(-sum(p * math.log(p) for p in probabilities))


def _first_is_given(probabilities: list[float]) -> float:
    return perplexity_of(probabilities[1:] or probabilities)


def _draw(rng: Random) -> tuple[list[float]]:
    return ([rng.uniform(0.02, 0.95) for _ in range(rng.randrange(2, 9))],)


EXERCISE = Exercise(
    id="12.perplexity",
    title="Perplexity by hand",
    minutes=5,
    difficulty=1,
    reference=perplexity_of,
    cases=(([0.5, 0.125],), ([0.1] * 7,), ([0.3],), ([0.9, 0.9, 0.001],), ([0.001] * 400,)),
    draw=_draw,
    equal=approximately(rtol=1e-4),
    misconceptions=(
        Misconception(
            "averages the inverse probabilities",
            _mean_of_inverses,
            "1/p is the number of choices of one token: do you average the choices, or their logarithms?",
        ),
        Misconception(
            "averages the probabilities",
            _inverse_of_mean,
            "A text's probability is the product of its tokens': which mean belongs to a product?",
        ),
        Misconception(
            "forgets the mean",
            _no_mean,
            "Would a text twice as long and equally hard have the same value with your formula?",
        ),
        Misconception(
            "has the sign wrong",
            _upside_down,
            "Your value is below 1: can a model hesitate between less than one choice?",
        ),
        Misconception(
            "returns the loss in nats",
            _only_the_loss,
            "That is the cross-entropy: how do you get from nats to a number of choices?",
        ),
        Misconception(
            "returns the loss in bits",
            _loss_in_bits,
            "That is the cross-entropy in bits: how do you get from bits to a number of choices?",
        ),
        Misconception(
            "takes 2 to the power of nats",
            _mixed_bases,
            "Logarithm and power must have the same base: which two do you use?",
        ),
        Misconception(
            "takes e to the power of bits",
            _bits_as_nats,
            "Logarithm and power must have the same base: which two do you use?",
        ),
        Misconception(
            "divides by one token too many",
            _one_token_more,
            "The start of the text was given and got no probability: how many tokens were predicted?",
        ),
        Misconception(
            "divides by one token too few",
            _one_token_less,
            "Each of these probabilities is a prediction: how many are there?",
        ),
        Misconception(
            "takes the entropy",
            _entropy,
            "You weigh each cost with its probability: these tokens came, so how often does each one count?",
        ),
        Misconception(
            "leaves out the first prediction",
            _first_is_given,
            "The token that was given is not in the list: why do you leave out another one?",
        ),
    ),
    hints=(
        "What did each token cost, in nats?",
        "Average the costs, then undo the logarithm.",
        "`math.exp(-sum(math.log(p) for p in probabilities) / len(probabilities))`",
    ),
)
