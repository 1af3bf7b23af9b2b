"""Judge an answer: run it on all inputs and say what a tutor would say."""

from __future__ import annotations

import copy
import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from helpers.exercises import blanks, sandbox, wording
from helpers.exercises.comparing import difference
from helpers.exercises.describing import call_text, crash_text, describe, kind
from helpers.exercises.wording import Trial

if TYPE_CHECKING:
    from helpers.exercises.exercise import Exercise

__all__ = ["Verdict", "judge"]

NOT_ATTEMPTED = "Fill in the blank and run the cell again."


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
class _Log:
    """Grows while the answer runs, so that a stopped answer leaves its trace."""

    trials: list[Trial] = field(default_factory=list)
    running: str = ""
    suspects: list[int] = field(default_factory=list)


def judge(exercise: Exercise, answer: Any, rng: random.Random) -> Verdict:
    """Compare `answer` with the reference of `exercise`, whatever type it is."""
    screening = sandbox.run(lambda: _screen(exercise, answer), exercise.seconds)
    if screening.timed_out or screening.error is not None:
        return Verdict(
            "not yet", "Your answer is an object that cannot even be looked at; a plain one is asked for."
        )
    if screening.value is not None:
        return screening.value
    return _judge_function(exercise, answer, rng) if exercise.is_function else _judge_value(exercise, answer)


def _screen(exercise: Exercise, answer: Any) -> Verdict | None:
    """Return the verdict on a blank, or on what cannot be called as the exercise asks."""
    if blanks.is_blank(answer):
        return Verdict("not attempted", NOT_ATTEMPTED)
    refusal = _refusal(exercise, answer) if exercise.is_function else ""
    return Verdict("not yet", refusal) if refusal else None


def _refusal(exercise: Exercise, answer: Any) -> str:
    if isinstance(answer, type):
        return f"A function is asked for; your answer is the class `{answer.__name__}`."
    if not callable(answer):
        return (
            f"A function is asked for; your answer `{describe(answer)}` is {kind(answer)}. "
            f"Pass the function itself, without calling it: `{exercise.answer_name}`."
        )
    names, args = list(inspect.signature(exercise.reference).parameters), exercise.example()
    try:
        given = inspect.signature(answer)
    except (TypeError, ValueError):  # some built-in functions have none; calling them will tell
        return ""
    try:
        given.bind(*args)
    except TypeError:
        return (
            f"Your function takes `{given}`, but it is called as `{exercise.answer_name}"
            f"({', '.join(names[: len(args)])})`. Does the first line of your function still fit?"
        )
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
        return isinstance(given, _Raised) and given == expected
    return bool(exercise.equal(given, expected))


def _trial(exercise: Exercise, call: str, outcome: Any, crash: str, expected: Any) -> Trial:
    trial = Trial(call, right=_alike(exercise, outcome, expected), crash=crash)
    if trial.right:
        return trial
    raised = isinstance(outcome, _Raised)
    trial.untouched = outcome is ... or (raised and outcome.error is NotImplementedError)
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
        return Verdict(
            "not yet", wording.timeout(log.running, exercise.seconds, run.stopped), printed=printed
        )
    if run.error is not None:  # comparing or describing the result failed, so the result is to blame
        reason = type(run.error).__name__
        message = f"The result of `{log.running}` cannot be compared: it raises {reason}."
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
        "not yet", wording.wrong_result(next(trial for trial in trials if not trial.right)), printed=printed
    )


def _judge_value(exercise: Exercise, answer: Any) -> Verdict:
    def compare() -> Verdict:
        if callable(answer) and not callable(exercise.reference):
            return Verdict("not yet", f"A value is asked for, not {kind(answer)}. Did you mean to call it?")
        if exercise.equal(answer, exercise.reference):
            return Verdict("passed", "Right.")
        if exercise.fault and (said := exercise.fault(answer)):
            return Verdict("not yet", said)
        for item in exercise.misconceptions:
            if _shares(exercise, item.wrong, answer):
                return Verdict("not yet", item.advice, item.name)
        return Verdict("not yet", wording.wrong_value(answer, exercise.reference))

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
