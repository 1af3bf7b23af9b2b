"""Exercises: every answer gets a fair verdict, whatever it is, and no answer brings the check down."""

from __future__ import annotations

import copy
import dataclasses
import random
import sys
import threading
import time
import types

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import exercises, progress
from helpers.exercises import Exercise, Misconception, approximately, sandbox
from helpers.exercises.comparing import difference, same


def merge(ids: list[int], pair: tuple[int, int], new_id: int) -> list[int]:
    """Replace each occurrence of `pair`, from the left.

    A docstring of several lines.
    """
    merged, position = [], 0
    while position < len(ids):
        if tuple(ids[position : position + 2]) == pair:
            merged.append(new_id)
            position += 2
        else:
            merged.append(ids[position])
            position += 1
    return merged


def only_first(ids, pair, new_id):
    for position in range(len(ids) - 1):
        if tuple(ids[position : position + 2]) == pair:
            return [*ids[:position], new_id, *ids[position + 2 :]]
    return list(ids)


def unchanged(ids, pair, new_id):
    return list(ids)


def appended(ids, pair, new_id):
    return [*merge(ids, pair, new_id), new_id]


def drawn(rng):
    return [rng.randrange(3) for _ in range(rng.randrange(12))], (rng.randrange(3), rng.randrange(3)), 9


MERGE = Exercise(
    id="98.merge",
    title="One merge step",
    minutes=5,
    difficulty=2,
    reference=merge,
    misconceptions=(
        Misconception("only the first", only_first, "The first pair is merged; what about later ones?"),
        Misconception("merges nothing", unchanged, "Nothing is merged: is the new list the one you return?"),
        Misconception("adds the new id at the end", appended, "Why is your list one entry longer?"),
    ),
    hints=("Walk with an index.", "Step by two after a match."),
    cases=(([1, 2, 1, 2, 3], (1, 2), 9), ([1, 1, 1], (1, 1), 9), ([], (1, 2), 9)),
    draw=drawn,
)

SIZE = Exercise(
    id="98.size",
    title="Vocabulary size",
    minutes=2,
    difficulty=1,
    reference=512,
    name="size",
    working="size = 256 + 256",
    misconceptions=(
        Misconception("forgets the bytes", 256, "Which entries are there before the first merge?"),
        Misconception("counts one too few", 511, "Is the first id 0 or 1?"),
        Misconception("negative", lambda value: value < 0, "Can a size be negative?"),
    ),
    hints=("Bytes first.",),
)

IMPATIENT = dataclasses.replace(MERGE, seconds=0.4)


@pytest.fixture(autouse=True)
def registered(monkeypatch, tmp_path):
    module = types.ModuleType("helpers.exercises.lesson_98")
    module.EXERCISES = (MERGE, SIZE)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("GLASSBOX_PROGRESS", str(tmp_path / "progress.json"))


# The verdicts that a learner meets


def test_the_solution_passes_and_each_misconception_gets_its_own_advice():
    assert MERGE.check(merge).passed
    assert MERGE.check(merge).message == "Right on all 23 inputs."
    for item in MERGE.misconceptions:
        result = MERGE.check(item.wrong)
        assert (result.status, result.message, result.misconception) == ("not yet", item.advice, item.name)


def test_values_are_checked_like_functions():
    assert SIZE.check(512).passed
    assert SIZE.check(256).message == "Which entries are there before the first merge?"
    assert SIZE.check(-3).misconception == "negative"
    assert "`600` is larger than the right value" in SIZE.check(600).message
    assert "512" not in SIZE.check(600).message, "the right value is not given away"
    assert "is a bool; an int is expected" in SIZE.check(True).message
    assert "is a str; an int is expected" in SIZE.check("512").message
    assert "is a float; an int is expected" in SIZE.check(512.0).message
    assert "Did you mean to call it?" in SIZE.check(lambda: 512).message


def nothing_but_a_docstring(ids, pair, new_id):
    """Only words."""


def raises_not_implemented(ids, pair, new_id):
    raise NotImplementedError("to do")


