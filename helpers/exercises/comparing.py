"""Compare a given result with the expected one, and say where they first differ."""

from __future__ import annotations

import functools
import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from helpers.exercises.describing import describe, kind

__all__ = ["approximately", "difference", "same"]

RTOL, ATOL = 1e-5, 1e-8


def same(given: Any, expected: Any) -> bool:
    """Return whether two results are equal: exact, but for floats (relative 1e-5) and tensor precision.

    A list is no tuple, True is no 1, an int is fine where a float is expected, NaN equals NaN. Arrays and
    tensors need the shape and the kind of number (float, int, bool), not the exact dtype.
    """
    return not difference(given, expected)


def approximately(rtol: float = RTOL, atol: float = ATOL, dtype: bool = False) -> Callable[[Any, Any], bool]:
    """Return a comparison like `same` with other tolerances, or one that also wants the exact dtype."""

    def equal(given: Any, expected: Any) -> bool:
        return not difference(given, expected, rtol=rtol, atol=atol, dtype=dtype)

    return equal


def difference(
    given: Any, expected: Any, *, rtol: float = RTOL, atol: float = ATOL, dtype: bool = False
) -> str:
    """Return one sentence about the first difference, or nothing when the results are the same."""
    compare = functools.partial(difference, rtol=rtol, atol=atol, dtype=dtype)
    if _is_tensor(expected) or isinstance(expected, np.ndarray):
        return _array_difference(given, expected, rtol, atol, dtype)
    if isinstance(expected, (bool, np.bool_)):
        right_kind = isinstance(given, (bool, np.bool_))
        return _unequal(given, expected, right_kind, right_kind and bool(given) == bool(expected))
    if isinstance(expected, numbers.Integral):
        right_kind = isinstance(given, numbers.Integral) and not isinstance(given, bool)
        return _unequal(given, expected, right_kind, right_kind and int(given) == int(expected))
    if isinstance(expected, numbers.Real):
        right_kind = isinstance(given, numbers.Real) and not isinstance(given, bool)
        return _unequal(given, expected, right_kind, right_kind and _close(given, expected, rtol, atol))
    if isinstance(expected, (str, bytes)):
        plain = str if isinstance(expected, str) else bytes
        right_kind = isinstance(given, plain)
        return _unequal(given, expected, right_kind, right_kind and plain.__eq__(expected, given) is True)
    if isinstance(expected, (list, tuple)):
        return _sequence_difference(given, expected, compare)
    if isinstance(expected, Mapping):
        return _mapping_difference(given, expected, compare)
    if isinstance(expected, (set, frozenset)):
        right_kind = type(given) in (set, frozenset)
        return _unequal(given, expected, right_kind, right_kind and expected == given)
    right_kind = type(given) is type(expected)
    return _unequal(given, expected, right_kind, right_kind and bool(expected == given))


def _unequal(given: Any, expected: Any, right_kind: bool, equal: bool) -> str:
    if not right_kind:
        return f"It is {kind(given)} where {kind(expected)} is expected."
    return "" if equal else f"`{describe(given, 60)}` stands where `{describe(expected, 60)}` is expected."


def _close(given: Any, expected: Any, rtol: float, atol: float) -> bool:
    given, expected = float(given), float(expected)
    return math.isclose(given, expected, rel_tol=rtol, abs_tol=atol) or (
        given != given and expected != expected
    )


def _sequence_difference(given: Any, expected: Any, compare: Callable[[Any, Any], str]) -> str:
    plain = list if isinstance(expected, list) else tuple
    if not isinstance(given, plain):
        return f"It is {kind(given)} where {kind(expected)} is expected."
    for number, (one, other) in enumerate(zip(plain.__iter__(given), expected, strict=False)):
        found = compare(one, other)
        if found:
            return f"Entry [{number}]: {found[0].lower() + found[1:]}"
    length = plain.__len__(given)
    if length != len(expected):
        is_are = "is" if len(expected) == 1 else "are"
        return f"It has {_count(length)} where {len(expected)} {is_are} expected."
    return ""


def _mapping_difference(given: Any, expected: Mapping, compare: Callable[[Any, Any], str]) -> str:
    if not isinstance(given, dict):
        return f"It is {kind(given)} where a dict is expected."
    items = dict(dict.items(given))
    for key in expected:
        if key not in items:
            return f"The key `{describe(key, 60)}` is missing."
    for key in items:
        if key not in expected:
            return f"The key `{describe(key, 60)}` is not expected."
    for key, value in expected.items():
        found = compare(items[key], value)
        if found:
            return f"Key `{describe(key, 60)}`: {found[0].lower() + found[1:]}"
    return ""


def _array_difference(given: Any, expected: Any, rtol: float, atol: float, dtype: bool) -> str:
    if type(given) is not type(expected) and not (_is_tensor(given) and _is_tensor(expected)):
        return f"It is {kind(given)} where {kind(expected)} is expected."
    if tuple(given.shape) != tuple(expected.shape):
        return f"Its shape is {tuple(given.shape)} where {tuple(expected.shape)} is expected."
    one, other = _as_array(given), _as_array(expected)
    if _number_kind(one) != _number_kind(other) or (dtype and given.dtype != expected.dtype):
        return f"Its dtype is {given.dtype} where {expected.dtype} is expected."
    if one.dtype.kind in "fc":
        equal = np.isclose(one, other, rtol=rtol, atol=atol, equal_nan=True)
    else:
        equal = one == other
    if np.all(equal):
        return ""
    where = tuple(int(index) for index in np.argwhere(~np.asarray(equal))[0])
    place = f"Entry {list(where)} is" if where else "It is"
    return f"{place} {one[where]!s} where {other[where]!s} is expected."


def _is_tensor(value: Any) -> bool:
    return type(value).__module__.split(".")[0] == "torch" and hasattr(value, "detach")


def _as_array(value: Any) -> np.ndarray:
    if _is_tensor(value):
        value = value.detach().cpu()
        value = value.double() if value.dtype.is_floating_point else value
        return value.numpy()
    return np.asarray(value)


def _number_kind(array: np.ndarray) -> str:
    return array.dtype.kind.replace("u", "i")


def _count(number: int) -> str:
    return f"{number} {'entry' if number == 1 else 'entries'}"
