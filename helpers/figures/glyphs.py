"""Text and bytes made visible with the glyphs that the figure fonts have."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from typing import Any

from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font

__all__ = ["MONO", "MONO_WIDTH", "label", "visible"]

MONO = "DejaVu Sans Mono"
MONO_WIDTH = 0.602  # em; every glyph of the font is this wide
MARKS = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "⇤"}


def visible(text: Any, *, spaces: bool = False) -> str:
    """Write text or bytes with glyphs that the figure fonts have, so that nothing is lost from sight.

    Line ends and tabs become marks, and with `spaces` a space becomes "␣". A character without a glyph
    becomes its code point, such as ⟨U+4E16⟩, and in `bytes` its byte values, such as ⟨E4 B8 96⟩.

    Example: `visible(b"caf\\xc3")` is "caf⟨C3⟩".
    """
    if isinstance(text, bytes):
        return "".join(_visible_bytes(text, spaces))
    return "".join(_visible_character(character, spaces) for character in str(text))


def label(text: Any, *, most: int = 32, spaces: bool = False) -> str:
    """Write text as `visible` does, cut to `most` characters, so that a long name leaves room to draw."""
    shown = visible(text, spaces=spaces)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _visible_character(character: str, spaces: bool) -> str:
    if character == " ":
        return MARKS[" "] if spaces else " "
    if character in MARKS:
        return MARKS[character]
    if ord(character) in _code_points() and unicodedata.category(character)[0] not in "MCZ":
        return character
    return f"⟨U+{ord(character):04X}⟩"


def _visible_bytes(data: bytes, spaces: bool) -> Iterator[str]:
    """Yield each whole character, and each run of bytes that is none in hexadecimal."""
    position = 0
    while position < len(data):
        character = _character_at(data, position)
        if character is None:
            end = position + 1
            while end < len(data) and _character_at(data, end) is None:
                end += 1
            yield _hex(data[position:end])
        else:
            end = position + len(character.encode("utf-8"))
            shown = _visible_character(character, spaces)
            yield _hex(data[position:end]) if shown.startswith("⟨U+") else shown
        position = end


def _character_at(data: bytes, position: int) -> str | None:
    for length in (1, 2, 3, 4):
        try:
            return data[position : position + length].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return None


def _hex(data: bytes) -> str:
    return f"⟨{data.hex(' ').upper()}⟩"


@functools.cache
def _code_points() -> frozenset[int]:
    """The code points that both figure fonts can draw."""
    fonts = ("DejaVu Sans", MONO)
    return frozenset.intersection(*(frozenset(FT2Font(findfont(font)).get_charmap()) for font in fonts))
