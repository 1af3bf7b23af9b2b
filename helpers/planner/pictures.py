"""Pictures: who does what when in a pipeline, what each device holds, and how well each split would do."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers import figures
from helpers.figures import OKABE_ITO, Picture
from helpers.planner.estimates import Estimate, Plan, at_least, estimate
from helpers.planner.machines import Hardware
from helpers.planner.memory import peak_memory
from helpers.planner.model import RECOMPUTE, Model
from helpers.planner.pipeline import Event, bubble_rate, step_time

__all__ = ["draw_gantt", "draw_memory", "draw_splits", "gantt", "splits"]

KINDS = {
    "F": ("forward", OKABE_ITO["sky"]),
    "B": ("gradient of the input", OKABE_ITO["green"]),
    "W": ("gradient of the weights", OKABE_ITO["orange"]),
}
TENSORS = (1, 2, 4, 8)
PIPELINES = (1, 2, 4, 8, 16, 32, 64)
LINES = ("-", (0, (6, 2)), (0, (2, 1)), (0, (6, 2, 1, 2)))  # devices differ by more than their colour
READABLE = 11.0  # points that a number needs to stand in its box


def draw_gantt(ax: Axes, events: Sequence[Event], until: float | None = None) -> str:
    """Draw a row for each device and a box for each event, with its micro-batch in it; white is waiting.

    Args:
        ax: where to draw.
        events: of `simulate`.
        until: the end of the time axis, so that pictures can be compared; the last end if left out.
    """
    until = until or max(event.end for event in events)
    lowest = {
        device: min(e.stage for e in events if e.device == device) for device in {e.device for e in events}
    }
    several = len({event.stage for event in events}) > len(lowest)
    has_w = any(event.kind == "W" for event in events)
    width = ax.get_window_extent().width / ax.figure.dpi * 72 / until  # points for one unit of time
    for kind, (words, color) in KINDS.items():
        shown = [event for event in events if event.kind == kind]
        boxes: dict[tuple[int, bool], list[tuple[float, float]]] = {}
        for event in shown:
            first = not several or event.stage == lowest[event.device]
            boxes.setdefault((event.device, first), []).append((event.start, event.end - event.start))
            if (event.end - event.start) * width >= READABLE:
                middle = (event.start + event.end) / 2
                style = {"ha": "center", "va": "center", "fontsize": 7, "in_layout": False}
                ax.text(middle, event.device, event.micro_batch, **style)
        for (device, first), spans in boxes.items():  # a row in one piece: many boxes are drawn quickly
            style = {
                "facecolor": color,
                "edgecolor": "white",
                "linewidth": 0.6,
                "alpha": 1.0 if first else 0.55,
            }
            ax.broken_barh(spans, (device - 0.43, 0.86), **style)
        if shown:
            both = "both gradients" if kind == "B" and not has_w else words
            ax.barh(0, 0, color=color, label=both)
    devices = len(lowest)
    ax.set(yticks=range(devices), yticklabels=[f"device {d}" for d in range(devices)], xlabel="time")
    ax.set(xlim=(0, until), ylim=(devices - 0.5, -0.5))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3, frameon=False, fontsize=9, borderaxespad=0)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    batches = len({e.micro_batch for e in events})
    return (
        f"{devices} device{'s' * (devices != 1)} and {batches} micro-batch{'es' * (batches != 1)}: a step of "
        f"{step_time(events):.4g}, in which {bubble_rate(events):.1%} of the time is waiting."
    )


def gantt(
    events: Sequence[Event], until: float | None = None, size: tuple[float, float] = (9.0, 2.6)
) -> Picture:
    """Return the picture of `draw_gantt`."""
    return figures.picture(draw_gantt, size=size, events=events, until=until)


def draw_memory(
    ax: Axes,
    traces: Sequence[Sequence[tuple[float, float]]],
    until: float,
    ylabel: str = "micro-batches held",
) -> str:
    """Draw the memory of each device over time, from `memory_trace`."""
    colors = [color for name, color in OKABE_ITO.items() if name != "yellow"]
    peaks = peak_memory(traces)
    for device, trace in enumerate(traces):
        times, amounts = zip(*trace, (until, trace[-1][1]), strict=True)
        style = {"color": colors[device % len(colors)], "linestyle": LINES[device % len(LINES)]}
        ax.step(times, amounts, where="post", label=f"device {device}", **style)
    ax.set(xlabel="time", ylabel=ylabel, xlim=(0, until), ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    return f"Memory over time: at most {max(peaks):.4g} on device {peaks.index(max(peaks))}."


def splits(
    model: Model,
    hardware: Hardware,
    gpus: int,
    global_batch: int,
    sequence: int = 2_048,
    micro_batch: int = 1,
) -> dict[tuple[int, int], Estimate | str]:
    """Return what becomes of each split over tensor and pipeline degrees: an estimate, or why there is none.

    1F1B, ZeRO 1, sequence parallelism, and the least recomputation with which the plan fits.

    Args:
        model: the shape.
        hardware: the devices.
        gpus: how many; the rest of each split are copies.
        global_batch: texts of a step.
        sequence: positions of a text.
        micro_batch: texts that go through together.
    """
    found: dict[tuple[int, int], Estimate | str] = {}
    for tensor, pipeline in itertools.product(TENSORS, PIPELINES):
        data = gpus // (tensor * pipeline)
        if tensor * pipeline * data != gpus:
            found[tensor, pipeline] = "–"
        elif model.heads % tensor:
            found[tensor, pipeline] = f"{model.heads} heads"
        elif model.layers % pipeline:
            found[tensor, pipeline] = f"{model.layers} layers"
        elif global_batch % (data * micro_batch):
            found[tensor, pipeline] = "batch"
        else:
            plan = Plan(global_batch, sequence, tensor, pipeline, data, micro_batch, zero=1)
            found[tensor, pipeline] = _with_least_recomputation(model, hardware, plan)
    return found


def draw_splits(
    ax: Axes,
    model: Model,
    hardware: Hardware,
    gpus: int,
    global_batch: int,
    sequence: int = 2_048,
    micro_batch: int = 1,
) -> str:
    """Draw `splits` as a map: the use of the hardware, or in grey why a split is rejected."""
    found = splits(model, hardware, gpus, global_batch, sequence, micro_batch)
    good = {place: one.mfu for place, one in found.items() if isinstance(one, Estimate)}
    if not good:
        raise ValueError(
            f"None of these splits fits {gpus} × {hardware.name}: take more devices, or larger ones."
        )
    shares = [[100 * good.get((t, p), float("nan")) for p in PIPELINES] for t in TENSORS]
    ax.set_facecolor("#e4e4e4")
    edges = [[number - 0.5 for number in range(count + 1)] for count in (len(PIPELINES), len(TENSORS))]
    ax.pcolormesh(*edges, shares, cmap="cividis", vmin=0, vmax=60)  # five times as quick as an image
    ax.invert_yaxis()
    best = max(good, key=good.__getitem__)
    for (row, tensor), (column, pipeline) in itertools.product(enumerate(TENSORS), enumerate(PIPELINES)):
        share, one = good.get((tensor, pipeline)), found[tensor, pipeline]
        said = one if share is None else f"{share:.0%}".replace("%", " %")
        style = {"color": "#222222" if share is None or share > 0.3 else "white", "in_layout": False}
        weight = "bold" if (tensor, pipeline) == best else "normal"
        ax.text(column, row, said, ha="center", va="center", fontsize=9, fontweight=weight, **style)
    row, column = TENSORS.index(best[0]), PIPELINES.index(best[1])
    ax.add_patch(
        Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, fill=False, lw=2.5, ec=OKABE_ITO["vermillion"])
    )
    ax.set(xticks=range(len(PIPELINES)), xticklabels=PIPELINES, xlabel="pipeline degree p")
    ax.set(yticks=range(len(TENSORS)), yticklabels=TENSORS, ylabel="tensor degree t")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_title(f"{gpus:,} × {hardware.name}: MFU, or why not", fontsize=10)
    return (
        f"{len(good)} of {len(found)} splits over {gpus} × {hardware.name} fit; the best is tensor "
        f"{best[0]} × pipeline {best[1]} × data {gpus // best[0] // best[1]}, {good[best]:.0%} of the peak, "
        f"{found[best].step_seconds:.3g} s a step; the worst that fits reaches {min(good.values()):.0%}."
    )


def _with_least_recomputation(model: Model, hardware: Hardware, plan: Plan) -> Estimate | str:
    """Return the estimate with the least recomputation that fits, or the gigabytes that full one needs."""
    needs = 0.0
    for recompute in RECOMPUTE:
        options = {"recompute": recompute, "sequence_parallel": plan.tensor > 1, "overlap_data": True}
        one = replace(plan, **options)
        _, needs = at_least(model, hardware, one)
        if needs <= hardware.memory_bytes:
            return estimate(model, hardware, one)
    return f"{math.ceil(needs / 1e9):,} GB"
