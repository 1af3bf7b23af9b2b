"""Three collections to search, the questions about them, and the table of facts behind the handbook."""

from __future__ import annotations

import csv
import datetime
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = [
    "Document", "Fact", "FilterQuestion", "LabelledAnswer", "Question", "TwoHop",
    "answers", "curriculum", "facts", "filter_questions", "front_matter", "handbook", "python_manual",
    "questions", "two_hop_questions",
]  # fmt: skip

ASSETS = Path(__file__).resolve().parent.parent / "assets"
DOCUMENTS = ASSETS / "handbook" / "documents"
QUESTIONS = {"handbook": ASSETS / "handbook" / "questions.csv", "python": ASSETS / "python_questions.csv"}
NOTEBOOKS = ASSETS.parent / "notebooks"
KEYS = ["title", "kind", "date", "place", "author", "links", "states"]
FILTER_KEYS = ("kind", "place", "author", "after", "before", "latest")
FLAWS = (
    "", "number", "name", "date", "edition", "invented detail", "other document", "negation", "off topic",
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """One document; `date` is ISO or "", so that dates compare as strings, and `links` are ids."""

    id: str
    title: str
    text: str
    kind: str = ""
    date: str = ""
    place: str = ""
    author: str = ""
    links: tuple[str, ...] = ()


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
class Fact:
    """One row of the table of facts: the value that an attribute of a subject has from `since` to `until`."""

    id: str
    subject: str
    attribute: str
    value: str
    since: str
    until: str

    def holds(self, date: str) -> bool:
        """Return whether the fact is true on an ISO date, both ends included."""
        return (not self.since or self.since <= date) and (not self.until or date <= self.until)


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


@lru_cache(maxsize=1)
def handbook() -> tuple[Document, ...]:
    """Return the handbook of Ondersay, an invented island; a ValueError names a damaged document or link."""
    documents = tuple(_document(path) for path in sorted(DOCUMENTS.glob("HB-*.md")))
    if not documents:
        raise FileNotFoundError(f"there are no documents (HB-001.md and so on) in {DOCUMENTS}")
    known = {document.id for document in documents}
    for document in documents:
        if lost := [link for link in document.links if link not in known]:
            raise ValueError(f"{document.id} links to {', '.join(lost)}, which the handbook does not have")
    return documents


@lru_cache(maxsize=1)
def python_manual() -> tuple[Document, ...]:
    """Return the manual of the running Python, one document a topic (it differs between versions)."""
    from pydoc_data import topics

    return tuple(
        Document(name, text.strip().partition("\n")[0] or name, text.strip(), kind="manual")
        for name, text in sorted(topics.topics.items())
    )


def curriculum(lessons: Sequence[str] | None = None) -> tuple[Document, ...]:
    """Return the lessons' own text and code without outputs, one document a section.

    Args:
        lessons: ids such as "09_attention", so that later lessons do not change a result; None means all.

    Returns:
        Documents with ids such as "09_attention#4", the text under its fourth heading (#0: above all).
    """
    if lessons is None:
        lessons = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    return tuple(document for lesson in lessons for document in _sections(lesson))


def questions(corpus: str = "handbook") -> tuple[Question, ...]:
    """Return the labelled questions about a corpus, "handbook" or "python".

    Raises:
        FileNotFoundError, ValueError: if their file is missing; if it is damaged, or the corpus unknown.
    """
    if corpus not in QUESTIONS:
        raise ValueError(f"there are questions about {' and '.join(QUESTIONS)}, not about {corpus!r}")
    columns = ("id", "corpus", "kind", "half", "question", "relevant", "spans", "answer")
    return tuple(_question(row) for row in _rows(QUESTIONS[corpus], columns))


def two_hop_questions() -> tuple[TwoHop, ...]:
    """Return the questions that need two documents of the handbook; errors as for `questions`."""
    columns = ("id", "half", "question", "first", "second", "spans", "answer")
    return tuple(_two_hop(row) for row in _rows(DOCUMENTS.parent / "two_hop_questions.csv", columns))


def filter_questions() -> tuple[FilterQuestion, ...]:
    """Return the questions from which a filter on the handbook can be read; errors as for `questions`."""
    columns = ("id", "half", "question", "filter", "relevant")
    return tuple(_filter_question(row) for row in _rows(DOCUMENTS.parent / "filter_questions.csv", columns))


def answers() -> tuple[LabelledAnswer, ...]:
    """Return answers to questions about the handbook, good and bad, labelled; errors as for `questions`."""
    columns = ("id", "question", "text", "sources", "faithful", "relevant", "flaw")
    return tuple(_answer(row) for row in _rows(DOCUMENTS.parent / "answers.csv", columns))


def facts() -> tuple[Fact, ...]:
    """Return the table of facts, what is true on Ondersay and when; errors as for `questions`."""
    columns = ("id", "subject", "attribute", "value", "since", "until")
    return tuple(_fact(row) for row in _rows(DOCUMENTS.parent / "facts.csv", columns))


def front_matter(path: Path) -> tuple[dict[str, str], str]:
    """Return a document's lines "key: value", which stand between two lines ---, and the text below."""
    parts = re.fullmatch(r"---\n(.*?)\n---\n(.*)", path.read_text(encoding="utf-8"), re.DOTALL)
    pairs = [line.partition(": ") for line in parts[1].split("\n")] if parts else []
    if (keys := [key for key, _, _ in pairs]) not in (KEYS, [*KEYS, "near_duplicate_of"]):
        raise ValueError(f"{path.name} starts with ---, lines for {', '.join(KEYS)}, and ---, got {keys}")
    if bad := [key for key, _, value in pairs if re.search(r"^\W|^$|: | #", value)]:
        raise ValueError(f"the {bad[0]} of {path.name} is empty, or has a sign that means something in YAML")
    return {key: value for key, _, value in pairs}, parts[2].strip()


def _document(path: Path) -> Document:
    known, text = front_matter(path)
    if not text:
        raise ValueError(f"{path.name} has no text")
    _check_dates(path.name, known["date"])
    links = tuple(known["links"].split())
    return Document(path.stem, text=text, links=links, **{name: known[name] for name in KEYS[:5]})


def _sections(lesson: str) -> Iterator[Document]:
    path = NOTEBOOKS / f"{lesson}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"the lesson {lesson!r} has no notebook in {NOTEBOOKS}")
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not a notebook: {error!r}") from None
    sections = [""]
    for kind, source in sources:
        first, *others = re.split(r"(?m)^(?=## )", source) if kind == "markdown" else [source]
        sections[-1] += "\n\n" + first
        sections += others
    for number, text in enumerate(sections):
        title, _, _ = text.strip().partition("\n")
        yield Document(f"{lesson}#{number}", title.lstrip("# "), text.strip(), kind="lesson")


def _rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: it comes with the repository")
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        if tuple(table.fieldnames or ()) != tuple(columns):
            raise ValueError(f"{path.name} has the columns {', '.join(columns)}, got {table.fieldnames}")
        for row in table:
            if None in row or None in row.values():
                raise ValueError(f"line {table.line_num} of {path.name} has {len(columns)} fields, got {row}")
            yield row


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
    _check_dates(row["id"], *(found[key] for key in ("after", "before") if key in found))
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


def _fact(row: dict[str, str]) -> Fact:
    _check_dates(row["id"], *filter(None, (row["since"], row["until"])))
    return Fact(**row)


def _check_dates(where: str, *dates: str) -> None:
    for date in dates:
        try:
            written = datetime.date.fromisoformat(date).isoformat()
        except ValueError:
            written = ""
        if written != date:
            raise ValueError(f"the date of {where} is written like 1998-11-09, got {date!r}")
