"""Train the tokenizer of the retrieval models: WordPiece, lower case, on the three collections."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from assets.recipes.retrieval.texts import entries

__all__ = ["SPECIAL", "save_tokenizer", "train_tokenizer"]

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")  # ids 0 to 4
TIMES = {"handbook": 6, "python": 1, "curriculum": 1}  # how often a text is fed: the handbook is short


def train_tokenizer(vocab_size: int) -> Tokenizer:
    """Train on titles and texts; the alphabet is that of ASCII.

    Pieces inside a word get their ids before the training, as if they were special tokens: else they get
    them in the order in which a hash map gives out the words, and every run breaks ties in another way.
    """
    letters = [chr(sign) for sign in range(33, 127) if not chr(sign).isupper()]
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size,
        special_tokens=[*SPECIAL, *letters, *(f"##{letter}" for letter in letters)],
        limit_alphabet=0,
        show_progress=False,
    )
    texts = [
        f"{entry.title}\n{entry.text}"
        for collection, times in TIMES.items()
        for entry in entries()[collection]
        for _ in range(times)
    ]
    learner = _wordpiece({})
    learner.train_from_iterator(texts, trainer)
    tokenizer = _wordpiece(learner.get_vocab())
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer


def _wordpiece(vocab: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, window: int) -> PreTrainedTokenizerFast:
    """Save a tokenizer so that `AutoTokenizer.from_pretrained(folder)` loads it, and return it."""
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
        model_max_length=window,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        clean_up_tokenization_spaces=False,
    )  # fmt: skip
    fast.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    config = {**json.loads(path.read_text(encoding="utf-8")), "tokenizer_class": "PreTrainedTokenizerFast"}
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8", newline="\n")
    return fast
