"""Turn texts into vectors, and score texts against a question: the embedded encoders, or any from the hub."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging as transformers_logging

from helpers import models
from helpers.reranking import LightReranker, light_reranker

__all__ = [
    "ENCODER", "QUESTION", "RERANKER",
    "Encoder", "LightReranker", "Remembering", "Reranker", "encoder", "light_reranker", "reranker",
]  # fmt: skip

ENCODER, RERANKER = "retriever", "reranker"
QUESTION = 64  # most tokens of a question in front of a text
_BROKEN = (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError)


class Encoder:
    """Maps a text to a unit vector: the mean of the last hidden states of its tokens."""

    def __init__(self, model: torch.nn.Module, tokenizer: Any) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.width, self.window = model.config.hidden_size, _window(model, tokenizer)

    @torch.no_grad()
    def encode(self, texts: Sequence[str], batch_size: int = 32) -> np.ndarray:
        """Return a unit vector for each text: (n, width), float32.

        Args:
            texts: what is beyond `window` tokens of a text is not read.
            batch_size: texts in one call of the model; changes the speed, not the result.

        Raises:
            ValueError: if a text is empty, or holds no sign that the tokenizer knows.
        """
        tokens = _tokens(self.tokenizer, texts, self.window)
        vectors = np.zeros((len(tokens), self.width), dtype=np.float32)
        for rows in _batches([len(ids) for ids in tokens], batch_size):
            batch = self.tokenizer.pad({"input_ids": [tokens[row] for row in rows]}, return_tensors="pt")
            hidden = self.model(**batch).last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1)
            mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
            vectors[rows] = torch.nn.functional.normalize(mean, dim=-1).numpy()
        return vectors


class Remembering:
    """An encoder that works each text out once, for pipelines that meet the same sentences again."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder, self.tokenizer = encoder, encoder.tokenizer
        self.width, self.window = encoder.width, encoder.window
        self._known: dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str], batch_size: int = 32) -> np.ndarray:
        """Return a unit vector for each text: (n, width), float32; errors as for `Encoder.encode`."""
        if isinstance(texts, str):
            return self.encoder.encode(texts)  # which refuses it
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(new, self.encoder.encode(new, batch_size), strict=True)
        return np.array([self._known[text] for text in texts], dtype=np.float32).reshape(-1, self.width)


class Reranker:
    """Scores a question together with a text: a cross-encoder; only the order of its logits means much."""

    def __init__(self, model: torch.nn.Module, tokenizer: Any) -> None:
        self.model, self.tokenizer, self.window = model, tokenizer, _window(model, tokenizer)
        self.limit = min(QUESTION, self.window // 2)  # tokens of a question

    @torch.no_grad()
    def score(self, question: str, texts: Sequence[str], batch_size: int = 32) -> np.ndarray:
        """Return the score of each text: (n,), float32; errors as for `Encoder.encode`."""
        lengths = [len(ids) for ids in _tokens(self.tokenizer, texts, self.window)]
        scores = np.zeros(len(lengths), dtype=np.float32)
        for rows in _batches(lengths, batch_size):
            batch = self.inputs([question] * len(rows), [texts[row] for row in rows])
            scores[rows] = self.model(**batch).logits[:, -1].float().numpy()
        return scores

    def inputs(self, questions: Sequence[str], texts: Sequence[str]) -> dict[str, torch.Tensor]:
        """Return what the model reads of pairs: (n, tokens) each.

        A model with four token types is told which tokens stand on both sides: 0 and 1 are tokens of the
        question and of the text as in BERT, 2 and 3 those that the other side has too.
        """
        _tokens(self.tokenizer, questions, self.limit)
        short = [_shortened(self.tokenizer, question, self.limit) for question in questions]
        batch = self.tokenizer(
            short, list(texts), truncation="only_second", max_length=self.window, padding=True,
            return_special_tokens_mask=True, return_tensors="pt",
        )  # fmt: skip
        special = batch.pop("special_tokens_mask").bool()
        if getattr(self.model.config, "type_vocab_size", 0) == 4:
            ids, types = batch["input_ids"], batch["token_type_ids"]
            same = (ids.unsqueeze(2) == ids.unsqueeze(1)) & (types.unsqueeze(2) != types.unsqueeze(1))
            shared = (same & ~special.unsqueeze(1)).any(dim=2) & ~special
            batch["token_type_ids"] = types + 2 * shared
        return dict(batch)


def encoder(name: str | None = None) -> Encoder:
    """Load an encoder: the embedded one, a folder, or a sentence-embedding model of BERT's kind on the hub.

    Args:
        name: None means `GLASSBOX_ENCODER` if that is set, else the embedded "retriever".

    Raises:
        ModelError: if a file is missing or damaged, the hub is silent, or it is no such model.
    """
    return Encoder(*_load(name, "GLASSBOX_ENCODER", ENCODER, AutoModel))


def reranker(name: str | None = None) -> Reranker:
    """Load a cross-encoder; as `encoder`, with `GLASSBOX_RERANKER` and the embedded "reranker"."""
    return Reranker(*_load(name, "GLASSBOX_RERANKER", RERANKER, AutoModelForSequenceClassification))


def _load(name: str | None, variable: str, default: str, kind: Any) -> tuple[torch.nn.Module, Any]:
    name = name or os.environ.get(variable, "").strip() or default
    instead = f"without {variable} the embedded {default!r} is used"
    source, local = models.find(name, (default,), instead)
    verbosity, bars = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    if local:
        transformers_logging.disable_progress_bar()  # a second is not worth a bar
    transformers_logging.set_verbosity_error()  # a pooler that is not there is none of our concern
    try:
        config = AutoConfig.from_pretrained(source, local_files_only=local)
        options = {"add_pooling_layer": False} if kind is AutoModel and config.model_type == "bert" else {}
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
        model = kind.from_pretrained(
            source, dtype=torch.float32, use_safetensors=True, local_files_only=local, **options
        )
    except _BROKEN as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise models.ModelError(f"the model {name!r} cannot be loaded: {reason}; {instead}") from error
    finally:
        transformers_logging.set_verbosity(verbosity)
        if bars:
            transformers_logging.enable_progress_bar()
    return model.eval(), tokenizer


def _window(model: torch.nn.Module, tokenizer: Any) -> int:
    return min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 512), 512)


def _tokens(tokenizer: Any, texts: Sequence[str], window: int) -> list[list[int]]:
    if isinstance(texts, str):
        raise ValueError(f"give a list of texts, not the one text {texts[:40]!r}")
    if not len(texts):
        return []
    tokens = tokenizer(list(texts), truncation=True, max_length=window)["input_ids"]
    least = tokenizer.num_special_tokens_to_add()
    if empty := [i for i, ids in enumerate(tokens) if len(ids) <= least]:
        raise ValueError(
            f"text {empty[0]} is empty: a text has at least one sign, got {texts[empty[0]][:40]!r}"
        )
    return tokens


def _shortened(tokenizer: Any, question: str, limit: int) -> str:
    tokens = tokenizer(question, truncation=True, max_length=limit, return_offsets_mapping=True)
    return question[: max(end for _, end in tokens["offset_mapping"])]


def _batches(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Return the rows in batches of similar length, so that little is padded."""
    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    return [order[start : start + size] for start in range(0, len(order), size)]