def raises_bare_not_implemented(ids, pair, new_id):
    raise NotImplementedError


def returns_ellipsis(ids, pair, new_id):
    """Words."""
    return ...


def passes_over(ids, pair, new_id):
    pass


def placeholder(ids, pair, new_id):
    merged = ...
    return merged


def raises_later(ids, pair, new_id):
    if len(ids) >= 0:
        raise NotImplementedError(f"{len(ids)}")


BLANKS = [
    None, ..., nothing_but_a_docstring, raises_not_implemented, raises_bare_not_implemented, returns_ellipsis,
    passes_over, placeholder, raises_later, lambda ids, pair, new_id: None,
]  # fmt: skip


@pytest.mark.parametrize("blank", BLANKS, ids=[str(getattr(blank, "__name__", blank)) for blank in BLANKS])
def test_a_blank_is_not_attempted_and_says_the_same_words_each_time(blank):
    first, second = MERGE.check(blank), MERGE.check(blank)
    assert first.status == "not attempted"
    assert (str(first), first._repr_mimebundle_()) == (str(second), second._repr_mimebundle_())
    assert SIZE.check(None).status == SIZE.check(...).status == "not attempted"


def forgets_return(ids, pair, new_id):
    merge(ids, pair, new_id)


def returns_sometimes(ids, pair, new_id):
    if ids:
        return merge(ids, pair, new_id)


def crashes_on_empty(ids, pair, new_id):
    ids[0]
    return merge(ids, pair, new_id)


def crashes_in_a_helper(ids, pair, new_id):
    return [int("x" * len(ids))]


def prints_and_keeps(ids, pair, new_id):
    print("ids", ids)
    return [*ids, 0]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (forgets_return, "gives back nothing (`None`). Is there a `return` at its end?"),
        (returns_sometimes, "`merge([], (1, 2), 9)` gives back nothing (`None`), but `[]` is expected."),
        (crashes_on_empty, "`merge([], (1, 2), 9)` stops with IndexError: list index out of range (line "),
        (crashes_on_empty, ": `ids[0]`)"),
        (crashes_in_a_helper, "ValueError: invalid literal for int() with base 10: 'xxxxx' (line"),
        (lambda *args: tuple(merge(*args)), "It is a tuple where a list is expected."),
        (lambda ids, pair, new_id: merge(ids, pair, new_id)[:1], "It has 1 entry where 3 are expected"),
        (lambda ids, pair, new_id: [9, 3, 3], "Entry [1]: `3` stands where `9` is expected."),
        (lambda ids, pair, new_id: [True] * 3, "Entry [0]: it is a bool where an int is expected."),
        (lambda ids, pair, new_id: np.array([9, 9, 3]), "It is a numpy ndarray where a list is expected."),
        (lambda ids, pair, new_id: (x for x in ids), "It is a generator (which has not run yet"),
        (lambda ids: ids, "Your function takes `(ids)`, but it is called as `merge(ids, pair, new_id)`."),
        (list, "A function is asked for; your answer is the class `list`."),
        ([1], "your answer `[1]` is a list. Pass the function itself, without calling it: `merge`."),
        (prints_and_keeps, "gives `[1, 2, 1, 2, 3, 0]`, but `[9, 9, 3]` is expected."),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_what_a_tutor_would_say(answer, sentence):
    result = MERGE.check(answer, seed=1)
    assert result.status == "not yet"
    assert sentence in result.message


def test_what_an_answer_prints_is_shown_once_and_not_in_the_middle_of_the_page(capsys):
    result = MERGE.check(prints_and_keeps)
    assert capsys.readouterr().out == ""
    assert result.printed.startswith("ids [1, 2, 1, 2, 3]\n")
    assert "Your function printed:\nids [1, 2, 1, 2, 3]" in str(result)
    assert "printed" not in str(MERGE.check(lambda *a: print("fine") or merge(*a)))


# Answers that misbehave


def loops(ids, pair, new_id):
    while True:
        pass


