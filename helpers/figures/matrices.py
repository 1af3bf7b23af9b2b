"""Numbers on a grid as colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from helpers.figures.canvas import one_call
from helpers.figures.tokens import visible

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
        values: shape (rows, columns); a list, numpy array or torch tensor.
        signed: centre a diverging colour map on 0.
        numbers: write each value into its cell; by default when there are at most 100.
        unit: label of the colour scale.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().float()
    cells = np.asarray(values, dtype=float)
    if cells.ndim != 2 or cells.size == 0:
        raise ValueError(f"matrix needs two axes, each of at least one entry; the shape is {cells.shape}.")
    finite = cells[np.isfinite(cells)] if np.isfinite(cells).any() else np.zeros(1)
    low, high = float(finite.min()), float(finite.max())
    if signed:
        low, high = -max(-low, high, 1e-12), max(-low, high, 1e-12)
    image = ax.imshow(cells, cmap="RdBu_r" if signed else "cividis", vmin=low, vmax=high, aspect="auto")
    _label_axis(ax.set_xticks, columns, cells.shape[1], "columns")
    _label_axis(ax.set_yticks, rows, cells.shape[0], "rows")
    if columns is not None and max(len(visible(name)) for name in columns) * len(columns) > 60:
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


def _label_axis(set_ticks: Any, names: Sequence[str] | None, count: int, axis: str) -> None:
    if names is None:
        return
    if len(names) != count:
        raise ValueError(f"The matrix has {count} {axis} but {len(names)} labels for them.")
    set_ticks(range(count), [visible(name, spaces=True) for name in names], parse_math=False)


def _write_numbers(ax: Axes, cells: np.ndarray, image: Any, digits: int) -> None:
    for (row, column), value in np.ndenumerate(cells):
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        color = "white" if dark and np.isfinite(value) else "#222222"
        ax.text(column, row, f"{value:.{digits}f}", ha="center", va="center", fontsize=9, color=color)


matrix = one_call(draw_matrix, lambda values, **_: (7.0, float(np.clip(1.0 + 0.3 * len(values), 2.2, 6.0))))
