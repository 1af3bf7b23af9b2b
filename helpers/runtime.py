"""Device, precision, seed, threads and scale of a lesson, and a report of the machine."""

from __future__ import annotations

import html
import importlib.metadata
import os
import platform
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import torch

__all__ = ["Report", "Runtime", "pick", "report", "scale", "start"]

Value = TypeVar("Value")
DEVICES = ("auto", "cpu", "cuda", "mps")
SCALES = ("small", "full")
PACKAGES = ("torch", "transformers", "tokenizers", "numpy", "matplotlib", "ipywidgets", "jupyterlab")


@dataclass(frozen=True)
class Runtime:
    """Where a lesson computes: hand `device` and `dtype` to what you build."""

    device: torch.device
    dtype: torch.dtype
    scale: str
    threads: int
    seed: int

    def generator(self) -> torch.Generator:
        """Return a generator on the CPU, freshly seeded: draw there, then move to `device`."""
        import torch

        return torch.Generator().manual_seed(self.seed)


@dataclass(frozen=True)
class Report:
    """What this lesson runs on, as name → value."""

    rows: dict[str, str]

    def __repr__(self) -> str:
        width = max(map(len, self.rows))
        return "\n".join(f"{name:<{width}}  {value}" for name, value in self.rows.items())

    def _repr_html_(self) -> str:
        style = "text-align:left;padding:2px 12px 2px 0"
        rows = "".join(
            f'<tr><th scope="row" style="{style}">{html.escape(name)}</th>'
            f'<td style="{style}">{html.escape(value)}</td></tr>'
            for name, value in self.rows.items()
        )
        return f"<table><tbody>{rows}</tbody></table>"


def start(seed: int = 0, threads: int | None = None) -> Runtime:
    """Seed Python, numpy and torch, choose the device, and return both in one value.

    Args:
        seed: the same seed gives the same numbers.
        threads: CPU threads for torch; its own choice when left out.

    Raises:
        ValueError: GLASSBOX_DEVICE or GLASSBOX_SCALE has no such value, or the device is missing.
    """
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if threads is not None:
        torch.set_num_threads(threads)
    return Runtime(_device(), torch.float32, scale(), torch.get_num_threads(), seed)


def scale() -> str:
    """Return "small" (the default: the CPU and the numbers printed in the lessons) or "full"."""
    return _choice("GLASSBOX_SCALE", SCALES)


def pick(small: Value, full: Value) -> Value:
    """Return the first value at small scale, the second at full scale."""
    return small if scale() == "small" else full


def report() -> Report:
    """Return device, threads, memory, versions and the language model, without names or paths of yours."""
    import torch

    device = _device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    rows = {
        "device": f"{device.type} ({name})",
        "threads": f"{torch.get_num_threads()} of {os.cpu_count()} CPU cores",
        "memory": _memory(),
        "scale": scale(),
        "model": _model(),
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "packages": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
    }
    return Report(rows)


def _device() -> torch.device:
    import torch

    wanted = _choice("GLASSBOX_DEVICE", DEVICES)
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        best = next(name for name in ("cuda", "mps", "cpu") if present[name])
        wanted = pick("cpu", best)
    if not present[wanted]:
        raise ValueError(f"GLASSBOX_DEVICE is {wanted!r}, but this machine has no such device; try 'auto'.")
    return torch.device(wanted)


def _choice(variable: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(variable, "").strip().lower() or allowed[0]
    if value not in allowed:
        raise ValueError(f"{variable} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def _memory() -> str:
    """Return the machine's memory in gigabytes (10⁹ bytes), as far as the system tells."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = _windows_memory()
    return f"{total / 1e9:.1f} GB" if total else "unknown"


def _windows_memory() -> int:
    import ctypes

    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "b", "c", "d", "e", "f")),
        )

    status: Any = Status(length=ctypes.sizeof(Status))
    kernel = getattr(getattr(ctypes, "windll", None), "kernel32", None)
    return status.total if kernel and kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else 0


def _model() -> str:
    """Return the model's name; a local folder is given by its last part only."""
    chosen = os.environ.get("GLASSBOX_MODEL", "").strip()
    if not chosen:
        return "story (embedded)"
    return f"{Path(chosen).resolve().name} (local folder)" if Path(chosen).is_dir() else chosen


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
