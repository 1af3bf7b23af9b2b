"""Exercise 05.longest: WordPiece's longest match from the left."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def longest_match(word: str, vocab: set[str]) -> list[str]:
    """ "hugs", {"h", "hug", "##u", "##s"}  ->  ["hug", "##s"]"""
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1):
            if mark + word[start:end] in vocab:
                break
        else:
            return ["[UNK]"]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def _match(word: str, vocab: set[str], shortest: bool = False, unmarked: bool = False) -> list[str] | None:
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start and not unmarked else ""
        ends = range(start + 1, len(word) + 1) if shortest else range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocab), None)
        if end is None:
            return None
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def _all_cuts(word: str, vocab: set[str], start: int = 0) -> list[list[str]]:
    if start == len(word):
        return [[]]
    found = []
    for end in range(len(word), start, -1):
        piece = ("##" if start else "") + word[start:end]
        if piece in vocab:
            found += [[piece, *rest] for rest in _all_cuts(word, vocab, end)]
    return found


def _shortest(word: str, vocab: set[str]) -> list[str]:
    found = _match(word, vocab, shortest=True)
    return ["[UNK]"] if found is None else found


def _no_marks(word: str, vocab: set[str]) -> list[str]:
    found = _match(word, vocab, unmarked=True)
    return ["[UNK]"] if found is None else found


def _drops_marks(word: str, vocab: set[str]) -> list[str]:
    return [piece.removeprefix("##") for piece in longest_match(word, vocab)]


def _unknown_letter(word: str, vocab: set[str], skip: bool = False) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocab), None)
        if end is not None or not skip:
            pieces.append("[UNK]" if end is None else mark + word[start:end])
        start = start + 1 if end is None else end
    return pieces


def _skips_unknown(word: str, vocab: set[str]) -> list[str]:
    return _unknown_letter(word, vocab, skip=True)


def _keeps_the_beginning(word: str, vocab: set[str]) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = range(len(word), start, -1)
        end = next((end for end in ends if mark + word[start:end] in vocab), None)
        if end is None:
            return [*pieces, "[UNK]"]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def _goes_back(word: str, vocab: set[str]) -> list[str]:
    return next(iter(_all_cuts(word, vocab)), ["[UNK]"])


def _fewest(word: str, vocab: set[str]) -> list[str]:
    return min(_all_cuts(word, vocab), key=len, default=["[UNK]"])


def _raises(word: str, vocab: set[str]) -> list[str]:
    found = _match(word, vocab)
    return [] if found is None else found


def _never_the_end(word: str, vocab: set[str]) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = next((end for end in range(len(word) - 1, start, -1) if mark + word[start:end] in vocab), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def _either_name(word: str, vocab: set[str]) -> list[str]:
    either = vocab | {f"##{piece}" for piece in vocab} | {piece.removeprefix("##") for piece in vocab}
    return longest_match(word, either)


def _draw_word(rng: Random) -> tuple[str, set[str]]:
    vocab = set(rng.sample(["a", "b", "c", "##a", "##b", "##c"], k=rng.randrange(4, 7)))
    for _ in range(rng.randrange(3, 9)):
        piece = "".join(rng.choices("abc", k=rng.randrange(2, 4)))
        vocab.add(rng.choice(["", "##"]) + piece)
    return "".join(rng.choices("abc", k=rng.randrange(1, 9))), vocab


EXERCISE = Exercise(
    id="05.longest",
    title="Longest match from the left",
    minutes=8,
    difficulty=2,
    reference=longest_match,
    cases=(
        ("hugs", {"h", "hug", "##u", "##s"}),
        ("hugs", {"h", "hu", "hug", "##u", "##g", "##s", "##gs"}),
        ("abc", {"a", "ab", "##bc", "##b"}),
        ("abcd", {"ab", "abc", "##cd", "##d", "a", "##b"}),
        ("abcd", {"a", "abc", "##bcd", "##d", "##b"}),
        ("abcde", {"a", "ab", "abc", "##bcde", "##c", "##cde", "##d", "##e"}),
        ("xa", {"a", "##a"}),
        ("ax", {"a", "##a"}),
        ("axa", {"a", "##a"}),
        ("hugs", {"hug", "s", "##g"}),
        ("hugs", {"hug", "s", "##s"}),
        ("", {"a"}),
        ("pun", {"p", "pun", "##u", "##n"}),
    ),
    draw=_draw_word,
    misconceptions=(
        Misconception(
            "takes the shortest match",
            _shortest,
            "You stop at the first end that fits; from which end of the word should you start looking?",
        ),
        Misconception(
            "looks up the rest of a word without ##",
            _no_marks,
            "A piece that continues a word has another name in the vocabulary: what does it begin with?",
        ),
        Misconception(
            "returns the pieces without ##",
            _drops_marks,
            "Your cuts are right; could a reader of your pieces tell a new word from a continued one?",
        ),
        Misconception(
            "writes [UNK] for one letter and goes on",
            _unknown_letter,
            "When a part of the word is unknown, what becomes of the whole word?",
        ),
        Misconception(
            "skips what is unknown",
            _skips_unknown,
            "Letters without a piece vanish from your answer: how would anybody notice that?",
        ),
        Misconception(
            "keeps the pieces before the unknown part",
            _keeps_the_beginning,
            "You keep the beginning and add [UNK]; WordPiece gives up the word as a whole: what is left?",
        ),
        Misconception(
            "goes back when it is stuck",
            _goes_back,
            "You try a shorter piece when the rest does not fit; does a greedy search ever go back?",
        ),
        Misconception(
            "looks for the fewest pieces",
            _fewest,
            "You look for the fewest pieces over the whole word; what does 'from the left' decide?",
        ),
        Misconception(
            "returns nothing for an unknown word",
            _raises,
            "An empty list makes the word disappear: which piece stands for what cannot be written?",
        ),
        Misconception(
            "never looks at the whole rest",
            _never_the_end,
            "Your ends stop one letter early: which piece covers all that is left of the word?",
        ),
        Misconception(
            "takes a piece with or without its mark",
            _either_name,
            "`s` and `##s` are two pieces: may the one that begins words also continue them?",
        ),
    ),
    hints=(
        "Keep a `start`, and try every `end` from the end of the word down to `start + 1`.",
        'The name to look up is `("##" if start else "") + word[start:end]`.',
        'If no end fits, `return ["[UNK]"]` at once; otherwise append the piece and set `start = end`.',
    ),
)
