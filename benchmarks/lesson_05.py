"""Lesson 05: WordPiece and Unigram, beside naive versions, `tokenizers` and `sentencepiece`."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping
from random import Random

import sentencepiece
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.trainers import WordPieceTrainer

from helpers import corpus, lessons
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "05_subword_tokenizers"
SIZE = 600


def train_wordpiece() -> Row:
    """Train WordPiece by frequency, as the library does; only ties fall differently."""
    build, words = lessons.load(LESSON), _words()
    return Row(
        f"train WordPiece, {SIZE} pieces by frequency, on 0.3 MB of stories",
        {
            "own": lambda: set(build.train_wordpiece(words, SIZE, build.frequency)),
            "library": lambda: _train_library(words),
        },
        agree=lambda results: len(results["own"] & results["library"]) > 0.95 * SIZE,
        goals=(Goal("own takes at most 2 s", lambda best: best["own"] <= 2.0),),
    )


def encode_wordpiece() -> Row:
    """Encode every different word of the stories with one vocabulary."""
    build, words = lessons.load(LESSON), list(_words())
    vocab = build.train_wordpiece(_words(), SIZE)
    library = WordPiece(vocab=vocab, unk_token="[UNK]", max_input_chars_per_word=100)
    return Row(
        f"encode {len(words):,} words with WordPiece",
        {
            "own": lambda: [build.wordpiece_encode(word, vocab) for word in words],
            "library": lambda: [[token.value for token in library.tokenize(word)] for word in words],
        },
        agree=lambda results: results["own"] == results["library"],
    )


def segment() -> Row:
    """Find the most probable segmentation of lines of stories, with the library's scores."""
    build = lessons.load(LESSON)
    model = _sentencepiece()
    log_probs = {model.id_to_piece(i): model.get_score(i) for i in range(3, model.vocab_size())}
    lines = [line for line in corpus.text(100_000, seed=1).splitlines() if line]
    normal = [model.normalize(line) for line in lines]
    return Row(
        "segment 0.1 MB of stories with Unigram",
        {
            "own": lambda: [build.unigram_segment(line, log_probs) for line in normal],
            "library": lambda: [model.encode(line, out_type=str) for line in lines],
        },
        agree=lambda results: results["own"] == results["library"],
        megabytes=sum(len(line.encode()) for line in lines) / 1e6,
    )


def segment_naive() -> Row:
    """Find the most probable segmentation of short strings, also by trying every way to cut."""
    build, rng = lessons.load(LESSON), Random(5)
    log_probs = {
        piece: -rng.uniform(1, 9) for piece in ("a", "b", "c", "ab", "bc", "ca", "abc", "cab", "bca")
    }
    texts = ["".join(rng.choices("abc", k=16)) for _ in range(20)]
    return Row(
        "segment 20 strings of 16 letters with Unigram",
        {
            "own": lambda: [build.unigram_segment(text, log_probs) for text in texts],
            "naive": lambda: [_best_of_all(text, log_probs) for text in texts],
        },
        agree=lambda results: results["own"] == results["naive"],
        goals=(
            Goal("own is at least 10 times as fast as naive", lambda best: best["naive"] >= 10 * best["own"]),
        ),
    )


def _words() -> Counter[str]:
    words = lessons.load("04_byte_pair_encoding").split_words(corpus.text(300_000))
    return Counter(word.strip() for word in words if word.strip())


def _train_library(words: Counter[str]) -> set[str]:
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    trainer = WordPieceTrainer(vocab_size=SIZE, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train_from_iterator((" ".join([word] * n) for word, n in words.items()), trainer)
    return set(tokenizer.get_vocab())


def _sentencepiece() -> sentencepiece.SentencePieceProcessor:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus.text(300_000).splitlines()),
        model_writer=model,
        num_threads=1,
        minloglevel=2,
        vocab_size=SIZE,
    )
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def _best_of_all(text: str, log_probs: Mapping[str, float]) -> list[str]:
    def cuts(rest: str) -> list[list[str]]:
        heads = [rest[:i] for i in range(1, len(rest) + 1) if rest[:i] in log_probs]
        return [[head, *tail] for head in heads for tail in cuts(rest[len(head) :])] if rest else [[]]

    return max(cuts(text), key=lambda cut: sum(log_probs[piece] for piece in cut))


ROWS = (train_wordpiece, encode_wordpiece, segment, segment_naive)
