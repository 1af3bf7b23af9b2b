"""Exercise 26.schedule: write a pipeline's schedule by hand."""

from __future__ import annotations

import re
from typing import Any

from helpers import planner
from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

DEVICES, MICRO_BATCHES, MOST, TIME = 3, 4, 3, 18
SOLUTION = [
    "F0 F1 F2 B0 F3 B1 B2 B3",
    "F0 F1 B0 F2 B1 F3 B2 B3",
    "F0 B0 F1 B1 F2 B2 F3 B3",
]


def _read(answer: Any) -> planner.schedules.Schedule:
    """Return the operations of an answer: a line of words, or a list of them, for each device.

    Raises:
        ValueError: one sentence that says what cannot be read.
    """
    if not isinstance(answer, list | tuple) or len(answer) != DEVICES:
        raise ValueError(f"A list of {DEVICES} lines is asked for, one for each device.")
    ops = []
    for device, line in enumerate(answer):
        words = line.split() if isinstance(line, str) else list(line)
        for word in words:
            if not (isinstance(word, str) and re.fullmatch(rf"[FB][0-{MICRO_BATCHES - 1}]", word)):
                raise ValueError(
                    f"Device {device}: {word!r} is no operation; write F0 to F3, B0 to B3, with blanks."
                )
        ops.append([planner.Operation(word[0], int(word[1:]), device) for word in words])
    return ops


def _fault(answer: Any) -> str:
    """Return why a schedule cannot run, in the words of `planner.check`, or nothing."""
    try:
        ops = _read(answer)
        planner.check(ops)
    except planner.ScheduleError as error:
        return f"`planner.check` says: {error}. What has to come earlier, or is still to be written?"
    except (TypeError, ValueError) as error:
        return (
            str(error) if type(error) is ValueError else "Write each line as one string, such as 'F0 F1 B0'."
        )
    if {op.micro_batch for line in ops for op in line} != set(range(MICRO_BATCHES)):
        return f"It runs, but there are {MICRO_BATCHES} micro-batches, 0 to 3: which are missing?"
    return ""


def _cost(answer: Any) -> tuple[float, float]:
    """Return how long a schedule takes and how many micro-batches a device holds at most."""
    events = planner.simulate(_read(answer), forward=1, backward=2, weight=0)
    return max(e.end for e in events), max(planner.peak_memory(planner.memory_trace(events)))


def _good(answer: Any, expected: Any) -> bool:
    """Any schedule that runs, holds at most three and takes at most 18 is right."""
    if _fault(answer):
        return False
    time, held = _cost(answer)
    return time <= TIME and held <= MOST


def _holds_all(answer: Any) -> bool:
    return _cost(answer)[1] > MOST


def _one_at_a_time(answer: Any) -> bool:
    return _cost(answer)[1] == 1


def _too_careful(answer: Any) -> bool:
    return _cost(answer)[1] == 2 and _cost(answer)[0] > TIME


def _too_late(answer: Any) -> bool:
    return _cost(answer)[0] > TIME


EXERCISE = Exercise(
    id="26.schedule",
    title="Write a schedule",
    minutes=10,
    difficulty=3,
    reference=SOLUTION,
    name="schedule",
    fault=_fault,
    equal=_good,
    misconceptions=(
        Misconception(
            "holds all micro-batches",
            _holds_all,
            "It runs, but a device holds all four: which backward pass could come before the last forward?",
        ),
        Misconception(
            "does one micro-batch at a time",
            _one_at_a_time,
            "It runs and holds one, but the devices wait for each other: what could device 0 do meanwhile?",
        ),
        Misconception(
            "goes too few passes ahead",
            _too_careful,
            "It runs and holds two, but takes longer than 18: how far may device 0 go ahead before it waits?",
        ),
        Misconception(
            "takes too long",
            _too_late,
            "It runs and holds three, but takes longer than 18: which device waits in `planner.gantt`?",
        ),
    ),
    hints=(
        "The last device never needs to wait with a backward pass: F0 B0 F1 B1 and so on.",
        "A device one place before the end goes one forward pass ahead, the one before that two.",
        "So device 0 begins with F0 F1 F2, and then goes one back, one forward.",
    ),
)
