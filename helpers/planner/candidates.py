"""Find the quickest plans that fit, and count why the others do not."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tqdm import tqdm

from helpers.planner.estimates import Estimate, Plan, at_least, estimate
from helpers.planner.machines import Hardware
from helpers.planner.model import RECOMPUTE, Model

__all__ = ["Found", "search"]

MICRO_BATCHES = (1, 2, 4, 8, 16, 32)
PIPELINES = ("1f1b", "interleaved", "zb-h1", "zb-h2", "zb-v", "gpipe")


@dataclass(frozen=True)
class Found:
    """What a search found: (plan, estimate), quickest first; how many were tried; reason → how many out."""

    best: list[tuple[Plan, Estimate]]
    tried: int
    rejected: dict[str, int]


def search(
    model: Model,
    hardware: Hardware,
    gpus: int,
    global_batch: int,
    sequence: int = 2_048,
    top: int = 10,
    flash: bool = False,
    overlap_data: bool = True,
    progress: bool = False,
) -> Found:
    """Try all degrees, schedules, micro-batches, ZeRO stages and kinds of recomputation; return the quickest.

    No plan that is quicker is missed: plans are taken in the order of a time that they cannot undercut, until
    that exceeds the `top` quickest.

    Args:
        model: the shape.
        hardware: the devices.
        gpus: how many.
        global_batch: texts of a step.
        sequence: positions of a text.
        top: how many plans to return.
        flash: whether attention is one fused kernel.
        overlap_data: whether gradients are averaged during the backward pass.
        progress: show a bar.

    Raises:
        ValueError: if there is nothing to try: the devices or the batch cannot be divided for this model.
    """
    if min(gpus, global_batch, sequence, top) < 1:
        said = f"got gpus={gpus}, global_batch={global_batch}, sequence={sequence}, top={top}"
        raise ValueError(f"the sizes of a search are at least 1; {said}")
    rejected: Counter[str] = Counter()
    bounds: list[tuple[float, int, Plan]] = []
    tried = 0
    options = {"flash": flash, "overlap_data": overlap_data}
    for plan in tqdm(
        _plans(model, hardware, gpus, global_batch, sequence, options, rejected), disable=not progress
    ):
        tried += 1
        seconds, needs = at_least(model, hardware, plan)
        if needs > hardware.memory_bytes:
            rejected[f"needs more than {hardware.memory_bytes / 1e9:.4g} GB"] += 1
        else:
            bounds.append((seconds, tried, plan))
    if not tried:
        said = f"{gpus} devices, {model.layers} layers, {model.heads} heads and a batch of {global_batch}"
        raise ValueError(f"no plan divides {said}")
    best: list[tuple[float, int, Plan, Estimate]] = []
    for seconds, number, plan in sorted(bounds):
        if len(best) >= top and seconds > best[top - 1][0]:
            break
        one = estimate(model, hardware, plan)
        bisect.insort(best, (one.step_seconds, number, plan, one))
        del best[top:]
    return Found([(plan, one) for *_, plan, one in best], tried, dict(rejected))


def _plans(
    model: Model,
    hardware: Hardware,
    gpus: int,
    batch: int,
    sequence: int,
    options: dict,
    rejected: Counter[str],
) -> Iterator[Plan]:
    """Yield every plan that divides evenly; count in `rejected` the degrees that do not."""
    for tensor in (1, 2, 4, 8, 16):
        if tensor > hardware.devices_per_machine or model.heads % tensor or gpus % tensor:
            continue
        for pipeline in (p for p in range(1, model.layers + 1) if gpus % (tensor * p) == 0):
            data = gpus // (tensor * pipeline)
            if model.layers % pipeline:
                rejected[f"{model.layers} layers are not divisible by the pipeline"] += 1
                continue
            if batch % data:
                rejected[f"a batch of {batch} is not divisible by the copies"] += 1
                continue
            for micro_batch in (size for size in MICRO_BATCHES if batch % (data * size) == 0):
                base = Plan(
                    batch,
                    sequence,
                    tensor,
                    pipeline,
                    data,
                    micro_batch,
                    sequence_parallel=tensor > 1,
                    **options,
                )
                yield from _variants(model, base)


def _variants(model: Model, base: Plan) -> Iterator[Plan]:
    """Yield the schedules, ZeRO stages and ways to recompute of one division of the work."""
    layers = model.layers // base.pipeline
    for schedule in PIPELINES if base.pipeline > 1 else ("1f1b",):
        virtual = [1]
        if schedule == "interleaved":
            whole = base.micro_batches % base.pipeline == 0
            virtual = [v for v in range(2, min(layers, 8) + 1) if whole and layers % v == 0]
        elif schedule == "zb-v":
            virtual = [2] if layers % 2 == 0 else []
        for stages in virtual:
            for zero in range(4) if base.data > 1 else (0,):
                for recompute in RECOMPUTE:
                    changes = {
                        "schedule": schedule,
                        "virtual_stages": stages,
                        "zero": zero,
                        "recompute": recompute,
                    }
                    yield Plan(**vars(base) | changes)
