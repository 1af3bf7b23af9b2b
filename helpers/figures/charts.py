"""Curves, bars and histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from helpers.figures.canvas import OKABE_ITO, one_call, split
from helpers.figures.tokens import visible

__all__ = [
    "bar_panels",
    "bars",
    "curves",
    "draw_bar_panels",
    "draw_bars",
    "draw_curves",
    "draw_histogram",
    "histogram",
]

Values = Any  # a list, a numpy array or a torch tensor of numbers
LINE_STYLES = ("-", "--", "-.", ":")
COLOR_NAMES = ("blue", "vermillion", "green", "purple", "orange", "sky", "black")
COLOR_CYCLE = [OKABE_ITO[name] for name in COLOR_NAMES]


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
    """Draw one curve per name, each told apart by colour, dash and a label at its end.

    Args:
        lines: name → y values, or name → (x values, y values).
        x: the x values shared by all lines that do not bring their own; 0, 1, 2, … when left out.
        log: which axes are logarithmic: "", "x", "y" or "xy".
        marks: label → (x, y) of points to point out.
    """
    if not lines:
        raise ValueError("curves needs at least one line; lines is empty.")
    data = {name: _xy(name, values, x) for name, values in lines.items()}
    for number, (xs, ys) in enumerate(data.values()):
        style = LINE_STYLES[number % len(LINE_STYLES)]
        ax.plot(xs, ys, linestyle=style, color=COLOR_CYCLE[number % len(COLOR_CYCLE)], linewidth=2)
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
    for label, (mark_x, mark_y) in (marks or {}).items():
        ax.plot([mark_x], [mark_y], "o", color=OKABE_ITO["black"], markersize=5)
        ax.annotate(
            visible(label),
            (mark_x, mark_y),
            xytext=(6, 6),
            textcoords="offset points",
            fontsize=9,
            parse_math=False,
        )
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.grid(True)
    if len(data) > 1:
        _label_ends(ax, data)
    said = [f"{name} goes from {_short(ys[0])} to {_short(ys[-1])}" for name, (_, ys) in data.items()]
    return f"Curves of {ylabel or 'values'}{f' against {xlabel}' if xlabel else ''}: {'; '.join(said)}."


def draw_bars(
    ax: Axes,
    values: Mapping[str, float] | Values,
    *,
    labels: Sequence[str] | None = None,
    xlabel: str = "",
    title: str = "",
    color: str = OKABE_ITO["blue"],
    limit: float | None = None,
) -> str:
    """Draw horizontal bars, the first on top, each with its value at its end.

    Args:
        values: label → value, or plain values with `labels` beside them.
        limit: right end of the axis; the largest value when left out.
    """
    names, numbers = _labelled(values, labels)
    positions = np.arange(len(numbers))
    ax.barh(positions, numbers, height=0.7, color=color)
    ax.set_yticks(positions, names, parse_math=False)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    top = max(float(np.max(numbers)), 0.0) if limit is None else limit
    low = min(float(np.min(numbers)), 0.0)
    ax.set_xlim(low * 1.2, (top * 1.2) or 1.0)
    for position, number in zip(positions, numbers, strict=True):
        ax.annotate(
            _short(number),
            (number, position),
            xytext=(4 if number >= 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if number >= 0 else "right",
            fontsize=9,
        )
    ax.set(xlabel=xlabel, title=title)
    return f"Bars of {xlabel or 'values'}: {_listed(names, numbers)}."


def draw_bar_panels(
    ax: Axes,
    panels: Mapping[str, Values],
    *,
    labels: Sequence[str] | None = None,
    xlabel: str = "",
    color: str = OKABE_ITO["blue"],
) -> str:
    """Draw bars side by side, one panel per title, on one scale with the labels on the left.

    Args:
        panels: title → values (all of one length), or title → {label: value}.
        labels: one label per bar.
    """
    if not panels:
        raise ValueError("bar_panels needs at least one panel; panels is empty.")
    rows = {title: _labelled(values, labels) for title, values in panels.items()}
    names = {tuple(row[0]) for row in rows.values()}
    if len(names) > 1:
        raise ValueError(f"All panels need the same labels; these differ: {sorted(names)}.")
    limit = max(float(np.max(numbers)) for _, numbers in rows.values())
    sentences = []
    for column, (axes, (title, (row, numbers))) in enumerate(
        zip(split(ax, len(rows)), rows.items(), strict=True)
    ):
        draw_bars(axes, numbers, labels=row, title=title, color=color, limit=limit, xlabel=xlabel)
        axes.tick_params(axis="y", labelleft=column == 0)
        sentences.append(f"{title}: {_listed(row, numbers)}")
    return f"Bars of {xlabel or 'values'} in {len(rows)} panels. {'. '.join(sentences)}."


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
        log: "x" spaces the bins by factors, "y" makes the counts logarithmic.
        marks: label → x position of a dashed line.
    """
    numbers = _numbers(values)
    if "x" in log and isinstance(bins, int):
        if numbers.min() <= 0:
            raise ValueError(f"A logarithmic axis needs positive values; the smallest is {numbers.min():g}.")
        bins = np.geomspace(numbers.min(), numbers.max(), bins + 1)
    ax.hist(numbers, bins=bins, color=OKABE_ITO["sky"], edgecolor=OKABE_ITO["blue"], linewidth=0.6)
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
    for number, (label, where) in enumerate((marks or {}).items()):
        ax.axvline(where, color=OKABE_ITO["vermillion"], linestyle="--", linewidth=1.5)
        ax.annotate(
            f"{visible(label)}: {_short(where)}",
            (where, 0.97 - 0.11 * number),
            xycoords=("data", "axes fraction"),
            xytext=(5, 0),
            textcoords="offset points",
            fontsize=9,
            va="top",
            parse_math=False,
        )
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    low, middle, high = np.min(numbers), np.median(numbers), np.max(numbers)
    return (
        f"Histogram of {len(numbers)} values of {xlabel or 'x'}: from {_short(low)} to {_short(high)}, "
        f"median {_short(middle)}."
    )


