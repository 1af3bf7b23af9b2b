"""Exercise 25.zero: the fewest devices on which the states of a model fit at a ZeRO stage."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def fewest_devices(parameters: int, memory: int, stage: int) -> int | None:
    """1_000, 6_000, 1  ->  6, for 4 and 12/6 bytes a parameter are 6,000"""
    fixed = parameters * (16, 4, 2, 0)[stage]
    cut = parameters * 16 - fixed
    if cut == 0:
        return 1 if fixed <= memory else None
    return -(-cut // (memory - fixed)) if memory > fixed else None


def _fewest(fixed: float, cut: float, memory: float) -> int | None:
    if cut <= 0:
        return 1 if fixed <= memory else None
    return max(1, math.ceil(cut / (memory - fixed))) if memory > fixed else None


def _of(parameters: int, memory: int, stage: int, kept: tuple[int, ...], whole: int = 16) -> int | None:
    fixed = parameters * kept[stage]
    return _fewest(fixed, parameters * whole - fixed, memory)


def _not_cumulative(parameters: int, memory: int, stage: int) -> int | None:
    return _of(parameters, memory, stage, (16, 4, 14, 14))


def _all_cut(parameters: int, memory: int, stage: int) -> int | None:
    return _of(parameters, memory, stage, (0, 0, 0, 0))


def _stage_off(parameters: int, memory: int, stage: int) -> int | None:
    return _of(parameters, memory, stage, (4, 2, 0, 0))


def _never_cut(parameters: int, memory: int, stage: int) -> int | None:
    return 1 if 16 * parameters <= memory else None


def _wide_weights(parameters: int, memory: int, stage: int) -> int | None:
    return _of(parameters, memory, stage, (16, 8, 4, 0))


def _no_master(parameters: int, memory: int, stage: int) -> int | None:
    return _of(parameters, memory, stage, (12, 4, 2, 0), whole=12)


def _weights_only(parameters: int, memory: int, stage: int) -> int | None:
    return _of(parameters, memory, stage, (2, 2, 2, 0), whole=2)


def _rounded_down(parameters: int, memory: int, stage: int) -> int | None:
    fixed = parameters * (16, 4, 2, 0)[stage]
    cut = 16 * parameters - fixed
    if cut == 0 or memory <= fixed:
        return fewest_devices(parameters, memory, stage)
    return max(1, cut // (memory - fixed))


def _strictly_less(parameters: int, memory: int, stage: int) -> int | None:
    return fewest_devices(parameters, memory - 1, stage)


def _fixed_forgotten(parameters: int, memory: int, stage: int) -> int | None:
    return _fewest(0.0, parameters * (0, 12, 14, 16)[stage], memory)


def _power_of_two(parameters: int, memory: int, stage: int) -> int | None:
    number = fewest_devices(parameters, memory, stage)
    return None if number is None else 1 << (number - 1).bit_length()


def _draw(rng: Random) -> tuple[int, int, int]:
    parameters, stage = rng.randrange(50, 3_000), rng.randrange(4)
    if rng.random() < 0.2:  # exactly full
        number = rng.choice([2, 3, 4, 6, 12])
        parameters *= 84
        fixed = parameters * (16, 4, 2, 0)[stage]
        return parameters, fixed + (16 * parameters - fixed) // number, stage
    return parameters, int(parameters * rng.uniform(0.4, 18)), stage


EXERCISE = Exercise(
    id="25.zero",
    title="How few devices?",
    minutes=8,
    difficulty=3,
    reference=fewest_devices,
    cases=(
        (1_000, 6_000, 1),
        (1_000, 4_000, 1),
        (1_000, 4_100, 2),
        (1_000, 16_000, 0),
        (1_000, 15_999, 0),
        (7_500_000_000, 80_000_000_000, 3),
        (7_500_000_000, 80_000_000_000, 1),
        (1_000, 1, 3),
        (70_000_000_000, 141_000_000_000, 2),
        (100, 5_000, 3),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "takes stages as separate",
            _not_cumulative,
            "Each stage includes the ones before: at stage 2, who holds the optimizer?",
        ),
        Misconception(
            "shares out everything",
            _all_cut,
            "All devices together have room enough: but does each have room for what this stage keeps whole?",
        ),
        Misconception(
            "is one stage ahead",
            _stage_off,
            "Stage 0 shares nothing, stage 1 the optimizer: is your table off by one?",
        ),
        Misconception(
            "shares nothing",
            _never_cut,
            "More devices do not help in yours: what does the stage share out?",
        ),
        Misconception(
            "takes weights and gradients in 32 bits",
            _wide_weights,
            "With 16-bit training, how many bytes does a weight take, and its gradient?",
        ),
        Misconception(
            "forgets the float32 copy",
            _no_master,
            "Besides Adam's two averages, what does the optimizer keep in float32?",
        ),
        Misconception(
            "counts the weights alone",
            _weights_only,
            "That is enough to run the model: what else does training hold?",
        ),
        Misconception(
            "rounds down",
            _rounded_down,
            "Put your number back into the formula: does it fit, or is a bit left over?",
        ),
        Misconception(
            "wants room to spare",
            _strictly_less,
            "Exactly full is fine: what should 1,000 parameters in 6,000 bytes at stage 1 give?",
        ),
        Misconception(
            "forgets what is not shared",
            _fixed_forgotten,
            "The shared part must fit beside the part that every device keeps: how much room is left for it?",
        ),
        Misconception(
            "rounds up to a power of two",
            _power_of_two,
            "Your number fits, but does a smaller one fit too? Nothing asks for a power of two.",
        ),
    ),
    hints=(
        "Split the 16 bytes: what each device keeps whole (16, 4, 2 or 0), and what is divided by N.",
        "kept + cut / N ≤ memory, so N ≥ cut / (memory − kept), rounded up; no N helps if `kept` fills it.",
    ),
)
