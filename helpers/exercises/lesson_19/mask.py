"""Exercise 19.mask: where the straight-through estimator lets a gradient pass."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def ste_mask(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    """[-2.0, 0.1, 9.0], 1.0, 1, 0, 3  ->  [False, True, False]"""
    return [lowest <= round(value / scale) + zero <= highest for value in x]


def _inverted(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [not passed for passed in ste_mask(x, scale, zero, lowest, highest)]


def _no_zero(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return ste_mask(x, scale, 0, lowest, highest)


def _minus_zero(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return ste_mask(x, scale, -zero, lowest, highest)


def _strict(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [lowest < round(value / scale) + zero < highest for value in x]


def _all(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [True] * len(x)


def _none(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [False] * len(x)


def _not_rounded(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [lowest <= value / scale + zero <= highest for value in x]


def _not_scaled(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [lowest <= round(value) + zero <= highest for value in x]


def _numbers_as_codes(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [lowest <= value <= highest for value in x]


def _unchanged(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [round(value / scale) * scale == value for value in x]


def _top_only(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [round(value / scale) + zero <= highest for value in x]


def _bottom_only(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [round(value / scale) + zero >= lowest for value in x]


def _multiplied(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [lowest <= round(value * scale) + zero <= highest for value in x]


def _cut_off(x: list[float], scale: float, zero: int, lowest: int, highest: int) -> list[bool]:
    return [lowest <= int(value / scale) + zero <= highest for value in x]


def _draw(rng: Random) -> tuple[list[float], float, int, int, int]:
    """Draw numbers on both sides of a range, none so near a tie that the way of dividing decides."""
    scale = rng.choice([0.25, 0.3, 0.5, 2.0])
    lowest, highest = rng.choice([(0, 3), (0, 7), (-3, 3), (0, 15), (-7, 7)])
    zero = rng.randrange(1, 3) if lowest == 0 else rng.choice([-1, 0, 1])
    x = []
    for _ in range(rng.randrange(9, 15)):
        code = rng.randrange(lowest - 3, highest + 4)
        x.append((code - zero + rng.uniform(-0.45, 0.45)) * scale)
    ends = [(lowest - zero - 0.4) * scale, (highest - zero + 0.4) * scale]
    outside = [(lowest - zero - 0.6) * scale, (highest - zero + 0.6) * scale]
    return [*x, *ends, *outside], scale, zero, lowest, highest


EXERCISE = Exercise(
    id="19.mask",
    title="The mask of the straight-through estimator",
    minutes=5,
    difficulty=2,
    reference=ste_mask,
    cases=(
        ([-2.0, 0.1, 9.0], 1.0, 1, 0, 3),
        ([-0.75, -0.6, -0.1, 0.0, 0.85, 0.95, 1.3], 0.25, 2, 0, 5),
        ([-3.4, 3.4, 3.6, -3.6, 0.0], 1.0, 0, -3, 3),
        ([1.3, -0.6, 0.4], 0.5, 1, 0, 3),
        ([], 1.0, 0, 0, 1),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "turns it round", _inverted, "You mark what was clamped: where should a gradient pass?"
        ),
        Misconception(
            "forgets the zero point",
            _no_zero,
            "The range is one of codes: which code does 0 get, and where is z in your answer?",
        ),
        Misconception(
            "subtracts the zero point",
            _minus_zero,
            "q = round(x / s) + z; you subtract z, which belongs to the way back.",
        ),
        Misconception(
            "leaves out the ends",
            _strict,
            "The lowest and the highest code are ordinary codes: was anything clamped there?",
        ),
        Misconception(
            "lets everything pass",
            _all,
            "Everything passes: do you ask before you clamp? A clamped output stays where it is.",
        ),
        Misconception("lets nothing pass", _none, "That is the true slope of rounding: can anything learn?"),
        Misconception(
            "does not round",
            _not_rounded,
            "A number 0.4 steps beyond the last code rounds back to it: is it clamped?",
        ),
        Misconception("forgets the scale", _not_scaled, "Codes count steps: how many steps is x?"),
        Misconception(
            "compares numbers with codes",
            _numbers_as_codes,
            "lowest and highest are codes, x is a number: what turns one into the other?",
        ),
        Misconception(
            "passes what rounding left alone",
            _unchanged,
            "Rounding may change a number, and its gradient still passes: that is the straight-through part.",
        ),
        Misconception("looks at the top only", _top_only, "What about numbers below the lowest code?"),
        Misconception("looks at the bottom only", _bottom_only, "What about numbers above the highest code?"),
        Misconception("multiplies by the scale", _multiplied, "How many steps of width s is x long?"),
        Misconception(
            "cuts off", _cut_off, "`int` cuts towards zero; the code is the *nearest* whole number."
        ),
    ),
    hints=(
        "First compute the code of each number, as if there were no clamp.",
        "`lowest <= round(value / scale) + zero <= highest`, for each value.",
    ),
)
