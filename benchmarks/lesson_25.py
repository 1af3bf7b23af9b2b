"""Lesson 25: the ring between real processes, ZeRO's stages, and AdamW by pieces, beside PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from helpers import cluster, lessons
from tools.bench import Row

__all__ = ["ROWS"]

LESSON = "25_data_parallel"
NUMBERS = 262_144


def ring() -> Row:
    """Sum 1 MB over two processes, ten times; the first call starts them."""
    build = lessons.load(LESSON)
    ranks = cluster.start(2)
    return Row(
        "all-reduce of 1 MB over two processes, 10 times",
        {
            "own": lambda: ranks.run(_sums, build.real_ring),
            "library": lambda: ranks.run(_sums, _library),
        },
        agree=lambda results: all(
            torch.allclose(a, b, atol=1e-5) for a, b in zip(results["own"], results["library"], strict=True)
        ),
        megabytes=10 * 4 * NUMBERS / 1e6,
    )


def stages() -> Row:
    """A step of AdamW on four simulated ranks at stage 3, beside one that is not cut."""
    build = lessons.load(LESSON)
    draws = torch.Generator().manual_seed(25)
    start_P = torch.randn(NUMBERS, generator=draws)
    gradients = [torch.randn(NUMBERS, generator=draws).bfloat16() for _ in range(4)]

    def own() -> Tensor:
        training = build.SharedTraining(start_P, ranks=4, stage=3)
        training.step(gradients)
        return training.gather()

    def library() -> Tensor:
        master = nn.Parameter(start_P.clone())
        optimizer = torch.optim.AdamW([master], lr=1e-3)
        master.grad = build.ring_all_reduce(gradients)[0][0].float() / 4
        optimizer.step()
        return master.detach().bfloat16()

    library()  # PyTorch's first optimizer step imports a good deal
    return Row(
        f"a step of AdamW on {NUMBERS:,} weights, cut in four as by ZeRO 3",
        {"own": own, "library": library},
        agree=lambda results: torch.equal(results["own"], results["library"]),
    )


def pieces() -> Row:
    """Three steps of AdamW on numpy arrays, piece by piece."""
    build = lessons.load(LESSON)
    gradient = np.random.default_rng(25).standard_normal(NUMBERS, dtype=np.float32)

    def own() -> Tensor:
        weights, m, v = np.zeros((3, NUMBERS), np.float32)
        for step in (1, 2, 3):
            build.adamw_by_pieces(weights, gradient, m, v, step)
        return torch.from_numpy(weights)

    def library() -> Tensor:
        weight = nn.Parameter(torch.zeros(NUMBERS))
        optimizer = torch.optim.AdamW([weight], lr=1e-3)
        weight.grad = torch.from_numpy(gradient)
        for _ in range(3):
            optimizer.step()
        return weight.detach()

    return Row(
        f"three steps of AdamW on {NUMBERS:,} weights, by pieces",
        {"own": own, "library": library},
        agree=lambda results: torch.allclose(results["own"], results["library"], rtol=1e-4, atol=1e-7),
    )


def _sums(add_up: Callable[[Tensor], object]) -> Tensor:
    """On a rank: sum its own numbers over all ranks ten times, and return the last result."""
    buffer_P = torch.full((NUMBERS,), 1.0 + dist.get_rank())
    for _ in range(10):
        result = add_up(buffer_P)
    return result[0] if isinstance(result, tuple) else result


def _library(buffer_P: Tensor) -> Tensor:
    summed_P = buffer_P.clone()
    dist.all_reduce(summed_P)
    return summed_P


ROWS = (ring, stages, pieces)
