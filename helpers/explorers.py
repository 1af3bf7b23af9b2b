"""Controls around a drawing function, with a still picture where no kernel runs.

`explorers.show(draw, ...)` as the last line of a cell shows live controls above the picture. The same
output also carries the picture of the default state as a PNG and one sentence, for GitHub and printing.
"""

from __future__ import annotations

import base64
import html
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from helpers.figures.canvas import Picture, picture

__all__ = ["Choice", "Explorer", "Slider", "Text", "Toggle", "show"]

LABEL_STYLE = {"description_width": "initial"}
CAPTION_STYLE = "font-size:0.9em;margin:2px 0 6px 0;max-width:60em;overflow-wrap:anywhere"


@dataclass(frozen=True)
class Slider:
    """A number between `low` and `high`; whole numbers stay `int`."""

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

    def extremes(self) -> tuple[Any, ...]:
        """The values that a probe tries."""
        return (self.low, self.high)

    def problem(self, value: Any) -> str:
        """One sentence when `value` is out of bounds, else nothing."""
        return "" if self.low <= value <= self.high else f"choose {self.low} to {self.high}, not {value}"

    def widget(self, label: str) -> widgets.Widget:
        """The control itself."""
        whole = all(isinstance(number, int) for number in (self.low, self.high, self.value, self.step))
        kind = widgets.IntSlider if whole else widgets.FloatSlider
        return kind(
            value=self.value,
            min=self.low,
            max=self.high,
            step=self.step,
            description=label,
            style=LABEL_STYLE,
            layout=widgets.Layout(width="26em", max_width="100%"),
        )


@dataclass(frozen=True)
class Choice:
    """One of a few options: a list of values, or label → value."""

    options: Sequence[Any] | Mapping[str, Any]
    value: Any = None
    label: str = ""

    def pairs(self) -> list[tuple[str, Any]]:
        """(what is shown, value) of each option."""
        if isinstance(self.options, Mapping):
            return [(str(shown), value) for shown, value in self.options.items()]
        return [(str(value), value) for value in self.options]

    def __post_init__(self) -> None:
        values = [value for _, value in self.pairs()]
        if not values or (self.value is not None and self.value not in values):
            raise ValueError(
                f"A choice needs a value among its options; got {self.value!r} of {values}."
            )

    def extremes(self) -> tuple[Any, ...]:
        """The values that a probe tries."""
        return tuple(value for _, value in self.pairs())

    def problem(self, value: Any) -> str:
        """One sentence when `value` is not an option, else nothing."""
        shown = [label for label, _ in self.pairs()]
        return "" if value in self.extremes() else f"choose one of {', '.join(shown)}, not {value!r}"

    def widget(self, label: str) -> widgets.Widget:
        """The control itself."""
        value = self.pairs()[0][1] if self.value is None else self.value
        return widgets.Dropdown(
            options=self.pairs(),
            value=value,
            description=label,
            style=LABEL_STYLE,
            layout=widgets.Layout(width="max-content", max_width="100%"),
        )


@dataclass(frozen=True)
class Text:
    """A line of text of at most `max_length` characters."""

    value: str = ""
    max_length: int = 200
    label: str = ""

    def extremes(self) -> tuple[str, ...]:
        """The values that a probe tries: empty, blank, long, and hard characters."""
        tricky = "$a$ naïve 世界 👩‍👩‍👧 \x00\ud800 \\ <b>"
        return tuple(text[: self.max_length] for text in ("", "   ", "ab " * self.max_length, tricky))

    def problem(self, value: Any) -> str:
        """One sentence when `value` is too long, else nothing."""
        fits = len(value) <= self.max_length
        return "" if fits else f"at most {self.max_length} characters, this has {len(value)}"

    def widget(self, label: str) -> widgets.Widget:
        """The control itself."""
        return widgets.Text(
            value=self.value,
            description=label,
            continuous_update=True,
            style=LABEL_STYLE,
            layout=widgets.Layout(width="36em", max_width="100%"),
        )


@dataclass(frozen=True)
class Toggle:
    """A switch."""

    value: bool = False
    label: str = ""

    def extremes(self) -> tuple[bool, bool]:
        """The values that a probe tries."""
        return (not self.value, self.value)

    def problem(self, value: Any) -> str:
        """Nothing: either value is fine."""
        return ""

    def widget(self, label: str) -> widgets.Widget:
        """The control itself."""
        return widgets.Checkbox(value=self.value, description=label, indent=False)


Control = Slider | Choice | Text | Toggle


