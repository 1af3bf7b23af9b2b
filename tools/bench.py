"""Measure the builds beside naive versions and libraries, and each lesson: ``python -m tools.bench [04 …]``.

All versions of a row run in one process on one core, in turns, and must give the same result before their
times count. The figures and the machine go into ``benchmarks/``. The exit status is 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

__all__ = ["Goal", "Measured", "Row", "main", "measure", "modules", "one_core"]

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
ROUNDS = 5
ATTEMPTS = (
    3  # a goal is missed only when it is missed this often: another program may have slowed one attempt
)
LONG = 2.0  # seconds; a version that takes longer runs once an attempt

Seconds = Mapping[str, float]


@dataclass(frozen=True)
class Goal:
    """A sentence and whether it is true of the best seconds of each version."""

    text: str
    is_met: Callable[[Seconds], bool]


@dataclass(frozen=True)
class Row:
    """One thing to do, in several versions: "own", and perhaps "naive" and "library".

    Attributes:
        name: what is done.
        versions: name → a function that does it once and returns the result.
        agree: whether the results, by version, are equal.
        goals: what has to be true.
        megabytes: how much is worked on, where a rate makes sense.
    """

    name: str
    versions: Mapping[str, Callable[[], Any]]
    agree: Callable[[Mapping[str, Any]], bool]
    goals: tuple[Goal, ...] = ()
    megabytes: float | None = None


@dataclass(frozen=True)
class Measured:
    """The median seconds of each version, and for each goal whether it was met."""

    name: str
    seconds: dict[str, float]
    goals: dict[str, bool]
    megabytes: float | None = None


def measure(row: Row, rounds: int = ROUNDS, attempts: int = ATTEMPTS) -> Measured:
    """Time the versions of a row in turns; try again, adding to the times, while a goal is missed.

    Raises:
        ValueError: the versions do not give the same result.
    """
    times: dict[str, list[float]] = {name: [] for name in row.versions}
    results = {name: _timed(version, times[name]) for name, version in row.versions.items()}
    if not row.agree(results):
        raise ValueError(f"The versions {', '.join(row.versions)} of {row.name!r} give different results.")
    del results
    best: dict[str, float] = {}
    for attempt in range(attempts):
        gc.collect()
        _rounds(row, times, rounds, again=attempt > 0)
        best = {name: min(taken) for name, taken in times.items()}
        if all(goal.is_met(best) for goal in row.goals):
            break
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    return Measured(row.name, medians, {goal.text: goal.is_met(best) for goal in row.goals}, row.megabytes)


def _rounds(row: Row, times: dict[str, list[float]], rounds: int, again: bool) -> None:
    """Time all versions in turns; one that takes long runs only once more, and only if `again`."""
    for number in range(rounds):
        for name, version in row.versions.items():
            if times[name][-1] < LONG or (again and number == 0):
                _timed(version, times[name])


def _timed(version: Callable[[], Any], taken: list[float]) -> Any:
    begin = time.perf_counter()
    result = version()
    taken.append(time.perf_counter() - begin)
    return result


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core, where the system lets us; libraries then start one thread."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def modules(numbers: Sequence[str] = ()) -> list[str]:
    """Return the numbers of the lessons that have rows, all or the given ones.

    Raises:
        ValueError: a given lesson has no rows.
    """
    there = sorted(path.stem.removeprefix("lesson_") for path in FOLDER.glob("lesson_*.py"))
    wanted = [number.zfill(2) for number in numbers]
    unknown = [number for number in wanted if number not in there]
    if unknown:
        raise ValueError(f"There is no benchmarks/lesson_{unknown[0]}.py; there are: {', '.join(there)}.")
    return wanted or there


def _measure_rows(numbers: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for number in numbers:
        for make in importlib.import_module(f"benchmarks.lesson_{number}").ROWS:
            measured = measure(make())
            print(f"{number}  {_line(measured)}", flush=True)
            found.append({"lesson": number, **asdict(measured)})
    return found


def _line(measured: Measured) -> str:
    times = "  ".join(f"{name} {seconds:.3f} s" for name, seconds in measured.seconds.items())
    missed = "".join(f"  MISSED: {goal}" for goal, met in measured.goals.items() if not met)
    return f"{measured.name}: {times}{missed}"


def _measure_lessons() -> list[dict[str, Any]]:
    from tools.notebooks import execute, read, select

    found = []
    for path in select([]):
        usage = execute(read(path), path.parent)
        print(f"{path.stem:40s}{usage}", flush=True)
        found.append({"lesson": path.stem, **asdict(usage), "stored": path.stat().st_size})
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__.splitlines()[0])
    parser.add_argument(
        "lessons", nargs="*", help="numbers of lessons (04); all, and the records, when left out"
    )
    options = parser.parse_args(arguments)
    try:
        numbers = modules(options.lessons)
    except ValueError as error:
        parser.error(str(error))
    with one_core():
        rows = _measure_rows(numbers)
    if not options.lessons:
        from tools import bench_report

        bench_report.write(FOLDER, rows, _measure_lessons())
    missed = [goal for row in rows for goal, met in row["goals"].items() if not met]
    for goal in missed:
        print(f"missed: {goal}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
