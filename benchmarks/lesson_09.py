"""Lesson 09: attention beside a plain loop and PyTorch's function, whole and block by block."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from helpers import lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "09_attention"


def one_sentence() -> Row:
    """Attention of 64 tokens to each other, one head of size 32: what the slow loop can manage."""
    q, k, v = _random(64, 32)
    build = lessons.load(LESSON)
    lists = k.tolist(), v.tolist()
    return Row(
        "attention, 64 positions, size 32",
        {
            "own": lambda: build.attention(q, k, v)[0],
            "naive": lambda: torch.tensor([build.attend_slowly(row, *lists)[0] for row in q.tolist()]),
            "library": lambda: F.scaled_dot_product_attention(q, k, v),
        },
        agree=_all_close,
        goals=(
            Goal("own is at least 20 times as fast as naive", lambda best: best["naive"] >= 20 * best["own"]),
        ),
    )


def whole() -> Row:
    """Attention of 1,024 positions in 8 heads of size 32, all scores at once."""
    q, k, v = _random(1, 8, 1024, 32)
    build = lessons.load(LESSON)
    return Row(
        "attention, 8 heads, 1,024 positions, size 32",
        {
            "own": lambda: build.attention(q, k, v)[0],
            "library": lambda: F.scaled_dot_product_attention(q, k, v),
        },
        agree=_all_close,
    )


def blocks() -> Row:
    """The same in blocks of 128, causal, against the library's own block-wise kernel."""
    q, k, v = _random(1, 8, 1024, 32)
    build = lessons.load(LESSON)
    return Row(
        "causal attention in blocks of 128, 8 heads, 1,024 positions, size 32",
        {
            "own": lambda: build.flash_attention(q, k, v, 128, causal=True),
            "library": lambda: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        },
        agree=_all_close,
    )


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(3, *shape, generator=torch.Generator().manual_seed(9))


def _all_close(results: dict[str, torch.Tensor]) -> bool:
    return all(torch.allclose(result, results["library"], atol=1e-5) for result in results.values())


ROWS = (one_sentence, whole, blocks)
