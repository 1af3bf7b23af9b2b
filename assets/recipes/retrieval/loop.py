"""Train a small network step by step: seeded, resumable, with a log of how well it finds documents."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

from assets.recipes.training import learning_rate, load_checkpoint, save_checkpoint

__all__ = ["BI_ENCODER", "CROSS_ENCODER", "Recipe", "train"]


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights of an encoder, but for the texts and the machine."""

    name: str
    layers: int
    steps: int
    lr: float
    rows: int  # questions in a batch
    width: int = 160
    heads: int = 5
    window: int = 256  # most tokens of a text
    vocab_size: int = 4_096
    dropout: float = 0.1
    warmup: int = 60
    weight_decay: float = 0.01
    seed: int = 22
    check_every: int = 100  # steps between validations, and between checkpoints


BI_ENCODER = Recipe("retriever", layers=2, steps=600, lr=1e-3, rows=64)
CROSS_ENCODER = Recipe("reranker", layers=2, steps=500, lr=6e-4, rows=10)


def train(
    model: nn.Module,
    recipe: Recipe,
    loss_of: Callable[[int], Tensor],
    check: Callable[[], dict[str, float]],
    checkpoint: Path,
    stop: int | None = None,
) -> list[dict[str, float]]:
    """Train a model in place, going on from `checkpoint` where that was written by the same recipe.

    Args:
        model: the untrained model.
        recipe: how to train it.
        loss_of: returns the loss of the batch that belongs to a step.
        check: measures the model in evaluation mode; a row of the log.
        checkpoint: a file; written at every check.
        stop: stop after this many steps in all (the schedule stays that of the recipe).

    Returns:
        The log: a row for every check, with the training loss averaged since the last.
    """
    torch.set_num_threads(1)
    groups = [[p for p in model.parameters() if (p.dim() > 1) == matrices] for matrices in (True, False)]
    decays = (recipe.weight_decay, 0.0)
    optimizer = torch.optim.AdamW(
        [{"params": group, "weight_decay": decay} for group, decay in zip(groups, decays, strict=True)],
        lr=recipe.lr,
        fused=True,
    )
    log, first, spent = [], 0, 0.0
    if checkpoint.exists():
        state = load_checkpoint(checkpoint, recipe)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        log, first, spent = state["log"], state["step"], state["cpu_seconds"]
    last = recipe.steps if stop is None else min(stop, recipe.steps)
    start, losses = time.process_time() - spent, []
    bar = tqdm(range(first, last), initial=first, total=last, desc=recipe.name, mininterval=5)
    for step in bar:
        torch.manual_seed(recipe.seed * 1_000_000 + step)  # of dropout: a resumed run draws the same
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(recipe, step)
        model.train()
        loss = loss_of(step)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % recipe.check_every == 0 or step + 1 == last:
            row = {
                "step": step + 1,
                "lr": learning_rate(recipe, step),
                "train_loss": sum(losses) / len(losses),
            }
            model.eval()
            row |= check()
            log.append({**row, "cpu_minutes": (time.process_time() - start) / 60})
            losses = []
            state = {
                "recipe": asdict(recipe),
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
            }
            save_checkpoint(
                checkpoint,
                {**state, "log": log, "step": step + 1, "cpu_seconds": time.process_time() - start},
            )
            bar.set_postfix({key: f"{value:.3f}" for key, value in row.items() if key not in ("step", "lr")})
    model.eval()
    return log
