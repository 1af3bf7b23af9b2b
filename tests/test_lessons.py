"""Lessons: their list, their builds as modules, and the concept index."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from helpers import builds, concepts, exercises, lessons
from helpers.concepts import Concept, ConceptTable, Place
from tools import concepts as page_tool

ROOT = Path(__file__).resolve().parents[1]


def cell(source: str, *tags: str, kind: str = "code") -> dict:
    return {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": {"tags": list(tags)}}


def words(source: str, *tags: str) -> dict:
    return cell(source, *tags, kind="markdown")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A folder of notebooks of its own; returns a function that writes a notebook into it."""
    rows = [
        "id,part,title,question",
        "01_first,I · One,Begin,Why?",
        "02_second,I · One,Go on,How?",
        '03_third,II · Two,"Stop, or not",When?',
    ]
    (tmp_path / "lessons.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setattr(lessons, "NOTEBOOKS", tmp_path)
    monkeypatch.setattr(exercises, "all", lambda: ())
    monkeypatch.setenv("GLASSBOX_PROGRESS", str(tmp_path / "data" / "progress.json"))
    lessons.load.cache_clear()

    def write(lesson_id: str, *cells: dict) -> Path:
        path = tmp_path / f"{lesson_id}.ipynb"
        path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")
        return path

    yield write
    lessons.load.cache_clear()
    for name in [name for name in sys.modules if name.startswith("lesson_0") and "byte_pair" not in name]:
        del sys.modules[name]


BUILDS = (
    cell("raise SystemExit('the lesson itself must not run')"),
    cell(
        "from __future__ import annotations\nimport math\n\nTAU = 2 * math.pi\nPair = tuple[int, int]",
        "build",
    ),
    words("# A text\nraise SystemExit"),
    cell(
        '"""A docstring."""\n\ndef area(radius: float) -> Undefined:\n    """Area of a circle."""\n'
        "    return TAU / 2 * radius**2",
        "build",
        "C001",
    ),
    cell("class Circle:\n    def fail(self):\n        return 1 / 0", "build"),
)


def test_a_lesson_becomes_a_module_of_its_build_cells_and_nothing_else(house):
    house("01_first", *BUILDS)
    module = lessons.load("01_first")
    assert module.area(2.0) == pytest.approx(12.566, abs=1e-3)
    assert module.__name__ == "lesson_01_first" and sys.modules["lesson_01_first"] is module
    assert lessons.load("01_first") is module, "made once"
    assert module.Circle.__module__ == "lesson_01_first"


def test_the_source_of_a_build_can_be_inspected_and_stands_in_tracebacks(house):
    house("01_first", *BUILDS)
    module = lessons.load("01_first")
    assert inspect.getsource(module.area).startswith("def area(radius: float)")
    assert inspect.getsource(module.Circle) == "class Circle:\n    def fail(self):\n        return 1 / 0\n"
    with pytest.raises(ZeroDivisionError) as caught:
        module.Circle().fail()
    shown = "".join(traceback.format_exception(caught.value))
    assert "<builds of 01_first.ipynb>" in shown and "return 1 / 0" in shown
    assert "# 01_first.ipynb, cell 5" in inspect.getsource(module)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "import math\nprint(math.pi)",
            "Build cell 2 of 01_first.ipynb holds `print\\(math.pi\\)` in line 2",
        ),
        ("x = 1", "holds `x = 1` in line 1"),
        ("for i in range(3):\n    pass", "holds `for i in range\\(3\\):` in line 1"),
        ("A, b = 1, 2", "holds `A, b = "),
        ("if True:\n    A = 1", "holds `if True:`"),
        ("%timeit 1", "Build cell 2 of 01_first.ipynb is not plain Python: line 1"),
        ("def f(:", "is not plain Python: line 1"),
    ],
)
def test_a_build_cell_that_does_something_is_refused_by_name_and_line(house, source, message):
    house("01_first", words("# One"), cell(source, "build"))
    with pytest.raises(ValueError, match=message):
        lessons.load("01_first")
    assert "lesson_01_first" not in sys.modules


@pytest.mark.parametrize(
    "source", ["def f(): ...", "A = 1", "A: int = 1", "Row = list[int]", "async def f(): ..."]
)
def test_definitions_of_every_kind_are_builds(house, source):
    house("01_first", cell(source, "build"))
    assert lessons.load("01_first")


def test_a_build_that_fails_to_run_leaves_no_half_module(house):
    house("01_first", cell("import no_such_module", "build"))
    with pytest.raises(ModuleNotFoundError):
        lessons.load("01_first")
    assert "lesson_01_first" not in sys.modules


