"""The activations that each device holds, over time, from the same events as the time itself."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.planner.pipeline import Event

__all__ = ["memory_trace", "peak_memory"]


def memory_trace(
    events: Sequence[Event], activation: float = 1.0, until_weight: float | None = None, always: float = 0.0
) -> list[list[tuple[float, float]]]:
    """Return for each device the pairs (time, memory held from then on), in the order of time.

    Args:
        events: of `simulate`.
        activation: what one micro-batch keeps at one stage from the start of "F" to the end of "B"; any unit.
        until_weight: how much of it is kept to the end of "W", for the weights' gradient; all if left out.
        always: what is there all the time: weights, gradients, optimizer states.

    Raises:
        ValueError: if an amount is negative, or more is to be kept for the weights than there is.
    """
    kept = activation if until_weight is None else until_weight
    if not (0 <= kept <= activation and always >= 0):
        said = f"got activation={activation}, until_weight={until_weight}, always={always}"
        raise ValueError(f"memory is 0 ≤ until_weight ≤ activation and always ≥ 0, {said}")
    apart = {(event.micro_batch, event.stage) for event in events if event.kind == "W"}
    traces = []
    for device in range(max((event.device for event in events), default=-1) + 1):
        changes = []
        for event in (one for one in events if one.device == device):
            if event.kind == "F":
                changes.append((event.start, 1, activation))
            elif event.kind == "W":
                changes.append((event.end, 0, -kept))
            else:
                held = kept if (event.micro_batch, event.stage) in apart else 0.0
                changes.append((event.end, 0, held - activation))
        traces.append(_added_up(changes, always))
    return traces


def peak_memory(traces: Sequence[Sequence[tuple[float, float]]]) -> list[float]:
    """Return the most that each device holds."""
    return [max(amount for _, amount in trace) for trace in traces]


def _added_up(changes: list[tuple[float, int, float]], always: float) -> list[tuple[float, float]]:
    """Return the running sum; at one moment, what is freed comes before what is taken."""
    trace, held = [(0.0, always)], always
    for time, _, change in sorted(changes):
        held += change
        if trace[-1][0] == time:
            trace[-1] = (time, held)
        else:
            trace.append((time, held))
    return trace
