"""Exercise 19.bits: what a weight costs together with its share of the scales."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def bits_per_parameter(bits: int, block: int, outer: int) -> float:
    """4, 64, 0  ->  4.5        4, 64, 256  ->  4.126953125"""
    if outer == 0:
        return bits + 32 / block
    return bits + 8 / block + 32 / (block * outer)


def _codes_only(bits: int, block: int, outer: int) -> float:
    return float(bits)


def _no_outer(bits: int, block: int, outer: int) -> float:
    return bits + 32 / block


def _outer_free(bits: int, block: int, outer: int) -> float:
    return bits + (8 if outer else 32) / block


def _outer_shared_by_weights(bits: int, block: int, outer: int) -> float:
    return bits + 8 / block + 32 / outer if outer else bits + 32 / block


def _both_scales(bits: int, block: int, outer: int) -> float:
    return bits + 32 / block + (8 / (block * outer) if outer else 0)


def _half_scales(bits: int, block: int, outer: int) -> float:
    return bits + 8 / block + 16 / (block * outer) if outer else bits + 16 / block


def _bytes_for_bits(bits: int, block: int, outer: int) -> float:
    return bits + 1 / block + 4 / (block * outer) if outer else bits + 4 / block


def _a_scale_each(bits: int, block: int, outer: int) -> float:
    return bits + 8 + 32 / outer if outer else bits + 32.0


def _in_bytes(bits: int, block: int, outer: int) -> float:
    return bits_per_parameter(bits, block, outer) / 8


def _saving(bits: int, block: int, outer: int) -> float:
    return bits_per_parameter(bits, block, 0) - bits_per_parameter(bits, block, outer)


def _scales_only(bits: int, block: int, outer: int) -> float:
    return bits_per_parameter(0, block, outer)


def _whole_block(bits: int, block: int, outer: int) -> float:
    return block * bits_per_parameter(bits, block, outer)


def _scale_of_code_size(bits: int, block: int, outer: int) -> float:
    return bits + bits / block + 32 / (block * outer) if outer else bits + 32 / block


def _added_sizes(bits: int, block: int, outer: int) -> float:
    return bits + 8 / block + 32 / (block + outer) if outer else bits + 32 / block


def _draw(rng: Random) -> tuple[int, int, int]:
    return rng.choice([2, 3, 4, 8]), rng.choice([16, 32, 128, 256]), rng.choice([0, 64, 128, 512])


EXERCISE = Exercise(
    id="19.bits",
    title="Bits per parameter",
    minutes=4,
    difficulty=1,
    reference=bits_per_parameter,
    cases=((4, 64, 0), (4, 64, 256), (3, 128, 0), (2, 32, 64), (8, 16, 128), (4, 1, 0)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "counts the codes only", _codes_only, "Where are the scales, without which codes mean nothing?"
        ),
        Misconception(
            "leaves the scales in float32",
            _no_outer,
            "With `outer` a scale has 8 bits: which 32-bit numbers are left?",
        ),
        Misconception(
            "forgets the outer scales",
            _outer_free,
            "8-bit scales need scales of their own: one float32 for each `outer` of them.",
        ),
        Misconception(
            "shares the outer scale among weights",
            _outer_shared_by_weights,
            "`outer` counts scales: how many *weights* stand behind that many scales?",
        ),
        Misconception(
            "gives the inner scales 32 bits",
            _both_scales,
            "Which of the two kinds of scale has 8 bits, the many or the few?",
        ),
        Misconception("takes 16-bit scales", _half_scales, "The scales are float32: how many bits is that?"),
        Misconception("takes bytes for bits", _bytes_for_bits, "A float32 scale has 4 bytes: how many bits?"),
        Misconception("gives each weight a scale", _a_scale_each, "How many weights share one scale?"),
        Misconception("counts bytes", _in_bytes, "That is in bytes; bits are asked for."),
        Misconception("returns the saving", _saving, "That is what double quantisation saves: what is left?"),
        Misconception("counts the scales only", _scales_only, "Where are the bits of the codes themselves?"),
        Misconception(
            "counts a whole block", _whole_block, "That is a block: how many bits for one weight of it?"
        ),
        Misconception(
            "gives a scale as many bits as a code",
            _scale_of_code_size,
            "The scales have 8 bits, whatever the codes have.",
        ),
        Misconception(
            "adds the sizes",
            _added_sizes,
            "An outer scale stands for `outer` blocks of `block` weights: add, or multiply?",
        ),
    ),
    hints=(
        "Each number that a group shares costs its bits divided by the size of the group.",
        "An outer scale is shared by block · outer weights.",
    ),
)
