"""Lesson 06: TF-IDF and skip-gram, beside naive loops, scikit-learn and autograd."""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from torch.nn import functional as F

from helpers import corpus, lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "06_word_vectors"


def tfidf() -> Row:
    """Weigh the words of 400 stories."""
    build = lessons.load(LESSON)
    stories = [story.text for story in corpus.texts(400, seed=6, kinds=["story"])]
    return Row(
        "TF-IDF of 400 stories",
        {
            "own": lambda: build.tfidf(stories)[0],
            "library": lambda: (
                TfidfVectorizer(tokenizer=build.plain_words, token_pattern=None, lowercase=False)
                .fit_transform(stories)
                .toarray()
            ),
        },
        agree=lambda results: bool(np.abs(results["own"] - results["library"]).max() < 1e-12),
        megabytes=sum(len(story.encode()) for story in stories) / 1e6,
    )


def cooccurrence() -> Row:
    """Count the neighbours of 16,000 sentences."""
    build = lessons.load(LESSON)
    ids, words = build.number_words(build.grid_world(16_000, seed=6))
    return Row(
        "count neighbours in 16,000 sentences",
        {
            "own": lambda: build.cooccurrence(ids, len(words), 4),
            "naive": lambda: _count_slowly(ids, len(words), 4),
        },
        agree=lambda results: torch.equal(results["own"], results["naive"]),
        goals=(
            Goal("own is at least 3 times as fast as naive", lambda best: best["naive"] >= 3 * best["own"]),
        ),
    )


def gradients() -> Row:
    """Compute the gradients of 512 guesses with 5 negatives in 32 dimensions."""
    build = lessons.load(LESSON)
    draw = torch.Generator().manual_seed(6)
    v, u = torch.randn(512, 32, generator=draw), torch.randn(512, 6, 32, generator=draw)
    return Row(
        "gradients of 512 skip-gram guesses",
        {
            "own": lambda: build.sgns_loss_and_grads(v, u)[1:],
            "library": lambda: _autograd(v, u),
        },
        agree=lambda results: all(
            torch.allclose(a, b, atol=1e-5) for a, b in zip(results["own"], results["library"], strict=True)
        ),
    )


def _count_slowly(ids: list[list[int]], n_words: int, window: int) -> torch.Tensor:
    counts = Counter(
        (s[i], s[j])
        for s in ids
        for i in range(len(s))
        for j in range(max(0, i - window), min(len(s), i + window + 1))
        if i != j
    )
    table = torch.zeros(n_words, n_words, dtype=torch.float64)
    for (i, j), count in counts.items():
        table[i, j] = count
    return table


def _autograd(v: torch.Tensor, u: torch.Tensor) -> tuple[torch.Tensor, ...]:
    v, u = v.clone().requires_grad_(), u.clone().requires_grad_()
    scores = torch.einsum("bd,bnd->bn", v, u)
    loss = -F.logsigmoid(scores[:, 0]).sum() - F.logsigmoid(-scores[:, 1:]).sum()
    return torch.autograd.grad(loss, (v, u))


ROWS = (tfidf, cooccurrence, gradients)
