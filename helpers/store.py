"""A vector store that outlives the kernel: Qdrant in a folder of its own, in memory, or as a server."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from helpers import packages

__all__ = ["Shelf", "StoreError", "folder", "open"]

MEMORY = ":memory:"
BATCH = 256  # points in one request
_OPEN: dict[str, Any] = {}  # the clients of this process by folder: a folder has one user at a time


class StoreError(RuntimeError):
    """A store that cannot be used; the message says in one sentence why and what to do."""


@dataclass(frozen=True)
class Shelf:
    """The texts of one collection with their vectors; a point's id is the position of its text.

    `client` is a qdrant_client.QdrantClient and `name` its collection, so all of Qdrant's calls are there.
    """

    client: Any
    name: str
    size: int
    note: str  # what happened when it was opened, in one sentence

    def search(
        self, vector: np.ndarray, k: int, query_filter: Any = None
    ) -> list[tuple[int, float, dict[str, Any]]]:
        """Return (position, cosine, payload) of the `k` texts nearest to `vector` [D], best first.

        Args:
            vector: of the question, from the encoder that made those of the texts.
            k: how many; fewer come back where fewer pass the filter.
            query_filter: a qdrant_client.models.Filter on the payloads, or None.
        """
        found = self.client.query_points(self.name, vector, query_filter=query_filter, limit=k)
        return [(point.id, point.score, point.payload) for point in found.points]

    def close(self) -> None:
        """Give the folder back, so that another kernel can open it."""
        for place in [place for place, client in _OPEN.items() if client is self.client]:
            del _OPEN[place]
        self.client.close()


def open(
    name: str,
    texts: Sequence[str],
    payloads: Sequence[Mapping[str, Any]],
    encode: Callable[[Sequence[str]], np.ndarray],
    address: str | Path | None = None,
) -> Shelf:
    """Open the collection of these texts; encode only those that it does not hold yet.

    What is damaged, half written or made by another encoder is made again. A folder that another kernel
    uses, or that cannot be written, is left alone, and the collection is kept in memory.

    Args:
        name: of the collection.
        texts: what is encoded; kept in the payload as "text".
        payloads: for each text the fields to filter by: text, numbers, lists of text.
        encode: maps texts to unit vectors (n, D).
        address: a folder, ":memory:", or the http(s) address of a Qdrant server; None means
            `GLASSBOX_STORE` if that is set, else a folder in the user's cache.

    Raises:
        ValueError: if texts and payloads do not fit, or `encode` returns no such vectors.
        StoreError: if the server does not answer.
    """
    if not len(texts) or len(texts) != len(payloads):
        raise ValueError(f"each text has a payload, got {len(texts)} texts and {len(payloads)} payloads")
    if taken := {"text", "sha"} & {key for payload in payloads for key in payload}:
        raise ValueError(f"a payload's {', '.join(sorted(taken))} would hide what the store keeps there")
    place = str(address or os.environ.get("GLASSBOX_STORE", "").strip() or folder())
    keep = [dict(payload, text=text) for text, payload in zip(texts, payloads, strict=True)]
    keep = [dict(one, sha=_sha(json.dumps(one, sort_keys=True))) for one in keep]
    if place.startswith(("http://", "https://")):
        return _on_server(place, name, keep, encode)
    if place == MEMORY:
        client = packages.load("qdrant_client", "qdrant-client").QdrantClient(MEMORY)
        name, _ = _fill(client, name, keep, encode)
        return Shelf(client, name, len(keep), "kept in memory")
    return _in_folder(Path(place).expanduser() / name, name, keep, encode)


def folder() -> Path:
    """Return the folder that is used when nothing else is said."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("glassbox", appauthor=False)) / "store"


def _in_folder(place: Path, name: str, keep: list[dict], encode: Callable) -> Shelf:
    packages.need("portalocker")
    qdrant = packages.load("qdrant_client", "qdrant-client")
    client, trouble = _opened(qdrant, place)
    if trouble.startswith("damaged"):
        _clear(place)
        again, still = _opened(qdrant, place)
        client, trouble = (again, f"{trouble}, so it was made again") if again else (None, still)
    if client is None:
        client, trouble = qdrant.QdrantClient(MEMORY), f"{trouble}, so it is kept in memory"
    name, new = _fill(client, name, keep, encode)
    done = (
        "found again" if not new else "made" if new == len(keep) else f"{new} of {len(keep)} texts were new"
    )
    return Shelf(client, name, len(keep), trouble or done)


