"""Label tasks for few-shot learning: a letter names a category of words, told only by examples."""

from __future__ import annotations

from collections.abc import Sequence

from assets.storyworld.lexicon import CATEGORIES, LABELS
from assets.storyworld.writer import Writer

__all__ = ["HEADERS", "MAX_SHOTS", "labels"]

HEADERS = ("Give each word its label.", "Sort the words into groups.", "Each word belongs to a group.")
MAX_SHOTS = 8


def labels(writer: Writer) -> None:
    """Write k examples of each of two to four labels, and one more word with its label.

    Categories and labels are drawn when they are first needed, so the text shows every choice
    that was made. A word may stand twice among the examples (to copy its label is the first step to learning
    the task), but the last word is a new one.
    """
    writer.say(writer.pick(HEADERS))
    count = writer.pick((2, 3, 4))
    shots = writer.pick(range(1, MAX_SHOTS + 1))
    left: dict[str, int] = {}  # category: examples still to come
    names: dict[str, str] = {}  # category: its label
    used: list[str] = []
    for _ in range(count * shots):
        unseen = (count - len(left)) * shots
        weights: dict[str | None, int] = {name: number for name, number in left.items() if number}
        if unseen:
            weights[None] = unseen  # a category that has not come up yet
        category = writer.pick(tuple(weights), tuple(weights.values()))
        if category is None:
            category = writer.pick([name for name in CATEGORIES if name not in left])
            left[category] = shots
        left[category] -= 1
        used.append(_line(writer, CATEGORIES[category], category, names))
    category = writer.pick(tuple(left))
    fresh = [word for word in CATEGORIES[category] if word not in used]
    _line(writer, fresh, category, names)


def _line(writer: Writer, words: Sequence[str], category: str, names: dict[str, str]) -> str:
    """Say one of the words and the label of its category, drawn at its first use; return the word."""
    word = writer.pick(words)
    writer.say(f"\n- {word}: ")
    if category not in names:
        names[category] = writer.pick([label for label in LABELS if label not in names.values()])
    writer.say(names[category])
    return word
