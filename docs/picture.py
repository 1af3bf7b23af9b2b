"""Draw README's picture from the embedded model: ``python -m docs.picture``.

Text, tokens, next-token probabilities: pieces, ids and numbers are what the tokenizer and the model give.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

__all__ = ["Prediction", "describe", "draw", "main", "predict"]

FILE = Path(__file__).with_name("text_to_probabilities.svg")
TEXT = "But the oven stayed cold, and Tom was"
WIDTH, MARGIN = 960, 40
INK, QUIET, BLUE = "#1b1b1b", "#59606d", "#0072B2"
TINTS = ("#dcebf5", "#fbe8d0", "#d8f0e6", "#f6e3ee")  # light blue, orange, green, purple of Okabe and Ito
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
CHARACTER = 11.0  # pixels that each character of a piece is given


@dataclass(frozen=True)
class Prediction:
    """What a model says of a text: its pieces, their ids, and the likeliest next pieces."""

    text: str
    pieces: list[str]
    ids: list[int]
    likeliest: list[tuple[str, float]]


def predict(text: str, count: int = 5) -> Prediction:
    """Ask the embedded model for the `count` likeliest next tokens after `text`."""
    import torch

    from helpers import models

    model, tokenizer = models.load()
    ids = tokenizer(text).input_ids
    with torch.no_grad():
        logits_V = model(torch.tensor([ids])).logits[0, -1]
    best = torch.softmax(logits_V.float(), dim=-1).topk(count)
    next_ids, probabilities = best.indices.tolist(), best.values.tolist()
    likeliest = [(tokenizer.decode([i]), p) for i, p in zip(next_ids, probabilities, strict=True)]
    return Prediction(text, [tokenizer.decode([i]) for i in ids], ids, likeliest)


def draw(seen: Prediction) -> str:
    """Return the picture as SVG."""
    boxes = list(_piece_boxes(seen, top=132))
    bars_top = boxes[-1][1] + 108
    height = bars_top + 34 * len(seen.likeliest) + 22
    parts = [
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="14" fill="#fff" stroke="#d5d9e0"/>',
        _words(MARGIN, 44, "text", 14, QUIET),
        _words(MARGIN, 80, f"{seen.text} …", 24, INK),
        _words(MARGIN, 120, f"{len(seen.ids)} tokens and their numbers", 14, QUIET),
        *(box for box, _ in boxes),
        _words(MARGIN, bars_top - 12, "the model’s probabilities for the next token", 14, QUIET),
        *_bars(seen.likeliest, bars_top),
    ]
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(describe(seen))}">'
    return "\n".join([head, *parts, "</svg>", ""])


def describe(seen: Prediction) -> str:
    """Return what the picture shows, in one sentence."""
    guesses = ", ".join(f"“{piece.strip()}” {chance:.0%}" for piece, chance in seen.likeliest[:3])
    return f"The text “{seen.text}” is cut into {len(seen.ids)} tokens; the model expects {guesses}."


def _words(x: float, y: float, words: str, size: int, colour: str, more: str = "", font: str = SANS) -> str:
    where = f'x="{x:g}" y="{y:g}" font-family="{font}" font-size="{size}" fill="{colour}"'
    return f"<text {where}{more}>{escape(words)}</text>"


def _bar(x: float, y: float, width: float, height: int, colour: str, more: str = "") -> str:
    return f'<rect x="{x:g}" y="{y}" width="{width:.1f}" height="{height}" fill="{colour}"{more}/>'


def _visible(piece: str) -> str:
    return piece.replace(" ", "␣").replace("\n", "↵")


def _piece_boxes(seen: Prediction, top: int) -> Iterator[tuple[str, int]]:
    """Yield each token as a box with its number beneath, and the y of its row; rows wrap."""
    x, y = MARGIN, top
    centred = ' text-anchor="middle"'
    for number, (piece, token) in enumerate(zip(seen.pieces, seen.ids, strict=True)):
        shown = _visible(piece)
        inner = CHARACTER * len(shown)
        width = inner + 18
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 76
        fitted = f'{centred} textLength="{inner:g}" lengthAdjust="spacingAndGlyphs"'
        box = _bar(x, y, width, 38, TINTS[number % len(TINTS)], ' rx="6" stroke="#8a93a3"')
        name = _words(x + width / 2, y + 25, shown, 18, INK, fitted, MONO)
        yield f"{box}\n{name}\n{_words(x + width / 2, y + 56, str(token), 13, QUIET, centred)}", y
        x += width + 6


def _bars(likeliest: list[tuple[str, float]], top: int) -> Iterator[str]:
    """Yield a row for each next token: its name, a bar from 0 to 1, and the probability."""
    left, longest = MARGIN + 130, WIDTH - 2 * MARGIN - 210
    for row, (piece, chance) in enumerate(likeliest):
        y = top + 34 * row
        yield _words(left - 12, y + 19, _visible(piece), 18, INK, ' text-anchor="end"', MONO)
        yield _bar(left, y + 2, longest, 22, "#eef1f5", ' rx="3"')
        yield _bar(left, y + 2, max(2, longest * chance), 22, BLUE, ' rx="3"')
        yield _words(left + longest + 12, y + 19, f"{chance:.0%}", 16, INK)


def main() -> None:
    """Write the picture beside this file and print the sentence that describes it."""
    seen = predict(TEXT)
    FILE.write_text(draw(seen), encoding="utf-8", newline="\n")
    print(describe(seen))


if __name__ == "__main__":
    main()
