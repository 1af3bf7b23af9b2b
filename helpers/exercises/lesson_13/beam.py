"""Exercise 13.beam: the best path that a beam search finds in a tree."""

from __future__ import annotations

import math
from itertools import product
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Tree = dict[tuple, dict[str, float]]


def best_path(tree: dict[tuple, dict[str, float]], beams: int) -> tuple[tuple, float]:
    """One beam is greedy; with many, nothing is missed."""
    kept = [((), 1.0)]
    while kept[0][0] in tree:
        longer = [((*path, word), prob * p) for path, prob in kept for word, p in tree[path].items()]
        kept = sorted(longer, key=lambda item: -item[1])[:beams]
    return kept[0]


def _search(tree: Tree, beams: int, key, per_parent: bool = False, join=lambda a, b: a * b) -> list:
    kept = [((), 1.0, 1.0)]
    while kept[0][0] in tree:
        groups = [
            [((*path, word), join(prob, p), p) for word, p in tree[path].items()] for path, prob, _ in kept
        ]
        groups = groups if per_parent else [[one for group in groups for one in group]]
        kept = [one for group in groups for one in sorted(group, key=key)[:beams]]
    return kept


def _greedy(tree: Tree, beams: int) -> tuple[tuple, float]:
    return best_path(tree, 1)


def _everything(tree: Tree, beams: int) -> tuple[tuple, float]:
    return best_path(tree, 10**6)


def _by_last_step(tree: Tree, beams: int) -> tuple[tuple, float]:
    kept = _search(tree, beams, key=lambda one: -one[2])
    return max(kept, key=lambda one: one[1])[:2]


def _first_by_last_step(tree: Tree, beams: int) -> tuple[tuple, float]:
    return _search(tree, beams, key=lambda one: -one[2])[0][:2]


def _per_parent(tree: Tree, beams: int) -> tuple[tuple, float]:
    return max(_search(tree, beams, key=lambda one: -one[1], per_parent=True), key=lambda one: one[1])[:2]


def _adds(tree: Tree, beams: int) -> tuple[tuple, float]:
    kept = _search(tree, beams, key=lambda one: -one[1], join=lambda a, b: a + b)
    return kept[0][0], kept[0][1] - 1


def _least_likely(tree: Tree, beams: int) -> tuple[tuple, float]:
    kept = _search(tree, beams, key=lambda one: one[1])
    return kept[0][:2]


def _one_too_many(tree: Tree, beams: int) -> tuple[tuple, float]:
    return best_path(tree, beams + 1)


def _one_too_few(tree: Tree, beams: int) -> tuple[tuple, float]:
    return best_path(tree, max(1, beams - 1))


def _only_the_path(tree: Tree, beams: int) -> object:
    return best_path(tree, beams)[0]


def _all_kept(tree: Tree, beams: int) -> object:
    return [one[:2] for one in _search(tree, beams, key=lambda one: -one[1])]


def _worst_kept(tree: Tree, beams: int) -> tuple[tuple, float]:
    return _search(tree, beams, key=lambda one: -one[1])[-1][:2]


def _last_prob(tree: Tree, beams: int) -> tuple[tuple, float]:
    path, _ = best_path(tree, beams)
    return path, tree[path[:-1]][path[-1]]


def _one_level(tree: Tree, beams: int) -> tuple[tuple, float]:
    word, p = max(tree[()].items(), key=lambda item: item[1])
    return (word,), p


def _logarithm(tree: Tree, beams: int) -> object:
    path, prob = best_path(tree, beams)
    return path, math.log(prob)


def _last_word(tree: Tree, beams: int) -> object:
    path, prob = best_path(tree, beams)
    return path[-1], prob


def _turned(tree: Tree, beams: int) -> object:
    return best_path(tree, beams)[::-1]


def _a_step(tree: Tree, beams: int) -> tuple[tuple, float]:
    path, prob = best_path(tree, beams)
    return path, prob ** (1 / len(path))


def _text(tree: Tree, beams: int) -> object:
    path, prob = best_path(tree, beams)
    return " ".join(path), prob


def _branches(rng: Random, size: int) -> list[float]:
    shares = [rng.uniform(0.05, 1) for _ in range(size)]
    return [share / sum(shares) for share in shares]


def _draw(rng: Random) -> tuple[Tree, int]:
    words, depth = rng.sample("abcdefgh", k=rng.randrange(2, 5)), rng.randrange(2, 4)
    paths = [path for length in range(depth) for path in product(words, repeat=length)]
    tree = {path: dict(zip(words, _branches(rng, len(words)), strict=True)) for path in paths}
    return tree, rng.randrange(1, 4)


