"""Distil the cross-encoder into a light reranker: a small network on cheap features of the candidates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from assets.recipes.retrieval.cross_encoder import CANDIDATES, reordered
from assets.recipes.retrieval.questions import SEED, asked, hurry, pairs
from assets.recipes.retrieval.search import Search
from assets.recipes.retrieval.texts import SIZE
from helpers.encoders import Reranker
from helpers.reranking import FEATURES, LightReranker, features

__all__ = ["Lists", "distil", "lightly_reranked", "lists", "new_network", "weights_of"]

HIDDEN = 24
STEPS = 2_000
ROWS = 64  # lists of candidates in a batch
MADE = 600  # questions that nobody asked
Lists = tuple[Tensor, Tensor]  # features (n, candidates, features) and the teacher's scores (n, candidates)


def new_network() -> nn.Sequential:
    """Return the untrained network, from the features to one score."""
    torch.manual_seed(SEED)
    sizes = (len(FEATURES), HIDDEN, HIDDEN)
    first, second = (nn.Linear(a, b) for a, b in pairwise(sizes))
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Linear(HIDDEN, 1))


def lists(search: Search, teacher: Reranker) -> Lists:
    """Return the candidates of fresh questions to the collection, as the student and the teacher see them."""
    rng = Random(SEED + 1)
    questions = [hurry(question, rng) for found in asked().values() for question in found]
    while len(questions) < MADE + sum(map(len, asked().values())):
        questions += [pair.question for pair in pairs("handbook", 100, rng, SIZE)]
    return examples(search, teacher, questions)


def examples(search: Search, teacher: Reranker, questions: Sequence[str]) -> Lists:
    """Return what `distil` learns from for some questions."""
    seen, told = [], []
    for question in questions:
        bm25, cosine = search.bm25(question), search.cosine(question)
        best = np.argsort(-search.hybrid(question), kind="stable")[:CANDIDATES]
        texts = [search.texts[row] for row in best]
        seen.append(features(question, texts, bm25[best], cosine[best]))
        told.append(teacher.score(question, texts))
    return torch.from_numpy(np.stack(seen)), torch.from_numpy(np.stack(told))


def distil(data: Lists, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Train the student to share its probability among the candidates as the teacher does."""
    seen, told = data
    mean, scale = seen.mean(dim=(0, 1)), seen.std(dim=(0, 1)).clamp(min=1e-3)
    network, choice = new_network(), torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.01)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = 3e-3 * (1 - step / steps)
        rows = torch.randint(len(seen), (ROWS,), generator=choice)
        scores = network((seen[rows] - mean) / scale).squeeze(-1)
        loss = F.cross_entropy(scores, F.softmax(told[rows], dim=-1)) + 0.05 * F.mse_loss(scores, told[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weights_of(network, mean, scale)


def weights_of(network: nn.Sequential, mean: Tensor, scale: Tensor) -> dict[str, np.ndarray]:
    """Return the network under the names that `LightReranker` reads."""
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    found = {"mean": mean, "scale": scale}
    for number, layer in enumerate(layers):
        found |= {f"{number}.weight": layer.weight, f"{number}.bias": layer.bias}
    return {name: value.detach().float().numpy() for name, value in found.items()}


def lightly_reranked(search: Search, student: LightReranker, question: str, fuse: bool = False) -> np.ndarray:
    """Return a score of every passage, (n,): the best `CANDIDATES` of the hybrid as the student sees them."""
    bm25, cosine = search.bm25(question), search.cosine(question)

    def score(rows: np.ndarray) -> np.ndarray:
        return student.score(question, [search.texts[row] for row in rows], bm25[rows], cosine[rows])

    return reordered(search, question, score, fuse)