def loops_and_catches(ids, pair, new_id):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def loops_and_catches_twice(ids, pair, new_id):
    while True:
        try:  # noqa: SIM105
            loops_and_catches(ids, pair, new_id)
        except:  # noqa: E722
            pass


def loops_in_finally(ids, pair, new_id):
    while True:
        try:
            loops(ids, pair, new_id)
        finally:
            continue  # noqa: B012


def loops_late(ids, pair, new_id):
    while not ids:
        pass
    return merge(ids, pair, new_id)


def prints_for_ever(ids, pair, new_id):
    while True:
        print("again and again")


@pytest.mark.parametrize(
    "answer",
    [loops, loops_and_catches, loops_and_catches_twice, loops_in_finally, loops_late, prints_for_ever],
)
def test_an_endless_answer_is_stopped(answer):
    if answer is loops_and_catches_twice and sys.version_info[:2] == (3, 12):
        pytest.skip("Python 3.12 blames the instruction before a jump's target, so its handler catches again")
    before = set(sys._current_frames())
    start = time.perf_counter()
    result = IMPATIENT.check(answer)
    assert time.perf_counter() - start < 6
    call = "merge([], (1, 2), 9)" if answer is loops_late else "merge([1, 2, 1, 2, 3], (1, 2), 9)"
    assert f"`{call}` was still running after 0.4 s and was stopped." in result.message
    assert set(sys._current_frames()) <= before, "no thread is left behind"
    assert len(str(result)) < 5000


def test_a_sleeping_answer_is_left_behind_and_ends_when_it_wakes():
    woken = []

    def sleeps(ids, pair, new_id):
        time.sleep(6)
        woken.append(True)

    before = set(sys._current_frames())
    start = time.perf_counter()
    result = IMPATIENT.check(sleeps)
    assert time.perf_counter() - start < 5
    assert "still running after 0.4 s and goes on in the background" in result.message
    while time.perf_counter() - start < 20 and not set(sys._current_frames()) <= before:
        time.sleep(0.1)
    assert set(sys._current_frames()) <= before
    assert not woken


def recurses(ids, pair, new_id):
    return recurses(ids, pair, new_id)


def exits(ids, pair, new_id):
    sys.exit(3)


def interrupts(ids, pair, new_id):
    raise KeyboardInterrupt


class Unspeakable(BaseException):
    def __str__(self):
        raise ValueError("no words")


def raises_unspeakable(ids, pair, new_id):
    raise Unspeakable


class NoRepr:
    def __repr__(self):
        raise KeyError("no repr")

    def __eq__(self, other):
        raise KeyError("no eq")

    __hash__ = None


class EndlessRepr(NoRepr):
    def __repr__(self):
        while True:
            pass


class Liar(list):
    def __eq__(self, other):
        return True

    def __iter__(self):
        while True:
            yield 9

    __hash__ = None


class EndlessAttributes:
    def __getattr__(self, name):
        while True:
            pass

    def __call__(self, *args):
        return [9]


class Evil:
    @property
    def __class__(self):
        raise RuntimeError("no class")


def endless_generator(ids, pair, new_id):
    while True:
        yield 9


async def coroutine(ids, pair, new_id):
    return ids


def clears_its_input(ids, pair, new_id):
    result = merge(ids, pair, new_id)
    ids.clear()
    return [*result, 7]


def huge(ids, pair, new_id):
    return list(range(10**5))


CRASHING = [
    (recurses, "RecursionError"),
    (exits, "SystemExit: 3"),
    (interrupts, "KeyboardInterrupt"),
    (raises_unspeakable, "Unspeakable"),
    (endless_generator, "a generator"),
    (clears_its_input, "gives `[9, 9, 3, 7]`"),
    (huge, "6, 7, 8, 9, 10, 11, ...]`"),
    (lambda *args: NoRepr(), "NoRepr"),
    (lambda *args: EndlessRepr(), "still running"),
    (lambda *args: Evil(), ""),
    (lambda *args: 10**10_000, "int that cannot be shown"),
    (lambda *args: "x" * 10**6, "is a str where a list"),
    (lambda *args: b"x" * 10**6, "1000000 bytes"),
    (lambda *args: float("nan"), "is a float where a list"),
    (lambda *args: print, "is a function where a list"),
    (lambda *args: Liar([1]), "Entry [0]: `1` stands where `9`"),
    (NoRepr(), "is a NoRepr"),
    (EndlessRepr(), "cannot even be looked at"),
    (EndlessAttributes(), "cannot even be looked at"),
    (Evil(), ""),
    (print, ""),
    (threading.Lock(), "is a lock"),
    (float("nan"), "is a float"),
    (np.zeros(3), "is a numpy ndarray"),
    (torch.zeros(3), "is a torch Tensor"),
    (NotImplemented, "is a NotImplementedType"),
    (sys, "is a module"),
]


