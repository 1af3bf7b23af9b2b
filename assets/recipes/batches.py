"""Batches of storyworld for training: fresh texts at every step, each batch a function of its seed alone."""

from __future__ import annotations

import torch
from tokenizers import Tokenizer
from torch import Tensor

from assets.storyworld import stream

__all__ = ["END_ID", "batch", "encode_alone"]

END_ID = 0


def batch(tokenizer: Tokenizer, rows: int, width: int, seed: int) -> Tensor:
    """Return token ids of shape (rows, width).

    A row starts at the start of a text, goes on with whole texts, each after an end token, and is cut at its
    width. Every other row has an end token before its first text too: so a model learns to begin from it.
    """
    texts = stream(seed)
    filled: list[list[int]] = []
    while len(filled) < rows:
        row: list[int] = [END_ID] if len(filled) % 2 else []
        while len(row) < width:
            row += tokenizer.encode(next(texts).text).ids
            row.append(END_ID)
        filled.append(row[:width])
    return torch.tensor(filled)


def encode_alone(tokenizer: Tokenizer, text: str) -> list[int]:
    """Return the ids of one text between two end tokens: what a model's loss on the text is measured on."""
    return [END_ID, *tokenizer.encode(text).ids, END_ID]
