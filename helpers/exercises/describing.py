"""Put values, calls and crashes into a few safe words."""

from __future__ import annotations

import re
import reprlib
import traceback
import types
from collections.abc import Callable
from itertools import islice
from typing import Any

__all__ = ["call_text", "crash_text", "describe", "kind"]


def describe(value: Any, limit: int = 200) -> str:
    """Return a short `repr` on one line; a value whose `repr` fails is described by its type."""
    short = _InOrder()
    short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = short.maxdict = 12
    short.maxstring = short.maxother = short.maxlong = limit
    try:
        if isinstance(value, bytes) and len(value) > limit:
            return f"{value[: limit // 2]!r}… ({len(value)} bytes)"
        text = " ".join(short.repr(value).split())
    except Exception:
        return f"<{type(value).__name__} that cannot be shown>"
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


class _InOrder(reprlib.Repr):
    """Abbreviate like `reprlib`, but keep the order of a dictionary: an answer may depend on it."""

    def repr_dict(self, items: dict, level: int) -> str:
        """Return the first pairs of a dictionary in their own order."""
        if level <= 0 and items:
            return "{...}"
        pairs = [
            f"{self.repr1(key, level - 1)}: {self.repr1(value, level - 1)}"
            for key, value in islice(items.items(), self.maxdict)
        ]
        return "{" + ", ".join(pairs + ["..."] * (len(items) > self.maxdict)) + "}"


def kind(value: Any) -> str:
    """Return the type in words: "a list", "an int", "a generator (wrap it in `list(...)`)"."""
    if value is None:
        return "nothing (`None`)"
    if value is ...:
        return "the blank `...`"
    if isinstance(value, types.GeneratorType):
        return "a generator (which has not run yet: did you write `yield` or round brackets?)"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "a function"
    module = type(value).__module__.split(".")[0]
    name = {"numpy": "numpy ", "torch": "torch "}.get(module, "") + type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def call_text(name: str, args: tuple) -> str:
    """Return the call as one would type it, with long arguments cut."""
    return f"{name}({', '.join(describe(argument, 120) for argument in args)})"


def crash_text(error: BaseException, function: Callable) -> str:
    """Return the exception in words, with the line of the learner's function that raised it."""
    try:
        message = " ".join(str(error).split())[:200]
    except Exception:
        message = ""
    said = f"{type(error).__name__}{': ' + message if message else ''}"
    code = getattr(function, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__, limit=-200) if code else []
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    return f"{said} (line {own[-1].lineno}: `{own[-1].line}`)" if own and own[-1].line else said
