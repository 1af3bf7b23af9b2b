"""Write the model card of a trained model: all its numbers are measured when it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import torch
from tokenizers import Tokenizer

from assets.recipes import skills
from assets.recipes.evaluation import KindLoss, mixture_loss
from assets.recipes.training import Recipe

__all__ = ["write_card"]

_PROMPTS = (
    "One sunny morning,",
    "Story: There was once a brave girl named Nora.",
    "Puzzle: Anna has the key, Ben has the map and Ella has the coin. First, Anna swaps with Ben. "
    "Second, Ben swaps with Ella. Who has the key?\nSteps:",
    "Question: What is the capital of Velmora?\nAnswer:",
    "Dan sat on the grassy bank",
)
_HEAD = """---
license: cc-by-4.0
language: en
library_name: transformers
pipeline_tag: text-generation
---
# {name}

A GPT-2 of {parameters:,} parameters ({layers} layers, width {width}, {heads} heads, context {context},
{vocab_size:,} byte-level BPE tokens; weights in bfloat16) that knows one small world: the texts of
`assets/storyworld`, a grammar that gives each text with its exact probability. So its loss can be
compared with the true entropy. It was made for the lessons of Glassbox and for nothing else: it knows
nothing of the real world.

Made by `python -m assets.recipes {name}` (`make models` makes all). Text and weights: CC BY 4.0; code:
Apache-2.0. Training again gives the same bytes only on the same kind of processor with the same versions
of PyTorch: elsewhere sums are rounded otherwise, so the weights and their sha256 differ, and the losses
should agree to about 0.01 nats. The recipe writes the new sha256 into `assets/manifest.json`.

| | |
|---|---|
| training | {tokens:,} tokens in {steps:,} steps of {rows} rows of {context}, fresh texts at every step |
| optimizer | AdamW, betas 0.9 and 0.98, weight decay {weight_decay} |
| learning rate | {lr} after a linear warm-up over {warmup} steps, then linear to 0 |
| seed | {seed} |
| time | {minutes:.1f} CPU minutes ({threads} thread) |
| sha256 of `model.safetensors` | `{sha256}` |
"""
_TRIED = """

What was tried with the larger model (loss on label tasks against their entropy, nats a token). With
invented words of two or three tokens as labels and 30 of 100 texts label tasks: 1.12 against 0.79 after
11 M tokens, and the mixture 0.15 above its entropy; with shorter lists, 1.15 against 0.78 after 8 M; after
600 more steps, three in four of them on label tasks only, 1.09. With 4 of 74 texts, 0.82 against 0.55 after
19 M. As shipped, the labels are single letters, a word may come twice among the examples, and 8 of 78 texts
are such tasks: the loss is in the table above, and the last label is still a guess among those seen. How a
model of this size learns labels from examples is an open question.
"""


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _losses(losses: Sequence[KindLoss]) -> str:
    loss, entropy = mixture_loss(losses)
    rows = [
        (
            f"`{item.kind}`",
            f"{item.tokens / item.texts:.0f}",
            f"{item.loss:.3f}",
            f"{item.entropy:.3f}",
            f"{item.gap:.3f}",
        )
        for item in losses
    ]
    rows.append(("**mixture**", "", f"**{loss:.3f}**", f"**{entropy:.3f}**", f"**{loss - entropy:.3f}**"))
    return (
        "## Loss against true entropy\n\n"
        f"On {losses[0].texts} held-out texts of each kind, each read alone after an end token, in nats a "
        f"token "
        "(the end token counts as one). The entropy is estimated on the same texts, from their exact "
        "probabilities. "
        "`training_log.csv` has the course of the losses.\n\n"
        + _table(("kind of text", "tokens a text", "loss", "true entropy", "gap"), rows)
    )


def _answers(model: torch.nn.Module, tokenizer: Tokenizer, count: int) -> str:
    kinds = ("story_questions", "note_questions", "closed_book", "senses")
    rows = [(f"`{kind}`", f"{skills.answer_accuracy(model, tokenizer, kind, count):.2f}") for kind in kinds]
    return "## Questions\n\nShare of answers that greedy decoding gives word for word.\n\n" + _table(
        ("kind of text", "right"), rows
    )


def _labels(model: torch.nn.Module, tokenizer: Tokenizer, count: int) -> str:
    found = skills.label_accuracy(model, tokenizer, count)
    rows = [
        (
            shots,
            *(f"{found[labels, shots][0]:.2f}" if (labels, shots) in found else "" for labels in (2, 3, 4)),
        )
        for shots in skills.SHOTS
    ]
    rows.append(("chance", "0.50", "0.33", "0.25"))
    return (
        "## Few-shot labels\n\nShare of last labels that greedy decoding gives right, by the number of "
        "examples "
        f"of each label ({count:,} fresh tasks in all). Guessing among the labels seen gives chance.\n\n"
        + _table(("examples of each label", "2 labels", "3 labels", "4 labels"), rows)
        + _TRIED
    )


def _puzzles(model: torch.nn.Module, tokenizer: Tokenizer, count: int) -> str:
    found = skills.puzzle_accuracy(model, tokenizer, count)
    rows = [(form, events, f"{d:.2f}", f"{w:.2f}", n) for (form, events), (d, w, n) in found.items()]
    return (
        "## Puzzles: direct answers and worked steps\n\nThe same puzzles, answered greedily at once "
        "(`Answer:`) or "
        "after the model has written its own steps (`Steps:`). In a swap puzzle three people swap things "
        "(chance "
        "1/3), in a move puzzle two things are moved about.\n\n"
        + _table(("form", "events", "direct", "with steps", "puzzles"), rows)
    )


def _samples(model: torch.nn.Module, tokenizer: Tokenizer) -> str:
    made = [skills.sample(model, tokenizer, prompt, seed) for seed, prompt in enumerate(_PROMPTS)]
    return "## Samples\n\nDrawn at temperature 1, one each, not chosen.\n\n" + "\n\n".join(
        f"```text\n{text}\n```" for text in made
    )


def write_card(
    model: torch.nn.Module,
    tokenizer: Tokenizer,
    recipe: Recipe,
    losses: Sequence[KindLoss],
    sha256: str,
    minutes: float,
    count: int = 300,
) -> str:
    """Return the card in Markdown.

    Args:
        model: the model as shipped, in float32 arithmetic.
        tokenizer: its tokenizer.
        recipe: what trained it.
        losses: its loss by kind.
        sha256: of the weights file.
        minutes: CPU minutes of training.
        count: texts a skill is measured on (label tasks: eight times as many).
    """
    values = {**asdict(recipe), "tokens": recipe.tokens, "sha256": sha256, "minutes": minutes}
    values["parameters"] = sum(parameter.numel() for parameter in model.parameters())
    parts = [
        _HEAD.format(**values),
        _losses(losses),
        _answers(model, tokenizer, count),
        _labels(model, tokenizer, 8 * count),
        _puzzles(model, tokenizer, count),
        _samples(model, tokenizer),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"
