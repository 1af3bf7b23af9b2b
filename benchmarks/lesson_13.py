"""Lesson 13: filters, cached writing, beams and speculation, beside `transformers` with the same weights."""

from __future__ import annotations

import torch
from transformers import MinPLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from helpers import lessons, models
from tools.bench import Goal, Row

__all__ = ["ROWS"]

LESSON = "13_decoding"
STORY = "One sunny morning, Nora found a robin with a hurt wing."
TOKENS = 100


def filters() -> Row:
    """Cut 64 rows of 50,000 logits by top-k, top-p and min-p."""
    build = lessons.load(LESSON)
    logits_BV = torch.randn(64, 50_000, generator=torch.Generator().manual_seed(0))

    def own() -> torch.Tensor:
        return build.min_p_filter(build.top_p_filter(build.top_k_filter(logits_BV, 500), 0.9), 0.05)

    def library() -> torch.Tensor:
        cut_BV = TopPLogitsWarper(0.9)(None, TopKLogitsWarper(500)(None, logits_BV))
        return MinPLogitsWarper(0.05)(None, cut_BV)

    return Row("top-k, top-p and min-p of 64 × 50,000 logits", {"own": own, "library": library}, agree=_equal)


def write() -> Row:
    """Write 100 tokens greedily, one text."""
    build, (model, tokenizer) = lessons.load(LESSON), models.load()
    gpt, ids_1T = build.TRANSFORMER.copy_gpt2(model), torch.tensor([tokenizer.encode(STORY)])
    fixed = {"max_new_tokens": TOKENS, "min_new_tokens": TOKENS, "do_sample": False}
    eos = tokenizer.eos_token_id

    def cached() -> torch.Tensor:
        return _until(build.greedy(build.CachedReader(gpt), ids_1T, TOKENS), ids_1T, eos)

    def plain() -> torch.Tensor:
        return _until(build.greedy(build.PlainReader(gpt), ids_1T, TOKENS), ids_1T, eos)

    def library() -> torch.Tensor:
        return _until(model.generate(ids_1T, pad_token_id=eos, **fixed | {"eos_token_id": None}), ids_1T, eos)

    return Row(
        f"write {TOKENS} tokens greedily",
        {"own": cached, "naive": plain, "library": library},
        agree=_equal,
        goals=(
            Goal("cached is at least as fast as the library", lambda best: best["own"] <= best["library"]),
            Goal("cached is at least twice as fast as plain", lambda best: best["naive"] >= 2 * best["own"]),
        ),
    )


def beams() -> Row:
    """Search 60 tokens with 4 beams."""
    build, (model, tokenizer) = lessons.load(LESSON), models.load()
    gpt, ids_1T = build.TRANSFORMER.copy_gpt2(model), torch.tensor([tokenizer.encode(STORY)])
    eos = tokenizer.eos_token_id
    settings = {"num_beams": 4, "max_new_tokens": 60, "do_sample": False, "pad_token_id": eos}
    return Row(
        "search 60 tokens with 4 beams",
        {
            "own": lambda: torch.tensor(
                build.beam_search(build.CachedReader(gpt), ids_1T, 4, 60, eos)[0].ids
            ),
            "library": lambda: model.generate(ids_1T, **settings)[0],
        },
        agree=_equal,
    )


def speculate() -> Row:
    """Write a story greedily with a draft of half the depth: own speculation, and the target alone."""
    build, (model, tokenizer) = lessons.load(LESSON), models.load()
    small, _ = models.load(draft=True)
    gpt, draft = build.TRANSFORMER.copy_gpt2(model), build.TRANSFORMER.copy_gpt2(small)
    ids_1T, eos = torch.tensor([tokenizer.encode(STORY)]), tokenizer.eos_token_id

    def own() -> torch.Tensor:
        readers = build.CachedReader(gpt), build.CachedReader(draft)
        return build.speculative_decode(*readers, ids_1T, TOKENS, 4, eos, temperature=0).ids_1T

    def alone() -> torch.Tensor:
        return build.generate(build.CachedReader(gpt), ids_1T, TOKENS, eos, temperature=0)

    def library() -> torch.Tensor:
        settings = {"max_new_tokens": TOKENS, "do_sample": False, "pad_token_id": eos}
        return model.generate(ids_1T, assistant_model=small, **settings)

    return Row(
        "write a story speculatively, 4 guesses a round",
        {"own": own, "naive": alone, "library": library},
        agree=_equal,
    )


def _until(ids_1T: torch.Tensor, prompt_1T: torch.Tensor, eos: int) -> torch.Tensor:
    """Cut after the first end of text: the library writes on otherwise where it is told to forbid it."""
    new = ids_1T[0, prompt_1T.shape[1] :].tolist()
    return ids_1T[:, : prompt_1T.shape[1] + (new.index(eos) + 1 if eos in new else len(new))]


def _equal(results: dict[str, torch.Tensor]) -> bool:
    return all(result.equal(results["own"]) for result in results.values())


ROWS = (filters, write, beams, speculate)
