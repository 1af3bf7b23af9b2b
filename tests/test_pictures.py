"""Two pictures are alike when a reader would see the same, whatever single pixels do."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from helpers import figures
from tools import normalise
from tools.pictures import alike

X = np.linspace(0, 6, 50)


def _bars(day: float = 0.3) -> bytes:
    return figures.bars({"morning": 0.5, "day": day, "night": 0.2}, xlabel="probability").png


def _curve(height: float = 1.0) -> bytes:
    return figures.curves({"sine": height * np.sin(X), "cosine": np.cos(X)}, x=X).png


def _base64(png: bytes) -> str:
    return base64.b64encode(png).decode("ascii")


def _moved(png: bytes, by: tuple[int, int]) -> bytes:
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    target = io.BytesIO()
    Image.fromarray(np.roll(pixels, by, axis=(0, 1))).save(target, format="PNG")
    return target.getvalue()


@pytest.mark.parametrize("draw", [_bars, _curve])
def test_a_picture_is_alike_to_itself_one_pixel_aside_and_in_fewer_colours(draw):
    here = _base64(draw())
    assert alike(here, here)
    assert alike(here, normalise.png(here))
    for by in ((1, 0), (0, 1)):
        assert alike(here, _base64(_moved(draw(), by)))


def test_a_hundredth_of_a_percent_cannot_be_seen():
    assert alike(_base64(_curve()), _base64(_curve(1.0001)))


@pytest.mark.parametrize(("one", "other"), [(_bars(), _bars(0.33)), (_curve(), _curve(1.1))])
def test_a_tenth_more_can_be_seen(one, other):
    assert not alike(_base64(one), _base64(other))


def test_another_size_is_another_picture():
    target = io.BytesIO()
    Image.open(io.BytesIO(_bars())).crop((0, 0, 300, 200)).save(target, format="PNG")
    assert not alike(_base64(_bars()), _base64(target.getvalue()))
