"""Rules about cells: what is stored, tags, sizes, and the two cells that every lesson opens with."""

from __future__ import annotations

import ast
import re
from itertools import groupby

from tools import limits, normalise
from tools.rules.page import Cell, Page

__all__ = [
    "bootstrap",
    "counts",
    "figures_have_words",
    "ignored",
    "lengths",
    "local_paths",
    "outputs",
    "rows_of_code",
    "setup",
    "size",
    "stored_form",
    "tags",
    "warnings",
]

BOOTSTRAP = normalise.ROOT / "tools" / "bootstrap_cell.py.txt"
TAGS = {"bootstrap", "setup", "build", "exercise", "explorer", "nbval-ignore-output", "raises-exception"}
CONCEPT = re.compile(r"C\d{3}")
MARKER = re.compile(r"^\s*#\s*(?:NBVAL_|PYTEST_VALIDATE)", re.MULTILINE)
LOCAL_PATH = re.compile(r"(?<![\w.])(?:/home/|/root/|/tmp/|/Users/|/var/folders/|[A-Z]:\\)[\w.\\/-]*")
MOST_LINES, MOST_IN_A_ROW, MOST_IMPORTS = 40, 3, 8
IGNORED_SHARE = 0.2


def counts(page: Page) -> list[str]:
    """Every code cell was run, in order: the counts are 1, 2, 3, …"""
    return [
        f"{cell} has the execution count {cell.node.execution_count}, not {place}"
        for place, cell in enumerate(page.code, start=1)
        if cell.node.execution_count != place
    ]


def outputs(page: Page) -> list[str]:
    """Explorers and exercises show something, an explorer a picture with words."""
    found = []
    for cell in page.code:
        kinds = {mime for output in cell.outputs for mime in output.get("data", {})}
        if "exercise" in cell.tags and "text/plain" not in kinds:
            found.append(f"{cell} is an exercise and shows no card")
        if "explorer" in cell.tags and not {"image/png", "text/plain"} <= kinds:
            found.append(f"{cell} is an explorer and shows no picture with words")
    if not any(cell.outputs for cell in page.code):
        found.append("no cell has an output")
    return found


def tags(page: Page) -> list[str]:
    """Tags are known ones or concept ids, each at most once on a cell, and nothing else steers nbval."""
    found = []
    for cell in page.cells:
        strange = [tag for tag in cell.tags if tag not in TAGS and not CONCEPT.fullmatch(tag)]
        found += [f"{cell} has the unknown tag {tag!r}" for tag in strange]
        found += [f"{cell} has a tag twice: {cell.tags}"] if len(set(cell.tags)) < len(cell.tags) else []
        found += [f"{cell} steers nbval by a comment"] if cell.is_code and MARKER.search(cell.source) else []
        if not cell.is_code and TAGS & set(cell.tags):
            found.append(f"{cell} is markdown and has the tag of a code cell: {cell.tags}")
    return found


def ignored(page: Page) -> list[str]:
    """Outputs that are not compared are the exception: such a cell has one, and they are at most a fifth."""
    hidden = list(page.tagged("nbval-ignore-output"))
    found = [f"{cell} has no output to ignore" for cell in hidden if not cell.outputs]
    if len(hidden) > max(1, IGNORED_SHARE * len(page.code)):
        found.append(f"the outputs of {len(hidden)} of {len(page.code)} code cells are not compared")
    return found


def bootstrap(page: Page) -> list[str]:
    """The first code cell, and no other, is the bootstrap cell, and it is silent."""
    found = [f"{cell} is a second bootstrap cell" for cell in list(page.tagged("bootstrap"))[1:]]
    if not page.code or "bootstrap" not in page.code[0].tags:
        return [*found, "the first code cell has no tag bootstrap"]
    if page.code[0].source.strip() != BOOTSTRAP.read_text(encoding="utf-8").strip():
        found.append(f"the bootstrap cell differs from {BOOTSTRAP.name}")
    if page.code[0].outputs:
        found.append("the bootstrap cell shows something")
    return found


def setup(page: Page) -> list[str]:
    """One setup cell follows the bootstrap cell, with at most 8 imports and the only seed call."""
    cells = list(page.tagged("setup"))
    if len(cells) != 1 or page.code[1:2] != (cells[0],):
        return [f"there are {len(cells)} setup cells; one has to be the second code cell"]
    imports = [node for node in ast.walk(cells[0].tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    found = [f"the setup cell has {len(imports)} import lines"] if len(imports) > MOST_IMPORTS else []
    starts = [cell for cell in page.code if "runtime.start(" in cell.source]
    if starts != cells:
        places = ", ".join(map(str, starts)) or "nowhere"
        found.append(f"runtime.start is called in the setup cell only, not: {places}")
    return found


def stored_form(page: Page) -> list[str]:
    """The file is in the form that the tool gives it."""
    if not page.path.is_file():
        return []
    canonical = normalise.dumps(normalise.notebook(page.notebook))
    same = canonical == page.path.read_text(encoding="utf-8")
    return [] if same else ["the file is not in canonical form: run python -m tools.notebooks"]


def size(page: Page) -> list[str]:
    """The file has at most 1 MB."""
    taken = len(normalise.dumps(page.notebook).encode("utf-8"))
    return [f"the notebook has {taken:,} bytes"] if taken > limits.BYTES else []


def lengths(page: Page) -> list[str]:
    """No code cell has more than 40 non-blank lines."""
    return [
        f"{cell} has {lines} lines"
        for cell in page.code
        if (lines := sum(bool(line.strip()) for line in cell.source.splitlines())) > MOST_LINES
    ]


def rows_of_code(page: Page) -> list[str]:
    """At most 3 code cells stand in a row."""
    runs = [list(run) for is_code, run in groupby(page.cells, lambda cell: cell.is_code) if is_code]
    return [f"{len(run)} code cells in a row from {run[0]}" for run in runs if len(run) > MOST_IN_A_ROW]


def warnings(page: Page) -> list[str]:
    """No stored output is a warning, a progress bar or an error that nobody expected."""
    found = []
    for cell in page.code:
        if any(output.get("name") == "stderr" for output in cell.outputs):
            found.append(f"{cell} writes to stderr")
        failed = any(output.output_type == "error" for output in cell.outputs)
        if failed != ("raises-exception" in cell.tags):
            found.append(f"{cell} {'raises' if failed else 'does not raise'}, against its tags")
    return found


def local_paths(page: Page) -> list[str]:
    """No stored output names a folder of the machine that ran it."""
    return [
        f"{cell} shows {found.group()}"
        for cell in page.code
        for text in _texts(cell)
        if (found := LOCAL_PATH.search(text))
    ]


def figures_have_words(page: Page) -> list[str]:
    """Each picture among the outputs has a sentence beside it that says what is seen."""
    found = []
    for cell in page.code:
        for output in cell.outputs:
            data = output.get("data", {})
            words = str(data.get("text/plain", "")).strip()
            drawn = any(mime.startswith("image/") for mime in data)
            if drawn and (words.startswith("<") or len(words.split()) < 3):
                found.append(f"{cell} shows a picture whose text is {words!r}")
    return found


def _texts(cell: Cell) -> list[str]:
    texts = [output[key] for output in cell.outputs for key in ("text", "evalue") if key in output]
    shown = [datum for output in cell.outputs for datum in output.get("data", {}).items()]
    return texts + [str(datum) for mime, datum in shown if mime.startswith("text/")]
