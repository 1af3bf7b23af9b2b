"""Lesson 15: own floats beside PyTorch's casts, and the own mixed-precision loop beside autocast."""

from __future__ import annotations

import copy

import torch
from torch.nn import functional as F

from helpers import lessons
from tools.bench import Row

__all__ = ["ROWS"]

LESSON = "15_numbers_and_memory"


def decoding() -> Row:
    """Decode all 65,536 patterns of fp16; the build is a plain loop for reading, not for speed."""
    build = lessons.load(LESSON)
    patterns = torch.arange(2**16).to(torch.uint16)
    whole = patterns.tolist()
    return Row(
        "decode 65,536 fp16 patterns",
        {
            "own": lambda: torch.tensor([build.decode_float(i, 5, 10) for i in whole], dtype=torch.float64),
            "library": lambda: patterns.view(torch.float16).double(),
        },
        agree=_equal,
    )


def encoding() -> Row:
    """Round 65,536 random numbers to bf16."""
    build = lessons.load(LESSON)
    numbers = torch.randn(2**16, generator=torch.Generator().manual_seed(15))
    listed = numbers.tolist()
    return Row(
        "round 65,536 numbers to bf16",
        {
            "own": lambda: torch.tensor([build.encode_float(x, 8, 7) for x in listed]),
            "library": lambda: numbers.bfloat16().view(torch.uint16).long(),
        },
        agree=_equal,
    )


def mixed_step() -> Row:
    """20 steps of a small MLP in bf16: own loop with master weights, and autocast."""
    build = lessons.load(LESSON)
    start = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.GELU(), torch.nn.Linear(512, 64))
    generator = torch.Generator().manual_seed(15)
    x_BD, y_B = torch.randn(128, 256, generator=generator), torch.randint(64, (128,), generator=generator)

    def own() -> torch.Tensor:
        model = copy.deepcopy(start).bfloat16()
        trainer = build.MixedTrainer(model, 1e-3)
        for _ in range(20):
            loss = F.cross_entropy(model(x_BD.bfloat16()).float(), y_B)
            trainer.step(loss)
        return loss.detach()

    def library() -> torch.Tensor:
        model = copy.deepcopy(start)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
        for _ in range(20):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = F.cross_entropy(model(x_BD), y_B)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.detach()

    return Row("20 steps in bf16, MLP 256-512-64, 128 rows", {"own": own, "library": library}, agree=_near)


def _equal(results: dict[str, torch.Tensor]) -> bool:
    same = (results["own"] == results["library"]) | (results["own"].isnan() & results["library"].isnan())
    return bool(same.all())


def _near(results: dict[str, torch.Tensor]) -> bool:
    return torch.allclose(results["own"], results["library"], atol=0.1)


ROWS = (decoding, encoding, mixed_step)
