"""Lesson 26: the simulator beside the planner's, and shards beside whole layers."""

from __future__ import annotations

import torch

from helpers import lessons, planner
from tools.bench import Row

__all__ = ["ROWS"]

LESSON = "26_model_parallel"


def simulator() -> Row:
    """When do 16 devices begin and end each operation of 128 micro-batches?"""
    build = lessons.load(LESSON)
    ops = build.one_forward_one_backward(16, 128)
    return Row(
        "simulate 1F1B, 16 devices and 128 micro-batches",
        {
            "own": lambda: build.run_on_paper(ops, {"F": 1.0, "B": 2.0}),
            "library": lambda: planner.simulate(ops, forward=1.0, backward=2.0, weight=0.0),
        },
        agree=lambda results: results["own"] == results["library"],
    )


def mlp() -> Row:
    """An MLP of width 256 on 512 positions: four shards one after another and summed, and the whole."""
    build = lessons.load(LESSON)
    torch.manual_seed(26)
    whole = build.TRANSFORMER.MLP(256, 1_024)
    shards = [build.mlp_shard(whole, rank, 4) for rank in range(4)]
    x = torch.randn(512, 256, generator=torch.Generator().manual_seed(26))
    return Row(
        "four shards of an MLP, and the whole (256-1,024-256, 512 positions)",
        {
            "own": lambda: sum(shard(x) for shard in shards).detach(),
            "library": lambda: whole(x).detach(),
        },
        agree=lambda results: torch.allclose(results["own"], results["library"], atol=1e-5),
    )


ROWS = (simulator, mlp)
