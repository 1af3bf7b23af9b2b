"""Lesson 12: our loss, batches, training step and scaling-law fit, beside those of the libraries."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import torch
from scipy.optimize import curve_fit
from torch.nn import functional as F
from torch.utils.data import DataLoader, RandomSampler
from transformers import GPT2Config, GPT2LMHeadModel

from helpers import lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "12_pretraining"


def _close(results: dict) -> bool:
    return np.allclose(results["own"], results["library"], rtol=2e-3, atol=1e-5)


def loss() -> Row:
    """Score 4,096 tokens of a vocabulary of 8,192."""
    own, generator = lessons.load(LESSON).cross_entropy, torch.Generator().manual_seed(0)
    logits_NV = torch.randn(4_096, 8_192, generator=generator)
    targets_N = torch.randint(8_192, (4_096,), generator=generator)
    return Row(
        "cross-entropy of 4,096 tokens of a vocabulary of 8,192",
        {
            "own": lambda: own(logits_NV, targets_N).item(),
            "library": lambda: F.cross_entropy(logits_NV, targets_N).item(),
        },
        agree=_close,
        goals=(
            Goal("own takes at most three times as long", lambda best: best["own"] <= 3 * best["library"]),
        ),
    )


def batches() -> Row:
    """Cut 100 batches of 16 pieces of 128 tokens; the library's loader cuts piece by piece."""
    get_batch, stream = lessons.load(LESSON).get_batch, torch.arange(100_000)

    def own() -> bool:
        generator = torch.Generator().manual_seed(0)
        pairs = [get_batch(stream, 16, 128, generator) for _ in range(100)]
        return all(torch.equal(inputs + 1, targets) for inputs, targets in pairs)

    def library() -> bool:
        pieces = stream.unfold(0, 129, 1)
        sampler = RandomSampler(pieces, replacement=True, num_samples=1_600)
        pairs = [(rows[:, :-1], rows[:, 1:]) for rows in DataLoader(pieces, batch_size=16, sampler=sampler)]
        return len(pairs) == 100 and all(torch.equal(inputs + 1, targets) for inputs, targets in pairs)

    return Row(
        "100 batches of 16 pieces of 128 tokens",
        {"own": own, "library": library},
        agree=lambda results: results["own"] and results["library"],
    )


def steps() -> Row:
    """Take 5 steps with a GPT-2 of width 64; the library's side is the same loop written plainly."""
    build = lessons.load(LESSON)
    ids_BT = torch.randint(1_024, (8, 65), generator=torch.Generator().manual_seed(0))
    inputs_BT, targets_BT = ids_BT[:, :-1], ids_BT[:, 1:]

    def fresh() -> GPT2LMHeadModel:
        torch.manual_seed(0)
        shape = {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 64}
        return GPT2LMHeadModel(GPT2Config(vocab_size=1_024, bos_token_id=0, eos_token_id=0, **shape)).eval()

    def library() -> float:
        model = fresh()
        wide = [[p for p in model.parameters() if (p.dim() > 1) is side] for side in (True, False)]
        groups = [{"params": wide[0], "weight_decay": 0.1}, {"params": wide[1], "weight_decay": 0.0}]
        optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
        for step in range(5):
            for group in optimizer.param_groups:
                group["lr"] = build.learning_rate(step, 5, 1e-3, 2)
            loss = F.cross_entropy(model(inputs_BT).logits.flatten(0, 1), targets_BT.flatten())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        return loss.item()

    def own() -> float:
        return build.train(fresh(), lambda: (inputs_BT, targets_BT), steps=5, lr=1e-3, warmup=2)[-1]

    return Row("5 training steps of a GPT-2 of width 64", {"own": own, "library": library}, agree=_close)


def fit() -> Row:
    """Fit five numbers to 30 noisy runs."""
    build, rng = lessons.load(LESSON), np.random.default_rng(0)
    sizes, budgets = (x.ravel() for x in np.meshgrid(np.geomspace(4e4, 1e6, 6), np.geomspace(5e5, 8e6, 5)))
    losses = build.PowerLaw(0.4, 0.3, 0.6, 0.7, 0.9)(sizes, budgets) * (1 + 0.02 * rng.standard_normal(30))

    def library() -> np.ndarray:
        def law(x: tuple, *numbers: float) -> np.ndarray:
            return build.PowerLaw(*numbers)(*x)

        return curve_fit(law, (sizes, budgets), losses, p0=(0.1, 1, 0.5, 1, 0.5), sigma=losses)[0]

    return Row(
        "a scaling law for 30 runs",
        {"own": lambda: np.array(astuple(build.fit_power_law(sizes, budgets, losses))), "library": library},
        agree=_close,
    )


ROWS = (loss, batches, steps, fit)
