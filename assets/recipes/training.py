"""Train a small GPT-2 on storyworld: seeded, resumable, with a log that a lesson can plot."""

from __future__ import annotations

import csv
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F
from tqdm import tqdm
from transformers import GPT2Config, GPT2LMHeadModel

from assets.recipes.batches import END_ID, batch
from assets.recipes.evaluation import losses_by_kind, mixture_loss

__all__ = [
    "DRAFT",
    "RECIPES",
    "STORY",
    "Recipe",
    "learning_rate",
    "load_checkpoint",
    "new_model",
    "read_log",
    "save_checkpoint",
    "train",
    "write_log",
]


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights of a model, but for the machine."""

    name: str
    layers: int
    width: int
    heads: int
    steps: int
    lr: float
    context: int = 256
    vocab_size: int = 1_024
    rows: int = 16  # rows of `context` tokens in a batch
    plain_every: int = 8  # texts are read alone, but in every 8th batch with all that stands before them
    warmup: int = 200
    weight_decay: float = 0.1
    seed: int = 0
    threads: int = 1
    bf16: bool = True  # multiply matrices in bfloat16, keep weights in float32
    check_every: int = 250  # steps between validations
    check_texts: int = 40  # held-out texts of each kind in a validation
    save_every: int = 250  # steps between checkpoints

    @property
    def tokens(self) -> int:
        """Training tokens in all."""
        return self.steps * self.rows * self.context


STORY = Recipe("story", layers=4, width=192, heads=6, steps=5_600, lr=3e-3)
DRAFT = Recipe("story_draft", layers=2, width=80, heads=5, steps=2_500, lr=5e-3)
RECIPES = {recipe.name: recipe for recipe in (STORY, DRAFT)}


def learning_rate(recipe: Recipe, step: int) -> float:
    """Return the learning rate of a step: a linear rise, then a straight line down to zero."""
    if step < recipe.warmup:
        return recipe.lr * (step + 1) / recipe.warmup
    return recipe.lr * (recipe.steps - step) / max(1, recipe.steps - recipe.warmup)


def new_model(recipe: Recipe) -> GPT2LMHeadModel:
    """Return the untrained model of a recipe."""
    torch.manual_seed(recipe.seed)
    config = GPT2Config(
        vocab_size=recipe.vocab_size,
        n_positions=recipe.context,
        n_embd=recipe.width,
        n_layer=recipe.layers,
        n_head=recipe.heads,
        activation_function="gelu_pytorch_tanh",
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=END_ID,
        eos_token_id=END_ID,
    )
    return GPT2LMHeadModel(config)


def _optimizer(model: torch.nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """Decay matrices, but neither biases nor layer norms."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr, betas=(0.9, 0.98), fused=True)


def _step(model, optimizer, recipe: Recipe, tokenizer: Tokenizer, step: int) -> float:
    """Make one step on the batch that belongs to its number; return the training loss."""
    whole = batch(tokenizer, recipe.rows, recipe.context + 1, seed=recipe.seed * 1_000_000 + step + 1)
    given, wanted = whole.cut(recipe.context), whole.ids[:, 1:]
    inputs = {}
    if (step + 1) % recipe.plain_every:
        inputs["attention_mask"] = given.mask(torch.bfloat16 if recipe.bf16 else torch.float32)
        inputs["position_ids"] = given.places
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(recipe, step)
    with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bf16):
        logits = model(given.ids, **inputs).logits
    loss = F.cross_entropy(logits.float().flatten(0, 1), wanted.flatten())
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def save_checkpoint(path: Path, state: dict) -> None:
    """Write a checkpoint whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def _check(model, recipe: Recipe, tokenizer: Tokenizer) -> dict[str, float]:
    losses = losses_by_kind(model, tokenizer, recipe.check_texts, recipe.context)
    loss, entropy = mixture_loss(losses)
    return {"loss": loss, "entropy": entropy, **{item.kind: item.loss for item in losses}}


def load_checkpoint(path: Path, recipe: Recipe) -> dict:
    """Return a checkpoint written by `train`.

    Raises:
        ValueError: if it belongs to another recipe.
    """
    state = torch.load(path, weights_only=True)
    if state["recipe"] != asdict(recipe):
        raise ValueError(f"{path} belongs to another recipe ({state['recipe']}): move it away to train anew")
    return state


def train(
    recipe: Recipe, tokenizer: Tokenizer, checkpoint: Path, stop: int | None = None, quiet: bool = False
) -> tuple[GPT2LMHeadModel, list[dict]]:
    """Train a model, going on from `checkpoint` where that was written by the same recipe.

    Args:
        recipe: what to train.
        tokenizer: the embedded tokenizer.
        checkpoint: a file; written every `save_every` steps and at the end.
        stop: stop after this many steps in all (the schedule stays that of the recipe).
        quiet: show no progress bar.

    Returns:
        The model, and the log: a row for every validation, with the training loss averaged since the last.

    Raises:
        ValueError: if the checkpoint belongs to another recipe.
    """
    torch.set_num_threads(recipe.threads)
    model, log, first, spent = new_model(recipe), [], 0, 0.0
    optimizer = _optimizer(model, recipe)
    running: list[float] = []
    if checkpoint.exists():
        state = load_checkpoint(checkpoint, recipe)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        log, first, spent, running = state["log"], state["step"], state["cpu_seconds"], state["running"]
    last = recipe.steps if stop is None else min(stop, recipe.steps)
    start = time.process_time() - spent
    bar = tqdm(range(first, last), initial=first, total=last, desc=recipe.name, disable=quiet, mininterval=5)
    for step in bar:
        running.append(_step(model, optimizer, recipe, tokenizer, step))
        done = step + 1
        if done % recipe.check_every == 0 or done == recipe.steps:
            model.eval()
            train_loss = sum(running) / len(running)
            row = {
                "step": done,
                "tokens": done * recipe.rows * recipe.context,
                "lr": learning_rate(recipe, step),
            }
            row |= {"train_loss": train_loss, **_check(model, recipe, tokenizer)}
            log.append({**row, "cpu_minutes": (time.process_time() - start) / 60})
            running = []
            model.train()
            bar.set_postfix(loss=f"{row['loss']:.3f}", entropy=f"{row['entropy']:.3f}")
        if done % recipe.save_every == 0 or done == last:
            state = {
                "recipe": asdict(recipe),
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
            }
            state |= {
                "log": log,
                "step": done,
                "running": running,
                "cpu_seconds": time.process_time() - start,
            }
            save_checkpoint(checkpoint, state)
    return model.eval(), log


def write_log(log: list[dict], path: Path) -> None:
    """Write the log as CSV with 4 digits after the point."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(log[0]), lineterminator="\n")
        writer.writeheader()
        for row in log:
            writer.writerow(
                {key: f"{value:.4f}" if isinstance(value, float) else value for key, value in row.items()}
            )


def read_log(path: Path) -> list[dict[str, float]]:
    """Read what `write_log` wrote; all values as floats."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
