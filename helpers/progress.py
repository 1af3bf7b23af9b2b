"""What the learner has done, kept safely on this computer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.progress_file import Entry, ProgressFile, merge, parse, to_text

if TYPE_CHECKING:
    from helpers.figures import Picture

__all__ = [
    "Line",
    "Summary",
    "line",
    "load_from",
    "passed_by_lesson",
    "path",
    "picture",
    "record",
    "save_to",
    "summary",
]


class Line(str):
    """A sentence that a notebook shows without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Summary:
    """The entries by exercise id, how many exercises exist, and what is wrong with the file, if anything."""

    entries: dict[str, Entry]
    total: int
    note: str = ""

    @property
    def passed(self) -> int:
        """How many exercises are passed."""
        return sum(entry.passed for entry in self.entries.values())

    def __repr__(self) -> str:
        said = f"{self.passed} of {self.total} exercises passed."
        return f"{said} {self.note}" if self.note else said


def path() -> Path:
    """Return where progress is kept: GLASSBOX_PROGRESS, or the user's data folder of this platform."""
    chosen = os.environ.get("GLASSBOX_PROGRESS")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("glassbox", appauthor=False)) / "progress.json"


def record(exercise_id: str, passed: bool) -> str:
    """Remember one attempt; return a sentence when that failed, else nothing. Never raises."""
    return _file().update(
        lambda entries: entries | {exercise_id: entries.get(exercise_id, Entry()).tried(passed)}
    )


def summary() -> Summary:
    """Return everything that is remembered about the exercises that exist."""
    entries, note = _file().read()
    known = _exercise_ids()
    return Summary({name: entries[name] for name in known if name in entries}, len(known), note)


def passed_by_lesson() -> dict[str, tuple[int, int]]:
    """Return lesson id → how many of its exercises are passed, and how many there are."""
    from helpers import lessons

    state = summary()
    return {lesson.id: _passed_of(lesson.id, state) for lesson in lessons.all()}


def line(lesson_id: str) -> Line:
    """Return the line at the end of a lesson, such as "●●○○ 2 of 4 exercises passed"."""
    state = summary()
    passed, total = _passed_of(lesson_id, state)
    said = f"{'●' * passed}{'○' * (total - passed)} {passed} of {total} exercises of this lesson passed."
    return Line(f"{said} {state.note}".strip())


def picture() -> Picture:
    """Return all lessons as tiles, filled as far as their exercises are passed."""
    from helpers.progress_picture import progress_picture

    return progress_picture(passed_by_lesson())


def save_to(target: str | os.PathLike) -> Line:
    """Export the progress to a file, for instance to carry it to another computer.

    Raises:
        ValueError: the file exists and is something else, or it cannot be written.
    """
    file = Path(target).expanduser()
    entries, _ = _file().read()
    if file.exists():
        entries = merge(_parsed(file), entries)
    try:
        file.write_text(to_text(entries), encoding="utf-8", newline="\n")
    except OSError as error:
        raise ValueError(f"{file.name} cannot be written: {error.strerror}.") from error
    return Line(f"Saved the progress of {len(entries)} exercises to {file.name}.")


def load_from(source: str | os.PathLike) -> Line:
    """Import an exported file; what is remembered here already stays.

    Raises:
        ValueError: the file cannot be read, or is no progress file.
    """
    file = Path(source).expanduser()
    other = _parsed(file)
    note = _file().update(lambda entries: merge(entries, other))
    return Line(note or f"Loaded the progress of {len(other)} exercises from {file.name}.")


def _file() -> ProgressFile:
    return ProgressFile(path())


def _parsed(file: Path) -> dict[str, Entry]:
    try:
        return parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{file.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ValueError(f"{file.name}: {error}") from error


def _exercise_ids() -> list[str]:
    from helpers import exercises

    return [exercise.id for exercise in exercises.all()]


def _passed_of(lesson_id: str, state: Summary) -> tuple[int, int]:
    number = f"{lesson_id[:2]}."
    passed = sum(entry.passed for name, entry in state.entries.items() if name.startswith(number))
    return passed, sum(name.startswith(number) for name in _exercise_ids())