def test_what_cannot_be_loaded_is_said_in_one_sentence(house):
    house("01_first", words("# One"))
    (lessons.NOTEBOOKS / "03_third.ipynb").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match=r'01_first.ipynb has no cell tagged "build"'):
        lessons.load("01_first")
    with pytest.raises(ValueError, match="Lesson '02_second' is not written yet"):
        lessons.load("02_second")
    with pytest.raises(ValueError, match=r"03_third.ipynb is not a notebook file"):
        lessons.load("03_third")
    with pytest.raises(ValueError, match=r"no lesson '01_frist'. Did you mean '01_first'"):
        lessons.load("01_frist")
    with pytest.raises(ValueError, match="Did you mean '02_second'"):
        lessons.load("2_secnd")
    with pytest.raises(ValueError, match=r"There is no lesson 'xyz'\."):
        lessons.load("xyz")


# Concepts

CONCEPTS = """id,lesson,statement,verdict,correction
C001,01_first,A circle has an area.,correct,
C002,01_first,"Pi is 3, a | number.",wrong,"Pi is 3.14159…, irrational."
C003,02_second,Tokenisation splits text.,imprecise,Into pieces.
"""


@pytest.fixture
def index(house):
    (lessons.NOTEBOOKS / "concepts.csv").write_text(CONCEPTS, encoding="utf-8")
    house(
        "01_first",
        words("# Circles"),
        cell("1", "C002"),
        words("Some words\n## 1. Area of a circle\n```\n# no heading\n```"),
        cell("def area(): ...", "build", "C001", "exercise"),
        words("### Deeper\nshown here", "C001"),
    )
    return lessons.concepts()


def test_each_concept_knows_the_sections_that_show_it(index):
    assert [row.id for row in index] == ["C001", "C002", "C003"]
    assert index[0].places == (Place("01_first", "1. Area of a circle", 4), Place("01_first", "Deeper", 5))
    assert index[1].places == (Place("01_first", "Circles", 2),)
    assert index[2].places == ()
    assert index[0].sections == index[0].places
    assert index[0].places[0].link == "01_first.ipynb#1.-Area-of-a-circle"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("circle", ["C001", "C002"]),
        ("AREA", ["C001"]),
        ("pi", ["C002"]),
        ("circel area", ["C001"]),
        ("tokenisaton", ["C003"]),
        ("token", ["C003"]),
        ("C003", ["C003"]),
        ("wrong", ["C002"]),
        ("irrational number", ["C002"]),
        ("deeper", ["C001"]),
        ("quantum", []),
        ("", []),
        ("?!", []),
    ],
)
def test_search_forgives_case_and_small_typos(index, text, found):
    assert [row.id for row in lessons.search(text)] == found


def test_a_section_is_named_once_and_without_dots_and_minutes():
    places = [
        Place("04_x", f"Exercise 04.{name} · Merge · 8 min · ●●○", cell) for cell, name in enumerate("aab")
    ]
    row = Concept("C001", "04_x", "One.", "correct", "", tuple(places))
    assert row.sections == (places[0], places[2])
    assert repr(ConceptTable((row,))).endswith("→ 04_x, Exercise 04.a · Merge; 04_x, Exercise 04.b · Merge")


def test_search_says_what_it_found_and_what_it_left_out(index):
    assert repr(lessons.search("quantum")) == "No concept of the finished lessons matches 'quantum'."
    assert repr(lessons.search("circle", limit=1)).splitlines()[0] == (
        "2 concepts for 'circle', the first 1 of them:"
    )


def test_the_best_match_comes_first():
    rows = [
        Concept("C001", "01_first", "The merges of pairs.", "correct", ""),
        Concept("C002", "01_first", "A merge joins a pair.", "correct", ""),
    ]
    assert [row.id for row in concepts.search(rows, "merge pair")] == ["C002", "C001"]


def test_a_table_shows_itself_as_html_text_and_markdown(index):
    page = index._repr_mimebundle_()["text/html"]
    assert '<a href="01_first.ipynb#1.-Area-of-a-circle">01 · 1. Area of a circle</a>' in page
    assert page.count("<tr>") == 4 and 'scope="col"' in page
    assert (
        "C002 [wrong] Pi is 3, a | number. Correction: Pi is 3.14159…, irrational. → 01_first, Circles"
    ) in repr(index)
    lines = index.markdown().splitlines()
    assert len(lines) == 5 and "a \\| number" in lines[3]
    assert "[01 · Circles](01_first.ipynb)" in lines[3]


