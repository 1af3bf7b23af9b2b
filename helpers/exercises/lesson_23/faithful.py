"""Exercise 23.faithful: name the words of an answer that its source does not hold."""

from __future__ import annotations

import re
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def unsupported(answer: str, source: str, stop: set[str]) -> list[str]:
    """ "The boat leaves at 19:15.", "At 19:45 the boat sails.", {"at", "the"}  ->  ["leaves", "15"]"""
    held = set(re.findall(r"[^\W_]+", source.casefold()))
    said = re.findall(r"[^\W_]+", answer.casefold())
    return list(dict.fromkeys(word for word in said if word not in held and word not in stop))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _stop_words_too(answer: str, source: str, stop: set[str]) -> list[str]:
    return unsupported(answer, source, set())


def _with_case(answer: str, source: str, stop: set[str]) -> list[str]:
    held = set(re.findall(r"[^\W_]+", source))
    said = [word for word in re.findall(r"[^\W_]+", answer) if word.casefold() not in stop]
    return list(dict.fromkeys(word.casefold() for word in said if word not in held))


def _substring(answer: str, source: str, stop: set[str]) -> list[str]:
    said = [word for word in _words(answer) if word not in stop]
    return list(dict.fromkeys(word for word in said if word not in source.casefold()))


def _share(answer: str, source: str, stop: set[str]) -> float:
    said = [word for word in _words(answer) if word not in stop]
    return sum(word in set(_words(source)) for word in said) / max(1, len(said))


def _reversed(answer: str, source: str, stop: set[str]) -> list[str]:
    return unsupported(source, answer, stop)


def _supported(answer: str, source: str, stop: set[str]) -> list[str]:
    held = set(_words(source))
    return list(dict.fromkeys(word for word in _words(answer) if word in held and word not in stop))


def _split_at_blanks(answer: str, source: str, stop: set[str]) -> list[str]:
    held = set(source.casefold().split())
    said = answer.casefold().split()
    return list(dict.fromkeys(word for word in said if word not in held and word not in stop))


def _again(answer: str, source: str, stop: set[str]) -> list[str]:
    held = set(_words(source))
    return [word for word in _words(answer) if word not in held and word not in stop]


def _numbers_only(answer: str, source: str, stop: set[str]) -> list[str]:
    return [word for word in unsupported(answer, source, stop) if word.isdigit()]


def _no_numbers(answer: str, source: str, stop: set[str]) -> list[str]:
    return [word for word in unsupported(answer, source, stop) if not word.isdigit()]


def _alphabetical(answer: str, source: str, stop: set[str]) -> list[str]:
    return sorted(unsupported(answer, source, stop))


def _a_set(answer: str, source: str, stop: set[str]) -> set[str]:
    return set(unsupported(answer, source, stop))


_STOP = frozenset({"the", "at", "a", "of", "is", "and", "it", "in"})
_FACTS = (
    ("The {} keeps 44 nets in the loft.", "In the loft the {} keeps 4 nets, and 4 hooks, as Vera says."),
    ("It has 141 steps; the {} has counted them.", "The {} climbed 41 steps of the tower, then 41 more."),
    ("Since 1997 the {} is painted GREEN.", "The green {} is older than 97 years and the paint is Red, red."),
)
_THINGS = ("ferry", "goose", "lamp", "mill", "cistern", "clock", "donkey", "hoist")


def _draw(rng: Random) -> tuple[str, str, set[str]]:
    source, answer = rng.choice(_FACTS)
    thing, other = rng.sample(_THINGS, k=2)
    return f"{answer.format(thing)} And the {other}.", f"{source.format(thing)} Zeal.", set(_STOP)


EXERCISE = Exercise(
    id="23.faithful",
    title="What the source does not say",
    minutes=8,
    difficulty=2,
    reference=unsupported,
    cases=(
        ("The boat leaves at 19:15.", "At 19:45 the boat sails.", {"at", "the"}),
        ("The FERRY costs 4 nicks, 4 and a goat.", "The ferry costs 44 nicks.", {"the", "and", "a"}),
        ("Vera and the mill: the mill turned, and Anna slept.", "It was 1846. Nobody came.", {"the", "and"}),
        ("A goat pays half.", "a goat pays half a fare", {"a"}),
        ("", "The geese sleep.", {"the"}),
        ("Sixty steps, sixty!", "", set()),
        ("It was unlit, then lit again.", "A lamp.", {"it", "was"}),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "counts stop words", _stop_words_too, "Should *the* and *at* count? What is `stop` there for?"
        ),
        Misconception(
            "compares capital with small letters",
            _with_case,
            "Is *At* at the head of a sentence another word than *at*? What must happen to both texts?",
        ),
        Misconception(
            "looks for a part of the text",
            _substring,
            "*4* stands inside *44*, and is it said there? Compare whole words.",
        ),
        Misconception("returns a share", _share, "A share says how many are missing: which words are they?"),
        Misconception(
            "looks for words of the source in the answer",
            _reversed,
            "A source may say more than the answer; may the answer say more than its source?",
        ),
        Misconception(
            "returns what the source holds", _supported, "These words are in the source: which are not?"
        ),
        Misconception(
            "cuts at blanks only",
            _split_at_blanks,
            "Is `19:15.` one word, full stop included? What are words here?",
        ),
        Misconception("names a word twice", _again, "A word that is missing twice is named how often?"),
        Misconception(
            "looks at numbers alone", _numbers_only, "Numbers matter, but may an answer invent other words?"
        ),
        Misconception("leaves numbers out", _no_numbers, "Is a wrong number not the worst of all?"),
        Misconception(
            "sorts the words", _alphabetical, "In which order does the answer say them? Keep that one."
        ),
        Misconception("returns a set", _a_set, "The words are right; does a set keep their order?"),
    ),
    hints=(
        'RETRIEVAL.words(text), or re.findall(r"[^\\W_]+", text.casefold()), gives the words of both texts.',
        "Make a set of the source's words; keep a word of the answer if it is neither there nor in stop.",
        "list(dict.fromkeys(found)) drops what comes again, and keeps the order.",
    ),
)
