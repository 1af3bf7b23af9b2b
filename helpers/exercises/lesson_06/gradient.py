"""Exercise 06.gradient: the gradients of one guess of skip-gram with negative sampling."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def sgns_gradients(v_D: Tensor, u_ND: Tensor) -> tuple[Tensor, Tensor]:
    """[2.], [[0.], [0.]]  ->  [0.], [[-1.], [1.]]"""
    slopes_N = torch.sigmoid(u_ND @ v_D)
    slopes_N[0] -= 1
    return slopes_N @ u_ND, slopes_N[:, None] * v_D


def _with(slopes: Tensor, v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return slopes @ u, slopes[:, None] * v


def _slopes(v: Tensor, u: Tensor) -> Tensor:
    slopes = torch.sigmoid(u @ v)
    slopes[0] -= 1
    return slopes


def _uphill(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return _with(-_slopes(v, u), v, u)


def _all_made_up(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return _with(torch.sigmoid(u @ v), v, u)


def _all_true(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return _with(torch.sigmoid(u @ v) - 1, v, u)


def _last_is_true(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = torch.sigmoid(u @ v)
    slopes[-1] -= 1
    return _with(slopes, v, u)


def _only_the_true_pair(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = torch.zeros(len(u), dtype=u.dtype)
    slopes[0] = _slopes(v, u)[0]
    return _with(slopes, v, u)


def _mean(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return _with(_slopes(v, u) / len(u), v, u)


def _softmax(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = torch.softmax(u @ v, dim=0)
    slopes[0] -= 1
    return _with(slopes, v, u)


def _derivative_of_sigma(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    sigma = torch.sigmoid(u @ v)
    return _with(_slopes(v, u) * sigma * (1 - sigma), v, u)


def _no_sigmoid(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = u @ v
    slopes[0] -= 1
    return _with(slopes, v, u)


def _factors_swapped(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = _slopes(v, u)
    return slopes.sum() * v, slopes[:, None] * u


def _answers_swapped(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    return sgns_gradients(v, u)[::-1]


def _true_pair_turned(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = torch.sigmoid(u @ v)
    slopes[0] = 1 - slopes[0]
    return _with(slopes, v, u)


def _own_vector_for_u(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = _slopes(v, u)
    return slopes @ u, slopes[:, None] * u


def _v_not_added_up(v: Tensor, u: Tensor) -> tuple[Tensor, Tensor]:
    slopes = _slopes(v, u)
    return slopes[0] * u[0], slopes[:, None] * v


def _draw(rng: Random) -> tuple[Tensor, Tensor]:
    candidates, size = rng.sample(range(2, 9), k=2)
    generator = torch.Generator().manual_seed(rng.randrange(10**6))
    return torch.randn(size, generator=generator), torch.randn(candidates, size, generator=generator)


EXERCISE = Exercise(
    id="06.gradient",
    title="The gradient of one guess",
    minutes=10,
    difficulty=3,
    reference=sgns_gradients,
    cases=(
        (torch.tensor([2.0]), torch.tensor([[0.0], [0.0]])),
        (torch.tensor([1.0, -0.5]), torch.tensor([[2.0, 1.0], [-1.0, 0.5], [0.3, 0.3]])),
        (torch.tensor([0.5, 1.0, 2.0]), torch.tensor([[1.0, 0.0, 0.5]])),
        (torch.tensor([0.0, 0.0]), torch.tensor([[1.0, 2.0], [3.0, -4.0]])),
    ),
    draw=_draw,
    equal=approximately(rtol=1e-4, atol=1e-6),
    misconceptions=(
        Misconception(
            "points uphill",
            _uphill,
            "All your signs are turned: does a gradient point to where the loss grows, or to where it falls?",
        ),
        Misconception(
            "takes all pairs for made up",
            _all_made_up,
            "Row 0 is the true neighbour: which slope does -ln σ(s) have?",
        ),
        Misconception(
            "takes all pairs for true",
            _all_true,
            "Only row 0 is a true pair: which slope does -ln σ(-s) have for the others?",
        ),
        Misconception(
            "takes the last row for the true one",
            _last_is_true,
            "Which row of `u_ND` holds the true neighbour, the first or the last?",
        ),
        Misconception(
            "forgets the made-up words",
            _only_the_true_pair,
            "Your made-up rows get no gradient: what pushes them away from the centre?",
        ),
        Misconception(
            "divides by the number of candidates",
            _mean,
            "The loss is a sum of terms: did you take their mean?",
        ),
        Misconception(
            "uses a softmax",
            _softmax,
            "Each candidate is judged alone, yes or no: where does a softmax come from?",
        ),
        Misconception(
            "applies the derivative of σ once too often",
            _derivative_of_sigma,
            "σ' is in it already: what is left of σ'(s)/σ(s), the slope of ln σ(s)?",
        ),
        Misconception(
            "leaves σ out",
            _no_sigmoid,
            "Your slopes grow with the score without bound: between which values does σ(s) - 1 lie?",
        ),
        Misconception(
            "multiplies with the wrong vector",
            _factors_swapped,
            "A score is u·v: what is its derivative with respect to v, u or v?",
        ),
        Misconception(
            "turns the sign of the true pair",
            _true_pair_turned,
            "With 1 - σ for the true pair its loss grows with the score: should a true pair score low?",
        ),
        Misconception(
            "gives each neighbour its own vector",
            _own_vector_for_u,
            "The centre's gradient is right; but what is the derivative of u·v with respect to u?",
        ),
        Misconception(
            "returns the gradients in the wrong order",
            _answers_swapped,
            "Both gradients are there: which shape has the first one to be, [D] or [N, D]?",
        ),
        Misconception(
            "gives the centre only the true pair's share",
            _v_not_added_up,
            "The centre stands in every term of the loss: do you add up what all of them say?",
        ),
    ),
    hints=(
        "Compute the N scores first: `u_ND @ v_D`.",
        "The slope of the loss for each score is σ(s), and for the true pair σ(s) - 1.",
        "A score is u·v, so the centre's gradient is the sum of slope · u, and each u gets slope · v.",
    ),
)
