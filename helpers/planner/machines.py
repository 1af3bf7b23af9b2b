"""What a training machine can do: data-sheet figures, and one number for each GPU type that is calibrated."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HARDWARE", "Hardware", "hardware"]


@dataclass(frozen=True)
class Hardware:
    """One device and its place in a cluster; bytes, bytes a second in one direction, operations a second.

    `matmul_efficiency` is the share of the peak that very large matrix products reach in a training step. It
    is the only calibrated figure; where no published run was at hand, it is that of a like device.
    """

    name: str
    matmul_flops: float  # 16-bit, dense
    memory_bytes: float
    memory_bandwidth: float
    link_bandwidth: float  # to the devices of the same machine
    network_bandwidth: float  # to other machines, for each device
    devices_per_machine: int
    matmul_efficiency: float
    source: str

    def __post_init__(self) -> None:
        sizes = (self.matmul_flops, self.memory_bytes, self.memory_bandwidth)
        speeds = (self.link_bandwidth, self.network_bandwidth)
        if min(*sizes, *speeds, self.devices_per_machine) <= 0 or not 0 < self.matmul_efficiency <= 1:
            raise ValueError(
                f"sizes and speeds of hardware are positive, its efficiency at most 1; got {self}"
            )


HARDWARE = {
    one.name: one
    for one in (
        Hardware(
            "V100-32GB", 125e12, 32e9, 0.9e12, 150e9, 6.25e9, 8, 0.70,
            "NVIDIA V100 SXM2 data sheet; DGX-1: four 100 Gb/s adapters; efficiency of the A100",
        ),
        Hardware(
            "A100-80GB", 312e12, 80e9, 2.039e12, 300e9, 25e9, 8, 0.70,
            "NVIDIA A100 SXM data sheet; DGX A100: eight 200 Gb/s adapters; calibrated on published runs",
        ),
        Hardware(
            "H100-80GB", 989.4e12, 80e9, 3.35e12, 450e9, 50e9, 8, 0.64,
            "NVIDIA H100 SXM data sheet; DGX H100: eight 400 Gb/s adapters; calibrated on published runs",
        ),
        Hardware(
            "H200-141GB", 989.4e12, 141e9, 4.8e12, 450e9, 50e9, 8, 0.64,
            "NVIDIA H200 SXM data sheet; adapters and efficiency as for the H100",
        ),
        Hardware(
            "B200-192GB", 2250e12, 192e9, 8e12, 900e9, 50e9, 8, 0.64,
            "NVIDIA B200 data sheet; DGX B200: eight 400 Gb/s adapters; efficiency of the H100",
        ),
        Hardware(
            "cpu", 1e11, 8e9, 2e10, 2e9, 1e9, 2, 0.70,
            "the order of magnitude of two cores; measure your own",
        ),
    )
}  # fmt: skip


def hardware(name: str) -> Hardware:
    """Return a device by name.

    Raises:
        ValueError: if there is none of this name.
    """
    if name not in HARDWARE:
        raise ValueError(f"hardware is one of {', '.join(HARDWARE)}, got {name!r}")
    return HARDWARE[name]
