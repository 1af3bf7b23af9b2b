"""Lesson 04: the byte-pair trainer and tokenizer, beside the naive trainer and the `tokenizers` library."""

from __future__ import annotations

import json

from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from helpers import corpus, lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "04_byte_pair_encoding"


def train() -> Row:
    """Train 1,000 merges on a megabyte of the embedded corpus."""
    text, build = corpus.text(1_000_000), lessons.load(LESSON)
    size = 256 + 1_000
    return Row(
        "train 1,000 merges on 1 MB of stories",
        {"own": lambda: build.train_bpe(text, size)[1], "library": lambda: _train_library(text, size)},
        agree=lambda results: results["own"] == _merges(results["library"]),
        goals=(Goal("own takes at most 2 s", lambda best: best["own"] <= 2.0),),
    )


def train_manual() -> Row:
    """Train 1,000 merges on the manual of the running Python: natural text, with many more words."""
    text, build = corpus.python_manual(), lessons.load(LESSON)
    size = 256 + 1_000
    return Row(
        f"train 1,000 merges on {len(text.encode()) / 1e6:.1f} MB of the Python manual",
        {"own": lambda: build.train_bpe(text, size)[1], "library": lambda: _train_library(text, size)},
        agree=lambda results: results["own"] == _merges(results["library"]),
    )


def train_naive() -> Row:
    """Train 300 merges on a sample that the naive trainer can manage."""
    text, build = corpus.text(300_000), lessons.load(LESSON)
    size = 256 + 300
    return Row(
        "train 300 merges on 0.3 MB of stories",
        {
            "own": lambda: build.train_bpe(text, size)[1],
            "naive": lambda: build.train_bpe_naive(text, size)[1],
            "library": lambda: _train_library(text, size),
        },
        agree=lambda results: results["own"] == results["naive"] == _merges(results["library"]),
        goals=(
            Goal(
                "own is at least 100 times as fast as naive", lambda best: best["naive"] >= 100 * best["own"]
            ),
        ),
    )


def encode() -> Row:
    """Encode a megabyte with a vocabulary of 1,256, each time with an empty cache."""
    text, build = corpus.text(1_000_000), lessons.load(LESSON)
    vocab, merges = build.train_bpe(text, 256 + 1_000)
    saved = _train_library(text, 256 + 1_000).to_str()
    return Row(
        "encode 1 MB of stories",
        {
            "own": lambda: build.BytePairTokenizer(vocab, merges).encode(text),
            "library": lambda: Tokenizer.from_str(saved).encode_batch_fast([text])[0].ids,
        },
        agree=lambda results: results["own"] == results["library"],
        goals=(Goal("own encodes at least 0.8 MB/s", lambda best: 1.0 / best["own"] >= 0.8),),
        megabytes=len(text.encode()) / 1e6,
    )


def _train_library(text: str, size: int) -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    alphabet = ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def _merges(tokenizer: Tokenizer) -> list[tuple[bytes, bytes]]:
    byte_of = {char: byte for byte, char in lessons.load(LESSON).byte_to_char().items()}
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [tuple(bytes(byte_of[char] for char in piece) for piece in pair) for pair in merges]


ROWS = (train, train_manual, train_naive, encode)
