"""Each rule of `tools.rules` is content with a good page and red on a page that breaks it."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import exercises
from tools import normalise
from tools.links import address_of
from tools.rules import RULES, Page
from tools.rules.cells import BOOTSTRAP
from tools.rules.prose import anchors, targets
from tools.rules.registers import concept_rows

NOTEBOOKS = normalise.ROOT / "notebooks"
NAME = "04_byte_pair_encoding"
DOT = (  # a PNG of one pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAMAAAAoyzS7AAAAA1BMVEX/AAAZ4gk3"
    "AAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
COLAB = "https://colab.research.google.com/"
LAUNCH = (
    f"**Open in** [Binder](https://mybinder.org/v2/gh/{address_of()}/HEAD"
    f"?urlpath=lab%2Ftree%2Fnotebooks%2F{NAME}.ipynb) · [Colab]"
    f"({COLAB}github/{address_of()}/blob/main/notebooks/{NAME}.ipynb)"
)
BUILD = """import math

LIMIT = 3
Pair = tuple[int, int]


def root(x: float) -> float:
    return math.sqrt(x) + LIMIT
"""
ASSERTS = "values = [root(n) for n in range(3)]\n" + "assert all(value >= LIMIT for value in values)\n" * 6
FINE = """
x = [root(n) for n in range(3)]
===
import math as m

def f(a, *b, c=1, **d):
    e = [a * i for i in b]
    return m.sqrt(e[0]) + LIMIT + _LIMIT
===
class A(dict):
    size = 3

    def f(self) -> Pair:
        return A, root(2), self.size, __name__, display(1)
===
rate = 2
pairs = sorted([1], key=lambda n: n * rate)
===
def f(n):
    def g():
        return n + f(n - 1)
    return g()
===
def top(query, k):
    found = sorted(query)
    return found[:k]
