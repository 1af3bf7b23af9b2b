"""Tell an answer that was never started from a wrong one."""

from __future__ import annotations

import dis
import itertools
import types
from typing import Any

__all__ = ["is_blank"]

_NOTHING = {
    "RESUME", "NOP", "POP_TOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "CACHE", "COPY_FREE_VARS",
    "EXTENDED_ARG",
}  # fmt: skip
_RAISING = {
    "LOAD_GLOBAL", "LOAD_COMMON_CONSTANT", "PUSH_NULL", "PRECALL", "CALL", "CALL_FUNCTION", "RAISE_VARARGS",
}  # fmt: skip


def is_blank(answer: Any) -> bool:
    """Return whether an answer is `...`, None, or a function whose body does nothing.

    A body does nothing when it is `...`, `pass`, a docstring, `return`, `return None`, `return ...` or
    `raise NotImplementedError`.
    """
    if answer is None or answer is ...:
        return True
    return isinstance(answer, types.FunctionType) and _does_nothing(answer.__code__)


def _does_nothing(code: types.CodeType) -> bool:
    steps = {instruction.opname for instruction in dis.get_instructions(code)}
    if not steps - _NOTHING:
        loaded = [step.argval for step in dis.get_instructions(code) if step.opname == "RETURN_CONST"]
        last = _returned(code)
        return all(value is None or value is ... for value in [*loaded, *last])
    raises = "RAISE_VARARGS" in steps and not steps - _NOTHING - _RAISING
    return raises and set(code.co_names) <= {"NotImplementedError"}


def _returned(code: types.CodeType) -> list[Any]:
    """The constants that stand right before a return."""
    steps = [step for step in dis.get_instructions(code) if step.opname not in {"NOP", "CACHE"}]
    return [
        before.argval
        for before, step in itertools.pairwise(steps)
        if step.opname == "RETURN_VALUE" and before.opname == "LOAD_CONST"
    ]
