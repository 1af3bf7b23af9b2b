"""The lessons: their list, their builds as modules, their concepts, and the map with progress."""

from __future__ import annotations

import csv
import difflib
import functools
import html
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers import builds
from helpers import concepts as concept_index
from helpers.concepts import ConceptTable

__all__ = ["Lesson", "LessonMap", "all", "concepts", "get", "load", "map_of_lessons", "search"]

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


@dataclass(frozen=True)
class Lesson:
    """One lesson of the curriculum; it is finished when its notebook exists."""

    id: str
    part: str
    title: str
    question: str

    @property
    def number(self) -> str:
        """The two digits in front of the id."""
        return self.id[:2]

    @property
    def path(self) -> Path:
        """Where the notebook is, or will be."""
        return NOTEBOOKS / f"{self.id}.ipynb"

    @property
    def is_finished(self) -> bool:
        """Whether the notebook exists."""
        return self.path.exists()


@dataclass(frozen=True)
class LessonMap:
    """All lessons by part, finished ones linked, with how many exercises are passed."""

    lessons: tuple[Lesson, ...]
    passed: dict[str, tuple[int, int]]

    def __repr__(self) -> str:
        lines = []
        for part, lesson in _with_parts(self.lessons):
            lines += [part] if part else []
            lines.append(f"  {self._mark(lesson)} {lesson.number} {lesson.title}{self._done(lesson)}")
        return "\n".join([*lines, "✓ all exercises passed · ● ready · ○ being written"])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": repr(self)}

    def markdown(self, prefix: str = "") -> str:
        """Return the map as a Markdown table, with links that begin with `prefix`; without progress."""
        lines = ["| lesson | the question it answers |", "|---|---|"]
        for part, lesson in _with_parts(self.lessons):
            lines += [f"| **{part}** | |"] if part else []
            name = f"{lesson.number} {lesson.title}"
            linked = (
                f"[{name}]({prefix}{lesson.id}.ipynb)" if lesson.is_finished else f"{name} *(being written)*"
            )
            lines.append(f"| {linked} | {lesson.question} |")
        return "\n".join(lines)

    def _mark(self, lesson: Lesson) -> str:
        passed, total = self.passed.get(lesson.id, (0, 0))
        return "✓" if total and passed == total else "●" if lesson.is_finished else "○"

    def _done(self, lesson: Lesson) -> str:
        passed, total = self.passed.get(lesson.id, (0, 0))
        return f" · {passed} of {total} exercises" if total and lesson.is_finished else ""

    def _html(self) -> str:
        cell = '<td style="text-align:left;vertical-align:top;padding:2px 10px{}">{}</td>'
        tight = ";white-space:nowrap"
        rows = []
        for part, lesson in _with_parts(self.lessons):
            if part:
                rows.append(
                    '<tr><th colspan="3" scope="colgroup" style="text-align:left;padding:8px 10px 2px">'
                    f"{html.escape(part)}</th></tr>"
                )
            name = html.escape(f"{lesson.number} {lesson.title}")
            linked = f'<a href="{lesson.id}.ipynb">{name}</a>' if lesson.is_finished else name
            state = self._done(lesson).lstrip(" ·") if lesson.is_finished else "being written"
            name, question = f"{self._mark(lesson)} {linked}", html.escape(lesson.question)
            cells = cell.format(tight, name) + cell.format("", question) + cell.format(tight, state)
            rows.append(f"<tr>{cells}</tr>")
        return f"<table><tbody>{''.join(rows)}</tbody></table>"


def all() -> tuple[Lesson, ...]:
    """Return the lessons of the curriculum in order, finished or not."""
    with (NOTEBOOKS / "lessons.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Lesson(**row) for row in csv.DictReader(file))


def get(lesson_id: str) -> Lesson:
    """Return the lesson with this id, such as "04_byte_pair_encoding".

    Raises:
        ValueError: there is none; close matches are named.
    """
    lessons = {lesson.id: lesson for lesson in all()}
    if lesson_id in lessons:
        return lessons[lesson_id]
    close = [name for name in lessons if str(lesson_id)[:2].isdigit() and name.startswith(str(lesson_id)[:2])]
    close = close or difflib.get_close_matches(str(lesson_id), lessons, n=3, cutoff=0.4)
    advice = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
    raise ValueError(f"There is no lesson {lesson_id!r}.{advice}")


@functools.cache
def load(lesson_id: str) -> types.ModuleType:
    """Return a module made of the lesson's build cells; nothing else of the lesson runs.

    Raises:
        ValueError: there is no such lesson, it is not written yet, or a build cell is not one.

    Example: `bpe = lessons.load("04_byte_pair_encoding")`, then `bpe.train_bpe(text, 512)`
    """
    lesson = get(lesson_id)
    if not lesson.is_finished:
        raise ValueError(f"Lesson {lesson_id!r} is not written yet.")
    return builds.build_module(lesson.path, f"lesson_{lesson.id}")


def concepts() -> ConceptTable:
    """Return every concept of the finished lessons with the cells that show it."""
    return ConceptTable(concept_index.read_concepts(NOTEBOOKS))


def search(text: str, limit: int = 10) -> ConceptTable:
    """Return the concepts that fit the words of `text`, best first; small typos are forgiven."""
    return concept_index.search(concepts(), text, limit)


def map_of_lessons() -> LessonMap:
    """Return the map of all lessons with the learner's progress."""
    from helpers import progress

    return LessonMap(all(), progress.passed_by_lesson())


def _with_parts(lessons: tuple[Lesson, ...]) -> Iterator[tuple[str, Lesson]]:
    """Yield each lesson with the name of its part when that begins, else with nothing."""
    before = ""
    for lesson in lessons:
        yield ("" if lesson.part == before else lesson.part), lesson
        before = lesson.part
