"""Lesson 22: BM25 beside rank_bm25 and bm25s, nearest neighbours beside faiss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import faiss
import numpy as np

from helpers import lessons, packages
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "22_retrieval"


def okapi() -> Row:
    """Score 10,000 documents of 85 words for each of 20 questions, as rank_bm25 does, word by word."""
    texts, queries = _texts(10_000), _queries(20)
    own = lessons.load(LESSON).BM25(texts, variant="okapi")
    library = packages.load("rank_bm25").BM25Okapi(texts)
    return Row(
        "BM25 Okapi, 20 queries of 6 words, 10,000 documents of 85 words",
        {
            "own": lambda: _scores(own.scores, queries),
            "library": lambda: _scores(library.get_scores, queries),
        },
        agree=_all_close,
        goals=(Goal("own is at least 10 times as fast as rank_bm25", _times("library", 10)),),
    )


def lucene() -> Row:
    """Score 10,000 documents for each of 200 questions, as bm25s does, from an eager index."""
    texts, queries = _texts(10_000), _queries(200)
    own, library = lessons.load(LESSON).BM25(texts), _bm25s(texts)
    return Row(
        "BM25 Lucene, 200 queries of 6 words, 10,000 documents of 85 words",
        {
            "own": lambda: _scores(own.scores, queries),
            "library": lambda: _scores(library.get_scores, queries),
        },
        agree=_all_close,
        goals=(Goal("own answers 2,000 queries a second", lambda best: best["own"] <= 200 / 2_000),),
    )


def best_ten() -> Row:
    """Find the ten best of 10,000 documents for each of 200 questions."""
    texts, queries = _texts(10_000), _queries(200)
    own, library = lessons.load(LESSON).BM25(texts), _bm25s(texts)
    return Row(
        "BM25, best 10 of 10,000 documents for 200 queries",
        {
            "own": lambda: np.array([[score for _, score in own.top(query, 10)] for query in queries]),
            "library": lambda: library.retrieve(queries, k=10, show_progress=False).scores,
        },
        agree=_all_close,
        goals=(Goal("own answers 2,000 queries a second", lambda best: best["own"] <= 200 / 2_000),),
    )


def larger() -> Row:
    """Score 100,000 documents for the same 200 questions: "naive" is the time for 10,000, ten times over."""
    build, queries = lessons.load(LESSON), _queries(200)
    small, large = build.BM25(_texts(10_000)), build.BM25(_texts(100_000))
    return Row(
        "BM25, 200 queries: once 100,000 documents (own), ten times 10,000 (naive)",
        {
            "own": lambda: [len(large.scores(query)) for query in queries],
            "naive": lambda: [10 * len(small.scores(query)) for _ in range(10) for query in queries][:200],
        },
        agree=lambda results: results["own"] == results["naive"],
        goals=(Goal("ten times the documents take at most 20 times the time", _times("naive", 0.5)),),
    )


def index() -> Row:
    """Read 10,000 documents and compute every product."""
    build, texts = lessons.load(LESSON), _texts(10_000)
    return Row(
        "BM25, index 10,000 documents of 85 words",
        {"own": lambda: build.BM25(texts), "library": lambda: _bm25s(texts)},
        agree=lambda results: bool(
            np.allclose(results["own"].scores(_queries(1)[0]), results["library"].get_scores(_queries(1)[0]))
        ),
    )


def neighbours() -> Row:
    """Find the ten nearest of 10,000 vectors of 160 numbers for each of 50 questions, exactly."""
    build = lessons.load(LESSON)
    rng = np.random.default_rng(22)
    vectors, queries = (build.unit_rows(rng.normal(size=(n, 160))).astype(np.float32) for n in (10_000, 50))
    flat = faiss.IndexFlatIP(160)
    flat.add(vectors)
    return Row(
        "10 nearest of 10,000 vectors of 160 numbers, 50 queries",
        {
            "own": lambda: np.array([build.knn(vectors, query, 10, "dot")[0] for query in queries]),
            "library": lambda: flat.search(queries, 10)[1],
        },
        agree=lambda results: bool((results["own"] == results["library"]).mean() > 0.99),
    )


def _texts(size: int) -> list[list[str]]:
    """Return documents whose words are as uneven as Zipf says."""
    names = [f"w{i}" for i in range(30_000)]
    weights = 1 / np.arange(1, 30_001)
    drawn = np.random.default_rng(22).choice(30_000, size=(size, 85), p=weights / weights.sum())
    return [[names[i] for i in row] for row in drawn]


def _queries(count: int) -> list[list[str]]:
    """Return queries of six words that the first documents hold."""
    texts, rng = _texts(10_000), np.random.default_rng(23)
    return [[texts[i][j] for j in rng.integers(85, size=6)] for i in rng.integers(10_000, size=count)]


def _bm25s(texts: list[list[str]]) -> Any:
    library = packages.load("bm25s").BM25(method="lucene", dtype="float64")
    library.index(texts, show_progress=False)
    return library


def _scores(ask: Callable[[list[str]], np.ndarray], queries: list[list[str]]) -> np.ndarray:
    return np.array([ask(query)[:100] for query in queries])


def _all_close(results: dict[str, np.ndarray]) -> bool:
    return all(np.allclose(result, results["library"], atol=1e-5) for result in results.values())


def _times(slower: str, factor: float) -> Callable[[Any], bool]:
    return lambda best: best[slower] >= factor * best["own"]


ROWS = (okapi, lucene, best_ten, larger, index, neighbours)
