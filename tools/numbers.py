"""Compare two texts in which only the numbers may differ a little."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

__all__ = ["close", "similar"]

# A float has a point or an exponent; "2.13.0" is a version and "v1.5" a name, so neither counts.
FLOAT = re.compile(r"(?<![\w.])([-+]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+))(?!\w|\.\d)")
NUMBER = re.compile(r"(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)")


def close(left: str, right: str, relative: float) -> bool:
    """Tell whether the texts are equal but for floats that differ by at most the ``relative`` tolerance."""
    return left == right or _pairwise(FLOAT, left, right, lambda a, b: math.isclose(a, b, rel_tol=relative))


def similar(left: str, right: str, factor: float) -> bool:
    """Tell whether the texts are equal but for numbers, each at most ``factor`` times its partner."""
    return left == right or _pairwise(NUMBER, left, right, lambda a, b: max(a, b) <= factor * min(a, b))


def _pairwise(number: re.Pattern[str], left: str, right: str, agree: Callable[[float, float], bool]) -> bool:
    pieces, others = number.split(left), number.split(right)  # one group: text, number, text, number, …, text
    if len(pieces) != len(others) or pieces[::2] != others[::2]:
        return False
    return all(agree(float(a), float(b)) for a, b in zip(pieces[1::2], others[1::2], strict=True))
