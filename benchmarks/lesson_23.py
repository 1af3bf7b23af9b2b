"""Lesson 23: cutters, filtered search, compression, PageRank and AUROC, beside libraries or the plain way."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from sklearn.metrics import roc_auc_score

from helpers import lessons, packages
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "23_rag"


def cutters() -> Row:
    """Cut a megabyte into windows of 80 words (library), and into whole sentences of at most 80 (own)."""
    build, text = lessons.load(LESSON), _text(1_000_000)
    windows = functools.partial(build.sliding_chunks, size=80, overlap=16)
    return Row(
        "cut text: sentences up to 80 words (own), windows of 80 overlapping by 16 (naive)",
        {"own": lambda: build.sentence_chunks(text, 80), "naive": lambda: windows(text)},
        agree=lambda results: all(_words(found) == set(text.split()) for found in results.values()),
        goals=(Goal("own cuts a megabyte in a second", lambda best: best["own"] <= 1.0),),
        megabytes=1.0,
    )


def filtered() -> Row:
    """Find the ten nearest of the vectors that pass a filter, for 50 questions, as Qdrant does in memory."""
    build, (vectors, payloads, queries) = lessons.load(LESSON), _collection(2_000)
    wanted = {"kind": "letter", "after": "1990-01-01", "before": "2000-01-01"}
    client, condition = _qdrant(vectors, payloads), _condition()

    def nearest(query: np.ndarray) -> np.ndarray:
        rows = np.flatnonzero([build.matches(fields, wanted) for fields in payloads])  # each time, as Qdrant
        return rows[build.RETRIEVAL.knn(vectors[rows], query, 10, "dot")[0]]

    def own() -> np.ndarray:
        return np.array([nearest(query) for query in queries])

    def library() -> np.ndarray:
        found = [
            client.query_points("x", query, query_filter=condition, limit=10).points for query in queries
        ]
        return np.array([[point.id for point in points] for points in found])

    return Row(
        "10 nearest of 2,000 vectors of 160 numbers that pass a filter on kind and date, 50 queries",
        {"own": own, "library": library},
        agree=lambda results: bool((results["own"] == results["library"]).mean() > 0.99),
        goals=(
            Goal("own is at least as fast as Qdrant in memory", lambda best: best["own"] <= best["library"]),
        ),
    )


def compressed() -> Row:
    """Keep half of 400 contexts of 240 words: pieces in order of score (own), all sorted (naive)."""
    build, rng = lessons.load(LESSON), np.random.default_rng(23)
    texts = [" ".join(f"w{i}" for i in rng.integers(0, 3000, size=240)) for _ in range(400)]
    scores = [rng.random(240) for _ in texts]

    def naive(text: str, points: np.ndarray) -> str:
        pieces = text.split()
        best = set(sorted(range(len(pieces)), key=lambda i: -points[i])[: len(pieces) // 2])
        return " ".join(piece for i, piece in enumerate(pieces) if i in best)

    pairs = list(zip(texts, scores, strict=True))
    return Row(
        "keep half of the words of 400 contexts of 240 words by their scores",
        {
            "own": lambda: [
                build.compress(text, 0.5, lambda _, points=points: points) for text, points in pairs
            ],
            "naive": lambda: [naive(text, points) for text, points in pairs],
        },
        agree=lambda results: results["own"] == results["naive"],
        goals=(Goal("own compresses 400 contexts in a second", lambda best: best["own"] <= 1.0),),
        megabytes=sum(map(len, texts)) / 1e6,
    )


def ranked_sentences() -> Row:
    """Rank the 40 sentences of each of 20 graphs, as networkx does."""
    build, networkx = lessons.load(LESSON), packages.load("networkx")
    rng = np.random.default_rng(23)
    weights = [(rows + rows.T) * (rows > 0.6) for rows in rng.random((20, 40, 40))]

    def library() -> np.ndarray:
        graphs = [networkx.from_numpy_array(rows, create_using=networkx.DiGraph) for rows in weights]
        return np.array([list(networkx.pagerank(graph, tol=1e-10).values()) for graph in graphs])

    return Row(
        "PageRank of 20 graphs of 40 sentences",
        {"own": lambda: np.array([build.pagerank(rows) for rows in weights]), "library": library},
        agree=_close,
        goals=(Goal("own is at least as fast as networkx", lambda best: best["own"] <= best["library"]),),
    )


def areas() -> Row:
    """Work out 20 areas under the curve of 1,000 scores with ties, as scikit-learn does."""
    build, rng = lessons.load(LESSON), np.random.default_rng(23)
    scores, good = rng.integers(0, 200, size=(20, 1_000)), rng.random((20, 1_000)) < 0.3
    pairs = list(zip(scores, good, strict=True))
    return Row(
        "AUROC of 1,000 scores with ties, 20 times",
        {
            "own": lambda: np.array([build.auroc(one, right) for one, right in pairs]),
            "library": lambda: np.array([roc_auc_score(right, one) for one, right in pairs]),
        },
        agree=_close,
        goals=(Goal("own needs at most 20 ms each", lambda best: best["own"] <= 0.4),),
    )


def _text(size: int) -> str:
    """Return sentences of 5 to 25 words."""
    rng, pieces = np.random.default_rng(23), []
    while sum(map(len, pieces)) < size:
        names = [f"w{i}" for i in rng.integers(30_000, size=20_000)]
        ends = np.cumsum(rng.integers(5, 26, size=700))
        pieces += [" ".join(names[a:b]) + ". " for a, b in itertools.pairwise(ends)]
    return "".join(pieces)[:size]


def _words(found: list[tuple[int, str]]) -> set[str]:
    return {word for _, text in found for word in text.split()}


def _collection(size: int) -> tuple[np.ndarray, list[dict], np.ndarray]:
    rng = np.random.default_rng(23)
    rows = rng.normal(size=(size + 50, 160)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    dates = [
        f"{year}-{month:02}-01"
        for year, month in zip(rng.integers(1984, 2011, size), rng.integers(1, 13, size), strict=True)
    ]
    kinds = rng.choice(["letter", "log", "guide"], size)
    payloads = [
        {"kind": str(kind), "date": date, "day": int(date.replace("-", ""))}
        for kind, date in zip(kinds, dates, strict=True)
    ]
    return rows[:size], payloads, rows[size:]


def _qdrant(vectors: np.ndarray, payloads: list[dict]):
    qdrant = packages.load("qdrant_client", "qdrant-client")
    client, models = qdrant.QdrantClient(":memory:"), qdrant.models
    client.create_collection("x", models.VectorParams(size=vectors.shape[1], distance=models.Distance.DOT))
    points = [
        models.PointStruct(id=i, vector=row.tolist(), payload=fields)
        for i, (row, fields) in enumerate(zip(vectors, payloads, strict=True))
    ]
    client.upsert("x", points)
    return client


def _condition():
    models = packages.load("qdrant_client", "qdrant-client").models
    kind = models.FieldCondition(key="kind", match=models.MatchValue(value="letter"))
    return models.Filter(
        must=[kind, models.FieldCondition(key="day", range=models.Range(gte=19900101, lt=20000101))]
    )


def _close(results) -> bool:
    return bool(np.abs(results["own"] - results["library"]).max() < 1e-6)


ROWS = (cutters, filtered, compressed, ranked_sentences, areas)
