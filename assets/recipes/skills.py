"""What a model can do beyond its loss: answer, label by examples, solve puzzles with and without steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import torch
from tokenizers import Tokenizer

from assets.recipes.batches import END_ID
from assets.storyworld import Text, stream
from assets.storyworld.labels import MAX_SHOTS

__all__ = ["answer_accuracy", "greedy", "label_accuracy", "puzzle_accuracy", "sample"]

_SKILL_SEED = 2_100_000_000


def _texts(kind: str, count: int) -> list[Text]:
    return list(islice(stream(_SKILL_SEED, [kind]), count))


@torch.no_grad()
def _foreseen(
    model: torch.nn.Module, tokenizer: Tokenizer, text: str, spans: Sequence[tuple[int, int]]
) -> list[bool]:
    """Return for each span of characters whether all its tokens are the model's first choice.

    Of a text that is longer than the context, the model reads the end; a span before it counts as missed.
    """
    encoded = tokenizer.encode(text)
    context = model.config.n_positions
    ids, offsets = encoded.ids[-context:], encoded.offsets[-context:]
    best = model(torch.tensor([ids])).logits[0].argmax(dim=-1).tolist()
    right = [True] + [guess == wanted for guess, wanted in zip(best, ids[1:], strict=False)]
    return [
        first >= offsets[0][0]
        and all(ok for ok, (start, end) in zip(right, offsets, strict=True) if end > first and start < last)
        for first, last in spans
    ]


def answer_accuracy(model: torch.nn.Module, tokenizer: Tokenizer, kind: str, count: int) -> float:
    """Return the share of answers in `count` texts that greedy decoding gives exactly."""
    right: list[bool] = []
    for item in _texts(kind, count):
        spans, start = [], 0
        while (start := item.text.find("Answer: ", start)) >= 0:
            start += len("Answer: ")
            end = item.text.find("\n", start)
            spans.append((start, len(item.text) if end < 0 else end))
        right += _foreseen(model, tokenizer, item.text, spans)
    return sum(right) / len(right)


def label_accuracy(
    model: torch.nn.Module, tokenizer: Tokenizer, count: int
) -> dict[tuple[int, int], tuple[float, int]]:
    """Return {(labels, shots of each): (share of last labels foreseen greedily, texts)} for `count` texts.

    Chance, for one who knows the labels but not which is right, is 1 / labels.
    """
    right: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for item in _texts("labels", count):
        lines = item.text.splitlines()[1:]
        labels = {line.split(": ")[1] for line in lines}
        shots = (len(lines) - 1) // len(labels)
        last = item.text.rindex(": ") + 2
        right[len(labels), shots] += _foreseen(model, tokenizer, item.text, [(last, len(item.text))])
    return {key: (sum(values) / len(values), len(values)) for key, values in sorted(right.items())}


@torch.no_grad()
def greedy(model: torch.nn.Module, tokenizer: Tokenizer, prompts: Sequence[str], limit: int) -> list[str]:
    """Return the greedy continuation of each prompt, up to the end token or `limit` new tokens."""
    rows = [tokenizer.encode(prompt).ids for prompt in prompts]
    longest = max(map(len, rows))
    limit = min(limit, model.config.n_positions - longest)
    ids = torch.tensor([[END_ID] * (longest - len(row)) + row for row in rows])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in rows])
    made = model.generate(
        ids, attention_mask=mask, max_new_tokens=limit, do_sample=False, pad_token_id=END_ID
    )
    return [tokenizer.decode(row, skip_special_tokens=True) for row in made[:, longest:].tolist()]


def puzzle_accuracy(
    model: torch.nn.Module, tokenizer: Tokenizer, count: int
) -> dict[tuple[str, int], tuple[float, float, int]]:
    """Return {(form, events): (accuracy of direct answers, accuracy after own steps, puzzles)}.

    The same puzzles are put both ways; the form is "swap" or "move".
    """
    tasks = [item.text.split("\nAnswer: ") for item in _texts("puzzle_direct", count)]
    tasks.sort(key=lambda task: len(task[0]))
    results: dict[tuple[str, int], list[tuple[bool, bool]]] = defaultdict(list)
    for start in range(0, len(tasks), 25):
        part = tasks[start : start + 25]
        direct = greedy(model, tokenizer, [puzzle + "\nAnswer:" for puzzle, _ in part], limit=12)
        worked = greedy(model, tokenizer, [puzzle + "\nSteps:" for puzzle, _ in part], limit=150)
        for (puzzle, answer), short, long in zip(part, direct, worked, strict=True):
            form = "swap" if " swaps with " in puzzle else "move"
            events = puzzle.count(" swaps with ") + puzzle.count(" moves the ")
            outcome = (short.strip() == answer, long.rpartition("Answer:")[2].strip() == answer)
            results[form, events].append(outcome)
    return {
        key: (sum(d for d, _ in values) / len(values), sum(w for _, w in values) / len(values), len(values))
        for key, values in sorted(results.items())
    }


@torch.no_grad()
def sample(model: torch.nn.Module, tokenizer: Tokenizer, prompt: str, seed: int, limit: int = 200) -> str:
    """Return the prompt and a continuation drawn at temperature 1."""
    torch.manual_seed(seed)
    ids = torch.tensor([[END_ID, *tokenizer.encode(prompt).ids]])
    mask = torch.ones_like(ids)
    made = model.generate(
        ids, attention_mask=mask, max_new_tokens=limit, do_sample=True, top_k=0, pad_token_id=END_ID
    )
    return tokenizer.decode(made[0].tolist(), skip_special_tokens=True)


SHOTS = range(1, MAX_SHOTS + 1)
