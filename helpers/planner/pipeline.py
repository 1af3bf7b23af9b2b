"""Run a schedule on paper: when does each device begin and end each operation, and how long does it wait?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.planner.schedules import Operation, Schedule, ScheduleError

__all__ = [
    "Durations",
    "Event",
    "Step",
    "bubble_rate",
    "check",
    "dependencies",
    "simulate",
    "starts",
    "step_time",
]

Durations = float | Sequence[float]  # of every stage, or one of each stage; any unit of time


@dataclass(frozen=True)
class Event:
    """An operation with its place and time; "B" stands for both gradients where there is no "W"."""

    device: int
    kind: str
    micro_batch: int
    stage: int
    start: float
    end: float


@dataclass(frozen=True)
class Step:
    """An operation, and the two before it that it waits for, as indices into the list of steps (-1: none)."""

    device: int
    operation: Operation
    whole: bool  # a "B" that computes both gradients
    previous: int  # on the same device
    source: int  # whose result it needs
    crosses: bool  # whether the result comes from another device


def simulate(
    ops: Schedule,
    forward: Durations = 1.0,
    backward: Durations = 1.0,
    weight: Durations = 1.0,
    communication: float = 0.0,
) -> list[Event]:
    """Return the events of a schedule, in the order in which they start.

    A device does its operations in order, each as soon as the device is free and its input is there. What
    goes to another device arrives `communication` later; sending and receiving keep nobody busy.

    Args:
        ops: for each device its operations, from `schedule` or written by hand.
        forward: time of "F".
        backward: time of the input's gradient, "B".
        weight: time of the weights' gradient, "W"; a "B" without a "W" of its own does both.
        communication: time from the end of an operation to its result on another device.

    Raises:
        ScheduleError: if work is missing or doubled, or the devices wait for each other for ever.
        ValueError: if a duration is negative, or there is not one for each stage.
    """
    steps = dependencies(ops)
    stages = 1 + max(step.operation.stage for step in steps)
    times = {
        kind: _per_stage(name, given, stages)
        for kind, name, given in (
            ("F", "forward", forward),
            ("B", "backward", backward),
            ("W", "weight", weight),
        )
    }
    if not communication >= 0:
        raise ValueError(f"communication must be at least 0, got {communication}")
    lasts = []
    for step in steps:
        kind, _, stage = step.operation
        lasts.append(times[kind][stage] + (times["W"][stage] if step.whole else 0.0))
    events = [
        Event(step.device, *step.operation, start, start + time)
        for step, start, time in zip(steps, starts(steps, lasts, communication), lasts, strict=True)
    ]
    return sorted(events, key=lambda event: (event.start, event.device))


def starts(steps: Sequence[Step], lasts: Sequence[float], communication: float = 0.0) -> list[float]:
    """Return when each step starts, given how long each lasts; each as early as it can."""
    begins: list[float] = []
    for step in steps:
        begin = 0.0
        if (before := step.previous) >= 0:
            begin = begins[before] + lasts[before]
        if (source := step.source) >= 0:
            arrives = begins[source] + lasts[source]
            if step.crosses:
                arrives += communication
            if arrives > begin:
                begin = arrives
        begins.append(begin)
    return begins


def dependencies(ops: Schedule) -> list[Step]:
    """Return all operations in an order in which each comes after those that it waits for.

    Raises:
        ScheduleError: if a stage has two homes or none, work is missing or doubled, or devices wait for ever.
    """
    home = _home_of_stages(ops)
    apart = {(op.micro_batch, op.stage) for line in ops for op in line if op.kind == "W"}
    found: dict[Operation, int] = {}
    steps: list[Step] = []
    done, last = [0] * len(ops), [-1] * len(ops)
    while (before := len(steps)) < sum(map(len, ops)):
        for device, line in enumerate(ops):
            for op in line[done[device] :]:
                needs = _input_of(op, len(home))
                if needs is not None and needs not in found:
                    break
                whole = op.kind == "B" and (op.micro_batch, op.stage) not in apart
                source, crosses = (
                    (-1, False) if needs is None else (found[needs], home[needs.stage] != device)
                )
                found[op] = len(steps)
                steps.append(Step(device, op, whole, last[device], source, crosses))
                last[device] = found[op]
                done[device] += 1
        if len(steps) == before:
            raise ScheduleError(_deadlock(ops, done, len(home)))
    return steps


def check(ops: Schedule) -> None:
    """Refuse a schedule that cannot run, with one sentence that says why; return nothing for a good one.

    Raises:
        ScheduleError: if a stage has two homes or none, work is missing or doubled, or devices wait for ever.
    """
    dependencies(ops)


def step_time(events: Sequence[Event]) -> float:
    """Return the longest time from a device's first start to its last end.

    With gradients averaged at the end, steps follow each other at this distance: a device that starts later
    may end later, and its waiting overlaps with the step before (Qi et al., 2024, arXiv:2401.10241).
    """
    return max(_spans(events).values())


def bubble_rate(events: Sequence[Event]) -> float:
    """Return the share of the step in which the device with the longest step waits."""
    spans = _spans(events)
    slowest = max(spans, key=lambda device: spans[device])
    busy = sum(event.end - event.start for event in events if event.device == slowest)
    return 1 - busy / spans[slowest] if spans[slowest] else 0.0


def _spans(events: Sequence[Event]) -> dict[int, float]:
    if not events:
        raise ValueError("there are no events to measure")
    return {
        device: max(e.end for e in events if e.device == device)
        - min(e.start for e in events if e.device == device)
        for device in sorted({event.device for event in events})
    }


def _input_of(op: Operation, stages: int) -> Operation | None:
    """Return the operation whose result this one waits for; a forward pass on the first stage has none."""
    if op.kind == "F":
        return Operation("F", op.micro_batch, op.stage - 1) if op.stage else None
    if op.kind == "W":
        return Operation("B", op.micro_batch, op.stage)
    last = op.stage == stages - 1
    return Operation("F", op.micro_batch, op.stage) if last else Operation("B", op.micro_batch, op.stage + 1)


def _home_of_stages(ops: Schedule) -> dict[int, int]:
    """Return stage → device, after a look at whether every stage does all of its work exactly once."""
    home: dict[int, int] = {}
    seen: set[Operation] = set()
    for device, line in enumerate(ops):
        for op in line:
            if op.kind not in ("F", "B", "W"):
                raise ScheduleError(f"an operation is F, B or W, got {op.kind!r} on device {device}")
            if home.setdefault(op.stage, device) != device:
                raise ScheduleError(f"stage {op.stage} is on device {home[op.stage]} and on device {device}")
            if op in seen:
                raise ScheduleError(f"device {device} does {_name(op)} twice")
            seen.add(op)
    batches = {op.micro_batch for op in seen}
    kinds = ("F", "B", "W") if any(op.kind == "W" for op in seen) else ("F", "B")
    for stage in range(max(home, default=0) + 1):
        for micro_batch in sorted(batches):
            for kind in kinds:
                if (op := Operation(kind, micro_batch, stage)) not in seen:
                    raise ScheduleError(f"nobody does {_name(op)}")
    if not seen:
        raise ScheduleError("the schedule is empty")
    return home


def _per_stage(name: str, given: Durations, stages: int) -> list[float]:
    times = [given] * stages if isinstance(given, int | float) else list(given)
    if len(times) != stages or not all(time >= 0 for time in times):
        raise ValueError(f"{name} is one time of at least 0, or one for each of {stages} stages, got {given}")
    return [float(time) for time in times]


def _deadlock(ops: Schedule, done: list[int], stages: int) -> str:
    stuck = [
        (device, line[at]) for device, (line, at) in enumerate(zip(ops, done, strict=True)) if at < len(line)
    ]
    waits = [f"device {d} waits with {_name(op)} for {_name(_input_of(op, stages))}" for d, op in stuck]
    return f"deadlock: {', '.join(waits[:4])}{' and more' * (len(waits) > 4)}"


def _name(op: Operation) -> str:
    return f"{op.kind} of micro-batch {op.micro_batch} at stage {op.stage}"
