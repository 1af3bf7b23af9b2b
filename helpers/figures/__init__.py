"""The drawing functions that several lessons share, all in one style.

Every figure comes twice: `draw_pieces(ax, ...)` draws on a matplotlib axes and returns one sentence
saying what is seen (this is what explorers and composed figures call), and `pieces(...)` makes a
finished `Picture` from the same arguments in one call.
"""

from helpers.figures.bars import bar_panels, bars, draw_bar_panels, draw_bars
from helpers.figures.canvas import COLORS, OKABE_ITO, Picture, picture, split
from helpers.figures.charts import curves, draw_curves, draw_histogram, histogram
from helpers.figures.glyphs import visible
from helpers.figures.matrices import draw_matrix, matrix
from helpers.figures.tokens import draw_pieces, pieces
from helpers.figures.trees import Node, draw_tree, tree

__all__ = [
    "COLORS",
    "OKABE_ITO",
    "Node",
    "Picture",
    "bar_panels",
    "bars",
    "curves",
    "draw_bar_panels",
    "draw_bars",
    "draw_curves",
    "draw_histogram",
    "draw_matrix",
    "draw_pieces",
    "draw_tree",
    "histogram",
    "matrix",
    "picture",
    "pieces",
    "split",
    "tree",
    "visible",
]