@pytest.mark.parametrize("number", range(len(CRASHING)))  # pytest must not look at the answers themselves
@pytest.mark.parametrize("exercise", [MERGE, SIZE], ids=["merge", "size"])
def test_no_answer_of_any_kind_brings_the_check_down(exercise, number):
    answer, sentence = CRASHING[number]
    if sentence in ("still running", "cannot even be looked at"):
        exercise = dataclasses.replace(exercise, seconds=0.4)
    start = time.perf_counter()
    result = exercise.check(answer, seed=0)
    assert result.status == "not yet"
    assert time.perf_counter() - start < exercise.seconds + 5
    assert 20 < len(str(result)) < 2000
    assert str(result).encode("utf-8")
    if exercise.id == "98.merge":
        assert sentence in result.message


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_a_coroutine_is_not_a_result():
    assert "is a coroutine where a list is expected" in MERGE.check(coroutine).message


def test_an_answer_that_changes_its_input_spoils_neither_the_reference_nor_the_message():
    case = copy.deepcopy(MERGE.cases)
    result = MERGE.check(clears_its_input)
    assert MERGE.cases == case
    assert "`merge([1, 2, 1, 2, 3], (1, 2), 9)` gives `[9, 9, 3, 7]`, but `[9, 9, 3]`" in result.message


def test_the_cell_goes_on_after_an_interrupt(monkeypatch):
    def interrupted(timeout):
        raise KeyboardInterrupt

    before = set(sys._current_frames())
    monkeypatch.setattr(
        sandbox.queue, "SimpleQueue", lambda: types.SimpleNamespace(get=interrupted, put=print)
    )
    with pytest.raises(KeyboardInterrupt):
        sandbox.run(lambda: loops(0, 0, 0), 5.0)
    assert set(sys._current_frames()) <= before, "the answer does not go on behind the learner's back"


# A reference that raises


def test_a_reference_that_raises_wants_the_same_exception():
    def strict(n):
        if n < 0:
            raise ValueError("negative")
        return n

    exercise = Exercise("98.strict", "Refuse", 1, 1, strict, cases=((1,), (-1,)))
    assert exercise.check(strict).passed
    assert "`strict(-1)` gives `-1`, but a ValueError is expected." in exercise.check(lambda n: n).message

    def other(n):
        return {1: 1}[n]

    assert "stops with KeyError" in exercise.check(other).message


# Comparing


