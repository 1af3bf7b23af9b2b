"""Questions to train on: asked by people, or made from facts, titles, sentences, quotes and rare words."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from assets.recipes.retrieval.texts import Entry, entries, misspell, passages, sentences, words

__all__ = ["QUESTIONS", "SEED", "TITLED", "Pair", "asked", "draw", "hurry", "pairs"]

SEED = 22
QUESTIONS = Path(__file__).resolve().parents[2] / "handbook" / "training_questions.csv"
SHARES = {  # how often a question is of a kind, by collection
    "handbook": {"asked": 45, "fact": 12, "title": 5, "sentence": 14, "quotation": 12, "words": 12},
    "python": {"title": 15, "sentence": 40, "quotation": 20, "words": 25},
    "curriculum": {"title": 15, "sentence": 40, "quotation": 20, "words": 25},
}
MISSPELLED, SHORTENED = 0.35, 0.15  # the shares of questions with misspelled words, and with words left out
TITLED = 0.6  # the share of passages under their title
TEMPLATES = (
    "what is the {attribute} of the {subject}?",
    "{subject} {attribute}",
    "{attribute} {subject}",
    "{attribute} of the {subject} {year}",
    "{subject} {value}",
    "{value}",
    "is the {attribute} of the {subject} {value}?",
    "which document says the {attribute} of the {subject}?",
    "tell me about the {subject}: {attribute}",
)


@dataclass(frozen=True)
class Pair:
    """A question, a passage that answers it, its document, and the documents that are not wrong either."""

    question: str
    passage: str
    document: str
    alike: frozenset[str]


@lru_cache(maxsize=2)
def asked(held_out: bool = False) -> dict[str, list[str]]:
    """Return the training questions of each document: five in six of all, or the sixth that is held out."""
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = [(row["id"], row["question"]) for row in csv.DictReader(file)]
    order = Random(SEED).sample(range(len(rows)), len(rows))
    cut = len(rows) // 6
    found = defaultdict(list)
    for i in sorted(order[:cut] if held_out else order[cut:]):
        found[rows[i][0]].append(rows[i][1])
    return dict(found)


def pairs(collection: str, count: int, rng: Random, size: int) -> list[Pair]:
    """Draw questions about `count` different documents, or all of a smaller collection.

    Args:
        collection: one of "handbook", "python", "curriculum".
        count: how many.
        rng: makes all choices.
        size: words of a passage.
    """
    everything = entries()[collection]
    return [
        draw(entry, collection, rng, size) for entry in rng.sample(everything, min(count, len(everything)))
    ]


def draw(entry: Entry, collection: str, rng: Random, size: int) -> Pair:
    """Draw one question about a document, and a passage of `size` words that may answer it."""
    kind = rng.choices(list(SHARES[collection]), list(SHARES[collection].values()))[0]
    window = rng.choice(passages(entry.text, size, max(1, size // 3)))
    alike, titled = entry.alike, rng.random() < TITLED
    if kind == "asked" and entry.id in asked():
        question = rng.choice(asked()[entry.id])
        window = _closest(question, entry, rng, size)
    elif kind == "fact" and entry.facts:
        fact = rng.choice(entry.facts)
        question = rng.choice(TEMPLATES).format(**vars(fact), year=fact.since[:4] or fact.until[:4])
        window, alike = (
            _closest(f"{question} {fact.value}", entry, rng, size),
            alike | _holders()[fact.subject, fact.attribute],
        )
    elif kind == "title" and len(words(entry.title)) > 1:
        question, titled = entry.title, False
    elif kind == "sentence" and (found := sentences(window)):
        question = rng.choice(found)
        window = window.replace(question, "") if rng.random() < 0.8 and len(found) > 1 else window
    elif kind == "words":
        question = _rare_words(window, collection, rng)
    else:
        found, length = window.split(), rng.randint(3, 8)
        start = rng.randrange(max(1, len(found) - length))
        question = " ".join(found[start : start + length])
    passage = f"{entry.title}. {window}" if titled else window
    return Pair(hurry(question, rng), passage, entry.id, alike)


def _closest(question: str, entry: Entry, rng: Random, size: int) -> str:
    """Return the window that shares most words with the question, or a random one in a quarter of cases."""
    windows = passages(entry.text, size, max(1, size // 3))
    if rng.random() < 0.25:
        return rng.choice(windows)
    wanted = set(words(question))
    return max(windows, key=lambda window: (len(wanted & set(words(window))), rng.random()))


def hurry(question: str, rng: Random) -> str:
    """Leave words out, misspell some, or drop capitals and marks, as people do."""
    found = question.split()
    if len(found) > 4 and rng.random() < SHORTENED:
        found = [word for word in found if len(word) > 3 or rng.random() < 0.3] or found
        question = " ".join(found)
    if rng.random() < MISSPELLED:
        question = misspell(question, rng)
    return question.rstrip("?.") or question if rng.random() < 0.3 else question


@lru_cache(maxsize=1)
def _holders() -> dict[tuple[str, str], frozenset[str]]:
    """Return the documents that say anything about an attribute of a subject."""
    found = defaultdict(set)
    for entry in entries()["handbook"]:
        for fact in entry.facts:
            found[fact.subject, fact.attribute].add(entry.id)
    return {key: frozenset(names) for key, names in found.items()}


@lru_cache(maxsize=3)
def _spread(collection: str) -> Counter:
    """Return in how many documents of a collection each word stands."""
    return Counter(word for entry in entries()[collection] for word in set(words(entry.text)))


def _rare_words(window: str, collection: str, rng: Random) -> str:
    """Return two to five words of a passage in any order, rare ones more often."""
    found, spread = sorted(set(words(window))), _spread(collection)
    weights = [1 / spread[word] ** 0.7 for word in found]
    return " ".join(dict.fromkeys(rng.choices(found, weights, k=rng.randint(2, 5))))
