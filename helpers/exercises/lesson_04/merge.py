"""Exercise 04.merge: one step of BPE training."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Words = dict[tuple[int, ...], int]


def _merge(
    ids: tuple[int, ...], pair: tuple[int, int], new_id: int, at_most: int | None = None
) -> tuple[int, ...]:
    """Replace `pair` in `ids` from left to right, `at_most` times."""
    merged: list[int] = []
    i = 0
    while i < len(ids):
        if ids[i : i + 2] == pair and at_most != 0:
            merged.append(new_id)
            at_most = None if at_most is None else at_most - 1
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return tuple(merged)


def _counts(words: Words) -> Counter[tuple[int, int]]:
    totals: Counter[tuple[int, int]] = Counter()
    for word, count in words.items():
        for pair in pairwise(word):
            totals[pair] += count
    return totals


def _step(words: Words, pair: tuple[int, int], new_id: int) -> tuple[tuple[int, int], Words]:
    return pair, {_merge(word, pair, new_id): count for word, count in words.items()}


def merge_step(words: dict[tuple[int, ...], int], new_id: int) -> tuple[tuple[int, int], dict]:
    """{(1, 2, 3): 5}, new_id=9  ->  (1, 2), {(9, 3): 5}"""
    counts: dict[tuple[int, int], int] = {}
    for word, count in words.items():
        for pair in pairwise(word):
            counts[pair] = counts.get(pair, 0) + count
    best = min(counts, key=lambda pair: (-counts[pair], pair))

    merged_words = {}
    for word, count in words.items():
        merged, i = [], 0
        while i < len(word):
            if word[i : i + 2] == best:
                merged.append(new_id)
                i += 2
            else:
                merged.append(word[i])
                i += 1
        merged_words[tuple(merged)] = count
    return best, merged_words


def _ignores_counts(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    totals = Counter(pair for word in words for pair in pairwise(word))
    return _step(words, min(totals, key=lambda pair: (-totals[pair], pair)), new_id)


def _first_seen_tie(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    return _step(words, _counts(words).most_common(1)[0][0], new_id)


def _higher_tie(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    totals = _counts(words)
    return _step(words, max(totals, key=lambda pair: (totals[pair], pair)), new_id)


def _once_a_word(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    pair, _ = merge_step(words, new_id)
    return pair, {_merge(word, pair, new_id, at_most=1): count for word, count in words.items()}


def _steps_by_one(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    """Merge, and then look again at the second half of the pair."""
    pair, _ = merge_step(words, new_id)
    merged = {}
    for word, count in words.items():
        kept = [new_id if word[i : i + 2] == pair else word[i] for i in range(len(word))]
        merged[tuple(kept)] = count
    return pair, merged


def _loses_the_last(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    """Walk to the last pair only, so that a last id outside a pair is lost."""
    pair, merged = merge_step(words, new_id)
    ends = {word: word[-2:] == pair and _merge(word, pair, new_id)[-1] == new_id for word in words}
    return pair, {
        (after if ends[word] else after[:-1]): count
        for (word, count), after in zip(words.items(), merged, strict=True)
    }


def _across_words(words: Words, new_id: int) -> tuple[tuple[int, int], Words]:
    stream = [i for word, count in words.items() for _ in range(count) for i in word]
    totals = Counter(pairwise(stream))
    return _step(words, min(totals, key=lambda pair: (-totals[pair], pair)), new_id)


def _draw_words(rng: Random) -> tuple[Words, int]:
    words = {
        tuple(rng.choices(range(4), k=rng.randrange(2, 7))): rng.randrange(1, 9)
        for _ in range(rng.randrange(2, 6))
    }
    return words, 100


EXERCISE = Exercise(
    id="04.merge",
    title="One step of training",
    minutes=8,
    difficulty=2,
    reference=merge_step,
    cases=(
        ({(1, 2, 3): 5, (2, 3): 1}, 9),
        ({(1, 2): 1, (2, 3): 1}, 9),
        ({(2, 3): 1, (1, 2): 1}, 9),
        ({(7, 7, 7): 3, (7, 7, 7, 7): 1, (5, 6): 9}, 99),
        ({(3, 1): 2, (1, 3): 1, (4, 3, 1, 3, 1): 6}, 8),
    ),
    draw=_draw_words,
    misconceptions=(
        Misconception(
            "counts each different word once",
            _ignores_counts,
            "A word that occurs 5 times holds its pairs 5 times: where does your count use `words[word]`?",
        ),
        Misconception(
            "takes the first pair among equals",
            _first_seen_tie,
            "When two pairs are equally frequent, yours takes the one it met first; which one does the "
            "rule want?",
        ),
        Misconception(
            "takes the higher ids among equals",
            _higher_tie,
            "`max` over (count, pair) prefers the higher pair in a tie; the rule wants the lower one.",
        ),
        Misconception(
            "merges once in each word",
            _once_a_word,
            "The pair can occur several times in one word: does your loop go on after the first hit?",
        ),
        Misconception(
            "counts pairs across the border of two words",
            _across_words,
            "Two ids that stand in different words are no pair: do you count inside each word separately?",
        ),
        Misconception(
            "moves on by one after a hit",
            _steps_by_one,
            "After a merge both ids of the pair are used up: by how much does your index move on?",
        ),
        Misconception(
            "loses the last id of a word",
            _loses_the_last,
            "A last id that belongs to no pair must stay: does your loop reach it?",
        ),
    ),
    hints=(
        "Go through the words, and through each word's neighbours with `pairwise(word)`.",
        "Add the word's count, not 1, to its pairs. `most_frequent(counts)` then knows the rule for ties.",
        "`merge(word, pair, new_id)` makes the new word; a key must be a tuple, so wrap it in `tuple(...)`.",
    ),
)
