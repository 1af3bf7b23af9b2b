"""Where documents and labels lie, and how a table of them is read."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["ASSETS", "DOCUMENTS", "NOTEBOOKS", "QUESTIONS", "check_dates", "rows"]

ASSETS = Path(__file__).resolve().parents[2] / "assets"
DOCUMENTS = ASSETS / "handbook" / "documents"
QUESTIONS = {"handbook": ASSETS / "handbook" / "questions.csv", "python": ASSETS / "python_questions.csv"}
NOTEBOOKS = ASSETS.parent / "notebooks"


def rows(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a table; a ValueError names what is damaged, a FileNotFoundError what is missing."""
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


def check_dates(where: str, *dates: str) -> None:
    """Refuse a date that is not written like 1998-11-09."""
    for date in dates:
        try:
            written = datetime.date.fromisoformat(date).isoformat()
        except ValueError:
            written = ""
        if written != date:
            raise ValueError(f"the date of {where} is written like 1998-11-09, got {date!r}")
