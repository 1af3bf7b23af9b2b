"""Horizontal bars, alone and in panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from helpers.figures.canvas import OKABE_ITO, one_call, split, width_in_points
from helpers.figures.glyphs import label
from helpers.figures.values import Values, as_row, listed, short

__all__ = ["bar_panels", "bars", "draw_bar_panels", "draw_bars"]

DIGIT = 5.8  # points; a digit of the value labels at 9 pt


def draw_bars(
    ax: Axes,
    values: Mapping[str, float] | Values,
    *,
    labels: Sequence[str] | None = None,
    xlabel: str = "",
    title: str = "",
    color: str = OKABE_ITO["blue"],
    shared: Values | None = None,
) -> str:
    """Draw horizontal bars, the first on top, each with its value at its end.

    Args:
        ax: where to draw.
        values: label → value, or plain values with `labels` beside them.
        labels: one per bar; 0, 1, 2, … when left out.
        xlabel: what the values are, with their unit.
        title: stands above.
        color: of all bars.
        shared: values of all figures that have one scale; those of this figure when left out.
    """
    names, numbers = _labelled(values, labels)
    positions = np.arange(len(numbers))
    ax.barh(positions, numbers, height=0.7, color=color)
    ax.set_yticks(positions, names, parse_math=False)
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(*_room_for_labels(ax, numbers if shared is None else as_row(shared)))
    for position, number in zip(positions, numbers, strict=True):
        side = {"xytext": (4, 0), "ha": "left"} if not number < 0 else {"xytext": (-4, 0), "ha": "right"}
        end = (number if np.isfinite(number) else 0, position)
        ax.annotate(short(number), end, textcoords="offset points", va="center", fontsize=9, **side)
    if np.min(numbers) < 0:
        ax.axvline(0, color="#777777", linewidth=0.8)
        ax.spines["left"].set_visible(False)
    ax.set(xlabel=xlabel, title=title)
    return f"Bars of {xlabel or 'values'}: {listed(names, numbers)}."


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
        ax: replaced by the panels.
        panels: title → values (all of one length), or title → {label: value}.
        labels: one per bar.
        xlabel: what the values are, with their unit.
        color: of all bars.
    """
    if not panels:
        raise ValueError("bar_panels needs at least one panel; panels is empty.")
    rows = {title: _labelled(values, labels) for title, values in panels.items()}
    different = {tuple(names) for names, _ in rows.values()}
    if len(different) > 1:
        raise ValueError(f"All panels need the same labels; these differ: {sorted(different)}.")
    together = np.concatenate([numbers for _, numbers in rows.values()])
    sentences = []
    for column, (axes, title) in enumerate(zip(split(ax, len(rows)), rows, strict=True)):
        names, numbers = rows[title]
        draw_bars(axes, numbers, labels=names, title=title, color=color, shared=together, xlabel=xlabel)
        axes.tick_params(axis="y", labelleft=column == 0)
        axes.locator_params(axis="x", nbins=max(2, 12 // len(rows)))
        sentences.append(f"{title}: {listed(names, numbers)}")
    return f"Bars of {xlabel or 'values'} in {len(rows)} panels. {'. '.join(sentences)}."


def _labelled(
    values: Mapping[str, float] | Values, labels: Sequence[str] | None
) -> tuple[list[str], np.ndarray]:
    if isinstance(values, Mapping):
        labels, values = list(values), list(values.values())
    numbers = as_row(values)
    names = [label(name) for name in (range(len(numbers)) if labels is None else labels)]
    if len(names) != len(numbers):
        raise ValueError(f"There are {len(names)} labels for {len(numbers)} values.")
    return names, numbers


def _room_for_labels(ax: Axes, numbers: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis that holds all bars from 0 and the labels beyond them."""
    finite = numbers[np.isfinite(numbers)]
    low, high = min(0.0, finite.min(initial=0.0)), max(0.0, finite.max(initial=0.0))
    if low == high:
        return 0.0, 1.0
    width = max(width_in_points(ax) - 60, 60)
    data_per_point = (high - low) / (0.85 * width)
    for number in finite:
        room = data_per_point * (len(short(number)) * DIGIT + 8)
        low, high = (min(low, number - room), high) if number < 0 else (low, max(high, number + room))
    return low, high


bars = one_call(draw_bars, lambda values, **_: (7.0, 0.9 + 0.27 * max(2, len(values))))
bar_panels = one_call(
    draw_bar_panels,
    lambda panels, **_: (7.0, 1.1 + 0.27 * max([2, *(len(values) for values in panels.values())])),
)
