"""Measure the loss of a model on each kind of text, beside the true entropy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch.nn import functional as F

from assets.recipes.batches import END_ID, encode_alone
from assets.storyworld import KINDS, WEIGHTS, Text, stream

__all__ = ["KindLoss", "held_out", "losses_by_kind", "mixture_loss"]

HELD_OUT_SEED = 2_000_000_000  # far from every training seed


@dataclass(frozen=True)
class KindLoss:
    """Loss and true entropy of one kind of text, in nats a token, estimated on the same held-out texts."""

    kind: str
    texts: int
    tokens: int
    loss: float
    entropy: float

    @property
    def gap(self) -> float:
        """What the model loses beyond the entropy, in nats a token."""
        return self.loss - self.entropy


def held_out(count: int, kind: str) -> list[Text]:
    """Return `count` texts of a kind that no training step draws from."""
    texts = stream(HELD_OUT_SEED + list(KINDS).index(kind), [kind])
    return [next(texts) for _ in range(count)]


@torch.no_grad()
def _nats(model: torch.nn.Module, rows: Sequence[list[int]]) -> list[float]:
    """Return the summed loss of each row of ids; its first id is given, its length at most the context."""
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), END_ID)
    mask = torch.zeros(len(rows), longest - 1)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
        mask[number, : len(row) - 1] = 1
    logits = model(ids[:, :-1]).logits.float()
    losses = F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")
    return (losses * mask).sum(dim=1).tolist()


def losses_by_kind(model: torch.nn.Module, tokenizer: Tokenizer, texts: int, context: int) -> list[KindLoss]:
    """Return the loss of each kind on held-out texts, each text alone after an end token.

    Texts longer than the context (very rare) are left out.
    """
    results = []
    for kind in KINDS:
        items = held_out(texts, kind)
        pairs = [(encode_alone(tokenizer, item.text), item.log_prob) for item in items]
        pairs = sorted((pair for pair in pairs if len(pair[0]) <= context), key=lambda pair: len(pair[0]))
        nats = 0.0
        for start in range(0, len(pairs), 16):
            nats += sum(_nats(model, [ids for ids, _ in pairs[start : start + 16]]))
        tokens = sum(len(ids) - 1 for ids, _ in pairs)
        entropy = -sum(log_prob for _, log_prob in pairs) / tokens
        results.append(KindLoss(kind, len(pairs), tokens, nats / tokens, entropy))
    return results


def mixture_loss(losses: Sequence[KindLoss]) -> tuple[float, float]:
    """Return (loss, entropy) in nats a token of the whole mixture, from the kinds and their weights."""
    shares = [WEIGHTS[item.kind] * item.tokens / item.texts for item in losses]
    loss = sum(share * item.loss for share, item in zip(shares, losses, strict=True)) / sum(shares)
    entropy = sum(share * item.entropy for share, item in zip(shares, losses, strict=True)) / sum(shares)
    return loss, entropy
