"""Train the cross-encoder: it reads a question and a passage together, and tells right from nearly right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedTokenizerFast

from assets.recipes.retrieval.loop import Recipe, train
from assets.recipes.retrieval.questions import TITLED, asked, hurry, pairs
from assets.recipes.retrieval.search import Search, fused, held_out, measure, ranks
from assets.recipes.retrieval.texts import COLLECTIONS, SIZE, entries
from helpers.encoders import Encoder, Reranker

__all__ = [
    "CANDIDATES",
    "Group",
    "listwise_loss",
    "new_model",
    "reordered",
    "reranked",
    "train_cross_encoder",
    "training_groups",
]

CANDIDATES = 30  # passages that the first stage hands on
WRONG = 5  # wrong passages beside the right one
MADE = {"handbook": 2_400, "python": 300, "curriculum": 500}  # questions that nobody asked, by collection
VERSIONS = 4  # ways to write each asked question
UNANSWERED = 0.1  # the share of groups without a right passage


@dataclass(frozen=True)
class Group:
    """A question, the passages that may answer it, best first, and wrong ones that look right, best first."""

    question: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


def new_model(recipe: Recipe, bi_encoder: BertModel) -> BertForSequenceClassification:
    """Return a cross-encoder that starts from the words and the lower layers of the bi-encoder."""
    torch.manual_seed(recipe.seed)
    config = BertConfig.from_dict({**bi_encoder.config.to_dict(), "num_hidden_layers": recipe.layers})
    config.type_vocab_size, config.num_labels = 4, 1
    model = BertForSequenceClassification(config)
    known = bi_encoder.state_dict()
    types = "embeddings.token_type_embeddings.weight"
    known[types] = known[types][:1] + model.bert.state_dict()[types]
    model.bert.load_state_dict({k: v for k, v in known.items() if k in model.bert.state_dict()}, strict=False)
    return model


def training_groups(recipe: Recipe, encoder: Encoder) -> list[Group]:
    """Return all questions to train on, each with the passages that BM25 and the bi-encoder find for it."""
    rng, found = Random(recipe.seed), []
    for collection in COLLECTIONS:
        search = Search(entries()[collection], encoder)
        alike = {entry.id: entry.alike for entry in entries()[collection]}
        questions = []
        while len(questions) < MADE[collection]:
            questions += [(pair.question, pair.alike) for pair in pairs(collection, 100, rng, SIZE)]
        if collection == "handbook":
            known = [(question, name) for name, some in asked().items() for question in some]
            questions += [(hurry(question, rng), alike[name]) for question, name in known * VERSIONS]
        found += groups(search, questions, rng)
    return found


def groups(search: Search, questions: Sequence[tuple[str, frozenset[str]]], rng: Random) -> list[Group]:
    """Return a group for each question with the documents that answer it; some without titles."""
    vectors = search.encoder.encode([question for question, _ in questions])
    found = []
    for (question, alike), vector in zip(questions, vectors, strict=True):
        cosine = search.vectors @ vector
        order = np.argsort(-fused(search.bm25(question), cosine), kind="stable")
        texts = search.texts if rng.random() < TITLED else search.bare
        right = tuple(texts[row] for row in order if search.owners[row] in alike)
        wrong = [texts[row] for row in order if search.owners[row] not in alike]
        found.append(Group(question, right[:2], tuple(wrong[:CANDIDATES])))
    return found


def listwise_loss(scores: Tensor, answered: Tensor) -> Tensor:
    """Return the cross-entropy of each row's first score against the others and 0; (n, 1 + wrong) → ().

    A group that is not `answered` must have all its scores below 0: then "none of these" is right.
    """
    logits = F.pad(scores, (0, 1))
    return F.cross_entropy(logits, torch.where(answered, 0, scores.shape[1]))


def train_cross_encoder(
    recipe: Recipe,
    tokenizer: PreTrainedTokenizerFast,
    bi_encoder: BertModel,
    checkpoint: Path,
    stop: int | None = None,
) -> tuple[BertForSequenceClassification, list[dict[str, float]]]:
    """Train the cross-encoder, going on from its checkpoint; return it with its log."""
    model, encoder = new_model(recipe, bi_encoder), Encoder(bi_encoder.eval(), tokenizer)
    reader = Reranker(model, tokenizer)
    handbook = Search(entries()["handbook"], encoder)

    @cache
    def everything() -> list[Group]:
        return training_groups(recipe, encoder)

    def loss_of(step: int) -> Tensor:
        rng = Random(f"{recipe.seed} {step}")
        questions, texts, answered = [], [], []
        for group in rng.sample(everything(), recipe.rows):
            wrong = rng.sample(group.wrong, WRONG + 1)
            answered.append(rng.random() >= UNANSWERED)
            right = group.right[
                min(rng.randrange(4) // 3, len(group.right) - 1)
            ]  # the best of all, or the next
            texts += [right, *wrong[1:]] if answered[-1] else wrong
            questions += [group.question] * (WRONG + 1)
        scores = model(**reader.inputs(questions, texts)).logits.view(recipe.rows, WRONG + 1)
        return listwise_loss(scores, torch.tensor(answered))

    def check() -> dict[str, float]:
        labelled = held_out(entries()["handbook"])
        return measure(ranks(handbook, lambda question: reranked(handbook, reader, question), labelled))

    return model, train(model, recipe, loss_of, check, checkpoint, stop)


def reranked(search: Search, reader: Reranker, question: str, fuse: bool = False) -> np.ndarray:
    """Return a score of every passage, (n,): the hybrid's best `CANDIDATES` as the cross-encoder sees."""
    return reordered(
        search, question, lambda rows: reader.score(question, [search.texts[i] for i in rows]), fuse
    )


def reordered(
    search: Search, question: str, score: Callable[[np.ndarray], np.ndarray], fuse: bool
) -> np.ndarray:
    """Return the hybrid's scores, (n,), with its best `CANDIDATES` in another order.

    Args:
        search: the collection.
        question: what is asked.
        score: gives a score to rows of the collection.
        fuse: add its reciprocal ranks to those of BM25 and bi-encoder, else let it decide alone.
    """
    bm25, cosine = search.bm25(question), search.cosine(question)
    scores = fused(bm25, cosine)
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    found = score(best)
    found = fused(found, bm25[best], cosine[best]) if fuse else fused(found)
    scores[best] = scores.max() + found
    return scores
