"""Exercise 19.nf4: the codes of a block of numbers."""

from __future__ import annotations

from random import Random
from statistics import NormalDist

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def _levels() -> list[float]:
    """Return the 16 levels of NF4, to four digits."""
    sides = []
    for levels in (8, 9):
        step = (0.9677083 - 0.5) / (levels - 1)
        sides.append([NormalDist().inv_cdf(0.9677083 - i * step) for i in range(levels - 1)])
    largest = sides[1][0]
    return [round(x / largest, 4) for x in [*(-x for x in sides[0]), 0.0, *reversed(sides[1])]]


LEVELS = _levels()


def nf4_codes(x: list[float], levels: list[float]) -> list[int]:
    """[0.5, -2.0, 0.0, 2.0], the 16 levels  ->  [10, 0, 7, 15]"""
    largest = max((abs(value) for value in x), default=0.0) or 1.0
    codes = []
    for value in x:
        distances = [abs(value / largest - level) for level in levels]
        codes.append(distances.index(min(distances)))
    return codes


def _nearest(x: list[float], levels: list[float], largest: float) -> list[int]:
    return [min(range(len(levels)), key=lambda i: abs(value / (largest or 1.0) - levels[i])) for value in x]


def _not_scaled(x: list[float], levels: list[float]) -> list[int]:
    return _nearest(x, levels, 1.0)


def _largest_not_size(x: list[float], levels: list[float]) -> list[int]:
    return _nearest(x, levels, max(x, default=1.0))


def _min_max(x: list[float], levels: list[float]) -> list[int]:
    low, high = min(x, default=0.0), max(x, default=0.0)
    return _nearest([2 * (value - low) / ((high - low) or 1.0) - 1 for value in x], levels, 1.0)


def _even(x: list[float], levels: list[float]) -> list[int]:
    largest = max((abs(value) for value in x), default=0.0) or 1.0
    return [round((value / largest + 1) * 7.5) for value in x]


def _level_below(x: list[float], levels: list[float]) -> list[int]:
    largest = max((abs(value) for value in x), default=0.0) or 1.0
    return [max(i for i, level in enumerate(levels) if level <= value / largest) for value in x]


def _values(x: list[float], levels: list[float]) -> list[float]:
    return [levels[code] for code in nf4_codes(x, levels)]


def _decoded(x: list[float], levels: list[float]) -> list[float]:
    largest = max((abs(value) for value in x), default=0.0)
    return [levels[code] * largest for code in nf4_codes(x, levels)]


def _from_one(x: list[float], levels: list[float]) -> list[int]:
    return [code + 1 for code in nf4_codes(x, levels)]


def _centred(x: list[float], levels: list[float]) -> list[int]:
    mean = sum(x) / max(1, len(x))
    return nf4_codes([value - mean for value in x], levels)


def _by_norm(x: list[float], levels: list[float]) -> list[int]:
    return _nearest(x, levels, sum(value**2 for value in x) ** 0.5)


def _by_spread(x: list[float], levels: list[float]) -> list[int]:
    return _nearest(x, levels, (sum(value**2 for value in x) / max(1, len(x))) ** 0.5)


def _ties_up(x: list[float], levels: list[float]) -> list[int]:
    largest = max((abs(value) for value in x), default=0.0) or 1.0
    last = len(levels) - 1
    return [last - min(range(last + 1), key=lambda i: abs(v / largest - levels[last - i])) for v in x]


def _sizes(x: list[float], levels: list[float]) -> list[int]:
    return nf4_codes([abs(value) for value in x], levels)


def _packed(x: list[float], levels: list[float]) -> list[int]:
    codes = nf4_codes(x, levels)
    return [16 * high + low for high, low in zip(codes[::2], codes[1::2], strict=False)]


def _draw(rng: Random) -> tuple[list[float], list[float]]:
    """Draw normal numbers, now and then with the largest one negative."""
    x = [rng.gauss(0, 1) * rng.choice([0.02, 1.0, 3.0]) for _ in range(2 * rng.randrange(4, 9))]
    x[rng.randrange(len(x))] = rng.choice([-1, 1]) * 1.1 * max(abs(value) for value in x)
    return x, LEVELS


EXERCISE = Exercise(
    id="19.nf4",
    title="Encode in NF4",
    minutes=7,
    difficulty=2,
    reference=nf4_codes,
    cases=(
        ([0.5, -2.0, 0.0, 2.0], LEVELS),
        ([0.03, -0.01, 0.004, 0.02, -0.05, 0.0, 0.011, -0.033], LEVELS),
        ([-4.0, 1.0, 1.0, -1.0, 3.0, 0.2, -0.2, 2.0], LEVELS),
        ([0.0, 0.0, 0.0, 0.0], LEVELS),
        ([1.0, 0.5, -0.5, 0.25], [-1.0, 0.0, 1.0]),
    ),
    draw=_draw,
    misconceptions=(
        Misconception(
            "does not divide", _not_scaled, "The levels reach from −1 to 1: by what do you divide the block?"
        ),
        Misconception(
            "divides by the largest number",
            _largest_not_size,
            "In [−4, 3] the largest *size* is 4: what does your division make of −4?",
        ),
        Misconception(
            "stretches from minimum to maximum",
            _min_max,
            "You stretch the block over the whole range: which code does 0 get then?",
        ),
        Misconception(
            "takes even steps",
            _even,
            "Your levels are evenly spaced: those of NF4 are not, so compare with `levels`.",
        ),
        Misconception(
            "takes the level below", _level_below, "You take the last level below: is the next one nearer?"
        ),
        Misconception(
            "returns levels", _values, "Those are the levels: their places in the list are asked for."
        ),
        Misconception("decodes again", _decoded, "Those are the decoded numbers: which codes are stored?"),
        Misconception("counts from one", _from_one, "A code has 4 bits, 0 to 15: what is the first index?"),
        Misconception(
            "centres the block",
            _centred,
            "You subtract the mean of the numbers: then 0 is no longer exact. (Only the scales are centred.)",
        ),
        Misconception(
            "divides by the length",
            _by_norm,
            "You divide by the root of the sum of squares: then none reaches ±1.",
        ),
        Misconception(
            "divides by the spread",
            _by_spread,
            "You divide by the standard deviation: which number should become ±1?",
        ),
        Misconception("takes the upper level at a tie", _ties_up, "At a tie the lower level is asked for."),
        Misconception("loses the sign", _sizes, "You take sizes throughout: where did the signs go?"),
        Misconception(
            "packs bytes", _packed, "Those are bytes of two codes; one code a number is asked for."
        ),
    ),
    hints=(
        "`largest = max(abs(value) for value in x)`; mind a block of zeros.",
        "For each the index i of the smallest `abs(value / largest - levels[i])`; `min` keeps the first.",
    ),
)
