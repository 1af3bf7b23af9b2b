"""The file that remembers the learner's progress, written so that nothing is ever lost."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

__all__ = ["Entry", "NewerVersionError", "ProgressFile", "merge", "parse", "to_text"]

VERSION = 1
LOCK_SECONDS = 5.0

Entries = dict[str, "Entry"]


@dataclass(frozen=True)
class Entry:
    """What is known about one exercise: attempts, whether it was ever passed, and when (UTC, ISO 8601)."""

    attempts: int = 0
    passed: bool = False
    first_passed: str = ""
    last_tried: str = ""

    def tried(self, passed: bool) -> Entry:
        """Return the entry after one more attempt."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        first = self.first_passed or (now if passed else "")
        return Entry(self.attempts + 1, self.passed or passed, first, now)


class NewerVersionError(ValueError):
    """The file was written by a newer version of this code, which must not overwrite it."""


class ProgressFile:
    """One JSON file, replaced as a whole under a lock; damaged files are kept aside, never deleted.

    Beside it lie `….backup` (a copy, for the day the file is damaged), `….lock`, and `….corrupt-N`.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.backup = path.with_name(f"{path.name}.backup")

    def read(self) -> tuple[Entries, str]:
        """Return what is remembered, and a sentence when something about the file is wrong."""
        try:
            return parse(self.path.read_text(encoding="utf-8")), ""
        except FileNotFoundError:
            return {}, ""
        except OSError as error:
            return {}, f"Your progress could not be read ({_reason(error)}); the lesson goes on."
        except NewerVersionError as error:
            return {}, str(error)
        except ValueError:
            return self._change(lambda entries: entries)

    def update(self, change: Callable[[Entries], Entries]) -> str:
        """Replace the entries by `change(entries)`; return a sentence when that failed, else nothing."""
        return self._change(change)[1]

    def _change(self, change: Callable[[Entries], Entries]) -> tuple[Entries, str]:
        entries: Entries = {}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock").acquire(timeout=LOCK_SECONDS, poll_interval=0.01):
                entries, note = self._read_or_rescue()
                entries = change(entries)
                self._write(entries)
            return entries, note
        except OSError as error:
            return entries, f"Your progress could not be saved ({_reason(error)}); the lesson goes on."
        except NewerVersionError as error:
            return entries, str(error)

    def _read_or_rescue(self) -> tuple[Entries, str]:
        """Return the entries; put a damaged file aside and go on from the backup."""
        try:
            return parse(self.path.read_text(encoding="utf-8")), ""
        except FileNotFoundError:
            return {}, ""
        except NewerVersionError:
            raise
        except ValueError:
            return self._rescue()

    def _rescue(self) -> tuple[Entries, str]:
        """Copy the damaged file aside (it is replaced only when the new one is written)."""
        number = 1
        while (aside := self.path.with_name(f"{self.path.name}.corrupt-{number}")).exists():
            number += 1
        shutil.copyfile(self.path, aside)
        try:
            entries = parse(self.backup.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}, f"The progress file was damaged; it is kept as {_home(aside)}, and a new one begins."
        return entries, f"The progress file was damaged; it is kept as {_home(aside)}, its backup took over."

    def _write(self, entries: Entries) -> None:
        """Write a new file beside the old one, force it to the disk, then put it in the old one's place."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        with fresh.open("w", encoding="utf-8", newline="\n") as file:
            file.write(to_text(entries))
            file.flush()
            os.fsync(file.fileno())
        _replace(fresh, self.path)
        with contextlib.suppress(OSError):
            shutil.copyfile(self.path, self.backup)


def parse(text: str) -> Entries:
    """Return the entries that the text of a progress file holds.

    Raises:
        NewerVersionError: it is a progress file of a newer version.
        ValueError: it is not a progress file.
    """
    try:
        data = json.loads(text)
        version = data["version"]
        if version == VERSION:
            return {str(name): _entry(fields) for name, fields in data["exercises"].items()}
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"This is not a Glassbox progress file ({type(error).__name__}).") from error
    if isinstance(version, int) and version > VERSION:
        raise NewerVersionError(
            f"The progress file was written by a newer Glassbox (version {version}); it is left alone."
        )
    raise ValueError(f"This is not a Glassbox progress file (version {version!r:.20}).")


def to_text(entries: Mapping[str, Entry]) -> str:
    """Return the text of a progress file."""
    exercises = {name: vars(entries[name]) for name in sorted(entries)}
    return json.dumps({"version": VERSION, "exercises": exercises}, indent=1) + "\n"


def merge(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> Entries:
    """Return what either of two files remembers; merging a file with itself changes nothing."""
    merged = dict(one)
    for name, entry in other.items():
        mine = merged.get(name, Entry())
        first = min(filter(None, (mine.first_passed, entry.first_passed)), default="")
        last = max(mine.last_tried, entry.last_tried)
        attempts = max(mine.attempts, entry.attempts)
        merged[name] = Entry(attempts, mine.passed or entry.passed, first, last)
    return merged


def _entry(fields: Mapping[str, Any]) -> Entry:
    entry = Entry(
        int(fields["attempts"]),
        fields["passed"] is True,
        str(fields["first_passed"]),
        str(fields["last_tried"]),
    )
    if entry.attempts < 0:
        raise ValueError(f"attempts is {entry.attempts}")
    return entry


def _replace(source: Path, target: Path) -> None:
    """Move a file; on Windows another kernel may be reading the target for a moment."""
    for _ in range(40):
        try:
            return os.replace(source, target)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.05)
    return os.replace(source, target)


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "another kernel holds the file"
    return (error.strerror or type(error).__name__).lower()


def _home(path: Path) -> str:
    """Write a path with ~ for the home folder."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)
