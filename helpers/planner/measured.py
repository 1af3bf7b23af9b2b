"""Measure a device: how fast it multiplies matrices, and how fast it reads and writes memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from helpers.planner.costs import MEMORY_EFFICIENCY
from helpers.planner.machines import Hardware

if TYPE_CHECKING:
    import torch

__all__ = ["measure", "number_type", "seconds_of"]

REPEATS = 5


def measure(
    device: torch.device | str = "cpu", wide: int | None = None, numbers: int | None = None
) -> Hardware:
    """Return this machine's device as a `Hardware`, from two measurements that take about a second.

    A square product gives the rate of arithmetic, one sum of two long rows that of memory. A CPU is measured
    in float32, whose numbers have twice the bytes that the planner counts, so its bandwidth stands for half
    of the bytes that really moved. What one device cannot tell, its links, is copied from the table's "cpu".

    Args:
        device: "cpu" or "cuda".
        wide: rows and columns of the square matrices; 1,024 on a CPU, 8,192 elsewhere.
        numbers: length of the rows; 8 million on a CPU, 128 million elsewhere.

    Raises:
        ValueError: if a size is not positive.
    """
    import torch

    from helpers.planner.machines import hardware

    device = torch.device(device)
    on_cpu = device.type == "cpu"
    dtype, known = number_type(device), hardware("cpu")
    wide = wide if wide is not None else 1_024 if on_cpu else 8_192
    numbers = numbers if numbers is not None else 2**23 if on_cpu else 2**27
    if wide < 1 or numbers < 1:
        raise ValueError(f"sizes of a measurement are at least 1, got wide={wide} and numbers={numbers}")
    a, b = (torch.ones(wide, wide, device=device, dtype=dtype) for _ in range(2))
    x, y, out = (torch.ones(numbers, device=device, dtype=dtype) for _ in range(3))
    product = seconds_of(lambda: a @ b, device)
    added = seconds_of(lambda: torch.add(x, y, out=out), device)
    # Numbers of two bytes, as the planner counts them, three of them for each sum.
    bandwidth = 3 * 2 * numbers / added / MEMORY_EFFICIENCY
    return Hardware(
        name=f"this machine's {device.type}",
        matmul_flops=2 * wide**3 / product,
        memory_bytes=_memory(device) or known.memory_bytes,
        memory_bandwidth=bandwidth,
        link_bandwidth=known.link_bandwidth,
        network_bandwidth=known.network_bandwidth,
        devices_per_machine=known.devices_per_machine,
        matmul_efficiency=1.0,  # the rate is measured, not promised
        source=f"measured: a product of {wide:,} × {wide:,} matrices, a sum of {numbers:,} numbers",
    )


def number_type(device: torch.device | str) -> torch.dtype:
    """Return the type of numbers that a device is measured in: float32 on a CPU, else bfloat16."""
    import torch

    return torch.float32 if torch.device(device).type == "cpu" else torch.bfloat16


def _memory(device: torch.device) -> float:
    """Return the bytes of a GPU's memory; 0 where they are not told."""
    import torch

    return float(torch.cuda.get_device_properties(device).total_memory) if device.type == "cuda" else 0.0


def seconds_of(
    work: Callable[[], object], device: torch.device | str = "cpu", repeats: int = REPEATS
) -> float:
    """Return the seconds of the quickest of some runs of `work`, waiting for a GPU to finish.

    The first run is not counted. Whatever else the machine does can only make a run slower.
    """
    import torch

    def wait() -> None:
        if (kind := torch.device(device).type) != "cpu":
            getattr(torch, kind).synchronize()

    taken = []
    for _ in range(repeats + 1):
        wait()
        began = time.perf_counter()
        work()
        wait()
        taken.append(time.perf_counter() - began)
    return min(taken[1:])