"""


def _code(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    return new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)} if tags else {})


def _words(text: str) -> NotebookNode:
    return new_output("display_data", {"text/plain": text})


def _picture(text: str = "Three bars that fall from left to right.") -> NotebookNode:
    return new_output("display_data", {"image/png": DOT, "text/plain": text})


def _good() -> NotebookNode:
    """Return a notebook that keeps every rule."""
    owned = sorted(row["id"] for row in concept_rows(NOTEBOOKS) if row["lesson"] == NAME)
    cells = [
        new_markdown_cell(f"# 04 · Train a tokenizer\n\n{LAUNCH}\n\n" + "word " * 1_300),
        _code(BOOTSTRAP.read_text(encoding="utf-8"), tags=("bootstrap",)),
        _code("from helpers import exercises, runtime\n\nrun = runtime.start(seed=4)", tags=("setup",)),
        new_markdown_cell("## 1. A `part`\n\n![a red dot](dot.png) and [the first part](#1.-A-part)"),
        _code(BUILD, tags=("build",)),
        _code(ASSERTS + "print(values)", new_output("stream", text="[3.0]\n"), tags=tuple(owned)),
        _code("draw()", _picture(), tags=("explorer",)),
        new_markdown_cell("Time is not compared."),
        _code("print(0.1, 's')", new_output("stream", text="0.1 s\n"), tags=("nbval-ignore-output",)),
    ]
    for one in exercises.all():
        if one.id.startswith("04."):
            cells.append(new_markdown_cell(f"Try it.\n\n### {one.heading}\n\nDo."))
            check = f'{one.blank()}\n\n\nexercises.check("{one.id}", {one.answer_name})'
            cells.append(_code(check, _words("Not attempted yet."), tags=("exercise",)))
    notebook = new_notebook(cells=cells)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
    return normalise.notebook(notebook)


@pytest.fixture
def page(tmp_path) -> Callable[[Callable], Page]:
    """Write the good notebook after a change to it, beside what it links to, and return the page."""

    def write(change: Callable[[NotebookNode], object] = lambda notebook: None) -> Page:
        for table in NOTEBOOKS.glob("*.csv"):
            shutil.copy(table, tmp_path)
        (tmp_path / "dot.png").write_bytes(b"")
        notebook = _good()
        change(notebook)
        path = tmp_path / f"{NAME}.ipynb"
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
        return Page.of(path)

    return write


def _find(notebook: NotebookNode, tag: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", []))


def _say(text: str) -> Callable:
    """Return a change that adds text to the second markdown cell."""

    def change(notebook):
        notebook.cells[3].source += f"\n\n{text}"

    return change


def _write(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = (), at: int = 4) -> Callable:
    """Return a change that inserts a code cell."""

    def change(notebook):
        notebook.cells.insert(at, _code(source, *outputs, tags=tags))

    return change


def _edit(tag: str, old: str, new: str) -> Callable:
    """Return a change to the text of the first cell with the tag."""

    def change(notebook):
        cell = _find(notebook, tag)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def _retag(tag: str, *tags: str) -> Callable:
    """Return a change of the tags of the first cell with the tag."""

    def change(notebook):
        _find(notebook, tag).metadata.tags = list(tags)

    return change


def _show(tag: str, *outputs: NotebookNode) -> Callable:
    """Return a change of what the first cell with the tag shows."""

    def change(notebook):
        _find(notebook, tag).outputs = list(outputs)

    return change


def _stderr() -> NotebookNode:
    return new_output("stream", name="stderr", text="UserWarning\n")


def _error() -> NotebookNode:
    return new_output("error", ename="KeyError", evalue="k", traceback=[])


def _heading(old: str, new: str) -> Callable:
    """Return a change to all markdown."""

    def change(notebook):
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(old, new)

    return change


PLANTED: dict[str, dict[str, Callable]] = {
    "every code cell was run, in order": {
        "one never run": lambda nb: nb.cells[4].update(execution_count=None),
        "out of order": lambda nb: nb.cells[4].update(execution_count=9),
    },
    "explorers and exercises show something": {
        "no card": _show("exercise"),
        "no picture": _show("explorer", _words("a slider")),
        "nothing anywhere": lambda nb: [
            cell.update(outputs=[]) for cell in nb.cells if cell.cell_type == "code"
        ],
    },
    "tags are known ones or concepts": {
        "unknown": _retag("build", "biuld"),
        "nbval-skip": _retag("build", "nbval-skip"),
        "twice": _retag("build", "build", "build"),
        "a comment": _edit("build", "import math", "# NBVAL_IGNORE_OUTPUT\nimport math"),
        "on markdown": lambda nb: nb.cells[3].metadata.update(tags=["build"]),
    },
    "few outputs are left uncompared": {
        "nothing to ignore": _show("nbval-ignore-output"),
        "too many": lambda nb: [
            cell.metadata.update(tags=["nbval-ignore-output"])
            for cell in nb.cells
            if cell.cell_type == "code"
        ],
    },
    "the first code cell is the bootstrap cell": {
        "changed": _edit("bootstrap", "import sys", "import os, sys"),
        "no tag": _retag("bootstrap"),
        "a second": _retag("build", "bootstrap"),
        "later": lambda nb: nb.cells.insert(1, _code("1")),
        "loud": _show("bootstrap", _words("hello")),
    },
    "one setup cell has few imports and the seed": {
        "nine imports": _edit("setup", "run =", "import os\n" * 8 + "run ="),
        "two cells": _retag("build", "setup"),
        "none": _retag("setup"),
        "not second": lambda nb: nb.cells.insert(2, _code("1")),
        "a second seed": _write("runtime.start(seed=5)"),
        "no seed": _edit("setup", "run = runtime.start(seed=4)", "run = 1"),
    },
    "the file is in canonical form": {
        "metadata": lambda nb: nb.cells[4].metadata.update(collapsed=True),
        "widget state": lambda nb: nb.metadata.update(widgets={}),
        "kernel": lambda nb: nb.metadata.kernelspec.update(name="mine"),
    },
    "the file has at most 1 MB": {"long": _say("x" * 1_000_000)},
    "no code cell has more than 40 lines": {"41": _write("x = 1\n" * 41)},
    "at most 3 code cells stand in a row": {"4": _write("x = 1", at=5)},
    "no output is a warning or an unexpected error": {
        "warning": _show("build", _stderr()),
        "error": _show("build", _error()),
        "no error": _retag("build", "raises-exception"),
    },
    "no output names a folder of the machine": {
        "printed": _show("build", new_output("stream", text="saved in /home/ada/x\n")),
        "value": _show("build", _words("PosixPath('/tmp/abc')")),
        "Windows": _show("build", _words(r"C:\Users\ada")),
    },
    "every picture has words beside it": {
        "a repr": _show("explorer", _picture("<Figure size 640x480 with 1 Axes>")),
        "nothing": _show("explorer", new_output("display_data", {"image/png": DOT})),
        "one word": _show("explorer", _picture("picture")),
    },
    "code is plain Python without installs": {
        "magic": _write("%time 1"),
        "cell magic": _write("%%time\n1"),
        "shell": _write("x = 1\n!ls"),
        "install": _write("import subprocess\nsubprocess.run('pip install torch', shell=True)"),
        "sys.path": _write("import sys\nsys.path.append('..')"),
        "chdir": _write("import os\nos.chdir('..')"),
        "star": _write("from math import *"),
        "get_ipython": _write("get_ipython().system('ls')"),
        "filter": _write("import warnings\nwarnings.filterwarnings('ignore')"),
        "empty": _write(""),
    },
    "functions have no free variables": {
        "function": _write("tau = 1\ndef f(x):\n    return x * tau"),
        "method": _write("tau = 1\nclass A:\n    def f(self):\n        return tau"),
        "nested": _write(
            "tau = 1\ndef f():\n    def g():\n        return [tau for _ in range(3)]\n    return g"
        ),
        "a function called top": _write("tau = 1\ndef top(x):\n    y = x\n    return y * tau"),
        "lambda within": _write("tau = 1\ndef f():\n    return lambda x: x * tau"),
        "global": _write("tau = 1\ndef f():\n    global tau\n    tau = 2"),
    },
    "builds need no other cell": {
        "constant": _write("def f():\n    return OTHER", tags=("build",)),
        "function": lambda nb: [
            _write("def helper(): return 1")(nb),
            _write("def f():\n    return helper()", tags=("build",))(nb),
        ],
    },
    "a lesson asserts what it says": {
        "too few": lambda nb: [
            cell.update(source=cell.source.replace("assert ", "").replace("exercises.check", "print"))
            for cell in nb.cells
        ]
    },
    "every relative link resolves": {
        "file": _say("[next](05_subword_tokenizers_of_old.ipynb)"),
        "image": _say("![a blue dot](blue.png)"),
        "anchor": _say("[section](#2.-Nowhere)"),
        "html": _say('<a href="nowhere.md">there</a>'),
        "http": _say("[page](http://example.org)"),
        "anchor of another": _say(f"[section]({NAME}.ipynb#Nowhere)"),
    },
    "every image has alt text": {
        "markdown": _say("![](dot.png)"),
        "html": _say('<img src="dot.png">'),
        "empty": _say('<img src="dot.png" alt="">'),
        "output": _show(
            "build", new_output("display_data", {"text/html": "<img src='x'>", "text/plain": "x"})
        ),
    },
    "no image is fetched from the network": {
        "markdown": _say("![a blue dot](https://example.org/dot.png)"),
        "html": _say('<img src="https://example.org/dot.png" alt="a blue dot">'),
    },
    "the text has 1,200 to 3,500 words": {
        "short": _heading("word ", ""),
        "long": _say("word " * 2_400),
        "long between signs": _say("a < b " + "word " * 2_400 + "> c"),
    },
    "the page opens with title and launch links": {
        "no title": _heading("# 04 · ", "# "),
        "other page": _heading("encoding.ipynb)", "decoding.ipynb)"),
        "other repository": _heading(address_of(), "some/where"),
    },
    "every exercise cell agrees with its registered exercise": {
        "minutes": _heading(" min · ", "0 min · "),
        "dots": _heading("●", "○"),
        "unknown": _edit("exercise", 'check("04.', 'check("04.not'),
        "missing": lambda nb: nb.cells.remove(_find(nb, "exercise")),
        "no tag": _retag("exercise"),
        "no check": _edit("exercise", "exercises.check", "print"),
        "not last": lambda nb: _find(nb, "exercise").update(
            source=_find(nb, "exercise").source + "\nprint(1)"
        ),
        "solved": _edit("exercise", "\n    ...", "\n    return 1"),
        "other name": _edit("exercise", ", ", ", not_"),
    },
    "every exercise is complete": {},
    "every concept is shown and every concept tag is known": {
        "not shown": lambda nb: [cell.metadata.pop("tags", None) for cell in nb.cells],
        "unknown": _retag("build", "C999"),
    },
}
CASES = [(rule, case) for rule, cases in PLANTED.items() for case in cases]


def test_every_rule_has_a_page_that_breaks_it():
    assert PLANTED.keys() == RULES.keys()


@pytest.mark.parametrize("rule", RULES)
def test_a_good_page_has_no_complaint(page, rule):
    assert RULES[rule](page()) == []


@pytest.mark.parametrize(("rule", "case"), CASES, ids=lambda value: value)
def test_a_page_that_breaks_the_rule_is_told(page, rule, case):
    assert RULES[rule](page(PLANTED[rule][case]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"misconceptions": ()}, "fewer than 3 misconceptions"),
        ({"hints": (" ",)}, "no hint"),
        ({"title": ""}, "no title"),
        ({"difficulty": 4}, "no title, minutes or difficulty"),
        ({"minutes": 0}, "no title, minutes or difficulty"),
    ],
)
def test_an_incomplete_exercise_is_told(page, monkeypatch, change, said):
    one = next(one for one in exercises.all() if one.id.startswith("04."))
    lacking = dataclasses.replace(one, **change)
    monkeypatch.setattr(exercises, "all", lambda: (lacking,))
    assert said in RULES["every exercise is complete"](page())[0]


def test_functions_may_read_what_anybody_can_look_up(page):
    for source in FINE.split("===\n"):
        assert RULES["functions have no free variables"](page(_write(source))) == [], source


def test_the_px_magic_of_a_cluster_lesson_is_allowed(page):
    assert RULES["code is plain Python without installs"](page(_write("%%px\nimport math\nmath.pi"))) == []


def test_links_are_found_in_every_form_and_not_in_code():
    text = "[a](one.md) [![b](two.png)](three.md) ![c](four.png 'title') <a href='five.md'>d</a>\n"
    assert sorted(targets(text + "`[e](six.md)`\n```\n[f](seven.md)\n```")) == [
        *("five.md", "four.png", "one.md", "three.md", "two.png")
    ]


def test_anchors_are_made_as_each_site_makes_them():
    text = "## 2. The `trick` of 1994: name it\n```\n# no heading\n```\n"
    assert anchors(text, github=False) == {"2.-The-trick-of-1994:-name-it"}
    assert anchors(text, github=True) == {"2-the-trick-of-1994-name-it"}
