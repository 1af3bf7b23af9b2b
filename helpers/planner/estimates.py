"""Predict a training step of a model on a cluster: time, use of the hardware, waiting, memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from helpers.planner.costs import (
    MEMORY_EFFICIENCY,
    PARTS,
    all_reduce_seconds,
    layer_seconds,
    point_to_point_seconds,
    product_seconds,
)
from helpers.planner.footprint import activation_bytes, state_bytes
from helpers.planner.machines import Hardware
from helpers.planner.model import RECOMPUTE, Model
from helpers.planner.pipeline import Step, dependencies, starts
from helpers.planner.schedules import SCHEDULES, Operation, schedule

__all__ = ["Estimate", "Plan", "at_least", "at_most", "estimate"]

STEADY = 4  # rounds of micro-batches after which a pipeline repeats itself
RESERVED = 4e9  # bytes for the runtime, its buffers and gaps between tensors


@dataclass(frozen=True)
class Plan:
    """How a training step is spread over devices.

    Attributes:
        global_batch: texts of a step, in all.
        sequence: positions of a text.
        tensor: devices that share each layer.
        pipeline: devices that share the depth.
        data: copies of the whole, each with its part of the batch.
        micro_batch: texts that go through the pipeline together.
        virtual_stages: stages on each device; 2 for "zb-v", more than 1 else for "interleaved" only.
        schedule: one of `planner.SCHEDULES`.
        zero: ZeRO stage among the copies, 0 to 3.
        recompute: "none", "selective" or "full".
        sequence_parallel: whether norms and dropouts are shared by the tensor-parallel devices too.
        overlap_data: whether gradients are averaged while the last micro-batches are still computed.
        flash: whether attention is one fused kernel.
    """

    global_batch: int
    sequence: int
    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    micro_batch: int = 1
    virtual_stages: int = 1
    schedule: str = "1f1b"
    zero: int = 0
    recompute: str = "none"
    sequence_parallel: bool = False
    overlap_data: bool = False
    flash: bool = False

    @property
    def devices(self) -> int:
        """All of them."""
        return self.tensor * self.pipeline * self.data

    @property
    def micro_batches(self) -> int:
        """How many go through each pipeline in a step."""
        return self.global_batch // (self.data * self.micro_batch)

    def check(self, model: Model) -> None:
        """Refuse what does not divide or does not exist.

        Raises:
            ValueError: one sentence with the numbers.
        """
        sizes = (self.global_batch, self.sequence, self.tensor, self.pipeline, self.data, self.micro_batch)
        if min(*sizes, self.virtual_stages) < 1:
            raise ValueError(f"every size of a plan is at least 1, got {self}")
        if self.schedule not in SCHEDULES or self.recompute not in RECOMPUTE or self.zero not in range(4):
            said = f"got schedule={self.schedule!r}, recompute={self.recompute!r}, zero={self.zero}"
            raise ValueError(f"schedule, recompute or zero is unknown; {said}")
        for what, number, parts, by in (
            ("heads", model.heads, self.tensor, f"tensor={self.tensor}"),
            (
                "layers",
                model.layers,
                self.pipeline * self.virtual_stages,
                f"pipeline={self.pipeline} × virtual_stages={self.virtual_stages}",
            ),
            (
                "global_batch",
                self.global_batch,
                self.data * self.micro_batch,
                f"data={self.data} × micro_batch={self.micro_batch}",
            ),
        ):
            if number % parts:
                raise ValueError(f"{what}={number} is not divisible by {by}")
        wanted = {"interleaved": self.virtual_stages, "zb-v": 2}.get(self.schedule, 1)
        if self.virtual_stages != wanted:
            said = f"wants virtual_stages={wanted}, got {self.virtual_stages}"
            raise ValueError(f"the schedule {self.schedule} {said}")
        interleaved = self.schedule == "interleaved" and self.virtual_stages > 1
        if interleaved and self.micro_batches % self.pipeline:
            said = f"{self.micro_batches} micro-batches and pipeline={self.pipeline}"
            raise ValueError(f"an interleaved schedule wants whole rounds of micro-batches, got {said}")


@dataclass(frozen=True)
class Estimate:
    """What a plan would do; seconds and bytes.

    `tflops_per_gpu` and `hfu` count recomputed work, `mfu` does not; `bubble` is the share of the pipeline's
    time in which the last device waits. `fits` tells whether `peak_bytes` are there, and `why` in words.
    """

    step_seconds: float
    tflops_per_gpu: float
    mfu: float
    hfu: float
    bubble: float
    peak_bytes: float
    exposed_communication_seconds: float
    fits: bool
    why: str


@lru_cache(maxsize=256)
def _operations(
    name: str, stages: int, micro_batches: int, virtual_stages: int
) -> tuple[tuple[Operation, ...], ...]:
    return tuple(map(tuple, schedule(name, stages, micro_batches, virtual_stages)))


@lru_cache(maxsize=256)
def _steps(name: str, stages: int, micro_batches: int, virtual_stages: int) -> tuple[Step, ...]:
    return tuple(dependencies(_operations(name, stages, micro_batches, virtual_stages)))


@lru_cache(maxsize=256)
def _held(name: str, stages: int, micro_batches: int, virtual_stages: int) -> tuple[int, ...]:
    """Return the most micro-batches of one stage that each device holds at once."""
    devices = _operations(name, stages, micro_batches, virtual_stages)
    last = "W" if any(operation.kind == "W" for line in devices for operation in line) else "B"
    most = []
    for operations in devices:
        held = accumulate((operation.kind == "F") - (operation.kind == last) for operation in operations)
        most.append(max(held))
    return tuple(most)


@dataclass(frozen=True)
class _Costs:
    """What a plan costs before its pipeline is run: seconds and bytes of the fullest device."""

    parts: dict[str, float]  # of a stage and a micro-batch: "F", "B" and "W"
    last: dict[str, float]  # what the head adds to the last stage
    sent: float  # to hand a micro-batch on
    busy: float  # all work of the last device
    exposed: float  # waiting for gradients, or for weights with ZeRO 3
    optimizer: float
    sums: float  # collectives of tensor parallelism
    peak: float


def estimate(model: Model, hardware: Hardware, plan: Plan, without: Iterable[str] = ()) -> Estimate:
    """Predict one training step.

    Args:
        model: the shape.
        hardware: the devices.
        plan: how the step is spread over them.
        without: parts that are taken to cost nothing, to see what they matter: "bubble", waiting in the
            pipeline; "collectives", all that is sent; "small kernels", all that is bound by memory, the
            optimizer included; "efficiency curve", that shallow products are slower than deep ones.

    Not modelled: congestion, stragglers, loading of data, 8-bit products, and the difference between NCCL's
    algorithms. Tensor-parallel collectives are on the critical path, but for half of the backward ones.

    Raises:
        ValueError: if the plan does not fit the model, or a part is unknown; one sentence with the numbers.
    """
    plan.check(model)
    left_out = frozenset([without] if isinstance(without, str) else without)
    if strange := sorted(left_out - set(PARTS)):
        raise ValueError(f"without names parts among {', '.join(PARTS)}; got {', '.join(strange)}")
    costs = _costs(model, hardware, plan, left_out)
    pipeline = costs.busy if "bubble" in left_out else _pipeline_seconds(plan, costs)
    seconds = pipeline + costs.exposed + costs.optimizer
    fits = costs.peak + RESERVED <= hardware.memory_bytes
    needs = f"needs {costs.peak / 1e9:.1f} + {RESERVED / 1e9:.0f} GB of {hardware.memory_bytes / 1e9:.0f} GB"
    batch = plan.global_batch * plan.sequence
    rate = model.flops(batch, plan.sequence, plan.recompute) / seconds / plan.devices
    useful = model.flops(batch, plan.sequence) / seconds / plan.devices
    return Estimate(
        step_seconds=seconds,
        tflops_per_gpu=rate / 1e12,
        mfu=useful / hardware.matmul_flops,
        hfu=rate / hardware.matmul_flops,
        bubble=max(0.0, 1 - costs.busy / pipeline),
        peak_bytes=costs.peak,
        exposed_communication_seconds=costs.exposed + costs.sums,
        fits=fits,
        why=("fits: " if fits else "does not fit: ") + needs,
    )


def at_least(model: Model, hardware: Hardware, plan: Plan) -> tuple[float, float]:
    """Return seconds that a step of a plan cannot undercut, and the bytes that it needs; quicker to know."""
    costs = _costs(model, hardware, plan)
    return costs.busy + costs.exposed + costs.optimizer, costs.peak + RESERVED


def at_most(model: Model, hardware: Hardware, plan: Plan) -> float:
    """Return seconds that a step of a plan does not exceed, if its parts cost what is estimated.

    The pipeline fills and empties once at the pace of its slowest stage, which waits for each message of each
    micro-batch, and no gradient travels before the last of them is computed.
    """
    costs = _costs(model, hardware, replace(plan, overlap_data=False))
    messages = 2 * plan.micro_batches * plan.virtual_stages * costs.sent
    slots = 1 + (plan.pipeline - 1) / plan.micro_batches
    return slots * (costs.busy + messages) + costs.exposed + costs.optimizer


def _costs(model: Model, hardware: Hardware, plan: Plan, without: frozenset[str] = frozenset()) -> _Costs:
    layers = model.layers // (plan.pipeline * plan.virtual_stages)
    tokens = plan.sequence * plan.micro_batch
    split = (plan.sequence, plan.micro_batch, plan.tensor, plan.sequence_parallel, plan.recompute, plan.flash)
    layer = layer_seconds(model, hardware, *split, without)
    parts = {
        "F": layers * layer.forward,
        "B": layers * (layer.backward_input + layer.recompute),
        "W": layers * layer.backward_weight,
    }
    curve, silent = "efficiency curve" not in without, "collectives" in without
    head = product_seconds(hardware, tokens, model.vocab / plan.tensor, model.hidden, curve)
    by_bytes = 0.0 if "small kernels" in without else 1 / (hardware.memory_bandwidth * MEMORY_EFFICIENCY)
    softmax = 12 * tokens * model.vocab / plan.tensor * by_bytes
    last = {"F": head + softmax, "B": head, "W": head}
    sent = point_to_point_seconds(hardware, 2 * tokens * model.hidden / plan.tensor)
    own = _parameters_of_a_device(model, plan)
    shared = own / plan.data if plan.zero else own
    return _Costs(
        parts=parts,
        last=last,
        sent=sent if plan.pipeline > 1 and not silent else 0.0,
        busy=plan.micro_batches * (plan.virtual_stages * sum(parts.values()) + sum(last.values())),
        exposed=0.0 if silent else _data_seconds(hardware, plan, own, parts),
        optimizer=32 * shared * by_bytes,  # reads and writes 16 bytes
        sums=plan.micro_batches * plan.virtual_stages * layers * layer.communication,
        peak=_peak_bytes(model, plan, own),
    )


def _pipeline_seconds(plan: Plan, costs: _Costs) -> float:
    """Return the time from first start to last end, from the schedule's events; long ones are extended."""
    count = plan.micro_batches
    steady = STEADY * plan.pipeline
    if count <= steady + plan.pipeline:
        return _events_seconds(plan, count, costs)
    rest = count % plan.pipeline
    one, two = (_events_seconds(plan, steady + rest - back, costs) for back in (plan.pipeline, 0))
    round_ = max(two - one, costs.busy * plan.pipeline / count)  # zb-v repeats itself later: within 1 %
    return two + (count - steady - rest) * round_ / plan.pipeline


