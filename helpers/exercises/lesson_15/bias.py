"""Exercise 15.bias: the bias of an exponent field."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def bias(exponent_bits: int) -> int:
    """5  ->  15"""
    return 2 ** (exponent_bits - 1) - 1


def _no_minus_one(exponent_bits: int) -> int:
    return 2 ** (exponent_bits - 1)


def _plus_one(exponent_bits: int) -> int:
    return 2 ** (exponent_bits - 1) + 1


def _all_ones(exponent_bits: int) -> int:
    return 2**exponent_bits - 1


def _how_many(exponent_bits: int) -> int:
    return 2**exponent_bits


def _float_half(exponent_bits: int) -> float:
    return (2**exponent_bits - 1) / 2


def _negative(exponent_bits: int) -> int:
    return 1 - 2 ** (exponent_bits - 1)


def _lowest(exponent_bits: int) -> int:
    return 2 - 2 ** (exponent_bits - 1)


def _not_two_but_e(exponent_bits: int) -> int:
    return exponent_bits**2 - 1


def _xor(exponent_bits: int) -> int:
    return (2 ^ (exponent_bits - 1)) - 1


def _power_of_difference(exponent_bits: int) -> int:
    return 2 ** (exponent_bits - 2)


def _two_too_few(exponent_bits: int) -> int:
    return 2 ** (exponent_bits - 1) - 2


def _linear(exponent_bits: int) -> int:
    return 2 * (exponent_bits - 1) - 1


def _draw(rng: Random) -> tuple[int]:
    return (rng.randrange(6, 25),)


EXERCISE = Exercise(
    id="15.bias",
    title="The bias of an exponent",
    minutes=4,
    difficulty=1,
    reference=bias,
    cases=((5,), (8,), (4,), (11,), (2,), (1,)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "leaves out the minus one",
            _no_minus_one,
            "In fp16 the number 1.0 is stored with E = 15: which exponent would your bias give it?",
        ),
        Misconception(
            "has the sign of the notes' formula",
            _plus_one,
            "With your bias every number is four times too small: what does E = 15 mean in fp16?",
        ),
        Misconception(
            "takes the largest E",
            _all_ones,
            "That is the largest E, so no exponent could be positive: what is about half of it?",
        ),
        Misconception(
            "counts the patterns",
            _how_many,
            "That is how many patterns the field has: the bias should lie in their middle.",
        ),
        Misconception(
            "takes exactly the half",
            _float_half,
            "The middle of 0 to 2ᵉ − 1 falls between two whole numbers: which of the two is it?",
        ),
        Misconception(
            "has the wrong sign",
            _negative,
            "The exponent is E minus the bias, and has to come out negative for small E: is your sign right?",
        ),
        Misconception(
            "gives the lowest exponent",
            _lowest,
            "That is the exponent of the smallest normal numbers, where E = 1: what was subtracted from E?",
        ),
        Misconception(
            "squares the number of bits",
            _not_two_but_e,
            "Another bit doubles the number of exponents: is yours a power of two?",
        ),
        Misconception(
            "writes ^ for a power",
            _xor,
            "In Python `^` compares bits; how is a power written?",
        ),
        Misconception(
            "halves twice",
            _power_of_difference,
            "For 5 bits you get 8, but 1.0 has E = 15: how many of the 32 patterns are below the middle?",
        ),
        Misconception(
            "takes off two",
            _two_too_few,
            "One too few: E = 0 and E = all ones are special, but does that move the middle?",
        ),
        Misconception(
            "doubles instead of raising two to a power",
            _linear,
            "A field of e bits holds 2ᵉ patterns, not 2·e: what is half of that?",
        ),
    ),
    hints=(
        "Write down the eight values of a field of 3 bits: 0 to 7. Which of them should mean exponent 0?",
        "Half of the values, 2 to the power e − 1, should mean positive exponents (the last one is special).",
        "So the largest value that does not lie in the upper half is the bias: one less than that power.",
    ),
)
