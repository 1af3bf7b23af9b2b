"""Fill sentence templates from the lexicon, drawing each slot when it is first needed.

In a template `{hero}` is a slot, `{hero.he}` one of its forms, `[big|small]` an even choice (slots allowed).
A slot drawn once keeps its value for the whole scene, and two slots of one domain never hold the same value.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from assets.storyworld.lexicon import DOMAINS, Person
from assets.storyworld.writer import Writer

__all__ = ["Scene", "form"]

_SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
_YOU_SOUND = ("uni", "use", "eu", "one")
_PRONOUNS = {
    "f": {"he": "she", "him": "her", "his": "her", "child": "girl", "himself": "herself"},
    "m": {"he": "he", "him": "him", "his": "his", "child": "boy", "himself": "himself"},
}


def _article(noun: str) -> str:
    vowel = noun[0] in "aeiou" and not noun.startswith(_YOU_SOUND)
    return "an " + noun if vowel or noun.startswith("hour") else "a " + noun


def form(value: Any, wanted: str | None) -> str:
    """Return a value of the lexicon in a wanted form.

    Forms: None (as it stands), `a` and `A` (with article), `cap` (capitalised), a field of the value, and for
    people `he`, `him`, `his`, `himself`, `child`, capitalised if the form is (`He`).
    """
    if wanted is None:
        return str(value)
    if wanted == "a":
        return _article(str(value))
    if wanted == "A":
        return _article(str(value)).capitalize()
    if wanted == "cap":
        word = str(value)
        return word[0].upper() + word[1:]
    if isinstance(value, Person):
        word = _PRONOUNS[value.gender][wanted.lower()]
        return word.capitalize() if wanted[0].isupper() else word
    return str(getattr(value, wanted))


def _split(template: str) -> list[str]:
    """Split at the bars that stand outside inner brackets."""
    parts, depth = [""], 0
    for letter in template:
        depth += (letter == "[") - (letter == "]")
        if letter == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _closing(template: str, start: int) -> int:
    depth = 0
    for place in range(start, len(template)):
        depth += (template[place] == "[") - (template[place] == "]")
        if depth == 0:
            return place
    raise ValueError(f"the bracket at {start} is never closed in template {template!r}")


@cache
def _parse(template: str) -> tuple:
    """Return the steps of a template: strings, (slot, form) pairs, and tuples of alternatives in a list."""
    start = template.find("[")
    if start >= 0:
        end = _closing(template, start)
        options = [_parse(part) for part in _split(template[start + 1 : end])]
        return (*_parse(template[:start]), options, *_parse(template[end + 1 :]))
    steps: list = []
    last = 0
    for match in _SLOT.finditer(template):
        if match.start() > last:
            steps.append(template[last : match.start()])
        steps.append((match[1], match[2]))
        last = match.end()
    if last < len(template):
        steps.append(template[last:])
    return tuple(steps)


class Scene:
    """The people, places and things of one text, drawn lazily."""

    def __init__(self, writer: Writer, **values: Any) -> None:
        self.writer = writer
        self.values: dict[str, Any] = dict(values)

    def get(self, slot: str) -> Any:
        """Return the value of a slot; draw it, unlike all others of its domain, if it has none yet."""
        if slot not in self.values:
            options = DOMAINS[slot.rstrip("0123456789")]
            taken = self.values.values()
            free = [option for option in options if option not in taken]
            self.values[slot] = self.writer.pick(free)
        return self.values[slot]

    def say(self, *templates: str) -> None:
        """Pick one of the templates and say it."""
        self._run(_parse(self.writer.pick(templates)))

    def _run(self, steps: tuple) -> None:
        for step in steps:
            if isinstance(step, str):
                self.writer.say(step)
            elif isinstance(step, tuple):
                self.writer.say(form(self.get(step[0]), step[1]))
            else:
                self._run(self.writer.pick(step))
