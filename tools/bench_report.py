"""Keep what was measured: ``benchmarks/results.json`` for programs, ``benchmarks/README.md`` for people."""

from __future__ import annotations

import json
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from tools import limits

__all__ = ["machine", "page", "write"]

VERSIONS = ("torch", "numpy", "tokenizers", "transformers", "jupyterlab", "ipykernel")
HEAD = """# What was measured

`make bench` writes this page. All versions of a row ran in one process on one core, in turns, and gave the
same result; the figures are medians. Compare the ratios: seconds belong to the machine, ratios less so.
"""


def machine() -> dict[str, Any]:
    """Return what the figures depend on, without the machine's name."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in VERSIONS},
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _memory_gb() -> int:
    import psutil

    return round(psutil.virtual_memory().total / 2**30)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def write(folder: Path, rows: list[dict[str, Any]], lessons: list[dict[str, Any]]) -> None:
    """Write both files into ``folder``."""
    results = {"machine": machine(), "rows": rows, "lessons": lessons}
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    (folder / "results.json").write_text(text, encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(page(results), encoding="utf-8", newline="\n")


def page(results: dict[str, Any]) -> str:
    """Return the page for people."""
    here = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in here["versions"].items())
    lines = [
        HEAD,
        f"Machine: {here['processor']}, {here['cores']} cores, {here['memory_gb']} GB of memory, "
        f"{here['system']}; Python {here['python']}, {versions}.",
        "",
        "## Builds",
        "",
        "| lesson | what | own | naive | library | naive ÷ own | own ÷ library | goal |",
        "|---|---|---|---|---|---|---|---|",
        *map(_row, results["rows"]),
        "",
        "## Lessons",
        "",
        f"At most {limits.SECONDS:.0f} s, {limits.MEMORY_BYTES / 1e9:.1f} GB of memory, "
        f"{limits.BYTES / 1e6:.0f} MB stored; run from start to end in a fresh kernel.",
        "",
        "| lesson | seconds | of the processors | peak memory | stored |",
        "|---|---|---|---|---|",
        *map(_lesson, results["lessons"]),
    ]
    return "\n".join(lines) + "\n"


def _row(row: dict[str, Any]) -> str:
    seconds = row["seconds"]
    times = [_time(seconds.get(name), row["megabytes"]) for name in ("own", "naive", "library")]
    ratios = [_ratio(seconds, "naive", "own"), _ratio(seconds, "own", "library")]
    goals = "; ".join(f"{goal}: {'yes' if met else '**no**'}" for goal, met in row["goals"].items())
    return "| " + " | ".join([row["lesson"], row["name"], *times, *ratios, goals]) + " |"


def _time(seconds: float | None, megabytes: float | None) -> str:
    if seconds is None:
        return ""
    rate = f" ({megabytes / seconds:.2g} MB/s)" if megabytes else ""
    return f"{seconds:.2g} s{rate}" if seconds < 10 else f"{seconds:.0f} s{rate}"


def _ratio(seconds: dict[str, float], above: str, below: str) -> str:
    if above not in seconds or below not in seconds:
        return ""
    ratio = seconds[above] / seconds[below]
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}"


def _lesson(lesson: dict[str, Any]) -> str:
    memory, stored = f"{lesson['peak'] / 1e9:.2f} GB", f"{lesson['stored'] / 1e3:.0f} kB"
    times = f"{lesson['seconds']:.1f} | {lesson['processor_seconds']:.1f}"
    return f"| {lesson['lesson']} | {times} | {memory} | {stored} |"
