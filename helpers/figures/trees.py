"""Trees, drawn from the root down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from helpers.figures.canvas import one_call
from helpers.figures.tokens import TINTS, visible

__all__ = ["Node", "draw_tree", "tree"]


@dataclass(frozen=True)
class Node:
    """A node of a tree: what stands in it, its children, and what stands on the edge above it."""

    label: str | bytes
    children: tuple[Node | str | bytes | tuple, ...] = ()
    edge: str = ""
    strong: bool = False


def draw_tree(
    ax: Axes, root: Node | str | bytes | tuple | Sequence, *, title: str = "", leaves_below: bool = False
) -> str:
    """Draw a tree, or several side by side when `root` is a list.

    Args:
        root: a `Node`, a `(label, [children])` pair, a leaf (`str` or `bytes`), or a list of these.
        leaves_below: put all leaves on the lowest line, so that they read as one text.
    """
    forest = [_node(item) for item in (root if isinstance(root, list) else [root])]
    if not forest:
        raise ValueError("tree needs at least one root; the list is empty.")
    depth = max(_depth(item) for item in forest)
    places: list[tuple[Node, float, float, int | None]] = []
    right = 0.0
    for item in forest:
        _, right = _place(item, 0, right, None, depth if leaves_below else None, places)
        right += 0.3
    for _node_, x, y, parent in places:
        if parent is not None:
            _draw_edge(ax, places[parent][1:3], (x, y), _node_)
    for item, x, y, _ in places:
        box = {
            "boxstyle": "round,pad=0.3",
            "edgecolor": "#222222" if item.strong else "#8A8A8A",
            "facecolor": TINTS[1] if item.strong else (TINTS[0] if item.children else "white"),
            "linewidth": 2.0 if item.strong else 0.8,
        }
        ax.text(
            x,
            y,
            visible(item.label, spaces=True),
            ha="center",
            va="center",
            fontsize=10,
            bbox=box,
            fontfamily="DejaVu Sans Mono",
            parse_math=False,
            zorder=3,
        )
    ax.set_xlim(-0.2, max(right - 0.1, 1.0))
    ax.set_ylim(-depth - 0.45, 0.45)
    ax.set_axis_off()
    ax.set_title(title, parse_math=False)
    return f"{'Tree' if len(forest) == 1 else f'{len(forest)} trees'}: {', '.join(map(_said, forest))}."


def _node(item: Any) -> Node:
    if isinstance(item, Node):
        return Node(item.label, tuple(_node(child) for child in item.children), item.edge, item.strong)
    if isinstance(item, (str, bytes)):
        return Node(item)
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], (list, tuple)):
        return Node(item[0], tuple(_node(child) for child in item[1]))
    raise ValueError(f"A tree is a Node, a leaf or a (label, [children]) pair, not {item!r:.60}.")


def _depth(node: Node) -> int:
    return 1 + max(map(_depth, node.children)) if node.children else 0


def _width(node: Node) -> float:
    return max(1.0, 0.35 + 0.14 * len(visible(node.label, spaces=True)))


def _place(
    node: Node, level: int, left: float, parent: int | None, lowest: int | None, places: list
) -> tuple[float, float]:
    """Append (node, x, y, parent's index) for the subtree; return its x and its right end."""
    index = len(places)
    places.append(None)
    if not node.children:
        x, right = left + _width(node) / 2, left + _width(node)
        level = level if lowest is None else lowest
    else:
        right, xs = left, []
        for child in node.children:
            child_x, right = _place(child, level + 1, right, index, lowest, places)
            xs.append(child_x)
        x = (xs[0] + xs[-1]) / 2
        right = max(right, x + _width(node) / 2)
    places[index] = (node, x, -float(level), parent)
    return x, right


def _draw_edge(ax: Axes, start: tuple[float, float], end: tuple[float, float], node: Node) -> None:
    color, width = ("#222222", 2.0) if node.strong else ("#8A8A8A", 1.0)
    ax.plot([start[0], end[0]], [start[1], end[1]], color=color, linewidth=width, zorder=1)
    if node.edge:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        box = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        ax.text(
            *middle,
            visible(node.edge),
            fontsize=9,
            ha="center",
            va="center",
            bbox=box,
            parse_math=False,
            zorder=2,
        )


def _said(node: Node) -> str:
    label = visible(node.label, spaces=True)
    return f"{label} ({', '.join(map(_said, node.children))})" if node.children else label


def _size(root: Any, **_: Any) -> tuple[float, float]:
    forest = [_node(item) for item in (root if isinstance(root, list) else [root])]
    return 7.0, min(8.0, 0.8 + 0.6 * max(map(_depth, forest)))


tree = one_call(draw_tree, _size)