SHIP = {
    (): {"old": 0.48, "ship": 0.39, "bell": 0.13},
    ("old",): {"clock": 0.4, "man": 0.35, "well": 0.25},
    ("ship",): {"sank": 0.85, "turned": 0.1, "was": 0.05},
    ("bell",): {"rang": 0.6, "fell": 0.25, "broke": 0.15},
}
LOST_EARLY = {
    (): {"a": 0.42, "b": 0.34, "c": 0.24},
    ("a",): {"d": 0.52, "e": 0.48},
    ("b",): {"d": 0.55, "e": 0.45},
    ("c",): {"d": 0.98, "e": 0.02},
}
LOST_LATE = {
    (): {"a": 0.5, "b": 0.45, "c": 0.05},
    ("a",): {"a": 0.6, "b": 0.4},
    ("b",): {"a": 0.52, "b": 0.48},
    ("c",): {"a": 0.7, "b": 0.3},
} | {path: {"a": 0.51, "b": 0.49} for path in product("abc", "ab")}
LOST_LATE["b", "b"] = {"a": 0.95, "b": 0.05}

EXERCISE = Exercise(
    id="13.beam",
    title="Search a tree",
    minutes=10,
    difficulty=3,
    reference=best_path,
    cases=(
        (SHIP, 1),
        (SHIP, 2),
        (LOST_EARLY, 2),
        (LOST_EARLY, 3),
        (LOST_LATE, 2),
        ({(): {"yes": 0.3, "no": 0.7}}, 1),
    ),
    draw=_draw,
    draws=40,
    misconceptions=(
        Misconception(
            "is greedy whatever the beams",
            _greedy,
            "Your answer is the same for 1 beam and for 2: what survives a step besides the best?",
        ),
        Misconception(
            "searches everything",
            _everything,
            "You find the best of all paths, always: with few beams the search must be able to miss it. What "
            "is thrown away after each step?",
        ),
        Misconception(
            "keeps by the last step alone",
            _by_last_step,
            "A great last step does not mend a poor beginning: which product should decide who is kept?",
        ),
        Misconception(
            "keeps and chooses by the last step alone",
            _first_by_last_step,
            "You compare the last steps only: how likely is a whole path?",
        ),
        Misconception(
            "keeps beams for each parent",
            _per_parent,
            "You keep the best of each beginning, so their number grows: the beams are shared by all.",
        ),
        Misconception(
            "adds probabilities",
            _adds,
            "One step *and* then another: are their probabilities added or multiplied?",
        ),
        Misconception(
            "keeps the least likely",
            _least_likely,
            "`sorted` puts the smallest first: which end do you keep?",
        ),
        Misconception(
            "keeps one beam too many", _one_too_many, "Count what you keep after a step: is it `beams`?"
        ),
        Misconception(
            "keeps one beam too few", _one_too_few, "Count what you keep after a step: is it `beams`?"
        ),
        Misconception(
            "returns the path alone", _only_the_path, "The path is right: what is the second thing to return?"
        ),
        Misconception(
            "returns all kept paths", _all_kept, "These are all that the beam keeps: which one is the answer?"
        ),
        Misconception(
            "returns the worst of the beam",
            _worst_kept,
            "Your path is in the beam, at its wrong end: which is best?",
        ),
        Misconception(
            "returns the probability of the last step",
            _last_prob,
            "The path is right, its probability is that of the last word only: how likely is all of it?",
        ),
        Misconception(
            "stops after one step",
            _one_level,
            "You stop after the first word: is the path you hold a key of the tree?",
        ),
        Misconception(
            "returns the logarithm",
            _logarithm,
            "The right path; your number is the logarithm of its probability: how do you come back from it?",
        ),
        Misconception(
            "returns the last word", _last_word, "Right number: but a path is all of its words, not the last."
        ),
        Misconception(
            "returns the two in the other order", _turned, "Both are right: which one is to come first?"
        ),
        Misconception(
            "returns the mean of a step",
            _a_step,
            "The right path; you made its probability one of a step: here no length penalty is asked for.",
        ),
        Misconception("joins the words", _text, "Right words: the tree's keys, and the answer, are tuples."),
    ),
    hints=(
        "Begin with one path, `()`, of probability 1. While paths are keys of the tree, make them longer.",
        "Each kept path is continued by each of its next words, with the product of the probabilities.",
        "`sorted(longer, key=lambda item: -item[1])[:beams]` keeps the best of all of them together.",
    ),
)
