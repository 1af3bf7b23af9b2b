"""What an exercise is: its card, its reference, its inputs, and the mistakes it knows."""

from __future__ import annotations

import ast
import inspect
import random
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from helpers.exercises import judging
from helpers.exercises.cards import Result
from helpers.exercises.comparing import same

__all__ = ["Exercise", "Misconception"]


@dataclass(frozen=True)
class Misconception:
    """A plausible wrong answer and what a tutor would say to it.

    Attributes:
        name: a few words, such as "merges overlapping pairs twice".
        wrong: a function of the same arguments; for a value exercise the wrong value, or a predicate on it.
        advice: one sentence, best a question, that leads on without giving the answer away.
    """

    name: str
    wrong: Any
    advice: str


@dataclass(frozen=True)
class Exercise:
    """One exercise. The reference is a function when `cases` or `draw` are given, else a plain value.

    Attributes:
        id: lesson number and name, such as "04.merge".
        title: a few words.
        minutes: about how long it takes.
        difficulty: 1 to 3, shown in dots.
        reference: the right function (its source is the solution), or the right value.
        misconceptions: wrong answers that are worth their own advice, at least three.
        hints: from gentle to plain.
        cases: argument tuples that are always tried, edge cases included; the first is shown first.
        draw: makes a fresh argument tuple from a `random.Random`.
        draws: how many fresh inputs are tried.
        equal: `(given, expected) -> bool`; see `same` and `approximately`.
        seconds: time limit for the answer on all inputs together.
        name: the variable that holds a value answer; a function brings its own name.
        working: for a value answer, the lines that lead to it; replaces the derived solution.
        fault: for a value answer, `(given) -> ` one sentence on why it can be no answer at all, or "".
    """

    id: str
    title: str
    minutes: int
    difficulty: int
    reference: Any
    misconceptions: tuple[Misconception, ...] = ()
    hints: tuple[str, ...] = ()
    cases: tuple[tuple, ...] = ()
    draw: Callable[[random.Random], tuple] | None = None
    draws: int = 20
    equal: Callable[[Any, Any], bool] = same
    seconds: float = 5.0
    name: str = "answer"
    working: str = ""
    fault: Callable[[Any], str] | None = None

    @property
    def is_function(self) -> bool:
        """Whether the answer is a function rather than a value."""
        return bool(self.cases) or self.draw is not None

    @property
    def answer_name(self) -> str:
        """The name that the cell defines and passes to the check."""
        return self.reference.__name__ if self.is_function else self.name

    @property
    def heading(self) -> str:
        """The line at the top of the card."""
        dots = "●" * self.difficulty + "○" * (3 - self.difficulty)
        return f"Exercise {self.id} · {self.title} · {self.minutes} min · {dots}"

    def example(self) -> tuple:
        """Return the arguments of one call: the first case, or a drawn one."""
        return self.cases[0] if self.cases else self.draw(random.Random(0))

    def check(self, answer: Any, seed: int | None = None) -> Result:
        """Compare an answer of any type with the reference; never raises because of it.

        Args:
            answer: a function, a value, or a blank (`...`, None, a function that does nothing).
            seed: fixes the fresh inputs; by default they differ each time.
        """
        verdict = judging.judge(self, answer, random.Random(seed))
        return Result(
            self.id, self.heading, verdict.status, verdict.message, verdict.misconception, verdict.printed
        )

    def hint(self, n: int = 1) -> str:
        """Return the n-th hint, counted from 1."""
        if not 1 <= n <= len(self.hints):
            raise ValueError(f"Exercise {self.id} has hints 1 to {len(self.hints)}; you asked for {n}.")
        return self.hints[n - 1]

    def solution(self) -> str:
        """Return source that passes when it takes the place of the blank."""
        if self.working:
            return textwrap.dedent(self.working).strip()
        return self._source if self.is_function else f"{self.name} = {self.reference!r}"

    def blank(self) -> str:
        """Return the source that the learner starts from: the signature with `...` as body."""
        if not self.is_function:
            return f"{self.name} = ..."
        body = ast.parse(self._source).body[0].body
        first = body[1] if _is_docstring(body[0]) and len(body) > 1 else body[0]
        head = "\n".join(self._source.splitlines()[: first.lineno - 1])
        return f"{head}\n    ..."

    def selftest(self) -> list[str]:
        """Return what is wrong with the exercise itself, as sentences; nothing when all is well."""
        from helpers.exercises.selftest import faults

        return faults(self)

    @cached_property
    def _source(self) -> str:
        lines = textwrap.dedent(inspect.getsource(self.reference)).splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith("def "))
        return "\n".join(lines[start:]).rstrip()


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
