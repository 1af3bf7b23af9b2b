"""Train the bi-encoder: questions and the passages that answer them shall point the same way."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from assets.recipes.retrieval.loop import Recipe, train
from assets.recipes.retrieval.questions import SEED, Pair, pairs
from assets.recipes.retrieval.search import Search, held_out, measure, ranks
from assets.recipes.retrieval.texts import entries
from helpers.encoders import QUESTION, Encoder

__all__ = ["TEMPERATURE", "contrastive_loss", "new_model", "train_bi_encoder", "word_vectors"]

TEMPERATURE = 0.05
START = 0.5  # the length of a piece's vector before training
COLLECTIONS = {"handbook": 0.7, "python": 0.12, "curriculum": 0.18}  # how often a batch is of one
SIZES = {30: 0.35, 60: 0.4, 110: 0.2, 170: 0.05}  # words of the passages of a batch; of long ones, fewer


def new_model(recipe: Recipe) -> BertModel:
    """Return the untrained model of a recipe."""
    torch.manual_seed(recipe.seed)
    config = BertConfig(
        vocab_size=recipe.vocab_size,
        hidden_size=recipe.width,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        intermediate_size=4 * recipe.width,
        max_position_embeddings=recipe.window,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=0.0,
        pad_token_id=0,
    )
    return BertModel(config, add_pooling_layer=False)


def word_vectors(tokenizer: PreTrainedTokenizerFast, width: int, reach: int = 10) -> Tensor:
    """Return what the pieces start from: their neighbours in the texts, squeezed into `width` numbers.

    Positive pointwise mutual information of pieces at most `reach` apart, then a truncated SVD (lesson 06).
    """
    size, ids = len(tokenizer), []
    for entry in chain.from_iterable(entries().values()):
        ids += tokenizer(entry.text, add_special_tokens=False, verbose=False)["input_ids"] + [0] * reach
    row, counts = np.array(ids), np.zeros(size * size)
    for apart in range(1, reach + 1):
        counts += np.bincount(row[:-apart] * size + row[apart:], minlength=size * size)
    both = torch.from_numpy(counts).float().view(size, size)
    both[0], both[:, 0] = 0, 0  # the gaps between texts
    both = both + both.T
    alone = both.sum(dim=0).clamp(min=1)
    ppmi = (both * both.sum() / (alone[:, None] * alone)).clamp(min=1).log()
    torch.manual_seed(SEED)
    left, values, _ = torch.svd_lowrank(ppmi, q=width, niter=4)
    return F.normalize(left * values.sqrt(), dim=-1) * START


def contrastive_loss(questions: Tensor, passages: Tensor, drawn: Sequence[Pair]) -> Tensor:
    """Return InfoNCE over a batch, both ways: each question must find its passage among all, and back.

    Args:
        questions, passages: unit vectors (n, width).
        drawn: the pairs; a passage of a document that answers a question too is not counted against it.
    """
    logits = questions @ passages.T / TEMPERATURE
    alike = [[i != j and b.document in a.alike for j, b in enumerate(drawn)] for i, a in enumerate(drawn)]
    logits = logits.masked_fill(torch.tensor(alike), float("-inf"))
    target = torch.arange(len(drawn))
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def embed(model: BertModel, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], window: int) -> Tensor:
    """Return unit vectors that know where they came from: (n, width)."""
    batch = tokenizer(list(texts), truncation=True, max_length=window, padding=True, return_tensors="pt")
    hidden, mask = model(**batch).last_hidden_state, batch["attention_mask"].unsqueeze(-1)
    return F.normalize((hidden * mask).sum(dim=1) / mask.sum(dim=1), dim=-1)


def train_bi_encoder(
    recipe: Recipe, tokenizer: PreTrainedTokenizerFast, checkpoint: Path, stop: int | None = None
) -> tuple[BertModel, list[dict[str, float]]]:
    """Train the bi-encoder, going on from its checkpoint; return it with its log."""
    model = new_model(recipe)
    model.embeddings.word_embeddings.weight.data.copy_(word_vectors(tokenizer, recipe.width))

    def loss_of(step: int) -> Tensor:
        rng = Random(f"{recipe.seed} {step}")
        collection = rng.choices(list(COLLECTIONS), list(COLLECTIONS.values()))[0]
        size = rng.choices(list(SIZES), list(SIZES.values()))[0]
        drawn = pairs(collection, min(recipe.rows, recipe.rows * 60 // size), rng, size)
        questions = embed(model, tokenizer, [pair.question for pair in drawn], QUESTION)
        length = min(recipe.window, 8 * size // 5)
        return contrastive_loss(
            questions, embed(model, tokenizer, [pair.passage for pair in drawn], length), drawn
        )

    def check() -> dict[str, float]:
        search = Search(entries()["handbook"], Encoder(model, tokenizer))
        return measure(ranks(search, search.cosine, held_out(entries()["handbook"])))

    log = train(model, recipe, loss_of, check, checkpoint, stop)
    return model, log
