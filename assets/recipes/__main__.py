"""Run the recipes: `python -m assets.recipes [tokenizer|train|finish|all] [--model NAME]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tokenizers import Tokenizer

from assets.recipes.tokenizer import save_tokenizer, train_tokenizer
from assets.recipes.training import RECIPES, train

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


def main() -> None:
    """Train what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=RECIPES)
    name = parser.parse_args().model
    tokenizer = train_tokenizer()
    train(RECIPES[name], tokenizer, BUILD / f"{name}.pt")


if __name__ == "__main__":
    main()
