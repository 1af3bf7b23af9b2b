"""Exercise 04.encode: encode a word by a merge table."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Pieces = tuple[bytes, bytes]


def encode_word(word: bytes, merges: list[tuple[bytes, bytes]]) -> list[bytes]:
    """b"the", [(b"h", b"e"), (b"t", b"h")]  ->  [b"t", b"he"]"""
    pieces = [bytes([byte]) for byte in word]
    while True:
        present = set(pairwise(pieces))
        first = next((merge for merge in merges if merge in present), None)
        if first is None:
            return pieces
        merged, i = [], 0
        while i < len(pieces):
            if tuple(pieces[i : i + 2]) == first:
                merged.append(pieces[i] + pieces[i + 1])
                i += 2
            else:
                merged.append(pieces[i])
                i += 1
        pieces = merged


def _longest_first(word: bytes, merges: list[Pieces]) -> list[bytes]:
    known = {a + b for a, b in merges}
    pieces = []
    while word:
        size = next(n for n in range(len(word), 0, -1) if n == 1 or word[:n] in known)
        pieces.append(word[:size])
        word = word[size:]
    return pieces


def _leftmost_first(word: bytes, merges: list[Pieces]) -> list[bytes]:
    pieces = [bytes([byte]) for byte in word]
    while True:
        at = next((i for i, pair in enumerate(pairwise(pieces)) if pair in merges), None)
        if at is None:
            return pieces
        pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]


def _longest_result_first(word: bytes, merges: list[Pieces]) -> list[bytes]:
    return encode_word(word, sorted(merges, key=lambda pair: -len(pair[0] + pair[1])))


def _latest_first(word: bytes, merges: list[Pieces]) -> list[bytes]:
    return encode_word(word, merges[::-1])


def _each_merge_once(word: bytes, merges: list[Pieces]) -> list[bytes]:
    pieces = [bytes([byte]) for byte in word]
    for pair in merges:
        at = next((i for i, neighbours in enumerate(pairwise(pieces)) if neighbours == pair), None)
        if at is not None:
            pieces[at : at + 2] = [pieces[at] + pieces[at + 1]]
    return pieces


def _single_merge(word: bytes, merges: list[Pieces]) -> list[bytes]:
    return encode_word(word, merges[:1])


def _draw_word(rng: Random) -> tuple[bytes, list[Pieces]]:
    """Draw a merge table that training could have learned: a merge uses only pieces that exist."""
    pieces, merges = [b"a", b"b", b"c"], []
    for _ in range(rng.randrange(2, 8)):
        pair = (rng.choice(pieces), rng.choice(pieces))
        if pair[0] + pair[1] not in pieces:
            pieces.append(pair[0] + pair[1])
            merges.append(pair)
    return bytes(rng.choices(b"abc", k=rng.randrange(1, 14))), merges


EXERCISE = Exercise(
    id="04.encode",
    title="Encode a word by a merge table",
    minutes=8,
    difficulty=2,
    reference=encode_word,
    cases=(
        (b"the", [(b"h", b"e"), (b"t", b"h")]),
        (b"the", [(b"t", b"h"), (b"h", b"e"), (b"th", b"e")]),
        (b"abc", [(b"b", b"c"), (b"a", b"bc"), (b"a", b"b")]),
        (b"abcd", [(b"a", b"b"), (b"c", b"d"), (b"ab", b"c")]),
        (b"", [(b"a", b"b")]),
        (b"abcd", []),
        (b"banana", [(b"a", b"n"), (b"an", b"a"), (b"b", b"an")]),
        (b"aaaaa", [(b"a", b"a"), (b"aa", b"aa")]),
        (b"abab", [(b"b", b"a"), (b"a", b"b"), (b"ab", b"ab")]),
    ),
    draw=_draw_word,
    misconceptions=(
        Misconception(
            "takes the longest known piece from the left",
            _longest_first,
            "You match the longest piece from the left, as WordPiece does; which merge stands earliest "
            "in the table?",
        ),
        Misconception(
            "merges the leftmost pair that is in the table",
            _leftmost_first,
            "You take the leftmost pair that is in the table; the table's order decides, not the position.",
        ),
        Misconception(
            "makes the longest possible piece first",
            _longest_result_first,
            "Neither length nor position decides between two merges: where do they stand in the table?",
        ),
        Misconception(
            "applies the latest merge first",
            _latest_first,
            "You start at the end of the table; a late merge is built from the results of early ones.",
        ),
        Misconception(
            "applies each merge at one place only",
            _each_merge_once,
            "After a merge the same pair may still stand further right in the word: do you look for it "
            "again?",
        ),
        Misconception(
            "stops after the first merge",
            _single_merge,
            "One merge makes new neighbours: when may you stop looking?",
        ),
    ),
    hints=(
        "Begin with `[bytes([byte]) for byte in word]`, a list of single bytes.",
        "Collect the pairs that are present, and find the first entry of `merges` among them.",
        "Merge that pair at all its places, then start again; stop when no entry of `merges` is present.",
    ),
)
