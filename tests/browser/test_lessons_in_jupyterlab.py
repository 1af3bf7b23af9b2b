"""A learner opens a lesson in JupyterLab, runs it, moves an explorer, does an exercise wrong and right."""

from __future__ import annotations

import ast
import os
import re
import time
from dataclasses import dataclass

import pytest
from lab import ROOT
from lesson_tab import LessonTab, text_of
from playwright.sync_api import Locator, expect

from helpers import exercises, lessons

SCREENSHOTS = ROOT / "screenshots"
START_SECONDS = 10.0
PICTURE_SECONDS = 0.3
SHOWN_OR_ALERT = (
    "() => window.glassboxWatch.shown !== null || document.querySelector('.jp-OutputArea [role=alert]')"
)


def slack() -> float:
    """Return how many times slower than a learner's machine this one may be: more when others work on it."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return 1.5 * max(1.0, load / (os.cpu_count() or 1))


@dataclass(frozen=True)
class Visit:
    """What the learner tries in one lesson."""

    name: str
    typed: str
    exercise: str
    wrong: str
    misconception: str


VISITS = [
    Visit(
        "00_start_here",
        typed="Once upon a time there was a",
        exercise="00.first",
        wrong="def likeliest(probabilities):\n    return max(probabilities)",
        misconception="takes the largest word",
    ),
    Visit(
        "04_byte_pair_encoding",
        typed="hello, hello, old lighthouse",
        exercise="04.merge",
        wrong="",
        misconception="counts each different word once",
    ),
]

OTHERS = [
    lesson.id for lesson in lessons.all() if lesson.is_finished and lesson.id not in {v.name for v in VISITS}
]


@pytest.fixture
def tab(page) -> LessonTab:
    """A browser tab."""
    return LessonTab(page)


def _tagged(cells: list[dict], tag: str) -> list[int]:
    return [index for index, cell in enumerate(cells) if tag in cell["metadata"].get("tags", [])]


def test_the_first_lesson_is_interactive_soon_after_the_start(lab, tab, faults):
    """`make lab` to an idle kernel; the first test of the file, as the server starts with it."""
    tab.open(lab.url("00_start_here.ipynb"))
    seconds = time.monotonic() - lab.began
    print(f"\nJupyterLab start to first lesson interactive: {seconds:.1f} s")
    assert seconds <= START_SECONDS * slack()
    assert faults == []


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_a_learner_works_through_the_lesson(lab, tab, faults, visit):
    tab.open(lab.url(f"{visit.name}.ipynb"))
    took = tab.run_all()
    print(f"\n{visit.name}: run all {took:.1f} s")
    cells = tab.cells()
    _nothing_failed(cells)
    _explorer_answers(tab, _tagged(cells, "explorer")[0], visit)
    _exercise_teaches(tab, cells, visit, lab)
    assert faults == []


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_lesson_runs_and_its_explorers_answer(lab, tab, faults, name):
    tab.open(lab.url(f"{name}.ipynb"))
    print(f"\n{name}: run all {tab.run_all():.1f} s")
    cells = tab.cells()
    _nothing_failed(cells)
    for index in _tagged(cells, "explorer"):
        seconds = _an_explorer_answers(tab, index)
        print(f"{name}: cell {index}, key to picture {seconds:.3f} s")
        assert seconds <= PICTURE_SECONDS * slack()
        tab.picture_to(SCREENSHOTS, f"{name}_{index}")
    assert faults == []


def _an_explorer_answers(tab: LessonTab, index: int) -> float:
    """Use the first slider, or else the text or the choice, by keyboard; return the seconds to an answer."""
    cell = tab.show(index)
    image = cell.locator(".widget-html-content img").first
    image.wait_for(timeout=20_000)
    for kind, use in (
        (".noUi-handle", _move_slider),
        ("input[type=text]", _type_a_letter),
        ("select", _choose_another),
    ):
        if (controls := cell.locator(kind)).count():
            control = controls.first
            control.focus()
            seconds = use(tab, control, image)
            assert cell.locator("[role=alert]").count() == 0
            return seconds
    raise AssertionError(f"the explorer of cell {index} has nothing to move, to type into or to choose from")


def _move_slider(tab: LessonTab, slider: Locator, image: Locator) -> float:
    """Move it there and back and there; return the best seconds to a picture."""
    at_the_end = slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
    back, forth = ("ArrowRight", "ArrowLeft") if at_the_end else ("ArrowLeft", "ArrowRight")
    return _press_in_turn(tab, slider, image, [forth], [back])


def _choose_another(tab: LessonTab, choice: Locator, image: Locator) -> float:
    """Choose the next option and the first one again, and the next; return the best seconds to a picture.

    Space opens the list. An arrow key without it is a shortcut of JupyterLab, and goes to the next cell.
    """
    at_the_end = choice.evaluate("one => one.selectedIndex === one.options.length - 1")
    back, forth = ("ArrowDown", "ArrowUp") if at_the_end else ("ArrowUp", "ArrowDown")
    return _press_in_turn(tab, choice, image, ["Space", forth, "Enter"], ["Space", back, "Enter"])


def _press_in_turn(
    tab: LessonTab, control: Locator, image: Locator, forth: list[str], back: list[str]
) -> float:
    """Press keys that change a control, undo it and change it again; return the best seconds to a picture."""
    took = []
    for keys in (forth, back, forth):
        tab.watch_picture(image)
        for key in keys:
            control.press(key)
        took.append(tab.seconds_to_picture())
    return min(took)


def _type_a_letter(tab: LessonTab, field: Locator, image: Locator) -> float:
    """Type a letter and take it back, three times; return the best seconds to a picture or to a sentence."""
    field.press("End")
    before = image.get_attribute("src")
    took = []
    for _ in range(3):
        began = time.monotonic()
        tab.watch_picture(image)
        field.press("e")
        tab.page.wait_for_function(SHOWN_OR_ALERT)
        took.append(time.monotonic() - began)
        field.press("Backspace")
        expect(image).to_have_attribute("src", before, timeout=10_000)
    return min(took)


def _nothing_failed(cells: list[dict]) -> None:
    for index, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            assert cell["execution_count"], f"cell {index} was not run"
            failed = any(output["output_type"] == "error" for output in cell["outputs"])
            expected = "raises-exception" in cell["metadata"].get("tags", [])
            assert failed == expected, f"cell {index} {cell['source'][:80]!r}: {text_of(cell)[-2000:]}"


def _explorer_answers(tab: LessonTab, index: int, visit: Visit) -> None:
    cell = tab.show(index)
    image = cell.locator(".widget-html-content img").first
    image.wait_for(timeout=20_000)
    assert len(image.get_attribute("alt").split()) > 3
    tab.picture_to(SCREENSHOTS, f"{visit.name}_explorer")

    tab.watch_picture(image)
    handle = cell.locator(".noUi-handle").first
    handle.focus()
    handle.press("ArrowRight")
    slider = tab.seconds_to_picture()
    again = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowRight"):
        tab.watch_picture(image)
        handle.press(key)
        again.append(tab.seconds_to_picture())
    best = min(slider, *again)
    print(f"{visit.name}: slider to picture {slider:.3f} s, then {', '.join(f'{s:.3f}' for s in again)} s")
    assert best <= PICTURE_SECONDS * slack()

    tab.watch_picture(image)
    field = cell.locator("input[type=text]").first
    field.press("Control+a")
    field.press_sequentially(visit.typed, delay=20)
    tab.seconds_to_picture()
    tab.page.wait_for_timeout(1000)
    tab.picture_to(SCREENSHOTS, f"{visit.name}_typed")
    alert = cell.locator("[role=alert]")
    assert alert.count() == 0, alert.first.inner_text()

    field.fill("x" * 500)
    alert.wait_for(timeout=10_000)
    assert "at most" in alert.inner_text() and "500" in alert.inner_text()
    field.fill(visit.typed)
    alert.wait_for(state="detached", timeout=10_000)


def _exercise_teaches(tab: LessonTab, cells: list[dict], visit: Visit, lab) -> None:
    exercise = exercises.get(visit.exercise)
    index = next(i for i in _tagged(cells, "exercise") if f'"{visit.exercise}"' in cells[i]["source"])
    assert "Not attempted yet" in text_of(cells[index])
    check = cells[index]["source"].splitlines()[-1]

    advice = next(one.advice for one in exercise.misconceptions if one.name == visit.misconception)
    wrong = visit.wrong or _spoiled(exercise.solution())
    assert advice in tab.write_and_run(index, f"{wrong}\n\n\n{check}")
    card = tab.show(index).locator(".jp-OutputArea-output").first
    assert "Not yet" in card.inner_text()
    tab.picture_to(SCREENSHOTS, f"{visit.name}_wrong")

    assert "Passed" in tab.write_and_run(index, f"{exercise.solution()}\n\n\n{check}")
    assert "Passed" in tab.show(index).locator(".jp-OutputArea-output").first.inner_text()
    tab.picture_to(SCREENSHOTS, f"{visit.name}_right")
    assert visit.exercise in lab.progress.read_text(encoding="utf-8")
    last = next(i for i, cell in enumerate(cells) if cell["source"].startswith("progress.line("))
    assert re.search(r"\b1 of \d+ exercise", tab.write_and_run(last, cells[last]["source"]))
    tab.picture_to(SCREENSHOTS, f"{visit.name}_progress")


def _spoiled(solution: str) -> str:
    """Return the solution of 04.merge that counts each word once."""
    spoiled = solution.replace("counts.get(pair, 0) + count", "counts.get(pair, 0) + 1")
    assert spoiled != solution and ast.parse(spoiled)
    return spoiled
