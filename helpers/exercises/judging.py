"""Judge an answer: run it on all inputs and say what a tutor would say."""

from __future__ import annotations

import copy
import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers.exercises import blanks, sandbox
from helpers.exercises.comparing import difference
from helpers.exercises.describing import call_text, crash_text, describe, kind

if TYPE_CHECKING:
    from helpers.exercises.exercise import Exercise

__all__ = ["Verdict", "judge"]

NOT_ATTEMPTED = "Fill in the blank and run the cell again."
TRACE = "Follow this one call by hand: where does your result first part from the expected one?"


@dataclass(frozen=True)
class Verdict:
    """What the check found: a status, what to say, the misconception met, and what the answer printed."""

    status: str
    message: str
    misconception: str = ""
    printed: str = ""


@dataclass(frozen=True)
class _Raised:
    """The outcome of a call that ended in an exception."""

    error: type[BaseException]


@dataclass
class _Trial:
    """What the answer did on one input, put into words while the time limit still holds."""

    call: str
    right: bool = False
    nothing: bool = False
    untouched: bool = False
    crash: str = ""
    given: str = ""
    expected: str = ""
    difference: str = ""


@dataclass
class _Log:
    """Grows while the answer runs, so that a stopped answer leaves its trace."""

    trials: list[_Trial] = field(default_factory=list)
    running: str = ""
    suspects: list[int] = field(default_factory=list)


def judge(exercise: Exercise, answer: Any, rng: random.Random) -> Verdict:
    """Compare `answer` with the reference of `exercise`, whatever type it is."""
    if blanks.is_blank(answer):
        return Verdict("not attempted", NOT_ATTEMPTED)
    if exercise.is_function:
        refusal = _refuse_function(exercise, answer)
        return Verdict("not yet", refusal) if refusal else _judge_function(exercise, answer, rng)
    return _judge_value(exercise, answer)


def _refuse_function(exercise: Exercise, answer: Any) -> str:
    """Return why `answer` cannot even be called as the exercise asks, or nothing."""
    if isinstance(answer, type):
        return f"A function is asked for; your answer is the class `{answer.__name__}`."
    if not callable(answer):
        shown = sandbox.run(lambda: f"{kind(answer)}: `{describe(answer)}`", 1.0).value or "something else"
        return (
            f"A function is asked for; your answer is {shown}. "
            f"Pass the function itself, without calling it: `{exercise.answer_name}`."
        )
    wanted = inspect.signature(exercise.reference)
    try:
        given = inspect.signature(answer)
        given.bind(*wanted.parameters)
    except TypeError:
        return (
            f"Your function takes `{given}`, but it is called as `{exercise.answer_name}"
            f"({', '.join(wanted.parameters)})`. Does the first line of your function still fit?"
        )
    except Exception:  # some callables have no signature; calling them will tell
        return ""
    return ""


def _judge_function(exercise: Exercise, answer: Callable, rng: random.Random) -> Verdict:
    inputs = [*exercise.cases, *(exercise.draw(rng) for _ in range(exercise.draws) if exercise.draw)]
    expected = [_outcome(exercise.reference, args) for args in inputs]
    wrong = [[_outcome(item.wrong, args) for args in inputs] for item in exercise.misconceptions]
    log = _Log(suspects=list(range(len(wrong))))

    def try_all() -> None:
        for number, args in enumerate(inputs):
            log.running = call_text(exercise.answer_name, args)
            outcome, crash = _run(answer, args)
            log.trials.append(_trial(exercise, log.running, outcome, crash, expected[number]))
            log.suspects = [
                index for index in log.suspects if _alike(exercise, outcome, wrong[index][number])
            ]

    run = sandbox.run(try_all, exercise.seconds)
    return _verdict(exercise, log, run)


def _run(answer: Callable, args: tuple) -> tuple[Any, str]:
    """Call the answer on its own copy of the input; return the outcome and a crash in words."""
    try:
        return answer(*copy.deepcopy(args)), ""
    except sandbox.Stopped:
        raise
    except BaseException as error:
        return _Raised(type(error)), crash_text(error, answer)


def _outcome(function: Callable, args: tuple) -> Any:
    try:
        return function(*copy.deepcopy(args))
    except Exception as error:
        return _Raised(type(error))


def _alike(exercise: Exercise, given: Any, expected: Any) -> bool:
    if isinstance(given, _Raised) or isinstance(expected, _Raised):
        return given == expected if isinstance(given, _Raised) else False
    return bool(exercise.equal(given, expected))