@pytest.mark.parametrize(
    ("given_value", "expected", "said"),
    [
        (1, 1, ""),
        (1.0, 1, "It is a float where an int is expected."),
        (True, 1, "It is a bool where an int is expected."),
        (1, True, "It is an int where a bool is expected."),
        (np.bool_(True), True, ""),
        (np.int64(3), 3, ""),
        (2, 2.0, ""),
        (0.1 + 0.2, 0.3, ""),
        (0.301, 0.3, "`0.301` stands where `0.3` is expected."),
        (float("nan"), float("nan"), ""),
        (float("inf"), float("inf"), ""),
        (float("inf"), float("-inf"), "`inf` stands where `-inf` is expected."),
        ("a", b"a", "It is a str where a bytes is expected."),
        (["a", [1]], ["a", [2]], "Entry [1]: entry [0]: `1` stands where `2` is expected."),
        ([1], [1, 2], "It has 1 entry where 2 are expected."),
        ((1, 2), (1,), "It has 2 entries where 1 is expected."),
        ({"a": 1}, {"a": 1, "b": 2}, "The key `'b'` is missing."),
        ({"a": 1, "c": 0}, {"a": 1}, "The key `'c'` is not expected."),
        ({"a": 2}, {"a": 1}, "Key `'a'`: `2` stands where `1` is expected."),
        ({2, 1}, {1, 2}, ""),
        ([1, 2], {1, 2}, "It is a list where a set is expected."),
        (np.array([1, 2]), np.array([1, 2], dtype=np.int32), ""),
        (np.array([1.0, 2.0]), np.array([1, 2]), "Its dtype is float64 where int64 is expected."),
        (np.zeros((2, 3)), np.zeros((3, 2)), "Its shape is (2, 3) where (3, 2) is expected."),
        (np.array([[1.0, 5.0]]), np.array([[1.0, 2.0]]), "Entry [0, 1] is 5.0 where 2.0 is expected."),
        ([1.0, 2.0], np.array([1.0, 2.0]), "It is a list where a numpy ndarray is expected."),
        (torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")]), ""),
        (torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.bfloat16), ""),
        (torch.tensor([1]), torch.tensor([1.0]), "Its dtype is torch.int64 where torch.float32 is expected."),
        (torch.tensor([True]), torch.tensor([True]), ""),
        (torch.zeros(2, 1), torch.zeros(2), "Its shape is (2, 1) where (2,) is expected."),
        (torch.tensor(3.0), 3.0, "It is a torch Tensor where a float is expected."),
        (np.zeros(2), torch.zeros(2), "It is a numpy ndarray where a torch Tensor is expected."),
        (None, [1], "It is nothing (`None`) where a list is expected."),
    ],
)
def test_two_results_differ_in_one_sentence(given_value, expected, said):
    assert difference(given_value, expected) == said
    assert same(given_value, expected) == (said == "")


def test_tolerance_and_dtype_can_be_asked_for():
    assert approximately(rtol=0.1)(1.05, 1.0) and not approximately(rtol=0.01)(1.05, 1.0)
    half, single = torch.ones(2, dtype=torch.float16), torch.ones(2)
    assert same(half, single) and not approximately(dtype=True)(half, single)
    assert approximately(atol=0.5)([0.4, [torch.tensor([0.3])]], [0.0, [torch.tensor([0.0])]])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_every_value_equals_its_copy_and_not_itself_in_a_list(value):
    assert difference(copy.deepcopy(value), value) == ""
    assert difference([value], [[value]]) != ""
    assert difference(value, [value, 0]) != ""


# Hints, solutions, the catalogue


def test_an_exercise_that_keeps_its_promises_has_no_faults():
    assert MERGE.selftest() == SIZE.selftest() == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "merge"}, 'the id must be like "04.merge"'),
        ({"difficulty": 4}, "difficulty is 1 to 3"),
        ({"hints": ()}, "at least one hint"),
        ({"misconceptions": MERGE.misconceptions[:2]}, "at least 3 misconceptions, not 2"),
        ({"cases": ()}, "fixed cases"),
        ({"working": "merge = len"}, "its own solution is refused"),
        (
            {"misconceptions": (*MERGE.misconceptions, Misconception("again", unchanged, "Once more?"))},
            "misconception 'again' is answered with: Nothing is merged",
        ),
        (
            {"misconceptions": (*MERGE.misconceptions, Misconception("right", merge, "No?"))},
            "misconception 'right' is answered with: Right on all",
        ),
    ],
)
def test_the_selftest_names_each_fault(changes, fault):
    faults = dataclasses.replace(MERGE, **changes).selftest()
    assert any(fault in found and found.startswith(changes.get("id", "98.merge")) for found in faults), faults


