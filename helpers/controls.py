"""The controls of an explorer: what they hold, how they look, and what a probe tries with them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

__all__ = ["Choice", "Control", "Slider", "Text", "Toggle"]

LABEL_STYLE = {"description_width": "initial"}


@dataclass(frozen=True)
class Slider:
    """A number between `low` and `high`; an `int` when all four numbers are whole."""

    low: float
    high: float
    value: float
    step: float = 1
    label: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high or self.low == self.high or self.step <= 0:
            raise ValueError(
                f"A slider needs low < high, low <= value <= high and step > 0; "
                f"got low={self.low}, value={self.value}, high={self.high}, step={self.step}."
            )

    def extremes(self) -> tuple[float, ...]:
        """Return what a probe tries."""
        return (self.low, self.high)

    def problem(self, value: float) -> str:
        """Return what is wrong with a value, or nothing."""
        return "" if self.low <= value <= self.high else f"choose {self.low} to {self.high}, not {value}"

    def read(self, value: float) -> float:
        """Return the value for the drawing function, without the noise of adding up steps."""
        return value if isinstance(value, int) else round(value, 9)

    def widget(self, label: str) -> widgets.Widget:
        """Return the control itself."""
        whole = all(isinstance(number, int) for number in (self.low, self.high, self.value, self.step))
        kind = widgets.IntSlider if whole else widgets.FloatSlider
        digits = 0 if whole else max(0, math.ceil(-math.log10(self.step)))
        return kind(
            value=self.value,
            min=self.low,
            max=self.high,
            step=self.step,
            description=label,
            readout_format="d" if whole else f".{digits}f",
            style=LABEL_STYLE,
            layout=widgets.Layout(width="28em", max_width="98%"),
        )


@dataclass(frozen=True)
class Choice:
    """One of a few options: a list of values, or label → value. The first is the default."""

    options: Sequence[Any] | Mapping[str, Any]
    value: Any = None
    label: str = ""

    def __post_init__(self) -> None:
        values = [value for _, value in self.pairs()]
        if not values or (self.value is not None and self.value not in values):
            raise ValueError(f"A choice needs a value among its options; got {self.value!r} of {values}.")

    def pairs(self) -> list[tuple[str, Any]]:
        """Return (what is shown, value) of each option."""
        if isinstance(self.options, Mapping):
            return [(str(shown), value) for shown, value in self.options.items()]
        return [(str(value), value) for value in self.options]

    def extremes(self) -> tuple[Any, ...]:
        """Return what a probe tries: every option."""
        return tuple(value for _, value in self.pairs())

    def problem(self, value: Any) -> str:
        """Return nothing: the dropdown holds only options."""
        return ""

    def read(self, value: Any) -> Any:
        """Return the value for the drawing function."""
        return value

    def widget(self, label: str) -> widgets.Widget:
        """Return the control itself."""
        return widgets.Dropdown(
            options=self.pairs(),
            value=self.pairs()[0][1] if self.value is None else self.value,
            description=label,
            style=LABEL_STYLE,
            layout=widgets.Layout(width="max-content", max_width="98%"),
        )


@dataclass(frozen=True)
class Text:
    """A line of text of at most `max_length` characters."""

    value: str = ""
    max_length: int = 200
    label: str = ""

    def __post_init__(self) -> None:
        if len(self.value) > self.max_length:
            raise ValueError(f"The text has {len(self.value)} characters, more than {self.max_length}.")

    def extremes(self) -> tuple[str, ...]:
        """Return what a probe tries: empty, blank, long, too long, and characters that are hard to draw."""
        hard = "$a$ naïve 世界 👩‍👩‍👧 \x00 \\ <b> e\u0301"
        texts = ("", "   ", "a", "ab " * self.max_length, hard)
        return (*(text[: self.max_length] for text in texts), "x" * (self.max_length + 1))

    def problem(self, value: str) -> str:
        """Return what is wrong with a value, or nothing."""
        fits = len(value) <= self.max_length
        return "" if fits else f"at most {self.max_length} characters; this has {len(value)}"

    def read(self, value: str) -> str:
        """Return the value for the drawing function."""
        return value

    def widget(self, label: str) -> widgets.Widget:
        """Return the control itself."""
        return widgets.Text(
            value=self.value,
            description=label,
            continuous_update=True,
            style=LABEL_STYLE,
            layout=widgets.Layout(width="40em", max_width="98%"),
        )


@dataclass(frozen=True)
class Toggle:
    """A switch."""

    value: bool = False
    label: str = ""

    def extremes(self) -> tuple[bool, bool]:
        """Return what a probe tries."""
        return (not self.value, self.value)

    def problem(self, value: bool) -> str:
        """Return nothing: either value is fine."""
        return ""

    def read(self, value: bool) -> bool:
        """Return the value for the drawing function."""
        return value

    def widget(self, label: str) -> widgets.Widget:
        """Return the control itself."""
        return widgets.Checkbox(value=self.value, description=label, indent=False)


Control = Slider | Choice | Text | Toggle