def _events_seconds(plan: Plan, micro_batches: int, costs: _Costs) -> float:
    parts, last = costs.parts, costs.last
    steps = _steps(plan.schedule, plan.pipeline, micro_batches, plan.virtual_stages)
    final = plan.pipeline * plan.virtual_stages - 1
    inner = {
        (kind, whole): parts[kind] + (parts["W"] if whole else 0.0) for kind in "FBW" for whole in (0, 1)
    }
    heavy = {key: time + last[key[0]] + (last["W"] if key[1] else 0.0) for key, time in inner.items()}
    lasts = [
        (heavy if step.operation.stage == final else inner)[step.operation.kind, step.whole] for step in steps
    ]
    begins = starts(steps, lasts, costs.sent)
    ends = [begin + time for begin, time in zip(begins, lasts, strict=True)]
    if not plan.schedule.startswith("zb"):
        return max(ends)
    first, end = [float("inf")] * plan.pipeline, [0.0] * plan.pipeline
    for step, begin, stop in zip(steps, begins, ends, strict=True):
        first[step.device] = min(first[step.device], begin)
        end[step.device] = max(end[step.device], stop)
    return max(stop - start for start, stop in zip(first, end, strict=True))


def _parameters_of_a_device(model: Model, plan: Plan) -> float:
    """Return the parameters of the fullest device: its layers and one embedding table."""
    layers = model.layers / plan.pipeline * model.parameters_of_a_layer
    tables = 1 if model.tied or plan.pipeline > 1 else 2
    return (layers + tables * model.vocab * model.hidden) / plan.tensor


