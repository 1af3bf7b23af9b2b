"""Batches of storyworld for training: fresh texts at every step, each batch a function of its seed alone."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from assets.storyworld import stream

__all__ = ["END_ID", "Batch", "batch", "encode_alone"]

END_ID = 0


@dataclass(frozen=True)
class Batch:
    """Token ids packed in rows, the text each token belongs to and its place there; all (rows, width)."""

    ids: Tensor
    texts: Tensor
    places: Tensor

    def mask(self, dtype: torch.dtype) -> Tensor:
        """Return 0 where a token may look back in its own text, else -1e4: (rows, 1, width, width)."""
        same = self.texts[:, :, None] == self.texts[:, None, :]
        allowed = same & torch.ones_like(same[0]).tril()
        return torch.where(allowed, 0.0, -1e4).to(dtype)[:, None]

    def cut(self, width: int) -> Batch:
        """Return the batch without what stands beyond `width`."""
        return Batch(self.ids[:, :width], self.texts[:, :width], self.places[:, :width])


def batch(tokenizer: Tokenizer, rows: int, width: int, seed: int) -> Batch:
    """Return rows that start at the start of a text, go on with whole texts, and are cut at `width`.

    An end token stands between two texts. Every other text has both its end tokens to itself, so that a model
    learns to begin from an end token and also without one.
    """
    source = stream(seed)
    ids: list[list[int]] = []
    texts: list[list[int]] = []
    places: list[list[int]] = []
    for row in range(rows):
        number = row % 2
        ids.append([])
        texts.append([])
        places.append([])
        while len(ids[row]) < width:
            part = tokenizer.encode(next(source).text).ids
            if number % 2:
                part = [END_ID, *part, END_ID]
            ids[row] += part
            texts[row] += [number] * len(part)
            places[row] += range(len(part))
            number += 1
    cut = [[line[:width] for line in lines] for lines in (ids, texts, places)]
    return Batch(*map(torch.tensor, cut))


def encode_alone(tokenizer: Tokenizer, text: str) -> list[int]:
    """Return the ids of one text between two end tokens: what a model's loss on the text is measured on."""
    return [END_ID, *tokenizer.encode(text).ids, END_ID]
