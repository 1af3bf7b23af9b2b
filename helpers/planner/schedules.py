"""Pipeline schedules as data: for each device, the list of what it does, in order.

The orders of GPipe, 1F1B and interleaved 1F1B are those of `torch.distributed.pipelining`.
Sources: GPipe, Huang et al. (2019), arXiv:1811.06965; 1F1B and its interleaved form, Narayanan et al. (2021),
arXiv:2104.04473; ZB-H1 and ZB-H2, Qi et al. (2024), arXiv:2401.10241; ZB-V, by the same, arXiv:2405.15362.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Literal, NamedTuple

__all__ = ["SCHEDULES", "Operation", "Schedule", "ScheduleError", "schedule"]


class ScheduleError(ValueError):
    """A schedule that cannot be made or cannot run; the message is one sentence with the numbers."""


class Operation(NamedTuple):
    """One piece of work on one micro-batch at one stage of the model.

    `kind` is "F", the forward pass, "B", the gradient of the stage's input, or "W", that of its weights. A
    schedule without "W" computes both gradients in "B".
    """

    kind: Literal["F", "B", "W"]
    micro_batch: int
    stage: int


Schedule = list[list[Operation]]


def schedule(name: str, stages: int, micro_batches: int, virtual_stages: int = 1) -> Schedule:
    """Return the operations of each device of a pipeline, in order.

    Args:
        name: "gpipe", "1f1b", "interleaved", "zb-h1", "zb-h2" or "zb-v".
        stages: devices of the pipeline. Interleaved, device d has stages d, d + `stages`, …; in ZB-V they go
            down the devices and up again, and device d has stages d and 2 · `stages` − 1 − d.
        micro_batches: parts of the batch that go through one after another.
        virtual_stages: stages on each device of an interleaved pipeline; ZB-V has two in any case.

    Raises:
        ScheduleError: for an unknown name or numbers that do not fit it.
    """
    if name not in SCHEDULES:
        raise ScheduleError(f"schedule is one of {', '.join(SCHEDULES)}, got {name!r}")
    if min(stages, micro_batches, virtual_stages) < 1:
        said = f"got {stages}, {micro_batches} and {virtual_stages}"
        raise ScheduleError(f"stages, micro-batches and virtual stages must be at least 1, {said}")
    if name == "interleaved":
        return [_interleaved(d, stages, micro_batches, virtual_stages) for d in range(stages)]
    if virtual_stages > 1 and (name, virtual_stages) != ("zb-v", 2):
        usual = "two stages" if name == "zb-v" else "one stage"
        raise ScheduleError(f"{name} has {usual} on each device, got virtual_stages={virtual_stages}")
    return [SCHEDULES[name](d, stages, micro_batches) for d in range(stages)]


def _gpipe(device: int, stages: int, micro_batches: int) -> list[Operation]:
    """All forward passes, then all backward passes."""
    return [Operation(kind, k, device) for kind in "FB" for k in range(micro_batches)]


def _one_forward_one_backward(device: int, stages: int, micro_batches: int) -> list[Operation]:
    """Forward passes until the first gradient can arrive, then in turns: one forward, one backward."""
    return _interleaved(device, stages, micro_batches, 1, ahead=stages - 1 - device)


def _interleaved(
    device: int, stages: int, micro_batches: int, virtual_stages: int, ahead: int | None = None
) -> list[Operation]:
    """1F1B on several stages a device: a round of micro-batches goes through one stage, then the next."""
    rounds = max(1, micro_batches // stages)
    size, rest = divmod(micro_batches, rounds)
    if virtual_stages > 1 and rest:
        said = f"{micro_batches} micro-batches do not make {rounds} rounds of {stages} stages"
        raise ScheduleError(f"an interleaved schedule goes in whole rounds, but {said}")
    if virtual_stages == 1:
        size = micro_batches  # the order on one stage does not depend on rounds
    total = micro_batches * virtual_stages
    if ahead is None:
        ahead = (virtual_stages - 1) * size + 2 * (stages - 1 - device)
    ahead = min(total, ahead)

    def work(kind: Literal["F", "B"], number: int) -> Operation:
        through, place = divmod(number, size * virtual_stages)
        turn, k = divmod(place, size)
        turn = turn if kind == "F" else virtual_stages - 1 - turn
        return Operation(kind, through * size + k, turn * stages + device)

    steady = [work(kind, n + ahead * (kind == "F")) for n in range(total - ahead) for kind in ("F", "B")]
    return [work("F", n) for n in range(ahead)] + steady + [work("B", n) for n in range(total - ahead, total)]


def _zero_bubble(device: int, micro_batches: int, ahead: int, owed: int) -> list[Operation]:
    """Send input gradients on at once, and fill the waiting time with gradients of the weights.

    `ahead` forward passes come before the first backward pass; up to `owed` weight gradients are put off.
    """
    ahead = min(ahead, micro_batches)
    order = [Operation("F", k, device) for k in range(ahead)]
    forwards, weights = ahead, 0
    for k in range(micro_batches):
        order.append(Operation("B", k, device))
        if forwards == micro_batches or k - weights >= owed:
            order.append(Operation("W", weights, device))
            weights += 1
        if forwards < micro_batches:
            order.append(Operation("F", forwards, device))
            forwards += 1
    return order + [Operation("W", k, device) for k in range(weights, micro_batches)]


def _zb_h1(device: int, stages: int, micro_batches: int) -> list[Operation]:
    """Each device holds up to `stages` micro-batches, as the first one does in 1F1B.

    It waits (stages − 1)(forward + backward − weight); 1F1B waits (stages − 1)(forward + backward + weight).
    """
    return _zero_bubble(device, micro_batches, ahead=stages - device, owed=device)


def _zb_h2(device: int, stages: int, micro_batches: int) -> list[Operation]:
    """Up to 2 · stages − 1 micro-batches, for waiting of (stages − 1)(forward + backward − 2 · weight)."""
    return _zero_bubble(device, micro_batches, ahead=2 * (stages - device) - 1, owed=2 * device)


def _zb_v(device: int, stages: int, micro_batches: int) -> list[Operation]:
    """Two stages a device, in a V: no waiting if all three kinds take the same time, and the memory of 1F1B.

    A device near the start of the pipeline is as near to its end, so it frees early what it takes first.
    """
    near, far = device, 2 * stages - 1 - device
    count = max(micro_batches, 2 * stages - 1)  # the pattern needs as many; what is too many is left out
    order: list[Operation] = []
    done: Counter[tuple[str, int]] = Counter()

    def do(times: int, kinds: str, *on: int) -> None:
        for _ in range(times):
            for kind, stage in zip(kinds, on, strict=True):
                order.append(Operation(kind, done[kind, stage], stage))
                done[kind, stage] += 1

    do(2 * (stages - device) - 1, "F", near)
    do(device, "FF", far, near)
    do(stages - device, "FBW", far, far, far)
    while done["F", far] < count:
        do(int(done["F", near] < count), "F", near)
        do(1, "BWFBW", near, near, far, far, far)
    do(device, "BB", near, far)
    do(stages - device, "BW", near, near)
    for stage in (far, near):
        do(count - done["W", stage], "W", stage)
    return [op for op in order if op.micro_batch < micro_batches]


SCHEDULES: dict[str, Callable[..., list[Operation]]] = {
    "gpipe": _gpipe,
    "1f1b": _one_forward_one_backward,
    "interleaved": _interleaved,
    "zb-h1": _zb_h1,
    "zb-h2": _zb_h2,
    "zb-v": _zb_v,
}
