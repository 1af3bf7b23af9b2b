"""Rules about the code of a lesson: plain Python, honest functions, builds that stand alone."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator

from tools.rules.page import Cell, Page

__all__ = ["asserts", "builds_are_complete", "free_variables", "plain_python"]

INSTALL = re.compile(r"\b(?:pip|conda|mamba|uv|apt|apt-get|brew)\b[^\n]*\binstall\b")
ANONYMOUS = {"listcomp", "setcomp", "dictcomp", "genexpr", "lambda"}
KNOWN = {*dir(builtins), "display", "__name__", "__file__"}
FEWEST_ASSERTS = 6


def plain_python(page: Page) -> list[str]:
    """No magic, install, sys.path, chdir, star import or global warning filter outside the bootstrap cell."""
    return [f"{cell} holds {what}" for cell in page.lessons_own_code for what in _forbidden(cell)]


def _forbidden(cell: Cell) -> Iterator[str]:
    if not cell.tree.body:
        yield "no plain Python: it is empty, or has a magic, a shell line or a syntax error"
    if INSTALL.search(cell.source):
        yield "an install"
    for node in ast.walk(cell.tree):
        text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
        if text in ("sys.path", "os.chdir", "chdir", "get_ipython"):
            yield text
        if text in ("warnings.filterwarnings", "warnings.simplefilter"):
            yield f"{text}, which hides what others should see"
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield f"from {node.module} import *"


def free_variables(page: Page) -> list[str]:
    """Functions read only their arguments, imports, CAPITAL constants, and other functions and classes."""
    allowed = KNOWN | _defined(page.code)
    return [
        f"{cell}: function {function} reads {name!r} from outside"
        for cell in page.lessons_own_code
        for function, name in _reads(cell.tree)
        if name not in allowed and not name.lstrip("_")[:1].isupper()
    ]


def builds_are_complete(page: Page) -> list[str]:
    """Functions of build cells read nothing that only another cell defines."""
    builds = list(page.tagged("build"))
    bound = KNOWN | {name for cell in builds for name in _top_level(cell.tree)}
    return [
        f"{cell}: {function} needs {name!r}, which no build cell defines"
        for cell in builds
        for function, name in _reads(cell.tree)
        if name not in bound
    ]


def asserts(page: Page) -> list[str]:
    """A lesson proves what it says: it asserts or checks at least 6 times."""
    nodes = [node for cell in page.lessons_own_code for node in ast.walk(cell.tree)]
    calls = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    proofs = sum(isinstance(node, ast.Assert) for node in nodes)
    proofs += sum(call == "exercises.check" or call.split(".")[-1].startswith("assert_") for call in calls)
    enough = page.is_start or proofs >= FEWEST_ASSERTS
    return [] if enough else [f"there are {proofs} asserts and checks, fewer than {FEWEST_ASSERTS}"]


def _defined(cells: Iterable[Cell]) -> set[str]:
    """Return the names of imports, functions and classes anywhere on the page."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    statements = [statement for cell in cells for statement in cell.tree.body]
    names = {statement.name for statement in statements if isinstance(statement, kinds)}
    return names | {name for statement in statements for name in _imported(statement)}


def _top_level(tree: ast.Module) -> set[str]:
    """Return every name that the statements of a cell bind."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {node.name for node in tree.body if isinstance(node, kinds)}
    names |= {name for statement in tree.body for name in _imported(statement)}
    stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return names | {node.id for node in stored if isinstance(node.ctx, ast.Store)}


def _imported(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name.split(".")[0]


def _reads(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (function, name) for each name that a function takes from the notebook's own scope."""
    source = ast.unparse(tree)
    for table in symtable.symtable(source, "cell", "exec").get_children():
        for function in _functions(table):
            for name in sorted(_globals(function)):
                yield function.get_name(), name


def _functions(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """Yield the functions and methods; what stands in a cell without a name may read the cell's variables."""
    if table.get_type() == "function" and table.get_name() not in ANONYMOUS:
        yield table
    elif table.get_type() != "function":
        for child in table.get_children():
            yield from _functions(child)


def _globals(table: symtable.SymbolTable) -> set[str]:
    quirk = table.get_name() == "top"  # symtable takes such a function for a module, whose locals are global
    names = {
        s.get_name()
        for s in table.get_symbols()
        if s.is_global() and (s.is_referenced() or s.is_assigned()) and not (quirk and s.is_local())
    }
    return names.union(*(_globals(child) for child in table.get_children()))
