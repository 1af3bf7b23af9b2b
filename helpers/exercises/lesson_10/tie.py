"""Exercise 10.tie: the gradient of a table that is used at the bottom and at the top."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def tied_gradient(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    """Return the gradient of the shared table, `[V, D]`."""
    gradient_VD = above_TV.T @ h_TD
    return gradient_VD.index_add(0, ids_T, below_TD)


def _only_the_head(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return above_TV.T @ h_TD


def _only_the_lookup(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return torch.zeros(above_TV.shape[1], h_TD.shape[1]).index_add(0, ids_T, below_TD)


def _overwrites(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    """Add with `gradient[ids] += below`, which keeps only one of the positions that hold the same token."""
    gradient_VD = above_TV.T @ h_TD
    for t, i in enumerate(ids_T.tolist()):
        gradient_VD[i] = (above_TV.T @ h_TD)[i] + below_TD[t]
    return gradient_VD


def _replaces_rows(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    gradient_VD = above_TV.T @ h_TD
    for t, i in enumerate(ids_T.tolist()):
        gradient_VD[i] = below_TD[t]
    return gradient_VD


def _averages(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return tied_gradient(ids_T, below_TD, h_TD, above_TV) / 2


def _mean_over_positions(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return tied_gradient(ids_T, below_TD, h_TD, above_TV) / len(ids_T)


def _transposed(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return tied_gradient(ids_T, below_TD, h_TD, above_TV).T


def _adds_to_the_top(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return above_TV.T @ (h_TD + below_TD)


def _head_transposed(ids_T: Tensor, below_TD: Tensor, h_TD: Tensor, above_TV: Tensor) -> Tensor:
    return h_TD.T @ above_TV


def _draw(rng: Random) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    length, size, vocabulary = rng.randrange(3, 8), rng.randrange(2, 4), rng.randrange(4, 7)
    ids_T = torch.randint(vocabulary, (length,), generator=generator)
    ids_T[-1] = ids_T[0]
    return (
        ids_T,
        torch.randn(length, size, generator=generator),
        torch.randn(length, size, generator=generator),
        torch.randn(length, vocabulary, generator=generator),
    )


EXERCISE = Exercise(
    id="10.tie",
    title="The gradient of a tied table",
    minutes=8,
    difficulty=3,
    reference=tied_gradient,
    cases=(
        (
            torch.tensor([1, 1]),
            torch.tensor([[1.0, 0.0], [0.0, 2.0]]),
            torch.tensor([[3.0, 0.0], [0.0, 1.0]]),
            torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        ),
    ),
    draw=_draw,
    equal=approximately(rtol=1e-4, atol=1e-5),
    misconceptions=(
        Misconception(
            "takes the head's part alone",
            _only_the_head,
            "The table is used twice: what does the lookup at the bottom send back to it?",
        ),
        Misconception(
            "takes the lookup's part alone",
            _only_the_lookup,
            "Rows of tokens that do not occur in the text get no gradient from you: do they have no logit?",
        ),
        Misconception(
            "loses tokens that occur twice",
            _overwrites,
            "When a token stands at two positions, both send a gradient to its row: `x[ids] += …` keeps "
            "one of them. What adds up repeated indices?",
        ),
        Misconception(
            "replaces the head's part by the lookup's",
            _replaces_rows,
            "A token that occurs in the text also has a logit: do you add to its row, or overwrite it?",
        ),
        Misconception(
            "averages the two parts",
            _averages,
            "Gradients of one number with two uses: does the chain rule average the paths, or add them?",
        ),
        Misconception(
            "averages over the positions",
            _mean_over_positions,
            "The mean over positions, if there is one, is already inside the gradients that you were given.",
        ),
        Misconception(
            "multiplies the lookup's part by the logits' gradient",
            _adds_to_the_top,
            "`below_TD` is already a gradient: to which row of the table does its row t belong?",
        ),
        Misconception(
            "takes the head's part alone, transposed",
            _head_transposed,
            "The table is `[V, D]`: which shape do you return, and what does the lookup send back?",
        ),
        Misconception(
            "returns the transpose",
            _transposed,
            "The table has one row for each token: which of your axes counts tokens?",
        ),
    ),
    hints=(
        "One number, two uses: the two gradients add up.",
        "From the top: `logits = h @ table.T` sends `above_TV.T @ h_TD` to the table.",
        "From the bottom: `gradient_VD.index_add(0, ids_T, below_TD)` adds each row where its token belongs.",
    ),
)
