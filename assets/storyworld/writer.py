"""Write a text by explicit random choices and keep its exact log probability.

A kind of text is a function that takes a `Writer`, asks it to `pick` and tells it to `say`. The picks come
from a `Chooser`: a seeded random one for the corpus, or one that walks through every possible sequence of
choices, with which the tests prove that the log probabilities are exact.

The log probability of a derivation (the sequence of picks) is that of its text only if no other derivation
writes the same text. `derivations` finds every derivation of a given text, so that this can be checked.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

__all__ = ["Chooser", "RandomChooser", "Writer", "derivations", "enumerate_texts"]

T = TypeVar("T")


class Chooser(Protocol):
    """Something that answers: which of these options, given their whole-number weights?"""

    def choose(self, weights: Sequence[int]) -> int:
        """Return an index into `weights`."""
        ...


class RandomChooser:
    """Choose at random in proportion to the weights.

    Only `random.Random(seed).random()` is used: Python promises its sequence for a seed across versions.
    """

    def __init__(self, seed: int) -> None:
        if not isinstance(seed, int) or seed < 0:
            raise ValueError(f"a seed is a whole number of at least 0, got {seed!r}")
        self._random = random.Random(seed).random

    def choose(self, weights: Sequence[int]) -> int:
        """Return index i with probability weights[i] / sum(weights)."""
        left = self._random() * sum(weights)
        for index, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return index
        return len(weights) - 1

    def choose_evenly(self, count: int) -> int:
        """Return one of `count` equally likely indices; the quick way for equal weights."""
        return int(self._random() * count)


class Writer:
    """Collect what is said and the log probability (in nats) of the choices made."""

    def __init__(self, chooser: Chooser, listen: Callable[[str], None] | None = None) -> None:
        self._chooser = chooser
        self._evenly = getattr(chooser, "choose_evenly", None)
        self._listen = listen
        self._pieces: list[str] = []
        self.log_prob = 0.0

    def pick(self, options: Sequence[T], weights: Sequence[int] | None = None) -> T:
        """Return one option; equally likely ones if no whole-number weights are given."""
        count = len(options)
        if count == 1:
            return options[0]
        if weights is None and self._evenly is not None:
            self.log_prob -= math.log(count)
            return options[self._evenly(count)]
        weights = [1] * count if weights is None else weights
        index = self._chooser.choose(weights)
        self.log_prob += math.log(weights[index] / sum(weights))
        return options[index]

    def say(self, piece: str) -> None:
        """Append a piece of text."""
        self._pieces.append(piece)
        if self._listen is not None:
            self._listen(piece)

    @property
    def text(self) -> str:
        """All that was said so far."""
        return "".join(self._pieces)


class _Scripted:
    """Follow a script of indices, then take the first option and note how many options there were."""

    def __init__(self, script: Sequence[int], limit: int | None = None) -> None:
        self.script = script
        self.limit = limit
        self.counts: list[int] = []

    def choose(self, weights: Sequence[int]) -> int:
        step = len(self.counts)
        count = len(weights) if self.limit is None else min(self.limit, len(weights))
        self.counts.append(count)
        return self.script[step] if step < len(self.script) else 0


class _LimitedWriter(Writer):
    """A writer of a smaller grammar: only the first `limit` options of every choice exist."""

    def __init__(self, chooser: Chooser, limit: int) -> None:
        super().__init__(chooser)
        self._limit = limit

    def pick(self, options: Sequence[T], weights: Sequence[int] | None = None) -> T:
        short = None if weights is None else weights[: self._limit]
        return super().pick(options[: self._limit], short)


class _OffTextError(Exception):
    """The derivation being tried says something that the wanted text does not say."""


def _next_script(script: Sequence[int], counts: Sequence[int]) -> list[int] | None:
    """Return the script that follows in depth-first order, or None at the end."""
    full = [*script, *([0] * (len(counts) - len(script)))][: len(counts)]
    while full:
        if full[-1] + 1 < counts[len(full) - 1]:
            full[-1] += 1
            return full
        full.pop()
    return None


def enumerate_texts(kind: Callable[[Writer], None], limit: int) -> Iterator[tuple[str, float]]:
    """Yield (text, log probability) of every derivation with only the first `limit` options of a choice."""
    script: list[int] | None = []
    while script is not None:
        chooser = _Scripted(script)
        writer = _LimitedWriter(chooser, limit)
        kind(writer)
        yield writer.text, writer.log_prob
        script = _next_script(script, chooser.counts)


def derivations(kind: Callable[[Writer], None], text: str) -> Iterator[float]:
    """Yield the log probability of every derivation of `kind` that writes exactly `text`.

    A derivation is given up as soon as it says something else, so this is quick if choices are made late.
    """
    script: list[int] | None = []
    while script is not None:
        chooser = _Scripted(script)
        said = 0

        def listen(piece: str) -> None:
            nonlocal said
            if not text.startswith(piece, said):
                raise _OffTextError
            said += len(piece)

        writer = Writer(chooser, listen)
        try:
            kind(writer)
            if said == len(text):
                yield writer.log_prob
        except _OffTextError:
            pass
        script = _next_script(script, chooser.counts)
