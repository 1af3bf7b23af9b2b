"""The documents of the three collections, and the table of facts behind the handbook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from helpers.documents import tables

__all__ = ["Document", "Fact", "curriculum", "facts", "front_matter", "handbook", "python_manual"]

KEYS = ["title", "kind", "date", "place", "author", "links", "states"]


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


@lru_cache(maxsize=1)
def handbook() -> tuple[Document, ...]:
    """Return the handbook of Ondersay, an invented island; a ValueError names a damaged document or link."""
    documents = tuple(_document(path) for path in sorted(tables.DOCUMENTS.glob("HB-*.md")))
    if not documents:
        raise FileNotFoundError(f"there are no documents (HB-001.md and so on) in {tables.DOCUMENTS}")
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
        lessons = sorted(path.stem for path in tables.NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    return tuple(document for lesson in lessons for document in _sections(lesson))


def facts() -> tuple[Fact, ...]:
    """Return the table of facts, what is true on Ondersay and when; a ValueError says what is damaged."""
    columns = ("id", "subject", "attribute", "value", "since", "until")
    return tuple(_fact(row) for row in tables.rows(tables.DOCUMENTS.parent / "facts.csv", columns))


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
    tables.check_dates(path.name, known["date"])
    links = tuple(known["links"].split())
    return Document(path.stem, text=text, links=links, **{name: known[name] for name in KEYS[:5]})


def _sections(lesson: str) -> Iterator[Document]:
    path = tables.NOTEBOOKS / f"{lesson}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"the lesson {lesson!r} has no notebook in {tables.NOTEBOOKS}")
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


def _fact(row: dict[str, str]) -> Fact:
    tables.check_dates(row["id"], *filter(None, (row["since"], row["until"])))
    return Fact(**row)