def _numbers(values: Values) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu().float()
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim != 1 or numbers.size == 0:
        raise ValueError(f"A figure needs a row of at least one number; it got the shape {numbers.shape}.")
    return numbers


def _xy(name: str, values: Values, x: Values | None) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(values, tuple) and len(values) == 2 and np.ndim(values[0]) == 1:
        xs, ys = _numbers(values[0]), _numbers(values[1])
    else:
        ys = _numbers(values)
        xs = np.arange(len(ys)) if x is None else _numbers(x)
    if len(xs) != len(ys):
        raise ValueError(f"Line {name!r} has {len(xs)} x values but {len(ys)} y values.")
    return xs, ys


def _labelled(
    values: Mapping[str, float] | Values, labels: Sequence[str] | None
) -> tuple[list[str], np.ndarray]:
    if isinstance(values, Mapping):
        labels, values = list(values), list(values.values())
    numbers = _numbers(values)
    names = [visible(label) for label in (range(len(numbers)) if labels is None else labels)]
    if len(names) != len(numbers):
        raise ValueError(f"There are {len(names)} labels for {len(numbers)} values.")
    return names, numbers


def _label_ends(ax: Axes, data: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Write each line's name at its right end, moved apart where names would touch."""
    ax.autoscale_view()
    to_fraction = ax.transData + ax.transAxes.inverted()
    ends = []
    for number, (name, (xs, ys)) in enumerate(data.items()):
        last = np.flatnonzero(np.isfinite(ys))[-1] if np.isfinite(ys).any() else 0
        height = to_fraction.transform((xs[last], ys[last]))[1] if np.isfinite(ys[last]) else 0.0
        ends.append((height, name, COLOR_CYCLE[number % len(COLOR_CYCLE)]))
    gap = 13 / (ax.get_window_extent().height * 72 / ax.get_figure().dpi)
    height_so_far = -np.inf
    for height, name, color in sorted(ends):
        height_so_far = max(height, height_so_far + gap)
        ax.annotate(
            visible(name),
            (1.01, height_so_far),
            xycoords="axes fraction",
            color=color,
            fontsize=9,
            va="center",
            annotation_clip=False,
            parse_math=False,
            fontweight="bold",
        )


def _listed(names: Sequence[str], numbers: np.ndarray, most: int = 8) -> str:
    pairs = list(zip(names, numbers, strict=True))
    said = ", ".join(f"{name} {_short(number)}" for name, number in pairs[:most])
    return said + (f" and {len(names) - most} more" if len(names) > most else "")


def _short(number: float) -> str:
    """Three significant digits, thousands grouped: 0.644, 12.3, 1,024."""
    number = float(number)
    if number == round(number) and abs(number) < 1e7:
        return f"{number:,.0f}"
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e7 else f"{number:.3g}"


curves = one_call(draw_curves, (7.0, 3.0))
bars = one_call(draw_bars, lambda values, **_: (7.0, 0.9 + 0.27 * max(2, len(values))))
bar_panels = one_call(
    draw_bar_panels,
    lambda panels, **_: (7.0, 1.1 + 0.27 * max([2, *(len(values) for values in panels.values())])),
)
histogram = one_call(draw_histogram, (7.0, 2.8))
