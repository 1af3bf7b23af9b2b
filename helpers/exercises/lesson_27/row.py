"""Exercise 27.row: which row is farthest off, and what network would explain it."""

from __future__ import annotations

import math
from random import Random

from helpers.exercises.exercise import Exercise, Misconception

__all__ = ["EXERCISE"]

Row = tuple[str, float, float, float, float]


def find_row(rows: list[tuple[str, float, float, float, float]]) -> tuple[str, float]:
    """[("a", 10.0, 9.0, 8.0, 40.0), ("b", 30.0, 15.0, 10.0, 60.0)]  ->  ("b", 3.0)"""
    farthest = max(rows, key=lambda row: max(row[1] / row[2], row[2] / row[1]))
    name, published, _, computing, sent = farthest
    return name, sent / (published - computing)


def _speed(row: Row) -> tuple[str, float]:
    return row[0], row[4] / (row[1] - row[3])


def _worst(rows: list[Row]) -> Row:
    return max(rows, key=lambda row: max(row[1] / row[2], row[2] / row[1]))


def _seconds_off(rows: list[Row]) -> tuple[str, float]:
    return _speed(max(rows, key=lambda row: abs(row[1] - row[2])))


def _too_fast_only(rows: list[Row]) -> tuple[str, float]:
    return _speed(max(rows, key=lambda row: row[1] / row[2]))


def _too_slow_only(rows: list[Row]) -> tuple[str, float]:
    return _speed(max(rows, key=lambda row: row[2] / row[1]))


def _share_of_published(rows: list[Row]) -> tuple[str, float]:
    return _speed(max(rows, key=lambda row: abs(row[2] / row[1] - 1)))


def _share_of_predicted(rows: list[Row]) -> tuple[str, float]:
    return _speed(max(rows, key=lambda row: abs(row[1] / row[2] - 1)))


def _best_row(rows: list[Row]) -> tuple[str, float]:
    return _speed(min(rows, key=lambda row: max(row[1] / row[2], row[2] / row[1])))


def _longest(rows: list[Row]) -> tuple[str, float]:
    return _speed(max(rows, key=lambda row: row[1]))


def _whole_step(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], row[4] / row[1]


def _from_predicted(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], row[4] / (row[2] - row[3])


def _from_the_gap(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], row[4] / abs(row[1] - row[2])


def _bits(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], 8 * row[4] / (row[1] - row[3])


def _gigabytes(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], row[4] / (row[1] - row[3]) / 1e9


def _seconds_for_a_byte(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], (row[1] - row[3]) / row[4]


def _waiting(rows: list[Row]) -> tuple[str, float]:
    row = _worst(rows)
    return row[0], row[1] - row[3]


def _mean_speed(rows: list[Row]) -> tuple[str, float]:
    return _worst(rows)[0], sum(_speed(row)[1] for row in rows) / len(rows)


def _equal(given: object, expected: object) -> bool:
    if not isinstance(given, tuple | list) or len(given) != 2:
        return False
    name, speed = given
    numbers = isinstance(speed, int | float) and not isinstance(speed, bool)
    return numbers and name == expected[0] and math.isclose(speed, expected[1], rel_tol=1e-6)


def _draw(rng: Random) -> tuple[list[Row]]:
    rows = []
    for name in rng.sample(["ring", "tree", "pair", "mesh", "star", "line"], rng.randrange(3, 6)):
        published = rng.uniform(5, 90)
        predicted = published * 4 ** rng.uniform(-1, 1)
        computing = rng.uniform(0.2, 0.8) * min(published, predicted)
        rows.append((name, published, predicted, computing, rng.uniform(1e9, 1e12)))
    return (rows,)


EXERCISE = Exercise(
    id="27.row",
    title="Find the row, and say why",
    minutes=8,
    difficulty=2,
    reference=find_row,
    cases=(
        ([("a", 10.0, 9.0, 8.0, 40.0), ("b", 30.0, 15.0, 10.0, 60.0)],),
        ([("slow", 4.0, 12.0, 2.0, 30.0), ("fast", 90.0, 45.0, 30.0, 120.0), ("good", 8.0, 8.1, 4.0, 8.0)],),
        ([("one", 80.0, 50.0, 40.0, 1e12)],),
        ([("p", 10.0, 5.5, 4.0, 9.0), ("q", 10.0, 19.0, 4.0, 6.0), ("r", 99.0, 80.0, 60.0, 7.0)],),
        ([("u", 10.0, 18.0, 4.0, 9.0), ("v", 10.0, 5.2, 4.0, 6.0), ("w", 99.0, 80.0, 60.0, 7.0)],),
    ),
    draw=_draw,
    equal=_equal,
    misconceptions=(
        Misconception(
            "compares seconds",
            _seconds_off,
            "A long step may be off by many seconds and still be nearly right: compare shares instead?",
        ),
        Misconception(
            "looks for rows that are too fast only",
            _too_fast_only,
            "A row predicted three times too slow is wrong as well: does your measure see it?",
        ),
        Misconception(
            "looks for rows that are too slow only",
            _too_slow_only,
            "A row predicted three times too fast is wrong as well: does your measure see it?",
        ),
        Misconception(
            "divides the difference by the published time",
            _share_of_published,
            "By that measure twice too slow is off by 1, and twice too fast by 1/2: what treats both alike?",
        ),
        Misconception(
            "divides the difference by the predicted time",
            _share_of_predicted,
            "By that measure twice too fast is off by 1, and twice too slow by 1/2: what treats both alike?",
        ),
        Misconception(
            "takes the best row", _best_row, "That is the row that is met best: which is met worst?"
        ),
        Misconception(
            "takes the longest step", _longest, "The longest step need not be the one farthest off."
        ),
        Misconception(
            "lets messages take the whole step",
            _whole_step,
            "For part of the published time the card computes: how much is left for messages?",
        ),
        Misconception(
            "explains the prediction",
            _from_predicted,
            "That is the speed that the model assumed: which time has to be explained?",
        ),
        Misconception(
            "takes the gap for the messages' time",
            _from_the_gap,
            "The prediction has some time for messages already: start from computing alone.",
        ),
        Misconception(
            "counts bits", _bits, "Bytes a second are asked for: where do your eight bits come from?"
        ),
        Misconception("returns gigabytes", _gigabytes, "Leave it in bytes a second."),
        Misconception(
            "has the fraction upside down", _seconds_for_a_byte, "That is seconds for a byte: turn it over."
        ),
        Misconception(
            "returns the time of the messages",
            _waiting,
            "These are the seconds left for messages: and the speed?",
        ),
        Misconception(
            "averages all rows",
            _mean_speed,
            "One row is to be explained: whose bytes and seconds belong to it?",
        ),
    ),
    hints=(
        "Published over predicted, or predicted over published: take the larger of the two for each row.",
        "What the network must explain is the published time less the computing.",
        "Speed is bytes divided by seconds.",
    ),
)
