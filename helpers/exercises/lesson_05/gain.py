"""Exercise 05.gain: what a merge does to the log-likelihood of a corpus."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import log
from random import Random

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Words = dict[tuple[str, ...], int]
Pair = tuple[str, str]


def merge_gain(words: dict[tuple[str, ...], int], pair: tuple[str, str]) -> float:
    """{("a", "b"): 3, ("a", "c"): 1}, ("a", "b")  ->  about 3.043"""
    from collections import Counter
    from math import log

    def likelihood(words):
        counts = Counter()
        for word, times in words.items():
            for piece in word:
                counts[piece] += times
        total = sum(counts.values())
        return sum(count * log(count / total) for count in counts.values())

    merged = {}
    for word, times in words.items():
        pieces, i = [], 0
        while i < len(word):
            together = tuple(word[i : i + 2]) == pair
            pieces.append(word[i] + word[i + 1] if together else word[i])
            i += 2 if together else 1
        merged[tuple(pieces)] = merged.get(tuple(pieces), 0) + times
    return likelihood(merged) - likelihood(words)


def _counts(words: Words) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word, times in words.items():
        for piece in word:
            counts[piece] += times
    return counts


def _merged(words: Words, pair: Pair) -> Words:
    merged: Words = {}
    for word, times in words.items():
        pieces, i = [], 0
        while i < len(word):
            together = tuple(word[i : i + 2]) == pair
            pieces.append(word[i] + word[i + 1] if together else word[i])
            i += 2 if together else 1
        merged[tuple(pieces)] = merged.get(tuple(pieces), 0) + times
    return merged


def _likelihood(words: Words) -> float:
    counts = _counts(words)
    total = sum(counts.values())
    return sum(count * log(count / total) for count in counts.values())


def _pairs(words: Words, pair: Pair) -> int:
    return sum(times * list(pairwise(word)).count(pair) for word, times in words.items())


def _wrong_sign(words: Words, pair: Pair) -> float:
    return -merge_gain(words, pair)


def _level_not_change(words: Words, pair: Pair) -> float:
    return _likelihood(_merged(words, pair))


def _old_total(words: Words, pair: Pair) -> float:
    before, after = _counts(words), _counts(_merged(words, pair))
    total = sum(before.values())
    return sum(n * log(n / total) for n in after.values()) - _likelihood(words)


def _ratio(words: Words, pair: Pair) -> float:
    counts = _counts(words)
    return _pairs(words, pair) / (counts[pair[0]] * counts[pair[1]])


def _information_once(words: Words, pair: Pair) -> float:
    counts = _counts(words)
    return log(max(_pairs(words, pair), 1e-9) * sum(counts.values()) / (counts[pair[0]] * counts[pair[1]]))


def _approximate(words: Words, pair: Pair) -> float:
    return _pairs(words, pair) * _information_once(words, pair)


def _ignores_counts(words: Words, pair: Pair) -> float:
    once = dict.fromkeys(words, 1)
    return _likelihood(_merged(once, pair)) - _likelihood(once)


def _in_bits(words: Words, pair: Pair) -> float:
    return merge_gain(words, pair) / log(2)


def _a_piece(words: Words, pair: Pair) -> float:
    merged = _merged(words, pair)
    return _likelihood(merged) / sum(_counts(merged).values()) - _likelihood(words) / sum(
        _counts(words).values()
    )


def _probabilities_only(words: Words, pair: Pair) -> float:
    def level(words: Words) -> float:
        counts = _counts(words)
        return sum(log(count / sum(counts.values())) for count in counts.values())

    return level(_merged(words, pair)) - level(words)


def _overwrites(words: Words, pair: Pair) -> float:
    merged = {next(iter(_merged({word: 1}, pair))): times for word, times in words.items()}
    return _likelihood(merged) - _likelihood(words)


def _keeps_the_parts(words: Words, pair: Pair) -> float:
    def level(counts: Counter[str]) -> float:
        return sum(n * log(n / counts.total()) for n in counts.values())

    counts = _counts(words)
    return level(counts + Counter({pair[0] + pair[1]: _pairs(words, pair)})) - level(counts)


def _closed_formula(words: Words, pair: Pair) -> float:
    def term(count: int) -> float:
        return count * log(count) if count > 0 else 0.0

    counts, n = _counts(words), _pairs(words, pair)
    change = sum(term(counts[piece] - n) - term(counts[piece]) for piece in pair)
    total = counts.total()
    return change + term(n) - term(total - n) + term(total)


def _joined_letters(words: Words, pair: Pair) -> float:
    """Replace the pair in the joined string, as if each character were a piece."""
    after: Counter[str] = Counter()
    for word, times in words.items():
        for piece in "".join(word).replace("".join(pair), "\0"):
            after[piece] += times
    total = after.total()
    return sum(n * log(n / total) for n in after.values()) - _likelihood(words)


def _draw_words(rng: Random) -> tuple[Words, Pair]:
    words: Words = {}
    for _ in range(rng.randrange(3, 7)):
        words[tuple(rng.choices("abc", k=rng.randrange(2, 6)))] = rng.randrange(1, 20)
    present = [pair for word in words for pair in pairwise(word)]
    return words, rng.choice(present)


EXERCISE = Exercise(
    id="05.gain",
    title="What a merge does to the likelihood",
    minutes=10,
    difficulty=2,
    reference=merge_gain,
    equal=approximately(rtol=1e-6, atol=1e-8),
    cases=(
        ({("a", "b"): 3, ("a", "c"): 1}, ("a", "b")),
        ({("h", "u", "g"): 10, ("p", "u", "g"): 5, ("p", "u", "n"): 12}, ("u", "g")),
        ({("a", "a", "a"): 2, ("a", "b"): 5}, ("a", "a")),
        ({("a", "b", "a", "b"): 2, ("b", "a"): 7, ("c",): 3}, ("a", "b")),
        ({("a", "c"): 9, ("c", "b"): 9, ("a", "b"): 1}, ("a", "b")),
        ({("a", "b", "c"): 2, ("ab", "c"): 3, ("a",): 1}, ("a", "b")),
        ({("th", "e"): 4, ("t", "h", "e"): 3, ("h", "e"): 2}, ("h", "e")),
    ),
    draw=_draw_words,
    misconceptions=(
        Misconception(
            "has the wrong sign",
            _wrong_sign,
            "Your sign is turned round: if the data become more probable after the merge, is the change "
            "positive or negative?",
        ),
        Misconception(
            "returns the level instead of the change",
            _level_not_change,
            "This is the log-likelihood after the merge; how much was it before?",
        ),
        Misconception(
            "keeps the old total",
            _old_total,
            "A merge makes two pieces into one: how many pieces are there in the corpus now?",
        ),
        Misconception(
            "computes freq(ab) / (freq(a) freq(b))",
            _ratio,
            "This is the ratio of the courses, not a change in nats: what does it say about how often the "
            "pair occurs?",
        ),
        Misconception(
            "counts the surprise once",
            _information_once,
            "This is how surprising one occurrence of the pair is: how many occurrences are there?",
        ),
        Misconception(
            "takes the approximation for rare pairs",
            _approximate,
            "n log(nN / (a b)) is less than the whole change: what becomes of the occurrences of both parts "
            "that are left?",
        ),
        Misconception(
            "ignores how often a word occurs",
            _ignores_counts,
            "You count each word once: what do the values of `words` say?",
        ),
        Misconception("answers in bits", _in_bits, "Your unit is bits: which logarithm measures in nats?"),
        Misconception(
            "averages over the pieces",
            _a_piece,
            "You divide by the number of pieces, and a merge changes that number: which sum does the "
            "exercise ask for?",
        ),
        Misconception(
            "forgets the count before the logarithm",
            _probabilities_only,
            "Each occurrence of a piece contributes its log-probability: how many occurrences are there?",
        ),
        Misconception(
            "lets two words become one and keeps one count",
            _overwrites,
            "Two words may look alike after the merge: what should become of their two counts?",
        ),
        Misconception(
            "keeps the parts beside the merged piece",
            _keeps_the_parts,
            "You add the new piece; how often do its two parts still occur on their own?",
        ),
        Misconception(
            "uses the formula where pairs overlap",
            _closed_formula,
            "The formula of the section is right for two different parts and a new piece: what if `aaa` "
            "holds the pair twice, or the piece exists already?",
        ),
        Misconception(
            "merges letters instead of pieces",
            _joined_letters,
            "You join the word and search the string: does `th`, `e` hold the pair `h`, `e`?",
        ),
    ),
    hints=(
        "Write a function that returns the log-likelihood of any such `words`, and call it twice.",
        "For the merge walk through a word with an index that moves by two after a hit.",
        "`total = sum(counts.values())`, then `sum(n * log(n / total) for n in counts.values())`; "
        "after minus before.",
    ),
)
