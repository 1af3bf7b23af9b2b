"""The mixture of kinds: draw texts by seed, each with its exact log probability."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.storyworld.labels import labels
from assets.storyworld.notes import note_questions
from assets.storyworld.puzzles import puzzle_direct, puzzle_steps
from assets.storyworld.senses import senses
from assets.storyworld.stories import story, story_questions
from assets.storyworld.world import closed_book, facts
from assets.storyworld.writer import RandomChooser, Writer

__all__ = ["KINDS", "WEIGHTS", "Text", "stream", "write"]

KINDS = {
    "story": story,
    "story_questions": story_questions,
    "facts": facts,
    "closed_book": closed_book,
    "note_questions": note_questions,
    "puzzle_direct": puzzle_direct,
    "puzzle_steps": puzzle_steps,
    "labels": labels,
    "senses": senses,
}
# How often each kind is drawn, relative to the others. Label tasks are hard to learn: at 30 they made up a
# quarter of the tokens and kept the loss of the whole up (the model card has the numbers).
WEIGHTS = {
    "story": 12,
    "story_questions": 12,
    "facts": 7,
    "closed_book": 8,
    "note_questions": 9,
    "puzzle_direct": 6,
    "puzzle_steps": 8,
    "labels": 8,
    "senses": 8,
}


@dataclass(frozen=True)
class Text:
    """One text of the corpus.

    `log_prob` is the natural logarithm of the probability that a draw from the whole mixture is exactly this
    text, in nats: the choice of the kind is included, whether or not the draw was limited to some kinds.
    """

    kind: str
    text: str
    log_prob: float


def write(writer: Writer, kinds: Sequence[str] | None = None) -> str:
    """Pick a kind (among `kinds`, or all), write a text of it, and return the kind."""
    names = tuple(KINDS)
    wanted = names if kinds is None else tuple(name for name in names if name in kinds)
    kind = writer.pick(wanted, [WEIGHTS[name] for name in wanted])
    KINDS[kind](writer)
    return kind


def stream(seed: int = 0, kinds: Sequence[str] | None = None) -> Iterator[Text]:
    """Yield texts without end; the same seed and kinds always give the same texts."""
    unknown = [] if kinds is None else [kind for kind in kinds if kind not in KINDS]
    if unknown or (kinds is not None and not len(kinds)):
        raise ValueError(f"kinds are some of {', '.join(KINDS)}, got {kinds!r}")
    names = tuple(KINDS) if kinds is None else tuple(kinds)
    share = sum(WEIGHTS[name] for name in KINDS if name in names) / sum(WEIGHTS.values())
    outside = math.log(share)
    chooser = RandomChooser(seed)
    while True:
        writer = Writer(chooser)
        kind = write(writer, kinds)
        yield Text(kind, writer.text, writer.log_prob + outside)
