"""Label tasks for few-shot learning: invented labels for categories of words, told only by examples."""

from __future__ import annotations

from assets.storyworld.lexicon import CATEGORIES, LABELS
from assets.storyworld.writer import Writer

__all__ = ["HEADERS", "MAX_SHOTS", "labels"]

HEADERS = ("Give each word its label.", "Sort the words into groups.", "Find the label of each word.")
MAX_SHOTS = 8


def labels(writer: Writer) -> None:
    """Write k examples of each of two to four labels, and one more word with its label.

    Categories and labels are drawn when they are first needed, words without repetition: so the text shows
    every choice that was made.
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
        _line(writer, category, names, used)
    _line(writer, writer.pick(tuple(left)), names, used)


def _line(writer: Writer, category: str, names: dict[str, str], used: list[str]) -> None:
    """Say one word of the category and its label; draw the label at its first use."""
    word = writer.pick([word for word in CATEGORIES[category] if word not in used])
    used.append(word)
    writer.say(f"\n- {word}: ")
    if category not in names:
        names[category] = writer.pick([label for label in LABELS if label not in names.values()])
    writer.say(names[category])
