"""The time of one layer on one device: matrix products, kernels bound by memory, and what is sent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from helpers.planner.machines import Hardware
from helpers.planner.model import Model

__all__ = [
    "PARTS",
    "LayerTime",
    "all_reduce_seconds",
    "layer_seconds",
    "point_to_point_seconds",
    "product_seconds",
]

PARTS = ("bubble", "collectives", "small kernels", "efficiency curve")  # what an estimate can leave out

MEMORY_EFFICIENCY = 0.8  # of the memory's bandwidth, for kernels that only read and write
LINK_EFFICIENCY = 0.77  # of the links inside a machine, for large collectives
NETWORK_EFFICIENCY = 0.8  # of the network
FLASH_EFFICIENCY = 0.7  # of a fused attention kernel, beside a large product
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


def product_seconds(hardware: Hardware, m: float, n: float, k: float, curve: bool = True) -> float:
    """Return the seconds of a product of m × k and k × n numbers: 2mnk operations, then mn results to write.

    So a product over few terms is slow: it reaches k/(k + k0) of the efficiency of a very deep one, where k0
    is the device's ratio of operations to bytes, 153 for an A100 and 295 for an H100. Without the `curve` all
    products are as efficient as the deepest.
    """
    compute = 2 * m * n * k / hardware.matmul_flops
    write = 2 * m * n / hardware.memory_bandwidth if curve else 0.0
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
    without: frozenset[str] = frozenset(),
) -> LayerTime:
    """Return the seconds of one layer for one micro-batch on one of `tensor` devices that share it.

    `without` names `PARTS` that cost nothing.
    """
    tokens, h, curve = sequence * micro_batch, model.hidden, "efficiency curve" not in without
    wide = 2 * model.ffn if model.gated else model.ffn  # what enters the bend of the MLP
    shapes = (
        ((h + 2 * model.kv_width) / tensor, h),
        (h, h / tensor),
        (wide / tensor, h),
        (h, model.ffn / tensor),
    )
    matrices = sum(product_seconds(hardware, tokens, n, k, curve) for n, k in shapes)
    texts_and_heads = micro_batch * model.heads / tensor
    attention = texts_and_heads * _attention_seconds(hardware, sequence, h // model.heads, flash, curve)
    squares = 0.0 if flash else texts_and_heads * sequence**2
    around = tokens * h / (tensor if sequence_parallel else 1)
    inner = tokens * (4 * h + 2 * wide + 2 * model.ffn) / tensor  # heads are moved, the bend reads and writes
    dropout = not model.gated
    memory = hardware.memory_bandwidth * MEMORY_EFFICIENCY
    # Bytes of each number: two norms and two sums with the skip connection, 20 forward and 24 backward; the
    # softmax, 4 and 6; dropout comes on top, masks of one byte included.
    softmax = (4 + 5 * dropout) * squares / memory
    kernels = ((20 + 2 * dropout) * around + inner) / memory + softmax
    kernels_back = ((24 + 3 * dropout) * around + 1.7 * inner + (6 + 5 * dropout) * squares) / memory
    launches = LAUNCHES
    if "small kernels" in without:
        kernels = kernels_back = softmax = launches = 0.0
    collective = 2 * all_reduce_seconds(hardware, 2 * tokens * h, tensor, hardware.devices_per_machine)
    if "collectives" in without:
        collective = 0.0
    hidden = 0.0 if sequence_parallel else collective / 2  # behind the gradients of the weights
    forward = matrices + attention + kernels + collective + launches
    attention_back = (2.5 if flash else 2.0) * attention  # a fused kernel computes its scores again
    again = {"none": 0.0, "selective": attention + softmax, "full": forward}
    return LayerTime(
        forward=forward,
        backward_input=matrices + attention_back + kernels_back + collective - hidden + launches,
        backward_weight=matrices + launches / 2,
        recompute=again[recompute],
        communication=2 * collective - hidden + (collective if recompute == "full" else 0.0),
    )


def _attention_seconds(hardware: Hardware, sequence: int, width: int, flash: bool, curve: bool) -> float:
    """Return the seconds of one head on one text: scores, and the mixing of values."""
    scores = product_seconds(
        hardware, sequence, sequence, max(width, 128), curve
    )  # narrow heads are no quicker
    both = scores + product_seconds(hardware, sequence, width, sequence, curve)
    return both / 2 / FLASH_EFFICIENCY if flash else both  # a fused kernel leaves out half, which is masked
