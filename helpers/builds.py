"""Make a module of a notebook's build cells, the one home of from-scratch code."""

from __future__ import annotations

import ast
import json
import linecache
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["BUILD_TAG", "build_module", "cell_source", "cell_tags", "read_cells"]

BUILD_TAG = "build"
FUTURE = "from __future__ import annotations"


def read_cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file.

    Raises:
        ValueError: the file is not a notebook.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not a notebook file: {error}.") from error


def cell_source(cell: dict[str, Any]) -> str:
    """Return the text of a cell, which the file keeps as one string or as a list of lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def cell_tags(cell: dict[str, Any]) -> list[str]:
    """Return the tags of a cell."""
    return cell.get("metadata", {}).get("tags", [])


def build_module(path: Path, name: str) -> types.ModuleType:
    """Execute the build cells of the notebook at `path`, and nothing else, as a module called `name`.

    The source is registered so that tracebacks and `inspect.getsource` show it.

    Raises:
        ValueError: there is no build cell, or one holds more than imports and definitions.
    """
    source = "".join(_sources(path))
    if not source:
        raise ValueError(f'{path.name} has no cell tagged "{BUILD_TAG}".')
    module = types.ModuleType(name, f"The builds of {path.name}.")
    module.__file__ = f"<builds of {path.name}>"
    linecache.cache[module.__file__] = (len(source), None, source.splitlines(keepends=True), module.__file__)
    sys.modules[name] = module
    try:
        exec(compile(source, module.__file__, "exec", dont_inherit=True), module.__dict__)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _sources(path: Path) -> Iterator[str]:
    """Yield the source of each build cell under a comment that names the cell, a future import first."""
    cells = [
        (number, cell_source(cell))
        for number, cell in enumerate(read_cells(path), start=1)
        if cell.get("cell_type") == "code" and BUILD_TAG in cell_tags(cell)
    ]
    if any(FUTURE in source for _, source in cells):
        yield f"{FUTURE}\n\n"
    for number, source in cells:
        _refuse_statements(path, number, source)
        yield f"# {path.name}, cell {number}\n{source.replace(FUTURE, '# ' + FUTURE)}\n\n\n"


def _refuse_statements(path: Path, number: int, source: str) -> None:
    place = f"Build cell {number} of {path.name}"
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ValueError(f"{place} is not plain Python: line {error.lineno}, {error.msg}.") from error
    for statement in tree.body:
        if not _is_definition(statement):
            code = ast.unparse(statement).splitlines()[0][:60]
            raise ValueError(
                f"{place} holds `{code}` in line {statement.lineno}; a build cell holds only imports, "
                "functions, classes, CAPITAL constants and type names."
            )


def _is_definition(statement: ast.stmt) -> bool:
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    if isinstance(statement, kinds) or type(statement).__name__ == "TypeAlias":
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return all(isinstance(target, ast.Name) and target.id[0].isupper() for target in targets)
    return False
