"""Rows of coloured token boxes, and text made visible."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font
from matplotlib.patches import FancyBboxPatch
from matplotlib.transforms import Affine2D, ScaledTranslation

from helpers.figures.canvas import one_call

__all__ = ["draw_pieces", "pieces", "visible"]

Piece = str | bytes
Rows = Mapping[str, Sequence[Piece]] | Sequence[Piece] | Sequence[Sequence[Piece]]

TINTS = ("#CFE5F2", "#FBE0C3", "#CDEBDF", "#F4DCE9", "#FAF3C0", "#DDEFFA", "#E4E4E4")
MARKS = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍"}
FONT_SIZE, ID_SIZE = 10.5, 9.0
CHARACTER, PAD, GAP = FONT_SIZE * 0.602, 4.0, 3.0  # points; DejaVu Sans Mono is 0.602 em wide
BOX_HEIGHT, ID_HEIGHT, LINE_GAP, ROW_GAP = 20.0, 13.0, 5.0, 8.0


def visible(text: Any, *, spaces: bool = False) -> str:
    """Write text or bytes with glyphs that the figure font has, so that nothing is lost from sight.

    Line ends and tabs become marks, and with `spaces` a space becomes "␣". A character without a glyph
    becomes its code point, such as ⟨U+4E16⟩, and in `bytes` its byte values, such as ⟨E4 B8 96⟩.

    Example: `visible(b"caf\\xc3")` is "caf⟨C3⟩".
    """
    if isinstance(text, bytes):
        return "".join(_visible_bytes(text, spaces))
    return "".join(_visible_character(character, spaces) for character in str(text))


def draw_pieces(
    ax: Axes,
    rows: Rows,
    *,
    ids: Any = None,
    highlight: Collection[Piece] = (),
    title: str = "",
) -> str:
    """Draw rows of token boxes; equal pieces share a tint, borders and gaps show every boundary.

    Rows that are too long wrap; what does not fit into the axes is counted in the last line.

    Args:
        rows: one list of pieces (`str` or `bytes`), several such lists, or label → list.
        ids: numbers shown beneath the pieces, of the same shape as `rows`.
        highlight: pieces drawn with a heavy border.
        title: a line above the boxes.
    """
    named = _named_rows(rows)
    numbers = _numbers_beneath(named, ids)
    width, height = _extent(ax)
    lines = list(_layout(named, numbers, width))
    tints = _tints(named)
    ax.set_axis_off()
    ax.set_title(title, parse_math=False)
    points = Affine2D().scale(1 / 72) + ax.get_figure().dpi_scale_trans
    points += ScaledTranslation(0, 1, ax.transAxes)
    for line in lines[: _lines_that_fit(lines, height)]:
        _draw_line(ax, points, line, tints, {_key(piece) for piece in highlight})
    hidden = sum(len(line.boxes) for line in lines[_lines_that_fit(lines, height) :])
    if hidden:
        bottom = lines[_lines_that_fit(lines, height)].top
        ax.text(2, -bottom - 8, f"… and {hidden} more", transform=points, fontsize=9, va="center")
    return _said(named)


@dataclass(frozen=True)
class _Box:
    left: float
    width: float
    text: str
    piece: Piece
    number: str


@dataclass(frozen=True)
class _Line:
    top: float
    label: str
    boxes: list[_Box]
    has_numbers: bool

    @property
    def bottom(self) -> float:
        return self.top + BOX_HEIGHT + (ID_HEIGHT if self.has_numbers else 0)


def _visible_character(character: str, spaces: bool) -> str:
    if character == " ":
        return MARKS[" "] if spaces else " "
    if character in MARKS:
        return MARKS[character]
    if ord(character) in _glyphs() and unicodedata.category(character)[0] not in "MCZ":
        return character
    return f"⟨U+{ord(character):04X}⟩"


def _visible_bytes(data: bytes, spaces: bool) -> Iterator[str]:
    position = 0
    while position < len(data):
        for length in (1, 2, 3, 4):
            part = data[position : position + length]
            try:
                character = part.decode("utf-8")
            except UnicodeDecodeError:
                continue
            shown = _visible_character(character, spaces)
            yield _hex(part) if shown.startswith("⟨U+") else shown
            position += len(part)
            break
        else:
            end = position + 1
            while end < len(data) and 0x80 <= data[end] < 0xC0:
                end += 1
            yield _hex(data[position:end])
            position = end


def _hex(data: bytes) -> str:
    return f"⟨{data.hex(' ').upper()}⟩"


@functools.cache
def _glyphs() -> frozenset[int]:
    """The code points that both figure fonts can draw."""
    fonts = ("DejaVu Sans", "DejaVu Sans Mono")
    return frozenset.intersection(*(frozenset(FT2Font(findfont(font)).get_charmap()) for font in fonts))


def _named_rows(rows: Rows) -> dict[str, list[Piece]]:
    if isinstance(rows, (str, bytes)):
        raise ValueError(f"pieces needs a list of pieces, not one {type(rows).__name__}: {rows[:20]!r}.")
    if isinstance(rows, Mapping):
        named = {str(label): list(row) for label, row in rows.items()}
    else:
        rows = list(rows)
        flat = all(isinstance(item, (str, bytes)) for item in rows)
        named = {"": rows} if flat else {" " * number: list(row) for number, row in enumerate(rows)}
    for row in named.values():
        for piece in row:
            if not isinstance(piece, (str, bytes)):
                raise ValueError(f"A piece is str or bytes, not {type(piece).__name__}: {piece!r}.")
    return named


def _numbers_beneath(named: Mapping[str, list[Piece]], ids: Any) -> dict[str, list[str]]:
    if ids is None:
        return {label: [] for label in named}
    if not isinstance(ids, Mapping):
        ids = list(ids)
        nested = bool(ids) and hasattr(ids[0], "__len__") and not isinstance(ids[0], str)
        ids = dict(zip(named, ids if nested else [ids], strict=False))
    numbers = {label: [str(number) for number in ids.get(label, [])] for label in named}
    for label, row in named.items():
        if len(numbers[label]) not in (0, len(row)):
            raise ValueError(f"Row {label!r} has {len(row)} pieces but {len(numbers[label])} ids.")
    return numbers


def _layout(
    named: Mapping[str, list[Piece]], numbers: Mapping[str, list[str]], width: float
) -> Iterator[_Line]:
    """Place every piece, in points from the upper left corner, wrapping rows that are too long."""
    indent = max(len(visible(label).strip()) for label in named) * CHARACTER
    indent += 10 if indent else 1
    top = 1.0
    for label, row in named.items():
        boxes: list[_Box] = []
        left, shown_label = indent, visible(label).strip()
        for number, piece in enumerate(row):
            text = visible(piece, spaces=True)
            text = text if len(text) <= 40 else text[:38] + "…"
            below = numbers[label][number] if numbers[label] else ""
            box_width = 2 * PAD + max(len(text) * CHARACTER, len(below) * ID_SIZE * 0.602, CHARACTER)
            if boxes and left + box_width > width:
                line = _Line(top, shown_label, boxes, bool(numbers[label]))
                yield line
                top, left, boxes, shown_label = line.bottom + LINE_GAP, indent, [], ""
            boxes.append(_Box(left, box_width, text, piece, below))
            left += box_width + GAP
        line = _Line(top, shown_label, boxes, bool(numbers[label]))
        yield line
        top = line.bottom + ROW_GAP


def _draw_line(ax: Axes, points: Any, line: _Line, tints: Mapping[Piece, str], heavy: set[Piece]) -> None:
    middle = -line.top - BOX_HEIGHT / 2
    style = {"transform": points, "va": "center_baseline", "clip_on": False, "parse_math": False}
    mono = {"fontfamily": "DejaVu Sans Mono", "fontsize": FONT_SIZE}
    ax.text(1, middle, line.label, **style, **mono)
    for box in line.boxes:
        is_heavy = _key(box.piece) in heavy
        patch = FancyBboxPatch(
            (box.left, -line.top - BOX_HEIGHT),
            box.width,
            BOX_HEIGHT,
            boxstyle="round,pad=0,rounding_size=2.5",
            transform=points,
            clip_on=False,
            facecolor=tints[_key(box.piece)],
            edgecolor="#222222" if is_heavy else "#8A8A8A",
            linewidth=2.0 if is_heavy else 0.8,
        )
        ax.add_patch(patch)
        centre = box.left + box.width / 2
        ax.text(centre, middle, box.text, ha="center", **style, **mono)
        ax.text(
            centre,
            -line.top - BOX_HEIGHT - ID_HEIGHT / 2 - 1,
            box.number,
            ha="center",
            fontsize=ID_SIZE,
            fontfamily="DejaVu Sans Mono",
            color="#555555",
            **style,
        )


def _tints(named: Mapping[str, list[Piece]]) -> dict[Piece, str]:
    distinct = dict.fromkeys(_key(piece) for row in named.values() for piece in row)
    return {piece: TINTS[number % len(TINTS)] for number, piece in enumerate(distinct)}


def _key(piece: Piece) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")


def _extent(ax: Axes) -> tuple[float, float]:
    """Width and height of the axes in points, as they will be once the layout has settled.

    Panels share their margins, so beside other axes the layout has to be made: draw those first.
    """
    figure = ax.get_figure()
    width, height = figure.get_size_inches() * 72
    layout = figure.get_layout_engine()
    if len(figure.axes) > 1 and layout is not None:
        layout.execute(figure)
        place = ax.get_position()
        return width * place.width - 10, height * place.height - 8
    place = ax.get_position()
    inner = figure.subplotpars
    share_x = place.width / (inner.right - inner.left)
    share_y = place.height / (inner.top - inner.bottom)
    return width * share_x - 10, height * share_y - 8


def _lines_that_fit(lines: Sequence[_Line], height: float) -> int:
    if lines[-1].bottom <= height:
        return len(lines)
    return sum(line.bottom + 16 <= height for line in lines)


def _said(named: Mapping[str, list[Piece]]) -> str:
    parts = []
    for label, row in named.items():
        shown = " | ".join(visible(piece, spaces=True) for piece in row[:40])
        shown += " | …" if len(row) > 40 else ""
        name = visible(label).strip()
        count = f"{len(row)} piece{'' if len(row) == 1 else 's'}"
        parts.append(f"{name}: {count}, {shown}" if name else f"{count}: {shown}")
    return "; ".join(parts)


def _size(rows: Rows, *, ids: Any = None, title: str = "", **_: Any) -> tuple[float, float]:
    named = _named_rows(rows)
    lines = list(_layout(named, _numbers_beneath(named, ids), 7.0 * 72 - 10))
    return 7.0, min(12.0, (lines[-1].bottom + (36 if title else 12)) / 72)


pieces = one_call(draw_pieces, _size)
