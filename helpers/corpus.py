"""The embedded texts: storyworld, generated on the fly, and the manual of the running Python."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from assets.storyworld import KINDS, TELLERS, Text, retell, stream

__all__ = ["END", "KINDS", "TELLERS", "Text", "python_manual", "retell", "text", "texts"]

END = "<|endoftext|>"


def texts(n: int, seed: int = 0, kinds: Sequence[str] | None = None) -> list[Text]:
    """Return the first `n` texts of the stream that belongs to `seed`.

    Args:
        n: how many, at least 0.
        seed: a whole number of at least 0; the same seed gives the same texts on every machine and Python.
        kinds: limit the draw to these (see `KINDS`); None means the whole mixture.

    Returns:
        Texts with `kind`, `text` and `log_prob` (nats, under the whole mixture).

    Raises:
        ValueError: if `n` or `seed` is negative or not whole, or a kind is unknown.
    """
    if not isinstance(n, int) or n < 0:
        raise ValueError(f"the number of texts is a whole number of at least 0, got {n!r}")
    wanted = None if kinds is None else tuple([kinds] if isinstance(kinds, str) else kinds)
    return list(islice(stream(seed, wanted), n))


@lru_cache(maxsize=4)
def text(size: int = 1_000_000, seed: int = 0, separator: str = "\n\n") -> str:
    """Return whole texts joined by `separator`: as many as fit in `size` bytes of UTF-8.

    Args:
        size: upper limit in bytes, at least 0.
        seed: the stream to take the texts from, from its start.
        separator: what stands between two texts.

    Raises:
        ValueError: if `size` or `seed` is negative or not whole.
    """
    if not isinstance(size, int) or size < 0:
        raise ValueError(f"the size is a whole number of bytes of at least 0, got {size!r}")
    gap = len(separator.encode("utf-8"))
    pieces: list[str] = []
    used = -gap
    for item in stream(seed):
        used += gap + len(item.text.encode("utf-8"))
        if used > size:
            return separator.join(pieces)
        pieces.append(item.text)
    raise AssertionError("the stream of texts has no end")


def python_manual() -> str:
    """Return the language manual that comes with the running Python (it differs between versions)."""
    from pydoc_data import topics

    return "\n\n".join(topics.topics[name] for name in sorted(topics.topics))
