"""What a tutor says to a wrong answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpers.exercises.describing import describe, kind

__all__ = ["Trial", "timeout", "wrong_result", "wrong_value"]

TRACE = "Follow this one call by hand: where does your result first part from the expected one?"


@dataclass
class Trial:
    """What the answer did on one input, put into words while the time limit still holds."""

    call: str
    right: bool = False
    nothing: bool = False
    untouched: bool = False
    crash: str = ""
    given: str = ""
    expected: str = ""
    difference: str = ""


def wrong_result(trial: Trial) -> str:
    """Say what one call gave, what is expected, and where the two part."""
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


def timeout(call: str, seconds: float, stopped: bool) -> str:
    """Say that a call did not end."""
    end = (
        "was stopped" if stopped else "goes on in the background (restart the kernel if that slows you down)"
    )
    return (
        f"`{call}` was still running after {seconds:g} s and {end}. "
        "Does every loop come closer to its end on each turn?"
    )


def wrong_value(answer: Any, expected: Any) -> str:
    """Say how a wrong value differs in size or type, without giving the right one away."""
    numbers = (int, float)
    plain = isinstance(answer, numbers) and not isinstance(answer, bool)
    if isinstance(expected, numbers) and plain and (answer < expected or answer > expected):
        side = "smaller" if answer < expected else "larger"
        return f"`{describe(answer)}` is {side} than the right value. Which step would you check first?"
    if type(answer) is not type(expected):
        return f"Your answer `{describe(answer)}` is {kind(answer)}; {kind(expected)} is expected."
    return f"`{describe(answer)}` is not it yet. Which part are you least sure of?"