def test_the_blank_and_the_solution_are_made_of_the_references_source():
    assert MERGE.blank() == (
        "def merge(ids: list[int], pair: tuple[int, int], new_id: int) -> list[int]:\n"
        '    """Replace each occurrence of `pair`, from the left.\n\n'
        '    A docstring of several lines.\n    """\n    ...'
    )
    namespace = {}
    exec(MERGE.solution(), namespace)
    assert MERGE.check(namespace["merge"]).passed
    assert SIZE.blank() == "size = ..." and SIZE.solution() == "size = 256 + 256"
    assert dataclasses.replace(SIZE, working="").solution() == "size = 512"


def test_hints_and_solutions_are_one_call_away():
    assert str(exercises.hint("98.merge")) == (
        "Exercise 98.merge · One merge step · 5 min · ●●○\n"
        'Hint 1 of 2. Walk with an index. The next one: `exercises.hint("98.merge", 2)`.'
    )
    assert "The next one" not in str(exercises.hint("98.merge", 2))
    assert "def merge(" in str(exercises.solution("98.merge"))
    with pytest.raises(ValueError, match="has hints 1 to 2; you asked for 3"):
        exercises.hint("98.merge", 3)


def test_an_unknown_id_names_close_matches():
    assert exercises.get("98.size") is SIZE
    with pytest.raises(ValueError, match=r"There is no exercise '98.merg'. Did you mean 98.merge"):
        exercises.get("98.merg")
    with pytest.raises(ValueError, match="There is no exercise 'nonsense'"):
        exercises.get("nonsense")


def test_a_check_is_remembered_and_a_blank_is_not(monkeypatch):
    monkeypatch.setattr(exercises, "all", lambda: (MERGE, SIZE))
    exercises.check("98.merge", ...)
    assert progress.summary().entries == {}
    exercises.check("98.merge", unchanged)
    exercises.check("98.merge", merge)
    exercises.check("98.merge", unchanged)
    entry = progress.summary().entries["98.merge"]
    assert (entry.attempts, entry.passed) == (3, True)


def test_a_check_goes_on_when_progress_cannot_be_saved(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("GLASSBOX_PROGRESS", str(tmp_path / "file" / "progress.json"))
    result = exercises.check("98.merge", merge)
    assert result.passed and "Your progress could not be saved" in str(result)


# The card


def test_a_card_says_everything_in_words_and_in_html_that_inherits_the_theme():
    bundle = MERGE.check(unchanged)._repr_mimebundle_()
    assert bundle["text/plain"].splitlines() == [
        "Exercise 98.merge · One merge step · 5 min · ●●○",
        "✗ Not yet. Nothing is merged: is the new list the one you return?",
        'A hint: `exercises.hint("98.merge")` · the solution: `exercises.solution("98.merge")`',
    ]
    page = bundle["text/html"]
    assert "✗ Not yet." in page and "One merge step" in page
    assert "<code>exercises.hint(&quot;98.merge&quot;)</code>" in page
    assert "background:#" not in page and ";color:" not in page
    assert "✓ Passed" in str(MERGE.check(merge)) and "hint" not in str(MERGE.check(merge))


def test_a_card_escapes_what_an_answer_gives():
    page = MERGE.check(lambda *args: ["<script>"])._repr_mimebundle_()["text/html"]
    assert "<script>" not in page and "&lt;script&gt;" in page


# Every exercise of every lesson


def pytest_generate_tests(metafunc):
    if "lesson_exercise" in metafunc.fixturenames:
        metafunc.parametrize("lesson_exercise", exercises.all(), ids=lambda exercise: exercise.id)


def test_an_exercise_of_a_lesson_keeps_its_promises(lesson_exercise):
    assert lesson_exercise.selftest() == []


def test_fresh_inputs_are_fresh(lesson_exercise):
    if lesson_exercise.draw is None:
        pytest.skip("no inputs are drawn")
    inputs = [repr(lesson_exercise.draw(random.Random(seed))) for seed in range(20)]
    assert len(set(inputs)) > 10
    assert inputs[3] == repr(lesson_exercise.draw(random.Random(3)))


def test_ids_are_unique_and_belong_to_their_lesson():
    ids = [exercise.id for exercise in exercises.all()]
    assert len(set(ids)) == len(ids)
