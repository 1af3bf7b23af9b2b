"""Numbers on a grid as colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.figures.canvas import one_call
from helpers.figures.glyphs import label
from helpers.figures.values import as_grid

__all__ = ["draw_matrix", "matrix"]


def draw_matrix(
    ax: Axes,
    values: Any,
    *,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    signed: bool = False,
    numbers: bool | None = None,
    digits: int = 2,
    xlabel: str = "",
    ylabel: str = "",
    title: str = "",
    unit: str = "",
) -> str:
    """Draw a matrix as coloured cells: cividis for magnitudes, blue to red around 0 for signs.

    Args:
        ax: where to draw.
        values: shape (rows, columns); a list, numpy array or torch tensor.
        rows: names of the rows.
        columns: names of the columns.
        signed: centre a diverging colour map on 0.
        numbers: write each value into its cell; by default when there are at most 100.
        digits: after the point.
        xlabel: what the columns are.
        ylabel: what the rows are.
        title: stands above.
        unit: label of the colour scale.
    """
    cells = as_grid(values)
    finite = cells[np.isfinite(cells)] if np.isfinite(cells).any() else np.zeros(1)
    low, high = float(finite.min()), float(finite.max())
    if signed:
        low, high = -max(-low, high, 1e-12), max(-low, high, 1e-12)
    image = ax.imshow(cells, cmap="RdBu_r" if signed else "cividis", vmin=low, vmax=high, aspect="auto")
    _label_axis(ax, "x", columns, cells.shape[1])
    _label_axis(ax, "y", rows, cells.shape[0])
    if columns is not None and max(len(label(name)) for name in columns) * len(columns) > 60:
        ax.tick_params(axis="x", labelrotation=45)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    if cells.size <= 100 if numbers is None else numbers:
        _write_numbers(ax, cells, image, digits)
    ax.get_figure().colorbar(image, ax=ax, label=unit, shrink=0.9, pad=0.02).outline.set_visible(False)
    return (
        f"Matrix of {cells.shape[0]} × {cells.shape[1]} values{f' ({unit})' if unit else ''} "
        f"from {finite.min():.3g} to {finite.max():.3g}."
    )


def _label_axis(ax: Axes, axis: str, names: Sequence[str] | None, count: int) -> None:
    if names is None:
        getattr(ax, f"{axis}axis").set_major_locator(MaxNLocator(integer=True))
        return
    if len(names) != count:
        raise ValueError(
            f"The matrix has {count} {'columns' if axis == 'x' else 'rows'} but {len(names)} labels for them."
        )
    tokens = any(isinstance(name, str | bytes) and name != name.strip() for name in names)  # such as " the"
    ticks = [label(name, spaces=tokens) for name in names]
    getattr(ax, f"set_{axis}ticks")(range(count), ticks, parse_math=False)


def _write_numbers(ax: Axes, cells: np.ndarray, image: Any, digits: int) -> None:
    dark = image.cmap(image.norm(cells))[..., :3] @ (0.299, 0.587, 0.114) < 0.5
    for (row, column), value in np.ndenumerate(cells):
        color = "white" if dark[row, column] and np.isfinite(value) else "#222222"
        text = ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize=9, color=color)
        text.set_in_layout(False)  # it stands inside: measuring it would take as long as drawing it


matrix = one_call(draw_matrix, lambda values, **_: (7.0, float(np.clip(1.0 + 0.3 * len(values), 2.2, 6.0))))
