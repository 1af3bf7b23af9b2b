"""Search a collection with the models in training: for hard negatives, and to measure them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from assets.recipes.retrieval.questions import asked
from assets.recipes.retrieval.texts import BM25, Entry, passages
from helpers.encoders import Encoder

__all__ = ["Search", "fused", "held_out", "measure", "ranks"]

Labelled = Sequence[tuple[str, frozenset[str]]]  # questions, each with the documents that answer it


class Search:
    """The passages of a collection, each under its title, with an index of words and one of vectors."""

    def __init__(self, entries: Sequence[Entry], encoder: Encoder | None = None) -> None:
        found = [(entry, text) for entry in entries for text in passages(entry.text)]
        self.owners, self.bare = [entry.id for entry, _ in found], [text for _, text in found]
        self.texts = [f"{entry.title}. {text}" for entry, text in found]
        self.sparse, self.encoder = BM25(self.texts), encoder
        self.vectors = encoder.encode(self.texts) if encoder else None

    def bm25(self, question: str) -> np.ndarray:
        """Return BM25's score of every passage: (n,)."""
        return self.sparse.scores(question)

    def cosine(self, question: str) -> np.ndarray:
        """Return the cosine of every passage: (n,)."""
        return self.vectors @ self.encoder.encode([question])[0]

    def hybrid(self, question: str) -> np.ndarray:
        """Return the reciprocal ranks of both, added: (n,)."""
        return fused(self.bm25(question), self.cosine(question))

    def documents(self, scores: np.ndarray) -> list[str]:
        """Return the documents in the order of their best passages."""
        return list(dict.fromkeys(self.owners[row] for row in np.argsort(-scores, kind="stable")))


def fused(*scores: np.ndarray, k: int = 60) -> np.ndarray:
    """Return reciprocal rank fusion of several scores of the same passages: (n,)."""
    return sum(1 / (k + 1 + np.argsort(np.argsort(-one, kind="stable"), kind="stable")) for one in scores)


def held_out(entries: Sequence[Entry]) -> Labelled:
    """Return the training questions that are held out, with their documents and those alike."""
    alike = {entry.id: entry.alike for entry in entries}
    return [(question, alike[name]) for name, found in asked(held_out=True).items() for question in found]


def ranks(search: Search, score: Callable[[str], np.ndarray], labelled: Labelled) -> list[int]:
    """Return the rank, from 1, of the first right document for each question."""
    found = [(search.documents(score(question)), right) for question, right in labelled]
    return [1 + min(order.index(name) for name in right) for order, right in found]


def measure(found: Sequence[int]) -> dict[str, float]:
    """Return the share of right documents at the first place, among the first five, and mean 1 / rank."""
    rank = np.array(found)
    return {
        "hit1": float((rank == 1).mean()),
        "hit5": float((rank <= 5).mean()),
        "mrr": float((1 / rank).mean()),
    }
