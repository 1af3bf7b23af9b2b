"""Write a trained model as files that `AutoModelForCausalLM` loads, with their hashes in the manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GPT2LMHeadModel

from assets.recipes.card import write_card
from assets.recipes.evaluation import losses_by_kind
from assets.recipes.tokenizer import save_tokenizer
from assets.recipes.training import Recipe, write_log

__all__ = ["export", "sha256_of", "write_manifest"]

_SHIPPED = (
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_manifest(assets: Path) -> None:
    """Write `manifest.json`: size and sha256 of every file of every model under `assets/models`."""
    files = sorted(path for path in (assets / "models").glob("*/*") if path.name in _SHIPPED)
    entries = {
        path.relative_to(assets).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in files
    }
    (assets / "manifest.json").write_text(
        json.dumps(entries, indent=2) + "\n", encoding="utf-8", newline="\n"
    )


def export(
    model: GPT2LMHeadModel,
    tokenizer: Tokenizer,
    recipe: Recipe,
    log: list[dict],
    minutes: float,
    assets: Path,
    count: int = 300,
) -> None:
    """Write weights (bfloat16), tokenizer, log, card and manifest of a model.

    Args:
        model: the trained model; left rounded to bfloat16 values, in float32.
        tokenizer: its tokenizer.
        recipe: what trained it.
        log: its training log.
        minutes: CPU minutes of training.
        assets: the folder that holds `models/`.
        count: texts of each kind that the card's numbers are measured on.
    """
    folder = assets / "models" / recipe.name
    folder.mkdir(parents=True, exist_ok=True)
    model.generation_config.pad_token_id = model.config.eos_token_id
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    save_tokenizer(tokenizer, folder, recipe.context)
    write_log(log, folder / "training_log.csv")
    model.to(torch.float32).eval()
    losses = losses_by_kind(model, tokenizer, count, recipe.context)
    card = write_card(
        model, tokenizer, recipe, losses, sha256_of(folder / "model.safetensors"), minutes, count
    )
    (folder / "README.md").write_text(card, encoding="utf-8", newline="\n")
    write_manifest(assets)
