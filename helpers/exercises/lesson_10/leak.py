"""Exercise 10.leak: attention in which no position uses a later one."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def causal_attention(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    """[[0, 9], [0, 0]], [[1], [3]]  ->  [[1], [2]]"""
    T = scores_TT.shape[0]
    may_look_TT = torch.ones(T, T, dtype=torch.bool).tril()
    masked_TT = scores_TT.masked_fill(~may_look_TT, float("-inf"))
    return masked_TT.softmax(dim=-1) @ v_TK


def _triangle(scores_TT: Tensor, diagonal: int = 0) -> Tensor:
    return torch.ones_like(scores_TT, dtype=torch.bool).tril(diagonal)


def _no_mask(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return scores_TT.softmax(dim=-1) @ v_TK


def _after_the_softmax(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return (scores_TT.softmax(dim=-1) * _triangle(scores_TT)) @ v_TK


def _zero_scores(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return (scores_TT * _triangle(scores_TT)).softmax(dim=-1) @ v_TK


def _wrong_triangle(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return scores_TT.masked_fill(~_triangle(scores_TT).T, float("-inf")).softmax(dim=-1) @ v_TK


def _not_itself(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    masked_TT = scores_TT.masked_fill(~_triangle(scores_TT, -1), float("-inf"))
    return masked_TT.softmax(dim=-1) @ v_TK


def _one_ahead(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return scores_TT.masked_fill(~_triangle(scores_TT, 1), float("-inf")).softmax(dim=-1) @ v_TK


def _wrong_axis(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return scores_TT.masked_fill(~_triangle(scores_TT), float("-inf")).softmax(dim=0) @ v_TK


def _inverted_mask(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return scores_TT.masked_fill(_triangle(scores_TT), float("-inf")).softmax(dim=-1) @ v_TK


def _scales_again(scores_TT: Tensor, v_TK: Tensor) -> Tensor:
    return causal_attention(scores_TT / v_TK.shape[1] ** 0.5, v_TK)


def _draw(rng: Random) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    length, size = rng.randrange(1, 7), rng.randrange(1, 5)
    return (
        3 * torch.randn(length, length, generator=generator),
        torch.randn(length, size, generator=generator),
    )


EXERCISE = Exercise(
    id="10.leak",
    title="Attend without looking ahead",
    minutes=8,
    difficulty=2,
    reference=causal_attention,
    cases=(
        (torch.tensor([[0.0, 9.0], [0.0, 0.0]]), torch.tensor([[1.0], [3.0]])),
        (torch.tensor([[2.0]]), torch.tensor([[1.0, 4.0, 7.0]])),
        (torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.5, 8.0], [0.0, 1.0, -2.0]]), torch.eye(3)),
    ),
    draw=_draw,
    equal=approximately(rtol=1e-4, atol=1e-5),
    misconceptions=(
        Misconception(
            "sets weights to zero after the softmax",
            _after_the_softmax,
            "Add up the weights of your first row: who took the share that is missing, and should that "
            "position have had a say in the denominator?",
        ),
        Misconception(
            "sets masked scores to zero",
            _zero_scores,
            "A score of 0 is no ban: what is exp(0), and which score has exp(score) = 0?",
        ),
        Misconception(
            "keeps the upper triangle",
            _wrong_triangle,
            "Row 0 is the first word: at how many positions may it look, and how many do you leave it?",
        ),
        Misconception(
            "forbids a position to look at itself",
            _not_itself,
            "What is left for the first row to look at, and what does a softmax of nothing give?",
        ),
        Misconception(
            "lets each row see one position ahead",
            _one_ahead,
            "Row t predicts what comes at t + 1: may it look there? At which diagonal does your mask end?",
        ),
        Misconception(
            "masks what should stay",
            _inverted_mask,
            "`masked_fill` writes where its mask is True: is yours True where a row may look?",
        ),
        Misconception(
            "divides by the root of the size",
            _scales_again,
            "The scores are given: does the exercise ask you to scale them?",
        ),
        Misconception(
            "leaves out the mask",
            _no_mask,
            "Your first row mixes in later values: where do you forbid the look ahead?",
        ),
        Misconception(
            "normalises over the rows that look",
            _wrong_axis,
            "Each row (who looks) must have weights that sum to 1: over which axis does your softmax run?",
        ),
    ),
    hints=(
        "Forbid the look before the softmax: then the future has no share of the denominator.",
        "`torch.ones(T, T, dtype=torch.bool).tril()` is True where a row may look.",
        "`scores_TT.masked_fill(~may_look_TT, -math.inf)`, then softmax over the last axis, then `@ v_TK`.",
    ),
)