def _opened(qdrant: Any, place: Path) -> tuple[Any, str]:
    """Return the client of a folder, or None and what is wrong with it."""
    if str(place) in _OPEN:
        return _OPEN[str(place)], ""
    try:
        place.mkdir(parents=True, exist_ok=True)
        client = qdrant.QdrantClient(path=str(place), force_disable_check_same_thread=True)
    except OSError as error:
        return None, f"the folder {place} cannot be written ({error.strerror or error})"
    except RuntimeError:
        return None, "another kernel uses the store"
    except Exception as error:  # SQLite, JSON and pickle each say it in their own way
        trouble = f"damaged ({str(error).splitlines()[0] if str(error) else type(error).__name__})"
    else:
        _OPEN[str(place)] = client
        return client, ""
    gc.collect()  # closes the files that the failed attempt still holds
    return None, trouble


def _clear(place: Path) -> None:
    """Remove what the store wrote into a folder, and nothing else: the folder may be anyone's."""
    shutil.rmtree(place / "collection", ignore_errors=True)
    for name in ("meta.json", ".lock"):
        with contextlib.suppress(OSError):
            (place / name).unlink()


def _on_server(address: str, name: str, keep: list[dict], encode: Callable) -> Shelf:
    qdrant = packages.load("qdrant_client", "qdrant-client")
    from qdrant_client.http.exceptions import ApiException

    client = qdrant.QdrantClient(url=address, api_key=os.environ.get("GLASSBOX_STORE_KEY") or None)
    try:
        name, _ = _fill(client, f"glassbox-{name}", keep, encode)
        for key, value in keep[0].items():
            kind = {int: "integer", float: "float"}.get(type(value), "keyword")
            if key not in ("text", "sha"):
                client.create_payload_index(name, key, kind)  # a server filters by index
    except ApiException as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise StoreError(
            f"the store at {address} does not answer as it should ({reason}); "
            "without GLASSBOX_STORE a folder on this machine is used"
        ) from error
    return Shelf(client, name, len(keep), f"on the server {address}")


def _fill(client: Any, name: str, keep: list[dict], encode: Callable) -> tuple[str, int]:
    """Bring a store to hold the collection; return its full name, and how many texts were encoded."""
    from qdrant_client import models

    collection = _collection(name, keep)
    known = _vectors(client, name, encode)
    if _count(client, collection) == len(keep) and keep[0]["sha"] in known:
        return collection, 0
    missing = [one for one in keep if one["sha"] not in known]
    if missing:
        fresh = _checked(encode([one["text"] for one in missing]), len(missing))
        known |= {one["sha"]: row for one, row in zip(missing, fresh, strict=True)}
    for old in _collections(client, name):
        client.delete_collection(old)
    size = len(known[keep[0]["sha"]])
    client.create_collection(
        collection, vectors_config=models.VectorParams(size=size, distance=models.Distance.COSINE)
    )
    points = [
        models.PointStruct(id=number, vector=list(map(float, known[one["sha"]])), payload=one)
        for number, one in enumerate(keep)
    ]
    for start in range(0, len(points), BATCH):
        client.upsert(collection, points[start : start + BATCH], wait=True)
    return collection, len(missing)


def _vectors(client: Any, name: str, encode: Callable) -> dict[str, Any]:
    """Return sha → vector of what the store holds, or nothing if another encoder made it."""
    known = {}
    for collection in _collections(client, name):
        start = None
        while True:
            points, start = client.scroll(
                collection, limit=BATCH, offset=start, with_payload=True, with_vectors=True
            )
            known |= {point.payload["sha"]: point for point in points}
            if start is None:
                break
    if not known:
        return {}
    one = next(iter(known.values()))
    now = _checked(encode([one.payload["text"]]), 1)[0]
    if len(now) != len(one.vector) or np.abs(np.asarray(one.vector) - now / np.linalg.norm(now)).max() > 1e-3:
        return {}
    return {sha: point.vector for sha, point in known.items()}


def _collections(client: Any, name: str) -> list[str]:
    """Return the collections that `name` has had, one for each state of its texts."""
    names = [one.name for one in client.get_collections().collections]
    return [one for one in names if one.rpartition("-")[0] == name]


def _collection(name: str, keep: list[dict]) -> str:
    return f"{name}-{_sha(''.join(one['sha'] for one in keep))[:12]}"


def _count(client: Any, collection: str) -> int:
    return client.count(collection).count if client.collection_exists(collection) else 0


def _checked(vectors: np.ndarray, count: int) -> np.ndarray:
    vectors = np.asarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise ValueError(f"encode returns finite vectors ({count}, D), got an array {vectors.shape}")
    return vectors


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
