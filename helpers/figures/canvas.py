"""Make a finished picture (PNG and alternative text) from a drawing function."""

from __future__ import annotations

import functools
import inspect
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

__all__ = ["COLORS", "OKABE_ITO", "STYLE", "Picture", "one_call", "picture", "split", "width_in_points"]

STYLE = Path(__file__).resolve().parent.parent / "glassbox.mplstyle"

#: The categorical colours of Okabe and Ito (2008), told apart with every common colour vision.
OKABE_ITO = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#222222",
}

#: Quantities that keep their colour in every lesson.
COLORS = {
    "Q": OKABE_ITO["blue"],
    "K": OKABE_ITO["orange"],
    "V": OKABE_ITO["green"],
    "rank": OKABE_ITO["purple"],
}

PALETTE_SIZE = 128


@dataclass(frozen=True)
class Picture:
    """A finished picture: PNG bytes, one sentence that says what is seen, and what an explorer adds below."""

    png: bytes = field(repr=False)
    alt: str
    details: str = field(default="", repr=False)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return {"image/png": self.png, "text/plain": self.alt}, {"image/png": {"alt": self.alt}}


def picture(draw: Callable[..., str], *, size: tuple[float, float] = (7.0, 3.0), **values: Any) -> Picture:
    """Call `draw(ax, **values)` on fresh axes and return what it drew.

    Args:
        draw: draws on the axes and returns one sentence saying what is seen. Lines after the first are no
            part of it: an explorer shows them below the picture, as text.
        size: width and height in inches (100 pixels an inch).
        values: passed on to `draw`.

    Raises:
        TypeError: `draw` returned no sentence.

    Example: `figures.picture(lambda ax: ax.plot([1, 2]) and "A rising line.")`
    """
    with matplotlib.style.context(STYLE):
        figure = Figure(figsize=size, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        said = draw(figure.add_subplot(), **values)
        canvas.draw()
        pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    alt, _, details = said.partition("\n") if isinstance(said, str) else ("", "", "")
    if not alt.strip():
        raise TypeError(f"A drawing function returns one sentence saying what is seen, not {said!r}.")
    alt, details = (text.encode("utf-8", "replace").decode("utf-8") for text in (alt, details))
    return Picture(_small_png(pixels), alt, details)


def split(
    ax: Axes,
    columns: int = 1,
    rows: int = 1,
    *,
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
) -> list[Axes]:
    """Replace `ax` by a grid of axes in its place, listed row by row.

    Example: `left, right = figures.split(ax, 2, widths=[2, 1])`
    """
    spec = ax.get_subplotspec()
    if spec is None:
        raise ValueError("split needs axes that were made by add_subplot, as figures.picture makes them.")
    grid = spec.subgridspec(rows, columns, width_ratios=widths, height_ratios=heights)
    figure = ax.get_figure()
    ax.remove()
    return [figure.add_subplot(grid[row, column]) for row in range(rows) for column in range(columns)]


def width_in_points(ax: Axes) -> float:
    """Return about how wide the axes will be; exact where they stand alone without labels."""
    figure, place = ax.get_figure(), ax.get_position()
    whole = figure.get_size_inches()[0] * 72 - 8
    return whole * place.width / (figure.subplotpars.right - figure.subplotpars.left)


def one_call(
    draw: Callable[..., str],
    size: tuple[float, float] | Callable[..., tuple[float, float]],
) -> Callable[..., Picture]:
    """Turn `draw(ax, ...)` into a function that returns a `Picture` in one call.

    Args:
        draw: a drawing function.
        size: inches, or a function of the same arguments (without `ax`) that returns them.
    """

    @functools.wraps(draw)
    def call(*args: Any, size: tuple[float, float] | None = None, **values: Any) -> Picture:
        chosen = size or (default(*args, **values) if callable(default) else default)
        return picture(lambda ax: draw(ax, *args, **values), size=chosen)

    default = size
    call.__name__ = call.__qualname__ = draw.__name__.removeprefix("draw_")
    signature = inspect.signature(draw)
    parameters = list(signature.parameters.values())[1:]
    extra = inspect.Parameter("size", inspect.Parameter.KEYWORD_ONLY, default=None)
    call.__signature__ = signature.replace(parameters=[*parameters, extra], return_annotation=Picture)
    return call


def _small_png(pixels: Image.Image) -> bytes:
    """Encode with a palette: a fifth of the bytes, the same picture to the eye."""
    paletted = pixels.quantize(PALETTE_SIZE, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    paletted.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
