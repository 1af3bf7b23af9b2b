"""Lesson 19: codes of weights by our builds and by the libraries, and products with them."""

from __future__ import annotations

import math
from typing import Any

import torch

from helpers import lessons, packages
from tools.bench import Row

__all__ = ["ROWS"]

LESSON = "19_quantization"


def affine() -> Row:
    """A million numbers through 8-bit codes, a scale and a zero point for each of a thousand channels."""
    build, x = lessons.load(LESSON), _normal(1_000, 1_000)
    quantized = build.quantize_affine(x, 8, symmetric=False, axis=0)
    scale, zero = quantized.scale[:, 0], quantized.zero[:, 0].int()
    return Row(
        "10⁶ numbers through 8-bit codes, by channel",
        {
            "own": lambda: build.dequantize(build.quantize_affine(x, 8, symmetric=False, axis=0)),
            "library": lambda: torch.fake_quantize_per_channel_affine(x, scale, zero, 0, 0, 255),
        },
        agree=_equal,
    )


def fake() -> Row:
    """Rounding with a straight-through gradient, forward and backward."""
    build, x = lessons.load(LESSON), _normal(500, 1_000)
    scale, zero = torch.tensor(0.4), torch.tensor(8)

    def gradient(function: Any, point: torch.Tensor) -> torch.Tensor:
        leaf = x.clone().requires_grad_()
        function(leaf, scale, point, 0, 15).square().sum().backward()
        return leaf.grad

    return Row(
        "fake quantisation, both ways, of 5 · 10⁵ numbers",
        {
            "own": lambda: gradient(build.FakeQuantize.apply, zero.float()),
            "library": lambda: gradient(torch.fake_quantize_per_tensor_affine, zero.int()),
        },
        agree=_equal,
    )


def nf4() -> Row:
    """NF4 codes with 8-bit scales of a million weights."""
    build, bnb, x = lessons.load(LESSON), packages.load("bitsandbytes").functional, _normal(1_000, 1_024)
    return Row(
        "NF4 with double quantisation of 10⁶ weights",
        {
            "own": lambda: build.quantize_nf4(x).packed,
            "library": lambda: bnb.quantize_4bit(x, quant_type="nf4", compress_statistics=True)[0].flatten(),
        },
        agree=_equal,
    )


def decode() -> Row:
    """Back from NF4 to floats."""
    build, bnb, x = lessons.load(LESSON), packages.load("bitsandbytes").functional, _normal(1_000, 1_024)
    stored, theirs = build.quantize_nf4(x), bnb.quantize_4bit(x, quant_type="nf4", compress_statistics=True)
    return Row(
        "10⁶ weights back from NF4",
        {"own": lambda: build.dequantize_nf4(stored), "library": lambda: bnb.dequantize_4bit(*theirs)},
        agree=_close,
    )


def weight_only() -> Row:
    """One row of activations times int8 weights: decoded first, and in one kernel; float32 for comparison."""
    build, x = lessons.load(LESSON), _normal(1, 2_048, seed=1)
    weights = _normal(2_048, 2_048)
    int8 = build.quantize_affine(weights, 8, symmetric=True, axis=0)
    scale, half = int8.scale[:, 0], x.bfloat16()
    versions = {"own": lambda: (x @ int8.codes.float().T) * scale, "naive": lambda: x @ weights.T}
    fused = getattr(torch, "_weight_int8pack_mm", None)  # private: another version may not have it
    if fused is not None:
        versions["library"] = lambda: fused(half, int8.codes, scale.bfloat16()).float()
    return Row(
        "1 row times 2,048 × 2,048 weights in int8 (library: fused, bf16)",
        versions,
        agree=lambda results: all(_relative(result, results["naive"]) < 0.03 for result in results.values()),
    )


def ternary() -> Row:
    """A product with ternary weights by additions alone."""
    build, x = lessons.load(LESSON), _normal(512, seed=1)
    stored = build.quantize_ternary(_normal(256, 512))
    dense = build.dequantize(stored)
    return Row(
        "256 × 512 ternary weights times a vector, by additions",
        {"own": lambda: build.multiply_free(x, stored), "library": lambda: dense @ x},
        agree=_close,
    )


def _normal(*shape: int, seed: int = 19) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _equal(results: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(result, results["library"]) for result in results.values())


def _close(results: dict[str, torch.Tensor]) -> bool:
    return all(torch.allclose(one, results["library"], rtol=1e-4, atol=1e-4) for one in results.values())


def _relative(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return ((ours - theirs).norm() / theirs.norm()).item() if theirs.numel() else math.nan


ROWS = (affine, fake, nf4, decode, weight_only, ternary)
