"""Exercise 05.survives: which strings come back from SentencePiece's default rules."""

from __future__ import annotations

import re
import unicodedata
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def survives(text: str) -> bool:
    """ "x²"  ->  False"""
    import unicodedata

    plain = unicodedata.normalize("NFKC", text)
    return plain == text and text == " ".join(text.split()) and "▁" not in text


def _spaces_are_fine(text: str) -> bool:
    return text == " ".join(text.split())


def _no_mark(text: str) -> bool:
    return "▁" not in text


def _is_nfkc(text: str) -> bool:
    return unicodedata.normalize("NFKC", text) == text


def _only_nfkc(text: str) -> bool:
    return _is_nfkc(text) and _no_mark(text)


def _nfkc_alone(text: str) -> bool:
    return _is_nfkc(text)


def _only_spaces(text: str) -> bool:
    return _spaces_are_fine(text) and _no_mark(text)


def _nfc(text: str) -> bool:
    return unicodedata.normalize("NFC", text) == text and _only_spaces(text)


def _nfkd(text: str) -> bool:
    return unicodedata.normalize("NFKD", text) == text and _only_spaces(text)


def _ascii_only(text: str) -> bool:
    return text.isascii() and _spaces_are_fine(text)


def _forgets_the_mark(text: str) -> bool:
    return _is_nfkc(text) and _spaces_are_fine(text)


def _forgets_the_ends(text: str) -> bool:
    return _is_nfkc(text) and _no_mark(text) and text == re.sub(r"\s+", " ", text)


def _forgets_runs(text: str) -> bool:
    return _is_nfkc(text) and _no_mark(text) and text == text.strip()


def _only_double_spaces(text: str) -> bool:
    return _is_nfkc(text) and _no_mark(text) and text == text.strip() and "  " not in text


def _bytes_fail(text: str) -> bool:
    return survives(text) and all(ord(char) < 0x3000 for char in text)


def _any_ascii(text: str) -> bool:
    return text.isascii()


def _always(text: str) -> bool:
    return True


def _nfkc_and_ends(text: str) -> bool:
    return _is_nfkc(text) and text == text.strip()


def _turned_round(text: str) -> bool:
    return not survives(text)


POOL = ("a", "b", " ", " ", "é", "e\u0301", "日本", "🙂", "²", "ﬁ", "½", "!", "▁", "\t", "\n", "Ａ", "x  y")


def _draw_text(rng: Random) -> tuple[str]:
    return ("".join(rng.choices(POOL, k=rng.randrange(1, 4))),)


EXERCISE = Exercise(
    id="05.survives",
    title="Which strings survive?",
    minutes=6,
    difficulty=1,
    reference=survives,
    cases=(
        ("x²",),
        ("hello world",),
        (" hello",),
        ("hello ",),
        ("tab\there",),
        ("two\nlines",),
        ("hello  world",),
        ("ﬁne",),
        ("café",),
        ("cafe\u0301",),
        ("日本語🙂",),
        ("ａｂｃ",),
        ("a▁b",),
        ("",),
        ("~!@#$%^&*",),
    ),
    draw=_draw_text,
    draws=40,
    misconceptions=(
        Misconception(
            "turns the answer round", _turned_round, "`True` should mean that the text comes back: does it?"
        ),
        Misconception(
            "forgets the mark itself",
            _forgets_the_mark,
            "Decoding writes a space for each ▁: what if the text itself has one?",
        ),
        Misconception(
            "looks at NFKC only",
            _only_nfkc,
            "NFKC is one half of the rules: what happens to two spaces, or to a tab?",
        ),
        Misconception(
            "looks at NFKC only, not even at the mark",
            _nfkc_alone,
            "After NFKC there are rules for white space, and one character has a second meaning: which?",
        ),
        Misconception(
            "looks at spaces only",
            _only_spaces,
            "The spaces are right; what does NFKC do to `²` and to `ﬁ`?",
        ),
        Misconception(
            "uses NFC",
            _nfc,
            "NFC only composes accents; which form also replaces `²` by its plain relative?",
        ),
        Misconception(
            "uses NFKD",
            _nfkd,
            "NFKD takes accents apart; which form puts `é` together again?",
        ),
        Misconception(
            "lets ASCII through and nothing else",
            _ascii_only,
            "Bytes stand in for any unknown character: does `日本` have to be lost?",
        ),
        Misconception(
            "lets all ASCII through",
            _any_ascii,
            "Rare characters are not the trouble, and a space is ASCII: what happens to a space at the end?",
        ),
        Misconception(
            "lets everything through",
            _always,
            "Bytes lose nothing, but they come last: what has been done to the text before?",
        ),
        Misconception(
            "looks at NFKC and the ends only",
            _nfkc_and_ends,
            "NFKC and the ends are handled; what becomes of a tab in the middle, and of a `▁`?",
        ),
        Misconception(
            "takes unknown characters for lost",
            _bytes_fail,
            "You call a text lost because its characters are rare; what is byte fallback for?",
        ),
        Misconception(
            "forgets the ends",
            _forgets_the_ends,
            "Runs of spaces are handled; what happens to a space at the beginning or at the end?",
        ),
        Misconception(
            "forgets runs of white space",
            _forgets_runs,
            "The ends are handled; what becomes of two spaces, or of a tab, in the middle?",
        ),
        Misconception(
            "knows only double spaces",
            _only_double_spaces,
            "Two spaces become one; is a space the only kind of white space?",
        ),
    ),
    hints=(
        "Three conditions must hold together: one about NFKC, one about white space, one about `▁`.",
        '`unicodedata.normalize("NFKC", text)` and `" ".join(text.split())` do most of the work.',
        "The text survives if neither of them changes it and it holds no `▁`.",
    ),
)
