"""Exercise 27.days: days to train, from parameters, tokens, devices and their rate."""

from __future__ import annotations

from random import Random

from helpers.exercises.comparing import approximately
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def days(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    """175e9, 300e9, 1024, 140e12, True  ->  33.9"""
    operations = (8 if recompute else 6) * parameters * tokens
    return operations / (gpus * rate) / 86_400


def _never_again(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, False)


def _always_again(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, True)


def _upside_down(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, not recompute)


def _forward_only(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return 2 * parameters * tokens / (gpus * rate) / 86_400


def _forward_and_again(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return (4 if recompute else 2) * parameters * tokens / (gpus * rate) / 86_400


def _one_per_parameter(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return parameters * tokens / (gpus * rate) / 86_400


def _one_gpu(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, 1, rate, recompute)


def _times_gpus(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, 1, rate, recompute) * gpus


def _seconds(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, recompute) * 86_400


def _hours(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, recompute) * 24


def _minutes_for_seconds(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, recompute) * 60


def _teraflops(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate * 1e12, recompute)


def _added(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return (8 if recompute else 6) * (parameters + tokens) / (gpus * rate) / 86_400


def _seven(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return days(parameters, tokens, gpus, rate, False) * (7 / 6 if recompute else 1)


def _whole_days(parameters: float, tokens: float, gpus: int, rate: float, recompute: bool) -> float:
    return float(round(days(parameters, tokens, gpus, rate, recompute)))


def _draw(rng: Random) -> tuple[float, float, int, float, bool]:
    sizes = 10 ** rng.uniform(8, 12.3), 10 ** rng.uniform(10, 13.2), rng.randrange(2, 20_000)
    return (*sizes, rng.uniform(50, 600) * 1e12, rng.random() < 0.5)


EXERCISE = Exercise(
    id="27.days",
    title="Days to train",
    minutes=5,
    difficulty=1,
    reference=days,
    cases=(
        (175e9, 300e9, 1_024, 140e12, True),
        (1.008e12, 450e9, 3_072, 163e12, True),
        (8e9, 15e12, 16_384, 400e12, False),
        (124e6, 3e9, 1, 20e12, False),
    ),
    draw=_draw,
    equal=approximately(1e-6),
    misconceptions=(
        Misconception(
            "never computes layers again",
            _never_again,
            "With `recompute` the forward pass of the layers runs once more: what does a token cost then?",
        ),
        Misconception(
            "always computes layers again",
            _always_again,
            "Without `recompute` a token costs forward and backward only: is that 8 operations?",
        ),
        Misconception(
            "has the two costs upside down",
            _upside_down,
            "Which of 6 and 8 goes with computing layers again?",
        ),
        Misconception(
            "counts the forward pass only",
            _forward_only,
            "2 operations are the forward pass: what does the backward pass cost beside it?",
        ),
        Misconception(
            "forgets the backward pass",
            _forward_and_again,
            "You have forward and forward again: where are the two products of the backward pass?",
        ),
        Misconception(
            "counts one operation for a parameter",
            _one_per_parameter,
            "A parameter multiplies and adds, forward and twice backward: how many operations is that?",
        ),
        Misconception("has one card", _one_gpu, "That is for one card: how many share the work?"),
        Misconception("multiplies by the cards", _times_gpus, "Does a run last longer with more cards?"),
        Misconception("returns seconds", _seconds, "These are seconds: how many does a day have?"),
        Misconception("returns hours", _hours, "These are hours: days are asked for."),
        Misconception(
            "has days of 1,440 seconds", _minutes_for_seconds, "A day has 1,440 minutes: how many seconds?"
        ),
        Misconception(
            "takes the rate for teraflops",
            _teraflops,
            "`rate` is in operations a second already, not in tera.",
        ),
        Misconception(
            "adds parameters and tokens", _added, "Each token meets each parameter: add, or multiply?"
        ),
        Misconception(
            "adds one operation for the second forward pass",
            _seven,
            "A forward pass is 2 operations for each parameter and token, the second one too: 6 plus what?",
        ),
        Misconception("rounds", _whole_days, "Close, but leave the days unrounded."),
    ),
    hints=(
        "Operations first: 6 or 8, times parameters, times tokens.",
        "Divide by what all cards do in a second, then by the 86,400 seconds of a day.",
    ),
)
