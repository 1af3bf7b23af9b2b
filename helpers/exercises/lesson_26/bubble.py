"""Exercise 26.bubble: the bubble of a pipeline, relative to the ideal time and as a share of the total."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def bubble(p: int, m: int, v: int) -> tuple[float, float]:
    """4, 6, 1  ->  (0.5, 0.333...)"""
    to_ideal = (p - 1) / (v * m)
    return to_ideal, to_ideal / (1 + to_ideal)


def _same_twice(p: int, m: int, v: int) -> tuple[float, float]:
    return (p - 1) / (v * m), (p - 1) / (v * m)


def _swapped(p: int, m: int, v: int) -> tuple[float, float]:
    return bubble(p, m, v)[::-1]


def _p_for_p_minus_one(p: int, m: int, v: int) -> tuple[float, float]:
    return p / (v * m), p / (v * m + p)


def _no_slices(p: int, m: int, v: int) -> tuple[float, float]:
    return bubble(p, m, 1)


def _slices_lengthen(p: int, m: int, v: int) -> tuple[float, float]:
    return v * (p - 1) / m, v * (p - 1) / (m + v * (p - 1))


def _slices_in_first_only(p: int, m: int, v: int) -> tuple[float, float]:
    return (p - 1) / (v * m), (p - 1) / (m + p - 1)


def _divides_the_share(p: int, m: int, v: int) -> tuple[float, float]:
    return (p - 1) / (v * m), (p - 1) / (m + p - 1) / v


def _forgets_minus_one_below(p: int, m: int, v: int) -> tuple[float, float]:
    return (p - 1) / (v * m), (p - 1) / (v * m + p)


def _use(p: int, m: int, v: int) -> tuple[float, float]:
    return (p - 1) / (v * m), v * m / (v * m + p - 1)


def _total_to_ideal(p: int, m: int, v: int) -> tuple[float, float]:
    return 1 + (p - 1) / (v * m), bubble(p, m, v)[1]


def _upside_down(p: int, m: int, v: int) -> tuple[float, float]:
    return v * m / (p - 1), (v * m + p - 1) / (p - 1)


def _percent(p: int, m: int, v: int) -> tuple[float, float]:
    return 100 * bubble(p, m, v)[0], 100 * bubble(p, m, v)[1]


def _whole_numbers(p: int, m: int, v: int) -> tuple[int, int]:
    return (p - 1) // (v * m), (p - 1) // (v * m + p - 1)


def _only_share(p: int, m: int, v: int) -> float:
    return bubble(p, m, v)[1]


def _only_ideal(p: int, m: int, v: int) -> float:
    return bubble(p, m, v)[0]


def _slices_multiply_devices(p: int, m: int, v: int) -> tuple[float, float]:
    return (v * p - 1) / (v * m), (v * p - 1) / (v * m + v * p - 1)


def _draw(rng: Random) -> tuple[int, int, int]:
    return rng.randrange(2, 20), rng.randrange(1, 60), rng.randrange(1, 6)


EXERCISE = Exercise(
    id="26.bubble",
    title="Two bubbles",
    minutes=6,
    difficulty=2,
    reference=bubble,
    cases=((4, 6, 1), (8, 4, 1), (8, 32, 1), (8, 32, 4), (2, 1, 3), (16, 5, 2)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "takes the ideal time twice",
            _same_twice,
            "A share of the total cannot exceed 1: what do you get for 8 devices and 4 micro-batches?",
        ),
        Misconception("swaps the two", _swapped, "Which of the two is larger, and which comes first?"),
        Misconception(
            "has p devices wait",
            _p_for_p_minus_one,
            "One device alone has no bubble: what does yours give for p = 1?",
        ),
        Misconception(
            "ignores the stages of a device",
            _no_slices,
            "Right for v = 1: which part of your result does v divide?",
        ),
        Misconception(
            "makes the bubble longer with v",
            _slices_lengthen,
            "Thin slices fill the pipeline sooner: does the bubble grow or shrink with v?",
        ),
        Misconception(
            "uses v in the first number only",
            _slices_in_first_only,
            "Both numbers describe one bubble: if it shrinks, does its share of the total stay?",
        ),
        Misconception(
            "divides the share by v",
            _divides_the_share,
            "The bubble is divided by v, and with it the total gets shorter too: what is the new total?",
        ),
        Misconception(
            "forgets a minus one",
            _forgets_minus_one_below,
            "Total is ideal plus bubble: does your denominator add the same bubble as the numerator?",
        ),
        Misconception(
            "gives the time in use",
            _use,
            "That is the share of the time in which a device works: what is the rest?",
        ),
        Misconception(
            "gives the total relative to the ideal",
            _total_to_ideal,
            "The first number is the bubble alone over the ideal time: what is too much in yours?",
        ),
        Misconception(
            "stands upside down",
            _upside_down,
            "With more micro-batches the bubble should matter less: does it in yours?",
        ),
        Misconception(
            "gives percent",
            _percent,
            "A hundred times too large: the numbers are asked for as they are, without percent.",
        ),
        Misconception(
            "rounds down",
            _whole_numbers,
            "In Python `//` cuts off what is behind the point: which sign divides?",
        ),
        Misconception(
            "returns the share alone",
            _only_share,
            "That is the second of two numbers: return both, the one relative to the ideal time first.",
        ),
        Misconception(
            "returns the first alone",
            _only_ideal,
            "That is the first of two numbers: return both, with the share of the total second.",
        ),
        Misconception(
            "counts stages as devices",
            _slices_multiply_devices,
            "More stages on as many devices do not make the pipeline longer to fill: what does v divide?",
        ),
    ),
    hints=(
        "Let a micro-batch take one unit of time on a device: ideal time m, bubble (p − 1) / v.",
        "Relative to the ideal time: bubble over ideal. Share of the total: bubble over ideal plus bubble.",
        "With x for the first number, the second is x / (1 + x).",
    ),
)
