"""A light reranker: a small network on cheap features, taught by the cross-encoder that it stands in for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from helpers import models

__all__ = ["FEATURES", "LIGHT", "LightReranker", "features", "light_reranker"]

LIGHT = "light_reranker"
FEATURES = (
    "bm25 / best", "1 / rank by bm25", "cosine", "cosine - best", "1 / rank by cosine", "words", "rare words",
    "pairs of words", "longest run", "trigrams of letters", "words with digits", "log length",
    "log length of question",
)  # fmt: skip


class LightReranker:
    """A small network on the `FEATURES` of a question and its candidates, taught by the cross-encoder."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights

    def score(self, question: str, texts: Sequence[str], bm25: Any, cosine: Any) -> np.ndarray:
        """Return the score of each candidate, (n,); the arguments are those of `features`."""
        w = self.weights
        hidden = (features(question, texts, bm25, cosine) - w["mean"]) / w["scale"]
        for layer in ("0", "1"):
            hidden = np.maximum(hidden @ w[f"{layer}.weight"].T + w[f"{layer}.bias"], 0)
        return (hidden @ w["2.weight"].T + w["2.bias"])[:, 0]


def features(question: str, texts: Sequence[str], bm25: Any, cosine: Any) -> np.ndarray:
    """Return what the light reranker looks at: (n, len(FEATURES)), float32.

    Args:
        question: not empty.
        texts: the candidates of the first stage, which are compared with each other.
        bm25: the score that BM25 gave each: (n,).
        cosine: of the angle between its vector and the question's: (n,).
    """
    bm25, cosine = np.asarray(bm25, dtype=np.float32), np.asarray(cosine, dtype=np.float32)
    if not len(texts) == len(bm25) == len(cosine):
        raise ValueError(
            f"every text has two scores, got {len(texts)} texts, {bm25.shape} and {cosine.shape}"
        )
    if not _read(question).words:
        raise ValueError(f"a question has words, got {question[:40]!r}")
    if not len(texts):
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    asked, held = _read(question), [_read(text) for text in texts]
    words = list(dict.fromkeys(asked.words))
    rarity = {word: np.log(1 + len(held) / (1 + sum(word in text.found for text in held))) for word in words}
    first = [
        bm25 / max(bm25.max(), 1e-9),
        _reciprocal(bm25),
        cosine,
        cosine - cosine.max(),
        _reciprocal(cosine),
    ]
    rest = [_overlaps(asked, text, rarity) for text in held]
    return np.column_stack([*first, np.array(rest)]).astype(np.float32)


@dataclass(frozen=True)
class _Read:
    """A text as the features look at it."""

    words: list[str]
    found: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    line: str
    trigrams: frozenset[str]


@lru_cache(maxsize=10_000)
def _read(text: str) -> _Read:
    words = re.findall(r"\w+", text.casefold())
    line = f" {' '.join(words)} "
    trigrams = frozenset(line[start : start + 3] for start in range(len(line) - 2))
    return _Read(words, frozenset(words), frozenset(pairwise(words)), line, trigrams)


def _overlaps(asked: _Read, text: _Read, rarity: dict[str, float]) -> list[float]:
    digits, run = [word for word in rarity if any(letter.isdigit() for letter in word)], 0
    for start in range(len(asked.words)):
        while (
            start + run < len(asked.words)
            and f" {' '.join(asked.words[start : start + run + 1])} " in text.line
        ):
            run += 1
    return [
        sum(word in text.found for word in rarity) / len(rarity),
        sum(weight for word, weight in rarity.items() if word in text.found) / sum(rarity.values()),
        len(asked.pairs & text.pairs) / max(1, len(asked.pairs)),
        run / len(asked.words),
        len(asked.trigrams & text.trigrams) / len(asked.trigrams),
        sum(word in text.found for word in digits) / max(1, len(digits)),
        float(np.log(1 + len(text.words))),
        float(np.log(1 + len(asked.words))),
    ]


def light_reranker() -> LightReranker:
    """Load the embedded light reranker; a ModelError names a file that is missing or damaged."""
    source, _ = models.find(LIGHT, (LIGHT,), "")
    return LightReranker(load_file(f"{source}/model.safetensors"))


def _reciprocal(scores: np.ndarray) -> np.ndarray:
    """Return 1 / rank of each score, the best having rank 1."""
    return 1 / (1 + np.argsort(np.argsort(-scores, kind="stable"), kind="stable"))
