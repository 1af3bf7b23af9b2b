"""Write the trained retrieval models: weights in float16, and cards whose numbers are measured."""

from __future__ import annotations

import json
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn

from assets.recipes.export import sha256_of
from assets.recipes.retrieval.cross_encoder import CANDIDATES, reranked
from assets.recipes.retrieval.light import HIDDEN, lightly_reranked
from assets.recipes.retrieval.loop import Recipe
from assets.recipes.retrieval.questions import asked
from assets.recipes.retrieval.search import Search, held_out, measure, ranks
from assets.recipes.retrieval.texts import SIZE, STEP, entries
from helpers.encoders import Reranker
from helpers.reranking import FEATURES, LIGHT, LightReranker

__all__ = ["results", "save_light", "save_model", "write_cards"]

_HEAD = """---
license: cc-by-4.0
language: en
library_name: {library}
pipeline_tag: {task}
---
# {name}

{what}

Made by `python -m assets.recipes.retrieval` for the lessons of Glassbox and for nothing else: it knows the
handbook of Ondersay, the Python manual and the lessons, and little of other English. It learned from
{questions} questions asked about the handbook (`assets/handbook/training_questions.csv` without a sixth,
drawn at random, that is held out), and from questions made of facts, titles, sentences, quotations and rare
words, a third of them misspelled. The labelled questions of `assets/handbook/questions.csv` were never
trained on. Text and weights: CC BY 4.0; code: Apache-2.0. Training again gives the same bytes only with the
same processor, Python (whose manual is read) and versions.

| | |
|---|---|
{facts}

## Found on the held-out questions

{count} training questions about the handbook that no model has seen, though others about the same documents
were seen. Each document is cut into passages of {size} words under its title, one every {step} words; its
score is that of its best passage, and a near-duplicate counts as right. The rerankers order the first
{candidates} passages of the hybrid (reciprocal ranks of BM25 and bi-encoder, added), alone or with their own
reciprocal ranks added to these two. Milliseconds a question are those of one core of a busy machine.

| | hit@1 | hit@5 | MRR | ms |
|---|---|---|---|---|
{rows}
"""
_WHAT = {
    "retriever": "A bi-encoder: BERT of {parameters:,} parameters ({layers} layers, width {width}, {heads} "
    "heads, {vocab_size:,} lower-case word pieces, {window} tokens; weights in float16). The mean of its "
    "last hidden states, scaled to length 1, points where the vectors of fitting passages point.",
    "reranker": "A cross-encoder: BERT of {parameters:,} parameters ({layers} layers, width {width}, {heads} "
    "heads, {window} tokens; weights in float16) with one logit, that reads a question and a passage "
    "together. It starts from the bi-encoder's weights. Token types mark what both sides share: 0 and 1 are "
    "tokens of question and passage, 2 and 3 such tokens that the other side has too.",
    LIGHT: "A light reranker: {parameters:,} weights ({features} features, two hidden layers of {hidden}), "
    "which learned the cross-encoder's scores of {candidates} candidates for each of many questions, from "
    "features that cost next to nothing: `helpers.reranking.features`.",
}
_TASKS = {"retriever": "feature-extraction", "reranker": "text-ranking", LIGHT: "text-ranking"}


def save_model(model: nn.Module, folder: Path) -> None:
    """Save weights and configuration; the model is left rounded to float16 values, in float32."""
    folder.mkdir(parents=True, exist_ok=True)
    model.to(torch.float16).save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    model.to(torch.float32).eval()


def save_light(weights: Mapping[str, np.ndarray], folder: Path) -> None:
    """Save the light reranker and the names of its features."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(
        {name: np.ascontiguousarray(value) for name, value in weights.items()}, folder / "model.safetensors"
    )
    (folder / "model.safetensors").chmod(0o644)
    text = json.dumps({"model_type": LIGHT, "features": FEATURES, "hidden": HIDDEN}, indent=2)
    (folder / "config.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def results(search: Search, reader: Reranker, student: LightReranker) -> dict[str, dict[str, float]]:
    """Return how well, and how fast, each way to search finds the answers to the held-out questions."""
    ways: dict[str, Callable[[str], np.ndarray]] = {
        "BM25": search.bm25,
        "bi-encoder": search.cosine,
        "hybrid": search.hybrid,
        "cross-encoder": lambda question: reranked(search, reader, question),
        "cross-encoder, fused": lambda question: reranked(search, reader, question, fuse=True),
        "light reranker": lambda question: lightly_reranked(search, student, question),
        "light reranker, fused": lambda question: lightly_reranked(search, student, question, fuse=True),
    }
    labelled, found = held_out(entries()["handbook"]), {}
    for name, way in ways.items():
        start = time.perf_counter()
        found[name] = measure(ranks(search, way, labelled))
        found[name]["ms"] = 1_000 * (time.perf_counter() - start) / len(labelled)
    return found


def write_cards(
    assets: Path,
    models: Mapping[str, tuple[Recipe, nn.Module, float]],
    student: Mapping[str, np.ndarray],
    found: Mapping[str, Mapping[str, float]],
) -> None:
    """Write the card of each model.

    Args:
        assets: the folder that holds `models/`.
        models: recipe, model and CPU minutes of both encoders.
        student: the weights of the light reranker.
        found: what `results` returned.
    """
    about = {}
    for name, (recipe, model, minutes) in models.items():
        about[name] = vars(recipe) | {"parameters": sum(weight.numel() for weight in model.parameters())}
        about[name]["facts"] = {
            "training": f"{recipe.steps:,} steps of up to {recipe.rows} questions",
            "optimizer": f"AdamW, weight decay {recipe.weight_decay}, learning rate {recipe.lr}"
            f" after {recipe.warmup} steps of warm-up, then linear to 0",
            "seed": recipe.seed,
            "time": f"{minutes:.0f} CPU minutes (1 thread)",
        }
    light = {"parameters": sum(value.size for value in student.values()), "features": len(FEATURES)}
    about[LIGHT] = {**light, "hidden": HIDDEN, "candidates": CANDIDATES, "facts": {"time": "a minute or two"}}
    rows = [
        f"| {way} | {one['hit1']:.2f} | {one['hit5']:.2f} | {one['mrr']:.2f} | {one['ms']:.1f} |"
        for way, one in found.items()
    ]
    for name, values in about.items():
        folder = assets / "models" / name
        facts = values["facts"] | {
            "sha256 of `model.safetensors`": f"`{sha256_of(folder / 'model.safetensors')}`"
        }
        card = _HEAD.format(
            library="transformers" if name != LIGHT else "numpy",
            task=_TASKS[name],
            name=name,
            what=textwrap.fill(_WHAT[name].format(**values), 108),
            questions=sum(map(len, asked().values())),
            facts="\n".join(f"| {key} | {value} |" for key, value in facts.items()),
            count=sum(map(len, asked(held_out=True).values())),
            size=SIZE,
            step=STEP,
            candidates=CANDIDATES,
            rows="\n".join(rows),
        )
        (folder / "README.md").write_text(card, encoding="utf-8", newline="\n")
