"""What the learner sees: a card in the notebook, and the same words as plain text."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Card", "Result"]

BOX = (
    "border:1px solid rgba(128,128,128,.45);border-left:5px solid {color};border-radius:4px;"
    "padding:8px 14px;margin:4px 0;max-width:52em;line-height:1.5;overflow-wrap:anywhere"
)
PRE = "white-space:pre-wrap;background:rgba(128,128,128,.12);padding:6px 10px;margin:6px 0 2px"
NEUTRAL = "#8a8a8a"


@dataclass(frozen=True)
class Card:
    """A heading, a bold verdict, a text with `code`, and perhaps a block of code."""

    heading: str
    verdict: str
    text: str
    code: str = ""
    small: str = ""
    color: str = NEUTRAL

    def __str__(self) -> str:
        lines = [self.heading, f"{self.verdict}. {self.text}"]
        return "\n".join(line for line in [*lines, self.code, self.small] if line)

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._html(), "text/plain": str(self)}

    def _html(self) -> str:
        parts = [
            f'<div style="{BOX.format(color=self.color)}">',
            f'<div style="font-size:.9em;opacity:.8">{html.escape(self.heading)}</div>',
            f"<div><b>{html.escape(self.verdict)}.</b> {_with_code(self.text)}</div>",
        ]
        if self.code:
            parts.append(f'<pre style="{PRE}">{html.escape(self.code)}</pre>')
        if self.small:
            parts.append(f'<div style="font-size:.9em;opacity:.8">{_with_code(self.small)}</div>')
        return "".join([*parts, "</div>"])


@dataclass(frozen=True)
class Result:
    """What a check found. As the last line of a cell it shows the exercise's card.

    Attributes:
        status: "passed", "not yet" or "not attempted".
        message: what a tutor would say.
        misconception: the name of the misconception that the answer shares, if any.
        printed: the beginning of what the answer printed.
        note: what else to know, such as that progress could not be saved.
    """

    exercise_id: str
    heading: str
    status: str
    message: str
    misconception: str = ""
    printed: str = ""
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return self.status == "passed"

    def noting(self, note: str) -> Result:
        """Return the same result with a note."""
        return replace(self, note=note or "")

    def card(self) -> Card:
        """Return what is shown."""
        verdict, color = {
            "passed": ("✓ Passed", "#009E73"),
            "not yet": ("✗ Not yet", "#D55E00"),
            "not attempted": ("○ Not attempted yet", NEUTRAL),
        }[self.status]
        ask = f'`exercises.hint("{self.exercise_id}")`'
        small = [] if self.passed else [f"A hint: {ask} · the solution: {ask.replace('hint', 'solution')}"]
        code = "" if self.passed else _beginning(self.printed)
        return Card(self.heading, verdict, self.message, code, "\n".join([*small, self.note]).strip(), color)

    def __str__(self) -> str:
        return str(self.card())

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return self.card()._repr_mimebundle_()


def _beginning(printed: str, lines: int = 8) -> str:
    """Return the first lines that an answer printed, under a line that says so."""
    shown = printed.splitlines()
    more = ["…"] if len(shown) > lines else []
    return "\n".join(["Your function printed:", *shown[:lines], *more]) if printed.strip() else ""


def _with_code(text: str) -> str:
    """Escape `text` for HTML and set what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text)).replace("\n", "<br>")