def _data_seconds(hardware: Hardware, plan: Plan, parameters: float, parts: dict[str, float]) -> float:
    """Return what is left to wait for of averaging gradients among the copies, and of gathering weights.

    With overlap, gradients travel during the backward pass of the last micro-batch. ZeRO 3 gathers weights
    for each pass of each micro-batch, and hides what fits into half of the computing time (a guess: published
    runs lie between none and all).
    """
    if plan.data == 1:
        return 0.0
    per_machine = max(1, min(plan.data, hardware.devices_per_machine // plan.tensor))
    seconds = all_reduce_seconds(hardware, 2 * parameters, plan.data, per_machine)  # ZeRO sends as much
    window = plan.virtual_stages * (parts["B"] + parts["W"])
    if plan.zero == 3:  # a sum is a scatter and a gather; one more gather, and two for each other micro-batch
        seconds *= 1.5 + (plan.micro_batches - 1)
        window = plan.micro_batches * plan.virtual_stages * sum(parts.values()) / 2
    return max(0.0, seconds - window) if plan.overlap_data else seconds


def _peak_bytes(model: Model, plan: Plan, parameters: float) -> float:
    """Return the most that any device holds: its states, and the activations in flight."""
    count = min(plan.micro_batches, (STEADY + 1) * plan.pipeline)
    count -= count % plan.pipeline if plan.schedule == "interleaved" else 0
    held = max(_held(plan.schedule, plan.pipeline, count, plan.virtual_stages))
    if plan.schedule == "gpipe":
        held = plan.micro_batches  # the only schedule that holds more, the more there are
    layers = model.layers / (plan.pipeline * plan.virtual_stages)
    options = (model, plan.sequence, plan.micro_batch, plan.tensor, plan.sequence_parallel)
    kept = activation_bytes(*options, plan.recompute, plan.flash) * layers * held
    if plan.recompute == "full":
        kept += activation_bytes(*options, "none", plan.flash)  # one layer is worked on
    return state_bytes(parameters, plan.data, plan.zero) + kept
