"""Curves and histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.figures.canvas import OKABE_ITO, one_call
from helpers.figures.glyphs import label
from helpers.figures.values import Values, as_row, short

__all__ = ["curves", "draw_curves", "draw_histogram", "histogram"]

COLOR_CYCLE = [
    OKABE_ITO[name] for name in ("blue", "vermillion", "green", "purple", "orange", "sky", "black")
]
DASHES = ("-", "--", "-.", ":")
LABEL_GAP = 13.0  # points between two names at the right end


def draw_curves(
    ax: Axes,
    lines: Mapping[str, Values],
    *,
    x: Values | None = None,
    xlabel: str = "",
    ylabel: str = "",
    title: str = "",
    log: str = "",
    marks: Mapping[str, tuple[float, float]] | None = None,
) -> str:
    """Draw one curve per name, each told apart by colour, dash and its name at the right end.

    Args:
        ax: where to draw.
        lines: name → y values, or name → (x values, y values).
        x: the x values shared by all lines that do not bring their own; 0, 1, 2, … when left out.
        xlabel: what x is, with its unit.
        ylabel: what y is, with its unit.
        title: stands above.
        log: which axes are logarithmic: "", "x", "y" or "xy".
        marks: label → (x, y) of points to point out.
    """
    if not lines:
        raise ValueError("curves needs at least one line; lines is empty.")
    data = {name: _x_and_y(name, values, x) for name, values in lines.items()}
    for number, (xs, ys) in enumerate(data.values()):
        ax.plot(xs, ys, linestyle=DASHES[number % len(DASHES)], color=COLOR_CYCLE[number % len(COLOR_CYCLE)])
    _set_scales(ax, log)
    if "x" not in log and all(np.all(xs == np.round(xs)) for xs, _ in data.values()):
        ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 5, 10]))
    for name, place in (marks or {}).items():
        ax.plot(*([value] for value in place), "o", color=OKABE_ITO["black"])
        _annotate(ax, name, place, xytext=(6, 6), textcoords="offset points")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(True)
    if len(data) > 1:
        _name_ends(ax, data)
    said = [f"{name} goes from {short(ys[0])} to {short(ys[-1])}" for name, (_, ys) in data.items()]
    return f"Curves of {ylabel or 'values'}{f' against {xlabel}' if xlabel else ''}: {'; '.join(said)}."


def draw_histogram(
    ax: Axes,
    values: Values,
    *,
    bins: int | Sequence[float] = 30,
    xlabel: str = "",
    ylabel: str = "count",
    title: str = "",
    log: str = "",
    marks: Mapping[str, float] | None = None,
) -> str:
    """Draw how often values fall into each of `bins`, with named vertical marks.

    Args:
        ax: where to draw.
        values: the numbers to count.
        bins: how many, or their edges.
        xlabel: what the values are, with their unit.
        ylabel: what is counted.
        title: stands above.
        log: "x" spaces the bins by factors, "y" makes the counts logarithmic.
        marks: label → x position of a dashed line.
    """
    numbers = as_row(values)
    if "x" in log and isinstance(bins, int):
        if numbers.min() <= 0:
            raise ValueError(f"A logarithmic axis needs positive values; the smallest is {numbers.min():g}.")
        bins = np.geomspace(numbers.min(), numbers.max(), bins + 1)
    ax.hist(numbers, bins=bins, color=OKABE_ITO["sky"], edgecolor=OKABE_ITO["blue"], linewidth=0.6)
    _set_scales(ax, log)
    for number, (name, where) in enumerate((marks or {}).items()):
        ax.axvline(where, color=OKABE_ITO["vermillion"], linestyle="--", linewidth=1.5)
        place = {"xycoords": ("data", "axes fraction"), "xytext": (5, 0), "textcoords": "offset points"}
        _annotate(ax, f"{name}: {short(where)}", (where, 0.97 - 0.12 * number), va="top", **place)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    low, middle, high = np.min(numbers), np.median(numbers), np.max(numbers)
    return (
        f"Histogram of {len(numbers):,} values of {xlabel or 'x'}: from {short(low)} to {short(high)}, "
        f"median {short(middle)}."
    )


def _x_and_y(name: str, values: Values, x: Values | None) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(values, tuple) and len(values) == 2 and np.ndim(values[0]) == 1:
        xs, ys = as_row(values[0]), as_row(values[1])
    else:
        ys = as_row(values)
        xs = np.arange(len(ys)) if x is None else as_row(x)
    if len(xs) != len(ys):
        raise ValueError(f"Line {name!r} has {len(xs)} x values but {len(ys)} y values.")
    return xs, ys


def _set_scales(ax: Axes, log: str) -> None:
    if not set(log) <= {"x", "y"}:
        raise ValueError(f'log must be "", "x", "y" or "xy", not {log!r}.')
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")


def _annotate(ax: Axes, text: str, place: tuple[float, float], **style: object) -> None:
    box = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
    ax.annotate(label(text, most=60), place, fontsize=9, parse_math=False, bbox=box, **style)


def _name_ends(ax: Axes, data: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Write each line's name at its right end, moved apart where names would touch."""
    ax.autoscale_view()
    to_fraction = ax.transData + ax.transAxes.inverted()
    ends = []
    for number, (name, (xs, ys)) in enumerate(data.items()):
        finite = np.flatnonzero(np.isfinite(ys))
        last = finite[-1] if len(finite) else 0
        height = to_fraction.transform((xs[last], ys[last]))[1]
        ends.append((float(height) if np.isfinite(height) else 0.0, number, name))
    gap = LABEL_GAP / (ax.get_window_extent().height * 72 / ax.get_figure().dpi)
    ends.sort()
    for height, (_, number, name) in zip(_apart([end[0] for end in ends], gap), ends, strict=True):
        color = COLOR_CYCLE[number % len(COLOR_CYCLE)]
        style = {"fontsize": 9, "fontweight": "bold", "va": "center", "parse_math": False}
        ax.annotate(
            label(name),
            (1.01, height),
            xycoords="axes fraction",
            color=color,
            annotation_clip=False,
            **style,
        )


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Move sorted heights so that neighbours are `gap` apart, upwards, then down from the top edge."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    ceiling = max(1.0, heights[-1])
    for number in reversed(range(len(placed))):
        placed[number] = min(placed[number], ceiling)
        ceiling = placed[number] - gap
    return placed


curves = one_call(draw_curves, (7.0, 3.0))
histogram = one_call(draw_histogram, (7.0, 2.8))
