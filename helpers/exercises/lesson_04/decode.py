"""Exercise 04.decode: show a stream of ids without broken characters."""

from __future__ import annotations

import codecs
from itertools import pairwise
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def decode_stream(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    """[0, 1], {0: b"a\\xc3", 1: b"\\xa9"}  ->  ["a", "é"]"""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    texts = [decoder.decode(vocab[i]) for i in ids]
    if texts:
        texts[-1] += decoder.decode(b"", final=True)
    return texts


def _piece_by_piece(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    return [vocab[i].decode(errors="replace") for i in ids]


def _drops_broken(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    return [vocab[i].decode(errors="ignore") for i in ids]


def _one_character_a_byte(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    return [vocab[i].decode("latin-1") for i in ids]


def _forgets_the_rest(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    return [decoder.decode(vocab[i]) for i in ids]


def _all_at_the_end(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    whole = b"".join(vocab[i] for i in ids).decode(errors="replace")
    return [""] * (len(ids) - 1) + [whole] if ids else []


def _all_or_nothing(ids: list[int], vocab: dict[int, bytes]) -> list[str]:
    """Show what waits only when all of it is complete."""
    waiting, texts = b"", []
    for i in ids:
        waiting += vocab[i]
        try:
            texts.append(waiting.decode())
            waiting = b""
        except UnicodeDecodeError:
            texts.append("")
    if texts:
        texts[-1] += waiting.decode(errors="replace")
    return texts


def _draw_stream(rng: Random) -> tuple[list[int], dict[int, bytes]]:
    text = "".join(rng.choices(["a", "é", "€", "🙂", " ", "zz"], k=rng.randrange(1, 8))).encode()
    text = text[: len(text) - rng.randrange(2)]
    cuts = sorted(rng.sample(range(len(text) + 1), k=min(len(text), rng.randrange(1, 6))))
    pieces = [text[start:end] for start, end in pairwise([0, *cuts, len(text)]) if start < end]
    names = rng.sample(range(1000), k=len(pieces))
    return names, dict(zip(names, pieces, strict=True))


EXERCISE = Exercise(
    id="04.decode",
    title="Show a stream without broken characters",
    minutes=10,
    difficulty=3,
    reference=decode_stream,
    cases=(
        ([0, 1], {0: b"a\xc3", 1: b"\xa9"}),
        ([4, 2, 9, 7], {4: b"\xf0", 2: b"\x9f", 9: b"\x99", 7: b"\x82"}),
        ([0, 0], {0: b"ok"}),
        ([3, 5], {3: b"x", 5: b"\xe2\x82"}),
        ([], {0: b"a"}),
        ([1, 2], {1: b"\xff", 2: b"a"}),
    ),
    draw=_draw_stream,
    misconceptions=(
        Misconception(
            "decodes each piece alone",
            _piece_by_piece,
            "Each piece is decoded alone, so a character that spans two of them breaks: what must wait "
            "for the next id?",
        ),
        Misconception(
            "throws broken bytes away",
            _drops_broken,
            "With errors='ignore' the bytes of a split character vanish: where do you keep them until "
            "the rest arrives?",
        ),
        Misconception(
            "takes every byte for a character",
            _one_character_a_byte,
            "Latin-1 makes one character of each byte; in UTF-8, é has two bytes and 🙂 has four.",
        ),
        Misconception(
            "forgets what is unfinished at the end",
            _forgets_the_rest,
            "After the last id some bytes may still wait: what should the reader see in their place?",
        ),
        Misconception(
            "waits until everything so far is complete",
            _all_or_nothing,
            "A finished character waits with you for an unfinished one behind it: which of the waiting bytes "
            "are complete already?",
        ),
        Misconception(
            "shows everything at the last id",
            _all_at_the_end,
            "The joined text is right, but it all appears at the last id; which characters were "
            "complete before?",
        ),
    ),
    hints=(
        "Keep a `waiting: bytes` between ids, and add each piece to it.",
        "The standard library knows how much of `waiting` is complete: look at "
        "`codecs.getincrementaldecoder`.",
        "`decoder = codecs.getincrementaldecoder('utf-8')(errors='replace')`, one "
        "`decoder.decode(piece)` an id,"
        "and `decoder.decode(b'', final=True)` after the last.",
    ),
)
