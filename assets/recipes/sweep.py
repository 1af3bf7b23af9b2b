"""Train small models of six sizes on five budgets each: `python -m assets.recipes.sweep [width ...]`.

The final losses are what a scaling law is fitted to. Each run lets its own learning rate fall to zero: a
short run that is cut out of a longer one has not done so, and looks worse than its budget allows (Hoffmann
et al., 2022).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from transformers import GPT2LMHeadModel

from assets.recipes.tokenizer import train_tokenizer
from assets.recipes.training import Recipe, train, write_log

__all__ = ["BUDGETS", "SIZES", "SWEEP", "build_sweep", "recipe_of", "run"]

SIZES = ((1, 24, 2), (2, 32, 2), (2, 48, 3), (3, 64, 4), (3, 96, 6), (4, 128, 8))  # layers, width, heads
BUDGETS = (244, 488, 976, 1_952, 3_904)  # steps of 2,048 tokens
SWEEP = Path(__file__).resolve().parents[1] / "sweep.csv"


def recipe_of(layers: int, width: int, heads: int, steps: int) -> Recipe:
    """Return the recipe of one run; the learning rate falls as the width grows, measured on three widths."""
    return Recipe(
        f"sweep_{width}_{steps}",
        layers=layers,
        width=width,
        heads=heads,
        steps=steps,
        lr=0.8 / width,
        rows=8,
        warmup=100,
        check_every=steps,
        save_every=steps,
        check_texts=200,
    )


def run(recipe: Recipe, build: Path) -> dict[str, float]:
    """Return the row of one run (sizes, losses by kind, CPU minutes); train it unless `build` has it."""
    model, log = train(recipe, train_tokenizer(), build / f"{recipe.name}.pt")
    row = dict(log[-1])
    row["lr"] = recipe.lr
    return {
        "layers": recipe.layers,
        "width": recipe.width,
        "parameters": count(model),
        **row,
    }


def count(model: GPT2LMHeadModel) -> int:
    """Return the number of weights; the head is the embedding and counts once."""
    return sum(weight.numel() for weight in model.parameters())


def build_sweep(build: Path, path: Path, widths: list[int] | None = None) -> None:
    """Make the runs of some widths, or of all; write the file at `path` when no run is missing."""
    recipes = [recipe_of(*size, steps) for size in SIZES for steps in BUDGETS]
    for recipe in recipes:
        if not widths or recipe.width in widths:
            run(recipe, build)
    if all((build / f"{recipe.name}.pt").exists() for recipe in recipes):
        write_log([run(recipe, build) for recipe in recipes], path)


def main() -> None:
    """Make the runs named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m assets.recipes.sweep", description=__doc__)
    parser.add_argument(
        "widths", nargs="*", type=int, metavar="width", help="make the runs of these widths only"
    )
    widths = parser.parse_args().widths
    known = [width for _, width, _ in SIZES]
    if unknown := sorted(set(widths) - set(known)):
        parser.error(f"there is no model of width {unknown[0]} in the sweep; there are {known}")
    build_sweep(Path(__file__).resolve().parents[2] / "build" / "sweep", SWEEP, widths)


if __name__ == "__main__":
    main()
