"""The mixture of kinds: draw texts by seed, each with its exact log probability."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.storyworld.stories import story
from assets.storyworld.writer import RandomChooser, Writer

__all__ = ["KINDS", "WEIGHTS", "Text", "stream", "write"]

KINDS = {
    "story": story,
}
WEIGHTS = {
    "story": 20,
}


@dataclass(frozen=True)
class Text:
    """One text of the corpus.

    `log_prob` is the natural logarithm of the probability (nats) that a draw from the whole mixture is exactly
    this text: the choice of the kind is included, whether or not the draw was limited to some kinds.
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
    if unknown or kinds is not None and not len(kinds):
        raise ValueError(f"kinds are some of {', '.join(KINDS)}, got {kinds!r}")
    names = tuple(KINDS) if kinds is None else tuple(kinds)
    share = sum(WEIGHTS[name] for name in KINDS if name in names) / sum(WEIGHTS.values())
    outside = math.log(share)
    chooser = RandomChooser(seed)
    while True:
        writer = Writer(chooser)
        kind = write(writer, kinds)
        yield Text(kind, writer.text, writer.log_prob + outside)
