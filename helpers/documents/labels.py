"""What people labelled: questions with the documents that answer them, filters, and judged answers."""

from __future__ import annotations

import json
from dataclasses import dataclass

from helpers.documents import tables

__all__ = [
    "FilterQuestion", "LabelledAnswer", "Question", "TwoHop",
    "answers", "filter_questions", "questions", "two_hop_questions",
]  # fmt: skip

FILTER_KEYS = ("kind", "place", "author", "after", "before", "latest")
FLAWS = (
    "", "number", "name", "date", "edition", "invented detail", "other document", "negation", "off topic",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One question, the ids of the documents that answer it, and quotations; `half` is "tuning" or "test"."""

    id: str
    text: str
    kind: str
    corpus: str
    relevant: tuple[str, ...]
    spans: tuple[str, ...]
    answer: str
    half: str


@dataclass(frozen=True)
class TwoHop:
    """A question that takes two documents: the first names what only the second tells."""

    id: str
    text: str
    first: str
    second: str
    spans: tuple[str, str]
    answer: str
    half: str


@dataclass(frozen=True)
class FilterQuestion:
    """A question and what its words alone say of the documents: `filter` has some of FILTER_KEYS, or none.

    `after` and `before` are ISO dates, after ≤ date < before; `latest` is True or missing; `relevant` are the
    ids of the documents that answer the question and pass the filter.
    """

    id: str
    text: str
    filter: dict[str, str | bool]
    relevant: tuple[str, ...]
    half: str


@dataclass(frozen=True)
class LabelledAnswer:
    """An assistant's answer to a question (an id), the documents that it cites, and a reader's judgement.

    `faithful`: all that it says follows from `sources`; `relevant`: it answers the question, truly or not;
    `flaw`: what is wrong with it, one of FLAWS, "" if nothing.
    """

    id: str
    question: str
    text: str
    sources: tuple[str, ...]
    faithful: bool
    relevant: bool
    flaw: str


def questions(corpus: str = "handbook") -> tuple[Question, ...]:
    """Return the labelled questions about a corpus, "handbook" or "python".

    Raises:
        FileNotFoundError, ValueError: if their file is missing; if it is damaged, or the corpus unknown.
    """
    if corpus not in tables.QUESTIONS:
        raise ValueError(f"there are questions about {' and '.join(tables.QUESTIONS)}, not about {corpus!r}")
    columns = ("id", "corpus", "kind", "half", "question", "relevant", "spans", "answer")
    return tuple(_question(row) for row in tables.rows(tables.QUESTIONS[corpus], columns))


def two_hop_questions() -> tuple[TwoHop, ...]:
    """Return the questions that need two documents of the handbook; errors as for `questions`."""
    columns = ("id", "half", "question", "first", "second", "spans", "answer")
    return tuple(
        _two_hop(row) for row in tables.rows(tables.DOCUMENTS.parent / "two_hop_questions.csv", columns)
    )


def filter_questions() -> tuple[FilterQuestion, ...]:
    """Return the questions from which a filter on the handbook can be read; errors as for `questions`."""
    columns = ("id", "half", "question", "filter", "relevant")
    return tuple(
        _filter_question(row)
        for row in tables.rows(tables.DOCUMENTS.parent / "filter_questions.csv", columns)
    )


def answers() -> tuple[LabelledAnswer, ...]:
    """Return answers to questions about the handbook, good and bad, labelled; errors as for `questions`."""
    columns = ("id", "question", "text", "sources", "faithful", "relevant", "flaw")
    return tuple(_answer(row) for row in tables.rows(tables.DOCUMENTS.parent / "answers.csv", columns))


def _question(row: dict[str, str]) -> Question:
    same = {name: row[name] for name in ("id", "kind", "corpus", "answer", "half")}
    spans = tuple(filter(None, row["spans"].split(" | ")))
    return Question(text=row["question"], relevant=tuple(row["relevant"].split()), spans=spans, **same)


def _two_hop(row: dict[str, str]) -> TwoHop:
    spans = row["spans"].split(" | ")
    if len(spans) != 2 or not all(spans):
        raise ValueError(f"{row['id']} has two spans, one in each document, got {row['spans']!r}")
    same = {name: row[name] for name in ("id", "first", "second", "answer", "half")}
    return TwoHop(text=row["question"], spans=(spans[0], spans[1]), **same)


def _filter_question(row: dict[str, str]) -> FilterQuestion:
    try:
        found = json.loads(row["filter"])
        right = set(found) <= set(FILTER_KEYS) and all(
            value is True if key == "latest" else isinstance(value, str) for key, value in found.items()
        )
    except (ValueError, TypeError, AttributeError):
        right = False
    if not right:
        keys = ", ".join(FILTER_KEYS)
        raise ValueError(f"the filter of {row['id']} is JSON with keys among {keys}, got {row['filter']!r}")
    tables.check_dates(row["id"], *(found[key] for key in ("after", "before") if key in found))
    relevant = tuple(row["relevant"].split())
    return FilterQuestion(row["id"], row["question"], found, relevant, row["half"])


def _answer(row: dict[str, str]) -> LabelledAnswer:
    if {row["faithful"], row["relevant"]} - {"0", "1"} or row["flaw"] not in FLAWS:
        labels = [row["faithful"], row["relevant"], row["flaw"]]
        raise ValueError(f"{row['id']} is labelled 0 or 1, 0 or 1, and one of {FLAWS}, got {labels}")
    same = {name: row[name] for name in ("id", "question", "text", "flaw")}
    sources = tuple(row["sources"].split())
    return LabelledAnswer(
        sources=sources, faithful=row["faithful"] == "1", relevant=row["relevant"] == "1", **same
    )
