"""Numbers from lists, arrays and tensors, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Values", "as_grid", "as_row", "listed", "short"]

Values = Any  # a list, a numpy array or a torch tensor of numbers


def as_row(values: Values) -> np.ndarray:
    """Return a float array of one axis and at least one entry."""
    numbers = _as_floats(values)
    if numbers.ndim != 1 or numbers.size == 0:
        raise ValueError(f"This figure needs a row of at least one number; it got the shape {numbers.shape}.")
    return numbers


def as_grid(values: Values) -> np.ndarray:
    """Return a float array of two axes, each of at least one entry."""
    numbers = _as_floats(values)
    if numbers.ndim != 2 or numbers.size == 0:
        raise ValueError(f"This figure needs a matrix; it got the shape {numbers.shape}.")
    return numbers


def short(number: float) -> str:
    """Write a number with three significant digits, thousands grouped: 0.644, 12.3, 1,024."""
    number = float(number)
    if 1000 <= abs(number) < 1e7 or (number.is_integer() and abs(number) < 1e7):
        return f"{number:,.0f}".replace("-", "−")
    return f"{number:.3g}".replace("-", "−")


def listed(names: Sequence[str], numbers: np.ndarray, most: int = 8) -> str:
    """Say which name has which number, the first `most` of them."""
    pairs = list(zip(names, numbers, strict=True))
    said = ", ".join(f"{name} {short(number)}" for name, number in pairs[:most])
    return said + (f" and {len(names) - most} more" if len(names) > most else "")


def _as_floats(values: Values) -> np.ndarray:
    if hasattr(values, "detach"):
        values = values.detach().cpu().double()
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"This figure needs numbers, not {values!r:.60}.") from error
