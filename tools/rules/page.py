"""One lesson as the rules see it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from tools.notebooks import read

__all__ = ["Cell", "Page", "parse"]

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """A cell with its number in the notebook, counted from 1."""

    number: int
    node: NotebookNode

    @property
    def source(self) -> str:
        """The text of the cell."""
        return self.node.source

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return self.node.cell_type == "code"

    @property
    def tags(self) -> list[str]:
        """The tags in its metadata."""
        return self.node.metadata.get("tags", [])

    @property
    def outputs(self) -> list[NotebookNode]:
        """What the cell showed; nothing for markdown."""
        return self.node.get("outputs", [])

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; `%%px` in the first line is left out."""
        return parse(self.source)

    def __str__(self) -> str:
        first = next((line for line in self.source.splitlines() if line.strip()), "")
        return f"cell {self.number} ({first[:50]!r})"


@dataclass(frozen=True)
class Page:
    """A notebook and where it is, or would be."""

    path: Path
    notebook: NotebookNode = field(repr=False)

    @classmethod
    def of(cls, path: Path) -> Page:
        """Return the page in the file."""
        return cls(path, read(path))

    @property
    def is_start(self) -> bool:
        """Whether it is lesson 00, which teaches nothing yet."""
        return self.path.name.startswith("00_")

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All cells."""
        return tuple(Cell(number, node) for number, node in enumerate(self.notebook.cells, start=1))

    @cached_property
    def code(self) -> tuple[Cell, ...]:
        """The code cells."""
        return tuple(cell for cell in self.cells if cell.is_code)

    @cached_property
    def prose(self) -> tuple[Cell, ...]:
        """The markdown cells."""
        return tuple(cell for cell in self.cells if not cell.is_code)

    def tagged(self, tag: str) -> Iterator[Cell]:
        """Yield the code cells that carry the tag."""
        return (cell for cell in self.code if tag in cell.tags)

    @cached_property
    def lessons_own_code(self) -> tuple[Cell, ...]:
        """The code cells but for the bootstrap cell."""
        return tuple(cell for cell in self.code if "bootstrap" not in cell.tags)

    @cached_property
    def markdown(self) -> str:
        """The text of all markdown cells, fenced code left out."""
        return "\n\n".join(FENCE.sub("", cell.source) for cell in self.prose)


def parse(source: str) -> ast.Module:
    """Return the syntax tree of a cell, empty for one that is no plain Python."""
    if source.startswith("%%px"):
        source = source.partition("\n")[2]
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])