def _trial(exercise: Exercise, call: str, outcome: Any, crash: str, expected: Any) -> _Trial:
    trial = _Trial(call, right=_alike(exercise, outcome, expected), crash=crash)
    if trial.right:
        return trial
    trial.untouched = outcome is ... or outcome == _Raised(NotImplementedError)
    trial.nothing = outcome is None
    trial.given = "" if crash else describe(outcome)
    if isinstance(expected, _Raised):
        trial.expected = f"a {expected.error.__name__}"
    else:
        trial.expected = f"`{describe(expected)}`"
        trial.difference = "" if crash else difference(outcome, expected)
    return trial


def _verdict(exercise: Exercise, log: _Log, run: sandbox.Run) -> Verdict:
    trials, printed = log.trials, run.printed
    if trials and all(trial.untouched for trial in trials):
        return Verdict("not attempted", NOT_ATTEMPTED)
    if run.timed_out:
        return Verdict("not yet", _timeout_text(exercise, log, run), printed=printed)
    if run.error is not None:  # comparing or describing the result failed, so the result is to blame
        message = f"The result of `{log.running}` cannot be compared: it raises {type(run.error).__name__}."
        return Verdict("not yet", message, printed=printed)
    if all(trial.right for trial in trials):
        return Verdict("passed", f"Right on all {len(trials)} inputs.")
    if log.suspects:
        found = exercise.misconceptions[log.suspects[0]]
        return Verdict("not yet", found.advice, found.name, printed)
    if all(trial.nothing for trial in trials):
        message = "Your function gives back nothing (`None`). Is there a `return` at its end?"
        return Verdict("not yet", message, printed=printed)
    return Verdict(
        "not yet", _wrong_text(next(trial for trial in trials if not trial.right)), printed=printed
    )


def _wrong_text(trial: _Trial) -> str:
    if trial.crash:
        instead = f"It should give {trial.expected}."
        return f"`{trial.call}` stops with {trial.crash}. {instead} What does this input look like inside?"
    if trial.nothing:
        return (
            f"`{trial.call}` gives back nothing (`None`), but {trial.expected} is expected. "
            "Does every path through your function reach a `return`?"
        )
    return (
        f"`{trial.call}` gives `{trial.given}`, but {trial.expected} is expected. "
        f"{trial.difference + ' ' if trial.difference else ''}{TRACE}"
    )


def _timeout_text(exercise: Exercise, log: _Log, run: sandbox.Run) -> str:
    stopped = "and was stopped" if run.stopped else "and goes on in the background"
    return (
        f"`{log.running}` was still running after {exercise.seconds:g} s {stopped}. "
        "Does every loop come closer to its end on each turn?"
    )


def _judge_value(exercise: Exercise, answer: Any) -> Verdict:
    def compare() -> Verdict:
        if callable(answer) and not callable(exercise.reference):
            return Verdict("not yet", f"A value is asked for, not {kind(answer)}. Did you mean to call it?")
        if exercise.equal(answer, exercise.reference):
            return Verdict("passed", "Right.")
        for item in exercise.misconceptions:
            if _shares(exercise, item.wrong, answer):
                return Verdict("not yet", item.advice, item.name)
        return Verdict("not yet", _wrong_value_text(answer, exercise.reference))

    run = sandbox.run(compare, exercise.seconds)
    if run.value is not None:
        return run.value
    problem = "takes too long to compare" if run.timed_out else f"raises {type(run.error).__name__}"
    return Verdict("not yet", f"Your answer is {kind(answer)} that {problem}; a plain value is asked for.")


def _shares(exercise: Exercise, wrong: Any, answer: Any) -> bool:
    """Return whether a wrong value, or a predicate on it, fits the answer."""
    if not callable(wrong):
        return bool(exercise.equal(answer, wrong))
    try:
        return bool(wrong(answer))
    except Exception:
        return False  # a predicate on numbers says nothing about a string


def _wrong_value_text(answer: Any, expected: Any) -> str:
    numbers = (int, float)
    plain = isinstance(answer, numbers) and not isinstance(answer, bool)
    if isinstance(expected, numbers) and plain and (answer < expected or answer > expected):
        side = "smaller" if answer < expected else "larger"
        return f"`{describe(answer)}` is {side} than the right value. Which step would you check first?"
    if type(answer) is not type(expected):
        return f"Your answer `{describe(answer)}` is {kind(answer)}; {kind(expected)} is expected."
    return f"`{describe(answer)}` is not it yet. Which part are you least sure of?"
