"""Exercise 18.merge: fold an adapter into the weights."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def merged(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    """Return W + (alpha / r) B A, with r the number of A's rows."""
    return W + alpha / len(A) * B @ A


def _no_scale(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + B @ A


def _no_rank(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + alpha * B @ A


def _root_of_rank(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + alpha / len(A) ** 0.5 * B @ A


def _update_only(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return alpha / len(A) * B @ A


def _subtracts(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W - alpha / len(A) * B @ A


def _transposed(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W.T + alpha / len(A) * (B @ A).T


def _wrong_order(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + alpha / len(A) * A @ B


def _twice(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + 2 * alpha / len(A) * B @ A


def _width_as_rank(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + alpha / A.shape[1] * B @ A


def _scale_both(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    scale = alpha / len(A)
    return W + (scale * B) @ (scale * A)


def _scales_base(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return alpha / len(A) * (W + B @ A)


def _inverse_scale(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W + len(A) / alpha * B @ A


def _base_only(W: Tensor, A: Tensor, B: Tensor, alpha: float) -> Tensor:
    return W.clone()


def _parts(m: int, n: int, r: int, alpha: float, seed: int) -> tuple[Tensor, Tensor, Tensor, float]:
    draws = torch.Generator().manual_seed(seed)
    W, A, B = (torch.randn(shape, generator=draws) for shape in ((m, n), (r, n), (m, r)))
    return W, A, B, alpha


def _draw(rng: Random) -> tuple[Tensor, Tensor, Tensor, float]:
    m, n, r = rng.sample(range(2, 9), k=3)
    return _parts(m, n, r, rng.choice((1.0, 3.0, 5.0, 16.0)) * r + 1, rng.randrange(2**31))


EXERCISE = Exercise(
    id="18.merge",
    title="Merge, and prove it",
    minutes=6,
    difficulty=1,
    reference=merged,
    cases=(
        _parts(4, 3, 2, 16.0, 0),
        _parts(3, 5, 1, 2.0, 1),
        _parts(6, 2, 4, 7.0, 2),
        _parts(5, 7, 3, 1.0, 3),
    ),
    draw=_draw,
    misconceptions=(
        Misconception("forgets the scale", _no_scale, "Where is α / r? The branch had it in front of B A x."),
        Misconception("forgets the rank", _no_rank, "α stands alone: by what is it divided?"),
        Misconception(
            "divides by the root",
            _root_of_rank,
            "√r is another method's choice (rsLoRA): what does this layer divide by?",
        ),
        Misconception(
            "returns the update",
            _update_only,
            "That is the change alone: what does a layer without branch also need?",
        ),
        Misconception("subtracts", _subtracts, "That takes an update out: which sign puts it in?"),
        Misconception("transposes", _transposed, "W is M × N here, not a Conv1D: why lay it on its side?"),
        Misconception(
            "swaps the factors", _wrong_order, "A x comes first, so which of the two stands on the right?"
        ),
        Misconception("merges twice", _twice, "Your update counts twice: how often did the branch add it?"),
        Misconception(
            "takes the width for r",
            _width_as_rank,
            "A has r rows and N columns: by which of them do you divide?",
        ),
        Misconception(
            "scales both factors", _scale_both, "Both factors carry α / r, so it is squared: who should?"
        ),
        Misconception("scales the base", _scales_base, "α / r scales the branch: does it scale W0 too?"),
        Misconception(
            "turns the scale over", _inverse_scale, "You multiply by r / α: which of them is on top?"
        ),
        Misconception("leaves the base", _base_only, "That is the base as it was: where did the adapter go?"),
    ),
    hints=(
        "W x + (α / r) B (A x) = (W + …) x: what stands in the brackets?",
        "B @ A has the shape of W; r is `A.shape[0]`.",
    ),
)
