"""Rows of coloured token boxes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from helpers.figures.canvas import one_call
from helpers.figures.glyphs import MONO, MONO_WIDTH, visible

__all__ = ["TINTS", "draw_pieces", "pieces"]

Piece = str | bytes
Rows = Mapping[str, Sequence[Piece]] | Sequence[Piece] | Sequence[Sequence[Piece]]

TINTS = ("#CFE5F2", "#FBE0C3", "#CDEBDF", "#F4DCE9", "#FAF3C0", "#DDD9F3", "#E4E4E4")
FONT_SIZE, ID_SIZE = 10.5, 9.0  # points, as all lengths below
CHARACTER, ID_CHARACTER = FONT_SIZE * MONO_WIDTH, ID_SIZE * MONO_WIDTH
PAD, GAP, BOX_HEIGHT, ID_HEIGHT, LINE_GAP, ROW_GAP = 4.0, 3.0, 20.0, 13.0, 5.0, 8.0
LONGEST_PIECE, MORE_HEIGHT = 40, 15.0


@dataclass(frozen=True)
class _Row:
    label: str
    pieces: tuple[Piece, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True)
class _Box:
    left: float
    width: float
    text: str
    key: bytes
    number: str


@dataclass(frozen=True)
class _Line:
    top: float
    label: str
    boxes: tuple[_Box, ...]
    bottom: float


def draw_pieces(
    ax: Axes,
    rows: Rows,
    *,
    ids: Any = None,
    highlight: Collection[Piece] = (),
    title: str = "",
) -> str:
    """Draw rows of token boxes; equal pieces share a tint, borders and gaps show every boundary.

    Rows that are too long for the axes wrap; what does not fit at all is counted in the last line.

    Args:
        ax: its frame and ticks go away.
        rows: one list of pieces (`str` or `bytes`), several such lists, or label → list.
        ids: numbers shown beneath the pieces, of the same shape as `rows`.
        highlight: pieces drawn with a heavy border.
        title: a line above the boxes.
    """
    table = _table(rows, ids)
    ax.set_axis_off()
    ax.set_title(title, parse_math=False)
    ax.add_artist(_Boxes(table, {_key(piece) for piece in highlight}))
    return _said(table)


class _Boxes(Artist):
    """Lays itself out when it is drawn, because only then the size of the axes has settled."""

    def __init__(self, table: Sequence[_Row], heavy: Collection[bytes]) -> None:
        super().__init__()
        self.set_in_layout(False)
        self._table, self._heavy = table, heavy
        self._tints = _tints(table)

    def draw(self, renderer: Any) -> None:
        """Draw as many lines as fit between the upper and the lower end of the axes."""
        window, dpi = self.axes.get_window_extent(renderer), self.get_figure().dpi
        points = Affine2D().scale(dpi / 72).translate(window.x0, window.y1)
        lines = list(_layout(self._table, window.width * 72 / dpi))
        fitting = _lines_that_fit(lines, window.height * 72 / dpi)
        for artist in self._artists(lines, fitting, points):
            artist.set_figure(self.get_figure())
            artist.draw(renderer)

    def _artists(self, lines: Sequence[_Line], fitting: int, points: Transform) -> Iterator[Artist]:
        for line in lines[:fitting]:
            yield _text(1, line.top + BOX_HEIGHT / 2, line.label, points, ha="left")
            for box in line.boxes:
                yield from self._box_artists(line.top, box, points)
        hidden = sum(len(line.boxes) for line in lines[fitting:])
        if hidden:
            top = lines[fitting].top + MORE_HEIGHT / 2
            yield _text(2, top, f"… and {hidden} more", points, ha="left", family="DejaVu Sans", size=9.5)

    def _box_artists(self, top: float, box: _Box, points: Transform) -> Iterator[Artist]:
        heavy = box.key in self._heavy
        yield FancyBboxPatch(
            (box.left, -top - BOX_HEIGHT),
            box.width,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=2.5",
            transform=points,
            facecolor=self._tints[box.key],
            edgecolor="#222222" if heavy else "#8A8A8A",
            linewidth=2.0 if heavy else 0.8,
        )
        middle = box.left + box.width / 2
        yield _text(middle, top + BOX_HEIGHT / 2, box.text, points)
        beneath = top + BOX_HEIGHT + 1 + ID_HEIGHT / 2
        yield _text(middle, beneath, box.number, points, size=ID_SIZE, color="#555555")


def _tints(table: Sequence[_Row]) -> dict[bytes, str]:
    """Give every distinct piece a tint, unlike those of its neighbours as far as there are enough."""
    rows = [[_key(piece) for piece in row.pieces] for row in table]
    neighbours: dict[bytes, set[bytes]] = {}
    for row in rows:
        for one, other in pairwise(row):
            neighbours.setdefault(one, set()).add(other)
            neighbours.setdefault(other, set()).add(one)
    tints: dict[bytes, str] = {}
    for number, key in enumerate(dict.fromkeys(key for row in rows for key in row)):
        cycle = [TINTS[(number + step) % len(TINTS)] for step in range(len(TINTS))]
        taken = {tints.get(other) for other in neighbours.get(key, ())}
        tints[key] = next((tint for tint in cycle if tint not in taken), cycle[0])
    return tints


def _text(
    x: float, down: float, text: str, points: Transform, *, ha: str = "center", size: float = FONT_SIZE,
    family: str = MONO, color: str = "#222222",
) -> Text:  # fmt: skip
    artist = Text(x, -down, text, fontsize=size, fontfamily=family, color=color, parse_math=False)
    artist.set(ha=ha, va="center_baseline", transform=points)
    return artist


def _table(rows: Rows, ids: Any) -> tuple[_Row, ...]:
    """Bring the accepted forms of `rows` and `ids` into one."""
    named = _named_rows(rows)
    if ids is None:
        ids = [()] * len(named)
    elif isinstance(ids, Mapping):
        ids = [ids.get(label, ()) for label in named]
    elif not (isinstance(rows, Mapping) or _is_nested(rows)) or (len(named) == 1 and not _is_nested(ids)):
        ids = [ids]
    if len(ids) != len(named):
        raise ValueError(f"There are {len(named)} rows of pieces but {len(ids)} rows of ids.")
    table = []
    for (label, row), numbers in zip(named.items(), ids, strict=True):
        numbers = tuple(str(int(number)) for number in numbers)
        if len(numbers) not in (0, len(row)):
            raise ValueError(f"Row {label!r} has {len(row)} pieces but {len(numbers)} ids.")
        table.append(_Row(visible(label).strip(), tuple(row), numbers))
    return tuple(table)


def _named_rows(rows: Rows) -> dict[str, list[Piece]]:
    if isinstance(rows, str | bytes):
        raise ValueError(f"pieces needs a list of pieces, not one {type(rows).__name__}: {rows[:20]!r}.")
    if isinstance(rows, Mapping):
        named = {str(label): list(row) for label, row in rows.items()}
    elif _is_nested(rows):
        named = {" " * number: list(row) for number, row in enumerate(rows)}
    else:
        named = {"": list(rows)}
    if not named:
        raise ValueError("pieces needs at least one row; there is none.")
    for row in named.values():
        for piece in row:
            if not isinstance(piece, str | bytes):
                raise ValueError(f"A piece is str or bytes, not {type(piece).__name__}: {piece!r}.")
    return named


def _is_nested(rows: Any) -> bool:
    return len(rows) > 0 and isinstance(rows[0], list | tuple)


def _layout(table: Sequence[_Row], width: float) -> Iterator[_Line]:
    """Place every piece, in points from the upper left corner, wrapping rows that are too long."""
    indent = max(len(row.label) for row in table) * CHARACTER
    indent += 10 if indent else 1
    top = 1.0
    for row in table:
        height = BOX_HEIGHT + (ID_HEIGHT if row.ids else 0)
        boxes: list[_Box] = []
        left, label = indent, row.label
        for box in _boxes(row):
            if boxes and left + box.width > width - 1:
                yield _Line(top, label, tuple(boxes), top + height)
                top, left, boxes, label = top + height + LINE_GAP, indent, [], ""
            boxes.append(_Box(left, box.width, box.text, box.key, box.number))
            left += box.width + GAP
        yield _Line(top, label, tuple(boxes), top + height)
        top += height + ROW_GAP


def _boxes(row: _Row) -> Iterator[_Box]:
    """Yield the boxes of a row, not placed yet."""
    for piece, number in zip(row.pieces, row.ids or ("",) * len(row.pieces), strict=True):
        text = visible(piece, spaces=True)
        text = text if len(text) <= LONGEST_PIECE else f"{text[: LONGEST_PIECE - 1]}…"
        inner = max(len(text) * CHARACTER, len(number) * ID_CHARACTER, CHARACTER)
        yield _Box(0.0, inner + 2 * PAD, text, _key(piece), number)


def _key(piece: Piece) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")


def _lines_that_fit(lines: Sequence[_Line], height: float) -> int:
    if lines[-1].bottom <= height + 1:
        return len(lines)
    return sum(line.bottom + MORE_HEIGHT + LINE_GAP <= height for line in lines)


def _said(table: Sequence[_Row], most: int = 40) -> str:
    parts = []
    for row in table:
        shown = [visible(piece, spaces=True) for piece in row.pieces[:most]]
        shown += ["…"] if len(row.pieces) > most else []
        count = f"{len(row.pieces)} piece{'' if len(row.pieces) == 1 else 's'}"
        label = f"{row.label}: " if row.label else ""
        parts.append(f"{label}{count}: {' | '.join(shown)}" if shown else f"{label}{count}")
    return f"{'; '.join(parts)}."


def _size(rows: Rows, *, ids: Any = None, title: str = "", **_: Any) -> tuple[float, float]:
    """Inches that hold all pieces at the width of a page, if that is not too high."""
    lines = list(_layout(_table(rows, ids), 7.0 * 72 - 8))
    return 7.0, min(12.0, (lines[-1].bottom + (34 if title else 10)) / 72)


pieces = one_call(draw_pieces, _size)
