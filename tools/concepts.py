"""Write `notebooks/CONCEPTS.md`, the concept index as a page, or check that it is up to date.

Run as `python -m tools.concepts` to write it, with `--check` to compare only (exit status 1 when it differs).
"""

from __future__ import annotations

import argparse
import sys
from itertools import groupby

from helpers import lessons
from helpers.concepts import ConceptTable

__all__ = ["PAGE", "main", "page"]

PAGE = lessons.NOTEBOOKS / "CONCEPTS.md"
INTRODUCTION = """\
# Concepts

Every statement of the study notes that the finished lessons deal with: what is said, whether it is right,
what we would say instead, and the section that shows it. In a notebook, `lessons.search("words")` searches
this list.

*Made by `python -m tools.concepts` from `concepts.csv` and the tags of the notebooks' cells; do not edit.*
"""


def page() -> str:
    """Return the text of the page."""
    parts = [INTRODUCTION]
    rows = sorted(lessons.concepts(), key=lambda row: (row.lesson, row.id))
    for lesson_id, members in groupby(rows, key=lambda row: row.lesson):
        lesson = lessons.get(lesson_id)
        parts.append(f"## {lesson.number} {lesson.title}\n\n{ConceptTable(tuple(members)).markdown()}\n")
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page; return the exit status."""
    parser = argparse.ArgumentParser(description="Write notebooks/CONCEPTS.md.")
    parser.add_argument("--check", action="store_true", help="compare with the file and write nothing")
    if parser.parse_args(arguments).check:
        current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        if current == page():
            return 0
        print(f"{PAGE.name} is out of date; run `python -m tools.concepts`.", file=sys.stderr)
        return 1
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
