"""Controls around a drawing function, with a still picture where no kernel runs.

`explorers.show(draw, ...)` as the last line of a cell shows live controls above the picture. The same
output also carries the picture of the default state as a PNG and one sentence, for GitHub and printing.
"""

from __future__ import annotations

import base64
import gc
import html
import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ipywidgets as widgets

from helpers.controls import Choice, Control, Slider, Text, Toggle
from helpers.figures.canvas import Picture, picture

__all__ = ["Choice", "Explorer", "Slider", "Text", "Toggle", "show"]

CAPTION_STYLE = "font-size:0.9em;line-height:1.4;margin:2px 0 6px 0;max-width:60em;overflow-wrap:anywhere"
DETAILS_STYLE = (
    "font-size:0.85em;line-height:1.35;white-space:pre-wrap;overflow:auto;max-height:20em;max-width:60em;"
    "margin:4px 0;padding-left:0.7em;border-left:3px solid #c8c8c8;background:none;color:inherit"
)
ERROR_STYLE = (
    "min-height:{height}px;width:{width}px;max-width:100%;display:flex;align-items:center;"
    "justify-content:center;border:1px dashed #8a8a8a;box-sizing:border-box"
)


def show(
    draw: Callable[..., str], *, size: tuple[float, float] = (7.0, 3.0), **controls: Control
) -> Explorer:
    """Put controls around `draw(ax, **values)`; shown when it is the last line of a cell.

    Args:
        draw: draws on the axes and returns one sentence saying what is seen; it raises `ValueError` with one
            sentence when the values make no sense. At the default values it must not raise. Lines after the
            sentence stand below the picture as they are, such as a prompt.
        size: width and height of the picture in inches.
        controls: one `Slider`, `Choice`, `Text` or `Toggle` per argument of `draw`.

    Example: `explorers.show(draw_merges, text=Text("low lower"), merges=Slider(0, 20, 3))`
    """
    return Explorer(draw, size, controls)


class Explorer:
    """Controls, the picture they make, and the still picture of the default state.

    Attributes:
        still: the picture of the default state, which the saved notebook keeps.
        picture: the picture of the current state (of the last good one while an error is shown).
        last_error: what the last drawing raised, or None. A `ValueError` is an answer to a learner's input;
            anything else is a fault of the lesson, shown with its type and logged with its traceback.
        controls: name → ipywidgets control.
        box: the live widget.
    """

    def __init__(
        self, draw: Callable[..., str], size: tuple[float, float], specs: Mapping[str, Control]
    ) -> None:
        for name, spec in specs.items():
            if not isinstance(spec, Slider | Choice | Text | Toggle):
                raise ValueError(f"Control {name!r} must be a Slider, Choice, Text or Toggle, not {spec!r}.")
        self._draw, self._size, self._specs = draw, size, dict(specs)
        self.controls = {name: spec.widget(self._label(name)) for name, spec in specs.items()}
        self.last_error: Exception | None = None
        self.still = self.picture = picture(draw, size=size, **self.values)
        self._view = widgets.HTML(value=self._current())
        for control in self.controls.values():
            control.observe(self._redraw, names="value")
        self.box = widgets.VBox([*self.controls.values(), self._view])
        _keep_collection_short()

    @property
    def values(self) -> dict[str, Any]:
        """The current value of each control, as the drawing function gets it."""
        return {name: self._specs[name].read(control.value) for name, control in self.controls.items()}

    @property
    def shown(self) -> str:
        """The HTML that now stands in the picture's place."""
        return self._view.value

    def set(self, **values: Any) -> Explorer:
        """Move controls as a learner would, and return the explorer."""
        for name, value in values.items():
            self.controls[name].value = value
        return self

    def probe(self, most: int = 60) -> list[str]:
        """Try the controls at their extremes, alone and together; return the faults found as sentences.

        A `ValueError` is shown in place and is no fault. The controls come back to where they were.

        Args:
            most: how many combinations are tried beside each control alone.
        """
        start = {name: control.value for name, control in self.controls.items()}
        faults = []
        for trial in self._trials(most):
            self.set(**start).set(**trial)
            if self.last_error is not None and not isinstance(self.last_error, ValueError):
                faults.append(f"{trial!r}: {_sentence(self.last_error)}")
        self.set(**start)
        return faults

    def __repr__(self) -> str:
        return self.still.alt

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data, metadata = self.still._repr_mimebundle_()
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {"application/vnd.jupyter.widget-view+json": view, **data}, metadata

    def _label(self, name: str) -> str:
        return self._specs[name].label or name.replace("_", " ")

    def _trials(self, most: int) -> Iterator[dict[str, Any]]:
        for name, spec in self._specs.items():
            for value in spec.extremes():
                yield {name: value}
        together = itertools.product(*(spec.extremes() for spec in self._specs.values()))
        for values in itertools.islice(together, most):
            yield dict(zip(self._specs, values, strict=True))

    def _redraw(self, change: Any) -> None:
        """Draw the current state; show an error in the picture's place."""
        self.last_error = None
        try:
            self._check()
            self.picture = picture(self._draw, size=self._size, **self.values)
        except Exception as error:
            self.last_error = error
            if not isinstance(error, ValueError):
                logging.getLogger(__name__).exception("The drawing function of an explorer failed.")
        self._view.value = self._current()

    def _check(self) -> None:
        for name, value in self.values.items():
            problem = self._specs[name].problem(value)
            if problem:
                raise ValueError(f"{self._label(name)}: {problem}.")

    def _current(self) -> str:
        width, height = (round(100 * inches) for inches in self._size)
        if self.last_error is None:
            return _figure_html(self.picture, width, height)
        style = ERROR_STYLE.format(width=width, height=height)
        said = html.escape(_safe(_sentence(self.last_error)))
        return f'<div role="alert" style="{style}"><p style="padding:1em">⚠ {said}</p></div>'


def _keep_collection_short() -> None:
    """Set aside all objects there are, so that Python's garbage collector does not walk them in a redraw.

    With PyTorch and transformers loaded it walks half a million of them, for longer than a redraw takes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _figure_html(still: Picture, width: int, height: int) -> str:
    """Return the picture with its sentence as alternative text and beneath it for everyone, then details."""
    alt = html.escape(still.alt, quote=True)
    data = base64.b64encode(still.png).decode("ascii")
    details = html.escape(still.details)
    return (
        f'<img alt="{alt}" width="{width}" height="{height}" decoding="sync" '
        f'style="max-width:100%;height:auto;display:block" src="data:image/png;base64,{data}">'
        f'<div aria-hidden="true" style="{CAPTION_STYLE}">{alt}</div>'
        + (f'<pre tabindex="0" style="{DETAILS_STYLE}">{details}</pre>' if details else "")
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, ValueError) and str(error):
        return str(error)
    return f"The drawing failed with {type(error).__name__}: {error or 'no message'}."


def _safe(text: str) -> str:
    """Replace halves of characters, which cannot be sent to the browser."""
    return text.encode("utf-8", "replace").decode("utf-8")
