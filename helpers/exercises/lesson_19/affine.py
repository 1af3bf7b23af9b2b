"""Exercise 19.affine: scale and zero point of a range."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def scale_and_zero_point(low: float, high: float, bits: int) -> tuple[float, int]:
    """-20.0, 1000.0, 8  ->  (4.0, 5)"""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / (2**bits - 1)
    return scale, round(-low / scale)


def _zero_left_out(low: float, high: float, bits: int) -> tuple[float, int]:
    scale = (high - low) / (2**bits - 1)
    return scale, round(-low / scale)


def _one_step_too_many(low: float, high: float, bits: int) -> tuple[float, int]:
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 2**bits
    return scale, round(-low / scale)


def _wrong_sign(low: float, high: float, bits: int) -> tuple[float, int]:
    scale, zero = scale_and_zero_point(low, high, bits)
    return scale, -zero


def _no_zero_point(low: float, high: float, bits: int) -> tuple[float, int]:
    return scale_and_zero_point(low, high, bits)[0], 0


def _symmetric(low: float, high: float, bits: int) -> tuple[float, int]:
    return max(abs(low), abs(high)) / (2 ** (bits - 1) - 1), 0


def _signed_codes(low: float, high: float, bits: int) -> tuple[float, int]:
    scale, zero = scale_and_zero_point(low, high, bits)
    return scale, zero - 2 ** (bits - 1)


def _not_divided(low: float, high: float, bits: int) -> tuple[float, int]:
    return scale_and_zero_point(low, high, bits)[0], round(-min(low, 0.0))


def _from_the_top(low: float, high: float, bits: int) -> tuple[float, int]:
    scale, zero = scale_and_zero_point(low, high, bits)
    return scale, 2**bits - 1 - zero


def _inverse(low: float, high: float, bits: int) -> tuple[float, int]:
    scale, zero = scale_and_zero_point(low, high, bits)
    return 1 / scale, zero


def _cut_off(low: float, high: float, bits: int) -> tuple[float, int]:
    scale = scale_and_zero_point(low, high, bits)[0]
    return scale, int(-min(low, 0.0) / scale)


def _real_zero_point(low: float, high: float, bits: int) -> tuple[float, float]:
    scale = scale_and_zero_point(low, high, bits)[0]
    return scale, -min(low, 0.0) / scale


def _always_eight(low: float, high: float, bits: int) -> tuple[float, int]:
    return scale_and_zero_point(low, high, 8)


def _highest_only(low: float, high: float, bits: int) -> tuple[float, int]:
    scale = max(high, 0.0) / (2**bits - 1) or 1.0
    return scale, round(-min(low, 0.0) / scale)


def _draw(rng: Random) -> tuple[float, float, int]:
    """Draw a range on both sides of zero or on one, whose zero point is no tie."""
    while True:
        bits = rng.choice([2, 3, 4, 6, 8])
        kind = rng.choice(["both", "both", "above", "below"])
        low = rng.uniform(-9, -1) if kind != "above" else rng.uniform(1, 5)
        high = rng.uniform(1, 9) if kind != "below" else rng.uniform(-0.9, -0.1)
        if low < high:
            scale, _ = scale_and_zero_point(low, high, bits)
            if abs((-min(low, 0.0) / scale) % 1 - 0.5) > 0.01:
                return low, high, bits


EXERCISE = Exercise(
    id="19.affine",
    title="Scale and zero point",
    minutes=5,
    difficulty=1,
    reference=scale_and_zero_point,
    cases=(
        (-20.0, 1000.0, 8),
        (-1.0, 2.0, 2),
        (2.0, 10.0, 8),
        (-6.0, -1.0, 4),
        (0.0, 255.0, 8),
        (-3.3, 1.2, 4),
        (-10.0, 5.0, 4),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "leaves zero out of the range",
            _zero_left_out,
            "For numbers from 2 to 10 your range leaves out 0: which code would a zero get?",
        ),
        Misconception(
            "counts codes instead of steps",
            _one_step_too_many,
            "2^bits codes, but how many steps lie between the first and the last?",
        ),
        Misconception(
            "turns the sign of the zero point",
            _wrong_sign,
            "The lowest number must get code 0, so which code does 0 get: above or below?",
        ),
        Misconception(
            "forgets the zero point", _no_zero_point, "With z = 0 the number `low` gets a negative code."
        ),
        Misconception(
            "takes the symmetric form",
            _symmetric,
            "That is absmax: here the codes start at 0, and both ends of the range count.",
        ),
        Misconception(
            "takes codes with a sign",
            _signed_codes,
            "Your codes start at −2^(bits−1): which is the lowest code here?",
        ),
        Misconception(
            "gives the distance in numbers, not in steps",
            _not_divided,
            "z is a code: how many *steps* lie between `low` and 0?",
        ),
        Misconception(
            "counts from the top",
            _from_the_top,
            "You count the steps from `high` down to 0: where is code 0?",
        ),
        Misconception(
            "inverts the scale", _inverse, "Your scale is codes per unit: s is the width of one step."
        ),
        Misconception("cuts off", _cut_off, "z goes to the nearest whole number: what does `int` do to 4.9?"),
        Misconception(
            "leaves the zero point a fraction",
            _real_zero_point,
            "A code is a whole number: with a fraction for z, would 0 come back as 0?",
        ),
        Misconception("always takes 8 bits", _always_eight, "How many codes do `bits` bits have?"),
        Misconception(
            "scales by the upper end alone",
            _highest_only,
            "The codes must reach from `low` to `high`: which difference do they share?",
        ),
    ),
    hints=(
        "Move `low` down to 0 or `high` up to 0 if the range misses it; then there are 2^bits − 1 steps.",
        "`low` gets code 0, so 0 stands −low / scale steps above it.",
    ),
)
