"""Rebuild the embedded models: `python -m assets.recipes [story] [story_draft]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from assets.recipes.export import export
from assets.recipes.tokenizer import train_tokenizer
from assets.recipes.training import RECIPES, load_checkpoint, train

_ROOT = Path(__file__).resolve().parents[2]


def rebuild(name: str, build: Path, assets: Path, stop: int | None = None) -> None:
    """Train the model called `name`, going on from its checkpoint in `build`, and write it into `assets`."""
    recipe = RECIPES[name]
    checkpoint = build / f"{name}.pt"
    tokenizer = train_tokenizer()
    model, log = train(recipe, tokenizer, checkpoint, stop)
    minutes = load_checkpoint(checkpoint, recipe)["cpu_seconds"] / 60
    export(model, tokenizer, recipe, log, minutes, assets)


def main() -> None:
    """Rebuild the models named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="python -m assets.recipes", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="model", help=f"one of {', '.join(RECIPES)} (default: all)"
    )
    parser.add_argument(
        "--stop", type=int, help="train up to this step only (0: export the checkpoint as it is)"
    )
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in RECIPES]
    if unknown:
        parser.error(f"there is no recipe {', '.join(unknown)}; there are {', '.join(RECIPES)}")
    for name in options.names or RECIPES:
        rebuild(name, _ROOT / "build", _ROOT / "assets", options.stop)


if __name__ == "__main__":
    main()
