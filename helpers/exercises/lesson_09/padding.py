"""Exercise 09.padding: weights that ignore padding, without NaN."""

from __future__ import annotations

import math
from random import Random

import torch
from torch import Tensor

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def padded_weights(scores_BTS: Tensor, lengths: list[int]) -> Tensor:
    """[[[0., 0., 5.]]], [2]  ->  [[[0.5, 0.5, 0.]]]"""
    S = scores_BTS.shape[-1]
    real_B1S = torch.arange(S) < torch.tensor(lengths)[:, None, None]
    empty_B11 = ~real_B1S.any(dim=-1, keepdim=True)  # their scores stay, so that nothing is 0/0
    hidden_BTS = scores_BTS.masked_fill(~real_B1S & ~empty_B11, -torch.inf)
    return torch.softmax(hidden_BTS, dim=-1).masked_fill(~real_B1S, 0.0)


def _real(scores: Tensor, lengths: list[int]) -> Tensor:
    return (torch.arange(scores.shape[-1]) < torch.tensor(lengths)[:, None, None]).expand_as(scores)


def _leaves_nan(scores: Tensor, lengths: list[int]) -> Tensor:
    return torch.softmax(scores.masked_fill(~_real(scores, lengths), -math.inf), dim=-1)


def _multiplies_after(scores: Tensor, lengths: list[int]) -> Tensor:
    return torch.softmax(scores, dim=-1) * _real(scores, lengths)


def _multiplies_before(scores: Tensor, lengths: list[int]) -> Tensor:
    return torch.softmax(scores * _real(scores, lengths), dim=-1)


def _large_number(scores: Tensor, lengths: list[int]) -> Tensor:
    return torch.softmax(scores.masked_fill(~_real(scores, lengths), -1e9), dim=-1)


def _upside_down(scores: Tensor, lengths: list[int]) -> Tensor:
    hidden = _real(scores, lengths)
    return torch.softmax(scores.masked_fill(hidden, -math.inf), dim=-1).masked_fill(hidden, 0.0)


def _no_mask(scores: Tensor, lengths: list[int]) -> Tensor:
    return torch.softmax(scores, dim=-1)


def _one_more(scores: Tensor, lengths: list[int]) -> Tensor:
    return padded_weights(scores, [length + 1 for length in lengths])


def _one_fewer(scores: Tensor, lengths: list[int]) -> Tensor:
    return padded_weights(scores, [length - 1 for length in lengths])


def _over_queries(scores: Tensor, lengths: list[int]) -> Tensor:
    hidden = ~_real(scores, lengths)
    return torch.softmax(scores.masked_fill(hidden, -math.inf), dim=-2).nan_to_num(0.0)


def _masks_queries(scores: Tensor, lengths: list[int]) -> Tensor:
    real = (torch.arange(scores.shape[-2]) < torch.tensor(lengths)[:, None]).unsqueeze(-1)
    return torch.softmax(scores, dim=-1) * real


def _causal(scores: Tensor, lengths: list[int]) -> Tensor:
    return padded_weights(scores.masked_fill(~torch.ones_like(scores).tril().bool(), -math.inf), lengths)


def _masks_both(scores: Tensor, lengths: list[int]) -> Tensor:
    asks = (torch.arange(scores.shape[-2]) < torch.tensor(lengths)[:, None]).unsqueeze(-1)
    return padded_weights(scores, lengths) * asks


def _pads_on_the_left(scores: Tensor, lengths: list[int]) -> Tensor:
    return padded_weights(scores.flip(-1), lengths).flip(-1)


def _no_sum(scores: Tensor, lengths: list[int]) -> Tensor:
    return torch.exp(scores) * _real(scores, lengths)


def _draw(rng: Random) -> tuple[Tensor, list[int]]:
    batch, queries, keys = rng.sample(range(2, 7), k=3)
    generator = torch.Generator().manual_seed(rng.randrange(10**6))
    lengths = [rng.randrange(keys + 1) for _ in range(batch)]
    return torch.randn(batch, queries, keys, generator=generator) * 3, lengths


_SCORES = torch.tensor(
    [[[1.0, 2.0, 3.0, 4.0], [0.5, -1.0, 7.0, 0.0]], [[2.0, 0.0, 1.0, 9.0], [3.0, 3.0, 1.0, 1.0]]]
)

EXERCISE = Exercise(
    id="09.padding",
    title="Padding without NaN",
    minutes=8,
    difficulty=2,
    reference=padded_weights,
    cases=(
        (torch.tensor([[[0.0, 0.0, 5.0]]]), [2]),
        (_SCORES, [3, 1]),
        (_SCORES, [4, 0]),
        (_SCORES[:, :1], [2, 3]),
        (_SCORES.transpose(1, 2), [1, 2]),
    ),
    draw=_draw,
    equal=approximately(rtol=1e-4, atol=1e-6),
    misconceptions=(
        Misconception(
            "leaves NaN in an empty text",
            _leaves_nan,
            "A text of length 0 has only -inf in its rows: what is 0/0, and what should its weights be?",
        ),
        Misconception(
            "multiplies after the softmax",
            _multiplies_after,
            "Do your rows still sum to 1? The padding had its share of the sum before you removed it.",
        ),
        Misconception(
            "multiplies the scores by 0",
            _multiplies_before,
            "A score of 0 is not nothing: what is e to the power 0?",
        ),
        Misconception(
            "uses a large negative number",
            _large_number,
            "For a text of length 0 all your scores are one and the same number: what is their softmax?",
        ),
        Misconception(
            "turns the mask upside down",
            _upside_down,
            "You keep the padding and hide the words: which positions are below `lengths`?",
        ),
        Misconception(
            "ignores the lengths", _no_mask, "The weights of padding are not 0: where do `lengths` come in?"
        ),
        Misconception(
            "keeps one position too many",
            _one_more,
            "With a length of 2, positions 0 and 1 are real: is position 2 among yours?",
        ),
        Misconception(
            "keeps one position too few",
            _one_fewer,
            "With a length of 2, positions 0 and 1 are real: did you lose the last word?",
        ),
        Misconception(
            "normalises over the queries",
            _over_queries,
            "Each query shares out a weight of 1 among the keys: along which axis do the weights sum to 1?",
        ),
        Misconception(
            "masks the queries",
            _masks_queries,
            "You silence the rows that ask; which axis holds the positions that are looked at?",
        ),
        Misconception(
            "masks queries and keys",
            _masks_both,
            "You hide the padding and silence some rows that ask: do the lengths count keys or queries?",
        ),
        Misconception(
            "adds a causal mask",
            _causal,
            "Later words are hidden too in your answer: did the exercise ask for more than padding?",
        ),
        Misconception(
            "takes the padding to be on the left",
            _pads_on_the_left,
            "You keep the last positions: on which side of these texts is the padding?",
        ),
        Misconception(
            "forgets to divide by the sum",
            _no_sum,
            "Your rows do not sum to 1: what does softmax do after the exponential?",
        ),
    ),
    hints=(
        "`torch.arange(S) < length` is True at the real keys; shape it so that it fits [B, 1, S].",
        "Put -inf into the scores of padding *before* the softmax; then look at a text of length 0.",
        "Let the rows of an empty text through the softmax unmasked, and fill all padding with 0 afterwards.",
    ),
)
