"""What the retrieval models learn from: the three collections, cut into passages, and words written badly."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

import numpy as np

from helpers import documents

__all__ = ["BM25", "COLLECTIONS", "Entry", "entries", "misspell", "passages", "sentences", "words"]

LESSONS = (
    "00_start_here", "04_byte_pair_encoding", "05_subword_tokenizers", "06_word_vectors", "09_attention",
    "10_transformer", "12_pretraining", "13_decoding", "15_numbers_and_memory", "17_rank_and_svd", "18_lora",
    "19_quantization",
)  # fmt: skip
COLLECTIONS = ("handbook", "python", "curriculum")
SIZE, STEP = 60, 40  # words of a passage, and from the start of one to the start of the next
KEYS = {
    a: row[max(0, i - 1) : i + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for i, a in enumerate(row)
}
SOUNDS = {
    "ph": "f", "ck": "k", "ie": "ei", "ei": "ie", "ll": "l", "tt": "t", "ss": "s", "mm": "m", "rr": "r",
    "oo": "u", "ee": "ea", "ea": "ee", "gh": "g", "wh": "w", "qu": "kw", "ce": "se", "tion": "sion",
    "ou": "ow", "y": "i", "able": "ible", "ence": "ance", "er": "or", "au": "o", "z": "s", "c": "k",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A document to train on; `alike` are the ids of those that must not count as wrong for it."""

    id: str
    title: str
    text: str
    alike: frozenset[str]
    facts: tuple[documents.Fact, ...] = ()


@lru_cache(maxsize=1)
def entries() -> dict[str, tuple[Entry, ...]]:
    """Return the documents of each collection; the curriculum is that of `LESSONS`, which stays the same."""
    known = {fact.id: fact for fact in documents.facts()}
    heads = {path.stem: documents.front_matter(path)[0] for path in documents.DOCUMENTS.glob("HB-*.md")}
    alike = defaultdict(set)
    for name, head in heads.items():
        if other := head.get("near_duplicate_of"):
            alike[name].add(other)
            alike[other].add(name)
    found = {"handbook": documents.handbook(), "python": documents.python_manual()}
    found["curriculum"] = documents.curriculum(LESSONS)
    return {
        collection: tuple(
            Entry(
                document.id,
                document.title,
                document.text,
                frozenset({document.id, *alike[document.id]}),
                tuple(
                    known[label.rstrip("~")] for label in heads.get(document.id, {}).get("states", "").split()
                ),
            )
            for document in found[collection]
        )
        for collection in COLLECTIONS
    }


def passages(text: str, size: int = SIZE, step: int = STEP) -> list[str]:
    """Return windows of `size` words that overlap; a short text is one window."""
    found = text.split()
    starts = range(0, max(1, len(found) - size + step), step)
    return [" ".join(found[start : start + size]) for start in starts]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text that have at least five words."""
    parts = re.split(r"(?<=[.?!;|])\s+|\n{2,}", text)
    return [" ".join(part.split()) for part in parts if len(part.split()) >= 5]


def words(text: str) -> list[str]:
    """Return the words of a text in small letters."""
    return re.findall(r"\w+", text.casefold())


def misspell(text: str, rng: Random, most: int = 3) -> str:
    """Write one to `most` of the longer words as a hasty hand, or ear, would."""
    found = text.split(" ")
    long = [i for i, word in enumerate(found) if sum(letter.isalpha() for letter in word) >= 4]
    for i in rng.sample(long, min(len(long), rng.randint(1, most))):
        found[i] = _misspell_word(found[i], rng)
    return " ".join(found)


def _misspell_word(word: str, rng: Random) -> str:
    sounds = [sound for sound in SOUNDS if sound in word.lower()]
    way, at = rng.choice(("drop", "double", "swap", "near", "sound")), rng.randint(1, len(word) - 2)
    letter = word[at]
    if way == "sound" and sounds:
        sound = rng.choice(sounds)
        return re.sub(re.escape(sound), SOUNDS[sound], word, count=1, flags=re.IGNORECASE)
    if way == "swap":
        return word[:at] + word[at + 1] + letter + word[at + 2 :]
    if way == "near":
        letter = rng.choice(KEYS.get(letter.lower(), letter))
    return word[:at] + {"drop": "", "double": 2 * letter}.get(way, letter) + word[at + 1 :]


class BM25:
    """Okapi's formula with Lucene's idf, for hard negatives (lesson 22 builds and explains its own)."""

    def __init__(self, texts: Sequence[str], k1: float = 1.5, b: float = 0.75) -> None:
        counts = [Counter(words(text)) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float32)
        norms = k1 * (1 - b + b * lengths / lengths.mean())
        rows = defaultdict(list)
        for row, count in enumerate(counts):
            for word, times in count.items():
                rows[word].append((row, times / (times + norms[row])))
        self.size = len(texts)
        self.postings = {
            word: (
                np.array([row for row, _ in found]),
                self.idf(len(found)) * np.array([part for _, part in found]),
            )
            for word, found in rows.items()
        }

    def idf(self, holders: int) -> float:
        """Return how rare a word is that this many texts hold."""
        return float(np.log(1 + (self.size - holders + 0.5) / (holders + 0.5)))

    def scores(self, question: str) -> np.ndarray:
        """Return the score of every text: (n,)."""
        total = np.zeros(self.size)
        for word in words(question):
            if word in self.postings:
                rows, weights = self.postings[word]
                total[rows] += weights
        return total
