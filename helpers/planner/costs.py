"""The time of one layer on one device: matrix products, kernels bound by memory, and what is sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from helpers.planner.machines import Hardware
from helpers.planner.model import Model

__all__ = ["LayerTime", "all_reduce_seconds", "layer_seconds", "point_to_point_seconds", "product_seconds"]

MEMORY_EFFICIENCY = 0.8  # of the memory's bandwidth, for kernels that only read and write
LINK_EFFICIENCY = 0.77  # of the links inside a machine, for large collectives
NETWORK_EFFICIENCY = 0.8  # of the network
LATENCY = 5e-6  # seconds for one hop of a collective
LAUNCHES = 1e-4  # seconds that a layer loses between its kernels in one forward pass


@dataclass(frozen=True)
class LayerTime:
    """Seconds of one layer for one micro-batch on one device, and how much of them is collectives."""

    forward: float
    backward_input: float
    backward_weight: float
    recompute: float
    communication: float


def product_seconds(hardware: Hardware, m: float, n: float, k: float) -> float:
    """Return the seconds of a product of m × k and k × n numbers: 2mnk operations, then mn results to write.

    So a product over few terms is slow: it reaches k/(k + k0) of the efficiency of a very deep one, where k0
    is the device's ratio of operations to bytes, 153 for an A100 and 295 for an H100.
    """
    compute = 2 * m * n * k / hardware.matmul_flops
    write = 2 * m * n / hardware.memory_bandwidth
    return (compute + write) / hardware.matmul_efficiency


def all_reduce_seconds(hardware: Hardware, size: float, group: int, per_machine: int) -> float:
    """Return the seconds of summing `size` bytes over a ring of `group` devices; half is a reduce-scatter.

    Args:
        hardware: the devices.
        size: bytes on each device.
        group: devices in the ring.
        per_machine: how many of them are in one machine; across machines they share its network adapters.
    """
    if group < 2:
        return 0.0
    bandwidth = hardware.link_bandwidth * LINK_EFFICIENCY
    if group > per_machine:
        bandwidth = min(bandwidth, hardware.network_bandwidth * NETWORK_EFFICIENCY * per_machine)
    return 2 * (group - 1) * LATENCY + 2 * (group - 1) / group * size / bandwidth


def point_to_point_seconds(hardware: Hardware, size: float) -> float:
    """Return the seconds of sending `size` bytes to a device of another machine."""
    return 4 * LATENCY + size / (hardware.network_bandwidth * NETWORK_EFFICIENCY)


@lru_cache(maxsize=4096)
def layer_seconds(
    model: Model,
    hardware: Hardware,
    sequence: int,
    micro_batch: int,
    tensor: int = 1,
    sequence_parallel: bool = False,
    recompute: str = "none",
    flash: bool = False,
) -> LayerTime:
    """Return the seconds of one layer for one micro-batch on one of `tensor` devices that share it."""
    tokens, h, t = sequence * micro_batch, model.hidden, tensor
    width, heads = h // model.heads, model.heads / t
    wide = 2 * model.ffn if model.gated else model.ffn
    matrices = (
        product_seconds(hardware, tokens, (h + 2 * model.kv_width) / t, h)
        + product_seconds(hardware, tokens, h, h / t)
        + product_seconds(hardware, tokens, wide / t, h)
        + product_seconds(hardware, tokens, h, model.ffn / t)
    )
    texts = micro_batch * heads
    scores = texts * product_seconds(hardware, sequence, sequence, max(width, 128))
    mixing = texts * product_seconds(hardware, sequence, width, sequence)
    attention = (scores + mixing) * (0.5 if flash else 1.0)  # a fused kernel leaves out what is masked
    around = tokens * h / (t if sequence_parallel else 1)
    squares = 0.0 if flash else texts * sequence**2
    memory = hardware.memory_bandwidth * MEMORY_EFFICIENCY
    dropout = 0 if model.gated else 1
    inner = tokens * (4 * h + 2 * wide + 2 * model.ffn) / t
    moved = (16 + 6 * dropout) * around + inner + (4 + 5 * dropout) * squares
    moved_back = (22 + 5 * dropout) * around + 1.7 * inner + (6 + 5 * dropout) * squares
    collective = 2 * all_reduce_seconds(hardware, 2 * tokens * h, t, hardware.devices_per_machine)
    forward = matrices + attention + moved / memory + collective + LAUNCHES
    hidden = 0.0 if sequence_parallel else collective / 2  # behind the gradients of the weights
    again = {"none": 0.0, "selective": attention + (4 + 5 * dropout) * squares / memory, "full": forward}[
        recompute
    ]
    return LayerTime(
        forward=forward,
        backward_input=matrices + 2 * attention + moved_back / memory + collective - hidden + LAUNCHES,
        backward_weight=matrices + LAUNCHES / 2,
        recompute=again,
        communication=2 * collective - hidden + (collective if recompute == "full" else 0.0),
    )
