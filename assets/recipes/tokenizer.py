"""Train the embedded tokenizer: byte-level BPE of 1,024 tokens on one megabyte of storyworld."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from helpers import corpus

__all__ = ["CORPUS_BYTES", "VOCAB_SIZE", "save_tokenizer", "train_tokenizer"]

CORPUS_BYTES = 1_000_000
VOCAB_SIZE = 1_024


def train_tokenizer(texts: Iterable[str] | None = None, vocab_size: int = VOCAB_SIZE) -> Tokenizer:
    """Train byte-level BPE with the GPT-2 pattern on texts fed one by one.

    Ids: 0 is the end token, then the 256 bytes in the order of their GPT-2 characters, then the merges.

    Args:
        texts: the training texts; None means those of `corpus.text(CORPUS_BYTES)`.
        vocab_size: number of tokens, the special token and the 256 bytes included.
    """
    if texts is None:
        texts = corpus.text(CORPUS_BYTES, separator="\n\n").split("\n\n")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[corpus.END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, context: int) -> None:
    """Save a tokenizer so that `AutoTokenizer.from_pretrained(folder)` loads it."""
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=corpus.END,
        eos_token=corpus.END,
        pad_token=corpus.END,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
    fast.save_pretrained(folder)
    # The class name that versions 4 and 5 of transformers both know.
    path = folder / "tokenizer_config.json"
    config = {**json.loads(path.read_text(encoding="utf-8")), "tokenizer_class": "PreTrainedTokenizerFast"}
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8", newline="\n")
