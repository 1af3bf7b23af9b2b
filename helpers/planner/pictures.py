"""Pictures of a pipeline: who does what when, and what each device holds."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from helpers import figures
from helpers.figures import OKABE_ITO, Picture
from helpers.planner.memory import peak_memory
from helpers.planner.pipeline import Event, bubble_rate, step_time

__all__ = ["draw_gantt", "draw_memory", "gantt"]

KINDS = {
    "F": ("forward", OKABE_ITO["sky"]),
    "B": ("gradient of the input", OKABE_ITO["green"]),
    "W": ("gradient of the weights", OKABE_ITO["orange"]),
}
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
    return (
        f"{devices} devices and {len({e.micro_batch for e in events})} micro-batches: a step of "
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
        ax.step(times, amounts, where="post", color=colors[device % len(colors)], label=f"device {device}")
    ax.set(xlabel="time", ylabel=ylabel, xlim=(0, until), ylim=(0, None))
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, fontsize=9)
    return f"Memory over time: at most {max(peaks):.4g} on device {peaks.index(max(peaks))}."