def test_a_statement_cannot_break_the_page():
    table = ConceptTable((Concept("C001", "01_first", "<b> [x](y) $a$ `c` *d*\nnew", "wrong", "e_f"),))
    assert "<b>" not in table._repr_mimebundle_()["text/html"].replace("<tbody>", "")
    row = table.markdown().splitlines()[2]
    assert "\\<b\\>" in row and "\\$a\\$" in row and "\\`c\\`" in row and "e\\_f" in row


def test_the_page_of_concepts_is_written_and_checked(index, monkeypatch, capsys):
    monkeypatch.setattr(page_tool, "PAGE", lessons.NOTEBOOKS / "CONCEPTS.md")
    assert page_tool.main(["--check"]) == 1
    assert "CONCEPTS.md is out of date; run `python -m tools.concepts`" in capsys.readouterr().err
    assert page_tool.main([]) == 0 == page_tool.main(["--check"])
    text = page_tool.PAGE.read_text(encoding="utf-8")
    assert "## 01 Begin" in text and "## 02 Go on" in text and "## 03" not in text


# The map


def test_the_map_marks_what_is_ready_and_what_is_done(house, monkeypatch):
    house("01_first")
    house("02_second")
    passed = {"01_first": (2, 2), "02_second": (1, 3), "03_third": (0, 0)}
    overview = lessons.LessonMap(lessons.all(), passed)
    assert repr(overview).splitlines() == [
        "I · One",
        "  ✓ 01 Begin · 2 of 2 exercises",
        "  ● 02 Go on · 1 of 3 exercises",
        "II · Two",
        "  ○ 03 Stop, or not",
        "✓ all exercises passed · ● ready · ○ being written",
    ]
    page = overview._repr_mimebundle_()["text/html"]
    assert '<a href="02_second.ipynb">02 Go on</a>' in page and "03_third.ipynb" not in page
    assert "[01 Begin](notebooks/01_first.ipynb)" in overview.markdown(prefix="notebooks/")
    assert "03 Stop, or not *(being written)*" in overview.markdown()
    assert repr(lessons.map_of_lessons()).count("●") == 3, "nothing passed yet; one is the legend"


# The lessons there are


def test_the_list_holds_the_whole_curriculum_in_order():
    known = lessons.all()
    assert [lesson.number for lesson in known] == [f"{number:02}" for number in range(28)]
    assert known[4].id == "04_byte_pair_encoding"
    for lesson in known:
        assert re.fullmatch(r"\d\d_[a-z_]+", lesson.id)
        assert lesson.question.endswith("?") and lesson.title[0].isupper() and len(lesson.title) < 45
    parts = [lesson.part for lesson in known]
    assert sorted(set(parts), key=parts.index) == list(dict.fromkeys(parts))
    assert len(set(parts)) == 10


def test_every_notebook_is_in_the_list():
    listed = {lesson.path.name for lesson in lessons.all()}
    assert {path.name for path in lessons.NOTEBOOKS.glob("*.ipynb")} <= listed


def finished():
    return [lesson for lesson in lessons.all() if lesson.is_finished]


@pytest.mark.parametrize("lesson", finished(), ids=lambda lesson: lesson.id)
def test_the_builds_of_a_lesson_load_in_a_fresh_python(lesson):
    tagged = any(builds.BUILD_TAG in builds.cell_tags(cell) for cell in builds.read_cells(lesson.path))
    if not tagged:
        pytest.skip("this lesson builds nothing")
    command = f"from helpers import lessons; print(lessons.load({lesson.id!r}).__name__)"
    result = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout == f"lesson_{lesson.id}\n", result.stderr


def test_statements_and_tags_hold_together():
    rows = lessons.concepts()
    done = {lesson.id for lesson in finished()}
    verdicts = {"correct", "imprecise", "wrong", "outdated", "opinion"}
    assert len({row.id for row in rows}) == len(rows)
    for row in rows:
        assert row.lesson in done, f"{row.id} belongs to {row.lesson}, which is not finished"
        assert row.verdict in verdicts, row
        assert row.correction or row.verdict in {"correct", "opinion"}, f"{row.id} has no correction"
        assert any(place.lesson == row.lesson for place in row.places), (
            f"no cell of {row.lesson} shows {row.id}"
        )
    known = {row.id for row in rows}
    for lesson in finished():
        assert set(concepts.places_in(lesson.path)) <= known, f"{lesson.id} has tags without a statement"


def test_the_page_of_concepts_is_up_to_date():
    assert page_tool.main(["--check"]) == 0, "run `python -m tools.concepts`"
