"""Exercise 09.heads: split into heads, change their order, merge."""

from __future__ import annotations

from random import Random

import torch
from torch import Tensor

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def reorder_heads(x_BTD: Tensor, order: list[int]) -> Tensor:
    """[[[1, 2, 3, 4]]], [1, 0]  ->  [[[3, 4, 1, 2]]]"""
    B, T, D = x_BTD.shape
    H = len(order)
    x_BHTK = x_BTD.reshape(B, T, H, D // H).transpose(1, 2)
    x_BHTK = x_BHTK[:, order]
    return x_BHTK.transpose(1, 2).reshape(B, T, D)


def _views_as_heads(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    heads = x.reshape(B, len(order), T, D // len(order))[:, order]
    return heads.transpose(1, 2).reshape(B, T, D)


def _views_both_ways(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    return x.reshape(B, len(order), T, D // len(order))[:, order].reshape(B, T, D)


def _forgets_to_swap_back(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    heads = x.reshape(B, T, len(order), D // len(order)).transpose(1, 2)[:, order]
    return heads.reshape(B, T, D)


def _every_hth(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    return x.reshape(B, T, D // len(order), len(order))[..., order].reshape(B, T, D)


def _wrong_way(x: Tensor, order: list[int]) -> Tensor:
    inverse = [order.index(head) for head in range(len(order))]
    return reorder_heads(x, inverse)


def _leaves_as_is(x: Tensor, order: list[int]) -> Tensor:
    return x


def _not_merged(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    return x.reshape(B, T, len(order), D // len(order)).transpose(1, 2)[:, order]


def _not_flat(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    return x.reshape(B, T, len(order), D // len(order))[:, :, order]


def _reverses(x: Tensor, order: list[int]) -> Tensor:
    return reorder_heads(x, list(range(len(order)))[::-1])


def _swaps_inside(x: Tensor, order: list[int]) -> Tensor:
    B, T, D = x.shape
    heads = x.reshape(B, T, len(order), D // len(order)).transpose(1, 2)[:, order]
    return heads.transpose(2, 3).reshape(B, T, D)


def _takes_numbers(x: Tensor, order: list[int]) -> Tensor:
    return x[..., order]


def _interleaves(x: Tensor, order: list[int]) -> Tensor:
    parts = x.chunk(len(order), dim=-1)
    return torch.stack([parts[head] for head in order], dim=-1).flatten(-2)


def _flattens_inside(x: Tensor, order: list[int]) -> Tensor:
    return x.unflatten(-1, (len(order), -1)).transpose(1, 2)[:, order].flatten(-2)


def _draw(rng: Random) -> tuple[Tensor, list[int]]:
    batch, tokens, heads, size = rng.sample(range(2, 7), k=4)
    order = rng.sample(range(heads), k=heads)
    return torch.arange(batch * tokens * heads * size).reshape(batch, tokens, heads * size), order


EXERCISE = Exercise(
    id="09.heads",
    title="Split and merge heads",
    minutes=8,
    difficulty=2,
    reference=reorder_heads,
    cases=(
        (torch.tensor([[[1, 2, 3, 4]]]), [1, 0]),
        (torch.arange(24).reshape(1, 2, 12), [2, 0, 1]),
        (torch.arange(36).reshape(2, 3, 6), [1, 2, 0]),
        (torch.arange(12.0).reshape(2, 3, 2), [0]),
        (torch.arange(40).reshape(2, 5, 4), [0, 3, 1, 2]),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "splits by a reshape alone",
            _views_as_heads,
            "A reshape to [B, H, T, K] reads on into the next token: which axis alone is to be cut?",
        ),
        Misconception(
            "splits and merges by a reshape alone",
            _views_both_ways,
            "Your heads are made of whole tokens: D is what is cut into H parts of K, for each token.",
        ),
        Misconception(
            "merges without swapping back",
            _forgets_to_swap_back,
            "With heads in front of tokens a reshape glues tokens together: what must come first?",
        ),
        Misconception(
            "takes every H-th number for a head",
            _every_hth,
            "A head is K numbers that stand side by side: which of the two new axes comes first?",
        ),
        Misconception(
            "applies the order backwards",
            _wrong_way,
            "The new head 0 is the old head `order[0]`: do you put it there, or take it from there?",
        ),
        Misconception("changes nothing", _leaves_as_is, "All comes back as it was: where is `order` used?"),
        Misconception(
            "does not merge",
            _not_merged,
            "Four axes come back: how do the heads of one token become one row of D again?",
        ),
        Misconception(
            "leaves heads as an axis",
            _not_flat,
            "The heads are in order, but D is still cut into two axes: what is the last step?",
        ),
        Misconception(
            "always reverses",
            _reverses,
            "You turn the heads around whatever `order` says: what should [0, 3, 1, 2] do?",
        ),
        Misconception(
            "mixes the numbers of a head",
            _swaps_inside,
            "The numbers inside a head changed places: which two axes have to be swapped back?",
        ),
        Misconception(
            "takes single numbers by the order",
            _takes_numbers,
            "You take single numbers out of D, and most are lost: how many numbers belong to one head?",
        ),
        Misconception(
            "interleaves the heads",
            _interleaves,
            "The numbers of different heads alternate in your rows: which axis is last when you merge?",
        ),
        Misconception(
            "flattens tokens into a head",
            _flattens_inside,
            "You join two axes that are neighbours by chance: which axis must stand beside K when you merge?",
        ),
    ),
    hints=(
        "Cut the last axis only: `x_BTD.reshape(B, T, H, D // H)`.",
        "Attention wants the heads in front: `.transpose(1, 2)` gives [B, H, T, K]; `[:, order]` reorders.",
        "To merge, undo the steps from last to first: swap back, then `.reshape(B, T, D)`.",
    ),
)
