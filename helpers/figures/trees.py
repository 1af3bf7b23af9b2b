"""Trees, drawn from the root down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes

from helpers.figures.canvas import one_call, width_in_points
from helpers.figures.glyphs import MONO, MONO_WIDTH, visible
from helpers.figures.tokens import TINTS

__all__ = ["Node", "draw_tree", "tree"]

FONT_SIZE, PAD, GAP, TREE_GAP = 10.0, 11.0, 7.0, 16.0  # points
EDGE_CHARACTER, SPREAD = 6.0, 1.6
QUIET, LOUD = {"color": "#8A8A8A", "linewidth": 0.9}, {"color": "#222222", "linewidth": 2.0}


@dataclass(frozen=True)
class Node:
    """A node of a tree: its label, its children, what stands on the edge above it, and its emphasis."""

    label: str | bytes
    children: tuple[Node | str | bytes | tuple, ...] = ()
    edge: str = ""
    strong: bool = False


@dataclass(frozen=True)
class _Place:
    """A node at x points from the left and `level` below the root, under the place of its parent."""

    node: Node
    x: float
    level: int
    parent: _Place | None = None


def draw_tree(
    ax: Axes, root: Node | str | bytes | tuple | Sequence, *, title: str = "", leaves_below: bool = False
) -> str:
    """Draw a tree, or several side by side when `root` is a list.

    Args:
        ax: its frame and ticks go away.
        root: a `Node`, a `(label, [children])` pair, a leaf (`str` or `bytes`), or a list of these.
        title: stands above.
        leaves_below: put all leaves on the lowest line, so that they read as one text.
    """
    forest = _forest(root)
    lowest = max(map(_depth, forest))
    needed, room = sum(map(_width, forest)) + TREE_GAP * (len(forest) - 1), width_in_points(ax)
    if needed > room:
        raise ValueError(
            f"The tree is {needed / 72:.1f} inches wide, but there is room for {room / 72:.1f}: "
            "take a shorter text or a larger size."
        )
    left = 0.0
    for item in forest:
        for place in _places(item, left, lowest if leaves_below else None):
            _draw_edge(ax, place)
            _draw_node(ax, place)
        left += _width(item) + TREE_GAP
    shown = max(needed, room / SPREAD)  # spread a narrow tree over more of the width
    ax.set_xlim((needed - shown) / 2, (needed + shown) / 2)
    ax.set_ylim(-lowest - 0.45, 0.45)
    ax.set_axis_off()
    ax.set_title(title, parse_math=False)
    return f"{'Tree' if len(forest) == 1 else f'{len(forest)} trees'}: {', '.join(map(_said, forest))}."


def _forest(root: Any) -> list[Node]:
    forest = [_node(item) for item in (root if isinstance(root, list) else [root])]
    if not forest:
        raise ValueError("tree needs at least one root; the list is empty.")
    return forest


def _node(item: Any) -> Node:
    if isinstance(item, Node):
        return replace(item, children=tuple(map(_node, item.children)))
    if isinstance(item, str | bytes):
        return Node(item)
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], list | tuple):
        return Node(item[0], tuple(map(_node, item[1])))
    raise ValueError(f"A tree is a Node, a leaf or a (label, [children]) pair, not {item!r:.60}.")


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.children)) if node.children else 0


def _width(node: Node) -> float:
    """Width of the subtree in points; two edges at half height need twice the room of their labels."""
    own = len(visible(node.label, spaces=True)) * FONT_SIZE * MONO_WIDTH + PAD
    own = max(own, 2 * len(visible(node.edge)) * EDGE_CHARACTER)
    return max(own, sum(map(_width, node.children)) + GAP * (len(node.children) - 1))


def _places(node: Node, left: float, lowest: int | None, parent: _Place | None = None) -> Iterator[_Place]:
    """Yield every node of the subtree with its place, parents before children."""
    level = parent.level + 1 if parent else 0
    if not node.children and lowest is not None:
        level = lowest
    place = _Place(node, left + _width(node) / 2, level, parent)
    yield place
    inner = sum(map(_width, node.children)) + GAP * (len(node.children) - 1)
    left += (_width(node) - inner) / 2
    for child in node.children:
        yield from _places(child, left, lowest, place)
        left += _width(child) + GAP


def _draw_node(ax: Axes, place: _Place) -> None:
    node = place.node
    fill = TINTS[1] if node.strong else TINTS[0] if node.children else "white"
    edge = LOUD if node.strong else QUIET
    box = {"boxstyle": "round,pad=0.3", "facecolor": fill, "edgecolor": edge["color"]}
    style = {"ha": "center", "va": "center", "fontsize": FONT_SIZE, "fontfamily": MONO, "parse_math": False}
    label = visible(node.label, spaces=True)
    ax.text(place.x, -place.level, label, zorder=3, bbox=box | {"linewidth": edge["linewidth"]}, **style)


def _draw_edge(ax: Axes, place: _Place) -> None:
    if place.parent is None:
        return
    xs, ys = (place.parent.x, place.x), (-place.parent.level, -place.level)
    ax.plot(xs, ys, zorder=1, **(LOUD if place.node.strong else QUIET))
    if place.node.edge:
        box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        style = {"ha": "center", "va": "center", "fontsize": 9, "bbox": box, "parse_math": False}
        ax.text(sum(xs) / 2, sum(ys) / 2, visible(place.node.edge), zorder=2, **style)


def _said(node: Node) -> str:
    label = visible(node.label, spaces=True)
    return f"{label} ({', '.join(map(_said, node.children))})" if node.children else label


def _size(root: Any, *, title: str = "", **_: Any) -> tuple[float, float]:
    """Inches: the page's width, or as wide as the tree needs."""
    forest = _forest(root)
    needed = (sum(map(_width, forest)) + TREE_GAP * len(forest)) / 72
    height = 0.55 + 0.55 * max(map(_depth, forest)) + (0.3 if title else 0)
    return min(14.0, max(7.0, needed + 0.2)), min(8.0, height)


tree = one_call(draw_tree, _size)
