"""Exercise 26.inflight: how many micro-batches a device of a 1F1B pipeline holds."""

from __future__ import annotations

from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]


def in_flight(d: int, p: int, m: int) -> int:
    """1, 4, 8  ->  3"""
    return min(m, p - d)


def _all(d: int, p: int, m: int) -> int:
    return m


def _devices(d: int, p: int, m: int) -> int:
    return min(m, p)


def _warm_up(d: int, p: int, m: int) -> int:
    return min(m, p - d - 1)


def _counts_from_one(d: int, p: int, m: int) -> int:
    return min(m, p - d + 1)


def _never_too_few(d: int, p: int, m: int) -> int:
    return p - d


def _wrong_end(d: int, p: int, m: int) -> int:
    return min(m, d + 1)


def _wrong_end_from_zero(d: int, p: int, m: int) -> int:
    return min(m, d)


def _larger(d: int, p: int, m: int) -> int:
    return max(m, p - d)


def _one(d: int, p: int, m: int) -> int:
    return 1


def _batch_less_device(d: int, p: int, m: int) -> int:
    return max(0, m - d)


def _twice(d: int, p: int, m: int) -> int:
    return min(m, 2 * (p - d) - 1)


def _last_of_all(d: int, p: int, m: int) -> int:
    return min(m, p) - d


def _share(d: int, p: int, m: int) -> int:
    return -(-m // p)


def _draw(rng: Random) -> tuple[int, int, int]:
    p = rng.randrange(1, 17)
    return rng.randrange(p), p, rng.randrange(1, 40)


EXERCISE = Exercise(
    id="26.inflight",
    title="Micro-batches in flight",
    minutes=5,
    difficulty=2,
    reference=in_flight,
    cases=((1, 4, 8), (0, 4, 8), (3, 4, 8), (0, 8, 3), (5, 8, 3), (7, 8, 3), (0, 1, 5), (2, 16, 64)),
    draw=_draw,
    misconceptions=(
        Misconception(
            "holds the whole batch",
            _all,
            "That is GPipe: when does 1F1B free the first micro-batch?",
        ),
        Misconception(
            "holds as much on every device",
            _devices,
            "Right for device 0: does the last device wait before it goes back?",
        ),
        Misconception(
            "counts the forward passes ahead only",
            _warm_up,
            "After the passes ahead comes one more forward pass before the first backward pass: is it held?",
        ),
        Misconception(
            "is one too many",
            _counts_from_one,
            "The last device goes back after each forward pass: how many does it hold, and what is its d?",
        ),
        Misconception(
            "forgets small batches",
            _never_too_few,
            "Can a device hold more micro-batches than there are?",
        ),
        Misconception(
            "numbers from the wrong end",
            _wrong_end,
            "Which device waits longest for its first gradient, the first or the last?",
        ),
        Misconception(
            "takes d itself",
            _wrong_end_from_zero,
            "Device 0 would hold nothing: how far is it from the end of the pipeline?",
        ),
        Misconception(
            "takes the larger number",
            _larger,
            "Two things limit the number, what there is and what is ahead: is it the larger or the smaller?",
        ),
        Misconception(
            "holds one",
            _one,
            "That is the last device: what does the first do while its first micro-batch travels?",
        ),
        Misconception(
            "subtracts d from the batch",
            _batch_less_device,
            "Let m grow to 1,000: does a device of 1F1B hold more and more?",
        ),
        Misconception(
            "is that of ZB-H2",
            _twice,
            "That is the bill of ZB-H2, which goes ahead about twice as far: how far does 1F1B go?",
        ),
        Misconception(
            "cuts before it subtracts",
            _last_of_all,
            "With 3 micro-batches on 8 devices, device 5 still holds what it gets: is yours at least 1?",
        ),
        Misconception(
            "deals the batch out",
            _share,
            "Every micro-batch visits every device: is it the batch that is dealt out?",
        ),
    ),
    hints=(
        "Device d begins with forward passes until the first gradient can reach it: how many fit?",
        "The last device holds 1, the one before it 2, and so on to device 0, which holds p.",
        "p − d, but never more than m.",
    ),
)
