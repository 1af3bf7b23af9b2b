"""Exercise 23.filter: a filter on dates and place from the words of a question."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

PLACES = ["Tollick", "Nether Stenny", "Farrow Bight", "Cobble Head", "Ambry Quay"]
OPENINGS = ("What was written", "Which letters came", "What did people quarrel about", "Who was paid")


def read_filter(question: str, places: list[str]) -> dict[str, str]:
    """`Who wrote before 1990?`, ["Tollick"]  ->  {"before": "1990-01-01"}"""
    found = {}
    for place in places:
        if place in question:
            found["place"] = place
    date = re.search(r"\b(in|before|after|since) (\d{4})\b", question)
    if date:
        word, year = date[1], int(date[2])
        if word in ("in", "since"):
            found["after"] = f"{year}-01-01"
        if word == "after":
            found["after"] = f"{year + 1}-01-01"
        if word == "before":
            found["before"] = f"{year}-01-01"
        if word == "in":
            found["before"] = f"{year + 1}-01-01"
    return found


def _dates(change: Callable[[str, int], dict[str, str]]) -> Callable[[str, list[str]], dict[str, str]]:
    """Return an answer that reads the place rightly and the dates by `change(word, year)`."""

    def answer(question: str, places: list[str]) -> dict[str, str]:
        found = {key: value for key, value in read_filter(question, places).items() if key == "place"}
        date = re.search(r"\b(in|before|after|since) (\d{4})\b", question)
        return found | (change(date[1], int(date[2])) if date else {})

    return answer


def _right(word: str, year: int) -> dict[str, str]:
    return read_filter(f"{word} {year}", [])


def _always_in(word: str, year: int) -> dict[str, str]:
    return _right("in", year)


def _bare_years(word: str, year: int) -> dict[str, str]:
    return {key: value[:4] for key, value in _right(word, year).items()}


def _before_with_the_year(word: str, year: int) -> dict[str, str]:
    return {"before": f"{year + 1}-01-01"} if word == "before" else _right(word, year)


def _before_a_year_early(word: str, year: int) -> dict[str, str]:
    return {"before": f"{year - 1}-12-31"} if word == "before" else _right(word, year)


def _after_with_the_year(word: str, year: int) -> dict[str, str]:
    return {"after": f"{year}-01-01"} if word == "after" else _right(word, year)


def _since_without_the_year(word: str, year: int) -> dict[str, str]:
    return _right("after" if word == "since" else word, year)


def _after_as_since_and_back(word: str, year: int) -> dict[str, str]:
    return _right({"after": "since", "since": "after"}.get(word, word), year)


def _loses_the_last_day(word: str, year: int) -> dict[str, str]:
    return _right(word, year) | ({"before": f"{year}-12-31"} if word == "in" else {})


def _no_end(word: str, year: int) -> dict[str, str]:
    return {"after": f"{year}-01-01"} if word == "in" else _right(word, year)


def _swapped(word: str, year: int) -> dict[str, str]:
    names = {"after": "before", "before": "after"}
    return {names[key]: value for key, value in _right(word, year).items()}


def _one_key(word: str, year: int) -> dict[str, str]:
    return {"date": str(year)}


def _no_place(question: str, places: list[str]) -> dict[str, str]:
    return {key: value for key, value in read_filter(question, places).items() if key != "place"}


def _no_date(question: str, places: list[str]) -> dict[str, str]:
    return {key: value for key, value in read_filter(question, places).items() if key == "place"}


def _first_place(question: str, places: list[str]) -> dict[str, str]:
    return read_filter(question, []) | {"place": places[0]}


def _empty_keys(question: str, places: list[str]) -> dict[str, str]:
    return {"place": "", "after": "", "before": ""} | read_filter(question, places)


def _draw(rng: Random) -> tuple[str, list[str]]:
    places = rng.sample(PLACES, k=rng.randint(2, 4))
    where = rng.choice((f" at {rng.choice(places)}", f" at {places[-1]}", ""))
    when = rng.choice(("in", "before", "after", "since", ""))
    year = rng.randint(1984, 2009)
    return f"{rng.choice(OPENINGS)}{where}{f' {when} {year}' if when else ''}?", places


EXERCISE = Exercise(
    id="23.filter",
    title="Before 1990 is not in 1990",
    minutes=10,
    difficulty=3,
    reference=read_filter,
    cases=(
        ("Who wrote before 1990?", ["Tollick"]),
        ("What was written at Farrow Bight in 1995?", ["Tollick", "Farrow Bight"]),
        ("Which letters came from Tollick after 1999?", ["Tollick", "Cobble Head"]),
        ("Who was paid at Cobble Head since 2001?", ["Tollick", "Cobble Head"]),
        ("Who keeps the Lamp?", ["Tollick", "Ambry Quay"]),
        ("Who slept at Ambry Quay?", ["Tollick", "Ambry Quay"]),
    ),
    draw=_draw,
    draws=40,
    misconceptions=(
        Misconception(
            "reads every year as `in`",
            _dates(_always_in),
            "Does *before 1990* mean 1990? Look at the word in front of the year.",
        ),
        Misconception(
            "compares with a bare year",
            _dates(_bare_years),
            "Dates are ISO strings of ten signs: the bounds should be days too.",
        ),
        Misconception(
            "counts the year itself as before",
            _dates(_before_with_the_year),
            "Is a letter of May 1990 from *before 1990*? `before` is the first day that is too late.",
        ),
        Misconception(
            "ends a day early",
            _dates(_before_a_year_early),
            "A document passes if date < before: what happens to one of 31 December in yours?",
        ),
        Misconception(
            "counts the year itself as after",
            _dates(_after_with_the_year),
            "Is May 1999 *after 1999*? `after` is the first day that passes.",
        ),
        Misconception(
            "leaves the year out of since",
            _dates(_since_without_the_year),
            "*Since 2001* begins on which day?",
        ),
        Misconception(
            "takes after for since and since for after",
            _dates(_after_as_since_and_back),
            "Which of the two holds the year itself, *after* or *since*?",
        ),
        Misconception(
            "loses the last day of a year",
            _dates(_loses_the_last_day),
            "A document passes if date < before: does yours find one of 31 December?",
        ),
        Misconception(
            "leaves a year without end",
            _dates(_no_end),
            "*In 1995* begins on the first of January, and when does it end?",
        ),
        Misconception(
            "swaps after and before",
            _dates(_swapped),
            "after ≤ date < before: which of the two is the earlier day?",
        ),
        Misconception(
            "invents a field",
            _dates(_one_key),
            "The store knows `after` and `before`, and no other field for dates.",
        ),
        Misconception(
            "drops the place", _no_place, "Which place does the question name, and where is it in yours?"
        ),
        Misconception(
            "drops the date", _no_date, "Which year does the question name, and where is it in yours?"
        ),
        Misconception(
            "takes the first place of the list",
            _first_place,
            "Does the question name that place? `places` are all that could be named.",
        ),
        Misconception(
            "keeps empty fields",
            _empty_keys,
            "A field that the question does not ask for is missing: which document has an empty place?",
        ),
    ),
    hints=(
        'A regular expression finds the word and the year: r"\\b(in|before|after|since) (\\d{4})\\b".',
        "after ≤ date < before, both the first of January: which year for which word?",
        "*in* sets both, *since* and *after* the first, *before* the second.",
    ),
)
