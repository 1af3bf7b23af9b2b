"""The summary picture: every lesson a tile, filled as far as its exercises are passed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from helpers import lessons
from helpers.figures.canvas import OKABE_ITO, Picture, picture

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["draw_progress", "progress_picture"]

TILE, LABEL = 0.86, 3.9


def draw_progress(ax: Axes, passed: Mapping[str, tuple[int, int]], known: tuple[lessons.Lesson, ...]) -> str:
    """Draw one row of tiles per part of the curriculum.

    Args:
        passed: lesson id → (exercises passed, exercises there are).
        known: the lessons; those that are not finished get a dashed tile.
    """
    parts = [(part, list(members)) for part, members in groupby(known, key=lambda lesson: lesson.part)]
    for row, (part, members) in enumerate(parts):
        ax.text(0, -row, part, va="center", fontsize=10)
        for column, lesson in enumerate(members):
            _draw_tile(ax, LABEL + column, -row, lesson, *passed.get(lesson.id, (0, 0)))
    longest = max(len(members) for _, members in parts)
    ax.set_xlim(0, LABEL + longest)
    ax.set_ylim(-len(parts) + 0.4, 0.6)
    ax.set_axis_off()
    done, total = (sum(pair[index] for pair in passed.values()) for index in (0, 1))
    finished = sum(lesson.is_finished for lesson in known)
    return f"{done} of {total} exercises passed in {finished} finished lessons of {len(known)}."


def progress_picture(passed: Mapping[str, tuple[int, int]]) -> Picture:
    """Return the picture of all lessons."""
    known = lessons.all()
    rows = len({lesson.part for lesson in known})
    return picture(draw_progress, size=(7.0, 0.34 * rows + 0.2), passed=passed, known=known)


def _draw_tile(ax: Axes, x: float, y: float, lesson: lessons.Lesson, passed: int, total: int) -> None:
    bottom, height = y - TILE / 2, TILE
    if total:
        share = passed / total
        ax.add_patch(Rectangle((x, bottom), TILE * share, height, color=OKABE_ITO["sky"], linewidth=0))
    edge = {"edgecolor": "#444444", "linewidth": 1.0} if lesson.is_finished else {
        "edgecolor": "#999999", "linewidth": 0.8, "linestyle": (0, (3, 3)),
    }  # fmt: skip
    ax.add_patch(Rectangle((x, bottom), TILE, height, fill=False, **edge))
    mark = " ✓" if total and passed == total else f" {passed}/{total}" if passed else ""
    color = "#222222" if lesson.is_finished else "#767676"
    ax.text(x + TILE / 2, y, lesson.number + mark, ha="center", va="center", fontsize=9, color=color)
