"""Rebuild the models that search: `python -m assets.recipes.retrieval`."""

from __future__ import annotations

import argparse
from pathlib import Path

from assets.recipes.export import write_manifest
from assets.recipes.retrieval import export
from assets.recipes.retrieval.bi_encoder import train_bi_encoder
from assets.recipes.retrieval.cross_encoder import train_cross_encoder
from assets.recipes.retrieval.light import distil, lists
from assets.recipes.retrieval.loop import BI_ENCODER, CROSS_ENCODER, Recipe
from assets.recipes.retrieval.search import Search
from assets.recipes.retrieval.texts import entries
from assets.recipes.retrieval.tokenizer import save_tokenizer, train_tokenizer
from assets.recipes.training import write_log
from helpers.encoders import Encoder, Reranker
from helpers.reranking import LIGHT, LightReranker

_ROOT = Path(__file__).resolve().parents[3]


def rebuild(build: Path, assets: Path, bi: Recipe = BI_ENCODER, cross: Recipe = CROSS_ENCODER) -> None:
    """Train all three models, going on from the checkpoints in `build`, and write them into `assets`."""
    folders = {recipe.name: assets / "models" / recipe.name for recipe in (bi, cross)}
    words = train_tokenizer(bi.vocab_size)
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer = save_tokenizer(words, folder, bi.window)
    encoder, log = train_bi_encoder(bi, tokenizer, build / f"{bi.name}.pt")
    export.save_model(encoder, folders[bi.name])
    write_log(log, folders[bi.name] / "training_log.csv")
    reader, cross_log = train_cross_encoder(cross, tokenizer, encoder, build / f"{cross.name}.pt")
    export.save_model(reader, folders[cross.name])
    write_log(cross_log, folders[cross.name] / "training_log.csv")
    search, teacher = Search(entries()["handbook"], Encoder(encoder, tokenizer)), Reranker(reader, tokenizer)
    student = distil(lists(search, teacher))
    export.save_light(student, assets / "models" / LIGHT)
    found = export.results(search, teacher, LightReranker(student))
    made = {
        bi.name: (bi, encoder, log[-1]["cpu_minutes"]),
        cross.name: (cross, reader, cross_log[-1]["cpu_minutes"]),
    }
    export.write_cards(assets, made, student, found)
    write_manifest(assets)


def main() -> None:
    """Rebuild the models."""
    parser = argparse.ArgumentParser(prog="python -m assets.recipes.retrieval", description=__doc__)
    parser.parse_args()
    rebuild(_ROOT / "build" / "retrieval", _ROOT / "assets")


if __name__ == "__main__":
    main()
