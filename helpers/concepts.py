"""The concept index: every statement of the finished lessons, and the cells that show or refute it."""

from __future__ import annotations

import csv
import difflib
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from helpers.builds import cell_source, cell_tags, read_cells

__all__ = ["Concept", "ConceptTable", "Place", "places_in", "read_concepts", "search"]

TAG = re.compile(r"C\d{3}")
HEADING = re.compile(r"^(#{1,3}) +(.+?)\s*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A cell that shows a concept: its lesson, the section it stands in, and its number from 1."""

    lesson: str
    section: str
    cell: int

    @property
    def title(self) -> str:
        """The section without the minutes and dots of an exercise."""
        return re.sub(r" · \d+ min · [●○]+$", "", self.section)

    @property
    def link(self) -> str:
        """The address from within `notebooks/`, with the heading as JupyterLab anchors it."""
        anchor = quote(self.section.replace(" ", "-"), safe="-–—,.:()!?'")
        return f"{self.lesson}.ipynb" + (f"#{anchor}" if anchor else "")


@dataclass(frozen=True)
class Concept:
    """A statement of the study notes, what we think of it, and where it is shown."""

    id: str
    lesson: str
    statement: str
    verdict: str
    correction: str
    places: tuple[Place, ...] = ()

    @property
    def sections(self) -> tuple[Place, ...]:
        """The first place in each section that shows the concept."""
        first = {(place.lesson, place.section): place for place in reversed(self.places)}
        return tuple(place for place in self.places if place in first.values())


@dataclass(frozen=True)
class ConceptTable(Sequence):
    """Concepts that show themselves as a table."""

    rows: tuple[Concept, ...]
    title: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __repr__(self) -> str:
        lines = [self.title] if self.title else []
        for row in self.rows:
            where = "; ".join(f"{place.lesson}, {place.title}" for place in row.sections) or row.lesson
            correction = f" Correction: {row.correction}" if row.correction else ""
            lines.append(f"{row.id} [{row.verdict}] {row.statement}{correction} → {where}")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": repr(self)}

    def _html(self) -> str:
        title = f"<p>{html.escape(self.title)}</p>" if self.title else ""
        cell = '<td style="text-align:left;vertical-align:top;padding:4px 10px">{}</td>'
        head = '<th scope="col" style="text-align:left;padding:4px 10px">{}</th>'
        lines = "".join(
            "<tr>" + "".join(map(cell.format, _table_cells(row, html.escape, _html_link))) + "</tr>"
            for row in self.rows
        )
        heads = "".join(map(head.format, ("concept", "what is said", "verdict and correction", "shown in")))
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
        return title + (table if self.rows else "")

    def markdown(self) -> str:
        """Return the rows as a Markdown table, with links from within `notebooks/`."""
        lines = ["| concept | what is said | verdict and correction | shown in |", "|---|---|---|---|"]
        lines += [
            f"| {' | '.join(_table_cells(row, _escape_markdown, _markdown_link))} |" for row in self.rows
        ]
        return "\n".join(lines)


def read_concepts(folder: Path) -> tuple[Concept, ...]:
    """Return the rows of `concepts.csv`, each with the places that its notebook's tags name."""
    path = folder / "concepts.csv"
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Concept(**{key: value.strip() for key, value in row.items()}) for row in csv.DictReader(file)]
    places: dict[str, list[Place]] = {}
    for notebook in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        for concept, found in places_in(notebook).items():
            places.setdefault(concept, []).extend(found)
    return tuple(replace(row, places=tuple(places.get(row.id, ()))) for row in rows)


def places_in(notebook: Path) -> Mapping[str, list[Place]]:
    """Return concept id → the cells of one notebook that carry it as a tag."""
    section = ""
    places: dict[str, list[Place]] = {}
    for number, cell in enumerate(read_cells(notebook), start=1):
        if cell.get("cell_type") == "markdown":
            found = HEADING.findall(FENCE.sub("", cell_source(cell)))
            headings = [heading for heading in found if not heading[1].startswith("Exercise ")]
            section = re.sub(r"[`*]", "", headings[-1][1]) if headings else section
        for tag in cell_tags(cell):
            if TAG.fullmatch(tag):
                places.setdefault(tag, []).append(Place(notebook.stem, section, number))
    return places


def search(concepts: Sequence[Concept], text: str, limit: int = 10) -> ConceptTable:
    """Return the concepts that hold the words of `text`, best first; case and small typos are forgiven."""
    words = _words(text)
    indexed = [(concept, _words(_searchable(concept))) for concept in concepts]
    vocabulary = sorted({word for _, row in indexed for word in row})
    wanted = [_similar(word, vocabulary) for word in words]
    scored = [(_score(wanted, row), concept) for concept, row in indexed]
    scored = [(score, concept) for score, concept in scored if score[0] > 0]
    most = max((score[0] for score, _ in scored), default=0)
    best = sorted((pair for pair in scored if pair[0][0] == most), key=lambda pair: (-pair[0][1], pair[1].id))
    rows = tuple(concept for _, concept in best[:limit])
    if not rows:
        return ConceptTable((), f"No concept of the finished lessons matches {text!r}.")
    shown = f", the first {len(rows)} of them" if len(best) > len(rows) else ""
    return ConceptTable(rows, f"{len(best)} concept{'s' * (len(best) > 1)} for {text!r}{shown}:")


def _searchable(concept: Concept) -> str:
    sections = " ".join(place.section for place in concept.places)
    return (
        f"{concept.id} {concept.lesson} {concept.statement} {concept.verdict} {concept.correction} {sections}"
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def _similar(word: str, vocabulary: Sequence[str]) -> dict[str, float]:
    """Return the words of the vocabulary that `word` may mean, with how well they fit (0 to 1)."""
    found = {word: 1.0} if word in vocabulary else {}
    if len(word) >= 3:
        inside = [other for other in vocabulary if word in other and other != word]
        found |= {other: 0.8 if other.startswith(word) else 0.5 for other in inside}
    if not found and len(word) >= 4:
        found = {other: 0.3 for other in difflib.get_close_matches(word, vocabulary, n=5, cutoff=0.75)}
    return found


def _score(wanted: Sequence[Mapping[str, float]], row: Sequence[str]) -> tuple[int, float]:
    """Return how many of the wanted words a row holds, and how well."""
    fits = [max((similar.get(word, 0.0) for word in row), default=0.0) for similar in wanted]
    return sum(fit > 0 for fit in fits), sum(fits)


def _table_cells(row: Concept, escape: Any, link: Any) -> Iterator[str]:
    yield row.id
    yield escape(row.statement)
    yield escape(f"{row.verdict}. {row.correction}" if row.correction else row.verdict)
    yield "; ".join(link(place) for place in row.sections) or escape(row.lesson)


def _html_link(place: Place) -> str:
    text = html.escape(f"{place.lesson[:2]} · {place.title or 'start'}")
    return f'<a href="{html.escape(place.link)}">{text}</a>'


def _markdown_link(place: Place) -> str:
    text = _escape_markdown(f"{place.lesson[:2]} · {place.title or 'start'}")
    return f"[{text}]({place.lesson}.ipynb)"


def _escape_markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|#$~])", r"\\\1", " ".join(text.split()))