class Explorer:
    """Controls, the picture they make, and the still picture of the default state.

    Attributes:
        picture: the picture of the current state (of the last good one while an error is shown).
        still: the picture of the default state, which the saved notebook keeps.
        last_error: what the last drawing raised, or None. `ValueError` is a learner's bad input and is shown
            as a sentence; anything else is a fault of the lesson and is shown with its type.
        controls: name → ipywidgets control.
    """

    def __init__(
        self,
        draw: Callable[..., str | None],
        size: tuple[float, float],
        specs: Mapping[str, Control],
    ) -> None:
        self._draw, self._size, self._specs = draw, size, dict(specs)
        for name, spec in specs.items():
            if not isinstance(spec, Slider | Choice | Text | Toggle):
                raise ValueError(f"Control {name!r} must be a Slider, Choice, Text or Toggle, not {spec!r}.")
        self.controls = {name: spec.widget(self._label(name)) for name, spec in specs.items()}
        self.last_error: Exception | None = None
        self.still = self.picture = picture(draw, size=size, **self.values)
        self._view = widgets.HTML(value=self._shown())
        for control in self.controls.values():
            control.observe(self._redraw, names="value")
        self.box = widgets.VBox([*self.controls.values(), self._view])

    @property
    def values(self) -> dict[str, Any]:
        """The current value of each control."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def shown(self) -> str:
        """The HTML that now stands in the picture's place."""
        return self._view.value

    def set(self, **values: Any) -> Explorer:
        """Move controls as a learner would, and return the explorer."""
        for name, value in values.items():
            self.controls[name].value = value
        return self

    def probe(self) -> list[str]:
        """Try every control's extreme values; return the faults found as sentences.

        A `ValueError` shown in place is an answer, not a fault. Tests assert that the list is empty.
        """
        faults = []
        for name, value in self._trials():
            before = self.values[name]
            self.set(**{name: value})
            if self.last_error is not None and not isinstance(self.last_error, ValueError):
                faults.append(f"{name}={value!r}: {_sentence(self.last_error)}")
            self.set(**{name: before})
        return faults

    def __repr__(self) -> str:
        return self.still.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data, metadata = self.still._repr_mimebundle_()
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, **data}, metadata

    def _label(self, name: str) -> str:
        return self._specs[name].label or name.replace("_", " ")

    def _trials(self) -> Iterator[tuple[str, Any]]:
        for name, spec in self._specs.items():
            for value in spec.extremes():
                yield name, value

    def _redraw(self, change: Any) -> None:
        """Draw the current state; show an error in the picture's place."""
        self.last_error = None
        try:
            self._check_bounds()
            self.picture = picture(self._draw, size=self._size, **self.values)
        except Exception as error:
            self.last_error = error
            if not isinstance(error, ValueError):
                logging.getLogger(__name__).exception("The drawing function of an explorer failed.")
        self._view.value = self._shown()

    def _check_bounds(self) -> None:
        for name, value in self.values.items():
            problem = self._specs[name].problem(value)
            if problem:
                raise ValueError(f"{self._label(name)}: {problem}.")

    def _shown(self) -> str:
        width, height = (round(100 * inches) for inches in self._size)
        if self.last_error is None:
            return _figure(self.picture, width, height)
        return (
            f'<div role="alert" style="min-height:{height}px;width:{width}px;max-width:100%;display:flex;'
            f'align-items:center;justify-content:center;border:1px dashed #8a8a8a;box-sizing:border-box">'
            f'<p style="padding:1em;text-align:center"><b>⚠</b> {html.escape(_sentence(self.last_error))}'
            "</p></div>"
        )


def show(
    draw: Callable[..., str | None], *, size: tuple[float, float] = (7.0, 3.0), **controls: Control
) -> Explorer:
    """Put controls around `draw(ax, **values)`; shown when it is the last line of a cell.

    Args:
        draw: draws on the axes and returns one sentence saying what is seen; it raises `ValueError` with one
            sentence when the values make no sense. At the default values it must not raise.
        size: width and height of the picture in inches.
        controls: one `Slider`, `Choice`, `Text` or `Toggle` per argument of `draw`.

    Example: `explorers.show(draw_merges, text=Text("low lower"), merges=Slider(0, 20, 3))`
    """
    return Explorer(draw, size, controls)


def _figure(still: Picture, width: int, height: int) -> str:
    alt = html.escape(still.alt, quote=True)
    data = base64.b64encode(still.png).decode("ascii")
    return (
        f'<img alt="{alt}" width="{width}" height="{height}" decoding="sync" '
        f'style="max-width:100%;height:auto;display:block" src="data:image/png;base64,{data}">'
        f'<div aria-hidden="true" style="{CAPTION_STYLE}">{alt}</div>'
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return f"The drawing failed with {type(error).__name__}: {error or 'no message'}."
